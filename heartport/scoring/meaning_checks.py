"""Checks of norms, smallest changes and validity: what they name exists and can come about."""

from collections.abc import Iterator
from itertools import combinations

from heartport.scoring.constructs import Cell, Definition, Validity
from heartport.scoring.doubts import Attention, Contradiction, LongString
from heartport.scoring.exact import Exact, magnitude, written
from heartport.scoring.kinds import KEYED_KINDS
from heartport.scoring.problems import Report
from heartport.scoring.reach import spans_or_none
from heartport.scoring.spans import Span


def check_norms(definition: Definition, report: Report) -> None:
    """See that the cells of a norm are about scores that exist and about people apart from each other."""
    spans = spans_or_none(definition) or {}
    for norm in definition.norms:
        path = ("norms", norm.id, "cells")
        if [each.id for each in definition.norms].count(norm.id) > 1:
            report.refuse(path[:2], "the id stands twice")
        for at, cell in enumerate(norm.cells, start=1):
            for problem in _problems_of_cell(cell, spans):
                report.refuse((*path, str(at)), problem)
        for one, two in combinations(norm.cells, 2):
            if one.score == two.score and one.group.meets(two.group):
                report.refuse(path, f"two cells are about {one.score} of the same people: {one.group} and {two.group}")


def _problems_of_cell(cell: Cell, spans: dict[str, Span]) -> Iterator[str]:
    if cell.score not in spans:
        yield f"no score is called {cell.score}"
        return
    span = spans[cell.score]
    figures = [edge for edge, _ in cell.percentiles] or [cell.mean]
    for figure in figures:
        if not span.low <= figure <= span.high:
            reach = f"{written(span.low)} to {written(span.high)}"
            yield f"{written(figure)} lies outside what {cell.score} can come to, {reach}"


def check_changes(definition: Definition, report: Report) -> None:
    """See that a smallest change is one that its score can make."""
    spans = spans_or_none(definition) or {}
    for change in definition.changes:
        span = spans.get(change.score)
        if span is None:
            report.refuse(("change", change.score), "no score of this id")
        elif change.at_least > span.high - span.low:
            report.refuse(("change", change.score, "at_least"), "more than the score can change at all")


def check_validity(definition: Definition, report: Report) -> None:
    """See that a test of validity looks at items that exist and can find something."""
    counted = _counted(definition)
    for each in definition.validity:
        path = ("validity", each.id)
        if [other.id for other in definition.validity].count(each.id) > 1:
            report.refuse(path, "the id stands twice")
        unknown = [name for name in each.test.items if name not in counted]
        for name in unknown:
            report.refuse(path, f"no item with options is called {name}")
        for problem in () if unknown else _never_found(each, definition, counted):
            report.refuse(path, problem)


def _counted(definition: Definition) -> dict[str, set[Exact]]:
    """Give what the answers to each item with options can count as, under the keys that hold in every score."""
    keys = {item: key for key in definition.keys if key.only_for is None for item in key.items}
    return {
        item.id: {keys[item.id].counts_as(value) if item.id in keys else value for value in item.values}
        for item in definition.items
        if item.kind in KEYED_KINDS
    }


def _never_found(validity: Validity, definition: Definition, counted: dict[str, set[Exact]]) -> Iterator[str]:
    match validity.test:
        case LongString(items, at_least) if at_least > len(items):
            yield f"there are only {len(items)} items for a row of {at_least}"
        case Contradiction(pairs, _, at_least) if at_least > len(pairs):
            yield f"there are only {len(pairs)} pairs"
        case Contradiction(pairs, apart, _):
            for one, two in pairs:
                if not 0 < apart <= max(magnitude(a - b) for a in counted[one] for b in counted[two]):
                    yield f"{one} and {two} are never {written(apart)} apart"
        case Attention(item, expects):
            if expects not in next(each.values for each in definition.items if each.id == item):
                yield f"{item} is never {expects}"
