"""Which part of the library a list shows, and what to say where there is nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from heartport.errors import Invalid
from heartport.library.cards import hotline_card
from heartport.library.rules import ThingKind
from heartport.library.schemas import FoundOut, ShelfPageOut, hit_out
from heartport.library.search import search_library
from heartport.library.shelf import Shelf, current_shelf, list_things
from heartport.library.stock import Thing
from heartport.web.paging import Page, page_out, wrong_cursor

S = TypeVar("S")
NOTHING_YET = {
    ThingKind.ARTICLE: "文章还在准备，很快就会放上来。想找人说说，可以先看看求助热线。",
    ThingKind.TRACK: "声音和短片还在准备，很快就会放上来。可以先慢慢呼吸几次：吸气数到四，呼气数到六。",
    ThingKind.NEWS: "目前没有新消息。",
}
LONGEST_QUERY = 100
NOTHING_FOUND = "没有找到相关的内容。换一种说法试试，比如“睡不着”“压力大”；也可以按分类看看。"
NO_WORDS = "没有认出可以搜索的字词。请用文字写，例如“睡眠”“焦虑”。"
NOTHING_FITS = "这里暂时没有合适的内容。可以换一个分类或话题，或者搜一搜您想找的事。"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list is narrowed to; None is everything."""

    category: str | None = None
    topic: str | None = None
    level: str | None = None
    kind: str | None = None

    def holds(self, thing: Thing) -> bool:
        """Tell whether a thing stands in the list."""
        return (
            self.category in (None, thing.category)
            and (self.topic is None or self.topic in thing.topics)
            and self.level in (None, thing.document.get("level"))
            and self.kind in (None, thing.document.get("kind"))
        )


def list_page(kind: ThingKind, narrowed: Narrowed, page: Page, out: Callable[[Thing, Shelf], S]) -> ShelfPageOut[S]:
    """Return one page of what is shown now, the newest first; raises `Invalid` for a cursor that is none of ours."""
    shelf, everything = current_shelf(), list_things(kind)
    found = [each for each in everything if narrowed.holds(each)]
    start = _start(page)
    places = list(enumerate(found[start : start + page.limit + 1], start=start + 1))
    made = page_out(places, page, lambda each: str(each[0]), lambda each: out(each[1], shelf))
    return {**made, "note": _note(kind, everything, found)}


def search_page(query: str, kind: str | None, page: Page) -> FoundOut:
    """Return one page of what a search finds; raises `Invalid` where there is nothing to look for, or too much."""
    _check(query)
    answered, shelf, start = search_library(query, kind), current_shelf(), _start(page)
    places = list(enumerate(answered.hits[start : start + page.limit + 1], start=start + 1))
    made = page_out(places, page, lambda each: str(each[0]), lambda each: hit_out(each[1], shelf))
    note = None if answered.hits else NOTHING_FOUND if answered.asked.needs else NO_WORDS
    return {"card": hotline_card() if answered.asked.crisis else None, **made, "note": note}


def _check(query: str) -> None:
    if not query.strip():
        raise Invalid(errors={"q": ["请写下想找的字词，例如“睡不着”。"]})
    if len(query) > LONGEST_QUERY:
        raise Invalid(errors={"q": [f"最多 {LONGEST_QUERY} 个字，用几个词就够了。"]})


def _start(page: Page) -> int:
    """Return how many things the pages before have shown."""
    if page.after is None:
        return 0
    if not (page.after.isascii() and page.after.isdigit() and len(page.after) < 7):
        raise wrong_cursor()
    return int(page.after)


def _note(kind: ThingKind, everything: Sequence[Thing], found: Sequence[Thing]) -> str | None:
    if found:
        return None
    return NOTHING_FITS if everything else NOTHING_YET[kind]
