"""The words of a profile that a condition may ask for, and which values they may have."""

from collections.abc import Callable, Mapping
from typing import Any

SEXES = ("female", "male", "other")
SEXES_WITH_FIGURES = ("female", "male")
"""The sexes for which sources publish edges and tables of their own."""
EARLIEST_BIRTH_YEAR, LATEST_BIRTH_YEAR = 1900, 2100
OLDEST = 130
OF_PERSON = {"sex": "profile.sex", "age": "profile.ages"}
"""What of the profile a table or a norm looks at, by the word that the file has for it."""

Ages = tuple[int, int]
"""How old somebody is: of a year of birth alone, one of two ages."""


def _is_sex(value: object) -> bool:
    return isinstance(value, str) and value in SEXES


def _is_birth_year(value: object) -> bool:
    return type(value) is int and EARLIEST_BIRTH_YEAR <= value <= LATEST_BIRTH_YEAR


def is_age(value: object) -> bool:
    """Tell whether this is an age, which batches and examples may have in place of a year of birth."""
    return type(value) is int and 0 <= value <= OLDEST


PROFILE_WORDS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "sex": (_is_sex, "请从 female、male、other 中选择，或留空。"),
    "birth_year": (_is_birth_year, "请填写四位数的出生年份，或留空。"),
}
"""For each word: whether a value is right, and what to say where it is not."""


def profile_errors(profile: Mapping[str, object]) -> dict[str, list[str]]:
    """Say what is wrong with a profile, by field; never what was received."""
    errors = {}
    for word, value in profile.items():
        right, message = PROFILE_WORDS.get(word, (None, "没有这一项。"))
        if right is None or (value is not None and not right(value)):
            errors[f"profile.{word}" if right else "profile"] = [message]
    return errors


def known_profile(profile: object, year: int | None = None) -> dict[str, Any]:
    """Keep the words that are right; the others stay unknown.

    Adds `ages`: from an `age`, which batches may have, or else from the year of birth and the year of the answers.
    """
    if not isinstance(profile, Mapping):
        return {}
    known = {word: profile[word] for word, (right, _) in PROFILE_WORDS.items() if right(profile.get(word))}
    return {**known, "ages": _ages(profile.get("age"), known.get("birth_year"), year)}


def _ages(age: object, birth_year: Any, year: int | None) -> Ages | None:  # noqa: ANN401 - checked before
    if is_age(age):
        return (age, age)  # type: ignore[return-value]
    if birth_year is None or year is None or birth_year > year:
        return None
    return (max(year - birth_year - 1, 0), year - birth_year)
