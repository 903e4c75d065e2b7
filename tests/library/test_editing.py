"""What editors do at a terminal: every change is a revision with a name, nothing is lost, and old slugs lead on."""

from pathlib import Path

import pytest
from flask import Flask

from heartport.library import editing
from heartport.library.loading import load_library
from heartport.library.revisions import read_revisions
from heartport.library.rules import ThingKind
from heartport.library.shelf import ThingUnknown, find_thing
from tests.conftest import Clock, Person, signed_in
from tests.library.shelves import NEWS, SYNONYMS, TOPICS, TRACK, article, put, small_library
from tests.threads import at_once

ARTICLE = ThingKind.ARTICLE
ONE = (ARTICLE, "one")


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small library that is loaded, and is the deployment's own."""
    folder = small_library(tmp_path / "content")
    load_library(folder)
    monkeypatch.setattr("heartport.library.content_commands._folder", lambda: folder)
    return folder


@pytest.fixture
def flask(app: Flask, folder: Path):
    """Runs `flask content …` and returns what it printed."""

    def run(*words: str, status: int = 0) -> str:
        result = app.test_cli_runner().invoke(args=["content", *map(str, words)])
        assert result.exit_code == status, result.output
        return result.output

    return run


def changed_file(tmp_path: Path, old: str, new: str) -> Path:
    put(tmp_path, "changed.md", article(old, new))
    return tmp_path / "changed.md"


def test_a_thing_is_taken_out_changed_and_given_back(flask, tmp_path: Path):
    taken = flask("show", "article", "one").replace("revision 1\n", "")
    put(tmp_path, "out.md", taken)
    assert flask("edit", "article", "one", tmp_path / "out.md", "--by", "王编辑") == "nothing changed\n"
    put(tmp_path, "out.md", taken.replace("一个标题", "改过的标题"))
    told = flask("edit", "article", "one", tmp_path / "out.md", "--by", "王编辑", "--on", "1")
    assert told == "article one: 改过的标题, published, 2026-11-20, revision 2\n"
    assert find_thing(*ONE).title == "改过的标题"
    assert "revision_outdated" in flask(
        "edit", "article", "one", tmp_path / "out.md", "--by", "x", "--on", "1", status=1
    )


def test_a_thing_is_taken_out_in_the_order_in_which_editors_write(flask):
    front = flask("show", "article", "one").split("---\n")[1]
    keys = [line.partition(":")[0] for line in front.splitlines() if line[0].isalpha()]
    assert keys[:3] == ["title", "summary", "today"]
    assert keys[-2:] == ["status", "sources"]


def test_the_history_says_who_changed_what(flask, tmp_path: Path):
    flask(
        "edit", "article", "one", changed_file(tmp_path, "today: 今天做一件事", "today: 今晚做一件事"), "--by", "王编辑"
    )
    flask("rename", "article", "one", "eins", "--by", "李编辑")
    lines = flask("history", "article", "eins").splitlines()
    assert [line.split("  ")[-1] for line in lines] == [
        "loaded by flask content load: everything",
        "edited by 王编辑: today",
        "renamed by 李编辑: slug",
    ]
    difference = flask("history", "article", "one", "--diff", "2")
    assert "-today: 今天做一件事" in difference
    assert "+today: 今晚做一件事" in difference
    assert "revision_unknown" in flask("history", "article", "one", "--diff", "9", status=1)


def test_what_was_done_is_undone_and_that_too(flask, tmp_path: Path):
    flask("edit", "article", "one", changed_file(tmp_path, "一个标题", "第二个标题"), "--by", "王编辑")
    flask("retire", "article", "one", "--by", "王编辑")
    assert "第二个标题, published" in flask("undo", "article", "one", "--by", "李编辑")
    assert "一个标题, published" in flask("undo", "article", "one", "--to", "1", "--by", "李编辑")
    assert "第二个标题, published" in flask("undo", "article", "one", "--by", "李编辑")
    assert [each.act for each in read_revisions(ONE)] == ["loaded", "edited", "retired", "undone", "undone", "undone"]
    assert "revision_unknown" in flask("undo", "article", "one", "--to", "99", "--by", "x", status=1)
    assert "第一个" not in flask("show", "article", "one", "--revision", "1")


