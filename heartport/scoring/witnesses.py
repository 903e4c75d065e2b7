"""Looks for a sheet on which a mutant shows: in a fixed pool of made-up sheets, then by walking to where it must show.

Nothing here is left to chance: the same scale gives the same sheets.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from heartport.scoring.calculation import Aim
from heartport.scoring.exact import Exact
from heartport.scoring.kinds import Answer, answers_of, reader_of
from heartport.scoring.language import Scale
from heartport.scoring.mutants import Filled, Mutant, StepsChanged, filled
from heartport.scoring.profiles import SEXES_WITH_FIGURES

POOL = 200
MOST_ANSWERS = 24
"""Of a long row of answers so many are tried in a walk, and the neighbours of the one that stands."""
MOST_OPTIONS = 300
"""Among up to how many answers pairs are looked for."""

Answers = Mapping[str, Answer]
Profile = Mapping[str, object]


class Dice:
    """Numbers that look thrown and are always the same (the multiplier and the increment are Knuth's, MMIX)."""

    def __init__(self) -> None:
        self._state = 1

    def below(self, limit: int) -> int:
        """Give a whole number from 0 to below the limit."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % limit


def profiles_of(scale: Scale) -> tuple[Profile, ...]:
    """Give a profile that says nothing, and one for each group of people that the file tells apart."""
    groups = [cell.group for norm in scale.norms for cell in norm.cells]
    groups += [group for score in scale.scores for group in score.formula.groups]
    found: list[Profile] = [{}]
    if "sex" in scale.form.profile:
        found += [{"sex": sex} for sex in SEXES_WITH_FIGURES]
    for group in groups:
        sexes = (group.sex,) if group.sex else SEXES_WITH_FIGURES if "sex" in scale.form.profile else (None,)
        words = [{"sex": sex, "age": group.ages[0] if group.ages else None} for sex in sexes]
        found += [{word: value for word, value in each.items() if value is not None} for each in words]
    return tuple(profile for at, profile in enumerate(found) if profile not in found[:at])


def pool(scale: Scale) -> Iterator[Filled]:
    """Make up sheets: leaning low, high or nowhere, whole, with a few gaps, or with many."""
    dice, profiles = Dice(), profiles_of(scale)
    questions = [(item.id, answers_of(item) or [None]) for item in scale.asked]
    for at in range(POOL):
        lean, gaps = at % 3, (0, 0, 3, 10, 50)[at % 5]
        answers = {
            name: None if dice.below(100) < gaps else _leaning(answers, lean, dice) for name, answers in questions
        }
        yield filled(scale, answers, profiles[at % len(profiles)])


def _leaning(answers: Sequence[Answer], lean: int, dice: Dice) -> Answer:
    places = [dice.below(len(answers)) for _ in range(1 if lean == 0 else 3)]
    return answers[min(places) if lean == 1 else max(places)]


def witness(scale: Scale, mutant: Mutant, known: Sequence[Filled], starts: Sequence[Filled]) -> Filled | None:
    """Give a sheet on which a mutant shows, if one can be found; `starts` are the sheets to walk from."""
    found = next((each for each in known if mutant.change.shows(scale, each)), None)
    if found is not None or mutant.aim is None:
        return found
    walk = _Walk(scale, mutant, mutant.aim)
    return next((end for start in starts if (end := walk.from_sheet(start)) is not None), None)


class _Walk:
    """Changes one answer after the other until a score, or an answer, lies where the mutant must show."""

    def __init__(self, scale: Scale, mutant: Mutant, aim: Aim) -> None:
        self._scale, self._mutant, self._aim = scale, mutant, aim
        self._items = {item.id: item for item in scale.asked}
        self._needed = needed(scale, aim.operand)

    def from_sheet(self, start: Filled) -> Filled | None:
        """Try the ways there are to go from one sheet."""
        if self._aim.operand in self._items:
            return self._answered(start)
        for keep, largest_first in product((False, True), (True, False)):
            end, shows = self._walked(start, keep, largest_first)
            if shows:
                return end
        return self._paired(end)

    def _answered(self, start: Filled) -> Filled | None:
        """Put the answer itself where it must be."""
        read = reader_of(self._items[self._aim.operand])
        for answer in answers_of(self._items[self._aim.operand]):
            value = read(answer)
            if isinstance(value, Exact) and self._aim.low <= value <= self._aim.high:
                there = self._with(start, {self._aim.operand: answer})
                if self._mutant.change.shows(self._scale, there):
                    return there
        return None

    def _walked(self, start: Filled, keep: bool, largest_first: bool) -> tuple[Filled, bool]:
        """Go nearer step by step, to where the mutant shows if possible; `keep`: without changing what it is about."""
        here, kept = start, self._outcome(start)
        for name in self._needed:
            for answer in self._candidates(name, here, largest_first):
                there = self._with(here, {name: answer})
                if self._mutant.change.shows(self._scale, there):
                    return there, True
                if self._is_nearer(there, here) and not (keep and self._outcome(there) != kept):
                    here = there
        return here, False

    def _paired(self, here: Filled) -> Filled | None:
        """Change two answers at once, where together they should lead to where the mutant shows."""
        base = self._value(here)
        options = [(name, answer) for name in self._needed for answer in answers_of(self._items[name])]
        if base is None or len(options) > MOST_OPTIONS:
            return None
        gains = {}
        for at, (name, answer) in enumerate(options):
            value = self._value(self._with(here, {name: answer}))
            if value is not None and value != base:
                gains[at] = value - base
        for one, other in combinations(gains, 2):
            if self._aim.low <= base + gains[one] + gains[other] <= self._aim.high:
                there = self._with(here, dict((options[one], options[other])))
                if self._mutant.change.shows(self._scale, there):
                    return there
        return None

    def _candidates(self, name: str, here: Filled, largest_first: bool) -> Sequence[Answer]:
        """Give the answers to try at an item, by what they make of the score."""
        answers = answers_of(self._items[name])
        if len(answers) > MOST_ANSWERS:
            stride = len(answers) // MOST_ANSWERS
            at = answers.index(here.answers[name]) if here.answers[name] in answers else 0
            answers = [*answers[::stride], *answers[max(at - 2, 0) : at + 3]]
        made = [(self._value(self._with(here, {name: answer})), answer) for answer in answers]
        known = sorted(((value, at) for at, (value, _) in enumerate(made) if value is not None), reverse=largest_first)
        return [made[at][1] for _, at in known]

    def _is_nearer(self, there: Filled, here: Filled) -> bool:
        new, old = self._distance(there), self._distance(here)
        return new is not None and (old is None or new < old)

    def _distance(self, sheet: Filled) -> Exact | None:
        value = self._value(sheet)
        return None if value is None else max(self._aim.low - value, value - self._aim.high, 0)

    def _value(self, sheet: Filled) -> Exact | None:
        return sheet.outcome.scores[self._aim.operand]

    def _outcome(self, sheet: Filled) -> object:
        """Give what the mutant is about, where that is another score than the one that the walk changes."""
        change = self._mutant.change
        return [sheet.outcome.scores[step.score] for step in change.steps] if isinstance(change, StepsChanged) else None

    def _with(self, sheet: Filled, answers: Answers) -> Filled:
        return filled(self._scale, {**sheet.answers, **answers}, sheet.profile)


def needed(scale: Scale, name: str) -> list[str]:
    """Give the items on which a score rests, directly or through other scores, in printed order."""
    scores = {each.id: each for each in scale.scores}
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each in scores:
            waiting.extend(scores[each].formula.of)
        else:
            found.add(each)
    return [item.id for item in scale.asked if item.id in found]
