"""Use cases: a person's own results, newest first, one of them, and deleting it; another's do not exist here."""

import base64
import binascii
from dataclasses import dataclass

from heartport.assessments.records import Record, decode
from heartport.errors import Invalid, NotFound
from heartport.members.standing import Standing
from heartport.vault.door import current_vault
from heartport.vault.records import ID_BYTES, RESULT, Entry


class ResultUnknown(NotFound):
    """This person has no such result."""

    code = "result_unknown"
    detail = "没有找到这份结果。"


class PlaceUnknown(Invalid):
    """The list is to go on from a place that it does not have."""

    def __init__(self) -> None:
        super().__init__(errors={"cursor": ["这个翻页标记无效，请从第一页开始。"]})


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored result; `place` is where it stands in the list and tells nothing else."""

    id: str
    place: str
    record: Record


def list_results(standing: Standing, after: str | None, limit: int) -> list[Kept]:
    """Return up to `limit` results, newest first, beginning after a place; raises `PlaceUnknown`."""
    entries = current_vault().records(standing.account_id, RESULT).live(standing.searched)
    if after is not None:
        window, number = _parts(after)
        if window not in standing.searched:
            raise PlaceUnknown
        entries = [entry for entry in entries if (entry.window, entry.number) < (window, number)]
    return [_kept(entry) for entry in entries[:limit]]


def find_result(standing: Standing, result_id: str) -> Kept:
    """Return one result of this person; raises `ResultUnknown`."""
    wanted = _bytes_of(result_id)
    for entry in current_vault().records(standing.account_id, RESULT).live(standing.searched):
        if entry.id == wanted:
            return _kept(entry)
    raise ResultUnknown


def delete_result(standing: Standing, result_id: str) -> None:
    """Turn one result of this person into a tombstone; raises `ResultUnknown`."""
    if not current_vault().records(standing.account_id, RESULT).delete(_bytes_of(result_id), standing.searched):
        raise ResultUnknown


def result_id_text(record_id: bytes) -> str:
    """Return a result's id as it is seen outside."""
    return base64.urlsafe_b64encode(record_id).decode().rstrip("=")


def _kept(entry: Entry) -> Kept:
    return Kept(result_id_text(entry.id), f"{entry.window}.{entry.number}", decode(entry.payload or b""))


def _parts(place: str) -> tuple[str, int]:
    window, _, number = place.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        raise PlaceUnknown
    return window, int(number)


def _bytes_of(result_id: str) -> bytes:
    try:
        found = base64.b64decode(result_id + "==", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        found = b""
    if len(found) != ID_BYTES:
        raise ResultUnknown
    return found
