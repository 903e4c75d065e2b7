"""Results that a person shares: a sealed copy for one counsellor and one appointment, which can be withdrawn.

Which results were shared for what stands in one sealed record of the person, and nowhere else. A share begins there,
before there is a key or a copy, and ends there, after both are gone; cut off anywhere, the same call again finishes
what was begun.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import orjson

from heartport import clock
from heartport.assessments import copies
from heartport.assessments.copies import PLACES, Copy, Reader, encode_copy
from heartport.assessments.records import Record
from heartport.errors import Conflict, NotFound, NotSignedIn
from heartport.members.erasure_ledger import current_ledger
from heartport.members.standing import Standing, read_standing
from heartport.store_files import truncate_logs
from heartport.stores import Driven
from heartport.vault.copies import copy_under, delete_copy
from heartport.vault.door import Drawer, current_vault
from heartport.vault.key_rings import ledger_name
from heartport.vault.listing import entry_stands
from heartport.vault.records import RESULT, SHARES, RecordTooLong
from heartport.vault.singles import Content, Single
from heartport.vault.windows import window_of

NAME = "results"


class ShareUnknown(NotFound):
    """This result is not shared for this appointment."""

    code = "share_unknown"
    detail = "这份结果没有为这次预约分享。"


class SharesFull(Conflict):
    """As many results are shared for this appointment, or in all, as there is room for."""

    code = "shares_full"
    detail = "为这次预约分享的结果已经够多了。想换一份，请先撤回其中一份。"


class ShareWithdrawn(Conflict):
    """The share was withdrawn, or the result deleted, while it was being made."""

    code = "share_withdrawn"
    detail = "这份结果刚刚被撤回或删除，没有分享。"


@dataclass(frozen=True, slots=True)
class Share:
    """That a result was shared, since when, and which of the appointment's places its copy has."""

    result_id: str
    reader: Reader
    number: int
    on: date

    @property
    def link(self) -> bytes:
        """Where the key of its copy stands."""
        return copies.link_of(self.reader, self.number)


def share_result(standing: Standing, result_id: str, record: Record, reader: Reader) -> Share:
    """Seal a copy of a person's own result for one reader; again changes nothing.

    Raises `SharesFull`, `ShareWithdrawn` where a withdrawal or a deletion was quicker, `NotSignedIn` where an erasure.
    """
    drawer = current_vault().open(standing.account_id)
    share = _begin(drawer, Share(result_id, reader, 0, clock.today()))
    _seal(drawer, standing, share, current_vault().copy_keys.ensure(share.link), encode_copy(Copy(record, share.on)))
    try:
        read_standing(standing.account_id)
    except NotSignedIn:
        end_shares(drawer)  # An erasure that began meanwhile may have passed here already.
        raise
    return share


def withdraw_share(standing: Standing, result_id: str, appointment_id: str) -> None:
    """Destroy the copies of a result for an appointment, whoever was to read them; raises `ShareUnknown`."""
    drawer = current_vault().open(standing.account_id)
    if not _end(drawer, lambda each: (each.result_id, each.reader.appointment_id) == (result_id, appointment_id)):
        raise ShareUnknown


def end_shares_of_result(standing: Standing, result_id: str) -> None:
    """Destroy all copies of a result."""
    _end(current_vault().open(standing.account_id), lambda each: each.result_id == result_id)


def end_shares(drawer: Drawer) -> None:
    """Destroy all copies of all results of a person."""
    _end(drawer, lambda _each: True)


def shares_of(standing: Standing) -> list[Share]:
    """Return what a person shares, in the order in which they did; what has ended by itself is left out."""
    shares = _decode(_own(current_vault().open(standing.account_id)).read())
    there = current_vault().copy_keys.open(each.link for each in shares)
    return [each for each in shares if each.link in there]


def _begin(drawer: Drawer, wanted: Share) -> Share:
    """Note a share in the person's own record and return it, with the first free number; or the one that is there."""
    over = _over(_decode(_own(drawer).read()))
    begun: list[Share] = []

    def change(found: Content) -> bytes:
        shares = [each for each in _decode(found) if each not in over]
        begun[:] = [each for each in shares if (each.result_id, each.reader) == (wanted.result_id, wanted.reader)]
        if not begun:
            begun[:] = [replace(wanted, number=_free_number(shares, wanted.reader))]
            shares += begun
        return _encode(shares)

    try:
        _own(drawer).put(window_of(clock.today()), change)
    except RecordTooLong:
        raise SharesFull from None
    return begun[0]


def _over(shares: Sequence[Share]) -> list[Share]:
    """Return those that ended by themselves: begun on an earlier day, and there is no key."""
    there = current_vault().copy_keys.open(each.link for each in shares)
    return [each for each in shares if each.link not in there and each.on < clock.today()]


def _free_number(shares: Sequence[Share], reader: Reader) -> int:
    taken = {each.number for each in shares if each.reader == reader}
    try:
        return next(number for number in PLACES if number not in taken)
    except StopIteration:
        raise SharesFull from None


def _seal(drawer: Drawer, standing: Standing, share: Share, key: bytes, payload: bytes) -> None:
    """Store the copy unless it is there, if the share still stands and the result is not deleted."""
    own, copy, results = _own(drawer), copy_under(key), drawer.records(RESULT)

    def work(driven: Driven) -> None:
        stands = share in _decode(own.read_within(driven))
        if not (stands and entry_stands(results, driven.rows, standing.searched, share.result_id)):
            raise ShareWithdrawn
        copy.put_within(driven, window_of(clock.today()), lambda found: found.payload or payload)

    drawer.alone(work)


def _end(drawer: Drawer, wanted: Callable[[Share], bool]) -> int:
    """Destroy the copies of some shares and then forget these; return how many there were.

    The ledger hears of each first, so that no backup of the keys brings a copy back.
    """
    ended = [each for each in _decode(_own(drawer).read()) if wanted(each)]
    if not ended:
        return 0
    ring, links = current_vault().copy_keys, [each.link for each in ended]
    keys = ring.open(links).values()
    for key in keys:
        current_ledger().note(ledger_name(key))
    drawer.alone(partial(_delete_copies, keys))
    ring.destroy(links)
    drawer.alone(partial(_forget, drawer, ended, keys))
    ring.destroy(links)  # A share on its way may have made a key anew; it finds itself forgotten and seals nothing.
    truncate_logs()
    return len(ended)


def _delete_copies(keys: Iterable[bytes], driven: Driven) -> None:
    for key in keys:
        delete_copy(driven, key)


def _forget(drawer: Drawer, ended: Sequence[Share], keys: Iterable[bytes], driven: Driven) -> None:
    own = _own(drawer)
    _delete_copies(keys, driven)
    shares = [each for each in _decode(own.read_within(driven)) if each not in ended]
    own.put_within(driven, window_of(clock.today()), lambda _found: _encode(shares))


def _own(drawer: Drawer) -> Single:
    return drawer.single(SHARES, NAME)


def _encode(shares: Sequence[Share]) -> bytes:
    rows = [
        [each.result_id, each.reader.appointment_id, each.reader.counsellor_id, each.number, each.on.isoformat()]
        for each in shares
    ]
    return orjson.dumps(rows)


def _decode(content: Content) -> list[Share]:
    rows = orjson.loads(content.payload) if content.payload else []
    return [
        Share(result_id, Reader(appointment_id, counsellor_id), number, date.fromisoformat(on))
        for result_id, appointment_id, counsellor_id, number, on in rows
    ]
