"""What phones say of a person's own library, and what they are shown of it."""

from datetime import UTC, datetime
from typing import Annotated, TypedDict

from marshmallow import fields, validate

from heartport.library.rules import ThingKind
from heartport.library.stock import Thing
from heartport.own_library.rules import LONGEST_SECONDS, MOST_FAVOURITES, OwnLibrary, Ref, Trace
from heartport.web.schemas import BodyIn, Flag, WholeNumber
from heartport.web.shapes import Day, Keywords, one_of

KINDS = tuple(kind for kind in ThingKind if kind is not ThingKind.LIST)
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
NOT_A_MOMENT = "须为带时区的时刻，例如 2026-11-22T12:00:00+08:00，不早于 2020 年。"


class OpenedIn(BodyIn):
    """Something was opened; `finished` where it was read or heard to the end."""

    finished = Flag(load_default=False)


class HistoryIn(BodyIn):
    """Whether phones may note what is opened."""

    kept = Flag(required=True)


class ProgressIn(BodyIn):
    """How far a track was heard; `heard_at` is when by this phone's clock, now if it is left out."""

    seconds = WholeNumber(
        required=True, validate=validate.Range(0, LONGEST_SECONDS, error=f"须为 0 至 {LONGEST_SECONDS} 的整数。")
    )
    heard_at = fields.AwareDateTime(
        load_default=None,
        allow_none=True,
        format="iso",
        validate=validate.Range(min=EARLIEST, error=NOT_A_MOMENT),
        error_messages={"invalid": NOT_A_MOMENT, "format": NOT_A_MOMENT, "awareness": NOT_A_MOMENT},
    )


class KeptThingOut(TypedDict):
    """A thing of the library, as far as a list of one's own needs it."""

    kind: Annotated[str, one_of(KINDS)]
    id: Annotated[str, Keywords(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: str
    available: Annotated[bool, "Whether it is shown now; what was taken off the shelf keeps its place here."]


class FavouriteOut(KeptThingOut):
    """A favourite."""

    since: Day


class TraceOut(KeptThingOut):
    """What was done with something."""

    last_on: Day
    opened: bool
    finished: bool
    seconds: Annotated[int | None, "How far a track was heard; go on from here unless it is finished."]
    length: Annotated[int | None, "Of a track, in seconds."]


class OwnLibraryOut(TypedDict):
    """All of it, the latest first."""

    favourites: list[FavouriteOut]
    favourites_most: int
    go_on: Annotated[list[TraceOut], "Tracks that were begun and not finished."]
    history: list[TraceOut]
    history_kept: Annotated[bool, "Whether phones may note what is opened."]
    note: Annotated[str | None, "What to say where there is nothing."]


NOTHING_YET = "这里还是空的。看到喜欢的文章或声音，点一下收藏，换手机也能找到；只有您看得到。"
PAUSED = "您关掉了历史记录：打开了什么、听到哪里都不会记下，收藏照常。随时可以再打开。"


def own_library_out(own: OwnLibrary, things: dict[Ref, Thing], now: datetime) -> OwnLibraryOut:
    """Return what a person kept; what the library does not know any more is left out here and stays in the export."""
    favourites: list[FavouriteOut] = [
        {**kept_thing_out(things[ref], now), "since": day.isoformat()}
        for ref, day in reversed(list(own.favourites.items()))
        if ref in things
    ]
    history = [trace_out(things[ref], trace, now) for ref, trace in reversed(list(own.traces.items())) if ref in things]
    return {
        "favourites": favourites,
        "favourites_most": MOST_FAVOURITES,
        "go_on": [each for each in history if each["seconds"] and each["available"] and not each["finished"]],
        "history": history,
        "history_kept": not own.paused,
        "note": PAUSED if own.paused else None if favourites or history else NOTHING_YET,
    }


def kept_thing_out(thing: Thing, now: datetime) -> KeptThingOut:
    """Return a thing in brief."""
    return {"kind": thing.kind.value, "id": thing.id, "title": thing.title, "available": thing.is_shown(now)}


def trace_out(thing: Thing, trace: Trace, now: datetime) -> TraceOut:
    """Return what was done with a thing."""
    return {
        **kept_thing_out(thing, now),
        "last_on": trace.day.isoformat(),
        "opened": trace.opened,
        "finished": trace.finished,
        "seconds": trace.seconds if trace.heard_at else None,
        "length": thing.seconds,
    }
