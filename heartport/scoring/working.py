"""How each number of a result was counted: what every answer counted as, what was filled in, and which edge decided.

It is computed anew from the answers, with the very steps of the scoring plan; `Workings.outcome` is what comes of
them, so that whoever tells the working can see first that it is the stored result's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from heartport.scoring.constructs import Band, BandSet, Item, Key, Score
from heartport.scoring.exact import Exact
from heartport.scoring.forms import Sheet, State
from heartport.scoring.language import Scale
from heartport.scoring.plans import Outcome, Row, Step
from heartport.scoring.words import Words


@dataclass(frozen=True, slots=True)
class Entry:
    """One item or score that a score is made of."""

    of: Item | Score
    number: int | None
    """The place of an item in its scale, from 1; a score has none."""
    state: State
    answer: int | None
    """What was chosen; `None` where nothing was, or where a branch hides the item."""
    counted_as: Exact | None
    """What it came to in the sum, after its key and after filling."""
    filled: bool
    """Whether the mean of the others stands for it."""

    @property
    def id(self) -> str:
        """The id of the item or score."""
        return self.of.id

    @property
    def words(self) -> Words:
        """The question, or the label of the score."""
        return self.of.label if isinstance(self.of, Score) else self.of.text or {}


@dataclass(frozen=True, slots=True)
class Place:
    """The band of a score and the two edges between which the score lies; the top band has no upper one."""

    band: Band
    below: Exact | None
    source: str


@dataclass(frozen=True, slots=True)
class Working:
    """How one score was counted; a score that is absent has no value and no calculation."""

    score: Score
    value: Exact | None
    entries: tuple[Entry, ...]
    keys: tuple[Key, ...]
    """The keys that turned some of its answers."""
    exact: Exact | None
    """The value before rounding."""
    place: Place | None

    @property
    def absent(self) -> tuple[Entry, ...]:
        """The entries without an answer that counts."""
        return tuple(entry for entry in self.entries if entry.filled or entry.counted_as is None)


@dataclass(frozen=True, slots=True)
class Workings:
    """The working of every shown score or band and of the scores that it rests on, and what came of the whole sheet."""

    outcome: Outcome
    scores: tuple[Working, ...]


def workings_of(scale: Scale, sheet: Sheet) -> Workings:
    """Work out a sheet step by step."""
    outcome = scale.plan.score(sheet)
    row = [*sheet.values, *sheet.profile, *scale.plan.blank]
    steps = {step.score: step for step in scale.plan.steps}
    for step in steps.values():
        row[step.slot] = outcome.scores[step.score]
    told = (score for score in scale.scores if score.id in _needed(scale))
    return Workings(outcome, tuple(_working(scale, sheet, row, score, steps[score.id]) for score in told))


def _needed(scale: Scale) -> set[str]:
    """Give the shown scores, those whose band is shown, and all that they are made of."""
    scores = {score.id: score for score in scale.scores}
    found: set[str] = set()
    waiting = [score.id for score in scale.scores if score.shown] + [bands.score for bands in scale.bands]
    while waiting:
        name = waiting.pop()
        if name in scores and name not in found:
            found.add(name)
            waiting.extend(scores[name].formula.of)
    return found


def _working(scale: Scale, sheet: Sheet, row: Row, score: Score, step: Step) -> Working:
    counted, complete = step.counted(row), step.complete(row, sheet.invalid)
    amounts = complete or counted
    return Working(
        score=score,
        value=row[step.slot],
        entries=tuple(
            _entry(scale, sheet, name, before, after)
            for name, before, after in zip(score.formula.of, counted, amounts, strict=True)
        ),
        keys=tuple(key for key in scale.keys if _turns(key, score)),
        exact=step.formula.compute(complete) if complete else None,
        place=_place(scale, score, row[step.slot]),
    )


def _turns(key: Key, score: Score) -> bool:
    return key.only_for in {None, score.id} and not set(key.items).isdisjoint(score.formula.of)


def _entry(scale: Scale, sheet: Sheet, name: str, before: Exact | None, after: Exact | None) -> Entry:
    filled = before is None and after is not None
    if name in scale.form.known:
        at = sheet.items.index(name)
        state = sheet.states[at]
        answer = sheet.values[at] if state is State.ANSWERED else None
        return Entry(scale.items[at], at + 1, state, answer, after, filled)
    score = next(each for each in scale.scores if each.id == name)
    state = State.MISSING if before is None else State.ANSWERED
    return Entry(score, None, state, None, after, filled)


def _place(scale: Scale, score: Score, value: Exact | None) -> Place | None:
    """Find the band by its edges alone, as a reader would."""
    shown = next((bands.shown for bands in scale.bands if bands.score == score.id), None)
    if shown is None or value is None:
        return None
    return next((place for place in reversed(_places(shown)) if place.band.start <= value), None)


def _places(chosen: BandSet) -> Sequence[Place]:
    pairs = zip_longest(chosen.bands, chosen.bands[1:])
    return [Place(band, after.start if after else None, chosen.source) for band, after in pairs]
