"""Writes outcomes of many rows: pieces of text are made once for each value and joined row by row."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heartport.scoring.columns.domains import Codes, Column, Mask, made
from heartport.scoring.columns.plans import Outcomes
from heartport.scoring.records import LISTS, Format, encoded

MOST_JOINED = 1 << 14
"""Up to how many texts neighbouring pieces are joined beforehand into one."""
NAMES_A_PIECE = 6
"""How many entries of a list one piece tells of: each has a text for every choice of them."""

FEW_TEXTS = 2

Texts = tuple[bytes, ...]


class Piece(NamedTuple):
    """A part of every row: the text of each code; without codes the same text everywhere."""

    codes: Codes | None
    texts: Texts


class Writer:
    """Writes the records of one scale in one format."""

    def __init__(self, form: Format) -> None:
        self._form = form
        self._joined: dict[Hashable, tuple[Sequence[Texts], NDArray[Any]]] = {}
        self._choices: dict[Hashable, Texts] = {}

    def rows(
        self, outcomes: Outcomes, scores: Sequence[str], respondents: Sequence[str | None] | None, rows: int
    ) -> list[bytes]:
        """Give the pieces of all rows in order; they come in equal numbers for each row."""
        if respondents is None:
            first = Piece(None, (encoded(self._form.respondent(None)),))
            segments = [self._segment(each, rows) for each in _segments([first, *self._pieces(outcomes, scores)])]
        else:
            opened = np.array(self._form.respondents(respondents), dtype=object)
            segments = [opened, *(self._segment(each, rows) for each in _segments(self._pieces(outcomes, scores)))]
        found: list[bytes] = np.stack(segments, axis=1).ravel().tolist()
        return found

    def _pieces(self, outcomes: Outcomes, scores: Sequence[str]) -> Iterator[Piece]:
        form = self._form
        for at, name in enumerate(scores):
            yield _piece(outcomes.scores[name], ("score", type(form), at), partial(form.score, at))
        for at, column in enumerate(outcomes.bands.values()):
            yield _piece(column, ("band", type(form), at), partial(form.band, at))
        for name in (*LISTS, "ignored"):
            yield from self._list(name, getattr(outcomes, name))
        yield Piece(None, (encoded(form.end()),))

    def _list(self, name: str, entries: Sequence[tuple[str, Mask | None]]) -> Iterator[Piece]:
        """Give the pieces of a list: some entries each, and whether any stood before them."""
        there = [(entry, mask) for entry, mask in entries if mask is not None]
        manner = self._form.listed(name)
        if not there:
            yield Piece(None, (encoded(manner.empty),))
            return
        before: Codes = np.zeros(len(there[0][1]), np.uint16)
        for start in range(0, len(there), NAMES_A_PIECE):
            some = there[start : start + NAMES_A_PIECE]
            codes = before.copy()
            for place, (_, mask) in enumerate(some, start=1):
                codes |= mask.astype(np.uint16) << np.uint16(place)
            yield Piece(codes, self._choice(name, tuple(entry for entry, _ in some)))
            before = (codes > 0).astype(np.uint16)
        yield Piece(before, (encoded(manner.empty), encoded(manner.after)))

    def _choice(self, name: str, entries: tuple[str, ...]) -> Texts:
        """Give the text of every choice of some entries; an odd code tells that others stand before them."""
        if (name, entries) not in self._choices:
            manner = self._form.listed(name)
            texts = [self._form.entry(entry) for entry in entries]
            found = []
            for code in range(2 << len(entries)):
                chosen = manner.between.join(text for at, text in enumerate(texts) if code >> (at + 1) & 1)
                start = manner.between if code & 1 else manner.before
                found.append(encoded(start + chosen if chosen else ""))
            self._choices[name, entries] = tuple(found)
        return self._choices[name, entries]

    def _segment(self, pieces: Sequence[Piece], rows: int) -> NDArray[Any]:
        """Join neighbouring pieces row by row, each combination of their texts once."""
        columns = _different(pieces)
        texts = tuple(piece.texts for piece in pieces)
        if not columns:
            return np.full(rows, b"".join(each[0] for each in texts), dtype=object)
        if len(pieces) == 1:
            return np.array(texts[0], dtype=object).take(columns[0])
        sizes = [_size(codes, pieces) for codes in columns]
        places = tuple(_place(piece.codes, columns) for piece in pieces)
        codes = columns[0].astype(np.int32)
        for column, size in zip(columns[1:], sizes[1:], strict=True):
            codes = codes * np.int32(size) + column
        joined = self._table(texts, places, prod(sizes))
        for code in np.flatnonzero(np.bincount(codes, minlength=len(joined))).tolist():
            if joined[code] is None:
                joined[code] = _text_of(code, sizes, texts, places)
        return joined.take(codes)

    def _table(self, texts: tuple[Texts, ...], places: tuple[int | None, ...], size: int) -> NDArray[Any]:
        """Give the table of joined texts, filled as far as they were met; the same texts have the same table."""
        # Few texts are told apart by what they say, many by which they are.
        key = (tuple(each if len(each) <= FEW_TEXTS else id(each) for each in texts), places)
        if key not in self._joined:
            if len(self._joined) > 64:
                self._joined.clear()
            # The texts are kept beside the table, so that their identities stay theirs.
            self._joined[key] = (texts, np.full(size, None, dtype=object))
        return self._joined[key][1]


def _piece(column: Column, key: Hashable, told: Callable[[Any], str]) -> Piece:
    texts = made((column.domain,), ("text", key), lambda: tuple(encoded(told(value)) for value in column.domain.values))
    return Piece(column.codes, texts)


def _segments(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Put neighbours together as long as their texts have few combinations."""
    some: list[Piece] = []
    for piece in pieces:
        if some and _combinations([*some, piece]) > MOST_JOINED:
            yield some
            some = []
        some.append(piece)
    if some:
        yield some


def _combinations(pieces: Sequence[Piece]) -> int:
    return prod(_size(codes, pieces) for codes in _different(pieces))


def _size(codes: Codes, pieces: Sequence[Piece]) -> int:
    """How many codes there are; all pieces of one column have a text for each."""
    return len(next(piece.texts for piece in pieces if piece.codes is codes))


def _different(pieces: Sequence[Piece]) -> list[Codes]:
    """Give the columns of codes; a score and its band have the same one."""
    found: list[Codes] = []
    for piece in pieces:
        if piece.codes is not None and not any(piece.codes is each for each in found):
            found.append(piece.codes)
    return found


def _place(codes: Codes | None, columns: Sequence[Codes]) -> int | None:
    return next((at for at, each in enumerate(columns) if each is codes), None)


def _text_of(code: int, sizes: Sequence[int], texts: Sequence[Texts], places: Sequence[int | None]) -> bytes:
    digits = []
    for size in reversed(sizes):
        code, digit = divmod(code, size)
        digits.append(digit)
    digits.reverse()
    return b"".join(each[0 if place is None else digits[place]] for each, place in zip(texts, places, strict=True))
