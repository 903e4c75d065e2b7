"""What is read from a file at one go: the answers of many rows as codes, and the lines that gave no response."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np

from heartport.scoring.columns.answers import MISSING, Profiles, Vocabulary
from heartport.scoring.columns.domains import Codes, Column
from heartport.scoring.columns.sheets import ColumnSheets
from heartport.scoring.forms import Sheet
from heartport.scoring.headers import BYTE_ORDER_MARK
from heartport.scoring.language import Scale
from heartport.scoring.records import Fault

BLOCK_BYTES = 1 << 19
LOOK_AHEAD_BYTES = 1 << 12
LONGEST_LINE_BYTES = 1 << 20


@dataclass(slots=True)
class Block:
    """Rows in their order; among them, by their place, lines that gave none, and rows that are scored alone."""

    rows: int
    items: Mapping[str, Codes]
    """Columns that the file has; the others are missing throughout."""
    profiles: Sequence[int]
    """Empty where the scale asks for nothing of the person."""
    respondents: Sequence[str | None] | None
    faults: list[tuple[int, Fault]] = field(default_factory=list)
    """Each with its place among all rows of the block."""
    alone: list[tuple[int, Sheet, str | None]] = field(default_factory=list)
    """Rows with answers to unknown items, as only JSON lines can have them."""


class Words:
    """The vocabularies of all items of a scale, and of its profiles."""

    def __init__(self, scale: Scale, year: int | None) -> None:
        self.form = scale.form
        self.items = {each.item.id: Vocabulary(each) for each in scale.form.fields}
        self.profiles = Profiles(scale.form, year)
        self.year = year

    def renew(self) -> None:
        """Forget what became too much, between two blocks."""
        for each in self.items.values():
            each.renew()
        self.profiles.renew()

    def sheets(self, block: Block) -> ColumnSheets:
        """Give the sheets of a block."""
        nothing = np.full(block.rows, MISSING, np.uint8)
        given = {
            name: Column(block.items.get(name, nothing), vocabulary.domain) for name, vocabulary in self.items.items()
        }
        profile = self.profiles.columns(block.profiles or [0] * block.rows) if self.form.person else {}
        return ColumnSheets(self.form, given, profile, block.rows)


class Lines:
    """The lines of a stream, many at one go or one by one; of one that is too long, only its beginning."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ahead = b""
        self.read_bytes = 0

    def begin_with_an_object(self) -> bool:
        """Look ahead whether the stream begins as JSON lines do, or is empty."""
        self._ahead = self._stream.read(LOOK_AHEAD_BYTES)
        beginning = self._ahead.removeprefix(BYTE_ORDER_MARK).lstrip()
        return not beginning or beginning.startswith(b"{")

    def many(self) -> bytes:
        """Give whole lines of about a block; nothing at the end."""
        data = self._ahead + self._stream.read(BLOCK_BYTES)
        self._ahead = b""
        self.read_bytes += len(data)
        return data + self.one() if data and not data.endswith(b"\n") else data

    def one(self) -> bytes:
        """Give one line more, or what is left of it; of a long one its beginning, passing over the rest."""
        line = part = self._begun()
        while part and not part.endswith(b"\n"):
            part = self._stream.readline(LONGEST_LINE_BYTES)
            self.read_bytes += len(part)
            if len(line) < LONGEST_LINE_BYTES:
                line += part
        return line

    def _begun(self) -> bytes:
        ahead, newline, self._ahead = self._ahead.partition(b"\n")
        line = ahead + newline if newline else ahead + self._stream.readline(LONGEST_LINE_BYTES)
        self.read_bytes += len(line)
        return line

    def each(self) -> Iterator[bytes]:
        """Give line after line."""
        while line := self.one():
            yield line
