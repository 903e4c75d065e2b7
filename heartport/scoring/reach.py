"""How far each score of a scale can reach: interval arithmetic along the graph of its scores."""

from collections.abc import Mapping
from functools import lru_cache
from graphlib import CycleError

from heartport.scoring.constructs import Definition, Item, Score
from heartport.scoring.kinds import KINDS, span_of_chosen
from heartport.scoring.plans import KeyTable, in_order, key_tables
from heartport.scoring.separable import ratio_span
from heartport.scoring.spans import Span, span_of


@lru_cache(maxsize=2)
def attainable(definition: Definition) -> dict[str, Span]:
    """Give the span of each score; every operand must exist, and no score may rest on itself.

    Many checks ask, one after the other, of the same definition; what they are given is not theirs to change.
    """
    spans: dict[str, Span] = {}
    for score in in_order(definition.scores):
        spans[score.id] = _span(score, definition, spans)
    return spans


def spans_or_none(definition: Definition) -> dict[str, Span] | None:
    """Give the span of each score, or nothing while the graph of scores does not hold together."""
    known = {item.id for item in definition.items} | {score.id for score in definition.scores}
    operands = {name for score in definition.scores for name in score.formula.of}
    try:
        return attainable(definition) if operands <= known else None
    except CycleError:
        return None


@lru_cache(maxsize=2)
def item_spans(definition: Definition) -> dict[str, Span]:
    """Give the span of each item whose answer is one number."""
    return {
        item.id: span
        for item in definition.items
        if item.kind != "multi" and (span := KINDS[item.kind].span(item)) is not None
    }


def operand_spans(score: Score, definition: Definition, spans: Mapping[str, Span]) -> list[Span]:
    """Give the span of what each operand of a score counts as, its keys applied."""
    items = {item.id: item for item in definition.items}
    tables = key_tables(score, definition)
    return [_operand_span(name, items.get(name), tables.get(name), spans) for name in score.formula.of]


def _operand_span(name: str, item: Item | None, table: KeyTable | None, spans: Mapping[str, Span]) -> Span:
    if item is None:
        return spans[name]
    if item.kind == "multi":
        return span_of_chosen([(table or {}).get(value, value) for value in item.values])
    return span_of(table.values()) if table else KINDS[item.kind].span(item) or Span(0, 0)


def _span(score: Score, definition: Definition, spans: Mapping[str, Span]) -> Span:
    span = score.formula.span(operand_spans(score, definition, spans))
    ends = ratio_span(score, definition)
    if ends is not None:
        span = Span(ends[0], ends[1], span.step if (span.low, span.high) == ends else 0)
    if score.missing is not None:
        # The mean of the answered may be any fraction, so a filled score keeps no step.
        span = Span(span.low, span.high)
    return span.rounded(score.round)
