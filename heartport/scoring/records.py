"""What a batch writes for each response: the record, and how JSON lines and tables have it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from heartport.scoring.exact import Exact, number
from heartport.scoring.forms import Sheet
from heartport.scoring.language import Scale
from heartport.scoring.plans import Outcome

Record = Mapping[str, object]
LISTS = ("flags", "missing", "invalid")
"""What every record lists; it also lists what was `ignored`, where anything was."""


class Fault(NamedTuple):
    """Why a line gave no response: where, and what is wrong there, never what stands there.

    In JSON lines a column is a character, in tables a cell; both count from 1.
    """

    line: int
    column: int
    detail: str


class Part(NamedTuple):
    """What some lines came to: the bytes to write, how many lines there were, and how many of them were errors."""

    data: bytes
    lines: int
    errors: int
    read_bytes: int
    """How far reading has come."""


class Listed(NamedTuple):
    """How a list is written: what stands before, between and after its entries, and instead of an empty one."""

    before: str
    between: str
    after: str
    empty: str
    in_cell: bool = False
    """Whether all of it is one cell of a table, and takes quotes where a name asks for them; an id never does."""


class Format(Protocol):
    """A way of writing records: as text, piece by piece in the order of `record_of`."""

    def header(self) -> str:
        """Give the first line, if there is one."""

    def respondent(self, name: str | None) -> str:
        """Write the beginning of a record."""

    def respondents(self, names: Sequence[str | None]) -> list[bytes]:
        """Write the beginnings of many records."""

    def score(self, at: int, value: Exact | None) -> str:
        """Write the score at a place."""

    def band(self, at: int, value: str | None) -> str:
        """Write the band at a place."""

    def listed(self, name: str) -> Listed:
        """Tell how a list is written."""

    def entry(self, name: str) -> str:
        """Write one entry of a list."""

    def end(self) -> str:
        """Write the end of a record."""

    def fault(self, fault: Fault) -> str:
        """Write what stands in the place of a record that is not there."""


class Names(NamedTuple):
    """The scores and the bands of a record, in order."""

    scores: tuple[str, ...]
    bands: tuple[str, ...]


def names_of(scale: Scale) -> Names:
    """Give the scores and bands that records of a scale have."""
    return Names(tuple(score.id for score in scale.scores if score.shown), tuple(scale.plan.no_bands))


def record_of(scale: Scale, sheet: Sheet, outcome: Outcome) -> dict[str, object]:
    """Give the record of one sheet; `ignored` only where something was."""
    found: dict[str, object] = {
        "scores": {name: outcome.scores[name] for name in names_of(scale).scores},
        "bands": outcome.bands,
        **{name: getattr(outcome, name) for name in LISTS},
    }
    return {**found, "ignored": sheet.ignored} if sheet.ignored else found


class JsonLines:
    """Records as JSON, one a line."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._after_scores = '}, "bands": {' + ("" if names.bands else "}, ")

    def header(self) -> str:
        """Give nothing."""
        return ""

    def respondent(self, name: str | None) -> str:
        """Open the object; name the respondent if there is one."""
        told = "" if name is None else f'"respondent": {json.dumps(name)}, '
        return f'{{{told}"scores": {{' + ("" if self._names.scores else self._after_scores)

    def respondents(self, names: Sequence[str | None]) -> list[bytes]:
        """Open the objects."""
        return [encoded(self.respondent(name)) for name in names]

    def score(self, at: int, value: Exact | None) -> str:
        """Write it under its name, whole as integer, broken as the nearest double."""
        last = at == len(self._names.scores) - 1
        told = json.dumps(None if value is None else number(value))
        return f"{json.dumps(self._names.scores[at])}: {told}" + (self._after_scores if last else ", ")

    def band(self, at: int, value: str | None) -> str:
        """Write it under the name of its score."""
        last = at == len(self._names.bands) - 1
        return f"{json.dumps(self._names.bands[at])}: {json.dumps(value)}" + ("}, " if last else ", ")

    def listed(self, name: str) -> Listed:
        """Write it as an array."""
        separator = "" if name == LISTS[0] else ", "
        empty = "" if name == "ignored" else f'{separator}"{name}": []'
        return Listed(f'{separator}"{name}": [', ", ", "]", empty)

    def entry(self, name: str) -> str:
        """Write it as a string."""
        return json.dumps(name)

    def end(self) -> str:
        """Close the object."""
        return "}\n"

    def fault(self, fault: Fault) -> str:
        """Write where and what."""
        return json.dumps({"error": fault._asdict()}) + "\n"


