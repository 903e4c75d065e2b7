"""Use cases of signing in and out: a WeChat code becomes an account and an opaque token.

A token is 256 random bits, stands in the database only as its SHA-256, and lives 30 days, of which the day of the
sign-in is the first. It is never renewed or updated, since signing in again through WeChat is silent. Each step writes
one store and can be repeated: account and consents, then the person's key, then the token.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from flask import Flask, current_app
from sqlalchemy import Select, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.callers import EMPLOYEE, SIGNED_IN, Caller
from heartport.columns import new_public_id
from heartport.errors import NotFound, NotSignedIn, Unavailable
from heartport.local_time import SHANGHAI, local, start_of_day
from heartport.members.models import AccessToken, Account, Consent
from heartport.members.policies import Purpose
from heartport.members.presence import hold_account
from heartport.members.profiles import EMPTY_PROFILE, seal_profile
from heartport.members.standing import STANDING
from heartport.prepared import Prepared
from heartport.stores import Store, count_rows, insert_if_absent, read_prepared, reading, write_transaction
from heartport.tokens import OpenSession, SignedIn, hash_token, new_token, session_id
from heartport.units.bindings import unit_id_of
from heartport.vault.door import current_vault
from heartport.vault.windows import window_of

KIND = "wechat"
TOKEN_LIFE = timedelta(days=30)
OPENID_LENGTH = 160
"""Bytes of the padded openid, which WeChat keeps at 28 characters and we accept up to 128."""

EMPLOYEES_ROLES = frozenset({SIGNED_IN, EMPLOYEE})
BEHIND_TOKEN = Prepared(
    STANDING.join(AccessToken, AccessToken.account_id == Account.id).where(
        AccessToken.token_hash == bindparam("token_hash"), AccessToken.expires_at > bindparam("now")
    )
)

Login = Callable[[str], str]
"""Redeems a login code at WeChat and returns the openid."""


class AccountErased(Unavailable):
    """The account was erased, or is about to be, between finding it and opening a session for it."""

    code = "account_erased"


def init_app(app: Flask, login: Login) -> None:
    """Name the way to redeem login codes."""
    app.extensions["heartport.login"] = login


def sign_in(code: str) -> SignedIn:
    """Redeem a login code and open a session; the first time makes the account. Raises WeChat's refusals."""
    login: Login = current_app.extensions["heartport.login"]
    openid = login(code)
    current_vault().check_keys()
    try:
        return _enter(openid)
    except AccountErased:
        return _enter(openid)  # It was erased this very moment; now there is a new one.


def _enter(openid: str) -> SignedIn:
    """Open a session for an openid; raises `AccountErased` where an erasure was quicker."""
    vault = current_vault()
    account_id = find_or_create_account(openid)
    made = vault.ensure_subject(account_id)
    try:
        return open_session(account_id)
    except AccountErased:
        if made:  # The erasure had destroyed the first one already.
            vault.destroy_key(vault.link_of(account_id))
        raise


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
    """Store a new token for an account; raises `AccountErased`.

    It ends at midnight. An exact end would be an exact beginning, which beside the gateway's log of addresses and
    moments would tell whose account it is, as would the moment of a consent.
    """
    token = new_token()
    expires_at = start_of_day(clock.now()) + TOKEN_LIFE
    row = {"token_hash": hash_token(token), "account_id": account_id, "expires_at": expires_at}

    def work(session: Session) -> None:
        hold_account(session, account_id)
        session.execute(insert(AccessToken).values(row))

    try:
        write_transaction(Store.MAIN, work)
    except NotSignedIn:
        raise AccountErased from None
    return SignedIn(token, expires_at, account_id)


def identify(token: str) -> Caller:
    """Return the caller behind a token; raises `NotSignedIn` for a dead one."""
    token_hash = hash_token(token)
    found = read_prepared(Store.MAIN, BEHIND_TOKEN, {"token_hash": token_hash, "now": clock.now()})
    if not found:
        raise NotSignedIn
    return Caller(account_id=found[0][0], token_hash=token_hash, roles=EMPLOYEES_ROLES, found=found)


def sign_out(caller: Caller) -> None:
    """Kill the caller's token; it is dead from now on."""
    _end(caller.token_hash)


def list_sessions(caller: Caller) -> list[OpenSession]:
    """Return the caller's live sessions, the oldest first."""
    live = select(AccessToken.token_hash, AccessToken.expires_at).where(
        AccessToken.account_id == caller.account_id, AccessToken.expires_at > clock.now()
    )
    with reading(Store.MAIN) as session:
        rows = session.execute(live.order_by(AccessToken.expires_at)).all()
    return [
        # How long a token lives is fixed, so that its end tells its beginning and no further column has to.
        OpenSession(session_id(token_hash), KIND, local(ends - TOKEN_LIFE).date(), token_hash == caller.token_hash)
        for token_hash, ends in rows
    ]


def end_session(caller: Caller, wanted_id: str) -> None:
    """End one of the caller's sessions; raises `NotFound` for any other."""
    own = select(AccessToken.token_hash).where(AccessToken.account_id == caller.account_id)
    with reading(Store.MAIN) as session:
        named = [each for each in session.execute(own).scalars() if session_id(each) == wanted_id]
    if not named:
        raise NotFound
    _end(named[0])


def people_signed_in(first: date, end: date) -> dict[str | None, int]:
    """Return how many different people of each unit, and of none, signed in from one day until the day before another.

    They are counted by the tokens that are there: each tells the day of its sign-in, and goes thirty days after it, at
    a sign-out, or with its account.
    """
    since, until = (datetime.combine(day, time(), SHANGHAI) + TOKEN_LIFE for day in (first, end))
    within = (AccessToken.expires_at >= since) & (AccessToken.expires_at < until)
    of_unit = unit_id_of(AccessToken.account_id).label("unit_id")
    people = select(AccessToken.account_id, of_unit).where(within).distinct().subquery()
    counts = select(people.c.unit_id, func.count().label("people")).group_by(people.c.unit_id)
    with reading(Store.MAIN) as session:
        return {row.unit_id: row.people for row in session.execute(counts)}


def end_all(session: Session) -> int:
    """End every session of everybody, within somebody else's transaction, and return how many."""
    return count_rows(session, delete(AccessToken))


def delete_expired_tokens() -> int:
    """Delete the tokens whose life is over and return how many."""
    statement = delete(AccessToken).where(AccessToken.expires_at <= clock.now())
    return write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def _end(token_hash: bytes) -> None:
    statement = delete(AccessToken).where(AccessToken.token_hash == token_hash)
    write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def _create(session: Session, row: dict[str, object], index: bytes) -> str:
    insert_if_absent(session, Account, row)
    account_id = session.execute(_id_by_index(index)).scalar_one()
    if account_id == row["id"]:  # Ours, and not one that was made meanwhile.
        consents = [{"account_id": account_id, "purpose": purpose.value, "granted": False} for purpose in Purpose]
        session.execute(insert(Consent), consents)
    return account_id


def _id_by_index(index: bytes) -> Select[str]:
    return select(Account.id).where(Account.openid_index == index)
