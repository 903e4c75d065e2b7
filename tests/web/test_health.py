"""`/healthz` asks nothing of anybody; `/readyz` names what is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text

from heartport import command_line
from heartport.app import create_app
from heartport.config import ROOT, load_settings
from heartport.stores import Store, write_transaction
from heartport.web.health import older_migrations
from tests.conftest import Person, dispose, migrate

ALL_WELL = {"store main": "ok", "store keys": "ok", "store vault": "ok", "keys": "ok", "erasure ledger": "ok"}


def set_mark(store: Store, mark: str) -> None:
    write_transaction(
        store, lambda session: session.execute(text("UPDATE alembic_version SET version_num = :m"), {"m": mark})
    )


@contextmanager
def marked(store: Store, mark: str) -> Iterator[None]:
    """Pretend that a store stands at another migration."""
    with_mark = text("SELECT version_num FROM alembic_version")
    before = write_transaction(store, lambda session: session.execute(with_mark).scalar_one())
    set_mark(store, mark)
    try:
        yield
    finally:
        set_mark(store, before)


def test_with_everything_there_it_is_ready(client: Person) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "checks": ALL_WELL})


def test_a_newer_migration_is_no_obstacle(client: Person) -> None:
    with marked(Store.VAULT, "9999"):
        assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("store", Store)
def test_an_older_migration_is_named_with_its_store(
    client: Person, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = client.app.extensions["heartport.readiness"]
    for each in Store:
        check = checks[f"store {each}"]
        monkeypatch.setitem(checks, f"store {each}", lambda run=check.func, of=each: run(of, frozenset({"0000"})))
    with marked(store, "0000"):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "checks": {**ALL_WELL, f"store {store}": "not_migrated"}}
    assert int(answer.headers["Retry-After"]) >= 1


def test_the_newest_migration_is_not_an_older_one(client: Person) -> None:
    mark = text("SELECT version_num FROM alembic_version")
    for store in Store:
        assert write_transaction(store, lambda session: session.execute(mark).scalar_one()) not in older_migrations()


def test_the_older_migrations_are_those_that_alembic_knows() -> None:
    script = ScriptDirectory(str(ROOT / "migrations"))
    known = {each.revision for each in script.walk_revisions()}
    assert older_migrations() == known - {script.get_current_head()}


def ready(app: Flask) -> tuple[int, dict[str, str]]:
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.json["checks"]


def test_stores_without_tables_are_not_ready(tmp_path: Path) -> None:
    app = create_app(load_settings({"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path)}))
    status, checks = ready(app)
    assert status == 503
    assert [checks[f"store {store}"] for store in Store] == ["not_migrated"] * 3
    dispose(app)


def test_stores_that_are_away_are_not_ready_but_the_process_lives(tmp_path: Path) -> None:
    app = create_app(load_settings({"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path / "gone")}))
    status, checks = ready(app)
    assert status == 503
    assert checks == {**dict.fromkeys(ALL_WELL, "store_unavailable"), "erasure ledger": "erasure_ledger_missing"}
    assert app.test_client().get("/healthz").json == {"status": "ok"}


def test_keys_that_are_not_those_of_the_data_are_not_ready(tmp_path: Path) -> None:
    environ = {"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path)}
    migrate(environ)
    first = create_app(load_settings(environ))
    command_line.init_app(first)
    assert first.test_cli_runner().invoke(args=["restore", "check"]).exit_code == 0
    assert ready(first)[0] == 200
    dispose(first)
    key_file = tmp_path / "other.json"
    assert first.test_cli_runner().invoke(args=["keys", "new", str(key_file)]).exit_code == 0
    second = create_app(load_settings({**environ, "HEARTPORT_KEY_FILE": str(key_file)}))
    assert ready(second) == (503, {**ALL_WELL, "keys": "wrong_keys"})
    dispose(second)


def test_a_check_that_breaks_tells_its_name_only(tmp_path: Path) -> None:
    app = create_app(load_settings({"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path)}))
    app.extensions["heartport.readiness"] = {"oracle": lambda: 1 / 0}
    assert ready(app) == (503, {"oracle": "failed"})
