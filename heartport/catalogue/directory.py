"""The catalogue of this deployment, with what clients fetch of it made once."""

import json
from collections.abc import Collection
from datetime import date
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app

from heartport import clock
from heartport.catalogue.files import FILE_NAME, read_catalogue
from heartport.catalogue.rules import Catalogue, Topic
from heartport.catalogue.schemas import theme_out, topic_out
from heartport.errors import Conflict, NotFound
from heartport.web.entity_tags import Entity, entity


class TopicUnknown(NotFound):
    """There is no topic of this code, and never was."""

    code = "topic_unknown"
    detail = "没有找到这个课题。"


class TopicWithdrawn(Conflict):
    """The topic is not offered any more; what was booked stays booked."""

    code = "topic_withdrawn"
    detail = "这个课题已经停止受理，请换一个课题；已经约好的场次不受影响。"


class Directory:
    """All topics by their codes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._topics = {topic.code: topic for topic in catalogue.topics}
        self._pages = {
            topic.code: _entity(topic_out(topic, theme)) for theme in catalogue.themes for topic in theme.topics
        }
        self.qualifications = {each.id: each.title for each in catalogue.qualifications}
        self.themes_on = lru_cache(maxsize=2)(self._themes_on)

    def find(self, code: str) -> Topic:
        """Return a topic, offered or not; raises `TopicUnknown`."""
        topic = self._topics.get(code)
        if topic is None:
            raise TopicUnknown
        return topic

    def find_offered(self, code: str) -> Topic:
        """Return a topic that can be asked for today; raises `TopicUnknown` or `TopicWithdrawn`."""
        topic = self.find(code)
        if not topic.is_offered(clock.today()):
            raise TopicWithdrawn
        return topic

    def get(self, code: str) -> Topic | None:
        """Return a topic, or None where an editor took it out of the file altogether."""
        return self._topics.get(code)

    def page(self, code: str) -> Entity:
        """Return what clients see of one topic; raises `TopicUnknown`."""
        return self._pages[self.find(code).code]

    def topics_at(self, codes: Collection[str]) -> list[Topic]:
        """Return the topics of these codes, and all of a theme whose code is among them, in the catalogue's order."""
        return [
            topic
            for theme in self._catalogue.themes
            for topic in theme.topics
            if theme.code in codes or topic.code in codes
        ]

    def _themes_on(self, day: date) -> Entity:
        items = []
        for theme in self._catalogue.themes:
            offered = [topic for topic in theme.topics if topic.is_offered(day)]
            items += [theme_out(theme, offered)] if offered else []
        return _entity({"items": items, "next_cursor": None})


def init_app(app: Flask, content_dir: Path) -> None:
    """Read the file of topics; raises `ContentRefused` with every problem."""
    app.extensions["heartport.catalogue"] = Directory(read_catalogue(content_dir / FILE_NAME))


def current_catalogue() -> Directory:
    """Return the catalogue of the current application."""
    directory: Directory = current_app.extensions["heartport.catalogue"]
    return directory


def _entity(page: object) -> Entity:
    return entity(json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode())
