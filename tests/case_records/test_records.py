"""Case records: every version is kept, nobody's change is lost, and who opens one is noted before they read."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from heartport.case_records import audit, records
from heartport.case_records.records import (
    CaseRecordChanged,
    CaseRecordUnknown,
    delete_old_case_records,
    find_record,
    list_records,
    read_record,
    write_record,
)
from heartport.case_records.rules import LONGEST, CaseRecordClosed, Closing, Entry, Referral, Risk
from heartport.errors import Invalid
from heartport.staff.accounts import staff_id_of
from heartport.stores import Store, StoreUnavailable, reading
from heartport.vault.door import current_vault
from heartport.vault.models import SealedRecord
from heartport.vault.records import CASE_RECORD
from heartport.vault.retention import delete_old_records
from heartport.vault.versions import Versions
from tests.conftest import Clock
from tests.duty.teams import make_team
from tests.threads import at_once
from tests.vault.dumps import dump

ID = "a" * 22
OPEN = Entry(Risk.WATCH, "提到睡不着", "谈了作息", Referral.NONE, "", None, "")
CLOSED = replace(OPEN, closing=Closing.COMPLETED)


@pytest.fixture
def anne(app: Flask) -> str:
    return make_team(app).id_of("anne")


def acts() -> list[str]:
    return [event.act for event in audit.events_of(ID)]


def windows() -> list[str]:
    with reading(Store.VAULT) as session:
        return sorted(session.execute(select(SealedRecord.window)).scalars())


def test_what_was_written_is_read_and_every_version_is_kept(anne: str) -> None:
    first = write_record(ID, anne, 0, OPEN)
    second = write_record(ID, anne, 1, CLOSED)
    assert (first.version, second.version) == (1, 2)
    assert read_record(ID, anne) == second
    key = current_vault().case_keys.open([current_vault().case_keys.link_of(ID)]).popitem()[1]
    assert len(Versions(key, CASE_RECORD).all()) == 2


def test_a_stale_version_is_refused_and_the_same_again_is_not(anne: str) -> None:
    write_record(ID, anne, 0, OPEN)
    assert write_record(ID, anne, 0, OPEN).version == 1
    for version, entry in ((0, replace(OPEN, handling="别的")), (2, OPEN), (-1, OPEN)):
        with pytest.raises(CaseRecordChanged):
            write_record(ID, anne, version, entry)
    assert find_record(ID).entry == OPEN
    assert acts() == ["write"]


def test_of_two_who_write_at_once_one_is_told(app: Flask, anne: str) -> None:
    def write(number: int) -> str:
        try:
            return str(write_record(ID, anne, 0, replace(OPEN, handling=f"第 {number} 个"))).split("第 ")[1][:1]
        except CaseRecordChanged:
            return ""

    won = [each for each in at_once(app, write, 4) if each]
    assert len(won) == 1
    assert find_record(ID).entry.handling == f"第 {won[0]} 个"


def test_control_without_the_comparison_within_the_transaction_a_change_is_lost(
    app: Flask, anne: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken: it is compared before, and not where it is written."""
    looked: list[bool] = []

    def compare_once(latest: object, written: object) -> None:
        looked.append(True)

    monkeypatch.setattr(records, "_check", compare_once)
    at_once(app, lambda number: write_record(ID, anne, 0, replace(OPEN, handling=f"第 {number} 个")), 4)
    assert find_record(ID).version == 4


def test_a_closed_record_is_reopened_first_and_all_of_it_is_noted(anne: str) -> None:
    write_record(ID, anne, 0, OPEN)
    write_record(ID, anne, 1, CLOSED)
    with pytest.raises(CaseRecordClosed):
        write_record(ID, anne, 2, replace(CLOSED, closing_note="再补一句"))
    write_record(ID, anne, 2, OPEN)
    read_record(ID, staff_id_of("ben"))
    assert acts() == ["write", "close", "reopen", "read"]
    assert [event.actor for event in audit.events_of(ID)][-2:] == ["anne 的名字", "ben 的名字"]


