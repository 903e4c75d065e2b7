"""How a person's library is laid out before it is sealed: rows of one length each, so that its fullest form fits.

`version 1 ‖ switches 1 ‖ cleared_at 4 ‖ grounds 6 ‖ drawn 1 ‖ three counts ‖ favourites (8 bytes each) ‖ traces (16) ‖
given (15)`. Days count from 2020-01-01, moments in seconds from 1970, 0 is none.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from struct import Struct
from typing import Any, TypeVar

from heartport.own_library.rules import Given, Opinion, OwnLibrary, Ref, Trace, Why

E = TypeVar("E", bound=StrEnum)

VERSION = 1
EPOCH = date(2020, 1, 1)
HEAD = Struct(">BBI6sBBBB")
FAVOURITE = Struct(">6sH")
TRACE = Struct(">6sHBBHI")
GIVEN = Struct(">6sHB6s")
PAUSED, OPENED, FINISHED = 1, 1, 2
NOTHING = bytes(6)
OPINIONS: Sequence[Opinion] = tuple(Opinion)
WHYS: Sequence[Why] = tuple(Why)


def encode(own: OwnLibrary) -> bytes:
    """Return the laid-out form."""
    counts = len(own.favourites), len(own.traces), len(own.given)
    head = HEAD.pack(VERSION, own.paused * PAUSED, _moment(own.cleared_at), own.grounds or NOTHING, own.drawn, *counts)
    favourites = (FAVOURITE.pack(ref, _day(day)) for ref, day in own.favourites.items())
    traces = (_trace_out(ref, trace) for ref, trace in own.traces.items())
    return b"".join((head, *favourites, *traces, *map(_given_out, own.given)))


def decode(payload: bytes) -> OwnLibrary:
    """Return what was laid out."""
    _, switches, cleared_at, grounds, drawn, *counts = HEAD.unpack_from(payload)
    rows = iter(_sections(payload, counts))
    return OwnLibrary(
        favourites={ref: _date(day) for ref, day in next(rows)},
        traces=dict(map(_trace_in, next(rows))),
        given=tuple(map(_given_in, next(rows))),
        drawn=drawn,
        grounds=_ref(grounds),
        paused=bool(switches & PAUSED),
        cleared_at=_datetime(cleared_at),
    )


def _sections(payload: bytes, counts: Sequence[int]) -> Iterator[Iterator[tuple[Any, ...]]]:
    start = HEAD.size
    for struct, count in zip((FAVOURITE, TRACE, GIVEN), counts, strict=True):
        end = start + struct.size * count
        yield struct.iter_unpack(payload[start:end])
        start = end


def _trace_out(ref: Ref, trace: Trace) -> bytes:
    done = trace.opened * OPENED | trace.finished * FINISHED
    said = _place(OPINIONS, trace.opinion) << 4 | _place(WHYS, trace.why)
    return TRACE.pack(ref, _day(trace.day), done, said, trace.seconds, _moment(trace.heard_at))


def _trace_in(row: tuple[bytes, int, int, int, int, int]) -> tuple[Ref, Trace]:
    ref, day, done, said, seconds, heard_at = row
    return ref, Trace(
        day=_date(day),
        opened=bool(done & OPENED),
        finished=bool(done & FINISHED),
        opinion=_member(OPINIONS, said >> 4),
        why=_member(WHYS, said & 15),
        seconds=seconds,
        heard_at=_datetime(heard_at),
    )


def _given_out(given: Given) -> bytes:
    said = _place(OPINIONS, given.opinion) << 4 | _place(WHYS, given.why)
    return GIVEN.pack(given.ref, _day(given.day), said, given.because or NOTHING)


def _given_in(row: tuple[bytes, int, int, bytes]) -> Given:
    ref, day, said, because = row
    return Given(ref, _date(day), WHYS[(said & 15) - 1], _ref(because), _member(OPINIONS, said >> 4))


def _place(members: Sequence[E], member: E | None) -> int:
    return 0 if member is None else members.index(member) + 1


def _member(members: Sequence[E], place: int) -> E | None:
    return members[place - 1] if place else None


def _ref(laid: bytes) -> Ref:
    return b"" if laid == NOTHING else laid


def _day(day: date) -> int:
    return (day - EPOCH).days


def _date(days: int) -> date:
    return EPOCH + timedelta(days=days)


def _moment(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0


def _datetime(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
