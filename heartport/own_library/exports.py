"""A person's own library in the document of everything that is held about them."""

from collections.abc import Mapping
from typing import Annotated, TypedDict

from heartport.library.shelf import current_shelf
from heartport.library.stock import Thing
from heartport.local_time import instant_out
from heartport.members.standing import Standing
from heartport.own_library.refs import things_by_ref
from heartport.own_library.rules import Given, Ref, Trace, Why
from heartport.own_library.service import read_own_library
from heartport.web.shapes import Day, Instant, one_of


class NamedOut(TypedDict):
    """What a short name stands for; kind, id and title are null where the library does not know it any more."""

    ref: Annotated[str, "The short name under which it is stored."]
    kind: str | None
    id: str | None
    title: str | None


class FavouriteHeldOut(NamedOut):
    """A favourite."""

    since: Day


class TraceHeldOut(NamedOut):
    """What was done with a thing."""

    last_on: Day
    opened: bool
    finished: bool
    opinion: str | None
    recommended_because: str | None
    seconds: int
    heard_at: Instant | None


class GivenHeldOut(NamedOut):
    """What was recommended, and what it rests on, by its short name."""

    day: Day
    why: Annotated[str, one_of(Why)]
    because: str
    opinion: str | None


class OwnLibraryHeldOut(TypedDict):
    """All that stands in the sealed record."""

    favourites: list[FavouriteHeldOut]
    history: list[TraceHeldOut]
    history_kept: bool
    history_cleared_at: Instant | None
    recommended: list[GivenHeldOut]
    recommended_last: Annotated[int, "How many of them were drawn together, last."]
    recommended_from: Annotated[str, "What they were drawn from, by a short name."]


class OwnLibraryPartOut(TypedDict):
    """What is held of a person's own library."""

    library: OwnLibraryHeldOut


def export_own_library(standing: Standing) -> OwnLibraryPartOut:
    """Return everything that stands in the sealed record."""
    own, things = read_own_library(standing), things_by_ref(current_shelf())
    return {
        "library": {
            "favourites": [{**_named(ref, things), "since": day.isoformat()} for ref, day in own.favourites.items()],
            "history": [_trace(ref, trace, things) for ref, trace in own.traces.items()],
            "history_kept": not own.paused,
            "history_cleared_at": instant_out(own.cleared_at) if own.cleared_at else None,
            "recommended": [_given(each, things) for each in own.given],
            "recommended_last": own.drawn,
            "recommended_from": own.grounds.hex(),
        }
    }


def _named(ref: Ref, things: Mapping[Ref, Thing]) -> NamedOut:
    thing = things.get(ref)
    return {
        "ref": ref.hex(),
        "kind": thing.kind.value if thing else None,
        "id": thing.id if thing else None,
        "title": thing.title if thing else None,
    }


def _trace(ref: Ref, trace: Trace, things: Mapping[Ref, Thing]) -> TraceHeldOut:
    return {
        **_named(ref, things),
        "last_on": trace.day.isoformat(),
        "opened": trace.opened,
        "finished": trace.finished,
        "opinion": trace.opinion.value if trace.opinion else None,
        "recommended_because": trace.why.value if trace.why else None,
        "seconds": trace.seconds,
        "heard_at": instant_out(trace.heard_at) if trace.heard_at else None,
    }


def _given(given: Given, things: Mapping[Ref, Thing]) -> GivenHeldOut:
    return {
        **_named(given.ref, things),
        "day": given.day.isoformat(),
        "why": given.why.value,
        "because": given.because.hex(),
        "opinion": given.opinion.value if given.opinion else None,
    }
