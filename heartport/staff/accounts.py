"""Accounts of staff: an operator makes them at a terminal, and hands over password and secret, which show once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from heartport.columns import new_public_id
from heartport.errors import Conflict, NotFound
from heartport.staff.attempts import forget_attempts
from heartport.staff.models import StaffMember
from heartport.staff.rules import Side, check_new_member, check_password, is_username
from heartport.staff.sessions import end_all_sessions
from heartport.stores import Store, count_rows, insert_if_absent, reading, write_transaction
from heartport.vault.door import current_vault
from heartport.vault.one_time_codes import new_secret
from heartport.vault.passwords import current_passwords

NAME_LENGTH = 192
"""Bytes of the padded display name: 40 characters of four bytes fit."""
SECRET_LENGTH = 64
"""Bytes of the padded secret of the one-time codes, which has 32 characters."""


class UsernameTaken(Conflict):
    """Somebody has this name already."""

    code = "username_taken"
    detail = "这个用户名已经有人用了。"


class StaffUnknown(NotFound):
    """Nobody of the staff has this name."""

    code = "staff_unknown"
    detail = "没有这个工作人员。"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff as other parts of this room need to know them."""

    id: str
    username: str
    name: str = field(repr=False)
    locked: bool


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens an account: the password as its hash, the secret of the one-time codes, the last code used."""

    staff_id: str
    password_hash: str = field(repr=False)
    totp_secret: str = field(repr=False)
    last_totp_step: int
    locked: bool


def add_member(username: str, name: str, password: str, totp_secret: str | None = None) -> str:
    """Make an account without any role and return the secret of its one-time codes.

    Raises `UsernameRefused`, `NoteRefused`, `PasswordRefused` or `UsernameTaken`.
    """
    check_new_member(username, name, password)
    current_vault().check_keys()
    staff_id, secret = new_public_id(), totp_secret or new_secret()
    row: dict[str, object] = {
        "id": staff_id,
        "username": username,
        "side": Side.SERVICE.value,
        "name_sealed": current_vault().seal_column("staff name", staff_id, name, NAME_LENGTH),
        "locked": False,
        "last_totp_step": 0,
        "password_hash": current_passwords().hash(password),
        "totp_sealed": _seal_secret(staff_id, secret),
    }
    if not write_transaction(Store.MAIN, lambda session: insert_if_absent(session, StaffMember, row)):
        raise UsernameTaken
    return secret


def reset_member(username: str, password: str) -> str:
    """Give an account a new password and secret, end its sessions, and return the secret; raises `StaffUnknown`."""
    check_password(username, password)
    current_vault().check_keys()
    secret, password_hash = new_secret(), current_passwords().hash(password)

    def work(session: Session) -> None:
        staff_id = id_of(session, username)
        sealed = _seal_secret(staff_id, secret)
        _change(session, staff_id, {"password_hash": password_hash, "totp_sealed": sealed, "last_totp_step": 0})
        forget_attempts(session, username)

    write_transaction(Store.MAIN, work)
    return secret


def lock_member(username: str) -> None:
    """Shut an account and end its sessions; raises `StaffUnknown`."""
    write_transaction(Store.MAIN, lambda session: _change(session, id_of(session, username), {"locked": True}))


def unlock_member(username: str) -> None:
    """Open an account again and forget its failed sign-ins; raises `StaffUnknown`."""

    def work(session: Session) -> None:
        _change(session, id_of(session, username), {"locked": False})
        forget_attempts(session, username)

    write_transaction(Store.MAIN, work)


def list_members() -> list[Member]:
    """Return all staff by their names."""
    columns = select(StaffMember.id, StaffMember.username, StaffMember.name_sealed, StaffMember.locked)
    with reading(Store.MAIN) as session:
        rows = session.execute(columns.order_by(StaffMember.username)).all()
    return [Member(row.id, row.username, _open_name(row.id, row.name_sealed), row.locked) for row in rows]


def read_name(staff_id: str) -> str:
    """Return the display name of an account."""
    with reading(Store.MAIN) as session:
        sealed = session.execute(select(StaffMember.name_sealed).where(StaffMember.id == staff_id)).scalar_one()
    return _open_name(staff_id, sealed)


def staff_id_of(username: str) -> str:
    """Return the id of a name; raises `StaffUnknown`."""
    with reading(Store.MAIN) as session:
        return id_of(session, username)


def find_keys(username: str) -> Keys | None:
    """Return what opens the account of a name, or None where nobody has it."""
    # Whatever could not be a name is looked for under none, so that every text costs the same query.
    statement = select(StaffMember).where(StaffMember.username == (username if is_username(username) else ""))
    with reading(Store.MAIN) as session:
        row = session.execute(statement).scalar()
    if row is None:
        return None
    secret = current_vault().open_column("totp", row.id, row.totp_sealed)
    return Keys(row.id, row.password_hash, secret, row.last_totp_step, row.locked)


def id_of(session: Session, username: str) -> str:
    """Return the id of a name and keep its row for this transaction; raises `StaffUnknown`."""
    statement = select(StaffMember.id).where(StaffMember.username == username).with_for_update()
    staff_id = session.execute(statement).scalar()
    if staff_id is None:
        raise StaffUnknown
    return staff_id


def _change(session: Session, staff_id: str, values: Mapping[str, object]) -> None:
    count_rows(session, update(StaffMember).where(StaffMember.id == staff_id).values(**values))
    end_all_sessions(session, staff_id)


def _seal_secret(staff_id: str, secret: str) -> bytes:
    return current_vault().seal_column("totp", staff_id, secret, SECRET_LENGTH)


def _open_name(staff_id: str, sealed: bytes) -> str:
    return current_vault().open_column("staff name", staff_id, sealed)
