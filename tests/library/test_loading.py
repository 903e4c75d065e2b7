"""`flask content load`: idempotent, tells what became of each thing, and never loses an edit."""

from pathlib import Path

import pytest
from flask import Flask

from heartport.content import ContentRefused
from heartport.library.documents import digest_of, document_of, file_of, text_of
from heartport.library.files import read_library
from heartport.library.loading import Fate, Take, fate_of, load_library
from heartport.library.revisions import (
    Act,
    Slugs,
    SlugTaken,
    hold_library,
    mark_loaded,
    read_revisions,
    revise,
    stored_things,
)
from heartport.library.rules import ThingKind
from heartport.library.shelf import find_thing
from heartport.stores import Store, reading, write_transaction
from tests.library.shelves import NEWS, article, put, small_library
from tests.threads import at_once

ONE = (ThingKind.ARTICLE, "one")
A, B, C = (bytes([each]) * 32 for each in b"abc")


def fates(told, *, but=Fate.UNCHANGED):
    return {(each.kind.value, each.id): each.fate for each in told if each.fate is not but}


def edit_here(key=ONE, **changes):
    """Change something as an editor does in the database."""

    def work(session):
        stored = stored_things(session)[key]
        revise(session, key, stored, {**stored.document, **changes}, act=Act.EDITED, by="王编辑")

    write_transaction(Store.MAIN, work)


def stored(key=ONE):
    with reading(Store.MAIN) as session:
        return stored_things(session)[key]


@pytest.mark.parametrize(
    ("file", "loaded", "now", "fate"),
    [
        (A, A, A, Fate.UNCHANGED),
        (B, A, B, Fate.UNCHANGED),
        (A, None, A, Fate.UNCHANGED),
        (A, A, B, Fate.KEPT),
        (B, A, A, Fate.CHANGED),
        (B, A, C, Fate.CONFLICT),
        (B, None, A, Fate.CONFLICT),
    ],
)
def test_a_fate_follows_from_who_changed_what(file, loaded, now, fate):
    assert fate_of(file, loaded, now) is fate


def test_a_first_load_takes_everything_and_a_second_one_nothing(app: Flask, tmp_path: Path):
    small_library(tmp_path)
    assert set(fates(load_library(tmp_path)).values()) == {Fate.NEW}
    assert fates(load_library(tmp_path)) == {}
    assert [each.act for each in read_revisions(ONE)] == ["loaded"]


def test_what_changed_in_its_file_is_taken_over_as_a_further_revision(app: Flask, tmp_path: Path):
    load_library(small_library(tmp_path))
    put(tmp_path, "articles/one.md", article("title: 一个标题", "title: 另一个标题"))
    put(tmp_path, "media/rain.m4a", "another sound")
    assert fates(load_library(tmp_path)) == {("article", "one"): Fate.CHANGED, ("track", "rain"): Fate.CHANGED}
    assert [each.document["title"] for each in read_revisions(ONE)] == ["一个标题", "另一个标题"]
    assert find_thing(*ONE).title == "另一个标题"


def test_what_was_edited_here_stays_while_its_file_stays(app: Flask, tmp_path: Path):
    load_library(small_library(tmp_path))
    edit_here(title="在这里改的")
    assert fates(load_library(tmp_path)) == {("article", "one"): Fate.KEPT}
    assert stored().document["title"] == "在这里改的"


def test_what_both_changed_is_a_conflict_told_until_somebody_decides(app: Flask, tmp_path: Path):
    load_library(small_library(tmp_path))
    edit_here(title="在这里改的")
    put(tmp_path, "articles/one.md", article("title: 一个标题", "title: 文件里改的"))
    for _ in range(2):
        assert fates(load_library(tmp_path)) == {("article", "one"): Fate.CONFLICT}
        assert stored().document["title"] == "在这里改的"

    assert fates(load_library(tmp_path, take=Take.DATABASE)) == {("article", "one"): Fate.KEPT}
    assert fates(load_library(tmp_path)) == {("article", "one"): Fate.KEPT}
    assert stored().document["title"] == "在这里改的"


def test_a_conflict_decided_for_the_files_keeps_the_edit_in_the_history(app: Flask, tmp_path: Path):
    load_library(small_library(tmp_path))
    edit_here(title="在这里改的")
    put(tmp_path, "articles/one.md", article("title: 一个标题", "title: 文件里改的"))
    assert fates(load_library(tmp_path, take=Take.FILES)) == {("article", "one"): Fate.CHANGED}
    assert [each.document["title"] for each in read_revisions(ONE)] == ["一个标题", "在这里改的", "文件里改的"]
    assert fates(load_library(tmp_path)) == {}


