"""What a person has once under a name: read, changed in one transaction, erased at equal length."""

import os

import pytest
from sqlalchemy import func, select, update

from heartport.stores import Store, reading, write_transaction
from heartport.vault.door import current_vault
from heartport.vault.models import SealedRecord
from heartport.vault.providers import WrongKey
from heartport.vault.records import DRAFT, RESULT, Records, RecordTooLong
from heartport.vault.sealing import OVERHEAD_BYTES
from heartport.vault.singles import NOBODY, NOTHING, Content, Single
from tests.threads import at_once

NOW, BEFORE = "2026H2", "2026H1"


def single_of(account_id: str, name: str = "phq9") -> Single:
    current_vault().ensure_subject(account_id)
    return current_vault().open(account_id).single(DRAFT, name)


def records_of(account_id: str) -> Records:
    return current_vault().records(account_id, RESULT)


def put(single: Single, payload: bytes, window: str = NOW) -> bytes:
    return single.put(window, lambda _found: payload)


def rows() -> list[tuple[bytes, str, bytes]]:
    with reading(Store.VAULT) as session:
        found = session.execute(select(SealedRecord.slot, SealedRecord.window, SealedRecord.ciphertext))
        return [(bytes(slot), window, bytes(ciphertext)) for slot, window, ciphertext in found]


def test_the_length_of_a_draft_is_stated_and_equals_that_of_a_result():
    assert DRAFT.length == RESULT.length == 1900


def test_where_nothing_was_put_there_is_nothing_and_erasing_writes_nothing(app):
    single = single_of("a")
    single.erase()
    assert single.read() == NOTHING
    assert rows() == []


def test_what_was_put_comes_back_and_a_change_sees_what_stood_there(app):
    put(single_of("a"), b"first")
    seen: list[Content] = []

    def change(found: Content) -> bytes:
        seen.append(found)
        return b"second"

    assert single_of("a").put(NOW, change) == b"second"
    assert seen == [Content(NOBODY, b"first")]
    assert single_of("a").read().payload == b"second"
    assert len(rows()) == 1


def test_content_tombstone_and_next_content_share_one_slot_and_one_length(app):
    single, states = single_of("a"), []
    contents = [b"", b"{}", b"0" * 100_000, os.urandom(DRAFT.length - 100), "心港".encode() * 300]
    for content in contents:
        put(single, content)
        states += rows()
        single.erase()
        assert single.read() == NOTHING
        states += rows()
    assert {(slot, len(ciphertext)) for slot, _, ciphertext in states} == {
        (states[0][0], DRAFT.length + OVERHEAD_BYTES)
    }
    assert len({ciphertext for _, _, ciphertext in states}) == len(states)


def test_what_does_not_change_is_not_written_again(app):
    put(single_of("a"), b"same")
    before = rows()
    put(single_of("a"), b"same", "2027H1")
    assert rows() == before


def test_the_label_is_the_half_year_of_the_last_writing_and_the_slot_stays(app):
    put(single_of("a"), b"first", BEFORE)
    ((slot, before, _),) = rows()
    put(single_of("a"), b"second", NOW)
    ((same_slot, after, _),) = rows()
    assert (before, after, same_slot) == (BEFORE, NOW, slot)


def test_a_change_that_refuses_leaves_everything_as_it_was(app):
    put(single_of("a"), b"first")
    before = rows()

    def refuse(_found: Content) -> bytes:
        raise LookupError

    with pytest.raises(LookupError):
        single_of("a").put(NOW, refuse)
    with pytest.raises(RecordTooLong):
        put(single_of("a"), os.urandom(DRAFT.length))
    assert rows() == before


def test_a_tombstone_remembers_which_attempt_used_the_record_up(app):
    single = single_of("a")
    put(single, b"draft")
    single.erase(used_up_by=single.id_for("attempt-1"))
    assert single.read() == Content(single.id_for("attempt-1"), None)
    single.erase()
    assert single.read().id == single.id_for("attempt-1")
    single.erase(used_up_by=single.id_for("attempt-2"))
    assert single.read().id == single.id_for("attempt-2")
    put(single, b"draft")
    assert single.read() == Content(single.id_for("attempt-2"), b"draft")
    single.erase()
    assert single.read() == Content(single.id_for("attempt-2"), None)


