"""Pure decisions about what a person keeps of the library: how two phones merge, what falls out, what clearing takes.

A thing stands here under a short name of one length (`Ref`), so that what fits into the sealed record does not depend
on what things are called. Each rule returns a new state; said twice, everything is as if it were said once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from heartport.errors import Conflict

Ref = bytes
"""Six bytes that stand for a thing of the library, or for what a recommendation rests on."""

MOST_FAVOURITES = 80
MOST_TRACES = 60
MOST_GIVEN = 15
"""So many fit into the one length of a sealed record, whatever they are; a test fills it."""
NEAR_END_SECONDS = 10
"""Whoever has heard a track up to here has heard it: the rest is the fading of a sound."""
LONGEST_SECONDS = 0xFFFF


class Opinion(StrEnum):
    """What a person says of something that was recommended."""

    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"


class Why(StrEnum):
    """Why something was recommended."""

    RESULT = "result"
    HISTORY = "history"
    LIGHT = "light"
    RANDOM = "random"
    EVERYONE = "everyone"
    """It is what everybody is shown."""


class FavouritesFull(Conflict):
    """There is no room for a further favourite; none that is there was dropped for it."""

    code = "favourites_full"
    detail = f"收藏已满 {MOST_FAVOURITES} 个。取消几个不再需要的，就能收藏新的；已有的一个也没有丢。"


@dataclass(frozen=True, slots=True)
class Trace:
    """What a person did with one thing; `day` is the last local day of it.

    `seconds` is how far they heard it, said by a phone at `heard_at`; None where it was never played.
    """

    day: date
    opened: bool = False
    finished: bool = False
    opinion: Opinion | None = None
    why: Why | None = None
    """Why it had been recommended, if it had been before it was opened."""
    seconds: int = 0
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """One thing that was recommended on a day, why, and on what that rests; `because` is empty where on nothing."""

    ref: Ref
    day: date
    why: Why
    because: Ref = b""
    opinion: Opinion | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """How far a phone says a track was heard, of how many seconds, and when."""

    seconds: int
    length: int
    at: datetime

    @property
    def to_the_end(self) -> bool:
        """Whether that is all of it."""
        return self.seconds >= self.length - NEAR_END_SECONDS


@dataclass(frozen=True, slots=True)
class OwnLibrary:
    """Everything of one person; favourites and traces in the order in which they came, the latest last."""

    favourites: Mapping[Ref, date] = field(default_factory=dict)
    traces: Mapping[Ref, Trace] = field(default_factory=dict)
    given: tuple[Given, ...] = ()
    drawn: int = 0
    """How many of them, at the end, were drawn together."""
    grounds: Ref = b""
    """What the last recommendations were drawn from, in six bytes."""
    paused: bool = False
    """The person wants no history."""
    cleared_at: datetime | None = None
    """What a phone heard before this does not come back."""

    def given_last(self) -> tuple[Given, ...]:
        """Return the recommendations that were drawn together, last."""
        return self.given[len(self.given) - self.drawn :]


def with_favourite(own: OwnLibrary, ref: Ref, day: date) -> OwnLibrary:
    """Add a favourite, which keeps its first day; raises `FavouritesFull`."""
    if ref in own.favourites:
        return own
    if len(own.favourites) >= MOST_FAVOURITES:
        raise FavouritesFull
    return replace(own, favourites={**own.favourites, ref: day})


def without_favourite(own: OwnLibrary, ref: Ref) -> OwnLibrary:
    """Take a favourite away, if it is one."""
    return replace(own, favourites={each: day for each, day in own.favourites.items() if each != ref})


def with_opened(own: OwnLibrary, ref: Ref, day: date, *, finished: bool) -> OwnLibrary:
    """Note that something was opened, or finished too, which no other phone takes back."""
    if own.paused:
        return own
    before = _trace(own, ref, day)
    return _with_trace(own, ref, replace(before, opened=True, finished=before.finished or finished))


def with_progress(own: OwnLibrary, ref: Ref, heard: Heard, day: date) -> OwnLibrary:
    """Note how far a track was heard; of two phones the one counts that played it later.

    Where both say the same moment, the farther place does. What was said before the history was cleared, or before what
    is known, changes nothing.
    """
    before = _trace(own, ref, day)
    is_older = before.heard_at is not None and (heard.at, heard.seconds) <= (before.heard_at, before.seconds)
    if own.paused or is_older or (own.cleared_at and heard.at <= own.cleared_at):
        return own
    finished = before.finished or heard.to_the_end
    after = replace(before, opened=True, finished=finished, seconds=heard.seconds, heard_at=heard.at)
    return _with_trace(own, ref, after)


def without_trace(own: OwnLibrary, ref: Ref) -> OwnLibrary:
    """Forget what was done with one thing."""
    return replace(own, traces={each: trace for each, trace in own.traces.items() if each != ref})


def cleared(own: OwnLibrary, now: datetime, *, paused: bool) -> OwnLibrary:
    """Forget everything but the favourites."""
    return OwnLibrary(favourites=own.favourites, paused=paused, cleared_at=now)


def with_given(own: OwnLibrary, fresh: Iterable[Given], grounds: Ref) -> OwnLibrary:
    """Note what was drawn just now; what was recommended longest ago falls out."""
    new = tuple(fresh)
    return replace(own, given=(*own.given, *new)[-MOST_GIVEN:], drawn=len(new), grounds=grounds)


def with_opinion(own: OwnLibrary, said_of: Given, opinion: Opinion) -> OwnLibrary:
    """Note what a person says of a recommendation, and beside the thing itself unless they want no history."""
    given = tuple(replace(each, opinion=opinion) if each == said_of else each for each in own.given)
    after = replace(own, given=given)
    if own.paused:
        return after
    before = _trace(own, said_of.ref, said_of.day)
    return _with_trace(after, said_of.ref, replace(before, opinion=opinion, why=said_of.why))


def _trace(own: OwnLibrary, ref: Ref, day: date) -> Trace:
    """Return what is known of a thing, as of this day; whatever was recommended before carries why."""
    known = own.traces.get(ref)
    if known is not None:
        return replace(known, day=max(known.day, day))
    why = next((each.why for each in reversed(own.given) if each.ref == ref), None)
    return Trace(day, why=why)


def _with_trace(own: OwnLibrary, ref: Ref, trace: Trace) -> OwnLibrary:
    """Put a trace last; what was not touched for longest falls out where there are too many."""
    others = {each: known for each, known in own.traces.items() if each != ref}
    traces = sorted([*others.items(), (ref, trace)], key=lambda pair: pair[1].day)
    return replace(own, traces=dict(traces[-MOST_TRACES:]))
