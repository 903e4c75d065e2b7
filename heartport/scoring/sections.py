"""Reads the top level of a scale file, section by section."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from heartport.scoring.constructs import (
    SCHEMA,
    Definition,
    Direction,
    Licence,
    OpenedBy,
    Provenance,
    Recall,
    RecallUnit,
    Retake,
    Status,
    Translation,
    TranslationState,
    Wording,
    WordingState,
)
from heartport.scoring.items import read_items
from heartport.scoring.manner import read_validity
from heartport.scoring.meanings import read_advice, read_examples, read_flags
from heartport.scoring.measures import read_bands, read_keys, read_scores
from heartport.scoring.norms import read_changes, read_norms
from heartport.scoring.places import Place
from heartport.scoring.problems import Report

REQUIRED = (
    "schema",
    "id",
    "version",
    "status",
    "opened_by",
    "title",
    "summary",
    "category",
    "minutes",
    "direction",
    "provenance",
    "licence",
    "limits",
    "instruction",
    "options",
    "items",
    "scores",
)
OPTIONAL = (
    "recall",
    "audience",
    "retake",
    "texts",
    "keying",
    "bands",
    "norms",
    "change",
    "flags",
    "validity",
    "advice",
    "tests",
)

_VERSION = re.compile(r"(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){2}")


def read_definition(root: Place, report: Report) -> Definition:
    """Read a whole file."""
    top = root.fields(required=REQUIRED, optional=OPTIONAL)
    identity, version = top["id"].id(), _version(top["version"])
    report.label = (f"{identity} {version}",) if identity and version else ()
    if top["schema"].text() not in {SCHEMA, ""}:
        top["schema"].refuse(f"{SCHEMA} is expected")
    provenance = _provenance(top["provenance"])
    main = not provenance.lacks_main_language
    return Definition(
        id=identity,
        version=version,
        status=top["status"].one_of(get_args(Status)),
        opened_by=top["opened_by"].one_of(get_args(OpenedBy)),
        title=top["title"].words(),
        summary=top["summary"].words(),
        category=top["category"].id(),
        recall=_recall(top["recall"]) if "recall" in top else None,
        minutes=top["minutes"].whole(1, 240),
        direction=top["direction"].one_of(get_args(Direction)),
        instruction=top["instruction"].words(),
        limits=top["limits"].words(),
        provenance=provenance,
        licence=_licence(top["licence"]),
        audience=top["audience"].words() if "audience" in top else None,
        retake=_retake(top.get("retake")),
        items=read_items(top["items"], top["options"], top.get("texts"), main=main),
        keys=read_keys(top.get("keying")),
        scores=read_scores(top["scores"]),
        bands=read_bands(top.get("bands")),
        norms=read_norms(top.get("norms")),
        changes=read_changes(top.get("change")),
        flags=read_flags(top.get("flags")),
        validity=read_validity(top.get("validity")),
        advice=read_advice(top.get("advice")),
        examples=read_examples(top.get("tests")),
    )


def _version(place: Place) -> str:
    version = place.text()
    if version and not _VERSION.fullmatch(version):
        place.refuse("a version such as 1.0.0 is expected")
    return version


def _recall(place: Place) -> Recall:
    fields = place.fields(required=("last", "unit"))
    return Recall(fields["last"].whole(1, 100), fields["unit"].one_of(get_args(RecallUnit)))


def _provenance(place: Place) -> Provenance:
    needed = ("cite", "scoring_source", "missing_source")
    fields = place.fields(required=needed, optional=("translation", "notes"))
    return Provenance(
        cite=tuple(each.text() for each in fields["cite"].elements()),
        scoring_source=fields["scoring_source"].text(),
        missing_source=fields["missing_source"].text(),
        translation=read_translations(fields["translation"]) if "translation" in fields else {},
        notes=fields["notes"].text() if "notes" in fields else None,
    )


def read_translations(place: Place) -> Mapping[str, Translation]:
    """Read where the words of each language come from."""
    return MappingProxyType({language: _translation(each) for language, each in place.pairs()})


def _translation(place: Place) -> Translation:
    fields = place.fields(required=("state", "by", "evidence", "checked_on"))
    return Translation(
        state=fields["state"].one_of(get_args(TranslationState)),
        by=fields["by"].text(),
        evidence=fields["evidence"].text(),
        checked_on=fields["checked_on"].day(),
    )


def _licence(place: Place) -> Licence:
    wording = place.fields(required=("wording",))["wording"]
    needed = ("state", "holder", "terms", "evidence", "checked_on")
    fields = wording.fields(required=needed, optional=("credit",))
    return Licence(
        Wording(
            state=fields["state"].one_of(get_args(WordingState)),
            holder=fields["holder"].text(),
            terms=fields["terms"].text(),
            evidence=fields["evidence"].text(),
            checked_on=fields["checked_on"].day(),
            credit=fields["credit"].words() if "credit" in fields else None,
        )
    )


def _retake(place: Place | None) -> Retake | None:
    if place is None:
        return None
    return Retake(place.fields(required=("not_before_days",))["not_before_days"].whole(0, 3660))
