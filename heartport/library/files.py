"""Files of the library: articles and news as Markdown with front matter, tracks and lists as YAML.

docs/content-format.md describes them. Everything is read, checked and reported at once; nothing is half taken over.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from heartport.content import ContentRefused, read_content, read_page, read_text
from heartport.library.bodies import read_body
from heartport.library.captions import read_captions
from heartport.library.documents import Document, file_facts, plain_document
from heartport.library.file_schemas import ArticleHead, CategoriesFile, NewsHead, SynonymsFile, TopicsFile, TrackFile
from heartport.library.rules import (
    LONGEST_SLUG,
    NOTICE,
    Holds,
    Kind,
    Review,
    Source,
    ThingKind,
    chinese_characters,
    crisis_problem,
    is_slug,
    length_problem,
    review_problem,
    source_problems,
)
from heartport.library.things import (
    Article,
    Category,
    Library,
    NewsItem,
    Synonyms,
    Topic,
    Track,
    categories_document,
    topics_document,
)

SUFFIX = {Kind.AUDIO: ".m4a", Kind.VIDEO: ".mp4"}
"""AAC in MPEG-4, and H.264 with it: what WeChat plays on Android and on iOS alike."""

LONGEST_NEWS = 20_000
LARGEST_MEDIA = 2_500_000
LARGEST_COVER = 40_000
"""Bytes; a whole page of covers must load over a weak network."""

Found = TypeVar("Found")


def read_library(folder: Path) -> Library:
    """Return what the files of a content folder hold; raises `ContentRefused` with every problem of every file."""
    problems: list[str] = []
    categories = _gather(problems, [folder / "categories.yaml"], _read_categories)
    topics = _gather(problems, [folder / "article_topics.yaml"], _read_topics)
    synonyms = _gather(problems, [folder / "synonyms.yaml"], read_synonyms)
    library = Library(
        categories=tuple(each for group in categories for each in group),
        topics=tuple(each for group in topics for each in group),
        articles=_gather(problems, _files(folder / "articles", ".md"), partial(_read_article, folder)),
        tracks=_gather(problems, _files(folder / "tracks", ".yaml"), partial(_read_track, folder)),
        news=_gather(problems, _files(folder / "news", ".md"), _read_news),
        synonyms=tuple(each for group in synonyms for each in group),
    )
    problems += _strays(folder)
    # Where a list could not be read, everything would seem to ask for what is not in it.
    if categories and topics:
        problems += _references(folder, library)
    if problems:
        raise ContentRefused(problems)
    return library


def read_document(kind: ThingKind, thing_id: str, path: Path, folder: Path) -> Document:
    """Return what one file says of a thing whose sound and pictures lie in a folder; raises `ContentRefused`.

    Whether its category and its topics are there is for the caller to say.
    """
    if kind is ThingKind.ARTICLE:
        return _read_article(folder, path).document
    if kind is ThingKind.TRACK:
        return _read_track(folder, path, thing_id).document
    if kind is ThingKind.NEWS:
        return _read_news(path).document
    return (
        categories_document(_read_categories(path)) if thing_id == "categories" else topics_document(_read_topics(path))
    )


def _gather(problems: list[str], paths: Iterable[Path], read: Callable[[Path], Found]) -> tuple[Found, ...]:
    found = []
    for path in paths:
        try:
            found.append(read(path))
        except ContentRefused as refused:
            problems += refused.problems
    return tuple(found)


def _files(folder: Path, suffix: str) -> list[Path]:
    return sorted(path for path in folder.glob(f"*{suffix}") if not path.name.startswith("."))


def _strays(folder: Path) -> Iterator[str]:
    """Name files that nobody would ever read because of where they lie or how they are called."""
    for room, suffixes in (("articles", {".md"}), ("tracks", {".yaml"}), ("news", {".md"})):
        for path in sorted((folder / room).glob("*")):
            if path.suffix not in suffixes or not is_slug(path.stem):
                ends = " or ".join(suffixes)
                yield f"{path}: Its name must be at most {LONGEST_SLUG} of a-z, 0-9 and -, and end with {ends}."


def _read_categories(path: Path) -> tuple[Category, ...]:
    entries = read_content(path, CategoriesFile())["categories"]
    _refuse(path, _repeats("categories", [each["id"] for each in entries], "id"))
    return tuple(Category(**each) for each in entries)


def _read_topics(path: Path) -> tuple[Topic, ...]:
    entries = read_content(path, TopicsFile())["topics"]
    _refuse(path, _repeats("topics", [each["id"] for each in entries], "id"))
    return tuple(Topic(**each) for each in entries)


def read_synonyms(path: Path) -> tuple[Synonyms, ...]:
    """Return what people say otherwise; raises `ContentRefused`."""
    groups = read_content(path, SynonymsFile())["groups"]
    seen: set[str] = set()
    problems = []
    for place, group in enumerate(groups, start=1):
        problems += [f" › groups › {place} › said: {word} is there twice." for word in group["said"] if word in seen]
        seen.update(group["said"])
    _refuse(path, problems)
    return tuple(
        Synonyms(tuple(each["said"]), tuple(each["also"]), tuple(each["topics"]), each["crisis"]) for each in groups
    )


def _read_article(folder: Path, path: Path) -> Article:
    page = read_page(path, ArticleHead())
    head = page.head
    blocks, wrongs = read_body(page.body)
    texts = [text for block in blocks for text in block.texts]
    characters = sum(map(chinese_characters, texts))
    cover = folder / "covers" / head["cover"]
    review = Review(head["reviewer"], head["reviewed_on"])
    problems = [f", line {page.body_line + wrong.line - 1}: {wrong.what}" for wrong in wrongs]
    problems += _said(
        length_problem(characters),
        crisis_problem([*texts, head["title"], head["summary"], head["today"]], head["crisis"]),
        review_problem(review),
        *source_problems(texts, len(head["sources"])),
        _cover_problem(cover),
    )
    _refuse(path, problems)
    return Article(
        slug=path.stem,
        **_plain(head),
        review=review,
        cover=cover,
        blocks=blocks,
        characters=characters,
        document=plain_document(head, body=page.body.strip(), files={"cover": file_facts(cover)}),
    )


def _read_news(path: Path) -> NewsItem:
    page = read_page(path, NewsHead())
    blocks, wrongs = read_body(page.body)
    texts = [text for block in blocks for text in block.texts]
    problems = [f", line {page.body_line + wrong.line - 1}: {wrong.what}" for wrong in wrongs]
    problems += _said(*source_problems(texts, len(page.head["sources"])), _news_problem(page.body, texts))
    _refuse(path, problems)
    document = plain_document(page.head, body=page.body.strip())
    return NewsItem(slug=path.stem, **_plain(page.head), blocks=blocks, document=document)


def _read_track(folder: Path, path: Path, thing_id: str | None = None) -> Track:
    head = read_content(path, TrackFile())
    media = folder / "media" / f"{thing_id or path.stem}{SUFFIX[head['kind']]}"
    captions, cover = media.with_suffix(".vtt"), folder / "covers" / head["cover"]
    cues, wrongs = read_captions(read_text(captions), head["seconds"])
    _refuse(captions, [f", line {wrong.line}: {wrong.what}" for wrong in wrongs])
    review = Review(head["reviewer"], head["reviewed_on"])
    problems = _said(
        review_problem(review),
        _media_problem(media),
        _cover_problem(cover),
        None if NOTICE in cues[0].text else f"The first cue of {captions.name} must hold {NOTICE}",
    )
    _refuse(path, problems)
    files = {"cover": file_facts(cover), "media": file_facts(media), "captions": file_facts(captions)}
    return Track(
        slug=path.stem,
        **_plain(head),
        review=review,
        cover=cover,
        media=media,
        captions=captions,
        cues=cues,
        document=plain_document(head, cues=[[each.starts_ms, each.ends_ms, each.text] for each in cues], files=files),
    )


def _news_problem(body: str, texts: Sequence[str]) -> str | None:
    if not texts:
        return "There is no text."
    return f"The text has more than {LONGEST_NEWS} characters." if len(body) > LONGEST_NEWS else None


def _said(*problems: str | None) -> list[str]:
    return [f": {problem}" for problem in problems if problem]


def _refuse(path: Path, problems: Sequence[str]) -> None:
    """Raise `ContentRefused` with what is wrong in one file, each beginning with what parts it from the name."""
    if problems:
        raise ContentRefused([f"{path}{problem}" for problem in problems])


def _plain(head: Mapping[str, Any]) -> dict[str, Any]:
    """Return the front matter with its lists made unchangeable and its sources made `Source`."""
    return {
        **{key: value for key, value in head.items() if key not in ("reviewer", "reviewed_on", "cover")},
        "topics": tuple(head["topics"]),
        "sources": tuple(Source(**each) for each in head["sources"]),
    }


def _media_problem(media: Path) -> str | None:
    if not media.is_file():
        return f"The file media/{media.name} is missing."
    if media.stat().st_size > LARGEST_MEDIA:
        return f"The file media/{media.name} has more than {LARGEST_MEDIA} bytes."
    return None


def _cover_problem(cover: Path) -> str | None:
    if not cover.is_file():
        return f"The picture covers/{cover.name} is missing."
    if cover.stat().st_size > LARGEST_COVER:
        return f"The picture covers/{cover.name} has more than {LARGEST_COVER} bytes."
    return None


def _repeats(place: str, values: Sequence[str], key: str) -> list[str]:
    return [
        f" › {place} › {number} › {key}: {value} is there twice."
        for number, value in enumerate(values, start=1)
        if value in values[: number - 1]
    ]


def _references(folder: Path, library: Library) -> Iterator[str]:
    """Say which things ask for a category or a topic that no list holds, and which share a title."""
    known = {each.id for each in library.topics}
    for room, suffix, things, holds in (
        ("articles", ".md", library.articles, Holds.ARTICLES),
        ("tracks", ".yaml", library.tracks, Holds.TRACKS),
        ("news", ".md", library.news, None),
    ):
        shelves = {each.id for each in library.categories if each.holds is holds}
        titles: dict[str, str] = {}
        for thing in things:
            path = folder / room / f"{thing.slug}{suffix}"
            yield from (f"{path} › topics: There is no topic {each}." for each in thing.topics if each not in known)
            if not isinstance(thing, NewsItem) and thing.category not in shelves:
                yield f"{path} › category: There is no category {thing.category} of {room}."
            if titles.setdefault(thing.title, thing.slug) != thing.slug:
                yield f"{path} › title: {titles[thing.title]} has this title already."
    for place, group in enumerate(library.synonyms, start=1):
        for topic in group.topics:
            if topic not in known:
                yield f"{folder / 'synonyms.yaml'} › groups › {place} › topics: There is no topic {topic}."
