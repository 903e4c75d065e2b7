import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from heartport.vault.door import Vault
from heartport.vault.providers import LocalKeys, WrongKey, expand
from heartport.vault.sealing import HEADER, OVERHEAD_BYTES, Sealer, pad, unpad

SEALER = Sealer(b"k" * 32)
VAULT = Vault(LocalKeys(1, {1: b"e" * 32}, b"r" * 32))
OTHER = Vault(LocalKeys(1, {1: b"e" * 32}, b"R" * 32))


@pytest.mark.parametrize("purpose", ["link", "columns", "slot", "seal result", "", "钥", "x" * 1000])
@pytest.mark.parametrize("secret", [b"\0" * 32, bytes(range(32)), b"\xff" * 32])
def test_expand_is_the_first_block_of_hkdf_expand(secret, purpose):
    expected = HKDFExpand(algorithm=SHA256(), length=32, info=purpose.encode()).derive(secret)
    assert expand(secret, purpose) == expected


def test_expand_answers_the_known_answer_of_rfc_5869():
    """Test case 3 has no info, so its first 32 bytes are what one block gives for an empty purpose."""
    prk = bytes.fromhex("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04")
    okm = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    assert expand(prk, "").hex() == okm


def test_what_was_sealed_opens_at_its_place():
    sealed = SEALER.seal(b"answers", b"here")
    assert len(sealed) == len(b"answers") + OVERHEAD_BYTES
    assert sealed[:2] == HEADER
    assert SEALER.open(sealed, b"here") == b"answers"


@pytest.mark.parametrize("place", [b"there", b"", b"here ", b"her"])
def test_a_ciphertext_that_was_moved_does_not_open(place):
    with pytest.raises(WrongKey):
        SEALER.open(SEALER.seal(b"answers", b"here"), place)


def test_a_ciphertext_that_was_altered_anywhere_does_not_open():
    sealed = SEALER.seal(b"answers", b"here")
    for at in range(len(sealed)):
        for bit in range(8):
            with pytest.raises(WrongKey):
                SEALER.open(sealed[:at] + bytes([sealed[at] ^ 1 << bit]) + sealed[at + 1 :], b"here")


def test_a_ciphertext_that_was_cut_or_lengthened_does_not_open():
    sealed = SEALER.seal(b"answers", b"here")
    for each in [*(sealed[:length] for length in range(len(sealed))), sealed + b"\0"]:
        with pytest.raises(WrongKey):
            SEALER.open(each, b"here")


def test_another_key_does_not_open_it():
    with pytest.raises(WrongKey):
        Sealer(b"K" * 32).open(SEALER.seal(b"answers", b"here"), b"here")


def test_the_same_text_never_looks_the_same_twice():
    sealed = [SEALER.seal(b"", b"here") for _ in range(1000)]
    assert len({each[2:14] for each in sealed}) == 1000


@pytest.mark.parametrize("content", [b"", b"\0", b"\0\0a\0", b"x" * 98])
def test_padding_keeps_the_content_and_one_length(content):
    assert len(pad(content, 100)) == 100
    assert unpad(pad(content, 100)) == content


def test_what_does_not_fit_is_refused_without_being_quoted():
    with pytest.raises(ValueError, match=r"\A99 bytes do not fit into 98\Z"):
        pad(b"x" * 99, 100)


@pytest.mark.parametrize("text", ["", "o", "o" * 28, "心港" * 10, "🙂" * 24])
def test_every_sealed_text_of_a_column_has_one_length(text):
    sealed = VAULT.seal_column("openid", "account", text, 100)
    assert len(sealed) == 100 + OVERHEAD_BYTES
    assert VAULT.open_column("openid", "account", sealed) == text


@pytest.mark.parametrize(
    ("name", "owner"), [("profile", "account"), ("openid", "another"), ("openid|account", ""), ("", "openid|account")]
)
def test_a_sealed_column_opens_only_in_its_column_and_for_its_owner(name, owner):
    sealed = VAULT.seal_column("openid", "account", "text", 100)
    with pytest.raises(WrongKey):
        VAULT.open_column(name, owner, sealed)


def test_a_column_sealed_under_another_root_does_not_open():
    with pytest.raises(WrongKey):
        OTHER.open_column("openid", "account", VAULT.seal_column("openid", "account", "text", 100))


def test_a_blind_index_finds_equal_values_and_needs_the_key():
    index = VAULT.blind_index("openid", "o1")
    assert len(index) == 32
    assert index == VAULT.blind_index("openid", "o1")
    others = [
        VAULT.blind_index("openid", "o2"),
        VAULT.blind_index("phone", "o1"),
        OTHER.blind_index("openid", "o1"),
        VAULT.fingerprint("openid", b"o1"),
    ]
    assert len({index, *others}) == 5


def test_every_purpose_has_a_key_of_its_own():
    keys = [expand(b"r" * 32, purpose) for purpose in ("link", "blind index", "fingerprint", "columns", "key check")]
    assert len(set(keys)) == 5
