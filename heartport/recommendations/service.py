"""Use cases: recommend something to a person, and note whether it helped.

What is recommended is drawn once a day, and anew after a new result: until then the same is shown again. Without the
consent `personalisation` nothing of a person is looked at, and everybody is shown the same.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from heartport import clock
from heartport.assessments.latest import Latest, has_live_flag, latest_results
from heartport.errors import Conflict, NotFound
from heartport.library.rules import ThingKind
from heartport.library.shelf import current_shelf, list_things
from heartport.library.stock import Thing
from heartport.members.policies import Purpose
from heartport.members.standing import Standing
from heartport.own_library.refs import ref_of, short_name
from heartport.own_library.rules import Given, Opinion, OwnLibrary, Ref, Why, with_given, with_opinion
from heartport.own_library.service import change_own_library, read_own_library
from heartport.recommendations import words
from heartport.recommendations.rules import (
    Candidate,
    Choice,
    Ground,
    Known,
    calm_choices,
    choose,
    for_everyone,
)

RECENT_DAYS = 30
"""How long the advice of a result is gone on from: questions look back on a month at most."""
KINDS = (ThingKind.ARTICLE, ThingKind.TRACK)
NOTHING_DRAWN = bytes(6)
"""Stands for a day on which nothing was left; the day after, what was recommended before may come again."""


class RecommendationUnknown(NotFound):
    """Nothing was recommended to this person under this id, or it is too long ago."""

    code = "recommendation_unknown"
    detail = "没有找到这条推荐，可能已经是很久以前的了。"


class OpinionGiven(Conflict):
    """The person has said something else of this recommendation already."""

    code = "opinion_given"
    detail = "您已经告诉过我们了，谢谢。"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One thing with the reason in words; without an id nothing can be said of it."""

    id: str | None
    thing: Thing
    why: Why
    reason: str
    opinion: Opinion | None = None


@dataclass(frozen=True, slots=True)
class Recommended:
    """What to show, and what to say above it; `urgent` asks for the crisis card before all else."""

    items: Sequence[Recommendation]
    note: str
    personalised: bool
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Grounds:
    """On what recommendations rest, each with its reason in words."""

    grounds: tuple[Ground, ...]
    reasons: Mapping[Ref, str]
    at_risk: bool
    name: Ref
    """Changes with the results it was made of."""


def recommend(standing: Standing) -> Recommended:
    """Return what to recommend now; where nothing is left, that is said."""
    things = {ref_of(each): each for each in list_things() if each.kind in KINDS and not each.crisis}
    if Purpose.PERSONALISATION not in standing.granted:
        return _shown(for_everyone(_by_category(things)), things, words.SAME_FOR_ALL, personalised=False)
    latest, candidates = latest_results(standing), list(map(_candidate, things.items()))
    if has_live_flag(standing, latest):
        calm = _shown(calm_choices(candidates), things, words.CALM, personalised=True)
        return Recommended(calm.items, calm.note, personalised=True, urgent=True)
    grounds = _grounds(latest, read_own_library(standing), things)
    own = change_own_library(standing, lambda own: _drawn(own, candidates, grounds))
    items = [_recommendation(each, things[each.ref], grounds) for each in own.given_last() if each.ref in things]
    return Recommended(items, words.YOURS if items else words.NOTHING_NEW, personalised=True)


def give_opinion(standing: Standing, recommendation_id: str, opinion: Opinion) -> Opinion:
    """Note once whether a recommendation helped; raises `RecommendationUnknown` or `OpinionGiven`."""

    def change(own: OwnLibrary) -> OwnLibrary:
        given = next((each for each in reversed(own.given) if _id_of(each) == recommendation_id), None)
        if given is None:
            raise RecommendationUnknown
        if given.opinion not in (None, opinion):
            raise OpinionGiven
        return own if given.opinion is opinion else with_opinion(own, given, opinion)

    change_own_library(standing, change)
    return opinion


