"""A small exact solver: what values a hidden count can have, given published sums of disjoint and nested groups.

Each sum narrows its members and each member its sums, in whole numbers, until nothing moves. For groups that are
nested, as departments, enterprises and a city are, the ends that remain are attained: no stronger solver finds more.
"""

from collections.abc import Mapping, Sequence


class Contradiction(Exception):
    """The published sums cannot all be right, as where there is noise in them."""


def bounds(
    sums: Sequence[tuple[frozenset[str], int]], limits: Mapping[str, tuple[int, int]]
) -> Mapping[str, tuple[int, int]]:
    """Return the least and the greatest value of each variable; raises `Contradiction`."""
    found = dict(limits)
    moved = True
    while moved:
        moved = False
        for group, total in sums:
            low = sum(found[each][0] for each in group)
            high = sum(found[each][1] for each in group)
            if not low <= total <= high:
                raise Contradiction
            for each in group:
                own_low, own_high = found[each]
                narrowed = max(own_low, total - (high - own_high)), min(own_high, total - (low - own_low))
                if narrowed != (own_low, own_high):
                    found[each] = narrowed
                    moved = True
                    low = sum(found[other][0] for other in group)
                    high = sum(found[other][1] for other in group)
    return found


def reduced(sums: Sequence[tuple[frozenset[str], int]]) -> list[tuple[frozenset[str], int]]:
    """Return the sums with what nested ones say taken away, so that a hidden rest stands by itself."""
    found = dict(sums)
    for large in sorted(found, key=len, reverse=True):
        rest, total = set(large), found[large]
        for small in sorted((each for each in found if each < large), key=len, reverse=True):
            if small <= rest:
                rest -= small
                total -= found[small]
        if rest and frozenset(rest) not in found:
            found[frozenset(rest)] = total
    return list(found.items())
