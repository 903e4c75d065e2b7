"""The scoring plan of a scale: compiled once, then plain Python for one sheet, whole numbers first.

A row holds the items, the words of the profile, the scores and the bands, each in its slot. Each step reads
slots to its left (or scores before it in the order of dependency) and fills its own.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from math import floor
from operator import itemgetter
from typing import Any, NamedTuple

from heartport.scoring.calculation import Calculation
from heartport.scoring.conditions import Slots, Verdict, verdict
from heartport.scoring.constructs import BandSet, Definition, Missing, Score
from heartport.scoring.exact import Exact, Rounding, quotient, rounded, simplify
from heartport.scoring.forms import Form, Sheet, State

ENGINE_VERSION = "1.1.0"
"""Pinned in every stored result; changes when any sheet could score differently."""

KeyTable = Mapping[Exact, Exact]
Row = Sequence[Any]
Pick = Callable[[Row], tuple[Any, ...]]


class Outcome(NamedTuple):
    """What comes of a sheet: everything by id, an absent score or band as `None`."""

    scores: Mapping[str, Exact | None]
    bands: Mapping[str, str | None]
    """Of the shown band set."""
    band_sets: Mapping[str, Mapping[str, str | None]]
    """Of the other band sets: by score, then by name of the set."""
    missing: tuple[str, ...]
    """Scored items without a value that counts."""
    invalid: tuple[str, ...]
    flags: tuple[str, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One score: pick the operands, key them, fill what may be missing, compute, round."""

    score: str
    slot: int
    pick: Pick
    keys: tuple[KeyTable | None, ...] | None
    formula: Calculation
    missing: Missing | None
    round: Rounding | None
    needs: frozenset[str]
    sheet: Pick | None = None
    """All scored items, where the score asks how many of them are missing."""
    most_missing: int = 0
    person: Pick | None = None
    """What the profile says, where the score is looked up by it."""

    def compute(self, row: Row, invalid: Sequence[str]) -> Exact | None:
        """Give the score, or `None` where too much is missing or an answer is invalid."""
        values = self.complete(row, invalid)
        if not values or self.too_many_missing(row):
            return None
        value = self.exact(row, values)
        return value if self.round is None or value is None else rounded(value, self.round)

    def exact(self, row: Row, values: Sequence[Any]) -> Exact | None:
        """Give the score of complete operands before rounding."""
        return self.formula.compute(values if self.person is None else (*values, *self.person(row)))

    def too_many_missing(self, row: Row) -> bool:
        """Tell whether the sheet as a whole has too many answers missing for this score."""
        return self.sheet is not None and self.sheet(row).count(None) > self.most_missing

    def counted(self, row: Row) -> Sequence[Any]:
        """Give what the answers count as; a missing one stays missing."""
        if self.keys is None:
            return self.pick(row)
        pairs = zip(self.keys, self.pick(row), strict=True)
        return [value if key is None or value is None else key[value] for key, value in pairs]

    def complete(self, row: Row, invalid: Sequence[str]) -> Sequence[Any]:
        """Let the mean of the answered stand for each missing one as far as allowed; else give none."""
        values = self.counted(row)
        if None not in values:
            return values
        answered = [value for value in values if value is not None]
        absent = len(values) - len(answered)
        if self.missing is None or absent > self.missing.allow or not self.needs.isdisjoint(invalid):
            return ()
        mean = quotient(sum(answered), len(answered))
        return [mean if value is None else value for value in values]


@dataclass(frozen=True, slots=True)
class Banding:
    """One set of bands: lower edges, and the band that begins at each."""

    score: str
    name: str
    score_slot: int
    slot: int
    """Where the band of the shown set stands."""
    edges: tuple[Exact, ...]
    bands: tuple[str | None, ...]

    def band(self, row: Row) -> str | None:
        """Give the band of the exact score; below the first edge there is none."""
        value = row[self.score_slot]
        return None if value is None else self.bands[bisect_right(self.edges, value)]


