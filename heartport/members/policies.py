"""The texts to which a person consents, one file a version; a published version never changes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypedDict

from marshmallow import Schema, fields, validate

from heartport.content import NOT_BLANK, ContentRefused, read_content
from heartport.web.shapes import Day, one_of

CURRENT = "current"
"""What a client may ask for in place of a version."""
VERSION = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])(?:\.[1-9][0-9]?)?\Z")


class Purpose(StrEnum):
    """The six consents, each its own switch, in the order in which they are shown."""

    ASSESSMENT = "assessment"
    KEEP_RESULTS = "keep_results"
    AGGREGATE = "aggregate"
    FOLLOW_UP = "follow_up"
    NOTIFICATIONS = "notifications"
    PERSONALISATION = "personalisation"

    @property
    def required(self) -> bool:
        """Whether refusing it blocks a self-assessment; that is so for the first alone."""
        return self is Purpose.ASSESSMENT


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What one consent means, and what follows when it is refused or withdrawn."""

    purpose: Purpose
    title: str
    text: str
    when_refused: str
    when_withdrawn: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the general text."""

    id: str
    title: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """One version; `example` says that the controller, whom the law wants named, is not filled in yet."""

    version: str
    published_on: date
    title: str
    controller: str
    contact: str
    general: tuple[Section, ...]
    consents: tuple[ConsentText, ...]
    example: bool


@dataclass(frozen=True, slots=True)
class Policies:
    """All versions that were ever published, the oldest first."""

    versions: tuple[Policy, ...]

    @property
    def current(self) -> Policy:
        """The newest version."""
        return self.versions[-1]

    def find(self, version: str) -> Policy | None:
        """Return a version, or None where there never was one."""
        return next((each for each in self.versions if each.version == version), None)


class ControllerOut(TypedDict):
    """Who answers for the processing, and how to reach them."""

    name: str
    contact: str


class SectionOut(TypedDict):
    """One part of the general text."""

    id: str
    title: str
    text: list[str]


class ConsentTextOut(TypedDict):
    """What one consent means, and what follows when it is refused or withdrawn."""

    purpose: Annotated[str, one_of(Purpose)]
    title: str
    text: str
    required: bool
    when_refused: str
    when_withdrawn: str


class PolicyOut(TypedDict):
    """One version of the texts of consent."""

    version: str
    published_on: Day
    title: str
    controller: ControllerOut
    general: list[SectionOut]
    consents: Annotated[list[ConsentTextOut], "The six switches, in the order in which they are shown."]


def load_policies(folder: Path) -> Policies:
    """Return all versions in a folder of `<version>.yaml`; raises `ContentRefused` with all problems."""
    found: list[Policy] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            found.append(load_policy(path))
        except ContentRefused as refused:
            problems += refused.problems
    if not found and not problems:
        problems = [f"{folder}: holds no policy (a file such as 2026-11.yaml)"]
    if problems:
        raise ContentRefused(problems)
    return Policies(tuple(sorted(found, key=lambda each: _place(each.version))))


def load_policy(path: Path) -> Policy:
    """Return the version in one file; raises `ContentRefused`."""
    raw = read_content(path, PolicyFile())
    if problems := _contradictions(raw, path.stem):
        raise ContentRefused([f"{path} › {problem}" for problem in problems])
    return Policy(
        version=raw["version"],
        published_on=raw["published_on"],
        title=raw["title"],
        controller=raw["controller"]["name"],
        contact=raw["controller"]["contact"],
        general=tuple(Section(each["id"], each["title"], tuple(each["text"])) for each in raw["general"]),
        consents=tuple(
            ConsentText(**{key: text for key, text in each.items() if key != "required"}) for each in raw["consents"]
        ),
        example=raw["example"],
    )


def policy_out(policy: Policy) -> PolicyOut:
    """Return a version as a client shows it: the general part, then the six consents in their order."""
    return {
        "version": policy.version,
        "published_on": policy.published_on.isoformat(),
        "title": policy.title,
        "controller": {"name": policy.controller, "contact": policy.contact},
        "general": [{"id": each.id, "title": each.title, "text": list(each.text)} for each in policy.general],
        "consents": [_consent_out(each) for each in policy.consents],
    }


def problems_for_production(policies: Policies) -> list[str]:
    """Say why production must not start with these texts; empty if it may."""
    if policies.current.example:
        return [f"policies: {policies.current.version} is marked `example: true` (name the controller in it)"]
    return []


def _consent_out(consent: ConsentText) -> ConsentTextOut:
    return {
        "purpose": consent.purpose.value,
        "title": consent.title,
        "text": consent.text,
        "required": consent.purpose.required,
        "when_refused": consent.when_refused,
        "when_withdrawn": consent.when_withdrawn,
    }


def _place(version: str) -> tuple[int, ...]:
    """Return what versions are sorted by, so that 2026-11.10 comes after 2026-11.9."""
    return tuple(int(part) for part in re.split(r"[-.]", version))


def _contradictions(raw: dict[str, Any], stem: str) -> list[str]:
    problems = [] if raw["version"] == stem else ["version: Must equal the name of the file."]
    if [each["purpose"] for each in raw["consents"]] != list(Purpose):
        problems.append(f"consents: Must be {', '.join(Purpose)}, each once, in this order.")
    problems += [
        f"consents › {place} › required: Only assessment is required."
        for place, each in enumerate(raw["consents"], start=1)
        if each["required"] != each["purpose"].required
    ]
    return problems + _repeated_ids(raw["general"])


def _repeated_ids(sections: Sequence[dict[str, Any]]) -> list[str]:
    ids = [each["id"] for each in sections]
    return [
        f"general › {place} › id: Is there twice."
        for place, each in enumerate(ids, start=1)
        if each in ids[: place - 1]
    ]


class SectionEntry(Schema):
    """One part of the general text as an editor writes it."""

    id = fields.String(required=True, validate=validate.Regexp(r"[a-z_]+\Z"))
    title = fields.String(required=True, validate=NOT_BLANK)
    text = fields.List(fields.String(validate=NOT_BLANK), required=True, validate=validate.Length(min=1))


class ConsentEntry(Schema):
    """One consent as an editor writes it; `required` is repeated so that the file tells the whole story."""

    purpose = fields.Enum(Purpose, by_value=True, required=True)
    title = fields.String(required=True, validate=NOT_BLANK)
    required = fields.Boolean(required=True)
    text = fields.String(required=True, validate=NOT_BLANK)
    when_refused = fields.String(required=True, validate=NOT_BLANK)
    when_withdrawn = fields.String(required=True, validate=NOT_BLANK)


class ControllerEntry(Schema):
    """Who answers for the processing, and how to reach them."""

    name = fields.String(required=True, validate=NOT_BLANK)
    contact = fields.String(required=True, validate=NOT_BLANK)


class PolicyFile(Schema):
    """One version of the policy."""

    version = fields.String(required=True, validate=validate.Regexp(VERSION))
    published_on = fields.Date(required=True)
    example = fields.Boolean(required=True)
    controller = fields.Nested(ControllerEntry, required=True)
    title = fields.String(required=True, validate=NOT_BLANK)
    general = fields.List(fields.Nested(SectionEntry), required=True, validate=validate.Length(min=1))
    consents = fields.List(fields.Nested(ConsentEntry), required=True)
