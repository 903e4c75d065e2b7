"""Use cases of signing in and out: a WeChat code becomes an account and an opaque token.

A token is 256 random bits, stands in the database only as its SHA-256, lives 30 days from sign-in and is never
renewed or updated, since signing in again through WeChat is silent. Each step writes one store and can be
repeated: account and consents, then the person's key, then the token.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.callers import EMPLOYEE, SIGNED_IN, Caller
from heartport.columns import new_public_id
from heartport.errors import NotSignedIn
from heartport.members.models import AccessToken, Account, Consent
from heartport.members.policies import Purpose
from heartport.members.profiles import EMPTY_PROFILE, seal_profile
from heartport.stores import Store, count_rows, insert_if_absent, reading, write_transaction
from heartport.vault.door import current_vault
from heartport.vault.windows import window_of

TOKEN_BYTES = 32
TOKEN_LIFE = timedelta(days=30)
OPENID_LENGTH = 160
"""Bytes of the padded openid, which WeChat keeps at 28 characters and we accept up to 128."""

Login = Callable[[str], str]
"""Redeems a login code at WeChat and returns the openid."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh token, shown this once."""

    token: str = field(repr=False)
    expires_at: datetime
    account_id: str


def init_app(app: Flask, login: Login) -> None:
    """Name the way to redeem login codes."""
    app.extensions["heartport.login"] = login


def sign_in(code: str) -> SignedIn:
    """Redeem a login code and open a session; the first time makes the account. Raises WeChat's refusals."""
    login: Login = current_app.extensions["heartport.login"]
    openid = login(code)
    current_vault().check_keys()
    account_id = find_or_create_account(openid)
    current_vault().ensure_subject(account_id)
    return open_session(account_id)


def find_or_create_account(openid: str) -> str:
    """Return the account id of an openid; two first sign-ins at once make one account."""
    vault = current_vault()
    index = vault.blind_index("openid", openid)
    with reading(Store.MAIN) as session:
        known = session.execute(_id_by_index(index)).scalar()
    if known is not None:
        return known
    account_id = new_public_id()
    row: dict[str, object] = {
        "id": account_id,
        "openid_index": index,
        "openid_sealed": vault.seal_column("openid", account_id, openid, OPENID_LENGTH),
        "profile_sealed": seal_profile(account_id, EMPTY_PROFILE),
        "since_window": window_of(clock.today()),
    }
    return write_transaction(Store.MAIN, lambda session: _create(session, row, index))


def open_session(account_id: str) -> SignedIn:
    """Store a new token for an account."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = clock.now() + TOKEN_LIFE
    row = {"token_hash": hash_token(token), "account_id": account_id, "expires_at": expires_at}
    write_transaction(Store.MAIN, lambda session: session.execute(insert(AccessToken).values(row)) and None)
    return SignedIn(token, expires_at, account_id)


def identify(token: str) -> Caller:
    """Return the caller behind a token; raises `NotSignedIn` for a dead one."""
    token_hash = hash_token(token)
    statement = select(AccessToken.account_id).where(
        AccessToken.token_hash == token_hash, AccessToken.expires_at > clock.now()
    )
    with reading(Store.MAIN) as session:
        account_id = session.execute(statement).scalar()
    if account_id is None:
        raise NotSignedIn
    return Caller(account_id=account_id, token_hash=token_hash, roles=frozenset({SIGNED_IN, EMPLOYEE}))


def sign_out(caller: Caller) -> None:
    """Kill the caller's token; it is dead from now on."""
    statement = delete(AccessToken).where(AccessToken.token_hash == caller.token_hash)
    write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def delete_expired_tokens() -> int:
    """Delete the tokens whose life is over and return how many."""
    statement = delete(AccessToken).where(AccessToken.expires_at <= clock.now())
    return write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def hash_token(token: str) -> bytes:
    """Return what of a token is stored."""
    return hashlib.sha256(token.encode()).digest()


def _create(session: Session, row: dict[str, object], index: bytes) -> str:
    insert_if_absent(session, Account, row)
    account_id = session.execute(_id_by_index(index)).scalar_one()
    if account_id == row["id"]:  # Ours, and not one that was made meanwhile.
        consents = [{"account_id": account_id, "purpose": purpose.value, "granted": False} for purpose in Purpose]
        session.execute(insert(Consent), consents)
    return account_id


def _id_by_index(index: bytes) -> Select[str]:
    return select(Account.id).where(Account.openid_index == index)
