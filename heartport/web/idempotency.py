"""A creating request that arrives twice creates once.

The row lives 48 hours and is written in the same transaction as what it guards. It holds keyed hashes, because
a plain hash of a body with a phone number in it could be guessed.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from flask import Flask, current_app, request
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.callers import Caller
from heartport.errors import Invalid
from heartport.stores import Store, count_rows, insert_if_absent, write_transaction
from heartport.vault.door import current_vault
from heartport.web.access import current_caller
from heartport.web.models import IdempotencyKey
from heartport.web.shapes import Parameter

KEEP = timedelta(hours=48)
KEY = re.compile(r"[\x21-\x7e]{8,128}")
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "header",
    "Random, made by the client for this one thing, and the same in each repetition. Kept for 48 hours.",
    {"type": "string", "pattern": "^[!-~]{8,128}$"},
    required=True,
    example="5f0c2a34-6f0e-4c7f-9d57-0f6a35b1c3de",
)


Hold = Callable[[Session, Caller], None]
"""Keeps the caller from being erased until the transaction ends, or raises `NotSignedIn`."""


class IdempotencyKeyNeeded(Invalid):
    """A creating request came without a usable key."""

    code = "idempotency_key_needed"
    detail = "请在 Idempotency-Key 头中带上 8 至 128 个可见 ASCII 字符。"


class IdempotencyKeyReused(Invalid):
    """The same key came with another body."""

    code = "idempotency_key_reused"
    detail = "同一个 Idempotency-Key 不能用于不同的内容。"


def init_app(app: Flask, hold: Hold) -> None:
    """Name the members' own way to make sure that a caller is still there."""
    app.extensions["heartport.hold"] = hold


def create_once(create: Callable[[Session], str]) -> tuple[str, bool]:
    """Run `create` in one transaction of `main` and return the id it made, and whether this was the first time.

    `create` returns the public id of what it made. A repetition of the request gets the same id without running
    it. Raises `IdempotencyKeyNeeded`, `IdempotencyKeyReused`, or `NotSignedIn` where the caller was erased meanwhile.
    """
    caller = current_caller()
    account_id = caller.account_id
    key_hash, body_hash = _fingerprints(account_id)
    hold: Hold = current_app.extensions["heartport.hold"]

    def work(session: Session) -> tuple[str, bool]:
        hold(session, caller)
        _claim(session, account_id, key_hash, body_hash)
        row = session.execute(_row(account_id, key_hash)).scalar_one()
        if row.body_hash != body_hash:
            raise IdempotencyKeyReused
        if row.resource_id is not None:
            return row.resource_id, False
        made = create(session)
        session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.account_id == account_id, IdempotencyKey.key_hash == key_hash)
            .values(resource_id=made)
        )
        return made, True

    return write_transaction(Store.MAIN, work)


def delete_expired_keys() -> int:
    """Delete the rows whose 48 hours are over and return how many."""
    statement = delete(IdempotencyKey).where(IdempotencyKey.created_at < clock.now() - KEEP)
    return write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def delete_keys_of(session: Session, account_id: str) -> None:
    """Delete the rows of one account, within somebody else's transaction."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.account_id == account_id))


def _fingerprints(account_id: str) -> tuple[bytes, bytes]:
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise IdempotencyKeyNeeded
    vault = current_vault()
    scope = f"{account_id}\n{request.method} {request.path}\n".encode()
    return (
        vault.fingerprint("idempotency key", scope + key.encode()),
        vault.fingerprint("idempotency body", scope + request.get_data(cache=True)),
    )


def _claim(session: Session, account_id: str, key_hash: bytes, body_hash: bytes) -> None:
    """Insert the row or wait for whoever inserts it now; one whose time is over makes room first."""
    session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.account_id == account_id,
            IdempotencyKey.key_hash == key_hash,
            IdempotencyKey.created_at < clock.now() - KEEP,
        )
    )
    row = {"account_id": account_id, "key_hash": key_hash, "body_hash": body_hash, "created_at": clock.now()}
    insert_if_absent(session, IdempotencyKey, row)


def _row(account_id: str, key_hash: bytes) -> Select[IdempotencyKey]:
    return select(IdempotencyKey).where(IdempotencyKey.account_id == account_id, IdempotencyKey.key_hash == key_hash)