def test_a_first_revision_has_nothing_before_it(flask):
    assert "revision_unknown" in flask("undo", "article", "one", "--by", "x", status=1)


def test_an_undone_track_has_the_sound_that_lies_there_now(flask, folder: Path, tmp_path: Path):
    put(tmp_path, "rain.yaml", TRACK.replace("一段声音", "雨声"))
    flask("edit", "track", "rain", tmp_path / "rain.yaml", "--by", "王编辑")
    put(folder, "media/rain.m4a", "another sound")
    flask("undo", "track", "rain", "--by", "王编辑")
    assert find_thing(ThingKind.TRACK, "rain").document["files"]["media"]["bytes"] == len(b"another sound")
    (folder / "media" / "rain.m4a").unlink()
    assert "rain.m4a: is missing" in flask("undo", "track", "rain", "--by", "王编辑", status=1)


def test_publishing_at_a_time_shows_it_then_and_not_before(flask, clock: Clock):
    with pytest.raises(ThingUnknown):
        find_thing(ThingKind.NEWS, "one")
    told = flask("publish", "news", "one", "--at", "2026-11-22 12:30", "--by", "王编辑")
    assert told == "shown from 2026-11-22 12:30\n"
    clock.advance(minutes=29)
    with pytest.raises(ThingUnknown):
        find_thing(ThingKind.NEWS, "one")
    clock.advance(minutes=1)
    assert find_thing(ThingKind.NEWS, "one").title == "一条消息"
    assert "must be a local time" in flask("publish", "news", "one", "--at", "morgen", "--by", "x", status=1)


def test_what_is_published_now_is_shown_at_once_and_what_is_retired_no_longer(flask, clock: Clock):
    flask("publish", "news", "one", "--by", "王编辑")
    assert find_thing(ThingKind.NEWS, "one")
    flask("retire", "news", "one", "--by", "王编辑")
    assert flask("retire", "news", "one", "--by", "王编辑") == "nothing changed\n"
    with pytest.raises(ThingUnknown):
        find_thing(ThingKind.NEWS, "one")


def test_a_renamed_thing_keeps_its_id_and_every_slug_it_had(app: Flask, flask):
    for new in ("two", "three", "two"):
        flask("rename", "article", "one", new, "--by", "王编辑")
    reader = signed_in(app, "openid-of-a-reader-0000000001")
    for slug in ("one", "two", "three"):
        told = reader.get(f"articles/{slug}").json
        assert (told["id"], told["slug"]) == ("one", "two")
    assert "slug_taken" not in flask("rename", "article", "one", "one", "--by", "王编辑")


def test_nobody_gets_a_slug_that_another_had(flask, tmp_path: Path):
    flask("rename", "article", "one", "two", "--by", "王编辑")
    file = changed_file(tmp_path, "一个标题", "第二篇")
    assert "slug_taken" in flask("add", "article", "two", file, "--by", "x", status=1)
    assert "thing_exists" in flask("add", "article", "one", file, "--by", "x", status=1)
    flask("add", "article", "other", file, "--by", "王编辑")
    assert "slug_taken" in flask("rename", "article", "other", "one", "--by", "x", status=1)
    assert "article other: 第二篇" in flask("list", "--kind", "article")


@pytest.mark.parametrize("slug", ["睡眠", "Sleep", "a_b", "-a", "a--b", "a" * 61, ""])
def test_a_slug_of_another_language_is_refused_and_told_how(flask, tmp_path: Path, slug: str):
    assert "slug_refused" in flask("rename", "article", "one", "--by", "x", "--", slug, status=1)
    file = changed_file(tmp_path, "一个标题", "第二篇")
    assert "awake-at-two" in flask("add", "article", "--by", "x", "--", slug, file, status=1)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("一个标题", "", "title"),
        ("category: self", "category: nowhere", "category: There is no category nowhere of articles."),
        ("category: self", "category: nature", "category: There is no category nature of articles."),
        ("topics: [sleep]", "topics: [moon]", "topics: There is no topic moon."),
        ("cover: one.svg", "cover: none.svg", "The picture covers/none.svg is missing."),
        ("字字", "<script>alert(1)</script>", "line 19: HTML is not shown."),
        ("字字", "[x](javascript:alert(1))", "line 19: Neither links nor pictures are shown"),
        ("字字", "![x](broken.png)", "line 19: Neither links nor pictures are shown"),
    ],
)
def test_a_wrong_file_is_told_with_its_place_and_changes_nothing(flask, tmp_path: Path, old, new, problem):
    put(tmp_path, "changed.md", article().replace(old, new, 1))
    told = flask("edit", "article", "one", tmp_path / "changed.md", "--by", "x", status=1)
    assert problem in told
    assert str(tmp_path / "changed.md") in told
    assert [each.act for each in read_revisions(ONE)] == ["loaded"]


