"""Invite codes: ten signs that bind to a unit, limited in uses and time, stored as keyed hashes only."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.columns import new_public_id
from heartport.stores import Store, count_rows, reading, write_transaction
from heartport.typed_codes import new_code, typed
from heartport.units.models import Invite
from heartport.units.rules import InviteReplaced, InviteUnknown, InviteUsedUp, check_invite, check_limits
from heartport.units.tree import Place, place_of, place_within
from heartport.vault.door import current_vault

CODE_LENGTH = 10
"""50 bits: at 600 tries a minute, somebody who looks for one of a thousand codes at one
address needs 1,800 years on average."""


@dataclass(frozen=True, slots=True)
class ListedInvite:
    """An invite as an operator sees it; the code itself cannot be shown again."""

    id: str
    place: Place
    expires_at: datetime
    uses_left: int
    state: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """A new code in place of an old one, shown this once."""

    code: str = field(repr=False)
    place: Place


def make_invite(unit_id: str, uses: int, days: int, code: str | None = None) -> str:
    """Make an invite and return its code, shown this once; raises `InviteLimitsRefused` or `UnitUnknown`."""
    check_limits(uses, days)
    place_of(unit_id)
    current_vault().check_keys()
    code = code or new_code(CODE_LENGTH)
    expires_at = clock.now() + timedelta(days=days)
    write_transaction(Store.MAIN, lambda session: _insert(session, code, unit_id, uses, expires_at))
    return code


def show_invite(code: str) -> Place:
    """Return the unit to which a code would bind, whether or not uses are left.

    Raises `InviteUnknown`, `InviteReplaced` or `InviteExpired`.
    """
    now = clock.now()
    with reading(Store.MAIN) as session:
        invite = find_invite(session, code)
        check_invite(invite.replaced, invite.expires_at, now)
        place = place_within(session, invite.unit_id)
    assert place is not None
    return place


def is_known(code: str) -> bool:
    """Tell whether this code was ever given out."""
    with reading(Store.MAIN) as session:
        try:
            find_invite(session, code)
        except InviteUnknown:
            return False
    return True


def rotate_invite(code: str) -> Replacement:
    """Replace one code by another with the same uses and time; raises `InviteUnknown` or `InviteReplaced`."""
    current_vault().check_keys()

    def work(session: Session) -> Replacement:
        return _replace(session, find_invite(session, code))

    return write_transaction(Store.MAIN, work)


def rotate_invites_of(unit_id: str) -> list[Replacement]:
    """Replace every live code of a unit."""
    current_vault().check_keys()
    now = clock.now()
    live = select(Invite).where(Invite.unit_id == unit_id, Invite.replaced.is_(False), Invite.expires_at > now)

    def work(session: Session) -> list[Replacement]:
        return [_replace(session, each) for each in session.execute(live.with_for_update()).scalars().all()]

    return write_transaction(Store.MAIN, work)


def list_invites() -> list[ListedInvite]:
    """Return all invites, the first to expire first."""
    now = clock.now()
    with reading(Store.MAIN) as session:
        rows = session.execute(select(Invite).order_by(Invite.expires_at)).scalars().all()
        return [
            ListedInvite(row.id, place, row.expires_at, row.uses_left, _state(row, now))
            for row in rows
            if (place := place_within(session, row.unit_id))
        ]


def find_invite(session: Session, code: str) -> Invite:
    """Return the invite of a code as somebody typed it; raises `InviteUnknown`."""
    invite = session.execute(select(Invite).where(Invite.code_hash == _hash(code))).scalar()
    if invite is None:
        raise InviteUnknown
    return invite


def take_use(session: Session, invite_id: str, now: datetime) -> None:
    """Take one use; the last goes to exactly one of two. Raises `InviteUsedUp` where there is none to take."""
    statement = (
        update(Invite)
        .where(Invite.id == invite_id, Invite.uses_left > 0, Invite.expires_at > now, Invite.replaced.is_(False))
        .values(uses_left=Invite.uses_left - 1)
    )
    if not count_rows(session, statement):
        raise InviteUsedUp


def _insert(session: Session, code: str, unit_id: str, uses_left: int, expires_at: datetime) -> None:
    row = {
        "id": new_public_id(),
        "code_hash": _hash(code),
        "unit_id": unit_id,
        "uses_left": uses_left,
        "expires_at": expires_at,
        "replaced": False,
    }
    session.execute(insert(Invite).values(row))


def _replace(session: Session, invite: Invite) -> Replacement:
    """Mark an invite as replaced and make another; of two at once, one is refused."""
    statement = (
        update(Invite)
        .where(Invite.id == invite.id, Invite.replaced.is_(False))
        .values(replaced=True)
        .returning(Invite.uses_left)
    )
    uses_left = session.execute(statement).scalar()
    place = place_within(session, invite.unit_id)
    if uses_left is None or place is None:
        raise InviteReplaced
    code = new_code(CODE_LENGTH)
    _insert(session, code, invite.unit_id, uses_left, invite.expires_at)
    return Replacement(code, place)


def _state(invite: Invite, now: datetime) -> str:
    if invite.replaced:
        return "replaced"
    if invite.expires_at <= now:
        return "expired"
    return "live" if invite.uses_left else "used up"


def _hash(code: str) -> bytes:
    return current_vault().fingerprint("invite code", typed(code).encode())