def test_an_edit_that_its_file_made_too_is_no_conflict(app: Flask, tmp_path: Path):
    load_library(small_library(tmp_path))
    edit_here(title="另一个标题")
    put(tmp_path, "articles/one.md", article("title: 一个标题", "title: 另一个标题"))
    assert fates(load_library(tmp_path)) == {}
    put(tmp_path, "articles/one.md", article())
    assert fates(load_library(tmp_path)) == {("article", "one"): Fate.CHANGED}


def test_what_the_files_no_longer_name_stays_unless_it_is_to_be_retired(app: Flask, tmp_path: Path):
    load_library(small_library(tmp_path))
    put(tmp_path, "articles/two.md", article("title: 一个标题", "title: 第二篇"))
    load_library(tmp_path)
    (tmp_path / "articles" / "one.md").unlink()
    assert fates(load_library(tmp_path)) == {("article", "one"): Fate.MISSING}
    assert find_thing(*ONE).title == "一个标题"

    assert fates(load_library(tmp_path, retire_missing=True)) == {("article", "one"): Fate.RETIRED}
    assert stored().document["status"] == "retired"
    assert fates(load_library(tmp_path, retire_missing=True)) == {}


def test_an_edited_thing_without_a_file_is_not_retired_unasked(app: Flask, tmp_path: Path):
    load_library(small_library(tmp_path))
    put(tmp_path, "articles/two.md", article("title: 一个标题", "title: 第二篇"))
    load_library(tmp_path)
    edit_here(title="在这里改的")
    (tmp_path / "articles" / "one.md").unlink()
    assert fates(load_library(tmp_path, retire_missing=True)) == {("article", "one"): Fate.CONFLICT}
    assert stored().document["status"] == "published"


def test_a_wrong_file_is_told_and_nothing_is_taken_over(app: Flask, tmp_path: Path):
    put(small_library(tmp_path), "articles/two.md", article("level: first", "level: x"))
    with pytest.raises(ContentRefused) as refused:
        load_library(tmp_path)
    assert [problem for problem in refused.value.problems if "two.md › level" in problem]
    with reading(Store.MAIN) as session:
        assert stored_things(session) == {}


def test_two_files_with_one_title_are_told_apart(app: Flask, tmp_path: Path):
    """A duplicate of a content file: both are named, neither is lost, nothing is taken over."""
    put(small_library(tmp_path), "articles/two.md", article())
    with pytest.raises(ContentRefused, match=r"two\.md › title: one has this title already"):
        load_library(tmp_path)


def test_a_file_whose_name_is_anothers_slug_is_refused_and_nothing_is_lost(app: Flask, tmp_path: Path):
    load_library(small_library(tmp_path))

    def rename(session):
        hold_library(session)
        Slugs(session).take(ThingKind.ARTICLE, "two", "one")

    write_transaction(Store.MAIN, rename)
    put(tmp_path, "articles/two.md", article("title: 一个标题", "title: 第二篇"))
    put(tmp_path, "news/one.md", NEWS.replace("一句话", "换了一句"))
    with pytest.raises(SlugTaken) as taken:
        load_library(tmp_path)
    assert "two" in taken.value.detail
    assert "one" in taken.value.detail
    assert [each.act for each in read_revisions((ThingKind.NEWS, "one"))] == ["loaded"]


def test_two_loads_at_once_take_everything_over_once(app: Flask, tmp_path: Path):
    small_library(tmp_path)

    assert sorted(at_once(app, lambda _: len(fates(load_library(tmp_path))), 2)) == [0, 5]
    assert [each.act for each in read_revisions(ONE)] == ["loaded"]


def test_a_load_that_fails_half_way_leaves_nothing(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(session, key, digest):
        if key == (ThingKind.TRACK, "rain"):
            raise RuntimeError
        return mark_loaded(session, key, digest)

    monkeypatch.setattr("heartport.library.loading.mark_loaded", fail)
    with pytest.raises(RuntimeError):
        load_library(small_library(tmp_path))
    with reading(Store.MAIN) as session:
        assert stored_things(session) == {}


def test_every_shipped_thing_written_as_a_file_again_reads_as_the_same(tmp_path: Path):
    """What an editor is given to change says all that is stored."""
    library = read_library(small_library(tmp_path))
    for kind, thing_id, document in library.documents():
        room = {ThingKind.ARTICLE: "articles", ThingKind.TRACK: "tracks", ThingKind.NEWS: "news"}.get(kind)
        ending = ".yaml" if kind is ThingKind.TRACK else ".md"
        name = f"{room}/{thing_id}{ending}" if room else f"{LIST_FILES[thing_id]}.yaml"
        put(tmp_path, name, file_of(kind, document))
    again = {(kind, thing_id): document for kind, thing_id, document in read_library(tmp_path).documents()}
    for kind, thing_id, document in library.documents():
        assert digest_of(again[kind, thing_id]) == digest_of(document)
        assert document_of(text_of(document)) == document


LIST_FILES = {"categories": "categories", "topics": "article_topics"}
