from datetime import date
from pathlib import Path

import pytest

from heartport.content import ContentRefused
from heartport.library import files
from heartport.library.files import read_library
from heartport.library.rules import Kind, Level, Status
from tests.library.shelves import ARTICLE, BODY, NEWS, SYNONYMS, TOPICS, TRACK, article, put, small_library


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return small_library(tmp_path)


def problems(folder: Path) -> list[str]:
    with pytest.raises(ContentRefused) as caught:
        read_library(folder)
    return [problem.removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_a_right_library_is_read_whole(library):
    found = read_library(library)
    (one,) = found.articles
    assert (one.slug, one.level, one.characters, one.minutes) == ("one", Level.FIRST, 600, 3)
    assert (one.published_on, one.status, one.topics) == (date(2026, 11, 20), Status.PUBLISHED, ("sleep",))
    assert (one.sources[0].year, one.sources[0].url) == (2020, "https://doi.org/10.1000/1")
    assert one.review.note == "未经临床审阅的示例稿"
    (rain,) = found.tracks
    assert (rain.kind, rain.seconds, rain.loops, len(rain.cues)) == (Kind.AUDIO, 120, True, 1)
    assert rain.media == library / "media" / "rain.m4a"
    assert [item.slug for item in found.news] == ["one"]
    assert found.synonyms[0].also == ("失眠",)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("title: 一个标题\n", "", " › title: Missing data"),
        ("title: 一个标题", "title: 长" + "长" * 40, " › title: Longer than"),
        ("category: self", "colour: red\ncategory: self", " › colour: Unknown field."),
        ("category: self", "category: self\ncategory: self", ": is not YAML, line 6: the key category is there twice"),
        ("today: 今天做一件事", "today: [", ": is not YAML, line 6: "),
        ("category: self", "category: work", " › category: There is no category work of articles."),
        ("category: self", "category: nature", " › category: There is no category nature of articles."),
        ("[sleep]", "[nap]", " › topics: There is no topic nap."),
        ("[sleep]", "[]", " › topics: Length must be"),
        ("[sleep]", "[sleep, sleep]", " › topics: One is there twice."),
        ("level: first", "level: expert", " › level: Must be one of"),
        ("crisis: false", "crisis: maybe", " › crisis: Not a valid boolean."),
        ("cover: one.svg", "cover: two.svg", ": The picture covers/two.svg is missing."),
        ("cover: one.svg", "cover: ../one.svg", " › cover: Must be the name of"),
        ("reviewer: null\n", "", " › reviewer: Missing data"),
        ("reviewer: null", "reviewer: 林医生", ": A review has a name and a day"),
        ("2026-11-20", "soon", " › published_on: Not a valid date."),
        ("2026-11-20", "2026-11-20 10:00:00", " › published_on: Must be a date without"),
        ("status: published", "status: secret", " › status: Must be one of"),
        ("year: 2020", "year: '2020'", " › sources › 1 › year: Not a valid integer."),
        ("https://doi", "http://doi", " › sources › 1 › url: Not a valid URL."),
        ("字[1]", "字", ": Source 1 is never marked."),
        ("字[1]", "[1]", ": The text has 599 Chinese characters; 600 to 1200 are asked for."),
        ("字[1]", "字" * 602 + "[1]", ": The text has 1201 Chinese characters"),
        ("字[1]", "字[1]\n\n研究说如此", ": “研究” is said without the mark of a source"),
        ("字[1]", "字[1][2]", ": [2] is the mark of no source."),
        ("字[1]", "字[1]\n\n他不想活了", ": “不想活” is spoken of: crisis must be true"),
        ("字[1]", "字[1]\n\n# 大标题", ", line 21: Of headings there is only ##"),
        ("---\ntitle", "title", ", line 1: The front matter is missing"),
        ("\n---\n\n", "\n\n", ", line 1: The front matter has no end"),
    ],
)
def test_a_wrong_article_is_refused_with_the_place(library, old, new, problem):
    put(library, "articles/one.md", article(old, new))
    found = problems(library)
    assert len(found) == 1
    assert found[0].startswith(f"articles/one.md{problem}")


def test_an_article_without_a_source_is_refused(library):
    head = ARTICLE.partition("sources:")[0] + "sources: []\n---\n"
    put(library, "articles/one.md", head + "字" * 600)
    assert problems(library) == ["articles/one.md › sources: Length must be between 1 and 8."]


