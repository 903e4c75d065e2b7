"""Openings are kept as they were written, and what is free follows from them and from what is taken."""

from datetime import date

import pytest
from flask import Flask

from heartport.booking.availability import (
    OpeningsChanged,
    are_free,
    free_times,
    is_open,
    read_openings,
    read_windows,
    replace_openings,
)
from heartport.booking.resources import ResourceUnknown
from heartport.booking.rules.grid import Span
from heartport.booking.rules.openings import Change, OpenDay, Opening, Shape
from heartport.errors import Invalid
from heartport.local_time import local
from heartport.stores import Store, reading
from tests.booking.desk import NINE, TEN, claimed, moment, room, span, tick, wanted
from tests.conftest import Clock

MORNING = Opening(OpenDay.MON, 9 * 60, 12 * 60, ("in_person", "video"))
RESERVED = Opening(OpenDay.TUE, 9 * 60, 10 * 60, (), reserved=True)
CLOSED = Change(date(2026, 11, 30), 0, 1440, opens=False)
HOUR = Shape(length=4, step=4)


def free(resource_id: str, first: str, last: str, shape: Shape = HOUR) -> list[str]:
    with reading(Store.MAIN) as session:
        found = free_times(session, [resource_id], shape, tick(first), tick(last))[resource_id]
    return [Span(each.tick, each.tick).starts_at.strftime("%m-%d %H:%M") for each in found]


def test_openings_come_back_as_they_were_written(app: Flask) -> None:
    one = room()
    assert read_openings(one).weekly == ()
    replace_openings(one, [RESERVED, MORNING], [CLOSED], version=1)
    found = read_openings(one)
    assert (set(found.weekly), found.changes, found.version) == ({MORNING, RESERVED}, (CLOSED,), 2)


def test_a_stale_version_changes_nothing(app: Flask) -> None:
    one = room()
    replace_openings(one, [MORNING], [], version=1)
    for version in (1, 3):
        with pytest.raises(OpeningsChanged):
            replace_openings(one, [], [], version)
    assert read_openings(one).weekly == (MORNING,)
    replace_openings(one, [], [], version=None)
    assert read_openings(one).weekly == ()


def test_wrong_stretches_are_named_all_at_once(app: Flask) -> None:
    wrong = [MORNING, Opening(OpenDay.WED, 600, 540), Opening(OpenDay.MON, 600, 660), Opening(OpenDay.THU, 1, 60)]
    with pytest.raises(Invalid) as refused:
        replace_openings(room(), wrong, [CLOSED, CLOSED], version=1)
    assert set(refused.value.errors) == {"weekly.1", "weekly.2", "weekly.3", "changes.1"}


def test_nobody_opens_what_is_not_there(app: Flask) -> None:
    with pytest.raises(ResourceUnknown):
        read_openings("nowhere")
    with pytest.raises(ResourceUnknown):
        replace_openings("nowhere", [], [], 1)


def test_free_starts_leave_out_what_is_taken_closed_or_held(app: Flask, clock: Clock) -> None:
    one = room()
    replace_openings(one, [MORNING], [CLOSED], version=1)
    claimed(wanted(one))
    claimed(wanted(one, TEN), held_until=moment("2026-11-22 12:10"))
    assert free(one, "2026-11-22 00:00", "2026-12-07 23:45") == ["11-23 11:00", *_dec("09:00", "10:00", "11:00")]
    clock.advance(minutes=10)
    assert free(one, "2026-11-22 00:00", "2026-11-23 23:45") == ["11-23 10:00", "11-23 11:00"]


def _dec(*hours: str) -> list[str]:
    return [f"12-07 {hour}" for hour in hours]


def test_a_worked_weekend_counts_as_such_and_not_as_its_weekday(app: Flask) -> None:
    one = room()
    saturday = Opening(OpenDay.SAT, 9 * 60, 10 * 60)
    made_up = Opening(OpenDay.MADE_UP_WORKDAY, 14 * 60, 15 * 60)
    replace_openings(one, [saturday, made_up], [], version=1)
    assert free(one, "2026-10-03 00:00", "2026-10-17 23:45") == ["10-10 14:00", "10-17 09:00"]


def test_openings_do_not_hold_where_no_notice_is_known(app: Flask) -> None:
    one = room()
    opened = Change(date(2041, 1, 7), 540, 600, opens=True)
    replace_openings(one, [MORNING], [opened], version=1)
    assert free(one, "2041-01-01 00:00", "2041-01-31 23:45") == ["01-07 09:00"]


def test_buffers_of_others_reach_over_midnight(app: Flask) -> None:
    one = room()
    replace_openings(one, [Opening(OpenDay.MON, 0, 120)], [], version=1)
    claimed(wanted(one, span("2026-11-22", "22:00", "23:45"), after=2))
    assert free(one, "2026-11-23 00:00", "2026-11-23 23:45") == ["11-23 01:00"]


def test_windows_and_what_lies_within_them(app: Flask) -> None:
    one = room()
    replace_openings(one, [MORNING], [], version=1)
    with reading(Store.MAIN) as session:
        windows = read_windows(session, [one], date(2026, 11, 23), date(2026, 11, 23))[one]
        assert are_free(session, [one], NINE) == {one: True}
    assert local(Span(*windows[0][:2]).starts_at) == moment("2026-11-23 09:00")
    assert is_open(windows, NINE)
    assert not is_open(windows, Span(NINE.start - 1, NINE.end))
    assert not is_open([window._replace(reserved=True) for window in windows], NINE), "kept for whoever is in need"


def test_nothing_is_free_before_it_begins(app: Flask) -> None:
    one = room()
    replace_openings(one, [MORNING], [], version=1)
    assert free(one, "2026-11-24 00:00", "2026-11-23 00:00") == []
