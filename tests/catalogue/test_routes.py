"""Themes and topics over HTTP: for all who are signed in; a withdrawn topic is not offered, and can still be read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from heartport.catalogue.directory import Directory, TopicUnknown, TopicWithdrawn
from heartport.catalogue.files import read_catalogue
from tests.catalogue.shelves import topic, written
from tests.conftest import Clock, Person
from tests.staff.doors import make_staff


def test_all_who_are_signed_in_see_themes_and_topics_and_nobody_else(app: Flask, employee: Person) -> None:
    items = employee.get("themes").json["items"]
    assert [len(each["topics"]) for each in items] == [5, 5, 5, 5, 5, 5, 4]
    first = items[0]["topics"][0]
    shown = make_staff(app, "alice").signed_in().get(f"topics/{first['code']}").json
    assert {key: shown[key] for key in first} == first
    assert (shown["format"], shown["format_label"], shown["duration_min"]) == ("lecture", "讲座", 90)
    assert (shown["theme"]["code"], shown["withdrawn_on"], len(shown["outline"])) == ("A", None, 5)
    assert {Person(app).get(path).status_code for path in ("themes", "topics/A01")} == {401}


def test_who_holds_a_copy_gets_304_and_no_body(employee: Person) -> None:
    for path in ("themes", "topics/B02"):
        tag = employee.get(path).headers["ETag"]
        again = employee.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("code", ["Z99", "a01", "A1", "A01.yaml", "%00", "A01%0A", "课题"])
def test_an_unknown_topic_is_404(employee: Person, code: str) -> None:
    answer = employee.get(f"topics/{code}")
    assert (answer.status_code, answer.json["code"]) == (404, "topic_unknown")


@pytest.fixture
def changed(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Directory:
    """A catalogue in which A02 is withdrawn from 1 December on."""
    path = written(tmp_path, topic("A01"), topic("A02", withdrawn_on="2026-12-01"))
    directory = Directory(read_catalogue(path))
    monkeypatch.setitem(app.extensions, "heartport.catalogue", directory)
    return directory


def test_from_its_day_on_a_withdrawn_topic_is_not_offered_and_can_still_be_read(
    clock: Clock, changed: Directory, employee: Person
) -> None:
    def offered() -> list[str]:
        return [each["code"] for each in employee.get("themes").json["items"][0]["topics"]]

    clock.moment = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
    assert offered() == ["A01", "A02"]
    assert changed.find_offered("A02").code == "A02"
    clock.moment = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # Midnight in Shanghai.
    assert offered() == ["A01"]
    with pytest.raises(TopicWithdrawn):
        changed.find_offered("A02")
    assert employee.get("topics/A02").json["withdrawn_on"] == "2026-12-01"


def test_a_topic_that_is_not_in_the_file_is_none_to_who_may_still_hold_it(changed: Directory) -> None:
    assert changed.get("B01") is None
    with pytest.raises(TopicUnknown):
        changed.find_offered("B01")