def _drawn(own: OwnLibrary, candidates: Sequence[Candidate], grounds: Grounds) -> OwnLibrary:
    """Draw anew on a new day and after a new result; never what was recommended just before."""
    today, last = clock.today(), own.given_last()
    if own.grounds == grounds.name and last and last[-1].day == today:
        return own
    done = {ref for ref, each in own.traces.items() if each.finished or each.opinion is Opinion.UNHELPFUL}
    opened = frozenset(ref for ref, each in own.traces.items() if each.opened)
    known = Known(frozenset(done | {each.ref for each in last}), opened)
    choices = choose(candidates, grounds.grounds, known, explore=not grounds.at_risk, below=secrets.randbelow)
    drawn = [Given(each.ref, today, each.why, each.because) for each in choices]
    return with_given(own, drawn or [Given(NOTHING_DRAWN, today, Why.EVERYONE)], grounds.name)


def _grounds(latest: Sequence[Latest], own: OwnLibrary, things: Mapping[Ref, Thing]) -> Grounds:
    since = clock.today() - timedelta(days=RECENT_DAYS)
    recent = [each for each in latest if each.on >= since]
    found = [*_of_results(recent), *_of_likes(own, things)]
    return Grounds(
        grounds=tuple(ground for ground, _ in found),
        reasons={ground.ref: reason for ground, reason in found},
        at_risk=any(each.at_risk for each in latest),
        name=short_name(*(each.result_id for each in recent)) if recent else b"none..",
    )


def _of_results(recent: Sequence[Latest]) -> Iterator[tuple[Ground, str]]:
    for result in recent:
        for advice in result.advice:
            if content := advice.content:
                ref = short_name("advice", result.scale_id, advice.id)
                yield Ground(ref, Why.RESULT, content.topics, content.kinds, content.limit), words.of_advice(advice)


def _of_likes(own: OwnLibrary, things: Mapping[Ref, Thing]) -> Iterator[tuple[Ground, str]]:
    """Give what was found helpful, finished, or made a favourite, the latest first."""
    for ref, trace in reversed(list(own.traces.items())):
        if ref in things and trace.opinion is not Opinion.UNHELPFUL and (trace.finished or trace.opinion):
            yield _like(ref, things[ref]), words.of_like(things[ref], helpful=trace.opinion is Opinion.HELPFUL)
    for ref in reversed(list(own.favourites)):
        if ref in things and ref not in own.traces:
            yield _like(ref, things[ref]), words.of_favourite(things[ref])


def _like(ref: Ref, thing: Thing) -> Ground:
    return Ground(ref, Why.HISTORY, thing.topics)


def _candidate(entry: tuple[Ref, Thing]) -> Candidate:
    ref, thing = entry
    return Candidate(ref, thing.kind.value, thing.topics)


def _by_category(things: Mapping[Ref, Thing]) -> list[list[Candidate]]:
    of = {category.id: category.id for category in current_shelf().categories}
    return [[_candidate(entry) for entry in things.items() if entry[1].category == each] for each in of]


def _shown(choices: Sequence[Choice], things: Mapping[Ref, Thing], note: str, *, personalised: bool) -> Recommended:
    items = [Recommendation(None, things[each.ref], each.why, words.WITHOUT_GROUND[each.why]) for each in choices]
    return Recommended(items, note if items else words.NOTHING_YET, personalised)


def _recommendation(given: Given, thing: Thing, grounds: Grounds) -> Recommendation:
    """Return a recommendation in words; where its ground is gone meanwhile, no reason is made up."""
    reason = grounds.reasons.get(given.because) if given.because else words.WITHOUT_GROUND[given.why]
    return Recommendation(_id_of(given), thing, given.why, reason or words.GROUND_GONE, given.opinion)


def _id_of(given: Given) -> str:
    return f"{given.day:%Y%m%d}{given.ref.hex()}"
