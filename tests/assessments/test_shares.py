"""A shared copy: one reader can open it, nobody else can, and it is gone with its key.

Each proof has its control: a withdrawal that leaves the copy, one that the ledger does not hear of, a copy that
everybody finds.
"""

from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import select

from heartport import clock
from heartport.assessments import copies, shares
from heartport.assessments.copies import PLACES, Reader, copies_for
from heartport.assessments.results import delete_result, find_result
from heartport.assessments.shares import (
    Share,
    SharesFull,
    ShareUnknown,
    ShareWithdrawn,
    share_result,
    shares_of,
    withdraw_share,
)
from heartport.columns import new_public_id
from heartport.errors import NotSignedIn
from heartport.members.erasure_ledger import current_ledger
from heartport.members.erasures import erase_everything, replay_ledger
from heartport.members.standing import Standing, read_standing
from heartport.stores import Store, reading, write_transaction
from heartport.vault.door import current_vault
from heartport.vault.key_rings import KeyRing, ledger_name
from heartport.vault.models import SealedRecord, SharedCopyKey
from heartport.vault.records import RecordTooLong
from heartport.vault.singles import Single
from tests.conftest import Clock, Person
from tests.killing import FULL, killed_after, steps_of
from tests.threads import at_once
from tests.vault.dumps import dump

READER = Reader("a" * 22, "c" * 22)
COLLEAGUE = Reader("a" * 22, "d" * 22)
LATER = Reader("b" * 22, "c" * 22)


@pytest.fixture
def standing(employee: Person) -> Standing:
    return read_standing(employee.account_id)


@pytest.fixture
def result(employee: Person) -> str:
    return take(employee)


def take(person: Person, attempt_id: str = "attempt-of-a-share") -> str:
    answers = {f"q{number}": 2 for number in range(1, 10)}
    body = {"version": "1.0.0", "attempt_id": attempt_id, "answers": answers, "duration_ms": 61234}
    return person.post("scales/phq9/submissions", body).json["id"]


def share(standing: Standing, result_id: str, reader: Reader = READER) -> Share:
    return share_result(standing, result_id, find_result(standing, result_id).record, reader)


def rows() -> int:
    with reading(Store.VAULT) as session:
        return len(session.execute(select(SealedRecord.slot)).all())


# Sharing


def test_its_reader_reads_what_came_of_it_and_not_what_was_answered(standing: Standing, result: str) -> None:
    share(standing, result)
    (copy,) = copies_for(READER)
    kept = find_result(standing, result).record
    assert (copy.record.scores, copy.record.bands, copy.record.flags) == (kept.scores, kept.bands, kept.flags)
    assert (copy.record.answers, copy.record.profile, copy.record.duration_ms) == ({}, {}, None)
    assert (copy.record.consents, copy.record.unit) == ((), None)


@pytest.mark.parametrize("reader", [COLLEAGUE, LATER, Reader("c" * 22, "a" * 22)])
def test_nobody_else_finds_it_nor_its_reader_for_another_appointment(
    standing: Standing, result: str, reader: Reader
) -> None:
    share(standing, result)
    assert copies_for(reader) == []


