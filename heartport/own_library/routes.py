"""HTTP of a person's own library: favourites, what was opened, how far a track was heard."""

from typing import Any

from heartport import clock
from heartport.errors import Invalid
from heartport.library.rules import ThingKind, is_slug
from heartport.library.shelf import ThingUnknown, current_shelf
from heartport.members.standing import Standing, standing_of
from heartport.own_library import service
from heartport.own_library.refs import things_by_ref
from heartport.own_library.rules import FavouritesFull
from heartport.own_library.schemas import KINDS, HistoryIn, OpenedIn, OwnLibraryOut, ProgressIn, own_library_out
from heartport.web.access import current_caller
from heartport.web.contract import Blueprint
from heartport.web.shapes import Parameter, one_of

NAME = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 60}
KIND = Parameter("kind", "path", "What it is.", {"type": "string", **one_of(KINDS)}, example="article")
THING = Parameter("thing_id", "path", "An id or a slug.", NAME, example="awake-at-two")
TRACK = Parameter("track_id", "path", "An id or a slug.", NAME, example="rain")

own_library = Blueprint(
    "own_library", __name__, url_prefix="/api/v1/me", description="我的收藏与足迹 One's own library"
)


@own_library.get("/library")
@own_library.answers(200, OwnLibraryOut)
def show_library() -> OwnLibraryOut:
    """Show favourites, what was begun, and what was opened."""
    return _shown(service.read_own_library(_standing()))


@own_library.put("/favourites/<kind>/<thing_id>")
@own_library.takes(KIND, THING)
@own_library.answers(204)
@own_library.refuses(ThingUnknown, FavouritesFull)
def keep_favourite(kind: str, thing_id: str) -> tuple[str, int]:
    """Add a favourite; once more changes nothing."""
    service.keep_favourite(_standing(), _kind(kind), thing_id)
    return "", 204


@own_library.delete("/favourites/<kind>/<thing_id>")
@own_library.takes(KIND, THING)
@own_library.answers(204)
@own_library.refuses(ThingUnknown)
def drop_favourite(kind: str, thing_id: str) -> tuple[str, int]:
    """Take a favourite away; where it is none, that is as it should be."""
    service.drop_favourite(_standing(), _kind(kind), _id(thing_id))
    return "", 204


@own_library.put("/history/<kind>/<thing_id>")
@own_library.takes(KIND, THING)
@own_library.answers(204)
@own_library.refuses(ThingUnknown)
@own_library.arguments(OpenedIn, example={"finished": True})
def note_opened(body: dict[str, Any], kind: str, thing_id: str) -> tuple[str, int]:
    """Note that something was opened. Reading by itself is noted nowhere; a phone says so, or does not."""
    service.note_opened(_standing(), _kind(kind), thing_id, finished=body["finished"])
    return "", 204


@own_library.delete("/history/<kind>/<thing_id>")
@own_library.takes(KIND, THING)
@own_library.answers(204)
@own_library.refuses(ThingUnknown)
def forget_trace(kind: str, thing_id: str) -> tuple[str, int]:
    """Forget what was done with one thing."""
    service.forget_trace(_standing(), _kind(kind), _id(thing_id))
    return "", 204


@own_library.put("/history")
@own_library.answers(204)
@own_library.arguments(HistoryIn, example={"kept": True})
def keep_history(body: dict[str, Any]) -> tuple[str, int]:
    """Keep a history from now on, or keep none and forget the one that there is; favourites stay."""
    service.keep_history(_standing(), kept=body["kept"])
    return "", 204


@own_library.delete("/history")
@own_library.answers(204)
def clear_history() -> tuple[str, int]:
    """Forget what was opened, heard and recommended; favourites stay."""
    service.clear_history(_standing())
    return "", 204


@own_library.put("/progress/<track_id>")
@own_library.takes(TRACK)
@own_library.answers(204)
@own_library.refuses(ThingUnknown, Invalid)
@own_library.arguments(ProgressIn, example={"seconds": 40, "heard_at": "2026-11-22T12:00:00+08:00"})
def note_progress(body: dict[str, Any], track_id: str) -> tuple[str, int]:
    """Note how far a track was heard: at most every 30 seconds while it plays, and when it stops.

    Of two phones the one counts that played it later. What comes late or twice changes nothing.
    """
    service.note_progress(_standing(), track_id, body["seconds"], body["heard_at"])
    return "", 204


def _shown(own: service.OwnLibrary) -> OwnLibraryOut:
    return own_library_out(own, dict(things_by_ref(current_shelf())), clock.now())


def _standing() -> Standing:
    return standing_of(current_caller())


def _id(text: str) -> str:
    """Return what may be a thing's id, whether or not there is such a thing any more; raises `ThingUnknown`."""
    if not is_slug(text):
        raise ThingUnknown
    return text


def _kind(text: str) -> ThingKind:
    if text not in KINDS:
        raise ThingUnknown
    return ThingKind(text)