def test_an_attempt_has_one_id_in_every_kind(app):
    assert single_of("a").id_for("attempt-1") == records_of("a").id_for("attempt-1")
    assert single_of("a").id_for("attempt-1") != single_of("b").id_for("attempt-1")


def test_names_kinds_and_persons_are_apart(app):
    put(single_of("a"), b"one")
    put(single_of("a", "gad7"), b"two")
    put(single_of("b"), b"three")
    records = records_of("a")
    records.insert_once(records.id_for("attempt-1"), b"result", [NOW])
    assert [single_of(*who).read().payload for who in (("a",), ("a", "gad7"), ("b",))] == [b"one", b"two", b"three"]
    assert [entry.payload for entry in records.live([NOW])] == [b"result"]
    assert len(rows()) == 4


@pytest.mark.parametrize("other", [("a", "gad7"), ("b", "phq9")])
def test_a_row_that_was_moved_to_another_name_or_person_does_not_open(app, other):
    put(single_of("a"), b"draft")
    slot = single_of(*other)._slot(other[1])
    move = update(SealedRecord).values(slot=slot)
    write_transaction(Store.VAULT, lambda session: session.execute(move) and None)
    with pytest.raises(WrongKey):
        single_of(*other).read()


def test_sixteen_writers_at_once_lose_nothing(app):
    single_of("a")

    def add(number: int) -> bytes:
        return single_of("a").put(NOW, lambda found: (found.payload or b"") + bytes([number]))

    at_once(app, add, 16)
    assert sorted(single_of("a").read().payload) == list(range(16))
    assert len(rows()) == 1


def test_sixteen_writers_that_read_before_their_transaction_lose_something(app):
    """The negative control of the test above: reading first and writing later drops what came between."""
    put(single_of("a"), b"")

    def add(number: int) -> bytes:
        seen = single_of("a").read().payload
        return put(single_of("a"), seen + bytes([number]))

    for _ in range(5):
        at_once(app, add, 16)
    assert len(single_of("a").read().payload) < 5 * 16


def test_a_record_and_what_it_uses_up_change_together(app):
    records, single = records_of_a_with_draft(), single_of("a")
    attempt = records.id_for("attempt-1")
    records.insert_once(attempt, b"result", [NOW], using_up=single)
    assert single.read() == Content(attempt, None)
    assert [entry.payload for entry in records.live([NOW])] == [b"result"]


def test_a_repeated_attempt_uses_nothing_up(app):
    records, single = records_of_a_with_draft(), single_of("a")
    attempt = records.id_for("attempt-1")
    records.insert_once(attempt, b"result", [NOW])
    records.insert_once(attempt, b"result", [NOW], using_up=single)
    assert single.read().payload == b"draft"


def test_where_the_second_half_fails_the_first_is_undone(app, monkeypatch):
    records, single = records_of_a_with_draft(), single_of("a")

    original = Single.erase_found

    def fail(self, *found):
        original(self, *found)
        raise LookupError

    monkeypatch.setattr(Single, "erase_found", fail)
    with pytest.raises(LookupError):
        records.insert_once(records.id_for("attempt-1"), b"result", [NOW], using_up=single)
    assert single.read().payload == b"draft"
    assert records.live([NOW]) == []


def records_of_a_with_draft() -> Records:
    put(single_of("a"), b"draft")
    return records_of("a")


def test_a_draft_in_the_store_has_no_label_and_no_length_of_its_own(app):
    """Whoever holds a dump cannot tell drafts, results and tombstones of either from each other."""
    put(single_of("a"), b"draft")
    put(single_of("a", "gad7"), b"erased")
    single_of("a", "gad7").erase()
    records = records_of("a")
    for number in range(2):
        records.insert_once(records.id_for(f"attempt-{number}"), b"result", [NOW])
    records.delete(records.id_for("attempt-0"), [NOW])
    with reading(Store.VAULT) as session:
        shapes = session.execute(select(SealedRecord.window, func.length(SealedRecord.ciphertext))).all()
    assert len(shapes) == 4
    assert len(set(shapes)) == 1
