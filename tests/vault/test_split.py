"""Identity and answers are split: a dump of all stores, or their files, link no answer to a person.

The proofs are functions over a dump. They are run over a world in which every table holds something, and over broken
variants of the service, each of which one of them has to see. Tables and columns are those that the databases
themselves name, so that a new one is proven from its first day on.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import combinations

import pytest
from flask import Flask
from sqlalchemy import insert, update

from heartport.local_time import local
from heartport.members.models import Account
from heartport.staff import accounts
from heartport.stores import Store, write_transaction
from heartport.units.models import Unit
from heartport.vault import door, sealing
from heartport.vault.door import Vault
from heartport.vault.models import SealedRecord, SubjectKey
from heartport.vault.providers import LocalKeys
from heartport.vault.records import RESULT
from heartport.vault.sealing import OVERHEAD_BYTES, Sealer
from tests.conftest import Person, agree
from tests.vault.conftest import PEOPLE, Evidence
from tests.vault.dumps import (
    RUN_BYTES,
    Cell,
    all_bytes,
    by_column,
    columns,
    disguises,
    dump,
    encodings,
    runs,
    shared_runs,
    tables,
    traces,
    whole_dump,
)
from tests.worlds import YARD, Newcomer, World, describe, employ, join, populated, take_scales

CIPHERTEXT = "vault.sealed_records.ciphertext"
THE_SAME_ON_PURPOSE = (
    {"main.accounts.since_window", "vault.sealed_records.window"},
    {f"{store}.alembic_version.version_num" for store in Store},
)
"""Half-years and migrations."""

OF_ONE_CALL_BACK = {"main.follow_up_events.follow_up_id", "main.follow_ups.id", "main.idempotency_keys.resource_id"}
"""A call-back, what is noted of it, and the request that made it: in `main` a person who asks is known on purpose."""
WHO_ACTED = {"main.follow_up_events.actor", "main.follow_up_events.person"}
"""One pseudonym, where the person acted who asked."""
A_BOOKING = {
    "main.booking_events.booking_id",
    "main.occupancies.booking_id",
    "main.appointments.id",
    "main.lectures.id",
    "main.lecture_registrations.id",
    "main.idempotency_keys.resource_id",
    "main.feedback.about_id",
    "main.feedback_tokens.about_id",
}
"""A booking, its time, its audit, the request that made it: as with call-backs. Feedback leads to what was attended."""
BOOKING_STATES = {
    "main.booking_events.kind",
    "main.occupancies.kind",
    "main.booking_events.state",
    "main.appointments.state",
    "main.lectures.state",
    "main.lecture_registrations.state",
}
"""Words that many share."""
DISTRICTS = {"main.resources.district", "main.units.name", "main.service_figures.district"}
WHO_BOOKED = {"main.booking_events.actor"}
"""One pseudonym for all that somebody did with bookings."""

THE_LIBRARY = "main.library_"
"""What everybody reads: a thing is called by the name of its first file, which is its first slug."""

HASHED_TOKENS = {
    "token (sha256) in main.access_tokens.token_hash",
    "staff token (sha256) in main.staff_sessions.token_hash",
    "feedback token (sha256) in main.feedback_tokens.token_hash",
}
"""How a token is found; it is 256 random bits, so that nobody can guess it from its hash."""


OURS_ALONE = (
    "openid",
    "nickname",
    "token",
    "record",
    "attempt id",
    "result id",
    "revision",
    "invite code",
    "totp secret",
    "meeting link",
)
"""What is random in each world."""

# The proofs


def shared_values(cells: Iterable[Cell]) -> set[tuple[str, str]]:
    """Name the columns of two stores that hold one value, however short it is."""
    places: dict[bytes, set[str]] = defaultdict(set)
    for cell in cells:
        places[cell.content].add(cell.place)
    pairs = {pair for found in places.values() for pair in combinations(sorted(found), 2)}
    return {
        (one, other)
        for one, other in pairs
        if store_of(one) != store_of(other) and not any({one, other} <= same for same in THE_SAME_ON_PURPOSE)
    }


def shared_pieces(cells: Collection[Cell]) -> set[tuple[str, str]]:
    """Name the columns of two stores that have eight bytes in common somewhere."""
    stores = {store: [cell for cell in cells if store_of(cell.place) == store] for store in Store}
    found = set()
    for one, other in combinations(Store, 2):
        found |= shared_runs(stores[one], stores[other])
    return {pair for pair in found if not any(set(pair) <= same for same in THE_SAME_ON_PURPOSE)}


def computed_values(cells: Collection[Cell]) -> set[str]:
    """Name the values of one store that stand in another one in disguise: written otherwise, or hashed without a key.

    What is short is looked for hashed only: a random ciphertext holds any three bytes somewhere.
    """
    found = set()
    for store in Store:
        elsewhere = by_column(cell for cell in cells if store_of(cell.place) != store)
        for place, values in values_of(cell for cell in cells if store_of(cell.place) == store).items():
            found |= traces({place: values}, elsewhere, long_disguises)
    return {trace for trace in found if "alembic_version" not in trace}


def long_disguises(value: str | bytes) -> dict[str, bytes]:
    return {form: wanted for form, wanted in disguises(value).items() if len(wanted) >= RUN_BYTES}


def likenesses(cells: Iterable[Cell]) -> set[tuple[str, str]]:
    """Name the columns of sealed or hashed values of which two have eight bytes in common, within one column too."""
    owner: dict[bytes, Cell] = {}
    found = set()
    for cell in cells:
        if isinstance(cell.value, bytes | memoryview):
            for run in runs(cell.content):
                places = {owner.setdefault(run, cell).place, cell.place}
                if owner[run] is not cell and not (places <= WHO_ACTED or places <= WHO_BOOKED):
                    found.add((owner[run].place, cell.place))
    return found


def lengths(cells: Iterable[Cell]) -> dict[str, set[int]]:
    """Return how long the binary values of each column are."""
    found: dict[str, set[int]] = defaultdict(set)
    for cell in cells:
        if isinstance(cell.value, bytes | memoryview):
            found[cell.place].add(len(cell.content))
    return found


def unexplained_links(cells: Iterable[Cell]) -> set[tuple[str, str]]:
    """Name the columns of `main` that hold one telling value though neither refers to the other.

    Telling are texts of eight bytes and more, and moments; a day is not, nor a word that many share in one column.
    """
    places: dict[bytes, set[str]] = defaultdict(set)
    for cell in cells:
        if store_of(cell.place) == Store.MAIN and is_telling(cell.value):
            places[cell.content].add(cell.place)
    groups = references()
    pairs = {pair for found in places.values() for pair in combinations(sorted(found), 2)}
    linked = {(one, other) for one, other in pairs if groups.get(one, one) != groups.get(other, other)}
    told = {pair for pair in linked if not all(place.startswith(THE_LIBRARY) for place in pair)}
    known = (OF_ONE_CALL_BACK, WHO_ACTED, A_BOOKING, BOOKING_STATES, DISTRICTS)
    return {pair for pair in told if not any({groups.get(each, each) for each in pair} <= same for same in known)}


def is_telling(value: object) -> bool:
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return local(moment).time() != datetime.min.time()
    return not isinstance(value, date | bool | int) and len(Cell("", value).content) >= RUN_BYTES


def references() -> dict[str, str]:
    """Return for each column of `main` that refers or is referred to what stands for all that refer to each other."""
    groups = {
        "main.idempotency_keys.account_id": "main.accounts.id",
        "main.occupancy_ticks.resource_id": "main.resources.id",
    }
    """Without a foreign key: staff send requests too, and ticks are many."""
    for table in tables(Store.MAIN):
        for key in table.foreign_keys:
            groups[f"main.{table.name}.{key.parent.name}"] = f"main.{key.column.table.name}.{key.column.name}"
    return {column: top(column, groups) for column in {*groups, *groups.values()}}


def top(column: str, groups: Mapping[str, str]) -> str:
    seen = set()
    while column in groups and column not in seen:
        seen.add(column)
        column = groups[column]
    return column


def told_of_people(secrets: Mapping[str, list[str | bytes]], cells: Iterable[Cell]) -> set[str]:
    return traces(secrets, by_column(cells)) - HASHED_TOKENS


def as_written(secret: str | bytes) -> dict[str, bytes]:
    """Return how a secret would lie in a file: as it is, or compressed as a record is."""
    return {form: wanted for form, wanted in encodings(secret).items() if form in {"clear", "deflated"}}


def store_of(place: str) -> str:
    return place.partition(".")[0]


def values_of(cells: Iterable[Cell]) -> dict[str, list[bytes]]:
    found: dict[str, set[bytes]] = defaultdict(set)
    for cell in cells:
        found[cell.place].add(cell.content)
    return {place: sorted(values) for place, values in found.items()}


# What they say of the service


def test_the_stores_of_keys_and_records_hold_these_columns_and_no_others(app):
    version = {"alembic_version": {"version_num"}}
    wrapped = {name: {"link", "wrapped"} for name in ("subject_keys", "shared_copy_keys", "case_record_keys")}
    assert columns(Store.KEYS) == version | wrapped | {"key_checks": {"name", "sealed"}}
    assert columns(Store.VAULT) == version | {"sealed_records": {"slot", "window", "ciphertext"}}


def test_every_column_of_every_table_holds_something(evidence: Evidence, app):
    """A proof over nothing would prove nothing: whoever adds a table adds an action to `tests.worlds`."""
    expected = {f"{store}.{table.name}.{c.name}" for store in Store for table in tables(store) for c in table.columns}
    assert expected - {cell.place for cell in evidence.cells} == set()


def test_the_world_is_as_large_as_it_says(evidence: Evidence):
    places = [cell.place for cell in evidence.cells]
    assert places.count("main.accounts.id") == places.count("keys.subject_keys.link") == 2 * PEOPLE
    assert places.count("vault.sealed_records.slot") == 10 * PEOPLE
    assert {"openid", "phone", "nickname", "token", "record", "attempt id", "result id"} <= set(evidence.secrets)


def test_no_value_of_any_column_stands_in_another_store(evidence: Evidence):
    assert shared_values(evidence.cells) == set()


def test_no_eight_bytes_of_any_column_stand_in_another_store(evidence: Evidence):
    assert shared_pieces(evidence.cells) == set()


def test_no_value_of_any_column_stands_in_another_store_in_disguise(evidence: Evidence):
    assert computed_values(evidence.cells) == set()


def test_no_sealed_or_hashed_value_resembles_another(evidence: Evidence):
    """So nothing says which rows of the vault belong together, nor that two people have the same nickname."""
    assert likenesses(evidence.cells) == set()


def test_every_binary_column_has_one_length(evidence: Evidence):
    found = lengths(evidence.cells)
    assert {place for place, sizes in found.items() if len(sizes) > 1} == set()
    assert found[CIPHERTEXT] == {RESULT.length + OVERHEAD_BYTES}
    assert {place for place in found if "sealed" in place or "wrapped" in place} >= {
        "main.accounts.openid_sealed",
        "main.accounts.profile_sealed",
        "main.staff_members.name_sealed",
        "main.staff_members.totp_sealed",
        "keys.subject_keys.wrapped",
    }


def test_within_main_a_value_stands_twice_only_where_one_row_refers_to_another(evidence: Evidence, app):
    assert unexplained_links(evidence.cells) == set()


def test_staff_and_employees_refer_to_nothing_in_common_but_units(app):
    """Nothing ties the account that somebody has as an employee to the one they have as staff."""
    groups = references()
    reach = {
        person: {group for column, group in groups.items() if table_of(column) in tables_about(person, groups)}
        for person in ("main.accounts.id", "main.staff_members.id")
    }
    # A call-back names who asked and who accepted it: staff learn of a person who asks, and of nobody else.
    common = reach["main.accounts.id"] & reach["main.staff_members.id"]
    # An appointment names the person and, by the calendar, their counsellor.
    assert common == {"main.units.id", "main.accounts.id", "main.staff_members.id", "main.resources.id"}


def tables_about(person: str, groups: Mapping[str, str]) -> set[str]:
    return {table_of(column) for column, group in groups.items() if group == person}


def table_of(column: str) -> str:
    return column.split(".")[1]


def test_neither_keys_nor_vault_hold_anything_of_a_person(evidence: Evidence):
    secrets = {**evidence.secrets, "account id": evidence.account_ids}
    assert told_of_people(secrets, evidence.of(Store.KEYS, Store.VAULT)) == set()


def test_openid_nickname_phone_token_answers_and_scores_are_in_no_column_in_clear(evidence: Evidence):
    assert told_of_people(evidence.secrets, evidence.cells) == set()


def test_nor_are_they_in_the_files_before_and_after_the_nightly_job(evidence: Evidence):
    assert len(evidence.files) == 6
    assert traces(evidence.secrets, evidence.files, as_written) == set()


def test_nor_are_they_in_the_log_of_the_database(evidence: Evidence):
    """Some of each kind: a log is long. None that somebody else on that server may write in clear meanwhile."""
    some = {kind: evidence.secrets[kind][:3] for kind in OURS_ALONE}
    assert traces(some, {"the log": evidence.log}, as_written) == set()


def test_the_search_of_files_and_log_finds_what_is_there(evidence: Evidence):
    """The control: blind indexes stand in the files of `main`, slots in those of the vault, and both in the log."""
    known = {
        place: [cell.content for cell in evidence.cells if cell.place == place][:3]
        for place in ("main.accounts.openid_index", "vault.sealed_records.slot")
    }
    wanted = {f"{place} (clear) in the files of {store_of(place)}" for place in known}
    wanted |= {f"{trace}, rewritten" for trace in wanted}
    assert {trace for trace in traces(known, evidence.files, as_written) if "(clear)" in trace} == wanted
    if evidence.log:
        assert len(traces(known, {"the log": evidence.log}, lambda value: {"clear": value})) == len(known)


def test_the_files_of_keys_and_vault_hold_no_account_id(evidence: Evidence):
    files = {place: content for place, content in evidence.files.items() if "keys" in place or "vault" in place}
    assert len(files) == 4
    assert traces({"account id": evidence.account_ids}, files) == set()


def test_the_ledger_names_nobody_who_is_there(evidence: Evidence):
    lines = evidence.ledger.splitlines()[1:]
    assert len(lines) == 1 + 2 * PEOPLE, "who was erased, and for each person a withdrawn copy and a half-year"
    values = {place: [v for v in values if len(v) >= RUN_BYTES] for place, values in values_of(evidence.cells).items()}
    assert traces(values, {"the ledger": evidence.ledger}) == set()


# Negative controls: each breaks the service in one way, and a proof above has to see it.


@pytest.fixture
def two(app: Flask) -> World:
    """Two people who took scales."""
    return populated(app, 2, [describe, join, agree_and_take])


def agree_and_take(newcomer) -> None:
    for purpose in ("assessment", "keep_results"):
        agree(newcomer.person, purpose)
    take_scales(newcomer)


def store(model: type, row: dict[str, object], store: Store) -> None:
    write_transaction(store, lambda session: session.execute(insert(model).values(row)) and None)


def test_control_the_proofs_hold_of_the_small_world_while_nothing_is_broken(two):
    cells = whole_dump()
    for proof in (shared_values, shared_pieces, computed_values, likenesses, unexplained_links):
        assert proof(cells) == set()
    assert told_of_people(two.secrets, cells) == set()


class AccountAsLink(Vault):
    """Broken: the wrapped key lies beside the account's own id."""

    def _link(self, account_id: str) -> bytes:
        return account_id.encode()


