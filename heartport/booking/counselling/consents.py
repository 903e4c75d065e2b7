"""Whether a person agreed to what counselling is, before their first appointment and again after a new text."""

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.booking.counselling.models import CounsellingConsent
from heartport.booking.counselling.rules.limits import CounsellingConsentNeeded
from heartport.booking.counselling.texts import current_text
from heartport.stores import Store, insert_if_absent, reading


def agreed_version(account_id: str) -> str | None:
    """Return the version to which a person agreed last, or None."""
    with reading(Store.MAIN) as session:
        return session.execute(_of(account_id)).scalar()


def agree(session: Session, account_id: str, version: str | None) -> None:
    """Note that a person agrees, or see that they have; raises `CounsellingConsentNeeded` with the current version.

    None, and any other than the current version, agree to nothing.
    """
    current = current_text().version
    if version == current:
        row = {"account_id": account_id, "version": current, "agreed_on": clock.today()}
        if not insert_if_absent(session, CounsellingConsent, row):
            newer = update(CounsellingConsent).where(CounsellingConsent.account_id == account_id)
            session.execute(newer.where(CounsellingConsent.version != current).values(row))
    elif session.execute(_of(account_id)).scalar() != current:
        raise CounsellingConsentNeeded(members={"consent_version": current})


def forget_consent(session: Session, account_id: str) -> None:
    """Delete it within the erasure."""
    session.execute(delete(CounsellingConsent).where(CounsellingConsent.account_id == account_id))


def _of(account_id: str) -> Select[str]:
    return select(CounsellingConsent.version).where(CounsellingConsent.account_id == account_id)
