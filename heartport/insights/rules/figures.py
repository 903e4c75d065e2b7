"""What is published of a block: two counts with noise, once, with a ceiling; everything above is a sum of these."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from heartport.insights.rules.budget import AT_RISK, SIZE, Draw

CEILING_NUMERATOR, CEILING_DENOMINATOR = 3, 5
"""A block's at-risk share is at most 60 %, so that it never says that everybody is."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Published counts of one block, or the sum of several; `n` may be below zero, which screens show as 0."""

    n: int
    at_risk: int
    blocks: int = 1
    at_ceiling: int = 0
    """Of how many blocks the share is at the ceiling, and may be higher."""

    @property
    def share(self) -> float | None:
        """The at-risk share from 0 to 0.6; None where the noise leaves nobody."""
        return None if self.n <= 0 else max(0, self.at_risk) / self.n


def figure_with_noise(n: int, at_risk: int, draw: Draw, *, at_risk_milli: int = AT_RISK) -> Figure:
    """Return the figure of a block: each count with noise of its own, the at-risk count then held below the ceiling."""
    noisy_n, noisy_at_risk = n + draw(SIZE), at_risk + draw(at_risk_milli)
    most = noisy_n * CEILING_NUMERATOR // CEILING_DENOMINATOR
    return Figure(noisy_n, min(noisy_at_risk, most), at_ceiling=int(noisy_at_risk > most))


def sum_of(figures: Iterable[Figure]) -> Figure | None:
    """Return the sum of published figures of disjoint blocks; None where there is none."""
    found = list(figures)
    if not found:
        return None
    return Figure(
        sum(each.n for each in found),
        sum(each.at_risk for each in found),
        sum(each.blocks for each in found),
        sum(each.at_ceiling for each in found),
    )


def levels_with_noise(
    counts: Sequence[int], at_risk: Sequence[bool], draw: Draw, *, milli: int
) -> tuple[tuple[int, ...], bool]:
    """Return counts of levels with noise, and whether those that count as 需要关注 are held at the ceiling."""
    noisy = tuple(count + draw(milli) for count in counts)
    held = below_the_ceiling(noisy, at_risk)
    return held, held != noisy


def below_the_ceiling(counts: Sequence[int], at_risk: Sequence[bool]) -> tuple[int, ...]:
    """Return counts of which those at risk are at most 60 %; where they are, that is what was given.

    Held there, shares at risk shrink alike and the others grow alike, so that neither tells how many there were.
    """
    high = [max(0, count) if flag else 0 for count, flag in zip(counts, at_risk, strict=True)]
    low = [max(0, count) if not flag else 0 for count, flag in zip(counts, at_risk, strict=True)]
    total = sum(high) + sum(low)
    if total <= 0 or sum(high) * CEILING_DENOMINATOR <= total * CEILING_NUMERATOR:
        return tuple(counts)
    most = total * CEILING_NUMERATOR // CEILING_DENOMINATOR
    shrunk, grown = _scaled(high, most), _scaled(_filled(low, at_risk), total - most)
    return tuple(a + b for a, b in zip(shrunk, grown, strict=True))


def shown_levels(counts: Sequence[int], at_risk: Sequence[bool]) -> tuple[int, ...]:
    """Return a sum of published levels as screens show it: nothing below zero, and below the ceiling again."""
    return below_the_ceiling([max(0, count) for count in counts], at_risk)


def sum_of_levels(tables: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Return the sum of the levels of disjoint groups."""
    found: dict[str, int] = {}
    for table in tables:
        for level, count in table.items():
            found[level] = found.get(level, 0) + count
    return found


def _filled(counts: list[int], at_risk: Sequence[bool]) -> list[int]:
    """Return what has to grow; where nothing is there every level below 需要关注 grows alike."""
    return counts if any(counts) else [int(not flag) for flag in at_risk]


def _scaled(counts: Sequence[int], total: int) -> list[int]:
    """Return whole numbers in these proportions that add up to a total; what is over goes to the largest."""
    whole = sum(counts)
    if not whole:
        return [0 for _ in counts]
    made = [count * total // whole for count in counts]
    made[max(range(len(made)), key=lambda place: counts[place])] += total - sum(made)
    return made
