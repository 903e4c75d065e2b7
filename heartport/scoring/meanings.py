"""Reads what answers and scores mean: flags, advice, and the worked examples."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from heartport.scoring.constructs import (
    Advice,
    Card,
    Content,
    ContentKind,
    Example,
    Flag,
    Level,
    OfferKind,
)
from heartport.scoring.names import WORKSHOP_CODE, expand
from heartport.scoring.places import Place
from heartport.scoring.profiles import EARLIEST_BIRTH_YEAR, LATEST_BIRTH_YEAR
from heartport.scoring.reader import Value

LONGEST_MS = 24 * 60 * 60 * 1000

Said = Value | tuple[Value, ...]
"""What an example answers or expects at one place."""


def read_flags(place: Place | None) -> tuple[Flag, ...]:
    """Read the flags."""
    return tuple(_flag(each.known_by("id")) for each in place.elements()) if place else ()


def _flag(place: Place) -> Flag:
    fields = place.fields(required=("id", "when", "level"), optional=("card", "offer"))
    return Flag(
        id=fields["id"].id(),
        when=fields["when"].condition(),
        level=fields["level"].one_of(get_args(Level)),
        card=fields["card"].one_of(get_args(Card)) if "card" in fields else None,
        offer=_offers(fields.get("offer")),
    )


def read_advice(place: Place | None) -> tuple[Advice, ...]:
    """Read the advice, in the order in which it will be given."""
    return tuple(_advice(each.known_by("id")) for each in place.elements()) if place else ()


def _advice(place: Place) -> Advice:
    fields = place.fields(required=("id", "when", "text", "reason"), optional=("offer", "content"))
    offer, workshops = _offers_and_workshops(fields.get("offer"))
    return Advice(
        id=fields["id"].id(),
        when=fields["when"].condition(),
        text=fields["text"].words(),
        reason=fields["reason"].words(),
        offer=offer,
        workshops=workshops,
        content=_content(fields["content"]) if "content" in fields else None,
    )


def _offers(place: Place | None) -> tuple[OfferKind, ...]:
    return tuple(each.one_of(get_args(OfferKind)) for each in place.elements()) if place else ()


def _offers_and_workshops(place: Place | None) -> tuple[tuple[OfferKind, ...], tuple[str, ...]]:
    """Read kinds of offers, and what is written as `workshop: B`, the code of a theme or of a topic."""
    each = place.elements() if place else []
    kinds = tuple(one.one_of(get_args(OfferKind)) for one in each if not one.is_mapping)
    return kinds, tuple(_workshop(one) for one in each if one.is_mapping)


def _workshop(place: Place) -> str:
    said = place.fields(required=("workshop",))["workshop"]
    code = said.text()
    if code and not WORKSHOP_CODE.fullmatch(code):
        said.refuse("a theme such as B or a topic such as B04 is expected")
    return code


def _content(place: Place) -> Content:
    fields = place.fields(required=("topics", "limit"), optional=("kinds",))
    kinds = fields["kinds"].elements() if "kinds" in fields else ()
    return Content(
        topics=fields["topics"].names(),
        kinds=tuple(each.one_of(get_args(ContentKind)) for each in kinds),
        limit=fields["limit"].whole(1, 10),
    )


def read_examples(place: Place | None) -> tuple[Example, ...]:
    """Read the worked examples."""
    return tuple(_example(each.known_by("name")) for each in place.elements()) if place else ()


def _example(place: Place) -> Example:
    fields = place.fields(required=("name", "answers", "expect"), optional=("profile", "year", "duration_ms"))
    return Example(
        name=fields["name"].text(),
        answers=_answers(fields["answers"]),
        profile=_values(fields["profile"]) if "profile" in fields else {},
        expect=_expected(fields["expect"]),
        year=fields["year"].whole(EARLIEST_BIRTH_YEAR, LATEST_BIRTH_YEAR) if "year" in fields else None,
        duration_ms=fields["duration_ms"].whole(0, LONGEST_MS) if "duration_ms" in fields else None,
    )


def _answers(place: Place) -> Mapping[str, Said]:
    """Read answers; a key may be a range, and no item may be answered twice."""
    found: dict[str, Said] = {}
    for key, each in place.pairs():
        for name in _expanded(key, each):
            if name in found:
                each.refuse(f"{name} is answered twice")
            found[name] = _said(each)
    return MappingProxyType(found)


def _expanded(key: str, place: Place) -> tuple[str, ...]:
    try:
        return expand(key)
    except ValueError as error:
        place.refuse(str(error))
        return ()


def _values(place: Place) -> Mapping[str, Value]:
    return MappingProxyType({key: each.value() for key, each in place.pairs()})


def _expected(place: Place) -> Mapping[str, Said]:
    return MappingProxyType({key: _said(each) for key, each in place.pairs()})


def _said(place: Place) -> Said:
    """Read one value or a list of them."""
    return tuple(one.value() for one in place.elements()) if place.is_listing else place.value()
