"""Reads tables: blocks in which every line is plain are taken apart by NumPy, all others row by row.

Plain means: no quotes, the same number of cells in each line, nothing that cannot be decoded. So every fault has its
line and its column.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from heartport.scoring.cells import CellRefused, profile_in
from heartport.scoring.columns.answers import Vocabulary
from heartport.scoring.columns.blocks import LONGEST_LINE_BYTES, Block, Lines, Words
from heartport.scoring.columns.domains import Codes
from heartport.scoring.headers import BYTE_ORDER_MARK, CODECS, Header, check_encoding, read_header
from heartport.scoring.records import Fault

MOST_LINES_A_ROW = 100
"""Over how many lines a quoted cell may run; one that goes on was never meant to be open."""
_NEWLINE = 10

_UNCLOSED = "a quoted cell does not end, or goes on after its closing quote"


class _Cells(NamedTuple):
    """Where the cells of plain lines begin and end, a row for each column."""

    data: bytes
    signs: NDArray[np.uint8]
    starts: Sequence[NDArray[np.int64]]
    ends: Sequence[NDArray[np.int64]]

    def texts(self, at: int) -> list[bytes]:
        """Give the cells of one column."""
        data = self.data
        return [data[start:end] for start, end in zip(self.starts[at].tolist(), self.ends[at].tolist(), strict=True)]


class TableReader:
    """Reads one table block by block."""

    def __init__(self, lines: Lines, words: Words, encoding: str) -> None:
        """Read the header; raise `TableRefused`."""
        self._lines = lines
        self._words = words
        self._encoding = encoding
        beginning = lines.many().removeprefix(BYTE_ORDER_MARK)
        check_encoding(beginning, encoding)
        first, newline, rest = beginning.partition(b"\n")
        self.header: Header = read_header(first + newline, words.form, encoding)
        self._rest = rest
        self._line = 2
        """The number of the next line."""
        self._blank: list[int] = []
        """Lines without anything, which count only if something comes after them."""

    def blocks(self) -> Iterator[Block]:
        """Give block after block."""
        data = self._rest or self._lines.many()
        while data:
            self._words.renew()
            cells = self._plain(data)
            yield self._of_rows(data) if cells is None else self._of_cells(cells)
            data = self._lines.many()

    def _plain(self, data: bytes) -> _Cells | None:
        """Find the cells of a block of plain lines."""
        if b'"' in data or (self._encoding != "utf-8" and not data.isascii()) or not _is_utf8(data):
            return None
        width = len(self.header.names)
        data = data if data.endswith(b"\n") else data + b"\n"
        signs = np.frombuffer(data, np.uint8)
        breaks = signs == _NEWLINE
        ends = np.flatnonzero(breaks | (signs == ord(self.header.separator)))
        rows = int(np.count_nonzero(breaks))
        if ends.size != rows * width:
            return None
        columns = np.ascontiguousarray(ends.reshape(rows, width).T)
        starts = [np.concatenate(([0], columns[-1][:-1] + 1)), *(columns[:-1] + 1)]
        returns = data.count(b"\r")
        last = columns[-1] - 1 if returns else columns[-1]
        if returns and (returns != rows or not (signs[last] == ord("\r")).all()):
            return None
        strange = (signs[columns[-1]] != _NEWLINE).any() or (width == 1 and (last == starts[0]).any())
        if strange or (columns[-1] - starts[0]).max() >= LONGEST_LINE_BYTES:
            return None
        return _Cells(data, signs, starts, [*columns[:-1], last])

    def _of_cells(self, cells: _Cells) -> Block:
        faults = self._blank_faults()
        first, header = self._line, self.header
        rows = len(cells.starts[0])
        self._line += rows
        items = {
            name: _codes(cells, at, self._words.items[name], header.separator) for name, at in header.items.items()
        }
        person = [[text.decode() for text in cells.texts(at)] for at in header.person.values()]
        respondents = None
        if header.respondent is not None:
            respondents = b"\n".join(cells.texts(header.respondent)).decode().split("\n")
        lines = range(first, first + rows)
        return self._block(items, person, respondents, lines, faults)

    def _of_rows(self, data: bytes) -> Block:
        """Read row by row."""
        faults: list[tuple[int, Fault]] = []
        rows: list[list[str]] = []
        lines: list[int] = []
        for line, found in self._rows(data):
            if isinstance(found, Fault):
                faults.append((len(rows) + len(faults), found))
            else:
                rows.append(found)
                lines.append(line)
        header = self.header
        columns = list(zip(*rows, strict=True)) or [()] * len(header.names)
        items = {}
        for name, at in header.items.items():
            codes = [self._words.items[name].cells[cell] for cell in columns[at]]
            items[name] = self._words.items[name].column(codes)
        person = [columns[at] for at in header.person.values()]
        respondents = None if header.respondent is None else list(columns[header.respondent])
        return self._block(items, person, respondents, lines, faults)

    def _rows(self, data: bytes) -> Iterator[tuple[int, list[str] | Fault]]:
        """Give the cells of each row with the number of its first line, or why it is none."""
        waiting: Iterator[bytes] = iter(_lines_in(data))
        while line := next(waiting, b""):
            at = self._line
            self._line += 1
            if not line.strip(b"\r\n"):
                self._blank.append(at)
                continue
            yield from ((blank.line, blank) for _, blank in self._blank_faults())
            more: list[bytes] = []
            found = self._row(at, line, waiting, more)
            if isinstance(found, Fault):
                # What an open quote swallowed are rows of their own.
                waiting = chain(more, waiting)
            else:
                self._line += len(more)
            yield at, found

    def _row(self, at: int, line: bytes, waiting: Iterator[bytes], more: list[bytes]) -> list[str] | Fault:
        """Read one row, with as many lines `more` as its quoted cells run over."""
        try:
            text = self._decoded(line)
            if '"' not in text:
                cells = text.rstrip("\r\n").split(self.header.separator)
            else:
                cells = next(
                    csv.reader(self._further(text, waiting, more), delimiter=self.header.separator, strict=True)
                )
        except _Undecodable as error:
            return Fault(at, error.column, error.detail)
        except csv.Error:
            return Fault(at, _broken_cell(text, self.header.separator), _UNCLOSED)
        return self._checked(at, cells)

    def _checked(self, at: int, cells: list[str]) -> list[str] | Fault:
        wanted = len(self.header.names)
        if len(cells) == wanted:
            return cells
        detail = f"{len(cells)} cells where the header has {wanted}"
        return Fault(at, min(len(cells), wanted) + 1, detail)

    def _further(self, text: str, waiting: Iterator[bytes], more: list[bytes]) -> Iterator[str]:
        yield text
        while len(more) < MOST_LINES_A_ROW and (line := next(waiting, b"") or self._lines.one()):
            more.append(line)
            yield self._decoded(line)

    def _decoded(self, line: bytes) -> str:
        if len(line) >= LONGEST_LINE_BYTES:
            raise _Undecodable(1, f"longer than {LONGEST_LINE_BYTES} bytes")
        try:
            return line.decode(CODECS[self._encoding])
        except UnicodeDecodeError as error:
            column = line.count(self.header.separator.encode(), 0, error.start) + 1
            raise _Undecodable(column, f"not {self._encoding.upper()}") from None

    def _blank_faults(self) -> list[tuple[int, Fault]]:
        """Tell of the empty lines that stand before another one."""
        found = [(place, Fault(line, 1, "empty line")) for place, line in enumerate(self._blank)]
        self._blank = []
        return found

    def _block(
        self,
        items: dict[str, Codes],
        person: Sequence[Sequence[str]],
        respondents: list[str] | None,
        lines: Sequence[int],
        faults: list[tuple[int, Fault]],
    ) -> Block:
        """Put a block together; rows whose profile cannot be read become faults in their place."""
        if not self.header.person:
            return Block(len(lines), items, [], respondents, faults)
        names = tuple(self.header.person)
        codes: list[int] = []
        wrong: dict[int, Fault] = {}
        for row, cells in enumerate(zip(*person, strict=True)):
            try:
                codes.append(self._words.profiles.code(profile_in(dict(zip(names, cells, strict=True)))))
            except CellRefused as refused:
                detail, column = refused.args
                wrong[row] = Fault(lines[row], self.header.person[column] + 1, f"{column}: {detail}")
        if wrong:
            kept = np.array([row not in wrong for row in range(len(lines))])
            items = {name: found[kept] for name, found in items.items()}
            respondents = respondents and [name for name, keep in zip(respondents, kept, strict=True) if keep]
            faults = _merged(len(lines), faults, wrong)
        return Block(len(codes), items, codes, respondents, faults)


class _Undecodable(Exception):
    """A line that is no text."""

    def __init__(self, column: int, detail: str) -> None:
        super().__init__(detail)
        self.column = column
        self.detail = detail


def _codes(cells: _Cells, at: int, vocabulary: Vocabulary, separator: str) -> Codes:
    """Give the codes of one column; where no cell is longer than one character, by that character."""
    starts, ends = cells.starts[at], cells.ends[at]
    if (ends - starts).max() <= 1:
        # Before the end of an empty cell stands the separator or the end of the line before.
        return vocabulary.of_characters(separator).take(cells.signs.take(ends - 1))
    known = vocabulary.cells
    return vocabulary.column([known[text] for text in cells.texts(at)])


def _merged(rows: int, faults: list[tuple[int, Fault]], wrong: dict[int, Fault]) -> list[tuple[int, Fault]]:
    """Give all faults of a block by their place: those of lines that gave no row, and those of rows."""
    before = dict(faults)
    found = []
    row = 0
    for place in range(rows + len(faults)):
        if place in before:
            found.append((place, before[place]))
        else:
            if row in wrong:
                found.append((place, wrong[row]))
            row += 1
    return found


def _broken_cell(text: str, separator: str) -> int:
    """Tell which cell of a line is the first that is not well formed."""
    cell = re.compile(f'(?:"(?:[^"]|"")*"|[^"{separator}][^{separator}]*|)(?:{separator}|[\r\n]*$)')
    column = position = 0
    while found := cell.match(text, position):
        column += 1
        if found.end() == len(text):
            break
        position = found.end()
    return column + 1


def _lines_in(data: bytes) -> list[bytes]:
    """Split at line feeds alone: a carriage return inside a line is no end of it."""
    found = [line + b"\n" for line in data.split(b"\n")]
    last = found.pop().removesuffix(b"\n")
    return [*found, last] if last else found


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
