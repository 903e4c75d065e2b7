"""Mutants: the single edits of a file after which some sheet would score differently, and how one shows itself.

A mutant is a changed part of the compiled scale. It shows on a sheet if that part gives something else there; some
cannot show on any, which is proved by trying every value that the part can meet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, product
from math import prod
from typing import Any, NamedTuple, Protocol

from heartport.scoring.calculation import Aim
from heartport.scoring.constructs import Item, Norm
from heartport.scoring.exact import rounded
from heartport.scoring.forms import Form, Sheet
from heartport.scoring.kinds import KINDS, Answer, as_sent
from heartport.scoring.language import Scale
from heartport.scoring.norms import standings
from heartport.scoring.plans import Banding, BandingBySex, Outcome, Row, Rule, Step, slots_of
from heartport.scoring.profiles import SEXES
from heartport.scoring.reach import attainable, operand_spans
from heartport.scoring.sheets import read_loosely, read_with
from heartport.scoring.spans import grid

MOST_TRIED = 20_000
"""Up to how many combinations of values are tried to prove that a mutant can never show."""
MOST_OPTIONS = 12
"""Of up to how many options every choice of several is tried."""


class Filled(NamedTuple):
    """A sheet that was scored, with all that mutants look at."""

    answers: Mapping[str, Answer]
    profile: Mapping[str, object]
    sheet: Sheet
    outcome: Outcome
    row: Row


def filled(scale: Scale, answers: Mapping[str, Answer], profile: Mapping[str, object]) -> Filled:
    """Score answers and keep what mutants look at."""
    sheet = read_loosely(scale, answers, profile)
    outcome = scale.plan.score(sheet)
    return Filled(answers, profile, sheet, outcome, scale.plan.row_of(sheet, outcome))


class Change(Protocol):
    """A changed part of a compiled scale."""

    def shows(self, scale: Scale, on: Filled) -> bool:
        """Tell whether the part gives something else on this sheet."""

    def changed(self, scale: Scale) -> Scale:
        """Give the whole scale with the part changed."""

    def never_shows(self, scale: Scale) -> bool:
        """Tell whether it is proved that no sheet could show it."""


class Mutant(NamedTuple):
    """One edit: where and what, the change, and where to look for a sheet on which it shows."""

    name: str
    change: Change
    aim: Aim | None = None


@dataclass(frozen=True, slots=True)
class StepsChanged:
    """Scores that are calculated otherwise."""

    steps: tuple[Step, ...]

    def shows(self, scale: Scale, on: Filled) -> bool:
        """Calculate each anew; what they are made of is as it was."""
        return any(step.compute(on.row, on.sheet.invalid) != on.outcome.scores[step.score] for step in self.steps)

    def changed(self, scale: Scale) -> Scale:
        """Put the steps into the plan."""
        own = {step.score: step for step in self.steps}
        steps = tuple(own.get(step.score, step) for step in scale.plan.steps)
        return replace(scale, plan=replace(scale.plan, steps=steps))

    def never_shows(self, scale: Scale) -> bool:
        """Try every combination of what the operands can be, missing ones included."""
        before = {step.score: step for step in scale.plan.steps}
        return all(_alike(scale, before[step.score], step) for step in self.steps)


@dataclass(frozen=True, slots=True)
class BandsChanged:
    """A set of bands with other edges."""

    banding: Banding | BandingBySex
    shown: bool

    def shows(self, scale: Scale, on: Filled) -> bool:
        """Find the band anew."""
        score, name = self.banding.score, self.banding.name
        was = on.outcome.bands[score] if self.shown else on.outcome.band_sets[score][name]
        return self.banding.band(on.row) != was

    def changed(self, scale: Scale) -> Scale:
        """Put the set into the plan."""
        plan = scale.plan
        shown = tuple(self.banding if self._is(each) and self.shown else each for each in plan.shown)
        others = tuple(self.banding if self._is(each) and not self.shown else each for each in plan.others)
        return replace(scale, plan=replace(plan, shown=shown, others=others))

    def never_shows(self, scale: Scale) -> bool:
        """Try every number that the score can come to, for every sex."""
        span = attainable(scale)[self.banding.score]
        if span.count is None or span.count > MOST_TRIED:
            return False
        before = next(each for each in (*scale.plan.shown, *scale.plan.others) if self._is(each))
        slots = slots_of(scale, scale.form)
        row: list[Any] = [None] * len(slots)
        for sex in (None, *SEXES):
            if "profile.sex" in slots:
                row[slots["profile.sex"]] = sex
            for number in span.numbers():
                row[slots[self.banding.score]] = number
                if before.band(row) != self.banding.band(row):
                    return False
        return True

    def _is(self, other: Banding | BandingBySex) -> bool:
        return (other.score, other.name) == (self.banding.score, self.banding.name)


@dataclass(frozen=True, slots=True)
class FlagChanged:
    """A flag that is raised otherwise, or never."""

    id: str
    rule: Rule | None
    items: tuple[str, ...]
    """The items at which the flag looks, before and after."""

    def shows(self, scale: Scale, on: Filled) -> bool:
        """Look at the raw answers anew."""
        return self._holds(self.rule, [*on.sheet.given, *on.sheet.profile]) != (self.id in on.outcome.flags)

    def changed(self, scale: Scale) -> Scale:
        """Put the rule into the plan."""
        rules = tuple(self.rule if each.id == self.id else each for each in scale.plan.flags)
        return replace(scale, plan=replace(scale.plan, flags=tuple(rule for rule in rules if rule)))

    def never_shows(self, scale: Scale) -> bool:
        """Try every combination of answers, missing ones included, to the items at which the flag looks."""
        before = next(rule for rule in scale.plan.flags if rule.id == self.id)
        known = {item.id: every_value(item) for item in scale.asked if item.id in self.items}
        values = {name: (None, *found) for name, found in known.items() if found is not None}
        if len(values) < len(self.items) or prod(map(len, values.values())) > MOST_TRIED:
            return False
        row: list[Any] = [None] * len(scale.form.slots)
        for combination in product(*values.values()):
            for name, value in zip(values, combination, strict=True):
                row[scale.form.slots[name]] = value
            if self._holds(before, row) != self._holds(self.rule, row):
                return False
        return True

    def _holds(self, rule: Rule | None, row: Row) -> bool:
        return rule is not None and rule.holds(row) is True


@dataclass(frozen=True, slots=True)
class FormChanged:
    """Sheets that are read otherwise: a branch, or what counts behind it."""

    form: Form

    def shows(self, scale: Scale, on: Filled) -> bool:
        """Read and score the sheet anew."""
        return scale.plan.score(read_with(self.form, on.answers, on.profile)) != on.outcome

    def changed(self, scale: Scale) -> Scale:
        """Put the form into the scale."""
        return replace(scale, form=self.form)

    def never_shows(self, scale: Scale) -> bool:
        """Try every sheet of a short scale, for every sex; a branch reaches into everything."""
        values = [_every_answer(item) for item in scale.asked]
        sexes = SEXES if "sex" in scale.form.profile else ()
        if None in values or prod(len(each) for each in values if each) * (len(sexes) + 1) > MOST_TRIED:
            return False
        names = [item.id for item in scale.asked]
        sheets = (dict(zip(names, each, strict=True)) for each in product(*(value or () for value in values)))
        return not any(
            self.shows(scale, filled(scale, answers, {"sex": sex})) for answers in sheets for sex in (None, *sexes)
        )


@dataclass(frozen=True, slots=True)
class NormChanged:
    """A norm with other figures."""

    norm: Norm

    def shows(self, scale: Scale, on: Filled) -> bool:
        """Find the standing anew."""
        before = next(norm for norm in scale.norms if norm.id == self.norm.id)
        was, now = (standings(norm, on.outcome.scores, on.profile) for norm in (before, self.norm))
        return was != now

    def changed(self, scale: Scale) -> Scale:
        """Put the norm into the scale."""
        return replace(scale, norms=tuple(self.norm if each.id == self.norm.id else each for each in scale.norms))

    def never_shows(self, scale: Scale) -> bool:
        """Prove nothing."""
        return False


def every_value(item: Item) -> Sequence[Any] | None:
    """Give everything that an answer to an item can be in a row; nothing where that is too much to try."""
    if item.kind == "choice":
        return item.values
    if item.kind == "multi":
        chosen = (combinations(sorted(item.values), size) for size in range(len(item.values) + 1))
        return list(chain.from_iterable(chosen)) if len(item.values) <= MOST_OPTIONS else None
    span = KINDS[item.kind].span(item)
    return grid(span) if span else None


def _every_answer(item: Item) -> Sequence[Answer] | None:
    """Give every answer to an item, and none; nothing where there are too many."""
    values = every_value(item)
    return None if values is None else [None, *(as_sent(item, value) for value in values)]


def _alike(scale: Scale, before: Step, after: Step) -> bool:
    """Tell whether it is proved that two ways of calculating a score give the same on every sheet."""
    differ = _differ(before, after)
    if "most_missing" in differ:
        return _never_that_many_missing(scale, before, after)
    if differ == {"missing"}:
        return _never_that_many_of_its_own(scale, before, after)
    rounds_alike = differ == {"round"} and _rounds_alike(scale, before, after)
    return not differ or rounds_alike or _same_on_everything(scale, before, after)


def _same_on_everything(scale: Scale, before: Step, after: Step) -> bool:
    """Try all that the operands can be; whatever is no operand is known, and what is missing there is so for both."""
    gaps = before.missing is not None or after.missing is not None
    values = _operand_values(scale, before.needs | after.needs, gaps=gaps)
    if values is None:
        return False
    slots = slots_of(scale, scale.form)
    row: list[Any] = [0] * len(slots)
    for combination in product(*values.values()):
        for name, value in zip(values, combination, strict=True):
            row[slots[name]] = value
        if before.compute(row, ()) != after.compute(row, ()):
            return False
    return True


def _differ(before: Step, after: Step) -> set[str]:
    """Name what two steps have that is not the same."""
    parts = ("formula", "keys", "missing", "round", "needs")
    limit = {"most_missing"} if _limit(before) != _limit(after) else set()
    return {part for part in parts if getattr(before, part) != getattr(after, part)} | limit


def _rounds_alike(scale: Scale, before: Step, after: Step) -> bool:
    """Tell whether two roundings make the same of every number that the score can come to before it is rounded."""
    score = next(score for score in scale.scores if score.id == before.score)
    numbers = None if score.missing else score.formula.numbers(operand_spans(score, scale, attainable(scale)))
    return numbers is not None and all(rounded(each, before.round) == rounded(each, after.round) for each in numbers)


def _operand_values(scale: Scale, names: frozenset[str], *, gaps: bool) -> Mapping[str, Sequence[Any]] | None:
    """Give everything that some items and scores can be; nothing where that is too much to try."""
    spans, items = attainable(scale), {item.id: item for item in scale.asked}
    found: dict[str, Sequence[Any]] = {}
    for name in sorted(names):
        known = every_value(items[name]) if name in items else grid(spans[name])
        if known is None:
            return None
        found[name] = [*known, None] if gaps else known
    return found if prod(map(len, found.values())) <= MOST_TRIED else None


def _limit(step: Step) -> int | None:
    """Give how many scored items of the sheet may be missing, where there is a limit."""
    return None if step.sheet is None else step.most_missing


def _never_that_many_missing(scale: Scale, before: Step, after: Step) -> bool:
    """Tell whether a sheet can never have so many gaps that the two limits part, while the score stands."""
    lower = min(limit for limit in (_limit(before), _limit(after)) if limit is not None)
    missable = _missable(scale)
    own = min(before.missing.allow if before.missing else 0, len(missable & before.needs))
    return own + len(missable - before.needs) <= lower


def _never_that_many_of_its_own(scale: Scale, before: Step, after: Step) -> bool:
    """Tell whether so many of a score's own operands can never be missing that the two rules part."""
    most = max(step.missing.allow if step.missing else 0 for step in (before, after))
    limit = _limit(before)
    return len(_missable(scale) & before.needs) < most or (limit is not None and limit < most)


def _missable(scale: Scale) -> set[str]:
    return {item.id for item in scale.asked if not item.unscored and item.when_missing is None}