class Table:
    """Records as rows of a table with commas; lists are written with spaces between their entries."""

    def __init__(self, names: Names, named: bool) -> None:
        self._named = named
        self._names = names

    def header(self) -> str:
        """Name the columns."""
        first = ["respondent"] if self._named else []
        bands = [f"{name}.band" for name in self._names.bands]
        return ",".join([*first, *self._names.scores, *bands, *LISTS, "ignored", "error"]) + "\n"

    def respondent(self, name: str | None) -> str:
        """Write the first cell, if respondents are told."""
        return f"{cell(name or '')}," if self._named else ""

    def respondents(self, names: Sequence[str | None]) -> list[bytes]:
        """Write the first cells; all at one go where none of them needs quotes."""
        together = ",\n".join(name or "" for name in names) + ","
        plain = '"' not in together and "\r" not in together and together.count(",") == len(names)
        if plain and together.count("\n") == len(names) - 1:
            return encoded(together).split(b"\n")
        return [encoded(self.respondent(name)) for name in names]

    def score(self, at: int, value: Exact | None) -> str:
        """Write the number as JSON would; none is an empty cell."""
        return "," if value is None else f"{json.dumps(number(value))},"

    def band(self, at: int, value: str | None) -> str:
        """Write its id."""
        return f"{value or ''},"

    def listed(self, name: str) -> Listed:
        """Write it in one cell."""
        separator = "" if name == LISTS[0] else ","
        return Listed(separator, " ", "", separator, in_cell=True)

    def entry(self, name: str) -> str:
        """Write it as it stands."""
        return name

    def end(self) -> str:
        """Leave the cell of errors empty."""
        return ",\n"

    def fault(self, fault: Fault) -> str:
        """Leave all cells empty but the last one."""
        before = self._named + len(self._names.scores) + len(self._names.bands) + len(LISTS) + 1
        return "," * before + cell(f"line {fault.line}, column {fault.column}: {fault.detail}") + "\n"


_SIGNS = ',"\r\n'
"""What a cell without quotes cannot hold."""


def encoded(text: str) -> bytes:
    """Encode a text; half a surrogate pair, which JSON can name, is written as its escape."""
    return text.encode("utf-8", "backslashreplace")


def cell(text: str) -> str:
    """Write a text as one cell, in quotes where it needs them."""
    plain = not any(sign in text for sign in _SIGNS)
    return text if plain else '"' + text.replace('"', '""') + '"'


def written(form: Format, record: Record, respondent: str | None = None) -> str:
    """Write one record."""
    scores, bands = record["scores"], record["bands"]
    if not isinstance(scores, Mapping) or not isinstance(bands, Mapping):
        raise TypeError("a record has scores and bands")
    return "".join(
        [
            form.respondent(respondent),
            *(form.score(at, value) for at, value in enumerate(scores.values())),
            *(form.band(at, value) for at, value in enumerate(bands.values())),
            *(_list(form, name, record.get(name, ())) for name in (*LISTS, "ignored")),
            form.end(),
        ]
    )


def _list(form: Format, name: str, entries: object) -> str:
    if not isinstance(entries, Iterable):
        raise TypeError("a record lists names")
    manner = form.listed(name)
    told = manner.between.join(form.entry(str(entry)) for entry in entries)
    return f"{manner.before}{cell(told) if manner.in_cell else told}{manner.after}" if told else manner.empty
