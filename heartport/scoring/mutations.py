"""Makes the mutants of a scale: one for each single edit of its keys, scores, bands, flags, branches and norms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from typing import Any

from heartport.scoring.calculation import Aim, Calculation, left_out
from heartport.scoring.conditions import (
    Atom,
    Comparison,
    Condition,
    Every,
    Expression,
    Includes,
    Named,
    Not,
    Some,
    Within,
    verdict,
)
from heartport.scoring.constructs import Band, BandSet, Cell, Item, Key, Missing, Norm, Score
from heartport.scoring.exact import ROUNDING_MODES, Exact, Rounding, rounded, simplify, written
from heartport.scoring.forms import compile_field
from heartport.scoring.kinds import answers_of, reader_of
from heartport.scoring.language import Scale
from heartport.scoring.mutants import BandsChanged, FlagChanged, FormChanged, Mutant, NormChanged, StepsChanged
from heartport.scoring.plans import Rule, compile_banding, compile_step, slots_of
from heartport.scoring.reach import attainable, item_spans, operand_spans
from heartport.scoring.spans import Span, grid, moves, span_of_sum

_Edited = tuple[str, Score, Aim | None]


def mutants_of(scale: Scale) -> Iterator[Mutant]:
    """Make every mutant, in the order of the file."""
    return chain(
        _of_items(scale), _of_keys(scale), _of_scores(scale), _of_bands(scale), _of_norms(scale), _of_flags(scale)
    )


# --- Scores ----------------------------------------------------------------------------------------------------


def _of_scores(scale: Scale) -> Iterator[Mutant]:
    slots, spans = slots_of(scale, scale.form), attainable(scale)
    for score in scale.scores:
        edits = chain(_calculated_otherwise(score, operand_spans(score, scale, spans), scale), _ruled(score, scale))
        for what, changed, aim in edits:
            step = compile_step(changed, scale, slots)
            yield Mutant(f"scores › {score.id} › {what}", StepsChanged((step,)), aim)


def _calculated_otherwise(score: Score, spans: Sequence[Span], scale: Scale) -> Iterator[_Edited]:
    formula = score.formula
    for at, name in enumerate(formula.of):
        if (fewer := formula.without(at)) is not None:
            yield f"{name} left out", _with(score, fewer), None
    for name in _could_be_added(score, scale):
        if (more := formula.also(name)) is not None:
            yield f"{name} added", _with(score, more), None
    for what, changed, aim in formula.edits(spans):
        yield what, replace(score, formula=changed), aim


def _could_be_added(score: Score, scale: Scale) -> Iterator[str]:
    """Give the scored items that stand beside those of a score: a score of scores takes no items."""
    items = {item.id for item in scale.asked}
    if items.isdisjoint(score.formula.of):
        return iter(())
    return (item.id for item in scale.asked if not item.unscored and item.id not in score.formula.of)


def _with(score: Score, formula: Calculation) -> Score:
    """Give a score of other operands; what may be missing stays the number that it was."""
    rule = score.missing
    fits = rule is None or rule.allow < len(formula.of)
    return replace(score, formula=formula, missing=rule if fits else None)


def _ruled(score: Score, scale: Scale) -> Iterator[_Edited]:
    return ((what, changed, None) for what, changed in _ruled_otherwise(score, scale))


def _ruled_otherwise(score: Score, scale: Scale) -> Iterator[tuple[str, Score]]:
    for what, missing in _missing_otherwise(score, scale):
        yield f"missing › {what}", replace(score, missing=missing)
    for what, rounding in _rounded_otherwise(score.round):
        yield f"round › {what}", replace(score, round=rounding)
    if score.valid_share is not None:
        scored = sum(not item.unscored for item in scale.asked)
        for moved in (-1, 1):
            share = simplify(score.valid_share + Fraction(moved, scored))
            yield f"valid_if_missing_share_at_most › {moved:+} item", replace(score, valid_share=share)
        yield "valid_if_missing_share_at_most › gone", replace(score, valid_share=None)


def _missing_otherwise(score: Score, scale: Scale) -> Iterator[tuple[str, Missing | None]]:
    rule, operands, fill = score.missing, len(score.formula.of), score.formula.fill
    if rule is not None:
        for allow in (rule.allow - 1, rule.allow + 1):
            if 0 < allow < operands:
                yield f"allow {allow}", Missing(allow, rule.then)
        yield "gone", None
    elif fill is not None and operands > 1 and {item.id for item in scale.asked}.issuperset(score.formula.of):
        yield "allow 1", Missing(1, fill)


def _rounded_otherwise(rounding: Rounding | None) -> Iterator[tuple[str, Rounding | None]]:
    if rounding is None:
        yield "half_up to 0", Rounding("half_up", 0)
        return
    for mode in ROUNDING_MODES:
        if mode != rounding.mode:
            yield mode, replace(rounding, mode=mode)
    yield f"to {rounding.to + 1}", replace(rounding, to=rounding.to + 1)
    if rounding.to:
        yield f"to {rounding.to - 1}", replace(rounding, to=rounding.to - 1)
    yield "gone", None


# --- Keys ------------------------------------------------------------------------------------------------------


def _of_keys(scale: Scale) -> Iterator[Mutant]:
    for what, item, keys in chain(_keyed_otherwise(scale), _keyed_newly(scale)):
        changed = replace(scale, keys=keys)
        slots = slots_of(scale, scale.form)
        steps = tuple(
            compile_step(score, changed, slots) for score in scale.scores if not item.isdisjoint(score.formula.of)
        )
        if steps:
            yield Mutant(f"keying › {what}", StepsChanged(steps))


def _keyed_otherwise(scale: Scale) -> Iterator[tuple[str, frozenset[str], tuple[Key, ...]]]:
    for at, key in enumerate(scale.keys):
        for changed, what, items in _other_keys(key):
            keys = (*scale.keys[:at], *changed, *scale.keys[at + 1 :])
            yield f"{at + 1} › {what}", frozenset(items), keys


def _other_keys(key: Key) -> Iterator[tuple[tuple[Key, ...], str, tuple[str, ...]]]:
    for item in key.items:
        rest = tuple(name for name in key.items if name != item)
        yield ((replace(key, items=rest),) if rest else ()), f"{item} no longer", (item,)
    for value, made in (key.table or {}).items():
        table = {**(key.table or {}), value: made + 1}
        yield (replace(key, table=table),), f"{written(value)} becomes {written(made + 1)}", key.items
    if key.only_for is not None:
        yield (replace(key, only_for=None),), "for every score", key.items


def _keyed_newly(scale: Scale) -> Iterator[tuple[str, frozenset[str], tuple[Key, ...]]]:
    """Reverse each item that has no key at all and could have one."""
    keyed = {name for key in scale.keys for name in key.items}
    for item in scale.asked:
        low, high = min(item.values, default=0), max(item.values, default=0)
        even = {low + high - value for value in item.values} == set(item.values)
        if item.kind == "choice" and not item.unscored and item.id not in keyed and even:
            key = Key((item.id,), reverse=(low, high))
            yield f"{item.id} reversed", frozenset({item.id}), (*scale.keys, key)


# --- Bands and norms -------------------------------------------------------------------------------------------


def _of_bands(scale: Scale) -> Iterator[Mutant]:
    slots, spans = slots_of(scale, scale.form), attainable(scale)
    scores = {score.id: score for score in scale.scores}
    for bands in scale.bands:
        score = scores[bands.score]
        # Edges move along the numbers of a complete sheet; those of a prorated one lie everywhere between.
        numbers = score.formula.numbers(operand_spans(score, scale, spans))
        rounds = None if numbers is None else sorted({rounded(number, score.round) for number in numbers})
        for chosen in bands.sets:
            for what, changed, aim in _edged_otherwise(chosen, score.id, rounds):
                change = BandsChanged(compile_banding(score.id, changed, slots), chosen is bands.shown)
                yield Mutant(f"bands › {score.id} › {chosen.name} › {what}", change, aim)


def _edged_otherwise(
    chosen: BandSet, score: str, numbers: Sequence[Exact] | None
) -> Iterator[tuple[str, BandSet, Aim]]:
    for at, band in enumerate(chosen.bands[1:], start=1):
        for sex in chosen.sexes:
            for move in moves(band.starts_at(sex), numbers, upper=True):
                bands = (*chosen.bands[:at], _starting(band, sex, move.to, chosen), *chosen.bands[at + 1 :])
                changed = replace(chosen, bands=bands)
                if changed.edges(sex) == tuple(sorted(set(changed.edges(sex)))):
                    what = f"{band.id}{f' {sex}' if sex else ''} from {written(move.to)}"
                    yield what, changed, Aim(score, move.low, move.high)


def _starting(band: Band, sex: str | None, start: Exact, chosen: BandSet) -> Band:
    if sex is None:
        return replace(band, start=start)
    return replace(band, start_of={each: band.starts_at(each) for each in chosen.sexes if each} | {sex: start})


def _of_norms(scale: Scale) -> Iterator[Mutant]:
    for norm in scale.norms:
        for at, cell in enumerate(norm.cells):
            for what, changed in _other_cells(cell, norm):
                cells = (*norm.cells[:at], changed, *norm.cells[at + 1 :])
                name = f"norms › {norm.id} › {at + 1} {cell.score} › {what}"
                yield Mutant(name, NormChanged(replace(norm, cells=cells)))


def _other_cells(cell: Cell, norm: Norm) -> Iterator[tuple[str, Cell]]:
    if norm.yields != "percentile":
        yield f"mean {written(cell.mean + 1)}", replace(cell, mean=cell.mean + 1)
        yield f"sd {written(cell.sd + 1)}", replace(cell, sd=cell.sd + 1)
    for at, (edge, percentile) in enumerate(cell.percentiles):
        changed = (*cell.percentiles[:at], (edge, percentile + 1), *cell.percentiles[at + 1 :])
        yield f"{written(edge)}: {written(percentile + 1)}", replace(cell, percentiles=changed)


# --- Flags and branches ----------------------------------------------------------------------------------------


def _of_flags(scale: Scale) -> Iterator[Mutant]:
    spans, slots = item_spans(scale), slots_of(scale, scale.form)
    for flag in scale.flags:
        looked_at = tuple(sorted({name for name in flag.when.names() if name in scale.form.known}))
        for what, when, aim in _other_conditions(flag.when, spans):
            rule = Rule(flag.id, verdict(when, slots), flag.level == "urgent")
            yield Mutant(f"flags › {flag.id} › {what}", FlagChanged(flag.id, rule, looked_at), aim)
        yield Mutant(f"flags › {flag.id} › gone", FlagChanged(flag.id, None, looked_at))


def _of_items(scale: Scale) -> Iterator[Mutant]:
    spans = item_spans(scale)
    for item in scale.asked:
        for what, changed, aim in _asked_otherwise(item, spans) if not item.unscored else ():
            field = compile_field(changed, scale.form.slots)
            fields = tuple(field if each.item.id == item.id else each for each in scale.form.fields)
            yield Mutant(f"items › {item.id} › {what}", FormChanged(replace(scale.form, fields=fields)), aim)


def _asked_otherwise(item: Item, spans: Mapping[str, Span]) -> Iterator[tuple[str, Item, Aim | None]]:
    for key in ("show_if", "applies_if"):
        condition = getattr(item, key)
        if condition is not None:
            for what, other, aim in _other_conditions(condition, spans):
                yield f"{key} › {what}", _with_key(item, key, other), aim
            yield f"{key} › gone", _with_key(item, key, None), None
    if item.show_if is not None:
        yield "interview_skip", replace(item, interview_skip=not item.interview_skip), None
    for key in ("when_hidden", "when_na", "when_missing"):
        answer = getattr(item, key)
        for value in (_other_answer(item, answer), None) if answer is not None else ():
            yield f"{key} › {'missing' if value is None else value}", _with_key(item, key, value), None


def _with_key(item: Item, key: str, value: object) -> Item:
    changed: dict[str, Any] = {key: value}
    return replace(item, **changed)


def _other_answer(item: Item, answer: object) -> object:
    read = reader_of(item)
    return next(each for each in answers_of(item) if read(each) != read(answer))


def _other_conditions(condition: Condition, spans: Mapping[str, Span]) -> Iterator[tuple[str, Condition, Aim | None]]:
    for what, expression, aim in _other_expressions(condition.expression, spans):
        yield what, Condition(condition.source, expression), aim


def _other_expressions(
    expression: Expression, spans: Mapping[str, Span]
) -> Iterator[tuple[str, Expression, Aim | None]]:
    match expression:
        case Not(part):
            yield "without not", part, None
            yield from ((what, Not(each), aim) for what, each, aim in _other_expressions(part, spans))
        case Every(parts) | Some(parts):
            kind = type(expression)
            yield ("or for and", Some(parts), None) if kind is Every else ("and for or", Every(parts), None)
            for at, part in enumerate(parts):
                for what, each, aim in _other_expressions(part, spans):
                    yield what, kind((*parts[:at], each, *parts[at + 1 :])), aim
        case _:
            yield from _other_atoms(expression, spans)


def _other_atoms(atom: Atom, spans: Mapping[str, Span]) -> Iterator[tuple[str, Expression, Aim | None]]:
    match atom:
        case Comparison(total, relation, bound):
            span = span_of_sum([spans[name].times(sign) for sign, name in total.terms if name in spans])
            ((sign, name), *more) = total.terms
            for move in moves(bound, grid(span), upper=relation in {">=", "<"}):
                aim = Aim(name, move.low, move.high) if sign == 1 and not more else None
                yield f"{name} {relation} {written(move.to)}", Comparison(total, relation, move.to), aim
        case Within(total, numbers):
            for at, number in enumerate(numbers):
                yield f"not in {written(number)}", Within(total, left_out(numbers, at)), None
        case Named(name, among):
            yield f"{name} otherwise", Not(Named(name, among)), None
        case Includes(name, among):
            for at, number in enumerate(among):
                yield f"{name} without {written(number)}", Includes(name, left_out(among, at)), None
