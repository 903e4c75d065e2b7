import pytest

from heartport.vault.passwords import OWASP, TRIFLING, Cost, Passwords

PASSWORDS = Passwords(TRIFLING)


def test_the_cost_of_the_service_is_that_of_owasp():
    encoded = Passwords(OWASP).hash("a password")
    assert encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_right_password_fits_and_no_other():
    encoded = PASSWORDS.hash("calm-harbour")
    assert PASSWORDS.verify(encoded, "calm-harbour")
    for wrong in ("", "calm-harbou", "calm-harbour ", "CALM-HARBOUR", "calm-harbour\0"):
        assert not PASSWORDS.verify(encoded, wrong)


def test_equal_passwords_have_different_hashes():
    assert PASSWORDS.hash("calm-harbour") != PASSWORDS.hash("calm-harbour")


def test_no_password_fits_where_there_is_no_hash():
    for password in ("", "nobody's password", "x" * 1000):
        assert not PASSWORDS.verify(None, password)


@pytest.mark.parametrize("broken", ["", "x", "$argon2id$v=19$m=8,t=1,p=1$", "$2b$12$abcdefghijklmnopqrstuv"])
def test_a_hash_that_is_none_refuses(broken):
    assert not PASSWORDS.verify(broken, "calm-harbour")


def test_a_letter_counts_however_the_keyboard_composes_it():
    assert PASSWORDS.verify(PASSWORDS.hash("cafe\u0301-harbour"), "caf\u00e9-harbour")
    assert PASSWORDS.verify(PASSWORDS.hash("ｃａｌｍ"), "calm")


def test_a_hash_of_another_cost_is_outdated():
    encoded = PASSWORDS.hash("calm-harbour")
    assert not PASSWORDS.is_outdated(encoded)
    assert Passwords(Cost(memory_kib=16, passes=1, lanes=1)).is_outdated(encoded)


def test_a_hash_does_not_hold_the_password():
    assert "calm-harbour" not in PASSWORDS.hash("calm-harbour")
