"""Which number can be called back."""

import re
import unicodedata
from collections.abc import Iterator

MOBILE = re.compile(r"1[3-9][0-9]{9}")
LANDLINE = re.compile(r"(010|02[0-9])([2-8][0-9]{7})|(0[3-9][0-9]{2})([2-8][0-9]{6,7})")
EXTENSION = re.compile(r"[0-9]{1,6}")
"""Mainland China as libphonenumber's metadata describe it: mobile numbers are 13 to 19 and nine digits; an area code is
010, 02x or four digits from 03 on, and eight digits stand behind a short one. Local numbers begin with 2 to 8, since 1
and 9 lead to services: nobody can have a hotline or the police called back in their name."""

COUNTRY_CODE = re.compile(r"(?:\+|00)?-?86-?")
BETWEEN = re.compile(r"[\s()–—转-]+")


def callable_number(text: str) -> str | None:
    """Return a number as it is dialled (13812345678, 010-62345678, 0755-8234567-12), or None where it is none."""
    plain = BETWEEN.sub("-", unicodedata.normalize("NFKC", text)).strip("-")
    return next((number for reading in _readings(plain) if (number := _dialled(*reading))), None)


def _readings(plain: str) -> Iterator[tuple[str, str]]:
    """Give the ways to read a text as a number and an extension: what follows the last hyphen may be one."""
    abroad = COUNTRY_CODE.match(plain)
    # From abroad an area code loses its 0; no number here begins with 86, so the country code is never part of one.
    for number in (plain[abroad.end() :], f"0{plain[abroad.end() :]}") if abroad else (plain,):
        yield number, ""
        before, _, extension = number.rpartition("-")
        yield before, extension


def _dialled(number: str, extension: str) -> str | None:
    digits = number.replace("-", "")
    if MOBILE.fullmatch(digits) and not extension:
        return digits
    match = LANDLINE.fullmatch(digits)
    if match is None or (extension and not EXTENSION.fullmatch(extension)):
        return None
    return "-".join(part for part in (*match.groups(), extension) if part)
