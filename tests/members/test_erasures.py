"""Erasing a person: it is all gone, from the files too; nobody else's is; and whatever is cut off is finished."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from heartport import clock as clocks
from heartport.errors import NotSignedIn
from heartport.extensions import db
from heartport.members import erasures, sessions
from heartport.members.erasure_ledger import current_ledger
from heartport.members.erasures import erase_everything, finish_erasures
from heartport.members.exports import export_everything
from heartport.members.models import Account, Erasure
from heartport.members.personal_data import current_parts
from heartport.store_files import rewrite_stores
from heartport.stores import Store, StoreUnavailable, engine_of, reading
from heartport.vault import door, records
from heartport.vault.door import SubjectGone, Vault, current_vault
from heartport.vault.providers import LocalKeys
from heartport.vault.records import RESULT, Kind
from heartport.vault.shredding import Holdings
from tests.conftest import Clock, Logged, Person, ready_person
from tests.emulator import Emulator
from tests.members.residents import CONFIRM, Resident, settle, take
from tests.threads import at_once
from tests.vault.dumps import all_bytes, by_column, dump, encodings, traces


@pytest.fixture
def resident(app: Flask) -> Resident:
    return settle(app, "openid-of-a-resident-00000001", "住在港湾的人")


@pytest.fixture
def neighbour(app: Flask) -> Resident:
    return settle(app, "openid-of-a-neighbour-0000002", "隔壁的人")


def erase(person: Person):
    return person.post("me/erasure", CONFIRM)


def found_in_dumps(resident: Resident) -> set[str]:
    return traces(resident.traces, by_column([cell for store in Store for cell in dump(store)]), encodings)


def found_in_files(resident: Resident) -> set[str]:
    return traces(resident.traces, all_bytes(), lambda secret: {"clear": encodings(secret)["clear"]})


def count(model: type) -> int:
    with reading(Store.MAIN) as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


def begun() -> int:
    return count(Erasure)


def test_the_search_finds_all_that_it_looks_for_before(resident):
    """The control of all that follows: whatever must be gone is there, and the search sees it."""
    sealed = {"openid", "nickname", "phone"}
    kinds = {trace.split(" (")[0] for trace in found_in_dumps(resident)}
    assert kinds == set(resident.traces) - sealed
    if engine_of(Store.MAIN).dialect.name == "postgresql":
        rewrite_stores()  # Long values are compressed or moved elsewhere only there, and never these.
    assert {trace.split(" (")[0] for trace in found_in_files(resident)} == set(resident.traces) - sealed


def test_it_says_what_is_gone_what_stays_and_until_when_backups_hold_it(resident, clock: Clock):
    token = sessions.open_session(resident.account_id).token
    answer = erase(Person(resident.person.app, token))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["finished"] is True
    assert answer.json["backups_until"] == (clocks.today() + timedelta(days=14)).isoformat() == "2026-12-06"
    assert len(answer.json["erased"]) == 9
    assert all(set(each) == {"what", "why", "until"} for each in answer.json["stays"])
    stays = [(each["what"][:4], each["until"]) for each in answer.json["stays"]]
    assert stays == [
        ("抹去登记", None),
        ("网关的网", None),
        ("值班记录", "2027-12-23"),
        ("咨询预约", "2028-05-21"),
        ("咨询师写", "2036-11-29"),
    ]


def test_nothing_is_left_in_any_table(resident, neighbour):
    assert erase(resident.person).status_code == 200
    assert found_in_dumps(resident) == set()


def test_nothing_is_left_in_the_files(app: Flask, resident, neighbour):
    """On SQLite at once; on PostgreSQL after the job that writes the tables anew."""
    assert erase(resident.person).status_code == 200
    if engine_of(Store.MAIN).dialect.name == "postgresql":
        assert found_in_files(resident), "the control: deleting alone leaves the bytes there"
        rewrite_stores()
    assert found_in_files(resident) == set()


def test_control_a_log_that_is_not_truncated_is_caught(resident, monkeypatch):
    monkeypatch.setattr(erasures, "truncate_logs", lambda: None)
    assert erase(resident.person).status_code == 200
    assert found_in_files(resident)
    assert finish_erasures() == 0  # Nothing to finish, and yet it asks again.
    monkeypatch.undo()
    finish_erasures()
    if engine_of(Store.MAIN).dialect.name == "sqlite":
        assert found_in_files(resident) == set()


def test_many_others_around_make_no_difference_to_the_files(app: Flask, resident):
    """Many rows make the trees of SQLite split and move what they hold; none of that leaves a copy."""
    others = [settle(app, f"openid-of-other-{number:08}", f"别人{number}", results=2) for number in range(20)]
    for each in (resident, *others[::2]):
        assert erase(each.person).status_code == 200
    if engine_of(Store.MAIN).dialect.name == "postgresql":
        rewrite_stores()
    for each in (resident, *others[::2]):
        assert found_in_files(each) == set()
    for each in others[1::2]:
        assert each.person.get("me/results").json["items"]


def test_nobody_else_notices(resident, neighbour):
    def seen():
        app = neighbour.person.app
        app.extensions["heartport.limits"].reset()
        paths = ("me", "me/consents", "me/results", "scales/gad7/draft", "me/sessions")
        return [neighbour.person.get(path).json for path in paths]

    before, dumped = seen(), found_in_dumps(neighbour)
    assert erase(resident.person).status_code == 200
    rewrite_stores()
    assert (seen(), found_in_dumps(neighbour)) == (before, dumped)


def test_all_tokens_are_dead_and_a_second_call_says_so(app: Flask, resident):
    other = Person(app, sessions.open_session(resident.account_id).token)
    assert erase(resident.person).status_code == 200
    for person in (resident.person, other):
        for answer in (erase(person), person.get("me"), person.call("POST", "me/export")):
            assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("body", [{"confirm": "抹去"}, {"confirm": ""}, {"confirm": None}, {"confirm": True}, {}])
def test_anything_but_the_sentence_is_refused_and_changes_nothing(resident, body):
    answer = resident.person.post("me/erasure", body)
    assert (answer.status_code, set(answer.json["errors"])) == (422, {"confirm"})
    assert resident.person.get("me").status_code == 200
    assert current_ledger().links() == frozenset()


def test_whoever_signs_in_again_is_somebody_new(app: Flask, emulator: Emulator):
    first = Person(app).post("auth/wechat", {"code": emulator.login_code("小林")}).json
    assert erase(Person(app, first["token"])).status_code == 200
    second = Person(app).post("auth/wechat", {"code": emulator.login_code("小林")}).json
    assert second["member"]["id"] != first["member"]["id"]
    again = Person(app, second["token"])
    assert again.get("me").json["age_group"] is None
    assert again.get("me/results").json["items"] == []


def tables_of_accounts() -> set[str]:
    return {name for name, table in db.metadatas[None].tables.items() if "account_id" in table.columns}


def test_the_resident_has_a_row_in_every_table_that_names_an_account(resident):
    """Whoever adds such a table is reminded here: of the proof, and of `PERSONAL_DATA`."""
    rows = {cell.place.split(".")[1] for cell in dump(Store.MAIN) if cell.place.endswith(".account_id")}
    assert rows == tables_of_accounts() - {"erasures"}


def test_every_kind_of_sealed_record_is_held_by_a_part(app: Flask):
    under_other_keys = {records.SHARED_COPY, records.CASE_RECORD}
    kinds = {value for value in vars(records).values() if isinstance(value, Kind)} - under_other_keys
    held = sum((part.holdings() for part in current_parts()), start=Holdings())
    assert kinds == {*held.listed, *(kind for kind, _ in held.singles)}
    assert {name for kind, name in held.singles if kind == records.DRAFT} >= {"phq9", "gad7", "dass21", "k10"}


# Cut off on the way


class Away(StoreUnavailable):
    pass


def broken(*_args, **_kwargs):
    raise Away(retry_after_seconds=1)


def test_a_store_that_is_away_after_the_decision_is_told_and_made_up_for(resident, monkeypatch, logged: Logged):
    with monkeypatch.context() as patch:
        patch.setattr(door, "shred", broken)
        answer = erase(resident.person)
        assert (answer.status_code, answer.json["finished"]) == (202, False)
        assert answer.json["erased"] == [
            "登录状态：所有设备都已退出",
            "微信编号和个人资料（昵称、性别、出生年份、年龄段）",
            "请人回电的请求：留下的电话、称呼和备注；还没打来的不会再打",
            "站内消息；还没发出的微信提醒不会再发",
        ]
        assert resident.person.get("me").status_code == 401
        with pytest.raises(StoreUnavailable):
            finish_erasures()
    assert begun() == 1
    assert finish_erasures() == 1
    assert finish_erasures() == 0
    assert found_in_dumps(resident) == set()
    assert resident.account_id not in logged.text


def test_identity_is_gone_with_the_decision_whatever_follows(resident, monkeypatch):
    monkeypatch.setattr(door, "shred", broken)
    erase(resident.person)
    kinds = {trace.split(" (")[0] for trace in found_in_dumps(resident)}
    gone = {"openid index", "sealed openid", "sealed profile", "token", "nickname", "openid", "phone", "sealed contact"}
    assert kinds.isdisjoint(gone)


def test_one_that_cannot_be_finished_does_not_hold_up_the_others(app: Flask, resident, neighbour, monkeypatch):
    original = door.shred
    for each in (resident, neighbour):
        erasures._mark(each.account_id)
    stuck = current_vault()._subject_key(current_vault().link_of(resident.account_id))
    monkeypatch.setattr(door, "shred", lambda key, *rest: broken() if key == stuck else original(key, *rest))
    with pytest.raises(StoreUnavailable):
        finish_erasures()
    assert begun() == 1
    assert found_in_dumps(neighbour) == set()


def test_without_a_ledger_nothing_begins(resident):
    current_ledger().path.unlink()
    answer = erase(resident.person)
    assert (answer.status_code, answer.json["code"]) == (503, "erasure_ledger_missing")
    assert begun() == 0
    assert resident.person.get("me").status_code == 200


def test_under_other_keys_nothing_begins(app: Flask, resident, monkeypatch):
    """They would find neither the key nor the records, and the account would be gone."""
    current_vault().check_keys()
    monkeypatch.setitem(app.extensions, "heartport.vault", Vault(LocalKeys(1, {1: b"o" * 32}, b"o" * 32)))
    answer = erase(resident.person)
    assert (answer.status_code, answer.json["code"]) == (503, "wrong_keys")
    assert begun() == 0
    assert resident.person.get("me/sessions").status_code == 200


def test_the_ledger_has_the_line_before_anything_is_deleted(resident, monkeypatch):
    monkeypatch.setattr(door, "shred", broken)
    erase(resident.person)
    assert current_vault().link_of(resident.account_id) in current_ledger().links()
    assert len(current_ledger().links()) == 2, "the person, and the copy of a result that they had shared"
    text = current_ledger().path.read_bytes()
    assert resident.account_id.encode() not in text
    assert resident.openid.encode() not in text


# At the same moment


def test_two_calls_at_once_erase_once(app: Flask, resident):
    answers = at_once(app, lambda _: erase(resident.person).status_code, 4)
    assert 200 in answers
    assert set(answers) <= {200, 401}
    assert found_in_dumps(resident) == set()
    assert len(current_ledger().links()) == 2, "the person, and the copy of a result that they had shared"


def test_an_export_that_was_on_its_way_is_refused(resident):
    erasures._mark(resident.account_id)
    with pytest.raises(NotSignedIn):
        export_everything(resident.account_id)


def test_a_session_that_was_about_to_open_is_refused(resident):
    erasures._mark(resident.account_id)
    with pytest.raises(sessions.AccountErased):
        sessions.open_session(resident.account_id)
    finish_erasures()
    with pytest.raises(sessions.AccountErased):
        sessions.open_session(resident.account_id)


def test_a_sign_in_that_an_erasure_overtakes_gets_a_new_account_and_leaves_no_key(app: Flask, resident, monkeypatch):
    """The erasure happens between finding the account and opening a session for it."""
    find = sessions.find_or_create_account
    seen = []

    def find_and_be_overtaken(openid: str) -> str:
        found = find(openid)
        if not seen:
            erase_everything(found)
        seen.append(found)
        return found

    monkeypatch.setattr(sessions, "find_or_create_account", find_and_be_overtaken)
    monkeypatch.setitem(app.extensions, "heartport.login", lambda _code: resident.openid)
    signed_in = sessions.sign_in("any")
    assert seen[0] == resident.account_id != signed_in.account_id == seen[1]
    assert found_in_dumps(resident) == {"openid index (clear) in main.accounts.openid_index"}, "that of the new account"
    with pytest.raises(SubjectGone):
        current_vault().open(resident.account_id)


def test_a_submission_that_holds_the_key_while_it_is_destroyed_leaves_nothing(resident, monkeypatch):
    """It stores its record after the first sweep and before the key is gone."""
    late = current_vault().records(resident.account_id, RESULT)
    destroy = current_vault().destroy_key

    def overtaken(link: bytes) -> None:
        late.insert_once(late.id_for("late-attempt"), b"{}", ["2026H2"])
        destroy(link)

    monkeypatch.setattr(current_vault(), "destroy_key", overtaken)
    erase(resident.person)
    assert [cell for cell in dump(Store.VAULT) if "slot" in cell.place] == []


def test_submissions_and_an_erasure_at_once_end_with_nothing_that_a_key_opens(app: Flask, resident):
    def act(number: int):
        return erase(resident.person) if number == 0 else take(resident.person, f"racing-attempt-{number}")

    statuses = [answer.status_code for answer in at_once(app, act, 6)]
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {201, 401, 503}
    assert count(Account) == 0
    assert [cell for cell in dump(Store.KEYS) if "link" in cell.place] == []


def test_a_person_without_anything_is_erased_too(app: Flask):
    person = ready_person(app, "openid-of-nobody-much-0000001")
    assert erase(person).json["finished"] is True
    assert count(Account) == 0
