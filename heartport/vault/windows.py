"""Half-year windows such as `2026H2`: the only time that stands in clear beside a sealed record."""

from collections.abc import Sequence
from datetime import date


def window_of(day: date) -> str:
    """Return the window in which a local date lies."""
    return f"{day.year}H{1 if day.month <= 6 else 2}"


def windows_between(first: str, last: str) -> tuple[str, ...]:
    """Return all windows from `first` to `last`, both included, the latest first; `last` is always there."""
    found = [last]
    year, half = _before(*_parts(last))
    while (year, half) >= _parts(first):
        found.append(f"{year}H{half}")
        year, half = _before(year, half)
    return tuple(found)


def with_the_next(windows: Sequence[str]) -> tuple[str, ...]:
    """Return these windows, the latest first, behind the one that follows the latest.

    Where a clock was put back over the turn of a half-year, or two machines differ about it, something may stand in
    the next window already.
    """
    if not windows:
        return ()
    year, half = _parts(windows[0])
    return (f"{year}H2" if half == 1 else f"{year + 1}H1", *windows)


def oldest_kept(last: str, count: int) -> str:
    """Return the first of `count` windows of which `last` is the last."""
    year, half = _parts(last)
    for _ in range(count - 1):
        year, half = _before(year, half)
    return f"{year}H{half}"


def _before(year: int, half: int) -> tuple[int, int]:
    return (year, 1) if half == 2 else (year - 1, 2)


def _parts(window: str) -> tuple[int, int]:
    year, _, half = window.partition("H")
    return int(year), int(half)
