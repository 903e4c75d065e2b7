from datetime import timedelta

from heartport.duty.roster import read_roster, replace_roster, shifts_since
from heartport.duty.rules import shift_at
from tests.conftest import Clock
from tests.demo.test_units import load


def test_in_the_demo_somebody_is_on_duty_at_any_hour_for_weeks(app, clock: Clock):
    told = load(app)
    assert "demo duty 08:00–20:00: primary counsellor，backup coordinator，supervisor clinical-lead" in told
    shifts = shifts_since(clock.moment)
    assert all(shift_at(shifts, clock.moment + timedelta(hours=hours)) for hours in range(24 * 29))


def test_each_start_fills_the_days_ahead_and_leaves_what_is_there(app, clock: Clock):
    load(app)
    first = read_roster()
    load(app)
    assert read_roster() == first
    replace_roster(first.shifts[:4], first.version)
    load(app)
    assert read_roster().shifts == first.shifts
    clock.advance(days=20)
    load(app)
    assert read_roster().shifts[-1].ends_at - clock.moment > timedelta(days=29)


def test_a_shift_that_somebody_put_in_place_of_ours_stays(app, clock: Clock):
    load(app)
    ours = read_roster()
    theirs = [*ours.shifts[:2], *ours.shifts[4:]]
    longer = theirs[1].__class__(
        theirs[1].starts_at, theirs[1].ends_at + timedelta(hours=1), "coordinator", "counsellor", "clinical-lead"
    )
    replace_roster([theirs[0], longer, *theirs[2:]], ours.version)
    load(app)
    assert longer in read_roster().shifts
