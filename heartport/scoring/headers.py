"""Reads the first line of a table: the encoding, what separates its cells, and what each column is."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from heartport.scoring.cells import PERSON_COLUMNS
from heartport.scoring.forms import Form

SEPARATORS = (",", ";", "\t")
RESPONDENT = "respondent"
ENCODINGS = ("utf-8", "gbk")
"""The encodings that are read; `gbk` covers GB 18030."""
CODECS: Mapping[str, str] = {"utf-8": "utf-8", "gbk": "gb18030"}
MOST_TOLD = 5
"""How many wrong columns a message names."""
_LONGEST_NAME = 40

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SAVE = "in Excel choose “CSV UTF-8 (逗号分隔)” under 另存为 (Save as), in WPS 另存为 and the encoding UTF-8"
_NO_TABLES: Mapping[bytes, str] = {
    b"\xff\xfe": f"this is UTF-16; {_SAVE}",
    b"\xfe\xff": f"this is UTF-16; {_SAVE}",
    b"PK\x03\x04": f"this is a workbook and no CSV; {_SAVE}",
    b"\xd0\xcf\x11\xe0": f"this is a workbook and no CSV; {_SAVE}",
}


class TableRefused(Exception):
    """A file that is no table of this scale; `str()` says why, and where in it."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns of a table are."""

    separator: str
    names: tuple[str, ...]
    items: Mapping[str, int]
    """Where the column of each item stands."""
    person: Mapping[str, int]
    """Where each column about the person stands that the scale looks at."""
    respondent: int | None


def check_encoding(beginning: bytes, encoding: str) -> None:
    """See that the beginning of a file, which ends with a line, may be read; else say how to save it."""
    for mark, detail in _NO_TABLES.items():
        if beginning.startswith(mark):
            raise TableRefused(detail)
    if encoding != "utf-8":
        return
    try:
        beginning.decode()
    except UnicodeDecodeError as error:
        if _is_gbk(beginning):
            line = beginning.count(b"\n", 0, error.start) + 1
            detail = f"line {line}: this is not UTF-8 but looks like GBK; {_SAVE}; or add --encoding gbk"
            raise TableRefused(detail) from None


def _is_gbk(data: bytes) -> bool:
    try:
        data.decode(CODECS["gbk"])
    except UnicodeDecodeError:
        return False
    return True


def read_header(line: bytes, form: Form, encoding: str) -> Header:
    """Read the first line; raise `TableRefused` with everything that is wrong in it."""
    text = _decoded(line, encoding)
    separator = max(SEPARATORS, key=text.count)
    try:
        (cells,) = csv.reader([text], delimiter=separator, strict=True)
    except (csv.Error, ValueError):
        raise TableRefused("line 1: a quoted name does not end, or goes on after its closing quote") from None
    names = tuple(name.strip() for name in cells)
    if problems := [*_doubles(names), *_unknown(names, form)]:
        raise TableRefused("\n".join(f"line 1: {problem}" for problem in problems))
    items = {name: at for at, name in enumerate(names) if name in form.known}
    if not items:
        raise TableRefused(f"line 1: no column is an item of this scale; it has {', '.join(form.items[:MOST_TOLD])} …")
    used = _person_used(form)
    person = {name: at for at, name in enumerate(names) if name in used and name not in items}
    respondent = names.index(RESPONDENT) if RESPONDENT in names and RESPONDENT not in items else None
    return Header(separator, names, items, person, respondent)


def _decoded(line: bytes, encoding: str) -> str:
    try:
        text = line.decode(CODECS[encoding]).rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise TableRefused(f"line 1, character {error.start + 1}: not {encoding.upper()}") from None
    if "\r" in text:
        raise TableRefused("line 1: lines end in a lone carriage return; save the file with line feeds")
    if not text.strip():
        raise TableRefused("line 1: a header with the ids of items is expected")
    return text


def _doubles(names: Sequence[str]) -> list[str]:
    twice = [name for name, count in Counter(names).items() if count > 1 and name]
    found = [f"column {_cut(name)} stands twice" for name in twice[:MOST_TOLD]]
    both = {"birth_year", "birth_date"} <= set(names)
    return [*found, *_more(twice), *(["birth_year and birth_date say the same; keep one"] if both else [])]


def _unknown(names: Sequence[str], form: Form) -> list[str]:
    known = [*form.items, *PERSON_COLUMNS, RESPONDENT]
    wrong = [(at, name) for at, name in enumerate(names, start=1) if name not in known]
    return [*(_told(at, name, known) for at, name in wrong[:MOST_TOLD]), *_more(wrong)]


def _told(at: int, name: str, known: Sequence[str]) -> str:
    if not name:
        return f"column {at} has no name"
    near = get_close_matches(name.lower()[:_LONGEST_NAME], known, n=3)
    told = f"; near to it: {', '.join(near)}" if near else ""
    return f"column {at}, {_cut(name)}, is no item of this scale{told}"


def _more(found: Sequence[object]) -> list[str]:
    return [f"and {len(found) - MOST_TOLD} more"] if len(found) > MOST_TOLD else []


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def _person_used(form: Form) -> frozenset[str]:
    """Give the columns about the person that make a difference to this scale."""
    used = {"sex"} & set(form.person)
    if "birth_year" in form.person:
        used |= {"birth_year", "birth_date"}
    return frozenset(used | ({"age"} if "ages" in form.person else set()))
