"""The search over what is shown: order, places, synonyms, hotlines, and the same answers over both databases."""

import json
import time
from pathlib import Path

import pytest
from flask import Flask

from heartport.library.loading import load_library
from heartport.library.rules import ThingKind
from heartport.library.search import RANK, match_of, search_library
from heartport.library.shelf import list_things
from tests.conftest import Logged, Person, signed_in
from tests.library.shelves import BODY, article, load_shipped, put, small_library
from tests.library.test_loading import edit_here

QUERIES = ("睡不着", "失眠", "睡眠", "焦虑", "孩子 作业", "冲床", "不想活了", "sm", "倒班夫妻", "emo", "车间噪声", "🙂")


@pytest.fixture
def reader(app: Flask) -> Person:
    load_shipped()
    return signed_in(app, "openid-of-a-reader-0000000001")


def found(query: str, **more: object) -> list[tuple[str, str]]:
    return [(hit.thing.id, hit.text.field.value) for hit in search_library(query, **more).hits]


def search(person: Person, query: str, **more: object) -> dict:
    answer = person.get("search", query_string={"q": query, **more})
    assert answer.status_code == 200, answer.json
    return answer.json


@pytest.fixture
def shelf(app: Flask, tmp_path: Path) -> Path:
    """Four articles with one word, each in another place."""
    small_library(tmp_path)
    put(tmp_path, "articles/one.md", article("title: 一个标题", "title: 没有那个词"))
    put(tmp_path, "articles/by-body.md", article("title: 一个标题", "title: 甲", "桂花" + BODY))
    put(tmp_path, "articles/by-summary.md", article("title: 一个标题\nsummary: 一句话", "title: 乙\nsummary: 说到桂花"))
    put(tmp_path, "articles/by-title.md", article("title: 一个标题", "title: 桂花开了"))
    put(tmp_path, "articles/by-topic.md", article("title: 一个标题", "title: 丙").replace("[sleep]", "[flowers]"))
    put(tmp_path, "article_topics.yaml", "topics:\n  - {id: sleep, title: 睡眠}\n  - {id: flowers, title: 桂花}\n")
    load_library(tmp_path)
    return tmp_path


def test_title_comes_before_topic_before_summary_before_text(shelf: Path):
    assert found("桂花") == [
        ("by-title", "title"),
        ("by-topic", "topic"),
        ("by-summary", "summary"),
        ("by-body", "body"),
    ]


def test_the_place_that_matched_is_shown_with_its_marks(shelf: Path):
    for hit in search_library("桂花").hits:
        match = match_of(hit)
        assert [match.text[at : at + length] for at, length in match.marks] == ["桂花"]
        assert len(match.text) <= 60


def test_a_place_far_inside_a_text_is_shown_with_what_stands_around_it(app: Flask, tmp_path: Path):
    put(small_library(tmp_path), "articles/one.md", article(body="字" * 599 + "桂Ａ" + "字" * 90 + "[1]"))
    load_library(tmp_path)
    (hit,) = search_library("桂a").hits
    match = match_of(hit)
    assert [match.text[at : at + length] for at, length in match.marks] == ["桂Ａ"]
    assert match.text.startswith("字" * 12)


def test_what_meets_more_of_a_query_comes_first(shelf: Path):
    put(shelf, "articles/by-both.md", article("title: 一个标题", "title: 丁", "桂花和银杏" + BODY))
    load_library(shelf)
    assert found("桂花 银杏")[:2] == [("by-both", "body"), ("by-title", "title")]


@pytest.mark.parametrize("query", ["睡眠", "焦虑", "压力", "孩子", "呼吸"])
def test_words_of_two_signs_find_everything_that_holds_them(reader: Person, query: str):
    holding = {each.id for each in list_things() if query in each.title + each.introduction + each.words}
    assert len(holding) >= 5
    assert holding <= {hit.thing.id for hit in search_library(query).hits}


def test_what_is_said_otherwise_is_found(reader: Person):
    assert {each for each, _ in found("睡不着")} >= {each for each, _ in found("失眠")}
    assert "awake-at-two" in {each for each, _ in found("翻来覆去")}
    ranks = [RANK[hit.text.field] for hit in search_library("睡不着").hits]
    assert ranks == sorted(ranks)


