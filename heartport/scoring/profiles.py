"""The words of a profile that a condition may ask for, and which values they may have."""

from collections.abc import Callable, Mapping

from heartport.scoring.conditions import Value

SEXES = ("female", "male", "other")
EARLIEST_BIRTH_YEAR, LATEST_BIRTH_YEAR = 1900, 2100


def _is_sex(value: object) -> bool:
    return isinstance(value, str) and value in SEXES


def _is_birth_year(value: object) -> bool:
    return type(value) is int and EARLIEST_BIRTH_YEAR <= value <= LATEST_BIRTH_YEAR


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


def known_profile(profile: object) -> dict[str, Value]:
    """Keep the words that are right; the others stay unknown."""
    if not isinstance(profile, Mapping):
        return {}
    return {word: profile[word] for word, (right, _) in PROFILE_WORDS.items() if right(profile.get(word))}
