"""The sessions of whoever calls, employee or staff: who is behind a token, signing out, seeing and ending sessions.

An employee's token is looked up first and in one query, as ever; only one that is no employee's costs a second.
"""

from sqlalchemy.orm import Session

from heartport.callers import STAFF, Caller
from heartport.errors import NotSignedIn
from heartport.members import sessions
from heartport.members.presence import hold_account
from heartport.staff import sessions as staff_sessions
from heartport.tokens import OpenSession


def identify(token: str) -> Caller:
    """Return the caller behind a token; raises `NotSignedIn` for a dead one."""
    try:
        return sessions.identify(token)
    except NotSignedIn:
        return staff_sessions.identify(token)


def sign_out(caller: Caller) -> None:
    """Kill the caller's token."""
    (staff_sessions if _is_staff(caller) else sessions).sign_out(caller)


def list_sessions(caller: Caller) -> list[OpenSession]:
    """Return the caller's live sessions."""
    return (staff_sessions if _is_staff(caller) else sessions).list_sessions(caller)


def end_session(caller: Caller, session_id: str) -> None:
    """End one of the caller's sessions; raises `NotFound` for any other."""
    (staff_sessions if _is_staff(caller) else sessions).end_session(caller, session_id)


def hold(session: Session, caller: Caller) -> None:
    """Keep an employee from being erased until this transaction ends; raises `NotSignedIn` where one was quicker."""
    if not _is_staff(caller):
        hold_account(session, caller.account_id)


def end_everybodys(session: Session) -> int:
    """End all sessions of employees and staff, within somebody else's transaction, and return how many."""
    return sessions.end_all(session) + staff_sessions.end_all(session)


def _is_staff(caller: Caller) -> bool:
    return STAFF in caller.roles
