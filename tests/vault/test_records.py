import os
import random
from datetime import date

import pytest
from sqlalchemy import func, insert, select

from heartport.members.sessions import find_or_create_account
from heartport.stores import Store, engine_of, reading, write_transaction
from heartport.vault.door import current_vault
from heartport.vault.models import SealedRecord
from heartport.vault.providers import WrongKey
from heartport.vault.records import BATCH, EARLIER, NEXT_WINDOW, RESULT, THIS_WINDOW, Kind, Records, RecordTooLong
from heartport.vault.sealing import OVERHEAD_BYTES
from heartport.vault.windows import window_of
from tests.threads import at_once
from tests.vault.dumps import disguises, raw_bytes

NOW, BEFORE, LONG_AGO = "2026H2", "2026H1", "2025H2"
WINDOWS = (NOW, BEFORE, LONG_AGO)
NEXT = "2027H1"
FIRST_LOOKS = {NEXT: NEXT_WINDOW, NOW: THIS_WINDOW, BEFORE: EARLIER, LONG_AGO: EARLIER}
EDGES = [
    (window, first + further * BATCH + step)
    for window, first in FIRST_LOOKS.items()
    for further in (0, 1)
    for step in (-1, 0, 1)
]


def records_of(account_id: str, kind: Kind = RESULT) -> Records:
    current_vault().ensure_subject(account_id)
    return current_vault().records(account_id, kind)


def keep(records: Records, attempt: str, payload: bytes = b"{}", windows: tuple[str, ...] = (NOW,)):
    return records.insert_once(records.id_for(attempt), payload, windows)


def count() -> int:
    with reading(Store.VAULT) as session:
        return session.execute(select(func.count()).select_from(SealedRecord)).scalar_one()


def lengths() -> set[int]:
    with reading(Store.VAULT) as session:
        return set(session.execute(select(func.length(SealedRecord.ciphertext))).scalars())


def test_what_was_kept_comes_back(app):
    records = records_of("a")
    entry, inserted = keep(records, "attempt-1", b"answers")
    assert inserted
    assert records_of("a").live(WINDOWS) == [entry]
    assert (entry.window, entry.number, entry.payload) == (NOW, 0, b"answers")


def test_all_results_have_one_ciphertext_length_whatever_their_content(app):
    records = records_of("a")
    contents = [b"", b"{}", b"0" * 100_000, os.urandom(RESULT.length - 100), "心港".encode() * 300]
    for number, content in enumerate(contents):
        keep(records, f"attempt-{number}", content)
    assert [entry.payload for entry in reversed(records.live([NOW]))] == contents
    assert lengths() == {RESULT.length + OVERHEAD_BYTES}


def test_a_record_that_is_too_long_writes_nothing(app):
    with pytest.raises(RecordTooLong):
        keep(records_of("a"), "attempt-1", os.urandom(RESULT.length))
    with pytest.raises(RecordTooLong):
        keep(records_of("a"), "attempt-1", os.urandom(100_000))
    assert count() == 0


def test_the_longest_record_that_fits_is_kept(app):
    records = records_of("a")
    fitting = next(
        length for length in range(RESULT.length, 0, -1) if _fits(records, random.Random(7).randbytes(length))
    )
    assert fitting > RESULT.length - 100
    keep(records, "attempt-1", random.Random(7).randbytes(fitting))
    assert lengths() == {RESULT.length + OVERHEAD_BYTES}


def _fits(records: Records, payload: bytes) -> bool:
    try:
        records._plain(b"i" * 16, payload)
    except RecordTooLong:
        return False
    return True


def test_the_same_attempt_twice_is_stored_once_and_finds_the_first(app):
    records = records_of("a")
    first, _ = keep(records, "attempt-1", b"first")
    again, inserted = keep(records, "attempt-1", b"second")
    assert (again, inserted, count()) == (first, False, 1)


def test_an_attempt_that_is_repeated_in_the_next_half_year_finds_itself(app):
    records = records_of("a")
    first, _ = keep(records, "attempt-1", windows=(BEFORE,))
    again, inserted = keep(records, "attempt-1", windows=(NOW, BEFORE))
    assert (again, inserted, count()) == (first, False, 1)


