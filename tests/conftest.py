"""The application under test, on SQLite and on PostgreSQL, with the emulator as its WeChat.

A test that asks for `app` or `client` runs once on each database; a pure test runs once.
"""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import make_url
from werkzeug.test import TestResponse

from heartport import command_line, migrations, stores
from heartport.app import create_app
from heartport.config import load_settings
from heartport.database_roles import create_roles
from heartport.extensions import db
from heartport.library import shelf
from heartport.members import consents, profiles, sessions
from heartport.members.erasure_ledger import current_ledger
from heartport.members.policies import Purpose
from heartport.members.profiles import Profile
from heartport.stores import Store
from heartport.vault import passwords
from heartport.web import logs
from tests import contract
from tests.emulator import Emulator, running_emulator
from tests.postgres import drop_database_and_roles, postgres_server, random_suffix

API = "/api/v1"
POLICY = "2026-11"


@pytest.fixture(autouse=True)
def _breaks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the service fail only where the test is marked so."""
    monkeypatch.setattr(contract, "breaks_on_purpose", request.node.get_closest_marker("breaks") is not None)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """A WeChat of our own, over real HTTP."""
    with running_emulator() as running:
        yield running


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def stores_environ(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The settings of three fresh, migrated stores."""
    data_dir = tmp_path_factory.mktemp("data")
    with ExitStack() as stack:
        environ = {"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(data_dir)}
        if request.param == "postgresql":
            environ |= stack.enter_context(fresh_postgres())
        migrate(environ)
        yield environ


@pytest.fixture(scope="session")
def shared_app(stores_environ: dict[str, str], emulator: Emulator) -> Iterator[Flask]:
    """One application for all tests of a session and database."""
    made = make_app(stores_environ, emulator)
    yield made
    dispose(made)


@pytest.fixture
def app(shared_app: Flask, emulator: Emulator) -> Iterator[Flask]:
    """The application with empty stores, inside its context, at the real time."""
    emulator.world.reset()
    shared_app.extensions.pop("heartport.clock", None)
    shared_app.extensions.pop("heartport.shifts", None)
    shared_app.extensions["heartport.limits"].reset()
    shelf.init_app(shared_app)
    with shared_app.app_context():
        empty_stores()
        current_ledger().path.unlink(missing_ok=True)
        current_ledger().begin()
        yield shared_app


@pytest.fixture
def client(app: Flask) -> "Person":
    """Somebody who has not signed in."""
    return Person(app)


@pytest.fixture
def employee(app: Flask) -> "Person":
    """An adult who agreed to take scales and to keep results."""
    return ready_person(app, "openid-of-an-employee-0000001")


@pytest.fixture
def stranger(app: Flask) -> "Person":
    """Another such person."""
    return ready_person(app, "openid-of-a-stranger-00000002")


@dataclass
class Person:
    """A client of the API, with a token once signed in."""

    app: Flask
    token: str | None = None
    account_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: object = None, **kwargs: object) -> TestResponse:
        """Call the API and hold its answer against the document; a path without a first / lies under /api/v1."""
        headers = {**self.headers, **kwargs.pop("headers", {})}
        kwargs["environ_overrides"] = {contract.READ: set(), **kwargs.get("environ_overrides", {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            kwargs |= {"data": json.dumps(body), "content_type": "application/json"}
        address = path if path.startswith("/") else f"{API}/{path}"
        # A context of its own, as on a server: what a request leaves in `g` must not help the next one.
        answer = Context().run(self.app.test_client().open, address, method=method, headers=headers, **kwargs)
        contract.check_answer(self.app, answer)
        return answer

    def get(self, path: str, **kwargs: object) -> TestResponse:
        return self.call("GET", path, **kwargs)

    def put(self, path: str, body: object, **kwargs: object) -> TestResponse:
        return self.call("PUT", path, body, **kwargs)

    def post(self, path: str, body: object, **kwargs: object) -> TestResponse:
        return self.call("POST", path, body, **kwargs)

    def delete(self, path: str, **kwargs: object) -> TestResponse:
        return self.call("DELETE", path, **kwargs)


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **duration: float) -> None:
        self.moment += timedelta(**duration)


@pytest.fixture
def clock(app: Flask) -> Clock:
    """The application's time, in the test's hands."""
    made = Clock(datetime(2026, 11, 22, 4, 0, tzinfo=UTC))
    app.extensions["heartport.clock"] = made
    return made


@dataclass
class Logged:
    """What the service wrote to standard error."""

    stream: io.StringIO

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, event: str) -> list[dict]:
        return [line for line in self.lines if line["event"] == event]


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Logged]:
    """All that is logged from here on, at the most talkative level."""
    stream = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        logs.configure("DEBUG")
        yield Logged(stream)
    logs.configure("INFO")


