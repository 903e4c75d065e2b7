"""Measurements in rounds: each side once a round, in alternating order, and the ratios of what they gave."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from statistics import median

from bench.sizes import Sizes

Figures = Mapping[str, float]
Side = Callable[[int], Figures]
"""Does its work once, in the round of this number (0 is the rehearsal), and gives what it measured."""


class NotMeasurable(Exception):
    """Why a measurement cannot be done on this machine; `str()` is for the person at the terminal."""


@dataclass(frozen=True)
class Goal:
    """A bound on a figure."""

    bound: float
    at_most: bool = True

    def is_met(self, value: float) -> bool:
        return value <= self.bound if self.at_most else value >= self.bound


@dataclass(frozen=True)
class Row:
    """One line of the table: a figure of one side, beside a figure of another or beside nothing."""

    name: str
    what: str
    side: str
    figure: str
    unit: str
    yardstick: str = "—"
    beside: str | None = None
    goal: Goal | None = None
    of_rounds: Callable[[list[float]], float] = median

    @property
    def needs(self) -> set[str]:
        """The sides that must run for this row."""
        return {self.side} | ({self.beside} if self.beside else set())

    @property
    def is_ratio(self) -> bool:
        return self.beside is not None


@dataclass(frozen=True)
class Opened:
    """A measurement that is ready to run; `conditions` name server, workers, database and commit mode."""

    sides: Mapping[str, Side]
    conditions: Mapping[str, str]


@dataclass(frozen=True)
class Measurement:
    """What is set up once and run in rounds."""

    name: str
    open: Callable[[Sizes], AbstractContextManager[Opened]]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Outcome:
    """What one measurement gave: for each side the figures of each round."""

    measurement: Measurement
    conditions: Mapping[str, str]
    rounds: list[dict[str, Figures]]


@dataclass(frozen=True)
class Line:
    """One row with its figures."""

    row: Row
    conditions: Mapping[str, str]
    values: list[float]
    yardstick_values: list[float]
    ratios: list[float]
    further: dict[str, float] = field(default_factory=dict)

    @property
    def compared(self) -> list[float]:
        """What the goal is about, a round each."""
        return self.ratios if self.row.is_ratio else self.values

    @property
    def result(self) -> float:
        """What the rounds come to."""
        return self.row.of_rounds(self.compared)

    @property
    def met(self) -> bool | None:
        return None if self.row.goal is None else self.row.goal.is_met(self.result)


def last(values: list[float]) -> float:
    """Give the value of the last round, for what grows."""
    return values[-1]


def measure(
    measurement: Measurement, sizes: Sizes, rounds: int, deadline: float, progress: Callable[[str], None]
) -> Outcome:
    """Set a measurement up, rehearse, run its rounds; after the deadline no round begins but the first."""
    progress(f"{measurement.name}: preparing")
    needed = set().union(*(row.needs for row in measurement.rows))
    done: list[dict[str, Figures]] = []
    with measurement.open(sizes) as opened:
        sides = {name: side for name, side in opened.sides.items() if name in needed}
        for number in range(1 - sizes.rehearsals, rounds + 1):
            if len(done) > sizes.rehearsals and time.monotonic() > deadline:
                break
            progress(f"{measurement.name}: round {number} of {rounds}")
            done.append({name: sides[name](number) for name in _order(sides, number)})
        return Outcome(measurement, opened.conditions, done[sizes.rehearsals :])


def _order(sides: Mapping[str, Side], number: int) -> list[str]:
    """Alternate who comes first, so that a drift of the machine does not always help the same side."""
    names = list(sides)
    return names if number % 2 else names[::-1]


def lines(outcome: Outcome) -> Iterator[Line]:
    """Give the rows of an outcome with their figures."""
    for row in outcome.measurement.rows:
        values = [figures[row.side][row.figure] for figures in outcome.rounds]
        beside = [figures[row.beside][row.figure] for figures in outcome.rounds if row.beside is not None]
        ratios = [value / other for value, other in zip(values, beside, strict=True)] if beside else []
        names = outcome.rounds[0][row.side].keys() - {row.figure}
        further = {name: median(figures[row.side][name] for figures in outcome.rounds) for name in sorted(names)}
        yield Line(row, outcome.conditions, values, beside, ratios, further)