def test_sixteen_callers_with_one_attempt_store_one_record(app):
    records_of("a")
    outcomes = at_once(app, lambda number: keep(records_of("a"), "attempt-1", b"%d" % number), 16)
    assert sum(inserted for _, inserted in outcomes) == 1
    winner = next(entry for entry, inserted in outcomes if inserted)
    assert {(entry.id, entry.payload) for entry, _ in outcomes} == {(winner.id, winner.payload)}
    assert count() == 1


def test_sixteen_attempts_of_one_person_at_once_leave_no_gap(app):
    records_of("a")
    outcomes = at_once(app, lambda number: keep(records_of("a"), f"attempt-{number}"), 16)
    assert all(inserted for _, inserted in outcomes)
    assert sorted(entry.number for entry, _ in outcomes) == list(range(16))
    assert sorted(entry.number for entry in records_of("a").live([NOW])) == list(range(16))


def test_sixteen_persons_at_once_do_not_disturb_each_other(app):
    outcomes = at_once(app, lambda number: keep(records_of(f"account-{number}"), "attempt-1", b"%d" % number), 16)
    assert all(inserted and entry.number == 0 for entry, inserted in outcomes)
    for number in range(16):
        assert [entry.payload for entry in records_of(f"account-{number}").live([NOW])] == [b"%d" % number]


def test_two_persons_never_see_each_others_records(app):
    for person in ("a", "b"):
        for number in range(20):
            keep(records_of(person), f"attempt-{number}", person.encode())
    for person in ("a", "b"):
        entries = records_of(person).live(WINDOWS)
        assert [entry.payload for entry in entries] == [person.encode()] * 20
    assert {e.id for e in records_of("a").live(WINDOWS)}.isdisjoint(e.id for e in records_of("b").live(WINDOWS))


def test_forty_records_over_three_half_years_list_the_latest_first(app):
    records = records_of("a")
    for number in range(40):
        # 18 records, 16 exactly (a full batch), and 6.
        window = LONG_AGO if number < 18 else BEFORE if number < 34 else NOW
        keep(records, f"attempt-{number}", b"%d" % number, WINDOWS[WINDOWS.index(window) :])
    assert [entry.payload for entry in records.live(WINDOWS)] == [b"%d" % number for number in range(39, -1, -1)]
    assert [entry.number for entry in records.live([BEFORE])] == list(range(15, -1, -1))


@pytest.mark.parametrize(("window", "amount"), EDGES)
def test_listing_finds_all_records_around_the_edges_of_a_look(app, window, amount):
    records = records_of("a")
    for number in range(amount):
        keep(records, f"attempt-{number}", windows=(window, *[each for each in WINDOWS if each < window]))
    keep(records, "attempt-in-between", windows=WINDOWS)
    found = [(entry.window, entry.number) for entry in records.live(FIRST_LOOKS)]
    there = {(window, number) for number in range(amount)}
    there.add((NOW, amount if window == NOW else 0))
    assert found == sorted(there, reverse=True)
    assert not keep(records, "attempt-in-between", windows=WINDOWS)[1]


def test_kinds_and_windows_are_apart(app):
    note = Kind("note", 256)
    keep(records_of("a"), "attempt-1", b"result")
    keep(records_of("a", note), "attempt-1", b"note")
    assert [entry.payload for entry in records_of("a", note).live(WINDOWS)] == [b"note"]
    assert [entry.payload for entry in records_of("a").live(WINDOWS)] == [b"result"]
    assert records_of("a").live([BEFORE]) == records_of("a").live([]) == []


def test_a_record_that_was_sealed_for_one_person_does_not_open_for_another(app):
    keep(records_of("a"), "attempt-1")
    with reading(Store.VAULT) as session:
        sealed = session.execute(select(SealedRecord.ciphertext)).scalar_one()
    foreign_slot = records_of("b")._slot(NOW, 0)
    move(foreign_slot, sealed)
    with pytest.raises(WrongKey):
        records_of("b").live([NOW])


def test_a_record_that_was_moved_to_another_place_of_the_same_person_does_not_open(app):
    keep(records_of("a"), "attempt-1")
    with reading(Store.VAULT) as session:
        sealed = session.execute(select(SealedRecord.ciphertext)).scalar_one()
    move(records_of("a")._slot(NOW, 1), sealed)
    with pytest.raises(WrongKey):
        records_of("a").live([NOW])


def move(slot: bytes, ciphertext: bytes) -> None:
    row = {"slot": slot, "window": NOW, "ciphertext": ciphertext}
    write_transaction(Store.VAULT, lambda session: session.execute(insert(SealedRecord).values(row)) and None)


