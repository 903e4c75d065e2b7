"""Scores a whole file in constant memory: block by block, in order, each line of the input giving one of the output."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from heartport.scoring.columns.blocks import Block, Lines, Words
from heartport.scoring.columns.plans import ColumnPlan
from heartport.scoring.columns.responses import response_blocks
from heartport.scoring.columns.tables import TableReader
from heartport.scoring.columns.texts import Writer
from heartport.scoring.language import Scale
from heartport.scoring.records import Format, JsonLines, Part, Table, encoded, names_of, record_of, written


class Source(NamedTuple):
    """What is read and how."""

    stream: BinaryIO
    table: bool | None = None
    """Whether it is a table or JSON lines; `None`: that is seen from how it begins."""
    encoding: str = "utf-8"
    year: int | None = None
    """The year of the answers, for scales that look at ages."""


class Batch:
    """Scores one file with one scale."""

    def __init__(self, scale: Scale, source: Source, to_table: bool) -> None:
        """Read as far as the header of a table; raise `TableRefused`."""
        self._scale = scale
        self._words = Words(scale, source.year)
        self._lines = Lines(source.stream)
        self._plan = ColumnPlan(scale)
        self.absent: tuple[str, ...] = ()
        """Items for which a table has no column."""
        named = True
        if source.table if source.table is not None else not self._lines.begin_with_an_object():
            reader = TableReader(self._lines, self._words, source.encoding)
            self.absent = tuple(item for item in scale.form.items if item not in reader.header.items)
            named = reader.header.respondent is not None
            self._blocks: Iterable[Block] = reader.blocks()
        else:
            self._blocks = response_blocks(self._lines, self._words, source.encoding)
        names = names_of(scale)
        self._scores = names.scores
        self._form: Format = Table(names, named) if to_table else JsonLines(names)
        self._writer = Writer(self._form)

    def parts(self) -> Iterator[Part]:
        """Give what is to be written, part by part."""
        if header := self._form.header():
            yield Part(header.encode(), 0, 0, self._lines.read_bytes)
        for block in self._blocks:
            data = self._scored(block)
            lines = block.rows + len(block.faults) + len(block.alone)
            yield Part(data, lines, len(block.faults), self._lines.read_bytes)

    def _scored(self, block: Block) -> bytes:
        if not block.rows:
            return b"".join(self._with_others([], block))
        outcomes = self._plan.score(self._words.sheets(block))
        pieces = self._writer.rows(outcomes, self._scores, block.respondents, block.rows)
        if not block.faults and not block.alone:
            return b"".join(pieces)
        width = len(pieces) // block.rows
        rows = [b"".join(pieces[start : start + width]) for start in range(0, len(pieces), width)]
        return b"".join(self._with_others(rows, block))

    def _with_others(self, rows: list[bytes], block: Block) -> list[bytes]:
        """Put errors, and what was scored alone, in their places among the rows."""
        others = {place: encoded(self._form.fault(fault)) for place, fault in block.faults}
        for place, sheet, respondent in block.alone:
            record = record_of(self._scale, sheet, self._scale.plan.score(sheet))
            others[place] = encoded(written(self._form, record, respondent))
        remaining = iter(rows)
        return [others[place] if place in others else next(remaining) for place in range(len(rows) + len(others))]
