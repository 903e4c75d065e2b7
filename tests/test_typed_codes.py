import pytest

from heartport.typed_codes import ALPHABET, grouped, new_code, typed


def test_the_alphabet_holds_nothing_that_looks_alike():
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


def test_codes_are_random_and_of_the_wanted_length():
    codes = {new_code(10) for _ in range(1000)}
    assert len(codes) == 1000
    assert set("".join(codes)) == set(ALPHABET)


@pytest.mark.parametrize(
    "text", ["HEARTP0RT1", "heart-port1", "HEART PORTI", "heart-portl", "ＨＥＡＲＴＰ０ＲＴ１", " heartpOrt1 "]
)
def test_a_code_is_read_however_it_is_typed(text):
    assert typed(text) == "HEARTP0RT1"


def test_a_code_is_shown_in_groups_and_read_back():
    code = new_code(20)
    assert grouped("HEARTP0RT1") == "HEART-P0RT1"
    assert typed(grouped(code)) == code
