"""`flask restore check`: whoever was erased stays erased, whatever backup is put back."""

import shutil
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import flask_migrate
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete

from heartport import command_line, migrations
from heartport.app import create_app
from heartport.booking.counselling.models import Appointment, CounsellingConsent, Waiting
from heartport.booking.lectures.models import Registration
from heartport.config import load_settings
from heartport.followups.models import FollowUp
from heartport.members import restores
from heartport.members.erasure_ledger import current_ledger
from heartport.members.erasures import account_ids
from heartport.members.models import AccessToken, Account, Consent
from heartport.messages.models import Message, Subscription
from heartport.stores import Store, write_transaction
from heartport.units.models import UnitBinding
from heartport.web.models import IdempotencyKey
from tests.conftest import Person, dispose, ready_person
from tests.members.residents import CONFIRM, Resident, settle, take
from tests.staff.doors import make_staff
from tests.vault.dumps import all_bytes, by_column, dump, traces

STORES = ("main", "keys", "vault")
COMBINATIONS = [some for size in (1, 2, 3) for some in combinations(STORES, size)]


def clear(secret: str | bytes) -> dict[str, bytes]:
    return {"clear": secret.encode() if isinstance(secret, str) else secret}


def in_files(resident: Resident) -> set[str]:
    return {trace.split(" (")[0] for trace in traces(resident.traces, all_bytes(), clear)}


def in_dumps(resident: Resident) -> set[str]:
    places = by_column([cell for store in Store for cell in dump(store)])
    return {trace.split(" (")[0] for trace in traces(resident.traces, places, clear)}


def erase(person: Person) -> None:
    assert person.post("me/erasure", CONFIRM).status_code == 200


def check(app: Flask, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["restore", "check", *options])


