"""`/healthz` says that the process lives, `/readyz` that it can serve: stores migrated, keys right.

Redis is no condition: without it limits are counted in memory.
"""

import re
from collections.abc import Callable
from functools import partial

from flask import Blueprint, Flask, current_app
from sqlalchemy import inspect, text

from heartport.config import ROOT
from heartport.errors import Unavailable
from heartport.stores import Store, reading

blp = Blueprint("health", __name__)
RETRY_AFTER_SECONDS = 2
ONE_BEFORE = re.compile(r"""^down_revision = ["'](\w+)["']$""", re.MULTILINE)
Check = Callable[[], None]
"""Returns, or raises `Unavailable`."""


class NotMigrated(Unavailable):
    """A store lacks its newest migration (`flask --app wsgi db upgrade`)."""

    code = "not_migrated"


def init_app(app: Flask, checks: dict[str, Check]) -> None:
    """Serve the two pages; `checks` are named conditions beyond the stores' own."""
    older = older_migrations()
    stores = {f"store {store}": partial(check_store, store, older) for store in Store}
    app.extensions["heartport.readiness"] = {**stores, **checks}
    app.register_blueprint(blp)


def older_migrations() -> frozenset[str]:
    """Return the marks of all migrations that this code knows, but for the newest: each names the one before it.

    Read as text, since what serves requests does without Alembic.
    """
    files = (ROOT / "migrations" / "versions").glob("*.py")
    return frozenset(mark for file in files for mark in ONE_BEFORE.findall(file.read_text(encoding="utf-8")))


@blp.get("/healthz")
def healthz() -> dict[str, str]:
    """Answer as long as the process lives."""
    return {"status": "ok"}


@blp.get("/readyz")
def readyz() -> tuple[dict[str, object], int, dict[str, str]]:
    """Answer 200 when everything is there, else 503 with what is missing."""
    found = {name: _state(check) for name, check in current_app.extensions["heartport.readiness"].items()}
    ready = all(state == "ok" for state in found.values())
    if ready:
        return {"status": "ready", "checks": found}, 200, {}
    return {"status": "not ready", "checks": found}, 503, {"Retry-After": str(RETRY_AFTER_SECONDS)}


def check_store(store: Store, older: frozenset[str]) -> None:
    """Raise `NotMigrated` where the store's mark is missing or older than this code.

    An unknown mark is a newer one: while a deployment rolls, migrations run ahead of the code that still serves.
    """
    with reading(store) as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            raise NotMigrated
        mark = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if mark is None or mark in older:
        raise NotMigrated


def _state(check: Check) -> str:
    try:
        check()
    except Unavailable as refusal:
        return refusal.code
    except Exception:
        return "failed"
    return "ok"
