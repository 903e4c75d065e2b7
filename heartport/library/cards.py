"""The card with the hotlines that stands beside whatever speaks of self-harm, and before a search for it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypedDict

from flask import Flask, current_app
from marshmallow import Schema, fields, validate

from heartport.content import NOT_BLANK, ContentRefused, read_content
from heartport.followups.offers import list_offers
from heartport.followups.schemas import CallBackOut
from heartport.hotlines.schemas import HotlineOut
from heartport.hotlines.service import list_crisis_hotlines

IN_DANGER = "如果您可能马上伤害自己,请拨打120或110,并请身边的人陪着您。"
"""Part of the HTTP contract, as on the crisis card of a result."""


@dataclass(frozen=True, slots=True)
class HotlineCard:
    """The words of the card."""

    title: str
    lines: tuple[str, ...]


class HotlineCardOut(TypedDict):
    """Whom to call now; calm, and before everything else."""

    title: str
    lines: list[str]
    hotlines: Annotated[list[HotlineOut], "Whoever answers now first."]
    call_back: Annotated[CallBackOut | None, "When somebody would call; null where there is no roster."]


class HotlineCardFile(Schema):
    """The file of the card."""

    title = fields.String(required=True, validate=NOT_BLANK)
    lines = fields.List(fields.String(validate=NOT_BLANK), required=True, validate=[validate.Length(min=1, max=6)])


def load_card(path: Path) -> HotlineCard:
    """Return the card of a file; raises `ContentRefused` where it lacks what is to be done in danger."""
    raw = read_content(path, HotlineCardFile())
    if IN_DANGER not in raw["lines"]:
        raise ContentRefused([f"{path} › lines: One must read exactly {IN_DANGER}"])
    return HotlineCard(raw["title"], tuple(raw["lines"]))


def init_app(app: Flask, content_dir: Path) -> None:
    """Read the card; raises `ContentRefused`."""
    app.extensions["heartport.hotline_card"] = load_card(content_dir / "cards" / "hotlines.yaml")


def hotline_card() -> HotlineCardOut:
    """Return the card as of now."""
    card: HotlineCard = current_app.extensions["heartport.hotline_card"]
    return {
        "title": card.title,
        "lines": list(card.lines),
        "hotlines": list_crisis_hotlines(),
        "call_back": next(iter(list_offers()), None),
    }