def test_the_same_record_of_the_same_person_looks_different_in_every_row(app):
    for number in range(20):
        keep(records_of("a"), f"attempt-{number}", b"the same")
    with reading(Store.VAULT) as session:
        rows = session.execute(select(SealedRecord.slot, SealedRecord.ciphertext)).all()
    assert len({row.slot[:8] for row in rows}) == len({row.ciphertext[2:10] for row in rows}) == 20


def test_slots_and_files_of_the_vault_name_nobody(app):
    account_id = find_or_create_account("openid-of-somebody-in-the-vault")
    records = records_of(account_id)
    keep(records, "attempt-of-somebody", b'{"answers":{"q9":3}}', (window_of(date(2026, 11, 22)),))
    content = raw_bytes(app, Store.VAULT)
    stored = {entry.id for entry in records.live([NOW])}
    with reading(Store.VAULT) as session:
        slot = session.execute(select(SealedRecord.slot)).scalar_one()
    assert slot in content  # So that the search is known to look at the right files.
    for secret in (account_id, "openid-of-somebody-in-the-vault", "attempt-of-somebody", '{"answers"', *stored):
        assert not [name for name, wanted in disguises(secret).items() if wanted in content]


def test_an_entry_does_not_show_its_content_in_a_log(app):
    entry, _ = keep(records_of("a"), "attempt-1", b"answers")
    assert "answers" not in repr(entry)


def test_a_deleted_record_becomes_a_tombstone_of_equal_length_in_its_place(app):
    records = records_of("a")
    for number in range(3):
        keep(records, f"attempt-{number}", b"%d" % number)
    assert records.delete(records.id_for("attempt-1"), WINDOWS)
    assert [entry.payload for entry in records.live(WINDOWS)] == [b"2", b"0"]
    assert (count(), lengths()) == (3, {RESULT.length + OVERHEAD_BYTES})


def test_a_record_is_deleted_once_and_only_by_its_own_id(app):
    records = records_of("a")
    keep(records, "attempt-1")
    assert not records.delete(records.id_for("attempt-2"), WINDOWS)
    assert not records.delete(records_of("b").id_for("attempt-1"), WINDOWS)
    assert not records_of("b").delete(records.id_for("attempt-1"), WINDOWS)
    assert [records.delete(records.id_for("attempt-1"), WINDOWS) for _ in range(2)] == [True, False]


def test_a_deleted_attempt_finds_its_tombstone_and_is_not_stored_anew(app):
    records = records_of("a")
    keep(records, "attempt-1", b"answers")
    records.delete(records.id_for("attempt-1"), WINDOWS)
    entry, inserted = keep(records, "attempt-1", b"answers")
    assert (entry.payload, inserted, count()) == (None, False, 1)
    assert records.holds(records.id_for("attempt-1"), WINDOWS)


def test_deleting_leaves_no_gap_for_listing(app):
    records = records_of("a")
    for number in range(BATCH + 3):
        keep(records, f"attempt-{number}", b"%d" % number)
    for number in range(BATCH + 2):
        records.delete(records.id_for(f"attempt-{number}"), WINDOWS)
    assert [entry.number for entry in records.live([NOW])] == [BATCH + 2]
    assert keep(records, "attempt-later")[0].number == BATCH + 3


def test_sixteen_callers_delete_a_record_once(app):
    records = records_of("a")
    keep(records, "attempt-1")
    outcomes = at_once(app, lambda _: records_of("a").delete(records.id_for("attempt-1"), WINDOWS), 16)
    assert sum(outcomes) == 1


def test_the_old_ciphertext_of_a_deleted_record_leaves_the_file_of_sqlite(app):
    """`secure_delete` clears what was overwritten; the write-ahead log is emptied by a checkpoint."""
    if engine_of(Store.VAULT).dialect.name != "sqlite":
        pytest.skip("PostgreSQL clears old row versions when it vacuums")
    records = records_of("a")
    keep(records, "attempt-1", b"answers")
    with reading(Store.VAULT) as session:
        sealed = bytes(session.execute(select(SealedRecord.ciphertext)).scalar_one())
    assert sealed[20:60] in raw_bytes(app, Store.VAULT)
    records.delete(records.id_for("attempt-1"), WINDOWS)
    with engine_of(Store.VAULT).connect() as connection:
        connection.rollback()
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert sealed[20:60] not in raw_bytes(app, Store.VAULT)
