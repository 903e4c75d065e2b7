"""The reflections of this deployment, with what clients fetch of them made once."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from heartport.errors import Invalid, NotFound, Stale
from heartport.hotlines.service import hotline_numbers, list_hotlines_of
from heartport.reflections.files import load_cards, load_reflections
from heartport.reflections.rules import Reflection, SafetyCard
from heartport.reflections.schemas import SafetyCardOut, card_out, reflection_brief_out, reflection_out
from heartport.web.entity_tags import Entity, entity

CARDS = ("violence", "child_safety")


class ReflectionUnknown(NotFound):
    """There is no such reflection."""

    code = "reflection_unknown"
    detail = "没有找到这份自我梳理。"


class ReflectionOutdated(Stale):
    """The answers belong to another version."""

    code = "reflection_outdated"
    detail = "这份自我梳理已更新，请重新打开后作答。"


class ReflectionRefused(Invalid):
    """Some fields are wrong; nothing is kept, and cards come along."""

    code = "reflection_refused"
    detail = "有些地方还没有答好，请看一下标出的地方。"


class Directory:
    """All reflections, and the cards that they may raise."""

    def __init__(self, reflections: Sequence[Reflection], cards: Mapping[str, SafetyCard]) -> None:
        self._current = {each.id: each for each in reflections if not each.archived}
        self._versions = {(each.id, each.version): each for each in reflections}
        self._cards = cards
        self._pages = {each.id: _page(each) for each in self._current.values()}
        self.briefs = [reflection_brief_out(each) for each in self._current.values()]

    def find(self, reflection_id: str) -> Reflection:
        """Return the current version; raises `ReflectionUnknown`."""
        if reflection_id not in self._current:
            raise ReflectionUnknown
        return self._current[reflection_id]

    def page(self, reflection_id: str) -> Entity:
        """Return what a client needs to ask; raises `ReflectionUnknown`."""
        return self._pages[self.find(reflection_id).id]

    def version(self, reflection_id: str, version: str) -> Reflection | None:
        """Return the very version of a kept note, if its file is still there."""
        return self._versions.get((reflection_id, version))

    def card(self, name: str) -> SafetyCardOut:
        """Return a card with its hotlines, those that are open now first."""
        card = self._cards[name]
        return card_out(card, list_hotlines_of(card.hotlines))


def init_app(app: Flask, content_dir: Path) -> None:
    """Read all files, once the hotlines are there; raises `ContentRefused` with every problem."""
    with app.app_context():
        cards = load_cards(content_dir / "cards", CARDS, hotline_numbers())
    app.extensions["heartport.reflections"] = Directory(load_reflections(content_dir / "reflections", cards), cards)


def current_reflections() -> Directory:
    """Return the reflections of the current application."""
    directory: Directory = current_app.extensions["heartport.reflections"]
    return directory


def _page(reflection: Reflection) -> Entity:
    page: Any = reflection_out(reflection)
    return entity(json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode())
