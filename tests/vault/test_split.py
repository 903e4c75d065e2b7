"""Identity and answers are split: a dump of all stores, or their files, link no answer to a person."""

import hashlib
import json
import re
from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy import insert, update

from heartport.followups.models import FollowUp
from heartport.stores import Store, write_transaction
from heartport.vault.door import Vault, current_vault
from heartport.vault.models import SealedRecord, SubjectKey
from heartport.vault.providers import LocalKeys
from heartport.vault.records import DRAFT, RESULT
from heartport.vault.sealing import OVERHEAD_BYTES
from tests.conftest import Person, agree
from tests.duty.teams import put_somebody_on_duty
from tests.emulator import Emulator
from tests.followups.desk import asked
from tests.vault.dumps import all_bytes, by_column, columns, dump, encodings, shared_runs, shared_values, traces

WINDOW = re.compile(rb"\d{4}H[12]")
REVISION = re.compile(rb"\d{4}")
PEOPLE = {"小林": "开心的小林", "阿敏": "mobile 13912345678", "Kim": "🙂🙂 Building 7"}


@dataclass
class World:
    """What happened, and therefore what must not be found."""

    identities: dict[str, list[str | bytes]] = field(default_factory=dict)
    answers: dict[str, list[str | bytes]] = field(default_factory=dict)
    account_ids: list[str] = field(default_factory=list)

    def note(self, kind: str, *values: str | bytes) -> None:
        self.identities.setdefault(kind, []).extend(values)


@pytest.fixture
def world(app: Flask, emulator: Emulator) -> World:
    """Three people sign in, fill in their profiles, agree, keep three results and two drafts each, ask to be called;
    one signs out."""
    current_vault().check_keys()
    put_somebody_on_duty(app)
    made = World()
    for name, nickname in PEOPLE.items():
        person = sign_in(app, emulator, name, made)
        profile = {"nickname": nickname, "sex": "female", "birth_year": 1990, "age_group": "18+"}
        assert person.put("me", profile).status_code == 200
        made.note("nickname", nickname)
        agree(person, "assessment")
        agree(person, "keep_results")
        keep_results(person.account_id, name, made)
        keep_drafts(person.account_id, name, made)
        ask_for_call(person, name, made)
    assert sign_in(app, emulator, "小林", made).delete("auth/session").status_code == 204
    return made


def sign_in(app: Flask, emulator: Emulator, name: str, made: World) -> Person:
    answer = Person(app).post("auth/wechat", {"code": emulator.login_code(name)})
    assert answer.status_code == 201
    token, account_id = answer.json["token"], answer.json["member"]["id"]
    made.note("token", token)
    made.note("openid", emulator.openid_of(name))
    made.account_ids.append(account_id)
    return Person(app, token, account_id)


def keep_results(account_id: str, name: str, made: World) -> None:
    records = current_vault().records(account_id, RESULT)
    for number in range(3):
        attempt_id = f"attempt-{number}-of-{name}"
        payload = json.dumps(
            {"scale_id": "scale-of-a-person", "answers": {f"q{n}": number for n in range(9)}, "who": name}
        )
        entry, _ = records.insert_once(records.id_for(attempt_id), payload.encode(), ["2026H2"])
        made.answers.setdefault("attempt id", []).append(attempt_id)
        made.answers.setdefault("record id", []).append(entry.id)
        made.answers.setdefault("answer", []).extend([payload, '"scale_id"', "scale-of-a-person", '"answers"'])


def keep_drafts(account_id: str, name: str, made: World) -> None:
    """Keep one draft, erase another, and delete one result: tombstones are part of the dump."""
    drawer = current_vault().open(account_id)
    for number, scale in enumerate(("scale-of-a-draft", "scale-of-an-erased-draft")):
        payload = json.dumps(
            {"draft_of": scale, "answers": {f"q{n}": [10**15 + n, number] for n in range(9)}, "by": name}
        )
        drawer.single(DRAFT, scale).put("2026H2", lambda _found, content=payload: content.encode())
        made.answers["answer"].extend([payload, scale, '"draft_of"'])
    drawer.single(DRAFT, "scale-of-an-erased-draft").erase()
    records = drawer.records(RESULT)
    assert records.delete(records.id_for(f"attempt-0-of-{name}"), ["2026H2"])


def ask_for_call(person: Person, name: str, made: World) -> None:
    agree(person, "follow_up")
    number = len(made.account_ids)
    left = {"phone": f"1391234567{number}", "call_me": f"叫我{name}就好", "note": f"{name}想找人说说话"}
    asked(person, **left)
    made.note("left with a call-back", *left.values())


def links() -> set[object]:
    """Return whatever the store of identities shares with the other two."""
    main, others = dump(Store.MAIN), dump(Store.KEYS) + dump(Store.VAULT)
    harmless = (WINDOW, REVISION)
    values = {v for v in shared_values(main, others) if not any(each.fullmatch(v) for each in harmless)}
    return values | shared_runs(main, others) | shared_runs(dump(Store.KEYS), dump(Store.VAULT))


def everybody_in_keys_and_vault(world: World) -> set[str]:
    secrets = {**world.identities, **world.answers, "account id": world.account_ids}
    return traces(secrets, by_column(dump(Store.KEYS) + dump(Store.VAULT)))


def clear_text_anywhere(world: World) -> set[str]:
    """Search all columns and all files; a token stands in `main` as its SHA-256, which is how it is found."""
    secrets = {**world.identities, **world.answers}
    found = traces(secrets, by_column([cell for store in Store for cell in dump(store)]))
    return found - {"token (sha256) in main.access_tokens.token_hash"} | traces(secrets, all_bytes(), encodings)


