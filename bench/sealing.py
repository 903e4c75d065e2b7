"""What counting a half-year costs: people a CPU-second, among many of whom each has one sealed result."""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial

import flask_migrate
from sqlalchemy import insert

from bench import databases, requests
from bench.databases import Stores
from bench.people import application
from bench.rounds import Figures, Goal, Measurement, Opened, Row
from bench.sizes import Sizes
from bench.stored import AT_ONCE
from heartport import clock, migrations
from heartport.assessments.records import Record, encode
from heartport.assessments.shelf import current_shelf
from heartport.insights.counting import count_people
from heartport.members.erasure_ledger import current_ledger
from heartport.members.models import Account, Consent
from heartport.members.policies import Purpose
from heartport.members.profiles import Profile, seal_profile
from heartport.stores import Store, engine_of
from heartport.vault.door import current_vault
from heartport.vault.models import SealedRecord, SubjectKey
from heartport.vault.records import RESULT, Records

WINDOW = "2026H1"
COUNTED_AT_ONCE = 64


def fill_with_people(count: int) -> list[str]:
    """Make so many people who agreed to be counted, each with one PHQ-9, as fast as it goes; return their accounts."""
    scale = current_shelf().offered(requests.SCALE)
    record = encode(_record(scale.id, scale.version, scale.hash))
    account_ids = []
    for _ in range(0, count, AT_ONCE):
        portion = [secrets.token_urlsafe(16) for _ in range(min(AT_ONCE, count - len(account_ids)))]
        _insert(portion, record)
        account_ids += portion
    return account_ids


def _insert(account_ids: Sequence[str], record: bytes) -> None:
    vault, keys = current_vault(), {each: os.urandom(32) for each in account_ids}
    links = {each: vault.link_of(each) for each in account_ids}
    _write(Store.MAIN, Account, [_account(each) for each in account_ids])
    _write(Store.MAIN, Consent, [_consent(each, purpose) for each in account_ids for purpose in Purpose])
    wrapped = [{"link": links[e], "wrapped": vault._provider.wrap(keys[e], links[e])} for e in account_ids]
    _write(Store.KEYS, SubjectKey, wrapped)
    _write(Store.VAULT, SealedRecord, [_sealed(Records(keys[each], RESULT), record) for each in account_ids])


def _write(store: Store, model: type, rows: list[dict[str, object]]) -> None:
    with engine_of(store).execution_options(heartport_write=True).begin() as connection:
        connection.execute(insert(model), rows)


def _account(account_id: str) -> dict[str, object]:
    profile = Profile(sex="female", birth_year=1990, age_group="18+")
    return {
        "id": account_id,
        "openid_index": os.urandom(32),
        "openid_sealed": os.urandom(64),
        "profile_sealed": seal_profile(account_id, profile),
        "since_window": WINDOW,
    }


def _consent(account_id: str, purpose: Purpose) -> dict[str, object]:
    return {"account_id": account_id, "purpose": purpose.value, "granted": True, "policy_version": "2026-11"}


def _sealed(records: Records, record: bytes) -> dict[str, object]:
    slot = records.first_slots(WINDOW)[0]
    plain = records._plain(os.urandom(16), record)
    return {"slot": slot, "window": WINDOW, "ciphertext": records._sealer.seal(plain, records._place(slot))}


def _record(scale_id: str, version: str, scale_hash: str) -> Record:
    return Record(
        scale_id=scale_id,
        scale_version=version,
        scale_hash=scale_hash,
        engine="1",
        submitted_at=clock.now(),
        answers={f"q{n}": 1 for n in range(1, 10)},
        profile={},
        scores={"total": 9},
        bands={"total": "mild"},
        flags=(),
        advice=("keep",),
        missing=(),
        duration_ms=90_000,
        consents=("aggregate", "assessment", "keep_results"),
    )


@contextmanager
def open_sealing(where: Callable[[], AbstractContextManager[Stores]], sizes: Sizes) -> Iterator[Opened]:
    """Fill stores with people, and count some of them a round, other ones each time."""
    with ExitStack() as stack:
        stores = stack.enter_context(where())
        app = stack.enter_context(application(stores))
        migrations.init_app(app)
        flask_migrate.upgrade()
        current_ledger().begin()
        account_ids = fill_with_people(sizes.sealed_people)

        def count(number: int) -> Figures:
            start = number * sizes.sealed_counted % len(account_ids)
            chosen = sorted(account_ids)[start : start + sizes.sealed_counted]
            used, began = time.process_time(), time.perf_counter()
            found = sum(
                count_people(chosen[place : place + COUNTED_AT_ONCE], WINDOW).total()
                for place in range(0, len(chosen), COUNTED_AT_ONCE)
            )
            assert found == len(chosen)
            spent = max(time.process_time() - used, 1e-3)
            return {"per_cpu_second": found / spent, "per_second": found / (time.perf_counter() - began)}

        yield Opened({"count": count}, {"work": f"{sizes.sealed_counted} of {sizes.sealed_people} people a round"})


def _measurement(name: str, title: str, where: Callable[[], AbstractContextManager[Stores]]) -> Measurement:
    row = Row(
        name=f"{name}-people",
        what=f"sealing a half-year on {title}: people opened and counted, one process",
        side="count",
        figure="per_cpu_second",
        unit="/CPU-s",
        goal=Goal(1700, at_most=False),
    )
    return Measurement(name, partial(open_sealing, where), (row,))


SEALING = (
    _measurement("sealing-sqlite", "SQLite", databases.sqlite),
    _measurement("sealing-postgresql", "PostgreSQL", databases.postgresql),
)
