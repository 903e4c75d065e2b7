"""A person's records as a list that goes out: newest first, page by page, each under an id that tells nothing else."""

import base64
import binascii
from collections.abc import Sequence

from heartport.errors import Invalid
from heartport.vault.records import ID_BYTES, Entry, Find, Records


class PlaceUnknown(Invalid):
    """The list is to go on from a place that it does not have."""

    def __init__(self) -> None:
        super().__init__(errors={"cursor": ["这个翻页标记无效，请从第一页开始。"]})


def id_text(record_id: bytes) -> str:
    """Return a record's id as it is seen outside."""
    return base64.urlsafe_b64encode(record_id).decode().rstrip("=")


def place_text(entry: Entry) -> str:
    """Return where an entry stands in the list."""
    return f"{entry.window}.{entry.number}"


def list_entries(records: Records, windows: Sequence[str], after: str | None, limit: int) -> list[Entry]:
    """Return up to `limit` live entries, newest first, beginning after a place; raises `PlaceUnknown`."""
    entries = records.live(windows)
    if after is not None:
        window, number = _parts(after)
        if window not in windows:
            raise PlaceUnknown
        entries = [entry for entry in entries if (entry.window, entry.number) < (window, number)]
    return entries[:limit]


def find_entry(records: Records, windows: Sequence[str], wanted: str) -> Entry | None:
    """Return the live entry of an id as it is seen outside, or None."""
    record_id = _bytes_of(wanted)
    return next((entry for entry in records.live(windows) if entry.id == record_id), None) if record_id else None


def entry_stands(records: Records, find: Find, windows: Sequence[str], wanted: str) -> bool:
    """Tell whether the entry of an id is live, within a transaction that holds the person's lock."""
    record_id = _bytes_of(wanted)
    return record_id is not None and records.is_live_within(find, record_id, windows)


def delete_entry(records: Records, windows: Sequence[str], wanted: str) -> bool:
    """Turn the entry of an id into a tombstone; return False where there is no live one."""
    record_id = _bytes_of(wanted)
    return record_id is not None and records.delete(record_id, windows)


def _parts(place: str) -> tuple[str, int]:
    window, _, number = place.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        raise PlaceUnknown
    return window, int(number)


def _bytes_of(text: str) -> bytes | None:
    try:
        found = base64.b64decode(text + "==", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    return found if len(found) == ID_BYTES else None
