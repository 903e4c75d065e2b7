"""Which part of the library a list shows, and what to say where there is nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from heartport.library.rules import ThingKind
from heartport.library.schemas import ShelfPageOut
from heartport.library.shelf import Shelf, current_shelf, list_things
from heartport.library.stock import Thing
from heartport.web.paging import Page, page_out, wrong_cursor

S = TypeVar("S")
NOTHING_YET = {
    ThingKind.ARTICLE: "文章还在准备，很快就会放上来。想找人说说，可以先看看求助热线。",
    ThingKind.TRACK: "声音和短片还在准备，很快就会放上来。可以先慢慢呼吸几次：吸气数到四，呼气数到六。",
    ThingKind.NEWS: "目前没有新消息。",
}
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