# Whole files: three SQLite stores that are copied and put back


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[Flask, Path]]:
    """An application over files of its own, and where they lie."""
    made = create_app(load_settings({"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path / "data")}))
    migrations.init_app(made)
    command_line.init_app(made)
    (tmp_path / "data").mkdir()
    with made.app_context():
        flask_migrate.upgrade()
        assert check(made).exit_code == 0
        yield made, tmp_path / "data"
    dispose(made)


def copy_stores(app: Flask, source: Path, target: Path, stores: tuple[str, ...] = STORES) -> None:
    dispose(app)
    target.mkdir(exist_ok=True)
    for store in stores:
        for old in target.glob(f"{store}.sqlite3*"):
            old.unlink()
        for file in source.glob(f"{store}.sqlite3*"):
            shutil.copy(file, target)


@pytest.mark.parametrize("stores", COMBINATIONS, ids="-".join)
def test_a_restored_backup_brings_nobody_back(files: tuple[Flask, Path], stores: tuple[str, ...]) -> None:
    app, folder = files
    gone, stays = (
        settle(app, "openid-of-a-gone-one-0000001", "走了的人"),
        settle(app, "openid-of-one-who-stays-01", "在的人"),
    )
    backup = folder.parent / "backup"
    copy_stores(app, folder, backup)
    erase(gone.person)
    assert in_files(gone) == set()
    copy_stores(app, backup, folder, stores)
    restored = in_files(gone)
    assert restored, "the control: the copies do hold the person"

    answer = check(app)

    assert answer.exit_code == 0, answer.output
    assert f"Accounts erased again: {1 if 'main' in stores else 0}." in answer.output
    # Without the key nobody can find the rows, nor open them: they go with their half-year.
    assert in_files(gone) == ({"slot", "ciphertext"} if "keys" not in stores and "vault" in stores else set())
    if stores == STORES:
        assert len(ready_person(app, stays.openid).get("me/results").json["items"]) == 17
    again = check(app)
    assert "Accounts erased again: 0." in again.output
    assert "without an account erased again: 0." in again.output


def test_the_person_of_a_restored_backup_can_sign_in_before_and_cannot_after(files: tuple[Flask, Path]) -> None:
    """Why the service must not open before the check."""
    app, folder = files
    gone = settle(app, "openid-of-a-gone-one-0000001", "走了的人", results=2)
    copy_stores(app, folder, folder.parent / "backup")
    erase(gone.person)
    copy_stores(app, folder.parent / "backup", folder)
    assert gone.person.get("me").status_code == 200
    check(app)
    assert gone.person.get("me").status_code == 401


def test_a_session_that_was_ended_since_the_backup_does_not_come_back(files: tuple[Flask, Path]) -> None:
    """It may be that of a telephone that was stolen."""
    app, folder = files
    person = settle(app, "openid-of-one-who-stays-01", "在的人", results=1).person
    staff = make_staff(app, "alice", ("counsellor", None)).signed_in()
    copy_stores(app, folder, folder.parent / "backup")
    for each in (person, staff):
        assert each.delete("auth/session").status_code == 204
    copy_stores(app, folder.parent / "backup", folder)
    assert [each.get("me/sessions").status_code for each in (person, staff)] == [200, 200], "the control"
    answer = check(app)
    assert "Sessions ended, of employees and staff: 2." in answer.output
    assert [each.get("me/sessions").status_code for each in (person, staff)] == [401, 401]


def late_comer(files: tuple[Flask, Path], store: str) -> Resident:
    """Let somebody come after the backup of one store, which is put back."""
    app, folder = files
    settle(app, "openid-of-one-who-stays-01", "在的人", results=1)
    copy_stores(app, folder, folder.parent / "backup")
    late = settle(app, "openid-of-a-late-comer-001", "后来的人", results=2)
    copy_stores(app, folder.parent / "backup", folder, (store,))
    return late


def test_whoever_came_after_the_backup_of_keys_is_counted_and_can_go_on(files: tuple[Flask, Path]) -> None:
    app, _ = files
    late = late_comer(files, "keys")
    answer = check(app)
    assert "Accounts without a key: 1." in answer.output
    assert "without an account" not in answer.output.partition("\n")[2]
    again = ready_person(app, late.openid)
    assert again.account_id == late.account_id
    assert again.get("me/results").json["items"] == []
    assert take(again, "attempt-after-it").status_code == 201
    assert "Accounts without a key" not in check(app).output


def test_what_is_sealed_for_whoever_came_after_the_backup_of_main_is_counted_and_erased_if_asked(
    files: tuple[Flask, Path],
) -> None:
    app, _ = files
    late = late_comer(files, "main")
    answer = check(app)
    assert "Keys without an account: 1." in answer.output
    assert {"slot", "ciphertext", "wrapped key"} <= in_files(late)
    assert "erased, with their records: 1." in check(app, "--erase-lost").output
    assert in_files(late) == set()
    assert "Keys without an account" not in check(app, "--erase-lost").output


# The same on both databases, with rows put back


def forget_account(account_id: str) -> None:
    """Make `main` as if it were newer than the other two."""

    def work(session) -> None:
        bookings = (Registration, Appointment, CounsellingConsent, Waiting)
        for model in (AccessToken, Consent, UnitBinding, IdempotencyKey, FollowUp, Message, Subscription, *bookings):
            session.execute(delete(model).where(model.account_id == account_id))
        session.execute(delete(Account).where(Account.id == account_id))

    write_transaction(Store.MAIN, work)


def test_whoever_stands_in_the_ledger_is_erased_again(app: Flask) -> None:
    gone, stays = (
        settle(app, "openid-of-a-gone-one-0000001", "走了的人"),
        settle(app, "openid-of-one-who-stays-01", "在的人"),
    )
    before = in_dumps(stays)
    current_ledger().note(app.extensions["heartport.vault"].link_of(gone.account_id))
    answer = check(app, "--keep-sessions")
    assert answer.output.strip() == (
        "Erasures finished: 0. Accounts erased again: 1. Keys and records without an account erased again: 0. "
        "Shared copies withdrawn again: 0."
    )
    assert in_dumps(gone) == set()
    assert in_dumps(stays) == before


def test_nobody_is_signed_out_where_that_is_said(app: Flask) -> None:
    person = ready_person(app, "openid-of-one-who-stays-01")
    assert "Sessions" not in check(app, "--keep-sessions").output
    assert person.get("me").status_code == 200


def test_whoever_signs_up_while_the_stores_are_compared_is_not_lost(app: Flask, monkeypatch) -> None:
    """The operator should not have opened the service yet; nobody is to pay for it."""
    came = []

    def accounts_and_then_somebody_comes() -> list[str]:
        found = list(account_ids())
        came.append(ready_person(app, f"openid-of-somebody-new-{len(came):06}"))
        return found

    monkeypatch.setattr(restores, "account_ids", accounts_and_then_somebody_comes)
    answer = check(app, "--keep-sessions", "--erase-lost")
    assert "Keys without an account" not in answer.output
    assert [person.get("me/results").status_code for person in came] == [200]


def test_keys_and_records_whose_account_is_gone_are_erased_again(app: Flask) -> None:
    gone = settle(app, "openid-of-a-gone-one-0000001", "走了的人")
    current_ledger().note(app.extensions["heartport.vault"].link_of(gone.account_id))
    forget_account(gone.account_id)
    assert {"slot", "ciphertext", "wrapped key"} <= in_dumps(gone)
    assert "without an account erased again: 1." in check(app).output
    assert in_dumps(gone) == set()


def test_a_ledger_that_is_missing_stops_the_opening(app: Flask) -> None:
    person = settle(app, "openid-of-one-who-stays-01", "在的人", results=1).person
    ledger = current_ledger()
    ledger.path.unlink()
    answer = check(app)
    assert answer.exit_code == 1
    assert str(ledger.path) in answer.output
    assert "--force-new-ledger" in answer.output
    assert not ledger.exists()
    assert person.get("/readyz").json["checks"]["erasure ledger"] == "erasure_ledger_missing"
    forced = check(app, "--force-new-ledger")
    assert forced.exit_code == 0
    assert "A new erasure ledger was begun" in forced.output
    assert person.get("/readyz").status_code == 200


def test_without_accounts_a_ledger_is_begun_unasked(app: Flask) -> None:
    current_ledger().path.unlink()
    assert check(app).exit_code == 0
    assert current_ledger().links() == frozenset()


def test_a_file_that_is_no_ledger_stops_the_opening(app: Flask) -> None:
    current_ledger().path.write_text("something else")
    answer = check(app, "--force-new-ledger")
    assert answer.exit_code == 1
    assert "erasure_ledger_unusable" in answer.output
    assert current_ledger().path.read_text() == "something else"


def test_other_keys_than_those_of_the_data_stop_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under other keys no line would fit anybody, and the check would find nothing to do."""
    vault = app.extensions["heartport.vault"]
    vault.check_keys()
    monkeypatch.setattr(vault, "_provider", type(vault._provider)(1, {1: b"o" * 32}, b"o" * 32))
    answer = check(app)
    assert answer.exit_code == 1
    assert "wrong_keys" in answer.output


def test_an_erasure_that_was_cut_off_is_finished(app: Flask) -> None:
    from heartport.members import erasures

    gone = settle(app, "openid-of-a-gone-one-0000001", "走了的人", results=1)
    erasures._mark(gone.account_id)
    assert "Erasures finished: 1." in check(app).output
    assert in_dumps(gone) == set()
