"""Counselling as one of the things that a result offers, with the next free hour that everybody may book."""

from datetime import datetime
from typing import Annotated, TypedDict

from flask import Flask

from heartport import clock
from heartport.booking.counselling.counsellors import first_slots, list_counsellors
from heartport.booking.rules.grid import moment_of
from heartport.extensions import registry
from heartport.local_time import in_words, instant_out
from heartport.web.shapes import Instant

NAME = "预约心理咨询"
FULL = "近 30 天的时间都约满了，可以先排队，有空位时优先通知您。"


class CounsellingOfferOut(TypedDict):
    """Counselling as something on offer."""

    name: str
    next_at: Annotated[Instant | None, "The next free hour with anybody; null where all are taken."]
    text: Annotated[str, "The same in words."]


class Glance:
    """The next free hour, looked up at most once a minute: every result asks, and it need not be exact."""

    def __init__(self) -> None:
        self._minute: datetime | None = None
        self._made: list[CounsellingOfferOut] = []

    def look(self) -> list[CounsellingOfferOut]:
        """Return the offer as of this minute, or nothing where nobody counsels."""
        minute = clock.now().replace(second=0, microsecond=0)
        if minute != self._minute:
            made = _offers()
            self._minute, self._made = minute, made
        return list(self._made)


def init_app(app: Flask) -> None:
    """Begin with nothing looked up."""
    app.extensions["heartport.counselling_offer"] = Glance()


def list_counselling() -> list[CounsellingOfferOut]:
    """Return the offer of counselling, or nothing."""
    glance: Glance = registry()["heartport.counselling_offer"]
    return glance.look()


def _offers() -> list[CounsellingOfferOut]:
    counsellors = list_counsellors()
    if not counsellors:
        return []
    starts = [slot.span.start for slot in first_slots(counsellors).values() if slot]
    if not starts:
        return [{"name": NAME, "next_at": None, "text": FULL}]
    at = moment_of(min(starts))
    text = f"最近的空闲时间：{in_words(at, clock.now())}。"
    return [{"name": NAME, "next_at": instant_out(at), "text": text}]
