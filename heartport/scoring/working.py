"""How each number of a result was counted: what every answer counted as, what was filled in, and which edge decided.

It is computed anew from the answers, with the very steps of the scoring plan; `Workings.outcome` is what comes of
them, so that whoever tells the working can see first that it is the stored result's.
"""

from dataclasses import dataclass

from heartport.scoring.constructs import Band, BandSet, Item, Key, Score
from heartport.scoring.exact import Exact
from heartport.scoring.forms import Sheet, State
from heartport.scoring.kinds import Answer, as_sent
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
    answer: Answer
    """What was answered; `None` where nothing was, or where the item was not asked."""
    counted_as: Exact | None
    """What it came to in the score, after its key and after filling."""
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
    start: Exact
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
    complete: bool = True
    """Whether no more of its entries is missing than its rule allows."""
    too_many_missing: tuple[int, int] | None = None
    """Of how many scored questions of the sheet how many may be missing, where more are."""
    agreed: bool = True
    """Whether the edges for all sexes lead to one band; they may not where the sex is unknown."""

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
    row = scale.plan.row_of(sheet, outcome)
    steps = {step.score: step for step in scale.plan.steps}
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
    amounts, value = complete or counted, row[step.slot]
    too_many = step.too_many_missing(row)
    place = _place(scale, score, value, sheet)
    return Working(
        score=score,
        value=value,
        entries=tuple(
            _entry(scale, sheet, name, before, after)
            for name, before, after in zip(score.formula.of, counted, amounts, strict=True)
        ),
        keys=tuple(key for key in scale.keys if _turns(key, score)),
        exact=step.exact(row, complete) if complete and not too_many else None,
        place=place,
        complete=bool(complete),
        too_many_missing=(sum(scale.plan.scored), step.most_missing) if too_many else None,
        agreed=place is not None or value is None or not _is_banded(scale, score),
    )


def _turns(key: Key, score: Score) -> bool:
    return key.only_for in {None, score.id} and not set(key.items).isdisjoint(score.formula.of)


def _entry(scale: Scale, sheet: Sheet, name: str, before: Exact | None, after: Exact | None) -> Entry:
    filled = before is None and after is not None
    if name in scale.form.known:
        at = sheet.items.index(name)
        state = sheet.states[at]
        item = scale.asked[at]
        answer = as_sent(item, sheet.values[at]) if state is State.ANSWERED else None
        return Entry(item, at + 1, state, answer, after, filled)
    score = next(each for each in scale.scores if each.id == name)
    state = State.MISSING if before is None else State.ANSWERED
    return Entry(score, None, state, None, after, filled)


def _is_banded(scale: Scale, score: Score) -> bool:
    return any(bands.score == score.id and bands.shown for bands in scale.bands)


def _place(scale: Scale, score: Score, value: Exact | None, sheet: Sheet) -> Place | None:
    """Find the band by its edges alone, as a reader would; where the sex is unknown, by the edges for each."""
    shown = next((bands.shown for bands in scale.bands if bands.score == score.id), None)
    if shown is None or value is None:
        return None
    sex = dict(zip(scale.form.person, sheet.profile, strict=True)).get("sex")
    sexes = (sex,) if isinstance(sex, str) and sex in shown.sexes else shown.sexes
    found = {_between(shown, each, value) for each in sexes}
    if len({at for at, _, _ in found}) != 1:
        return None
    at = next(iter(found))[0]
    ends = [below for _, _, below in found if below is not None]
    start = max(edge for _, edge, _ in found)
    return Place(shown.bands[at], start, min(ends) if ends else None, shown.source)


def _between(chosen: BandSet, sex: str | None, value: Exact) -> tuple[int, Exact, Exact | None]:
    """Give the place of the band in which a value lies, and its two edges."""
    edges = chosen.edges(sex)
    at = max(place for place, edge in enumerate(edges) if edge <= value)
    return at, edges[at], edges[at + 1] if at + 1 < len(edges) else None
