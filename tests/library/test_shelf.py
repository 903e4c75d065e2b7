"""What is shown now, by which names it is found, and that everybody sees an edit."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from heartport.config import ROOT
from heartport.library import shelf
from heartport.library.loading import load_library
from heartport.library.revisions import Act, revise, stored_things
from heartport.library.rules import Status, ThingKind, visible_from
from heartport.library.shelf import ThingUnknown, find_thing, list_things, shown_thing, things_about
from heartport.stores import Store, write_transaction
from tests.conftest import Clock, Logged
from tests.library.shelves import article, load_shipped, put, small_library

ARTICLE = ThingKind.ARTICLE
MIDNIGHT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
"""The first moment of 1 December in Shanghai."""


@pytest.mark.parametrize(
    ("status", "time", "moment"),
    [
        (Status.PUBLISHED, None, MIDNIGHT),
        (Status.PUBLISHED, "08:30", MIDNIGHT + timedelta(hours=8, minutes=30)),
        (Status.DRAFT, None, None),
        (Status.RETIRED, "08:30", None),
    ],
)
def test_a_thing_is_shown_from_its_day_and_time_on(status, time, moment):
    assert visible_from(status, MIDNIGHT.date() + timedelta(days=1), time) == moment


def test_what_is_published_later_appears_at_its_moment(app: Flask, clock: Clock, tmp_path: Path):
    later = article("published_on: 2026-11-20", "published_on: 2026-12-01\npublish_time: '08:30'")
    put(small_library(tmp_path), "articles/two.md", later.replace("一个标题", "第二篇"))
    load_library(tmp_path)
    clock.moment = MIDNIGHT + timedelta(hours=8, minutes=29, seconds=59)
    assert [each.id for each in list_things(ARTICLE)] == ["one"]
    with pytest.raises(ThingUnknown):
        find_thing(ARTICLE, "two")
    clock.advance(seconds=1)
    assert [each.id for each in list_things(ARTICLE)] == ["two", "one"]
    clock.advance(seconds=-1)
    assert shown_thing(ARTICLE, "two") is None


def test_drafts_are_not_shown(app: Flask, tmp_path: Path):
    load_library(small_library(tmp_path))
    assert {(each.kind.value, each.id) for each in list_things()} == {("article", "one"), ("track", "rain")}
    with pytest.raises(ThingUnknown):
        find_thing(ThingKind.NEWS, "one")


def test_an_edit_of_another_process_is_seen_within_a_second(app: Flask, tmp_path: Path, monkeypatch):
    load_library(small_library(tmp_path))
    now = 1000.0
    monkeypatch.setattr("heartport.library.shelf.time.monotonic", lambda: now)
    assert find_thing(ARTICLE, "one").title == "一个标题"
    monkeypatch.setattr("heartport.library.loading.forget_shelf", lambda: None)  # as in a process of its own
    put(tmp_path, "articles/one.md", article("title: 一个标题", "title: 另一个标题"))
    load_library(tmp_path)
    assert find_thing(ARTICLE, "one").title == "一个标题"
    now = 1001.0
    assert find_thing(ARTICLE, "one").title == "另一个标题"


def test_only_what_changed_is_made_anew(app: Flask, tmp_path: Path):
    load_library(small_library(tmp_path))
    before = find_thing(ThingKind.TRACK, "rain")
    put(tmp_path, "articles/one.md", article("title: 一个标题", "title: 另一个标题"))
    load_library(tmp_path)
    assert find_thing(ARTICLE, "one").title == "另一个标题"
    assert find_thing(ThingKind.TRACK, "rain") is before


def test_a_broken_document_takes_nothing_else_with_it(app: Flask, tmp_path: Path, logged: Logged):
    load_library(small_library(tmp_path))

    def spoil(session):
        stored = stored_things(session)[ARTICLE, "one"]
        revise(session, stored.key, stored, {"slug": "one"}, act=Act.EDITED, by="x")

    write_transaction(Store.MAIN, spoil)
    assert {each.id for each in list_things()} == {"rain"}
    assert [line["id"] for line in logged.of("library_thing_unreadable")] == ["one"]


def test_an_empty_library_shows_nothing(app: Flask):
    assert list_things() == []
    assert shelf.current_shelf().categories == ()


def test_two_deployments_of_the_same_files_have_the_same_ids(app: Flask):
    load_shipped()
    found = {(each.kind.value, each.id) for each in list_things()}
    assert found == {
        (kind, path.stem)
        for kind, room in (("article", "articles"), ("track", "tracks"), ("news", "news"))
        for path in (ROOT / "content" / room).iterdir()
    }


def test_what_is_about_more_of_the_topics_comes_first(app: Flask):
    load_shipped()
    found = things_about(["sleep", "shift_work"], {ARTICLE}, 3)
    assert set(found[0].topics) >= {"sleep", "shift_work"}
    assert all({"sleep", "shift_work"} & set(each.topics) for each in found)
    assert len(found) == 3
    assert things_about(["sleep"], {ThingKind.NEWS, ThingKind.TRACK}, 9) != []
    assert things_about(["nowhere"], set(ThingKind), 9) == []


def test_whatever_speaks_of_self_harm_is_known_to_do_so_whether_it_says_so_or_not(app: Flask, tmp_path: Path):
    put(small_library(tmp_path), "news/two.md", article_of_news("有人说过不想活"))
    load_library(tmp_path)
    assert find_thing(ThingKind.NEWS, "two").crisis
    assert not find_thing(ARTICLE, "one").crisis


def article_of_news(text: str) -> str:
    return (
        "---\ntitle: 消息\nsummary: 一句话\ntopics: []\nauthor: 心港编辑组\npublished_on: 2026-11-20\n"
        f"status: published\nsources: []\n---\n\n{text}\n"
    )
