"""Plays all attacks against two publishers and returns the table of how well they went."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from heartport.insights.rules.budget import Draw
from tests.attacks import attacks
from tests.attacks.attacks import DEPARTMENTS
from tests.attacks.publishers import Cell, Person, Publish, naive, sealed


@dataclass(frozen=True)
class Line:
    """How one attack went against the naive publisher and against sealed blocks."""

    attack: str
    naive: float
    sealed: float
    blind: float | None = 0.5


def live(people: Sequence[Person]) -> list[Cell]:
    """What a naive dashboard shows while the window is open."""
    return naive(people, DEPARTMENTS)


def nothing_yet(_people: Sequence[Person]) -> list[Cell] | None:
    """What sealed blocks show before the window is over."""
    return None


def no_noise(_milli: int) -> int:
    return 0


def play(draw: Draw, trials: int, worlds: int) -> list[Line]:
    """Play every attack so many times."""
    ours: Publish = sealed(draw)
    shares: Callable[[tuple[int, int]], float] = lambda found: found[0] / max(1, found[1])  # noqa: E731
    seeds = range(worlds)
    return [
        Line(
            "hidden departments recovered exactly",
            shares(attacks.hidden_cells(naive, seeds)),
            shares(attacks.hidden_cells(ours, seeds)),
            None,
        ),
        Line(
            "a newcomer's answer, same window",
            attacks.newcomer_same_window(live, trials),
            attacks.newcomer_same_window(nothing_yet, trials),
        ),
        Line(
            "a newcomer's answer, next window",
            attacks.newcomer_next_window(naive, trials),
            attacks.newcomer_next_window(ours, trials),
        ),
        Line(
            "the last answer, all others known",
            attacks.last_answer(naive, trials),
            attacks.last_answer(ours, trials),
        ),
        Line(
            "the same, asked a hundred times",
            attacks.last_answer(naive, trials, 100),
            attacks.last_answer(ours, trials, 100),
        ),
        Line(
            "the same answer in four windows",
            attacks.four_windows(naive, trials),
            attacks.four_windows(ours, trials),
        ),
        Line("did this person take part", attacks.took_part(naive, trials), attacks.took_part(ours, trials)),
        Line(
            "thirty retakes move a figure by",
            attacks.retakes(naive),
            attacks.retakes(sealed(no_noise)),
            None,
        ),
        Line("uniform group: top share shown", attacks.uniform_group(naive), attacks.uniform_group(ours), None),
    ]


def printed(lines: Sequence[Line]) -> str:
    """Return the table as text."""
    head = f"{'attack':40}{'naive n ≥ 5':>14}{'sealed blocks':>16}{'blind guess':>14}"
    rows = [
        f"{each.attack:40}{each.naive:14.2f}{each.sealed:16.2f}{'' if each.blind is None else f'{each.blind:.2f}':>14}"
        for each in lines
    ]
    return "\n".join([head, *rows])
