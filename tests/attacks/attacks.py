"""The attacks: each plays a reader who wants to know one person's answer, and says how well that goes.

A score of 0.5 is a blind guess, 1.0 is certainty. Attackers know everything but what they ask for: all others in the
department, their answers, and how figures are published.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import mean

from tests.attacks.publishers import NAIVE_FLOOR, Cell, Person, Publish, counts, world
from tests.attacks.solver import Contradiction, bounds, reduced

DEPARTMENT = "e0/p0"
OTHERS = 18
"""So many others took part in the attacked department."""


def hidden_cells(publish: Publish, seeds: Sequence[int]) -> tuple[int, int]:
    """Integer programming on all published cells: how many hidden departments it recovers exactly, and of how many."""
    recovered = hidden = 0
    for seed in seeds:
        people, departments = world(seed)
        cells, truth = publish(people, departments), counts(people, departments)
        shown = {each for cell in cells if len(cell.departments) == 1 for each in cell.departments}
        unknown = [each for each in departments if each not in shown and truth[each].n]
        found = _solved(cells, departments, shown)
        hidden += len(unknown)
        recovered += sum(found.get(each) == (truth[each].n, truth[each].unwell) for each in unknown)
    return recovered, hidden


def _solved(cells: Sequence[Cell], departments: Sequence[str], shown: set[str]) -> dict[str, tuple[int, int]]:
    """Return the departments of which both counts can have but one value."""
    most = max((cell.n for cell in cells), default=0)
    limits = {each: (0, most if each in shown else NAIVE_FLOOR - 1) for each in departments}
    try:
        n = bounds(reduced([(cell.departments, cell.n) for cell in cells]), limits)
        caps = {each: (0, n[each][1]) for each in departments}
        unwell = bounds(reduced([(cell.departments, cell.unwell) for cell in cells]), caps)
    except Contradiction:
        return {}
    certain = [each for each in departments if n[each][0] == n[each][1] and unwell[each][0] == unwell[each][1]]
    return {each: (n[each][0], unwell[each][0]) for each in certain}


def newcomer_same_window(before: Callable[[Sequence[Person]], list[Cell] | None], trials: int) -> float:
    """Ask before and after somebody took part; `before` is what can be seen while the window is open."""
    return _guessed(trials, lambda crowd, target: _difference(before(crowd), before([*crowd, target])))


def newcomer_next_window(publish: Publish, trials: int) -> float:
    """Compare a window without somebody with the next one, in which all others answered as before."""
    return _guessed(
        trials, lambda crowd, target: _difference(publish(crowd, DEPARTMENTS), publish([*crowd, target], DEPARTMENTS))
    )


def last_answer(publish: Publish, trials: int, asked: int = 1) -> float:
    """Take what is known of all others from the figure, asking for it so many times and taking the mean."""

    def rest(crowd: Sequence[Person], target: Person) -> float | None:
        cells = publish([*crowd, target], DEPARTMENTS)
        found = [
            _smallest(cells) if ask == 0 else _smallest(_again(publish, cells, crowd, target)) for ask in range(asked)
        ]
        figures = [each for each in found if each is not None]
        if not figures:
            return None
        known = sum(each.unwell for each in crowd if each.department in figures[0].departments)
        return mean(each.unwell for each in figures) - known

    return _guessed(trials, rest)


def _again(publish: Publish, cells: list[Cell], crowd: Sequence[Person], target: Person) -> list[Cell]:
    """Ask once more: what is published once answers with the same, what draws anew does not."""
    return publish([*crowd, target], DEPARTMENTS) if getattr(publish, "draws_anew", False) else cells


def took_part(publish: Publish, trials: int) -> float:
    """Tell whether somebody took part, all others being known."""
    source, right = random.Random(3), 0
    for trial in range(trials):
        crowd, target = crowd_and_target(trial)
        present = source.random() < 0.5
        cell = _smallest(publish([*crowd, target] if present else crowd, DEPARTMENTS))
        guess = source.random() < 0.5
        if cell is not None:
            guess = cell.n - sum(each.department in cell.departments for each in crowd) > 0.5
        right += guess == present
    return right / trials


def four_windows(publish: Publish, trials: int, windows: int = 4) -> float:
    """Weigh up so many windows in which everybody answered the same, all others being known.

    In each the figure lies at the known count or one above it; of two-sided geometric noise the one that is nearer by
    so much is that much likelier, at most by one step, and windows add up. On neither side more, a coin.
    """
    source, right = random.Random(4), 0
    for trial in range(trials):
        crowd, target = crowd_and_target(trial)
        weight = 0.0
        for _ in range(windows):
            cell = _smallest(publish([*crowd, target], DEPARTMENTS))
            if cell is not None:
                above = cell.unwell - sum(each.unwell for each in crowd if each.department in cell.departments)
                weight += abs(above) - abs(above - 1)
        guess = source.random() < 0.5 if weight == 0 else weight > 0
        right += guess == target.unwell
    return right / trials


def retakes(publish: Publish, times: int = 30) -> int:
    """Return by how much so many sheets of one person, the last of them unwell, move a figure more than that one does.

    Both worlds need the same noise, or none: only what is counted may differ.
    """
    crowd, target = crowd_and_target(1)
    target = replace(target, unwell=True)
    sheets = [target] * times
    many, one = (_smallest(publish([*crowd, *some], DEPARTMENTS)) for some in (sheets, [target]))
    return 0 if many is None or one is None else many.unwell - one.unwell


def uniform_group(publish: Publish) -> float:
    """Return the highest share that is shown of a department in which everybody is at risk."""
    crowd = [Person(str(number), DEPARTMENT, True) for number in range(40)]
    return max(float(cell.share) for cell in publish(crowd, DEPARTMENTS))


DEPARTMENTS = [f"e0/p{number}" for number in range(4)]


def crowd_and_target(trial: int) -> tuple[list[Person], Person]:
    source = random.Random(trial)
    crowd = [Person(f"{number}", DEPARTMENT, source.random() < 0.3) for number in range(OTHERS)]
    crowd += [Person(f"x{number}", "e0/p1", source.random() < 0.3) for number in range(14)]
    return crowd, Person("target", DEPARTMENT, source.random() < 0.5)


def _guessed(trials: int, evidence: Callable[[Sequence[Person], Person], float | None]) -> float:
    """Return how often it is right to say "at risk" where the evidence is above one half; without any, a coin."""
    source, right = random.Random(2), 0
    for trial in range(trials):
        crowd, target = crowd_and_target(trial)
        found = evidence(crowd, target)
        guess = source.random() < 0.5 if found is None else found > 0.5
        right += guess == target.unwell
    return right / trials


def _difference(before: list[Cell] | None, after: list[Cell] | None) -> float | None:
    one, other = (_smallest(cells) if cells is not None else None for cells in (before, after))
    if one is None or other is None or one.departments != other.departments:
        return None
    return other.unwell - one.unwell


def _smallest(cells: Sequence[Cell]) -> Cell | None:
    """Return the smallest published group in which the department is."""
    found = [cell for cell in cells if DEPARTMENT in cell.departments]
    return min(found, key=lambda cell: len(cell.departments), default=None)
