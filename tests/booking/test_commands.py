"""`flask booking …` says what is wrong, and who can be booked."""

from click.testing import Result
from flask import Flask
from sqlalchemy import delete

from heartport.booking.models import OccupancyTick
from heartport.booking.resources import list_resources
from heartport.columns import new_public_id
from tests.booking.desk import claimed, done, room, wanted
from tests.conftest import Clock
from tests.duty.teams import make_team


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["booking", *words])


def test_a_sound_calendar_is_said_to_be_so(app: Flask, clock: Clock) -> None:
    result = run(app, "check")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "The calendar is sound.")
    assert "of the next 60 days" in result.output, "no notice for 2027 is known yet"


def test_a_broken_one_ends_with_1(app: Flask) -> None:
    claimed(wanted(room()))
    done(lambda session: session.execute(delete(OccupancyTick)) and None)
    result = run(app, "check")
    assert result.exit_code == 1
    assert "its ticks are not its time" in result.output


def test_people_and_rooms_come_and_go(app: Flask, clock: Clock) -> None:
    make_team(app)
    anne = run(app, "add-person", "anne", "--district", "dengta").output.strip()
    place = run(app, "add-room", "大教室", "--capacity", "80").output.strip()
    assert run(app, "add-room", "投影仪", "--equipment").exit_code == 0
    listed = run(app, "list").output
    assert all(name in listed for name in ("anne 的名字", "大教室", "equipment"))
    claimed(wanted(anne))
    refused = run(app, "deactivate", anne)
    assert refused.exit_code == 1
    assert "2026-11-23T09:00:00+08:00" in refused.output
    assert run(app, "deactivate", place).exit_code == 0
    assert "out of service" in run(app, "list").output
    assert {each.id for each in list_resources("person")} == {anne}


def test_somebody_unknown_cannot_be_booked(app: Flask) -> None:
    result = run(app, "add-person", "nobody")
    assert result.exit_code == 1
    assert "staff_unknown" in result.output


def test_no_id_begins_like_an_option(app: Flask) -> None:
    assert not any(new_public_id().startswith("-") for _ in range(2000))
    assert room() in run(app, "list").output
