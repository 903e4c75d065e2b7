"""Roles of staff: who granted which, for which unit; whoever revokes is recorded as well."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.callers import STAFF_ROLES
from heartport.columns import new_public_id
from heartport.errors import NotFound
from heartport.staff.accounts import Member, id_of, list_members
from heartport.staff.models import RoleGrant, StaffMember
from heartport.staff.rules import check_grant, check_who, side_of
from heartport.stores import Store, count_rows, reading, write_transaction


class GrantUnknown(NotFound):
    """This person does not hold this role for this unit."""

    code = "grant_unknown"
    detail = "此人没有这项授权。"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody holds; `unit_id` None means everywhere."""

    staff_id: str
    role: str
    unit_id: str | None
    granted_by: str
    granted_on: date


def grant_role(username: str, role: str, unit_id: str | None, granted_by: str) -> bool:
    """Grant a role, and return whether it is new; raises what `check_grant` raises, or `StaffUnknown`."""
    check_who(granted_by)

    def work(session: Session) -> bool:
        staff_id = id_of(session, username)
        held = list(session.execute(_live_grants(staff_id)).scalars())
        check_grant(role, unit_id, {each.role for each in held})
        if any((each.role, each.unit_id) == (role, unit_id) for each in held):
            return False
        row = {
            "id": new_public_id(),
            "staff_id": staff_id,
            "side": _take_side(session, staff_id, role),
            "role": role,
            "unit_id": unit_id,
            "granted_by": granted_by,
            "granted_on": clock.today(),
        }
        session.execute(insert(RoleGrant).values(row))
        return True

    return write_transaction(Store.MAIN, work)


def revoke_role(username: str, role: str, unit_id: str | None, revoked_by: str) -> None:
    """Revoke a role from now on; raises `GrantUnknown` or `StaffUnknown`."""
    check_who(revoked_by)

    def work(session: Session) -> None:
        statement = (
            update(RoleGrant)
            .where(
                RoleGrant.staff_id == id_of(session, username),
                RoleGrant.role == role,
                RoleGrant.unit_id.is_(None) if unit_id is None else RoleGrant.unit_id == unit_id,
                RoleGrant.revoked_on.is_(None),
            )
            .values(revoked_by=revoked_by, revoked_on=clock.today())
        )
        if not count_rows(session, statement):
            raise GrantUnknown

    write_transaction(Store.MAIN, work)


def list_grants() -> list[Grant]:
    """Return every role that anybody holds."""
    with reading(Store.MAIN) as session:
        rows = session.execute(_live_grants().order_by(RoleGrant.role)).scalars()
        return [Grant(row.staff_id, row.role, row.unit_id, row.granted_by, row.granted_on) for row in rows]


def holders_of(roles: Collection[str]) -> list[Member]:
    """Return the staff who hold one of these roles anywhere and are not locked, by their names."""
    holders = {grant.staff_id for grant in list_grants() if grant.role in roles}
    return [member for member in list_members() if member.id in holders and not member.locked]


def roles_of(staff_id: str) -> list[str]:
    """Return the roles of one person, in the order in which they are listed everywhere."""
    with reading(Store.MAIN) as session:
        held = {row.role for row in session.execute(_live_grants(staff_id)).scalars()}
    return [role for role in STAFF_ROLES if role in held]


def _live_grants(staff_id: str | None = None) -> Select[RoleGrant]:
    statement = select(RoleGrant).where(RoleGrant.revoked_on.is_(None))
    return statement if staff_id is None else statement.where(RoleGrant.staff_id == staff_id)


def _take_side(session: Session, staff_id: str, role: str) -> str:
    """Bring the person to the side of a role and return it; the database refuses where another role forbids it."""
    side = side_of(role)
    if side is not None:
        session.execute(update(StaffMember).where(StaffMember.id == staff_id).values(side=side.value))
    return session.execute(select(StaffMember.side).where(StaffMember.id == staff_id)).scalar_one()
