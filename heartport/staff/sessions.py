"""Sessions of staff: they end after 30 idle minutes and 12 hours at the latest.

Unlike an employee's token, a session of staff is written to: its last use, at most once a minute.
"""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.callers import SIGNED_IN, STAFF, Caller
from heartport.errors import NotFound, NotSignedIn
from heartport.local_time import local
from heartport.prepared import Prepared
from heartport.staff.models import RoleGrant, StaffMember, StaffSession
from heartport.staff.rules import IDLE_LIFE, SESSION_LIFE, is_alive, is_note_due
from heartport.stores import Store, count_rows, read_prepared, reading, write_transaction
from heartport.tokens import OpenSession, SignedIn, hash_token, new_token, session_id

KIND = "staff"
_live = and_(RoleGrant.staff_id == StaffMember.id, RoleGrant.revoked_on.is_(None))
SESSION_WITH_GRANTS = Prepared(
    select(StaffSession.staff_id, StaffSession.expires_at, StaffSession.seen_at, RoleGrant.role, RoleGrant.unit_id)
    .join(StaffMember, StaffMember.id == StaffSession.staff_id)
    .outerjoin(RoleGrant, _live)
    .where(StaffSession.token_hash == bindparam("token_hash"), StaffMember.locked.is_(False))
)
"""One row for each grant, or one without."""


def open_session(session: Session, staff_id: str, now: datetime) -> SignedIn:
    """Store a new token, within the transaction that lets somebody in."""
    token, expires_at = new_token(), now + SESSION_LIFE
    row = {"token_hash": hash_token(token), "staff_id": staff_id, "expires_at": expires_at, "seen_at": now}
    session.execute(insert(StaffSession).values(row))
    return SignedIn(token, expires_at, staff_id)


def identify(token: str) -> Caller:
    """Return the member of staff behind a token, with roles and scopes; raises `NotSignedIn` for a dead one."""
    token_hash, now = hash_token(token), clock.now()
    rows = read_prepared(Store.MAIN, SESSION_WITH_GRANTS, {"token_hash": token_hash})
    if not rows:
        raise NotSignedIn
    staff_id, expires_at, seen_at = rows[0][:3]
    if not is_alive(seen_at, expires_at, now):
        raise NotSignedIn
    if is_note_due(seen_at, now):
        _note_use(token_hash, now)
    scopes: dict[str, set[str | None]] = defaultdict(set)
    for *_, role, unit_id in rows:
        if role is not None:
            scopes[role].add(unit_id)
    roles = frozenset({SIGNED_IN, STAFF, *scopes})
    return Caller(staff_id, token_hash, roles, {role: frozenset(units) for role, units in scopes.items()})


def sign_out(caller: Caller) -> None:
    """Kill the caller's token; it is dead from now on."""
    _end(caller.token_hash)


def list_sessions(caller: Caller) -> list[OpenSession]:
    """Return the caller's live sessions."""
    now = clock.now()
    rows = select(StaffSession.token_hash, StaffSession.expires_at, StaffSession.seen_at).where(
        StaffSession.staff_id == caller.account_id
    )
    with reading(Store.MAIN) as session:
        found = session.execute(rows.order_by(StaffSession.expires_at)).all()
    return [
        OpenSession(
            session_id(row.token_hash),
            KIND,
            local(row.expires_at - SESSION_LIFE).date(),
            row.token_hash == caller.token_hash,
        )
        for row in found
        if is_alive(row.seen_at, row.expires_at, now)
    ]


def end_session(caller: Caller, wanted_id: str) -> None:
    """End one of the caller's sessions; raises `NotFound` for any other."""
    own = select(StaffSession.token_hash).where(StaffSession.staff_id == caller.account_id)
    with reading(Store.MAIN) as session:
        named = [each for each in session.execute(own).scalars() if session_id(each) == wanted_id]
    if not named:
        raise NotFound
    _end(named[0])


def end_all_sessions(session: Session, staff_id: str) -> None:
    """End every session of a member of staff, within the transaction that has a reason to."""
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))


def end_all(session: Session) -> int:
    """End every session of all staff, within somebody else's transaction, and return how many."""
    return count_rows(session, delete(StaffSession))


def delete_expired_sessions() -> int:
    """Delete the sessions whose life is over and return how many."""
    now = clock.now()
    over = or_(StaffSession.expires_at <= now, StaffSession.seen_at <= now - IDLE_LIFE)
    return write_transaction(Store.MAIN, lambda session: count_rows(session, delete(StaffSession).where(over)))


def _end(token_hash: bytes) -> None:
    statement = delete(StaffSession).where(StaffSession.token_hash == token_hash)
    write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def _note_use(token_hash: bytes, now: datetime) -> None:
    statement = (
        update(StaffSession)
        .where(StaffSession.token_hash == token_hash, StaffSession.seen_at < now)
        .values(seen_at=now)
    )
    write_transaction(Store.MAIN, lambda session: count_rows(session, statement))
