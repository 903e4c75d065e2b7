"""What a cell of a table says: the text in it, taken for an answer to one item or for a word of the profile."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from heartport.scoring.constructs import Item
from heartport.scoring.profiles import OLDEST, PROFILE_WORDS, SEXES, is_age

NOTHING_CHOSEN = "none"
"""What stands at an item with several options where the person chose none of them; an empty cell is missing."""
LONGEST_NUMBER = 30

_WHOLE = re.compile(r"-?[0-9]+(\.0*)?")
_DECIMAL = re.compile(r"-?[0-9]*\.[0-9]+|-?[0-9]+\.?")


def answer_in(item: Item, cell: str) -> object:
    """Give the answer as JSON lines would have it; a text that can be none stays what it is."""
    text = cell.strip()
    if not text:
        return None
    return _ANSWERS.get(item.kind, _as_it_stands)(text)


def _number(text: str) -> object:
    if len(text) > LONGEST_NUMBER:
        return text
    if _WHOLE.fullmatch(text):
        return int(text.partition(".")[0])
    return float(text) if _DECIMAL.fullmatch(text) else text


def _numbers(text: str) -> object:
    return [] if text == NOTHING_CHOSEN else [_number(each) for each in text.split()]


def _as_it_stands(text: str) -> object:
    return text


_ANSWERS: Mapping[str, Callable[[str], object]] = {"choice": _number, "number": _number, "multi": _numbers}


class CellRefused(Exception):
    """A cell about the person that says nothing that can be used; says what is expected, never what stands there."""


def profile_in(cells: Mapping[str, str]) -> dict[str, object]:
    """Give the profile of one row from its cells by column; raise `CellRefused` with the column as second argument."""
    found: dict[str, object] = {}
    for column, cell in cells.items():
        if text := cell.strip():
            word, value = _PERSON[column](text)
            if value is None:
                raise CellRefused(_EXPECTED[column], column)
            found[word] = value
    return found


def _sex(text: str) -> tuple[str, object]:
    return "sex", text if PROFILE_WORDS["sex"][0](text) else None


def _age(text: str) -> tuple[str, object]:
    value = _number(text)
    return "age", value if is_age(value) else None


def _birth_year(text: str) -> tuple[str, object]:
    value = _number(text)
    return "birth_year", value if PROFILE_WORDS["birth_year"][0](value) else None


def _birth_date(text: str) -> tuple[str, object]:
    try:
        return "birth_year", _birth_year(str(date.fromisoformat(text).year))[1] if len(text) == len(
            "2000-02-29"
        ) else None
    except ValueError:
        return "birth_year", None


_PERSON: Mapping[str, Callable[[str], tuple[str, object]]] = {
    "sex": _sex,
    "age": _age,
    "birth_year": _birth_year,
    "birth_date": _birth_date,
}
_EXPECTED: Mapping[str, str] = {
    "sex": f"{', '.join(SEXES)} or nothing is expected",
    "age": f"an age from 0 to {OLDEST} or nothing is expected",
    "birth_year": "a year with four digits or nothing is expected",
    "birth_date": "a date such as 1988-02-29 or nothing is expected",
}
PERSON_COLUMNS = tuple(_PERSON)
"""The columns about the person that a table may have."""