class HashAsLink(Vault):
    """Broken: the link is a hash that anybody can compute."""

    def _link(self, account_id: str) -> bytes:
        return hashlib.sha256(account_id.encode()).digest()


KEYS = LocalKeys(1, {1: b"e" * 32}, b"r" * 32)


def test_control_an_account_id_as_link_is_caught(two):
    AccountAsLink(KEYS).ensure_subject(two.account_ids[0])
    for proof in (shared_values, shared_pieces):
        assert any("keys.subject_keys.link" in pair for pair in proof(whole_dump()))


def test_control_a_link_that_anybody_can_compute_is_caught(two):
    HashAsLink(KEYS).ensure_subject(two.account_ids[0])
    assert "main.accounts.id (sha256) in keys.subject_keys.link" in computed_values(whole_dump())


def test_control_a_short_value_beside_a_record_is_caught(two):
    """Six bytes of where somebody works; too short for anything but an exact comparison."""
    rename = update(Unit).where(Unit.key == YARD.key).values(name="远帆")
    write_transaction(Store.MAIN, lambda session: session.execute(rename) and None)
    sealed = os.urandom(RESULT.length + OVERHEAD_BYTES)
    store(SealedRecord, {"slot": os.urandom(32), "window": "远帆", "ciphertext": sealed}, Store.VAULT)
    assert shared_values(whole_dump()) == {("main.units.name", "vault.sealed_records.window")}


