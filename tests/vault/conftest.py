"""What a dump, the files and the log show of a world, gathered once for all proofs over it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import pytest
from flask import Flask

from heartport.members.erasure_ledger import current_ledger
from heartport.members.erasures import erase_everything
from heartport.store_files import rewrite_stores
from heartport.stores import Store, engine_of
from tests.conftest import empty_stores, signed_in
from tests.killing import FULL
from tests.vault.dumps import (
    Cell,
    Key,
    all_bytes,
    keys_in_order,
    logged,
    whole_dump,
)
from tests.worlds import World, populated

PEOPLE = 60 if FULL else 16


@dataclass(frozen=True)
class Evidence:
    """Plain data, so that proofs share it and none can change it."""

    secrets: Mapping[str, list[str | bytes]]
    account_ids: list[str]
    arrivals: list[dict[str, set[Key]]]
    cells: list[Cell]
    """The dumps of all stores, before the nightly job."""
    order_before: Mapping[str, list[Key]]
    order_after: Mapping[str, list[Key]]
    """The keys of each table in the order of a dump, before and after the nightly job."""
    files: Mapping[str, bytes]
    """The files before and after the nightly job."""
    log: bytes
    """What PostgreSQL logged meanwhile, of other databases too."""
    ledger: bytes

    def of(self, *stores: Store) -> list[Cell]:
        return [cell for cell in self.cells if cell.place.split(".")[0] in stores]


@pytest.fixture(scope="session")
def evidence(shared_app: Flask) -> Evidence:
    """People come, one after the other, and use everything; one is erased; then the nightly job runs."""
    shared_app.extensions.pop("heartport.clock", None)
    with shared_app.app_context(), log_of(shared_app) as read_log:
        empty_stores()
        rewrite_stores()  # Without gaps that earlier tests left, which new rows would fill.
        current_ledger().path.unlink(missing_ok=True)
        current_ledger().begin()
        erase_everything(signed_in(shared_app, "openid-of-one-who-left-0001").account_id)
        return gathered(populated(shared_app, PEOPLE), read_log)


def gathered(world: World, read_log: Callable[[], bytes]) -> Evidence:
    cells, before, files = whole_dump(), keys_in_order(), all_bytes()
    rewrite_stores()
    files |= {f"{place}, rewritten": content for place, content in all_bytes().items()}
    return Evidence(
        secrets=world.secrets,
        account_ids=world.account_ids,
        arrivals=world.arrivals,
        cells=cells,
        order_before=before,
        order_after=keys_in_order(),
        files=files,
        log=read_log(),
        ledger=current_ledger().path.read_bytes(),
    )


def log_of(app: Flask) -> AbstractContextManager[Callable[[], bytes]]:
    """Give what reads the server's log; on SQLite the log is one of the files."""
    if engine_of(Store.MAIN).dialect.name == "sqlite":
        return nullcontext(bytes)
    return logged(app.extensions["heartport.settings"].database_url)