def test_a_title_that_another_has_is_refused(flask, tmp_path: Path):
    put(tmp_path, "two.md", article())
    assert "title: one has this title already" in flask(
        "add", "article", "two", tmp_path / "two.md", "--by", "x", status=1
    )


def test_lists_are_edited_like_things_and_keep_what_is_in_use(flask, tmp_path: Path):
    put(tmp_path, "topics.yaml", TOPICS + "  - {id: moon, title: 月亮}\n")
    flask("edit", "list", "topics", tmp_path / "topics.yaml", "--by", "王编辑")
    flask("edit", "article", "one", changed_file(tmp_path, "topics: [sleep]", "topics: [moon]"), "--by", "王编辑")
    put(tmp_path, "topics.yaml", TOPICS)
    told = flask("edit", "list", "topics", tmp_path / "topics.yaml", "--by", "王编辑", status=1)
    assert "topics: moon is in use by article one." in told
    put(tmp_path, "shelves.yaml", "categories: [{id: nature, title: 自然, summary: 一句话, holds: tracks}]")
    told = flask("edit", "list", "categories", tmp_path / "shelves.yaml", "--by", "王编辑", status=1)
    assert "categories: self is in use by article one." in told


def test_lists_stay_what_they_are(flask, tmp_path: Path):
    put(tmp_path, "topics.yaml", TOPICS)
    for words in (
        ("add", "list", "moods", tmp_path / "topics.yaml"),
        ("publish", "list", "topics"),
        ("retire", "list", "topics"),
        ("rename", "list", "topics", "subjects"),
    ):
        assert "list_stays" in flask(*words, "--by", "x", status=1)


@pytest.mark.parametrize("by", ["", "  ", "x" * 61, "王\n编辑", "\u202eevil"])
def test_whoever_changes_something_says_who_they_are(flask, by: str):
    assert "name_needed" in flask("retire", "article", "one", "--by", by, status=1)
    assert "--by" in flask("retire", "article", "one", status=2)


def test_what_is_not_there_is_told(flask):
    assert "stored_thing_unknown" in flask("show", "article", "nowhere", status=1)
    assert "stored_thing_unknown" in flask("retire", "track", "one", "--by", "x", status=1)


def test_an_added_thing_is_nobodys_file_and_stays_when_files_are_loaded(flask, folder: Path, tmp_path: Path):
    put(tmp_path, "extra.md", NEWS.replace("一条消息", "另一条"))
    flask("add", "news", "extra", tmp_path / "extra.md", "--by", "王编辑")
    assert load_library(folder, retire_missing=True)
    assert editing.find_stored(ThingKind.NEWS, "extra").document["status"] == "draft"


def test_of_edits_at_the_same_moment_each_is_a_revision(app: Flask, folder: Path, tmp_path: Path):
    def edit(number: int) -> bool:
        put(tmp_path, f"{number}.md", article("一个标题", f"第 {number} 个标题"))
        return editing.edit_thing(ARTICLE, "one", tmp_path / f"{number}.md", folder, by=f"编辑{number}")

    assert list(at_once(app, edit, 4)) == [True] * 4
    assert [each.number for each in read_revisions(ONE)] == [1, 2, 3, 4, 5]


def test_a_reader_sees_an_edit_at_once(app: Flask, flask, tmp_path: Path):
    reader: Person = signed_in(app, "openid-of-a-reader-0000000001")
    tag = reader.get("articles/one").headers["ETag"]
    flask("edit", "article", "one", changed_file(tmp_path, "一个标题", "改过的标题"), "--by", "王编辑")
    assert reader.get("articles/one", headers={"If-None-Match": tag}).json["title"] == "改过的标题"


def test_the_synonyms_stay_a_file(folder: Path):
    assert SYNONYMS
    assert not [each for each in editing.list_stored() if each.key[1] == "synonyms"]
