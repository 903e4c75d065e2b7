"""A small, right library in a folder of its own, for tests to break."""

from functools import cache
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from heartport.config import ROOT
from heartport.extensions import Model
from heartport.library.files import read_library
from heartport.library.loading import take_over
from heartport.library.models import LibraryRevision, LibrarySlug, LibraryThing
from heartport.library.rules import NOTICE
from heartport.library.shelf import forget_shelf
from heartport.library.things import Library
from heartport.stores import Store, reading, write_transaction

ARTICLE = """---
title: 一个标题
summary: 一句话
today: 今天做一件事
category: self
topics: [sleep]
level: first
crisis: false
cover: one.svg
author: 心港编辑组
reviewer: null
reviewed_on: null
published_on: 2026-11-20
status: published
sources:
  - {title: 一本书, by: 某人, year: 2020, where: 某刊, url: 'https://doi.org/10.1000/1'}
---

{body}
"""
BODY = "字" * 600 + "[1]"
TRACK = """title: 一段声音
summary: 一句话
kind: audio
category: nature
topics: [sleep]
seconds: 120
loops: true
cover: one.svg
author: 心港编辑组
reviewer: null
reviewed_on: null
published_on: 2026-11-20
status: published
sources: []
"""
NEWS = """---
title: 一条消息
summary: 一句话
topics: []
author: 心港编辑组
published_on: 2026-11-20
status: draft
sources: []
---
一段。
"""
CATEGORIES = """categories:
  - {id: self, title: 自我, summary: 一句话, holds: articles}
  - {id: nature, title: 自然, summary: 一句话, holds: tracks}
"""
TOPICS = "topics:\n  - {id: sleep, title: 睡眠}\n"
SYNONYMS = "groups:\n  - {said: [睡不着], also: [失眠], topics: [sleep]}\n"
CAPTIONS = f"WEBVTT\n\n00:00.000 --> 00:06.000\n{NOTICE}\n"


@cache
def shipped_library() -> Library:
    """Return what the repository ships, read once."""
    return read_library(ROOT / "content")


ROWS: dict[type[Model], list[dict[str, object]]] = {}
"""What the shipped library becomes in the database, kept so that the next test need not work it out."""


def load_shipped() -> None:
    """Load what the repository ships into empty stores."""
    if ROWS:
        write_transaction(
            Store.MAIN, lambda session: [session.execute(insert(each), rows) for each, rows in ROWS.items()]
        )
        forget_shelf()
        return
    take_over(shipped_library())
    with reading(Store.MAIN) as session:
        for model in (LibraryThing, LibrarySlug, LibraryRevision):
            ROWS[model] = [dict(row) for row in session.execute(select(*model.__table__.columns)).mappings()]


def put_rows(session: Session) -> None:
    for model, rows in ROWS.items():
        session.execute(insert(model), rows)


def article(old: str = "", new: str = "", body: str = BODY) -> str:
    """Return an article with one thing changed."""
    return ARTICLE.replace("{body}", body).replace(old, new) if old else ARTICLE.replace("{body}", body)


def small_library(folder: Path) -> Path:
    """Write a right library and return its folder."""
    files = {
        "categories.yaml": CATEGORIES,
        "article_topics.yaml": TOPICS,
        "synonyms.yaml": SYNONYMS,
        "articles/one.md": article(),
        "tracks/rain.yaml": TRACK,
        "news/one.md": NEWS,
        "media/rain.vtt": CAPTIONS,
        "media/rain.m4a": "sound",
        "covers/one.svg": "<svg/>",
    }
    for name, text in files.items():
        put(folder, name, text)
    return folder


def put(folder: Path, name: str, text: str) -> None:
    """Write one file of a library."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
