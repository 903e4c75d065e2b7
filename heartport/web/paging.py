"""Lists go out as `{items, next_cursor}`; a cursor is opaque and holds only a place, never a time or an id."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask import request

from heartport.errors import Invalid
from heartport.web.shapes import PageOut, Parameter

T = TypeVar("T")
S = TypeVar("S")

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MAX_CURSOR_LENGTH = 200
LIMIT = Parameter(
    "limit",
    "query",
    "At most so many items.",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
)
CURSOR = Parameter(
    "cursor",
    "query",
    "The `next_cursor` of the page before; without it the list begins.",
    {"type": "string", "maxLength": MAX_CURSOR_LENGTH},
)
PAGING = (LIMIT, CURSOR)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted: at most `limit` items after `after`."""

    limit: int
    after: str | None


def wanted_page() -> Page:
    """Read `limit` and `cursor` of the request; raises `Invalid` that names the wrong one."""
    return Page(limit=_limit(request.args.get("limit")), after=_place(request.args.get("cursor")))


def page_out(items: Sequence[T], page: Page, place_of: Callable[[T], str], out: Callable[[T], S]) -> PageOut[S]:
    """Answer one page; `items` are those after the cursor, one more than the limit where there are more."""
    shown = items[: page.limit]
    more = len(items) > page.limit
    return {
        "items": [out(item) for item in shown],
        "next_cursor": _cursor(place_of(shown[-1])) if more else None,
    }


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MAX_LIMIT):
        raise Invalid(errors={"limit": [f"须为 1 至 {MAX_LIMIT} 的整数。"]})
    return int(text)


def _cursor(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        if len(cursor) > MAX_CURSOR_LENGTH:
            raise ValueError
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        raise wrong_cursor() from None


def wrong_cursor() -> Invalid:
    """Return the refusal of a cursor that we did not give out."""
    return Invalid(errors={"cursor": ["这个翻页标记无效，请从第一页开始。"]})
