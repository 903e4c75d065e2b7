"""The shelf: the scales that an employee may open by themselves, ready to send.

All files are read once, at start; a file that breaks a rule of the language stops the start. Production offers
only files that a professional signed off for this deployment; the demonstration offers unsigned ones too, with
a note that says so.
"""

import json
from collections.abc import Collection
from functools import cached_property

from flask import Flask

from heartport.assessments.cards import CrisisCard
from heartport.assessments.reviews import ReviewedFiles
from heartport.assessments.scale_schemas import ScaleBriefOut, ScaleOut, scale_brief_out, scale_out
from heartport.config import Settings
from heartport.errors import NotFound, Stale
from heartport.extensions import registry
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

    def __init__(
        self, library: Library, card: CrisisCard, reviewed: ReviewedFiles, demo: bool, noncommercial: bool = False
    ) -> None:
        self._library = library
        self._card = card
        self._reviewed = reviewed
        self._demo = demo
        self._noncommercial = noncommercial
        takeable = [each for each in library.versions.values() if self._can_be_taken(each)]
        self._for_employees = frozenset(each for each in takeable if each.opened_by == "self")
        self._to_open = frozenset(takeable) - self._for_employees

    @cached_property
    def _pages(self) -> dict[tuple[Scale, str, bool], Entity]:
        """Every page that `GET /scales/{id}` can send, by version, language, and whether it is signed off."""
        return {
            (scale, language, signed): entity(_json(scale_out(scale, language, self._card, signed)))
            for scale in self._for_employees | self._to_open
            for language in LANGUAGES
            for signed in (False, True)
        }

    def offered(self, scale_id: str, opened: Collection[str] = ()) -> Scale:
        """Return a scale that an employee may take now, `opened` ones among them; raises `ScaleUnknown`."""
        scale = self._library.current.get(scale_id)
        if scale is None or not self.is_offered(scale, opened):
            raise ScaleUnknown
        return scale

    def answerable(self, scale_id: str, version: str, opened: Collection[str] = ()) -> Scale:
        """Return the version to which answers may be given: the current one, or an older one that was not withdrawn.

        How long an older one may be answered, and by whom, is for `drafts` to say. Raises `ScaleUnknown`,
        `ScaleOutdated` or `ScaleRetired`.
        """
        current = self.offered(scale_id, opened)
        scale = current if version == current.version else self.version(scale_id, version)
        if scale is None:
            raise ScaleOutdated
        if not self.is_offered(scale, opened):
            raise ScaleRetired
        return scale

    def page(self, scale_id: str, language: str, version: str | None = None, opened: Collection[str] = ()) -> Entity:
        """Return one version as a client needs it to ask, by default the current one; raises as `answerable` does."""
        scale = self.offered(scale_id, opened) if version is None else self.answerable(scale_id, version, opened)
        return self._pages[scale, language, self._reviewed.holds(scale.reviewed_hash)]

    def list(
        self, language: str, category: str | None, text: str | None, opened: Collection[str] = ()
    ) -> list[ScaleBriefOut]:
        """Return the offered scales in brief, by category and by a word of their title or summary."""
        briefs = [
            scale_brief_out(scale, language, self._reviewed.holds(scale.reviewed_hash))
            for scale in self._library.current.values()
            if self.is_offered(scale, opened) and category in (None, scale.category)
        ]
        word = (text or "").strip().casefold()
        return [brief for brief in briefs if word in _searched(brief)]

    def version(self, scale_id: str, version: str) -> Scale | None:
        """Return the very version under which a stored result was scored, if its file is still there."""
        return self._library.find(scale_id, version)

    def current(self, scale_id: str) -> Scale | None:
        """Return the current version, offered or not, or None where there is no file of this id."""
        return self._library.current.get(scale_id)

    def all_ids(self) -> tuple[str, ...]:
        """Return the ids of all scales in any version, offered or not."""
        return tuple(sorted({scale_id for scale_id, _ in self._library.versions}))

    def all_versions(self) -> tuple[Scale, ...]:
        """Return every version of every scale, offered or not; of one scale the older ones first."""
        return tuple(sorted(self._library.versions.values(), key=lambda each: (each.id, _numbers(each.version))))

    def knows(self, scale_id: str) -> bool:
        """Tell whether there is a scale of this id in any version, offered or not."""
        return any(known == scale_id for known, _ in self._library.versions)

    def is_offered(self, scale: Scale, opened: Collection[str] = ()) -> bool:
        """Tell whether an employee may take it now: everybody may, or it is among those `opened` for this one."""
        for_them = scale in self._for_employees or (scale.id in opened and scale in self._to_open)
        return for_them and (self._demo or self._reviewed.holds(scale.reviewed_hash))

    def can_be_opened(self, scale_id: str) -> bool:
        """Tell whether it is a scale that waits for a professional to open it."""
        return self._library.current.get(scale_id) in self._to_open

    def _can_be_taken(self, scale: Scale) -> bool:
        """Tell whether the file has its words, and the licence lets this deployment show them."""
        allowed = self._noncommercial or scale.licence.wording.state != "noncommercial"
        return scale.status == "published" and scale.has_wording and allowed


def init_app(app: Flask, settings: Settings, card: CrisisCard) -> None:
    """Read all scale files; raises `ScalesRefused` with every problem."""
    library = load_library(settings.scale_dirs)
    app.extensions["heartport.shelf"] = Shelf(library, card, ReviewedFiles(), settings.demo, settings.noncommercial)


def current_shelf() -> Shelf:
    """Return the shelf of the current application."""
    shelf: Shelf = registry()["heartport.shelf"]
    return shelf


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _json(value: ScaleOut) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _searched(brief: ScaleBriefOut) -> str:
    return " ".join((brief["id"], brief["title"], brief["summary"])).casefold()
