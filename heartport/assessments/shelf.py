"""The shelf: the scales that an employee may open by themselves, ready to send.

All files are read once, at start; a file that breaks a rule of the language stops the start. Production offers
only files that a professional signed off for this deployment; the demonstration offers unsigned ones too, with
a note that says so.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from heartport.assessments.cards import CrisisCard
from heartport.assessments.reviews import ReviewedFiles
from heartport.assessments.schemas import scale_brief_out, scale_out
from heartport.errors import NotFound, Stale
from heartport.scoring.language import Scale
from heartport.scoring.library import Library, load_library
from heartport.web.entity_tags import Entity, entity
from heartport.web.languages import LANGUAGES


class ScaleUnknown(NotFound):
    """There is no such scale, or it is not one that an employee opens by themselves."""

    code = "scale_unknown"
    detail = "没有找到这份测评。"


class ScaleOutdated(Stale):
    """The answers belong to another version of the scale."""

    code = "scale_outdated"
    detail = "这份测评已更新，请重新打开后作答。"


class ScaleRetired(Stale):
    """The answers belong to a version that was withdrawn."""

    code = "scale_retired"
    detail = "这个版本的测评已停用，不能再作答。请重新打开测评。"


class Shelf:
    """All scales, and which of them are offered."""

    def __init__(self, library: Library, card: CrisisCard, reviewed: ReviewedFiles, demo: bool) -> None:
        self._library = library
        self._card = card
        self._reviewed = reviewed
        self._demo = demo
        self._for_employees = frozenset(scale for scale in library.versions.values() if _is_for_employees(scale))

    @cached_property
    def _pages(self) -> dict[tuple[Scale, str, bool], Entity]:
        """Every page that `GET /scales/{id}` can send, by version, language, and whether it is signed off."""
        return {
            (scale, language, signed): entity(_json(scale_out(scale, language, self._card, signed)))
            for scale in self._for_employees
            for language in LANGUAGES
            for signed in (False, True)
        }

    def offered(self, scale_id: str) -> Scale:
        """Return a scale that an employee may take now; raises `ScaleUnknown`."""
        scale = self._library.current.get(scale_id)
        if scale is None or not self._is_offered(scale):
            raise ScaleUnknown
        return scale

    def answerable(self, scale_id: str, version: str) -> Scale:
        """Return the version to which answers may be given: the current one, or an older one that was not withdrawn.

        How long an older one may be answered, and by whom, is for `drafts` to say. Raises `ScaleUnknown`,
        `ScaleOutdated` or `ScaleRetired`.
        """
        current = self.offered(scale_id)
        scale = current if version == current.version else self.version(scale_id, version)
        if scale is None:
            raise ScaleOutdated
        if not self._is_offered(scale):
            raise ScaleRetired
        return scale

    def page(self, scale_id: str, language: str, version: str | None = None) -> Entity:
        """Return one version as a client needs it to ask, by default the current one; raises as `answerable` does."""
        scale = self.offered(scale_id) if version is None else self.answerable(scale_id, version)
        return self._pages[scale, language, self._reviewed.holds(scale.hash)]

    def list(self, language: str, category: str | None, text: str | None) -> list[dict[str, Any]]:
        """Return the offered scales in brief, by category and by a word of their title or summary."""
        briefs = [
            scale_brief_out(scale, language, self._reviewed.holds(scale.hash))
            for scale in self._library.current.values()
            if self._is_offered(scale) and category in (None, scale.category)
        ]
        word = (text or "").strip().casefold()
        return [brief for brief in briefs if word in _searched(brief)]

    def version(self, scale_id: str, version: str) -> Scale | None:
        """Return the very version under which a stored result was scored, if its file is still there."""
        return self._library.find(scale_id, version)

    def all_ids(self) -> tuple[str, ...]:
        """Return the ids of all scales in any version, offered or not."""
        return tuple(sorted({scale_id for scale_id, _ in self._library.versions}))

    def knows(self, scale_id: str) -> bool:
        """Tell whether there is a scale of this id in any version, offered or not."""
        return any(known == scale_id for known, _ in self._library.versions)

    def _is_offered(self, scale: Scale) -> bool:
        return scale in self._for_employees and (self._demo or self._reviewed.holds(scale.hash))


def init_app(app: Flask, folders: Sequence[Path], card: CrisisCard, demo: bool) -> None:
    """Read all scale files; raises `ScalesRefused` with every problem."""
    app.extensions["heartport.shelf"] = Shelf(load_library(folders), card, ReviewedFiles(), demo)


def current_shelf() -> Shelf:
    """Return the shelf of the current application."""
    shelf: Shelf = current_app.extensions["heartport.shelf"]
    return shelf


def _is_for_employees(scale: Scale) -> bool:
    free = scale.licence.wording.state != "noncommercial"
    return scale.status == "published" and scale.opened_by == "self" and scale.has_wording and free


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _searched(brief: dict[str, Any]) -> str:
    return " ".join((brief["id"], brief["title"], brief["summary"])).casefold()
