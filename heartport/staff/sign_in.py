"""Use case: staff sign in with name, password and one-time code; every failure looks and lasts the same.

Unknown, locked and known names go one way: count the attempt, look for the account, verify one password hash,
compare three one-time codes, then decide. Only who is let in causes a further write.
"""

from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.errors import Invalid
from heartport.staff.accounts import Keys, find_keys
from heartport.staff.attempts import count_attempt, give_back
from heartport.staff.models import StaffMember
from heartport.staff.rules import FAILURES, may_try, step_to_accept
from heartport.staff.sessions import open_session
from heartport.stores import Store, count_rows, write_transaction
from heartport.tokens import SignedIn
from heartport.vault.door import current_vault
from heartport.vault.one_time_codes import matching_steps
from heartport.vault.passwords import current_passwords

log = structlog.get_logger("heartport.staff")


class SignInRefused(Invalid):
    """Name, password or one-time code are wrong, the code was used, or the account or the name is locked."""

    code = "sign_in_refused"
    detail = "无法登录：用户名、密码或动态码不对，或者尝试次数过多。请核对后再试，多次失败请等 15 分钟。"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed."""

    username: str = field(repr=False)
    password: str = field(repr=False)
    otp: str = field(repr=False)


def sign_in(credentials: Credentials) -> SignedIn:
    """Open a session; raises `SignInRefused` and tells nobody why."""
    current_vault().check_keys()
    now = clock.now()
    attempt = count_attempt(credentials.username)
    keys = find_keys(credentials.username)
    step = _verified_step(keys, credentials, now)
    if attempt == FAILURES:
        log.warning("last_attempt_of_a_name")
    if not may_try(attempt) or keys is None or step is None:
        raise SignInRefused
    return _let_in(keys, credentials, step, now)


def _verified_step(keys: Keys | None, credentials: Credentials, now: datetime) -> int | None:
    """Return the step of a one-time code that comes with the right password; None refuses. Always works equally."""
    fits = current_passwords().verify(keys.password_hash if keys else None, credentials.password)
    steps = matching_steps(keys.totp_secret if keys else None, credentials.otp, now)
    step = step_to_accept(steps, keys.last_totp_step if keys else 0)
    return step if keys and fits and not keys.locked else None


def _let_in(keys: Keys, credentials: Credentials, step: int, now: datetime) -> SignedIn:
    """Use up the one-time code and open the session; of two with one code, one is refused."""
    password_hash = keys.password_hash
    if current_passwords().is_outdated(password_hash):
        password_hash = current_passwords().hash(credentials.password)

    def work(session: Session) -> SignedIn:
        statement = (
            update(StaffMember)
            .where(
                StaffMember.id == keys.staff_id,
                StaffMember.last_totp_step < step,
                StaffMember.locked.is_(False),
                StaffMember.password_hash == keys.password_hash,
            )
            .values(last_totp_step=step, password_hash=password_hash)
        )
        if not count_rows(session, statement):
            raise SignInRefused
        give_back(session, credentials.username)
        return open_session(session, keys.staff_id, now)

    return write_transaction(Store.MAIN, work)
