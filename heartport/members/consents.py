"""A person's consents: six switches, each its own, each with the version of the text that was agreed to."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.errors import NotFound, NotSignedIn, Stale
from heartport.local_time import start_of_day
from heartport.members.models import Consent
from heartport.members.personal_data import current_parts
from heartport.members.policies import Policies, Purpose
from heartport.members.presence import hold_account
from heartport.stores import Store, reading, write_transaction


class PolicyOutdated(Stale):
    """The consent names a text that is not the current one."""

    code = "policy_outdated"
    detail = "说明文字已更新，请看过新的版本后再决定。"


@dataclass(frozen=True, slots=True)
class ConsentState:
    """One switch as it stands."""

    purpose: Purpose
    granted: bool
    policy_version: str | None


def read_consents(account_id: str) -> list[ConsentState]:
    """Return all six switches of an account, in the order of the policy; raises `NotSignedIn` where it is gone."""
    statement = select(Consent.purpose, Consent.granted, Consent.policy_version).where(Consent.account_id == account_id)
    with reading(Store.MAIN) as session:
        rows = {row.purpose: row for row in session.execute(statement)}
    if not rows:
        raise NotSignedIn
    return [ConsentState(p, rows[p].granted, rows[p].policy_version) for p in Purpose if p in rows]


def granted_purposes(account_id: str) -> frozenset[Purpose]:
    """Return the purposes to which a person has agreed."""
    return frozenset(state.purpose for state in read_consents(account_id) if state.granted)


def decide(account_id: str, purpose_name: str, granted: bool, policy_version: str) -> ConsentState:
    """Set one switch; raises `NotFound` for an unknown purpose, `PolicyOutdated` for an old text, or `NotSignedIn`.

    A consent can be withdrawn under any version that was ever current, and what it permitted ends with it. A
    repetition keeps the day of the decision. The day is all that is stored, and proves what was agreed to. The moment
    would do more: it lies a minute before somebody's first scale, and beside the gateway's log, which knows addresses
    and moments, it would tell whose account this is.
    """
    if purpose_name not in list(Purpose):
        raise NotFound
    policies: Policies = current_app.extensions["heartport.policies"]
    if policies.find(policy_version) is None or (granted and policy_version != policies.current.version):
        raise PolicyOutdated
    decided = ConsentState(Purpose(purpose_name), granted, policy_version)
    if decided in read_consents(account_id):
        return decided
    statement = (
        update(Consent)
        .where(Consent.account_id == account_id, Consent.purpose == purpose_name)
        .values(granted=granted, policy_version=policy_version, decided_at=start_of_day(clock.now()))
    )

    def work(session: Session) -> None:
        hold_account(session, account_id)
        session.execute(statement)
        if not granted:
            for part in current_parts():
                part.withdraw(session, account_id, decided.purpose)

    write_transaction(Store.MAIN, work)
    return decided