@dataclass(frozen=True, slots=True)
class BandingBySex:
    """One set of bands whose edges differ by sex; where the sex is unknown a band is given if all agree."""

    score: str
    name: str
    slot: int
    sex_slot: int
    of: Mapping[str, Banding]

    def band(self, row: Row) -> str | None:
        """Give the band of the exact score."""
        own = self.of.get(row[self.sex_slot])
        if own is not None:
            return own.band(row)
        found = {each.band(row) for each in self.of.values()}
        return found.pop() if len(found) == 1 else None


class Rule(NamedTuple):
    """A flag or an advice: its id, when it applies, and its weight: an urgent flag, an offer of people."""

    id: str
    holds: Verdict
    weighty: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that scoring one sheet needs."""

    no_scores: Mapping[str, Exact | None]
    no_bands: Mapping[str, str | None]
    blank: tuple[None, ...]
    scored: tuple[bool, ...]
    steps: tuple[Step, ...]
    shown: tuple[Banding | BandingBySex, ...]
    others: tuple[Banding | BandingBySex, ...]
    flags: tuple[Rule, ...]
    advice: tuple[Rule, ...]
    humane: tuple[Rule, ...]
    """The advice that leads to a human being, which alone is given under an urgent flag."""

    def row_of(self, sheet: Sheet, outcome: Outcome) -> Row:
        """Give the row as it was once all was scored."""
        row: list[Any] = [*sheet.values, *sheet.profile, *self.blank]
        for step in self.steps:
            row[step.slot] = outcome.scores[step.score]
        for banding in self.shown:
            row[banding.slot] = outcome.bands[banding.score]
        return row

    def score(self, sheet: Sheet) -> Outcome:
        """Score one sheet."""
        row: list[Any] = [*sheet.values, *sheet.profile, *self.blank]
        scores, bands = dict(self.no_scores), dict(self.no_bands)
        for step in self.steps:
            scores[step.score] = row[step.slot] = step.compute(row, sheet.invalid)
        for banding in self.shown:
            bands[banding.score] = row[banding.slot] = banding.band(row)
        raw = row if sheet.given is sheet.values else [*sheet.given, *sheet.profile]
        flags, urgent = _applying(self.flags, raw)
        advice, _ = _applying(self.humane if urgent else self.advice, row)
        return Outcome(
            scores,
            bands,
            self._other_bands(row) if self.others else {},
            self._missing(sheet) if None in sheet.values else (),
            sheet.invalid,
            flags,
            advice,
        )

    def _missing(self, sheet: Sheet) -> tuple[str, ...]:
        places = zip(sheet.items, sheet.values, sheet.states, self.scored, strict=True)
        return tuple(
            item for item, value, state, scored in places if value is None and scored and state is not State.INVALID
        )

    def _other_bands(self, row: Row) -> dict[str, dict[str, str | None]]:
        found: dict[str, dict[str, str | None]] = {}
        for banding in self.others:
            found.setdefault(banding.score, {})[banding.name] = banding.band(row)
        return found


def _applying(rules: Sequence[Rule], row: Row) -> tuple[tuple[str, ...], bool]:
    """Give the rules that apply, and whether one of them is weighty."""
    found, any_weighty = [], False
    for name, holds, weighty in rules:
        if holds(row):
            found.append(name)
            any_weighty = any_weighty or weighty
    return tuple(found), any_weighty


def compile_plan(definition: Definition, form: Form) -> Plan:
    """Compile a definition in which the linter found no problem."""
    scores = [score.id for score in definition.scores]
    shown = [(bands.score, bands.shown) for bands in definition.bands if bands.shown]
    bands = [f"{bands.score}.band" for bands in definition.bands]
    slots = slots_of(definition, form)
    advice = tuple(Rule(each.id, verdict(each.when, slots), bool(each.offer)) for each in definition.advice)
    return Plan(
        no_scores=dict.fromkeys(scores),
        no_bands=dict.fromkeys(score for score, _ in shown),
        blank=(None,) * (len(scores) + len(bands)),
        scored=tuple(not item.unscored for item in definition.asked),
        steps=tuple(compile_step(score, definition, slots) for score in in_order(definition.scores)),
        shown=tuple(compile_banding(score, each, slots) for score, each in shown),
        others=tuple(compile_banding(bands.score, each, slots) for bands in definition.bands for each in bands.others),
        flags=tuple(Rule(flag.id, verdict(flag.when, slots), flag.level == "urgent") for flag in definition.flags),
        advice=advice,
        humane=tuple(rule for rule in advice if rule.weighty),
    )


def slots_of(definition: Definition, form: Form) -> Slots:
    """Give where in a row each name stands: items, the profile, scores, bands."""
    scores = (score.id for score in definition.scores)
    bands = (f"{bands.score}.band" for bands in definition.bands)
    return {name: slot for slot, name in enumerate((*form.slots, *scores, *bands))}


def in_order(scores: Sequence[Score]) -> list[Score]:
    """Order scores so that each comes after those it is made of; raise `CycleError` on a circle."""
    by_id = {score.id: score for score in scores}
    graph = {score.id: [name for name in score.formula.of if name in by_id] for score in scores}
    return [by_id[name] for name in TopologicalSorter(graph).static_order()]


def compile_step(score: Score, definition: Definition, slots: Slots) -> Step:
    """Compile one score."""
    tables = key_tables(score, definition)
    keys = tuple(tables.get(name) for name in score.formula.of)
    scored = [item.id for item in definition.items if not item.unscored]
    asks = score.valid_share is not None
    return Step(
        score=score.id,
        slot=slots[score.id],
        pick=_pick([slots[name] for name in score.formula.of]),
        keys=keys if tables else None,
        formula=score.formula,
        missing=score.missing,
        round=score.round,
        needs=frozenset(score.formula.of),
        sheet=_pick([slots[name] for name in scored]) if asks else None,
        person=_pick([slots[name] for name in score.formula.person]) if score.formula.person else None,
        most_missing=floor((score.valid_share or 0) * len(scored)),
    )


class _Chosen(dict[Exact, Exact]):
    """What several chosen options count as together."""

    def __missing__(self, chosen: object) -> Exact:
        return simplify(sum(self[value] for value in chosen)) if isinstance(chosen, tuple) else 0


def key_tables(score: Score, definition: Definition) -> dict[str, KeyTable]:
    """Give what each answer of the keyed operands of a score counts as; several options count together."""
    items = {item.id: item for item in definition.items if item.id in score.formula.of}
    tables: dict[str, KeyTable] = {
        item.id: _Chosen({value: value for value in item.values}) for item in items.values() if item.kind == "multi"
    }
    for key in definition.keys:
        if key.only_for in {None, score.id}:
            for name in set(key.items) & items.keys():
                made: dict[Exact, Exact] = {value: key.counts_as(value) for value in items[name].values}
                tables[name] = _Chosen(made) if items[name].kind == "multi" else made
    return tables


def _pick(slots: Sequence[int]) -> Pick:
    if len(slots) > 1:
        return itemgetter(*slots)
    return lambda row: (row[slots[0]],)


def compile_banding(score: str, chosen: BandSet, slots: Slots) -> Banding | BandingBySex:
    """Compile one set of bands."""
    slot = slots[f"{score}.band"]
    ids = (None, *(band.id for band in chosen.bands))
    of = {sex: Banding(score, chosen.name, slots[score], slot, chosen.edges(sex), ids) for sex in chosen.sexes}
    if None in of:
        return of[None]
    return BandingBySex(score, chosen.name, slot, slots["profile.sex"], {sex: of[sex] for sex in of if sex})
