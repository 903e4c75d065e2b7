"""Short names of one length for things of the library, and the way back to what they stand for."""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256

from heartport.library.rules import ThingKind
from heartport.library.shelf import Shelf, current_shelf, find_thing
from heartport.library.stock import Thing
from heartport.own_library.rules import Ref

REF_BYTES = 6
"""Among ten thousand things the odds that two share a name are about one in five million."""


@lru_cache(maxsize=10_000)
def short_name(*names: str) -> Ref:
    """Return the short name of what these names name together."""
    return sha256("/".join(names).encode()).digest()[:REF_BYTES]


def ref_of(thing: Thing) -> Ref:
    """Return the short name of a thing, which is as lasting as its kind and id."""
    return short_name(thing.kind.value, thing.id)


def find_ref(kind: ThingKind, name: str) -> Ref:
    """Return the short name of what has this id or slug, shown or not, known or not."""
    return short_name(kind.value, current_shelf().slugs.get((kind, name), name))


def find_shown(kind: ThingKind, name: str) -> tuple[Ref, Thing]:
    """Return something that is shown now, with its short name; raises `ThingUnknown`."""
    thing = find_thing(kind, name)
    return ref_of(thing), thing


def things_by_ref(shelf: Shelf) -> Mapping[Ref, Thing]:
    """Return all things that are stored, retired ones too, by their short names."""
    return {ref_of(thing): thing for thing in shelf.things.values()}
