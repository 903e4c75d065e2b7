"""The names that an author gives, and the short way of writing many: `q1..q3, q5`."""

import re

from heartport.scoring.tokens import KEYWORDS

LONGEST_RANGE = 500
NOT_AN_ID = "an id is made of small letters, digits and _, begins with a letter and is no keyword"

WORKSHOP_CODE = re.compile("[A-Z]([0-9]{2})?")
"""How the catalogue names a theme, such as B, or a topic, such as B04."""
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_RANGE = re.compile(r"([a-z][a-z0-9_]*?)(0|[1-9][0-9]{0,3})\.\.\1(0|[1-9][0-9]{0,3})")
_RESERVED = KEYWORDS | {"profile", "null", "true", "false"}


def is_id(text: str) -> bool:
    """Tell whether other places may refer to something by this name."""
    return _ID.fullmatch(text) is not None and text not in _RESERVED


def expand(text: str) -> tuple[str, ...]:
    """Write out `q1..q3, q5` as its names; raise `ValueError` where that is impossible."""
    return tuple(name for part in text.split(",") for name in _expand_part(part.strip())) if text else ()


def _expand_part(part: str) -> tuple[str, ...]:
    if is_id(part):
        return (part,)
    match = _RANGE.fullmatch(part)
    if match is None:
        raise ValueError("an id such as q4 or a range such as q1..q9 is expected")
    stem, first, last = match[1], int(match[2]), int(match[3])
    if not first < last < first + LONGEST_RANGE:
        raise ValueError("a range runs upwards, over 500 names at most")
    return tuple(f"{stem}{number}" for number in range(first, last + 1))
