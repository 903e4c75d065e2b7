"""The library over HTTP: lists, things, what they leave out, and what is said where there is nothing."""

from pathlib import Path

import pytest
from flask import Flask

from heartport.library.loading import load_library
from heartport.library.rules import NOTICE, UNREVIEWED, ThingKind
from heartport.library.shelf import list_things
from tests.conftest import Person, signed_in
from tests.library.shelves import load_shipped, small_library
from tests.library.test_loading import edit_here
from tests.staff.doors import make_staff


@pytest.fixture
def reader(app: Flask) -> Person:
    """Somebody who has signed in and said nothing else, before the shipped library."""
    load_shipped()
    return signed_in(app, "openid-of-a-reader-0000000001")


def everything(person: Person, path: str) -> list[dict]:
    """Return all items of a list, page by page."""
    found, cursor = [], ""
    while cursor is not None:
        page = person.get(f"{path}{'&' if '?' in path else '?'}limit=7{cursor and f'&cursor={cursor}'}").json
        found += page["items"]
        cursor = page["next_cursor"]
    return found


def test_pages_of_a_list_give_each_thing_once_the_newest_first(reader: Person):
    for path, kind in (("articles", ThingKind.ARTICLE), ("tracks", ThingKind.TRACK), ("news", ThingKind.NEWS)):
        found = everything(reader, path)
        assert [each["id"] for each in found] == [each.id for each in list_things(kind)]
        assert [each["published_at"] for each in found] == sorted(
            (each["published_at"] for each in found), reverse=True
        )


def test_lists_are_narrowed(reader: Person):
    for each in everything(reader, "articles?category=self&level=first&topic=sleep"):
        assert (each["category"], each["level"]) == ("self", "first")
        assert "sleep" in [topic["id"] for topic in each["topics"]]
    assert {each["kind"] for each in everything(reader, "tracks?kind=video")} == {"video"}
    assert everything(reader, "articles?category=self") != everything(reader, "articles")


def test_the_shelves_say_how_much_stands_there(reader: Person):
    told = reader.get("categories").json
    for each in told["items"]:
        assert each["count"] == len(everything(reader, f"{each['holds']}?category={each['id']}"))
    assert {"id": "sleep", "title": "睡眠"} in told["topics"]


def test_an_article_is_whole_and_says_that_nobody_reviewed_it(reader: Person):
    told = reader.get("articles/awake-at-two").json
    assert told["review_note"] == UNREVIEWED
    assert told["reviewer"] is None
    assert told["blocks"][0]["form"] == "paragraph"
    assert told["sources"][0]["by"]
    assert told["minutes"] >= 3
    assert told["card"] is None


def test_what_speaks_of_self_harm_carries_the_hotlines(reader: Person):
    card = reader.get("articles/when-it-is-too-much").json["card"]
    assert {line["number"] for line in card["hotlines"]} >= {"120", "110"}
    assert any("120或110" in line for line in card["lines"])


def test_a_track_says_the_notice_and_carries_its_guidance(reader: Person):
    told = reader.get("tracks/breathing-4-7-8").json
    assert told["notice"] == NOTICE
    assert NOTICE in told["cues"][0]["text"]
    assert told["seconds"] > 60


@pytest.mark.parametrize("path", ["articles/nowhere", "tracks/awake-at-two", "news/rain", "articles/睡眠", "tracks/A"])
def test_what_is_not_there_says_so_and_what_to_do(reader: Person, path: str):
    answer = reader.get(path)
    assert (answer.status_code, answer.json["code"]) == (404, "thing_unknown")
    assert "列表" in answer.json["detail"]


def test_a_copy_that_is_still_good_is_not_sent_again(reader: Person):
    for path in ("articles", "articles/awake-at-two", "tracks", "tracks/rain", "news", "categories"):
        tag = reader.get(path).headers["ETag"]
        assert reader.get(path, headers={"If-None-Match": tag}).status_code == 304
    tag = reader.get("articles/awake-at-two").headers["ETag"]
    edit_here((ThingKind.ARTICLE, "awake-at-two"), title="换了标题")
    reader.app.extensions["heartport.library"].looked_at = 0.0
    assert reader.get("articles/awake-at-two", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("query", "place"),
    [("level=hard", "level"), ("limit=0", "limit"), ("cursor=x", "cursor"), ("cursor=LTE", "cursor")],
)
def test_what_a_list_cannot_mean_is_named(reader: Person, query: str, place: str):
    answer = reader.get(f"articles?{query}")
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [place]


def test_an_empty_list_says_what_to_do(app: Flask, client: Person, tmp_path: Path):
    person = signed_in(app, "openid-of-a-reader-0000000001")
    assert "求助热线" in person.get("articles").json["note"]
    load_library(small_library(tmp_path))
    app.extensions["heartport.library"].looked_at = 0.0
    assert person.get("articles").json["note"] is None
    assert "换一个分类" in person.get("articles?topic=nowhere").json["note"]


def test_the_young_may_read_and_so_may_staff_and_nobody_who_has_not_signed_in(app: Flask, reader: Person):
    assert reader.put("me", {"age_group": "16-17"}).status_code == 200
    assert reader.get("articles").status_code == 200
    editor = make_staff(app, "editor", ("editor", None)).signed_in()
    assert editor.get("tracks/rain").status_code == 200
    assert Person(app).get("articles").status_code == 401
