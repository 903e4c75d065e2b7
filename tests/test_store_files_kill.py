"""A nightly job that is killed anywhere has lost nothing, and the next one brings everything into order."""

import pytest
from flask import Flask

from heartport import store_files
from heartport.store_files import rewrite_stores
from heartport.stores import Store, engine_of
from heartport.vault.models import SealedRecord
from tests.killing import FULL, killed_after, steps_of
from tests.vault.dumps import Cell, keys_in_order, whole_dump
from tests.worlds import populated

WATCHED_FILES = ("/heartport/store_files.py", "/heartport/stores.py")
KILLS = 10**9 if FULL else 4
"""About so many kills, spread over all steps."""


def everything() -> set[Cell]:
    return {Cell(cell.place, cell.content) for cell in whole_dump()}


def spread(app: Flask) -> range:
    """Return the steps at which to kill, from the last to the first: an early one leaves the most to do."""
    steps = steps_of(rewrite_stores, WATCHED_FILES)
    return range(steps - 1, 0, -max(1, steps // KILLS))


def test_it_loses_no_row_and_the_next_one_brings_them_into_order(app: Flask) -> None:
    populated(app, 3)
    before = everything()
    for step in spread(app):
        assert killed_after(step, rewrite_stores, WATCHED_FILES)
        assert everything() == before
    rewrite_stores()
    found = keys_in_order()["main.accounts"]
    assert found == sorted(found)


def test_control_copying_by_hand_in_two_transactions_is_caught(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken: the rows are taken out in one transaction and put back in another."""
    populated(app, 3)

    def in_two(store: Store, table) -> bool:
        engine = engine_of(store).execution_options(heartport_write=True)
        with engine.begin() as connection:
            rows = [dict(row) for row in connection.execute(table.select().order_by(*table.primary_key)).mappings()]
            connection.execute(table.delete())
        with engine.begin() as connection:
            if rows:
                connection.execute(table.insert(), rows)
        return bool(rows)

    monkeypatch.setattr(store_files, "_all_tables", lambda: [(Store.VAULT, SealedRecord.__table__)])
    monkeypatch.setattr(store_files, "_try_to_rewrite", in_two)
    before = everything()
    assert any(loses_rows_when_killed_at(step, before) for step in range(2, steps_of(rewrite_stores, WATCHED_FILES)))


def loses_rows_when_killed_at(step: int, before: set[Cell]) -> bool:
    killed_after(step, rewrite_stores, WATCHED_FILES)
    return everything() != before