def test_topics_that_were_meant_are_marked(reader: Person):
    for hit in search_library("会不会被知道").hits:
        assert match_of(hit).marks


def test_letters_find_what_begins_with_them_in_pinyin(reader: Person):
    told = search(reader, "sm")["items"]
    assert {"睡眠"} <= {mark for each in told for mark in marked(each)}
    assert search(reader, "SM")["items"] == told


def marked(item: dict) -> list[str]:
    return [item["match"]["text"][at : at + length] for at, length in item["match"]["marks"]]


@pytest.mark.parametrize("query", ["不想活了", "自杀", "我想死", "孩子自残", "家暴"])
def test_hotlines_come_before_whatever_is_found(reader: Person, query: str):
    told = search(reader, query)
    assert {line["number"] for line in told["card"]["hotlines"]} >= {"110", "120"}
    assert next(iter(told)) == "card"
    assert search(reader, "睡不着")["card"] is None


def test_words_of_a_crisis_bring_the_card_even_where_nothing_is_found(app: Flask):
    told = search(signed_in(app, "openid-of-a-reader-0000000001"), "不想活")
    assert told["items"] == []
    assert told["card"]["hotlines"]


@pytest.mark.parametrize("query", ["🙂", "🙂🙃👍🏽", "？？？", "——"])
def test_what_holds_no_word_is_told_so(reader: Person, query: str):
    told = search(reader, query)
    assert told["items"] == []
    assert "用文字写" in told["note"]


def test_what_is_not_found_is_told_so_with_a_way_on(reader: Person):
    assert "换一种说法" in search(reader, "量子色动力学")["note"]
    assert search(reader, "睡眠")["note"] is None


@pytest.mark.parametrize("query", ["睡" * 5000, "🙂" * 5000, " ", ""])
def test_too_much_and_nothing_are_refused_by_name(reader: Person, query: str):
    answer = reader.get("search", query_string={"q": query})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["q"])
    assert reader.get("search").json["errors"]["q"]
    assert not query.strip() or query not in answer.text


def test_the_longest_query_is_answered_quickly(reader: Person):
    search(reader, "睡眠")
    begins = time.perf_counter()
    search(reader, "".join(chr(0x4E00 + place * 7) for place in range(100)))
    assert time.perf_counter() - begins < 0.5


def test_pages_and_kinds(reader: Person):
    whole = search(reader, "睡不着", limit=100)["items"]
    first = search(reader, "睡不着", limit=5)
    rest = search(reader, "睡不着", limit=100, cursor=first["next_cursor"])
    assert first["items"] + rest["items"] == whole
    assert {each["kind"] for each in search(reader, "睡不着", kind="track")["items"]} == {"track"}
    assert reader.get("search", query_string={"q": "睡", "kind": "list"}).status_code == 422


def test_an_edit_is_found_at_once_and_what_is_retired_no_longer(reader: Person):
    assert found("琥珀色") == []
    edit_here((ThingKind.ARTICLE, "awake-at-two"), title="琥珀色的灯")
    reader.app.extensions["heartport.library"].looked_at = 0.0
    assert found("琥珀色") == [("awake-at-two", "title")]
    edit_here((ThingKind.ARTICLE, "awake-at-two"), status="retired")
    reader.app.extensions["heartport.library"].looked_at = 0.0
    assert found("琥珀色") == []


def test_the_answers_are_the_same_over_both_databases(reader: Person):
    """Each database runs this by itself; what both are held against was written down once."""
    told = {query: found(query)[:8] for query in QUERIES}
    path = Path(__file__).with_name("answers.json")
    assert json.loads(json.dumps(told)) == json.loads(path.read_text(encoding="utf-8"))


def test_nothing_of_a_search_is_logged(reader: Person, logged: Logged):
    search(reader, "不想活了")
    assert "不想活" not in logged.text
    assert "%E4%B8%8D" not in logged.text
    assert logged.of("request")