def test_control_an_account_id_within_a_slot_is_caught(two):
    slot = b"\0" * 10 + two.account_ids[1].encode()
    store(SealedRecord, {"slot": slot, "window": "2026H2", "ciphertext": b"c" * 1930}, Store.VAULT)
    assert any("vault.sealed_records.slot" in pair for pair in shared_pieces(whole_dump()))


def test_control_a_key_that_is_kept_with_the_records_is_caught(two):
    wrapped = next(cell.value for cell in dump(Store.KEYS) if cell.place == "keys.subject_keys.wrapped")
    store(SealedRecord, {"slot": b"s" * 32, "window": "2026H2", "ciphertext": wrapped}, Store.VAULT)
    assert ("keys.subject_keys.wrapped", CIPHERTEXT) in shared_values(whole_dump())


def test_control_an_openid_index_that_is_no_keyed_hash_is_caught(two):
    row = {"link": hashlib.sha256(two.secrets["openid"][0].encode()).digest(), "wrapped": b"w" * 61}
    store(SubjectKey, row, Store.KEYS)
    assert "openid (sha256) in keys.subject_keys.link" in told_of_people(two.secrets, whole_dump())


@pytest.fixture
def unsealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken: everything is padded and compressed as usual, and not encrypted."""
    monkeypatch.setattr(Sealer, "seal", lambda _self, plain, _place: bytes(14) + plain + bytes(16))
    monkeypatch.setattr(Sealer, "open", lambda _self, sealed, _place: sealed[14:-16])


@pytest.mark.usefixtures("unsealed")
def test_control_records_and_columns_that_are_not_sealed_are_caught(app: Flask):
    """A record is compressed, so that its text does not stand there as such."""
    world = populated(app, 2, [describe, agree_and_take])
    wanted = {
        f"record (deflated) in {CIPHERTEXT}",
        "openid (clear) in main.accounts.openid_sealed",
        "nickname (clear) in main.accounts.profile_sealed",
    }
    assert wanted <= told_of_people(world.secrets, whole_dump())
    assert "record (deflated) in the files of vault" in traces(world.secrets, all_bytes(), as_written)


def test_control_answers_in_clear_are_caught(two):
    record = two.secrets["record"][0]
    store(SealedRecord, {"slot": b"s" * 32, "window": "2026H2", "ciphertext": record}, Store.VAULT)
    found = told_of_people(two.secrets, whole_dump())
    assert {f"record (clear) in {CIPHERTEXT}", f"answers (clear) in {CIPHERTEXT}"} <= found
    assert "record (clear) in the files of vault" in traces(two.secrets, all_bytes(), as_written)


def test_control_sealing_twice_under_one_nonce_is_caught(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """Broken: equal profiles look equal."""
    monkeypatch.setattr(sealing.os, "urandom", bytes)
    monkeypatch.setattr(Sealer, "seal", same_for_everybody(Sealer.seal))
    populated(app, 2, [])
    assert ("main.accounts.profile_sealed", "main.accounts.profile_sealed") in likenesses(whole_dump())


def same_for_everybody(seal: Callable) -> Callable:
    return lambda self, plain, _place: seal(self, plain, b"")


def test_control_a_profile_as_long_as_its_text_is_caught(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(door, "pad", lambda plain, _length: len(plain).to_bytes(2) + plain)
    populated(app, 3, [describe])
    assert len(lengths(whole_dump())["main.accounts.profile_sealed"]) > 1


def test_control_a_draft_that_is_shorter_than_a_result_is_caught(two):
    store(SealedRecord, {"slot": b"s" * 32, "window": "2026H2", "ciphertext": os.urandom(900)}, Store.VAULT)
    assert len(lengths(whole_dump())[CIPHERTEXT]) == 2


def test_control_staff_who_bear_their_account_id_are_caught(two, monkeypatch: pytest.MonkeyPatch):
    """Broken: whoever is both has one id in two tables."""
    monkeypatch.setattr(accounts, "new_public_id", lambda: two.account_ids[0])
    employ(Newcomer(two, 7, Person(two.app)))
    assert ("main.accounts.id", "main.staff_members.id") in unexplained_links(whole_dump())


def test_control_one_moment_in_two_rows_is_caught(app: Flask):
    """Broken: what is stored at once bears one moment, by which rows of two tables find each other."""
    places = "main.a.made_at", "main.b.made_at"
    moment, midnight = datetime(2026, 11, 22, 4, 5, 6, tzinfo=UTC), datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert unexplained_links([Cell(place, moment) for place in places]) == {places}
    assert unexplained_links([Cell(place, midnight) for place in places]) == set()


def test_control_a_blind_index_without_a_key_is_caught(two):
    index = hashlib.sha256(two.secrets["openid"][0].encode()).digest()
    change = update(Account).where(Account.id == two.account_ids[0]).values(openid_index=index)
    write_transaction(Store.MAIN, lambda session: session.execute(change) and None)
    assert "openid (sha256) in main.accounts.openid_index" in told_of_people(two.secrets, whole_dump())
