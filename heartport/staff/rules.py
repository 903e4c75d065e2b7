"""Pure decisions about staff: names and passwords, lock-out, one-time codes, how long a session lives, which roles."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from heartport.callers import ADMIN, CLINICAL_LEAD, COORDINATOR, COUNSELLOR, STAFF_ROLES, UNIT_HEAD
from heartport.errors import Conflict, Invalid

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,31}")
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
"""NIST SP 800-63B asks for at least 8 characters beside a second factor, and that 64 be allowed."""
LONGEST_NAME = 40
LONGEST_WHO = 80

FAILURES = 5
WINDOW = timedelta(minutes=15)
"""Five failures in 15 minutes a name."""
SESSION_LIFE = timedelta(hours=12)
IDLE_LIFE = timedelta(minutes=30)
NOTED_EVERY = timedelta(minutes=1)
"""How old the note of the last use may be, so that reading a list does not write a row each time."""

UNIT_HEAD_MAY_NOT_BE = frozenset({COUNSELLOR, CLINICAL_LEAD, COORDINATOR, ADMIN})
"""The contract names counsellor, coordinator and admin. The clinical lead is here too, since she reads case records."""


class Side(StrEnum):
    """Whom a member of staff stands for; roles that are neither's may be held on both sides."""

    UNIT = "unit"
    SERVICE = "service"


class UsernameRefused(Invalid):
    """The name is none that a member of staff can have."""

    code = "username_refused"
    detail = "用户名须为 3 至 32 个字符：小写字母开头，只含小写字母、数字、点、横线和下划线。"


class PasswordRefused(Invalid):
    """The password is too short, too long, or the name again."""

    code = "password_refused"
    detail = f"密码须为 {SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 个字符，且不含用户名。"


class RoleUnknown(Invalid):
    """There is no such role, or it is not granted."""

    code = "role_unknown"
    detail = f"只能授予这些角色：{'、'.join(STAFF_ROLES)}。"


class UnitNeeded(Invalid):
    """A unit head is the head of some unit."""

    code = "unit_needed"
    detail = "单位联系人须指明是哪个单位的。"


class RolesConflict(Conflict):
    """One person may not hold both roles."""

    code = "roles_conflict"
    detail = "单位联系人不能同时是咨询师、临床负责人、协调员或管理员。"


class NoteRefused(Invalid):
    """Whoever grants has to be named, and what is shown has a longest length."""

    code = "note_refused"
    detail = f"请写明授权人（不超过 {LONGEST_WHO} 个字）；显示名不超过 {LONGEST_NAME} 个字。"


def is_username(text: str) -> bool:
    """Tell whether a member of staff could have this name."""
    return USERNAME.fullmatch(text) is not None


def check_new_member(username: str, name: str, password: str) -> None:
    """Raise `UsernameRefused`, `NoteRefused` or `PasswordRefused` where an account cannot be made of these."""
    if not is_username(username):
        raise UsernameRefused
    if not (name.strip() and len(name) <= LONGEST_NAME and name.isprintable()):
        raise NoteRefused
    check_password(username, password)


def check_password(username: str, password: str) -> None:
    """Raise `PasswordRefused` for a password that is too short, too long, or holds the name."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or username in password.lower():
        raise PasswordRefused


def check_who(who: str) -> None:
    """Raise `NoteRefused` unless somebody is named who grants or revokes."""
    if not (who.strip() and len(who) <= LONGEST_WHO and who.isprintable()):
        raise NoteRefused


def may_try(attempt: int) -> bool:
    """Tell whether the nth attempt that was not let in so far within the window may be looked at."""
    return attempt <= FAILURES


def step_to_accept(matching: Iterable[int], last_used: int) -> int | None:
    """Return the step as which a one-time code counts, newer than any that was used; None refuses it."""
    return max((step for step in matching if step > last_used), default=None)


def is_alive(seen_at: datetime, expires_at: datetime, now: datetime) -> bool:
    """Tell whether a session lives; since its last use is noted coarsely, idling may end it a minute early."""
    return now < expires_at and now - seen_at < IDLE_LIFE


def is_note_due(seen_at: datetime, now: datetime) -> bool:
    """Tell whether the last use is to be noted again."""
    return now - seen_at >= NOTED_EVERY


def check_grant(role: str, unit_id: str | None, held: Collection[str]) -> None:
    """Raise `RoleUnknown`, `UnitNeeded` or `RolesConflict` where whoever holds these roles may not get this one."""
    if role not in STAFF_ROLES:
        raise RoleUnknown
    if role == UNIT_HEAD and unit_id is None:
        raise UnitNeeded
    if (role == UNIT_HEAD and not UNIT_HEAD_MAY_NOT_BE.isdisjoint(held)) or (
        role in UNIT_HEAD_MAY_NOT_BE and UNIT_HEAD in held
    ):
        raise RolesConflict


def side_of(role: str) -> Side | None:
    """Return the side on which a role has to be held; None where either will do."""
    if role == UNIT_HEAD:
        return Side.UNIT
    return Side.SERVICE if role in UNIT_HEAD_MAY_NOT_BE else None