def test_nobody_reads_where_it_cannot_be_noted(anne: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_record(ID, anne, 0, OPEN)

    def fail(*_arguments: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(audit, "note", fail)
    with pytest.raises(StoreUnavailable):
        read_record(ID, anne)
    with pytest.raises(StoreUnavailable):
        write_record(ID, anne, 1, CLOSED)
    assert find_record(ID).version == 1


def test_of_what_is_not_there_nothing_is_noted(anne: str) -> None:
    with pytest.raises(CaseRecordUnknown):
        read_record(ID, anne)
    assert acts() == []


def longest(first: int, last: int) -> Entry:
    """Return an entry whose texts are as long as they may be, of random characters."""
    draw = random.Random(6).randint
    texts = {name: "".join(chr(draw(first, last)) for _ in range(count)) for name, count in LONGEST.items()}
    return Entry(Risk.URGENT, closing=Closing.REFERRED, referral=Referral.ARRANGED, **texts)


def test_the_longest_texts_fit_whatever_chinese_they_are(anne: str) -> None:
    entry = longest(0x4E00, 0x9FFF)
    assert write_record(ID, anne, 0, entry).entry == find_record(ID).entry == entry


def test_what_no_row_can_hold_is_refused_with_its_place(anne: str) -> None:
    with pytest.raises(Invalid) as refused:
        write_record(ID, anne, 0, longest(0x20000, 0x2A6DF))
    assert set(refused.value.errors) == {"handling"}
    assert find_record(ID) is None


def test_no_word_of_it_and_no_name_stands_in_any_store(anne: str) -> None:
    write_record(ID, anne, 0, OPEN)
    read_record(ID, anne)
    cells = [cell for store in Store for cell in dump(store)]
    assert not [cell for cell in cells if "睡不着" in str(cell.value) or cell.value == ID]
    assert {len(cell.content) for cell in cells if cell.place == "vault.sealed_records.ciphertext"} == {
        CASE_RECORD.length + 30
    }


# Until when


def test_a_record_goes_the_day_after_its_last_with_all_that_was_noted(anne: str, clock: Clock) -> None:
    write_record(ID, anne, 0, OPEN)
    write_record("b" * 22, anne, 0, OPEN)
    clock.moment = datetime(2036, 11, 21, 4, tzinfo=UTC)
    write_record("b" * 22, anne, 1, CLOSED)
    assert delete_old_case_records() == 0
    clock.moment = datetime(2036, 11, 23, 4, tzinfo=UTC)
    assert delete_old_case_records() == 1
    assert (find_record(ID), acts()) == (None, [])
    assert [each.appointment_id for each in list_records()] == ["b" * 22]
    assert delete_old_case_records() == 0


def test_half_years_that_go_leave_case_records_and_what_stays_looks_like_what_is_new(anne: str, clock: Clock) -> None:
    write_record(ID, anne, 0, OPEN)
    write_record(ID, anne, 1, CLOSED)
    current_vault().ensure_subject("somebody")
    current_vault().open("somebody").single(CASE_RECORD, "a result").put("2026H2", lambda _found: b"x")
    clock.moment = datetime(2031, 3, 1, tzinfo=UTC)
    assert delete_old_records() == 1
    assert find_record(ID).entry == CLOSED
    assert windows() == ["2031H1"] * 2


def test_control_without_a_look_at_case_records_they_would_go(
    anne: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("heartport.vault.retention._slots_of_case_records", lambda _is_over: [])
    write_record(ID, anne, 0, OPEN)
    clock.moment = datetime(2031, 3, 1, tzinfo=UTC)
    assert delete_old_records() == 1
    assert find_record(ID) is None


# At a terminal


def command(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["case-records", *arguments])


def test_an_operator_sees_which_records_there_are_and_who_opened_one_and_not_what_they_say(
    app: Flask, anne: str, clock: Clock
) -> None:
    assert "Nobody has" in command(app, "audit", ID).output
    write_record(ID, anne, 0, OPEN)
    clock.advance(minutes=5)
    write_record(ID, anne, 1, CLOSED)
    listed = command(app, "list").output
    assert listed == f"2026-11-22  {ID}  anne 的名字  closed, version 2, kept until 2036-11-22\n"
    assert command(app, "audit", ID).output == (
        "2026-11-22 12:00:00  write  anne 的名字\n2026-11-22 12:05:00  close  anne 的名字\n"
    )
