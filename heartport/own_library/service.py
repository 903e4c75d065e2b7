"""Use cases: what a person keeps of the library, in one sealed record, whichever of their phones says it.

Nothing is noted because something was read: a phone says so by itself, and says nothing where the person wants no
history. It needs no consent beyond that, and no age: who is younger than 18 reads and listens here too.
"""

from collections.abc import Callable
from datetime import datetime

from heartport import clock
from heartport.errors import Invalid
from heartport.library.rules import ThingKind
from heartport.members.standing import Standing
from heartport.own_library.layout import decode, encode
from heartport.own_library.refs import find_ref, find_shown
from heartport.own_library.rules import (
    Heard,
    OwnLibrary,
    cleared,
    with_favourite,
    with_opened,
    with_progress,
    without_favourite,
    without_trace,
)
from heartport.vault.door import current_vault
from heartport.vault.records import LIBRARY
from heartport.vault.shredding import Holdings
from heartport.vault.singles import Content, Single

NAME = "own"


def read_own_library(standing: Standing) -> OwnLibrary:
    """Return everything; of whoever has kept nothing yet that is empty."""
    return _opened(_single(standing.account_id).read())


def change_own_library(standing: Standing, change: Callable[[OwnLibrary], OwnLibrary]) -> OwnLibrary:
    """Keep what `change` makes of what is there, and return it; of two phones at once each sees what the other left.

    What changes nothing is not written.
    """
    single = _single(standing.account_id)
    known = _opened(single.read())
    if change(known) == known:
        return known
    return decode(single.put(standing.windows[0], lambda found: encode(change(_opened(found)))))


def keep_favourite(standing: Standing, kind: ThingKind, name: str) -> None:
    """Add something that is shown to the favourites; raises `ThingUnknown` or `FavouritesFull`."""
    ref, _ = find_shown(kind, name)
    change_own_library(standing, lambda own: with_favourite(own, ref, clock.today()))


def drop_favourite(standing: Standing, kind: ThingKind, name: str) -> None:
    """Take something off the favourites, if it is there, whether it is still shown or not."""
    ref = find_ref(kind, name)
    change_own_library(standing, lambda own: without_favourite(own, ref))


def note_opened(standing: Standing, kind: ThingKind, name: str, *, finished: bool) -> OwnLibrary:
    """Note that something was opened, or read to its end; raises `ThingUnknown`."""
    ref, _ = find_shown(kind, name)
    return change_own_library(standing, lambda own: with_opened(own, ref, clock.today(), finished=finished))


def note_progress(standing: Standing, name: str, seconds: int, heard_at: datetime | None) -> OwnLibrary:
    """Note how far a track was heard; raises `ThingUnknown`, or `Invalid` beyond its end.

    A phone whose clock is ahead is taken to speak of now, so that it does not outdo the others for ever.
    """
    ref, track = find_shown(ThingKind.TRACK, name)
    length = track.seconds or 0
    if seconds > length:
        raise Invalid(errors={"seconds": [f"须为 0 至 {length} 的整数。"]})
    now = clock.now()
    heard = Heard(seconds, length, min(heard_at or now, now).replace(microsecond=0))
    return change_own_library(standing, lambda own: with_progress(own, ref, heard, clock.today()))


def forget_trace(standing: Standing, kind: ThingKind, name: str) -> None:
    """Forget what was done with one thing, if anything was."""
    ref = find_ref(kind, name)
    change_own_library(standing, lambda own: without_trace(own, ref))


def clear_history(standing: Standing) -> None:
    """Forget all but the favourites; what is to be noted from now on stays as the person decided."""
    now = clock.now().replace(microsecond=0)
    change_own_library(standing, lambda own: cleared(own, now, paused=own.paused) if own.traces or own.given else own)


def keep_history(standing: Standing, *, kept: bool) -> None:
    """Let phones note what is opened, or let them not and forget what was noted."""
    now = clock.now().replace(microsecond=0)

    def change(own: OwnLibrary) -> OwnLibrary:
        return own if own.paused is not kept else cleared(own, now, paused=not kept)

    change_own_library(standing, change)


def sealed_library() -> Holdings:
    """Name what is sealed here."""
    return Holdings(singles=((LIBRARY, NAME),))


def own_library_of(account_id: str) -> OwnLibrary:
    """Return the same of an account, for the count of the editors' report; raises `SubjectGone`."""
    return _opened(_single(account_id).read())


def _single(account_id: str) -> Single:
    return current_vault().open(account_id).single(LIBRARY, NAME)


def _opened(found: Content) -> OwnLibrary:
    return OwnLibrary() if found.payload is None else decode(found.payload)