def test_the_stores_of_keys_and_records_hold_these_columns_and_no_others(app):
    version = {"alembic_version": {"version_num"}}
    assert columns(Store.KEYS) == version | {"subject_keys": {"link", "wrapped"}, "key_checks": {"name", "sealed"}}
    assert columns(Store.VAULT) == version | {"sealed_records": {"slot", "window", "ciphertext"}}


def test_the_stores_hold_what_the_proof_is_about(world):
    """A proof over empty stores would prove nothing."""
    places = [cell.place for store in Store for cell in dump(store)]
    assert places.count("main.accounts.id") == places.count("keys.subject_keys.link") == 3
    assert places.count("main.access_tokens.token_hash") == 3
    assert places.count("vault.sealed_records.slot") == 15


def test_rows_of_results_drafts_and_tombstones_look_alike(world):
    """Three results, one of them deleted, and two drafts, one of them erased, of each of three people."""
    shapes = [(cell.place, len(cell.content)) for cell in dump(Store.VAULT) if cell.place != "vault.alembic_version"]
    rows = [shape for shape in shapes if shape[0].startswith("vault.sealed_records")]
    assert len(rows) == 3 * 15
    assert set(rows) == {
        ("vault.sealed_records.slot", 32),
        ("vault.sealed_records.window", 6),
        (CIPHERTEXT, RESULT.length + OVERHEAD_BYTES),
    }


def test_no_value_and_no_eight_bytes_are_shared_between_the_stores(world):
    assert links() == set()


def test_neither_keys_nor_vault_hold_anything_of_a_person(world):
    assert everybody_in_keys_and_vault(world) == set()


def test_openid_nickname_phone_token_and_answers_are_nowhere_in_clear(world):
    assert clear_text_anywhere(world) == set()


def test_the_files_of_keys_and_vault_hold_no_account_id(world):
    files = {place: content for place, content in all_bytes().items() if "main" not in place}
    assert traces({"account id": world.account_ids}, files) == set()


def test_records_of_one_person_share_nothing_that_others_do_not(world):
    """Two rows have no eight bytes in common, so nothing says which of them belong together."""
    cells = [cell for cell in dump(Store.VAULT) if cell.place in ("vault.sealed_records.slot", CIPHERTEXT)]
    assert not [1 for at, one in enumerate(cells) for other in cells[at + 1 :] if shared_runs([one], [other])]


CIPHERTEXT = "vault.sealed_records.ciphertext"


# Negative controls: each breaks the split in one way, and the proof above has to see it.


class AccountAsLink(Vault):
    """Broken: the wrapped key lies beside the account's own id."""

    def _link(self, account_id: str) -> bytes:
        return account_id.encode()


class HashAsLink(Vault):
    """Broken: the link is a hash that anybody can compute."""

    def _link(self, account_id: str) -> bytes:
        return hashlib.sha256(account_id.encode()).digest()


@pytest.mark.parametrize("broken", [AccountAsLink, HashAsLink])
def test_a_link_that_anybody_can_compute_is_caught(world, broken):
    broken(LocalKeys(1, {1: b"e" * 32}, b"r" * 32)).ensure_subject(world.account_ids[0])
    assert any(trace.endswith("in keys.subject_keys.link") for trace in everybody_in_keys_and_vault(world))


def test_an_account_id_as_link_is_caught_as_a_shared_value(world):
    AccountAsLink(LocalKeys(1, {1: b"e" * 32}, b"r" * 32)).ensure_subject(world.account_ids[0])
    assert world.account_ids[0].encode() in links()


def store(model: type, row: dict[str, object], store: Store) -> None:
    write_transaction(store, lambda session: session.execute(insert(model).values(row)) and None)


def test_an_account_id_within_a_slot_is_caught(world):
    slot = b"\0" * 10 + world.account_ids[1].encode()
    zeros = b"\0" * (RESULT.length + OVERHEAD_BYTES)
    store(SealedRecord, {"slot": slot, "window": "2026H2", "ciphertext": zeros}, Store.VAULT)
    assert any(
        "account id (clear) in vault.sealed_records.slot" in trace for trace in everybody_in_keys_and_vault(world)
    )
    assert links()


def test_answers_that_were_not_sealed_are_caught(world):
    answers = str(world.answers["answer"][0]).encode()
    store(SealedRecord, {"slot": b"s" * 32, "window": "2026H2", "ciphertext": answers}, Store.VAULT)
    found = clear_text_anywhere(world)
    assert f"answer (clear) in {CIPHERTEXT}" in found
    assert "answer (clear) in the files of vault" in found


def test_a_number_that_was_not_sealed_is_caught(world):
    phone = world.identities["left with a call-back"][0].encode()
    change = update(FollowUp).values(contact_sealed=b'{"phone": "' + phone + b'"}')
    write_transaction(Store.MAIN, lambda session: session.execute(change) and None)
    assert "left with a call-back (clear) in main.follow_ups.contact_sealed" in clear_text_anywhere(world)


def test_an_openid_index_that_is_no_keyed_hash_is_caught(world):
    openid = world.identities["openid"][0]
    row = {"link": hashlib.sha256(openid.encode()).digest(), "wrapped": b"w" * 61}
    store(SubjectKey, row, Store.KEYS)
    assert "openid (sha256) in keys.subject_keys.link" in clear_text_anywhere(world)


def test_a_key_that_is_kept_with_the_records_is_caught(world):
    wrapped = next(cell.value for cell in dump(Store.KEYS) if cell.place == "keys.subject_keys.wrapped")
    store(SealedRecord, {"slot": b"s" * 32, "window": "2026H2", "ciphertext": wrapped}, Store.VAULT)
    assert ("keys.subject_keys.wrapped", CIPHERTEXT) in links()