def ready_person(app: Flask, openid: str) -> Person:
    """Sign somebody in, adult, with the consents for taking scales and keeping results."""
    person = signed_in(app, openid)
    profiles.save_profile(person.account_id, Profile(age_group="18+"))
    for purpose in (Purpose.ASSESSMENT, Purpose.KEEP_RESULTS):
        consents.decide(person.account_id, purpose, granted=True, policy_version=POLICY)
    return person


def signed_in(app: Flask, openid: str) -> Person:
    """Make the account of an openid and a session for it, without WeChat."""
    account_id = sessions.find_or_create_account(openid)
    app.extensions["heartport.vault"].ensure_subject(account_id)
    return Person(app, sessions.open_session(account_id).token, account_id)


def agree(person: Person, purpose: str, granted: bool = True) -> None:
    """Decide about one consent."""
    response = person.put(f"me/consents/{purpose}", {"granted": granted, "policy_version": POLICY})
    assert response.status_code == 200, response.json


def make_app(environ: dict[str, str], emulator: Emulator) -> Flask:
    """Make the application for these stores."""
    made = create_app(load_settings({**environ, "HEARTPORT_WECHAT_API_BASE": emulator.base_url}))
    command_line.init_app(made)
    made.request_class = contract.WatchedRequest
    passwords.init_app(made, passwords.TRIFLING)
    made.config["TESTING"] = True
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


def dispose(made: Flask) -> None:
    """Close all connections of an application."""
    with made.app_context():
        for engine in db.engines.values():
            engine.dispose()


def migrate(environ: dict[str, str]) -> None:
    """Bring the stores of these settings to the current schema."""
    made = create_app(load_settings(environ))
    migrations.init_app(made)
    with made.app_context():
        flask_migrate.upgrade()
    dispose(made)


def empty_stores() -> None:
    """Delete every row of every table, with one message a store."""
    for store in Store:
        tables = db.metadatas[None if store is Store.MAIN else store.value].sorted_tables
        script = "; ".join(["BEGIN", *(f"DELETE FROM {table.name}" for table in reversed(tables)), "COMMIT"])
        with closing(stores.engine_of(store).raw_connection()) as borrowed:
            driver = borrowed.driver_connection
            driver.executescript(script) if hasattr(driver, "executescript") else driver.execute(script)


@contextmanager
def fresh_postgres() -> Iterator[dict[str, str]]:
    """Settings for a random database with random roles, dropped afterwards."""
    suffix = random_suffix()
    with postgres_server() as server_url, ExitStack() as stack:
        database = f"heartport_{suffix}"
        url = make_url(server_url)
        environ = {
            "HEARTPORT_DEMO": "1",
            "HEARTPORT_DATABASE_URL": _text(url.set(database=database)),
        }
        roles = {store: f"heartport_{store}_{suffix}" for store in Store}
        for store, role in roles.items():
            environ[f"HEARTPORT_DATABASE_URL_{store.upper()}"] = _text(
                url.set(database=database, username=role, password=suffix)
            )
        create_database(url, database)
        stack.callback(drop_database_and_roles, server_url, database, list(roles.values()))
        settings = load_settings({**environ, "HEARTPORT_DATA_DIR": str(Path.cwd())})
        create_roles(settings.database_url, settings)
        yield environ


def create_database(url: object, database: str) -> None:
    """Create an empty database."""
    from sqlalchemy import create_engine

    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{database}"')
    engine.dispose()


def _text(url: object) -> str:
    return url.render_as_string(hide_password=False)
