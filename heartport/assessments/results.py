"""Use cases: a person's own results, newest first, one of them, and deleting it; another's do not exist here."""

from dataclasses import dataclass

from heartport.assessments.records import Record, decode
from heartport.assessments.shares import end_shares_of_result
from heartport.errors import NotFound
from heartport.members.standing import Standing
from heartport.vault.door import current_vault
from heartport.vault.listing import delete_entry, find_entry, id_text, list_entries, place_text
from heartport.vault.records import RESULT, Entry, Records


class ResultUnknown(NotFound):
    """This person has no such result."""

    code = "result_unknown"
    detail = "没有找到这份结果。"


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored result; `place` is where it stands in the list and tells nothing else."""

    id: str
    place: str
    record: Record


def list_results(standing: Standing, after: str | None, limit: int) -> list[Kept]:
    """Return up to `limit` results, newest first, beginning after a place; raises `PlaceUnknown`."""
    return [_kept(entry) for entry in list_entries(_records(standing), standing.searched, after, limit)]


def find_result(standing: Standing, result_id: str) -> Kept:
    """Return one result of this person; raises `ResultUnknown`."""
    entry = find_entry(_records(standing), standing.searched, result_id)
    if entry is None:
        raise ResultUnknown
    return _kept(entry)


def delete_result(standing: Standing, result_id: str) -> None:
    """Turn one result of this person into a tombstone, and destroy its shared copies; raises `ResultUnknown`.

    Copies go first, so that they are gone whenever the result is; the second time for a share that was on its way.
    """
    end_shares_of_result(standing, result_id)
    if not delete_entry(_records(standing), standing.searched, result_id):
        raise ResultUnknown
    end_shares_of_result(standing, result_id)


def _records(standing: Standing) -> Records:
    return current_vault().records(standing.account_id, RESULT)


def _kept(entry: Entry) -> Kept:
    return Kept(id_text(entry.id), place_text(entry), decode(entry.payload or b""))