def test_control_copies_that_are_found_by_the_appointment_alone_would_follow_it(
    standing: Standing, result: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken: the counsellor is no part of the address, so whoever takes an appointment over reads on."""
    ring = current_vault().copy_keys
    monkeypatch.setattr(copies, "link_of", lambda reader, number: ring.link_of(reader.appointment_id, number))
    share(standing, result)
    assert len(copies_for(COLLEAGUE)) == 1


def test_again_changes_nothing(standing: Standing, result: str) -> None:
    first = share(standing, result)
    before = dump(Store.KEYS), dump(Store.VAULT)
    assert share(standing, result) == first
    assert (dump(Store.KEYS), dump(Store.VAULT)) == before


def test_of_many_at_once_one_copy_comes(app: Flask, standing: Standing, result: str) -> None:
    at_once(app, lambda _number: share(standing, result), 4)
    assert len(copies_for(READER)) == 1
    assert len(shares_of(standing)) == 1


def test_several_results_and_several_appointments_stand_apart(
    employee: Person, standing: Standing, result: str
) -> None:
    other = take(employee, "another-attempt")
    for reader, shared in ((READER, result), (READER, other), (LATER, other)):
        share(standing, shared, reader)
    assert [len(copies_for(reader)) for reader in (READER, LATER)] == [2, 1]
    withdraw_share(standing, other, READER.appointment_id)
    assert [len(copies_for(reader)) for reader in (READER, LATER)] == [1, 1]


def test_beyond_what_an_hour_can_look_at_nothing_more_is_shared(employee: Person, standing: Standing) -> None:
    results = [take(employee, f"attempt-{number:04}") for number in range(len(PLACES) + 1)]
    for result in results[:-1]:
        share(standing, result)
    with pytest.raises(SharesFull):
        share(standing, results[-1])
    withdraw_share(standing, results[2], READER.appointment_id)
    assert share(standing, results[-1]).number == 2
    assert len(copies_for(READER)) == len(PLACES)


def test_a_full_record_of_shares_is_said_and_nothing_is_lost(standing: Standing, result: str) -> None:
    own = shares._own(current_vault().open(standing.account_id))
    others = [Share(new_public_id(), Reader(new_public_id(), new_public_id()), 0, clock.today()) for _ in range(100)]
    full = max(count for count in range(100) if fits(own, others[:count]))
    own.put("2026H2", lambda _found: shares._encode(others[:full]))
    with pytest.raises(SharesFull):
        share(standing, result)
    assert shares._decode(own.read()) == others[:full]
    assert full >= 25, "five appointments with five results each, at the least"


def fits(own: Single, some: list[Share]) -> bool:
    try:
        return bool(own._plain(bytes(16), shares._encode(some)))
    except RecordTooLong:
        return False


def test_what_ended_by_itself_makes_room(standing: Standing, result: str, clock: Clock) -> None:
    ended = share(standing, result)
    current_vault().copy_keys.destroy([ended.link])
    assert shares_of(standing) == []
    clock.advance(days=1)
    again = share(standing, result)
    assert (again.number, again.on) == (0, ended.on.replace(day=ended.on.day + 1))
    assert len(copies_for(READER)) == 1


# Withdrawing


def test_withdrawn_it_is_gone_with_key_and_row(standing: Standing, result: str) -> None:
    before = rows()
    share(standing, result)
    withdraw_share(standing, result, READER.appointment_id)
    assert copies_for(READER) == []
    assert shares_of(standing) == []
    assert current_vault().copy_keys.links() == frozenset()
    assert rows() == before + 1, "the person's own record of shares is left, empty"
    with pytest.raises(ShareUnknown):
        withdraw_share(standing, result, READER.appointment_id)


def test_control_a_withdrawal_that_leaves_the_copy_is_seen(
    standing: Standing, result: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken: the person's record forgets the share, key and row stay."""
    monkeypatch.setattr(KeyRing, "destroy", lambda _self, _links: 0)
    monkeypatch.setattr(shares, "_delete_copies", lambda _keys, _driven: None)
    share(standing, result)
    withdraw_share(standing, result, READER.appointment_id)
    assert shares_of(standing) == []
    assert len(copies_for(READER)) == 1


def test_it_can_be_shared_again_and_then_has_another_key(standing: Standing, result: str) -> None:
    link = share(standing, result).link
    first = current_vault().copy_keys.open([link])
    withdraw_share(standing, result, READER.appointment_id)
    share(standing, result)
    assert current_vault().copy_keys.open([link]) != first
    assert len(copies_for(READER)) == 1


def test_another_person_withdraws_nothing(standing: Standing, result: str, stranger: Person) -> None:
    share(standing, result)
    with pytest.raises(ShareUnknown):
        withdraw_share(read_standing(stranger.account_id), result, READER.appointment_id)
    assert len(copies_for(READER)) == 1


def test_whatever_appointment_it_was_shared_for_under_another_counsellor_is_withdrawn_too(
    standing: Standing, result: str
) -> None:
    share(standing, result)
    share(standing, result, COLLEAGUE)
    withdraw_share(standing, result, READER.appointment_id)
    assert (copies_for(READER), copies_for(COLLEAGUE)) == ([], [])


# Deleting the result, erasing the person


def test_with_the_result_its_copies_go_and_no_others(employee: Person, standing: Standing, result: str) -> None:
    other = take(employee, "another-attempt")
    for shared in (result, other):
        share(standing, shared)
    share(standing, result, LATER)
    delete_result(standing, result)
    assert [len(copies_for(reader)) for reader in (READER, LATER)] == [1, 0]


def test_a_result_that_is_deleted_while_it_is_shared_is_not_shared(
    standing: Standing, result: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure = KeyRing.ensure

    def deleted_meanwhile(self: KeyRing, link: bytes) -> bytes:
        delete_result(standing, result)
        return ensure(self, link)

    monkeypatch.setattr(KeyRing, "ensure", deleted_meanwhile)
    with pytest.raises(ShareWithdrawn):
        share(standing, result)
    assert copies_for(READER) == []


def test_with_the_person_all_copies_go(standing: Standing, result: str) -> None:
    share(standing, result)
    erase_everything(standing.account_id)
    assert copies_for(READER) == []
    assert current_vault().copy_keys.links() == frozenset()
    assert rows() == 0


@pytest.mark.parametrize("step", ["_begin", "_seal"])
def test_somebody_who_is_erased_while_they_share_shares_nothing(
    standing: Standing, result: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    do = getattr(shares, step)

    def erased_meanwhile(*arguments: object) -> object:
        done = do(*arguments)
        erase_everything(standing.account_id)
        return done

    monkeypatch.setattr(shares, step, erased_meanwhile)
    with pytest.raises((NotSignedIn, ShareWithdrawn)):
        share(standing, result)
    assert copies_for(READER) == []


# A backup that is put back


def brought_back(table: type, before: list[dict[str, object]]) -> None:
    def work(session) -> None:
        session.execute(table.__table__.delete())
        session.execute(table.__table__.insert(), before)

    write_transaction(Store.VAULT if table is SealedRecord else Store.KEYS, work)


def content(table: type) -> list[dict[str, object]]:
    with reading(Store.VAULT if table is SealedRecord else Store.KEYS) as session:
        return [dict(row) for row in session.execute(select(table.__table__)).mappings()]


@pytest.mark.parametrize("end", ["withdraw", "delete", "erase"])
def test_what_was_withdrawn_stays_withdrawn_after_a_backup(standing: Standing, result: str, end: str) -> None:
    share(standing, result)
    keys, records = content(SharedCopyKey), content(SealedRecord)
    do_end(end, standing, result)
    brought_back(SharedCopyKey, keys)
    brought_back(SealedRecord, records)
    assert len(copies_for(READER)) == 1, "the control: the backup does hold it"
    assert replay_ledger().copies == 1
    assert copies_for(READER) == []
    assert replay_ledger().copies == 0


def do_end(end: str, standing: Standing, result: str) -> None:
    ends: dict[str, Callable[[], object]] = {
        "withdraw": lambda: withdraw_share(standing, result, READER.appointment_id),
        "delete": lambda: delete_result(standing, result),
        "erase": lambda: erase_everything(standing.account_id),
    }
    ends[end]()


def test_control_without_the_ledger_it_would_come_back(
    standing: Standing, result: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken: the ledger hears of nothing."""
    share(standing, result)
    keys, records = content(SharedCopyKey), content(SealedRecord)
    monkeypatch.setattr(type(current_ledger()), "note", lambda _self, _link: None)
    withdraw_share(standing, result, READER.appointment_id)
    brought_back(SharedCopyKey, keys)
    brought_back(SealedRecord, records)
    assert replay_ledger().copies == 0
    assert len(copies_for(READER)) == 1


def test_a_share_that_stands_is_not_touched_by_the_ledger(standing: Standing, result: str) -> None:
    share(standing, result)
    withdraw_share(standing, result, READER.appointment_id)
    key = current_vault().copy_keys.open([share(standing, result).link])
    assert not {ledger_name(each) for each in key.values()} & current_ledger().links()
    assert replay_ledger().copies == 0
    assert len(copies_for(READER)) == 1


# What dies half-way

WATCHED_FILES = ("/assessments/shares.py", "/assessments/copies.py", "/vault/key_rings.py", "/vault/copies.py")


def points(act: Callable[[], object]) -> range:
    count = steps_of(act, WATCHED_FILES)
    return range(1, count + 1, 1 if FULL else max(1, count // 5))


def test_killed_anywhere_a_share_is_whole_or_the_next_try_makes_it_so(standing: Standing, result: str) -> None:
    for steps in points(lambda: share(standing, result)):
        assert killed_after(steps, lambda: share(standing, result), WATCHED_FILES)
        assert len(copies_for(READER)) in {0, 1}
        share(standing, result)
        assert len(copies_for(READER)) == 1
        withdraw_share(standing, result, READER.appointment_id)


def test_killed_anywhere_a_withdrawal_is_not_done_or_the_next_try_ends_it(standing: Standing, result: str) -> None:
    def withdraw() -> None:
        withdraw_share(standing, result, READER.appointment_id)

    share(standing, result)
    for steps in points(withdraw):
        share(standing, result)
        assert killed_after(steps, withdraw, WATCHED_FILES)
        with suppress(ShareUnknown):  # It may have been through.
            withdraw()
        assert copies_for(READER) == []
        assert current_vault().copy_keys.links() == frozenset()
