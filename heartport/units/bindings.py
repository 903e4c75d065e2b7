"""Who belongs to which unit: joining with an invite code, moving, leaving."""

from datetime import datetime

from sqlalchemy import ScalarSelect, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from heartport import clock
from heartport.members.presence import hold_account
from heartport.stores import Store, count_rows, insert_if_absent, reading, write_transaction
from heartport.units.invites import find_invite, take_use
from heartport.units.models import UnitBinding
from heartport.units.rules import check_invite
from heartport.units.tree import Place, place_within


def unit_of(account_id: str) -> Place | None:
    """Return the unit of a person, or None for who has not joined any."""
    with reading(Store.MAIN) as session:
        unit_id = session.execute(select(UnitBinding.unit_id).where(UnitBinding.account_id == account_id)).scalar()
        return place_within(session, unit_id) if unit_id else None


def unit_id_of(account_id: InstrumentedAttribute[str]) -> ScalarSelect[str]:
    """Return the unit's id as a column for somebody else's statement about accounts."""
    return select(UnitBinding.unit_id).where(UnitBinding.account_id == account_id).scalar_subquery()


def join_unit(account_id: str, code: str) -> Place:
    """Bind a person to the unit of an invite, instead of any other, and return it.

    Whoever belongs there already takes no use, so that a repetition does no harm. Raises `InviteUnknown`,
    `InviteReplaced`, `InviteExpired`, `InviteUsedUp`, or `NotSignedIn` where the person was erased meanwhile.
    """
    now = clock.now()
    return write_transaction(Store.MAIN, lambda session: _join(session, account_id, code, now))


def leave_unit(account_id: str) -> None:
    """Unbind a person; who belongs nowhere stays so."""
    statement = delete(UnitBinding).where(UnitBinding.account_id == account_id)
    write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def forget_unit(session: Session, account_id: str) -> None:
    """Unbind a person within somebody else's transaction."""
    session.execute(delete(UnitBinding).where(UnitBinding.account_id == account_id))


def _join(session: Session, account_id: str, code: str, now: datetime) -> Place:
    hold_account(session, account_id)
    invite = find_invite(session, code)
    if _bind(session, account_id, invite.unit_id):
        # Refusing here undoes the binding, too.
        check_invite(invite.replaced, invite.expires_at, now)
        take_use(session, invite.id, now)
    place = place_within(session, invite.unit_id)
    assert place is not None
    return place


def _bind(session: Session, account_id: str, unit_id: str) -> bool:
    """Bind, and return whether that changed anything; the row makes two at once wait for each other."""
    if insert_if_absent(session, UnitBinding, {"account_id": account_id, "unit_id": unit_id}):
        return True
    elsewhere = update(UnitBinding).where(UnitBinding.account_id == account_id, UnitBinding.unit_id != unit_id)
    return count_rows(session, elsewhere.values(unit_id=unit_id)) == 1
