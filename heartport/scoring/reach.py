"""How far each score of a scale can reach: interval arithmetic along the graph of its scores."""

from collections.abc import Mapping
from graphlib import CycleError

from heartport.scoring.constructs import Definition, Score
from heartport.scoring.plans import in_order, key_tables
from heartport.scoring.spans import Span, span_of


def attainable(definition: Definition) -> dict[str, Span]:
    """Give the span of each score; every operand must exist, and no score may rest on itself."""
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


def item_spans(definition: Definition) -> dict[str, Span]:
    """Give the span of each item as it is answered."""
    return {item.id: span_of(item.values) for item in definition.items}


def _span(score: Score, definition: Definition, spans: Mapping[str, Span]) -> Span:
    tables = key_tables(score, definition)
    keyed = {name: span_of(table.values()) for name, table in tables.items()}
    known = {**item_spans(definition), **spans, **keyed}
    span = score.formula.span([known[name] for name in score.formula.of])
    if score.missing is not None:
        # The mean of the answered may be any fraction, so a filled score keeps no step.
        span = Span(span.low, span.high)
    return span.rounded(score.round)
