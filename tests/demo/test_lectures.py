from heartport.booking.invariants import find_problems
from heartport.booking.lectures.listing import list_planned
from tests.conftest import Clock
from tests.demo.test_units import load


def test_in_the_demo_two_lectures_are_open_and_each_start_brings_the_next(app, clock: Clock):
    told = load(app)
    assert "demo lecture 2026-11-27 14:00: 睡个好觉：从今晚开始的小改变" in told
    load(app)
    assert [each.lecture.state for each in list_planned()] == ["open", "open"]
    clock.advance(days=7)
    load(app)
    assert len(list_planned()) == 3
    assert find_problems() == []
