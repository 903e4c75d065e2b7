"""After the nightly job no table stands in an order that follows time, and no key of its rows does either.

Each step of a world leaves rows in every table. A table follows time as far as the places of its rows in a dump and
the steps in which they came rise together; Spearman's rank correlation says how far, 1 being all the way.
"""

from collections.abc import Mapping
from itertools import count
from statistics import correlation

import pytest
from flask import Flask
from sqlalchemy import Integer

from heartport import columns, store_files
from heartport.members import sessions
from heartport.staff import accounts, grants
from heartport.store_files import rewrite_stores
from heartport.stores import Store, engine_of
from tests.killing import FULL
from tests.vault.conftest import PEOPLE, Evidence
from tests.vault.dumps import Key, keys_in_order, tables
from tests.worlds import begin_an_erasure, populated

FOLLOWS = 0.9
"""From here on. Sixteen steps in random order come so far once in a million times, sixty never."""
CHANGED_LATER = {
    "main.accounts",
    "main.follow_ups",
    "main.resources",
    "main.messages",
    "main.workshops",
    "main.occupancies",
    "main.occupancy_ticks",
    "main.appointments",
    "main.counselling_waiting",
    "main.lectures",
    "main.lecture_unit_seats",
    "main.lecture_registrations",
    "main.feedback_tokens",
}
"""PostgreSQL writes a changed row anew, wherever there is room, which deleted rows leave, too."""
LONG_ROWS = {"main.released_tables"}
"""PostgreSQL puts rows of thousands of bytes wherever an earlier page has left room."""
ONE_ROW = {"keys.key_checks", "main.duty_rosters", *(f"{store}.alembic_version" for store in Store)}
SEEN = 0.8
"""What the control has to see: on PostgreSQL a row that was changed since stands a little further on."""


def time_in(keys: list[Key], arrivals: list[set[Key]]) -> float:
    """Tell how far rows that stand in this order follow the steps that brought them."""
    step_of = {key: float(step) for step, fresh in enumerate(arrivals) for key in fresh}
    placed = [(float(place), step_of[key]) for place, key in enumerate(keys) if key in step_of]
    return correlation(*zip(*placed, strict=True))


def times(order: Mapping[str, list[Key]], arrivals: list[dict[str, set[Key]]]) -> dict[str, float]:
    """Tell it of every table in which most steps left a row."""
    busy = {table for table in order if sum(bool(step[table]) for step in arrivals) > len(arrivals) / 2}
    return {table: time_in(order[table], [step[table] for step in arrivals]) for table in busy}


def those_that_follow(order: Mapping[str, list[Key]], arrivals: list[dict[str, set[Key]]]) -> set[str]:
    return {table for table, rho in times(order, arrivals).items() if abs(rho) >= FOLLOWS}


def tables_without_an_order() -> set[str]:
    """Return the tables that SQLite keeps in key order by themselves, where it is the database."""
    by_key = {"keys.subject_keys", "keys.shared_copy_keys", "keys.case_record_keys", "vault.sealed_records"}
    return by_key if engine_of(Store.MAIN).dialect.name == "sqlite" else set()


def test_it_looks_at_every_table_but_those_of_one_row(evidence: Evidence):
    assert set(evidence.order_after) - set(times(evidence.order_after, evidence.arrivals)) == ONE_ROW
    assert len(evidence.arrivals) == PEOPLE == (60 if FULL else 16)


def test_after_the_job_no_table_follows_time(evidence: Evidence):
    assert those_that_follow(evidence.order_after, evidence.arrivals) == set()


def test_after_the_job_every_table_stands_in_the_order_of_its_key(app: Flask):
    populated(app, 3)
    rewrite_stores()
    found = keys_in_order()
    for store in Store:
        for table in tables(store):
            with engine_of(store).connect() as connection:
                asked = connection.execute(table.select().order_by(*table.primary_key.columns)).mappings()
                in_order = [tuple(map(plain, (row[column.name] for column in table.primary_key))) for row in asked]
            assert found[f"{store}.{table.name}"] == in_order


def plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def test_the_job_loses_and_changes_no_row(app: Flask):
    populated(app, 3)
    before = {table: sorted(keys, key=repr) for table, keys in keys_in_order().items()}
    rewrite_stores()
    assert {table: sorted(keys, key=repr) for table, keys in keys_in_order().items()} == before


def test_no_table_counts_its_rows(app: Flask):
    """A serial number is an order of arrival that no rewriting takes away."""
    numbered = {
        f"{store}.{table.name}"
        for store in Store
        for table in tables(store)
        if len(table.primary_key.columns) == 1 and isinstance(next(iter(table.primary_key)).type, Integer)
    }
    assert numbered == set()


# Negative controls


def test_control_before_the_job_tables_follow_time_and_it_is_seen(evidence: Evidence, app: Flask):
    """All of them on PostgreSQL, those of `main` on SQLite, but for those whose rows move or are long."""
    busy = set(times(evidence.order_before, evidence.arrivals))
    expected = busy - tables_without_an_order() - CHANGED_LATER - LONG_ROWS
    found = times(evidence.order_before, evidence.arrivals)
    assert {table for table in expected if found[table] < SEEN} == set()


def test_control_ids_that_rise_are_seen_through_the_rewriting(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """Broken: ids begin with a number that rises, as many kinds of id do."""
    rising = (f"{number:06}{columns.new_public_id()[6:]}" for number in count())
    for module in (sessions, accounts, grants):
        monkeypatch.setattr(module, "new_public_id", lambda: next(rising))
    world = populated(app, PEOPLE, [begin_an_erasure])
    rewrite_stores()
    assert {"main.accounts", "main.consents", "main.erasures"} <= those_that_follow(keys_in_order(), world.arrivals)


def test_control_a_job_that_only_clears_space_leaves_the_order_of_time(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """Broken: nothing but statistics on PostgreSQL, nothing but `VACUUM` on SQLite, which keeps the order."""
    rewrite_stores()  # Without gaps that earlier tests left.
    monkeypatch.setattr(store_files, "_is_numbered_in_secret", lambda _table: False)
    monkeypatch.setattr(store_files, "_cluster", lambda *_: False)
    world = populated(app, PEOPLE, [begin_an_erasure])
    rewrite_stores()
    assert {"main.consents", "main.erasures"} <= those_that_follow(keys_in_order(), world.arrivals)
