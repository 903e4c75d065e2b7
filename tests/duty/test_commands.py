"""`flask duty`: a roster from a file, checked as one that comes over HTTP is."""

import pytest
from flask import Flask

from heartport.duty.roster import read_roster
from tests.conftest import Clock
from tests.duty.teams import Team, make_team, put_on_duty, shift

FILE = """
shifts:
  - {starts_at: "2026-11-23 09:00", ends_at: "2026-11-23 18:00", primary: anne, backup: ben, supervisor: cleo}
  - {starts_at: "2026-11-22 09:00", ends_at: "2026-11-22 18:00", primary: ben, backup: anne, supervisor: cleo}
"""


@pytest.fixture
def team(app: Flask, clock: Clock) -> Team:
    return make_team(app)


@pytest.fixture
def flask(app: Flask, tmp_path):
    """Runs `flask duty …`, with a file of this text where there is one, and returns what it printed."""

    def run(word: str, text: str | None = None, status: int = 0) -> str:
        path = tmp_path / "roster.yaml"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        result = app.test_cli_runner().invoke(args=["duty", word, *([str(path)] if text is not None else [])])
        assert result.exit_code == status, result.output
        return result.output

    return run


def test_a_file_becomes_the_roster_in_local_time(team: Team, flask) -> None:
    put_on_duty(shift(48, 50))
    assert flask("load", FILE) == "2 shifts from now on\n"
    assert read_roster().shifts == (shift(9, 18, ("ben", "anne", "cleo")), shift(33, 42))
    assert flask("load", FILE.replace('"2026-11-23 09:00"', "2026-11-23 09:00:00")) == "2 shifts from now on\n"
    assert flask("list").splitlines()[0] == (
        "2026-11-22 09:00 – 2026-11-22 18:00  primary: ben, backup: anne, supervisor: cleo"
    )


def test_an_empty_roster_says_what_that_means(team: Team, flask) -> None:
    assert "no call-back" in flask("list")


WRONG = [
    (FILE.replace("primary: ben", "primary: nobody"), "shifts › 2 › primary: 没有这个工作人员"),
    (FILE.replace("11-22 18:00", "11-23 10:00"), "shifts › 2 › ends_at: 一个班次最长 24 小时"),
    (FILE.replace("2026-11-23 09:00", "soon"), "shifts › 1 › starts_at: Must be local time"),
    ("shifts: []", "shifts: "),
    ("", "Invalid input type"),
]


def test_a_wrong_file_is_refused_with_its_places_and_changes_nothing(team: Team, flask) -> None:
    put_on_duty(shift(9, 18))
    for text, place in WRONG:
        assert place in flask("load", text, status=1)
    assert read_roster().shifts == (shift(9, 18),)