def test_an_article_may_begin_with_the_mark_that_some_editors_write(library):
    put(library, "articles/one.md", "\ufeff" + article())
    assert len(read_library(library).articles) == 1


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("kind: audio", "kind: song", "tracks/rain.yaml › kind: Must be one of"),
        ("kind: audio", "kind: video", "tracks/rain.yaml: The file media/rain.mp4 is missing."),
        ("seconds: 120", "seconds: 120.5", "tracks/rain.yaml › seconds: Not a valid integer."),
        ("seconds: 120", "seconds: 10", "tracks/rain.yaml › seconds: Must be greater"),
        ("loops: true", "loops: true\nvolume: 3", "tracks/rain.yaml › volume: Unknown field."),
        ("category: nature", "category: self", "tracks/rain.yaml › category: There is no category self of tracks."),
    ],
)
def test_a_wrong_track_is_refused_with_the_place(library, old, new, problem):
    put(library, "tracks/rain.yaml", TRACK.replace(old, new))
    (found,) = problems(library)
    assert found.startswith(problem)


def test_a_track_opens_with_the_notice(library):
    put(library, "media/rain.vtt", "WEBVTT\n\n00:00.000 --> 00:06.000\n下雨了\n")
    (found,) = problems(library)
    assert found.startswith("tracks/rain.yaml: The first cue of rain.vtt must hold 驾驶、骑行时请勿收听")


def test_wrong_captions_are_told_by_file_and_line(library):
    put(library, "media/rain.vtt", "WEBVTT\n\n00:00.000 --> 00:00.000\n下雨了\n")
    assert problems(library) == ["media/rain.vtt, line 3: The cue ends before it begins."]


def test_a_track_without_captions_is_refused(library):
    (library / "media" / "rain.vtt").unlink()
    assert problems(library) == ["media/rain.vtt: cannot be opened"]


def test_what_is_too_large_for_a_phone_is_refused(library, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_MEDIA", 4)
    monkeypatch.setattr(files, "LARGEST_COVER", 5)
    assert problems(library) == [
        "articles/one.md: The picture covers/one.svg has more than 5 bytes.",
        "tracks/rain.yaml: The file media/rain.m4a has more than 4 bytes.",
        "tracks/rain.yaml: The picture covers/one.svg has more than 5 bytes.",
    ]


def test_two_of_a_kind_may_not_share_a_title(library):
    put(library, "articles/two.md", article())
    assert problems(library) == ["articles/two.md › title: one has this title already."]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (
            "article_topics.yaml",
            TOPICS + "  - {id: sleep, title: 觉}\n",
            "article_topics.yaml › topics › 2 › id: sleep is there twice.",
        ),
        (
            "synonyms.yaml",
            SYNONYMS + "  - {said: [睡不着], also: [醒]}\n",
            "synonyms.yaml › groups › 2 › said: 睡不着 is there twice.",
        ),
        (
            "synonyms.yaml",
            SYNONYMS.replace("[sleep]", "[nap]"),
            "synonyms.yaml › groups › 1 › topics: There is no topic nap.",
        ),
        (
            "synonyms.yaml",
            SYNONYMS.replace("[失眠]", "[]"),
            "synonyms.yaml › groups › 1 › also: Shorter than minimum length 1.",
        ),
        ("news/one.md", NEWS.replace("一段。", ""), "news/one.md: There is no text."),
        ("news/one.md", NEWS.replace("一段。", "世界卫生组织说"), "news/one.md: “世界卫生组织” is said without"),
        ("articles/Two.md", "x", "articles/Two.md, line 1: The front matter is missing"),
        ("articles/two.txt", "x", "articles/two.txt: Its name must be at most 60 of a-z, 0-9 and -, and end with .md."),
    ],
)
def test_lists_and_news_are_checked_the_same_way(library, name, text, problem):
    put(library, name, text)
    assert problems(library)[0].startswith(problem)


def test_all_files_are_told_of_at_once(library):
    put(library, "articles/one.md", article(body=BODY[5:]))
    put(library, "tracks/rain.yaml", TRACK.replace("120", "x"))
    put(library, "news/one.md", "x")
    assert len(problems(library)) == 3


def test_a_list_that_cannot_be_read_does_not_put_every_file_in_the_wrong(library):
    (library / "article_topics.yaml").unlink()
    assert problems(library) == ["article_topics.yaml: cannot be opened"]
