"""The editors' report: counted once a month is over, of people who agreed, never under ten, never again."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from heartport.library.loading import take_over
from heartport.members.standing import read_standing
from heartport.own_library.refs import short_name
from heartport.own_library.rules import Given, Opinion, OwnLibrary, Why, with_given, with_opened, with_opinion
from heartport.own_library.service import change_own_library
from heartport.recommendations import report
from heartport.recommendations.models import LibraryReportRow
from heartport.stores import Store, reading
from tests.conftest import Clock, Person, agree, signed_in
from tests.library.shelves import shipped_library
from tests.threads import at_once

NOVEMBER, DECEMBER = datetime(2026, 11, 22, 4, tzinfo=UTC), datetime(2026, 12, 1, 4, tzinfo=UTC)
RAIN, CLOSED = short_name("track", "rain"), short_name("article", "closed-door")


@pytest.fixture
def readers(app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[Person]:
    """Twelve who agree to be counted and heard the rain, nine of whom read an article, and one who does not agree."""
    take_over(shipped_library())
    monkeypatch.setattr(report, "_coin", lambda: 0)
    people = [signed_in(app, f"openid-of-reader-{number:012}") for number in range(13)]
    for number, person in enumerate(people):
        change_own_library(read_standing(person.account_id), lambda own, number=number: read(own, number))
        if number < 12:
            agree(person, "aggregate")
    return people


def read(own: OwnLibrary, number: int) -> OwnLibrary:
    today = NOVEMBER.date()
    given = Given(RAIN, today, Why.RANDOM)
    own = with_opened(with_given(own, [given], b""), RAIN, today, finished=number < 10)
    own = with_opinion(own, given, Opinion.HELPFUL)
    return with_opened(own, CLOSED, today, finished=False) if number < 9 or number == 12 else own


def rows() -> list[report.Figures]:
    return report.read_report("2026-11")


def test_no_row_rests_on_fewer_than_ten_and_who_did_not_agree_is_not_counted(
    readers: list[Person], clock: Clock
) -> None:
    clock.moment = DECEMBER
    assert report.publish_last_month() == 2
    assert rows() == [
        report.Figures("track", "rain", 10, 10, 10, None),
        report.Figures("why", "random", 10, 10, 10, None),
    ]


def test_while_a_month_goes_on_nothing_of_it_is_counted(readers: list[Person], clock: Clock) -> None:
    assert report.publish_last_month() == 0
    assert (report.published_months(), rows()) == (["2026-10"], [])


def test_a_published_month_never_changes_so_that_no_two_counts_can_be_compared(
    readers: list[Person], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.moment = DECEMBER
    report.publish_last_month()
    before = rows()
    agree(readers[12], "aggregate")
    agree(readers[0], "aggregate", granted=False)
    assert report.publish_last_month() == 0
    assert rows() == before
    # The negative control: one that would count again lets one person be told.
    monkeypatch.setattr(report, "_publish", lambda _month, figures: figures)
    monkeypatch.setattr(report, "published_months", list)
    agree(readers[0], "aggregate")
    again = {each.name: each.opened for each in report.publish_last_month()}
    assert again == {"closed-door": 10, "rain": 15, "random": 15}


def test_of_two_that_publish_at_once_one_does(readers: list[Person], app: Flask, clock: Clock) -> None:
    clock.moment = DECEMBER
    assert sorted(at_once(app, lambda _: report.publish_last_month(), 2)) == [0, 2]
    assert len(rows()) == 2


@pytest.mark.breaks
def test_cut_off_on_the_way_nothing_is_published_and_it_begins_again(
    readers: list[Person], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.moment = DECEMBER
    with monkeypatch.context() as patch:
        patch.setattr(report, "MEASURES", ("opened", "finished", "helpful", "unhelpful", "broken"))
        with pytest.raises(Exception, match="broken"):
            report.publish_last_month()
    assert report.published_months() == []
    assert report.publish_last_month() == 2


def test_it_names_nobody_and_no_level(readers: list[Person], clock: Clock) -> None:
    clock.moment = DECEMBER
    report.publish_last_month()
    with reading(Store.MAIN) as session:
        assert session.execute(select(func.count()).select_from(LibraryReportRow)).scalar_one() == 2
    columns = {column.name for column in LibraryReportRow.__table__.columns}
    assert columns == {"month", "kind", "name", "opened", "finished", "helpful", "unhelpful"}


def test_the_command_prints_what_is_published_as_csv(readers: list[Person], app: Flask, clock: Clock) -> None:
    clock.moment = DECEMBER
    report.publish_last_month()
    printed = app.test_cli_runner().invoke(args=["content", "report"]).output
    assert printed.splitlines() == [
        "month,kind,name,opened,finished,helpful,unhelpful",
        "2026-11,track,rain,10,10,10,<10",
        "2026-11,why,random,10,10,10,<10",
    ]
    refused = app.test_cli_runner().invoke(args=["content", "report", "--month", "2026-10"])
    assert (refused.exit_code, "Published are: 2026-11." in refused.output) == (1, True)
