"""Where a person stands before a scale: age group, profile, consents, unit, and since when there can be records.

Whoever identifies a caller by their token reads it in the same statement, so that a request asks `main` once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.callers import Caller
from heartport.errors import NotSignedIn
from heartport.members.models import Account, Consent, Erasure
from heartport.members.policies import Purpose
from heartport.members.presence import hold_account
from heartport.members.profiles import Profile, open_profile
from heartport.prepared import Prepared, Row
from heartport.stores import Store, read_prepared
from heartport.units.bindings import unit_id_of
from heartport.vault.windows import window_of, windows_between, with_the_next

_granted = and_(Consent.account_id == Account.id, Consent.granted)
_erasing = select(Erasure.account_id).where(Erasure.account_id == Account.id)
STANDING = select(
    Account.id,
    Account.profile_sealed,
    Account.since_window,
    unit_id_of(Account.id).label("unit_id"),
    _erasing.exists().label("erasing"),
    Consent.purpose,
).outerjoin(Consent, _granted)
"""One row for each consent that is given, or one without; `standing_of` makes a standing of them."""
STILL = (
    select(unit_id_of(Account.id), Consent.purpose)
    .select_from(Account)
    .outerjoin(Consent, _granted)
    .where(Account.id == bindparam("account_id"), ~_erasing.exists())
)
PURPOSES = {purpose.value: purpose for purpose in Purpose}
OF_ACCOUNT = Prepared(STANDING.where(Account.id == bindparam("account_id")))
STILL_THERE = Prepared(STILL)


@dataclass(frozen=True, slots=True)
class Standing:
    """What other rooms may know of a person; `windows` are the half-years since sign-up, the latest first.

    What is new goes into the first of `windows`; what there may be is looked for in `searched`.
    """

    account_id: str
    profile: Profile
    granted: frozenset[Purpose]
    windows: tuple[str, ...]
    unit_id: str | None = None

    @property
    def searched(self) -> tuple[str, ...]:
        """The windows in which there can be something of this person, whatever the clock said when it was stored."""
        return with_the_next(self.windows)


def standing_of(caller: Caller) -> Standing:
    """Return where a caller stood when they were identified; raises `NotSignedIn` as `read_standing` does."""
    return _standing(caller.found)


def read_standing(account_id: str) -> Standing:
    """Read all of it now; raises `NotSignedIn` where the account is erased, or about to be."""
    found = read_prepared(Store.MAIN, OF_ACCOUNT, {"account_id": account_id})
    return _standing(found)


def still_standing(standing: Standing) -> Standing:
    """Return a standing with consents and unit as they are now, for who is about to store something sealed.

    What was sent may have taken minutes to arrive since the caller was identified. Raises `NotSignedIn` where the
    account was erased meanwhile, or is about to be.
    """
    rows = read_prepared(Store.MAIN, STILL_THERE, {"account_id": standing.account_id})
    if not rows:
        raise NotSignedIn
    return replace(standing, granted=_purposes(rows), unit_id=rows[0][0])


def _standing(rows: Sequence[Row]) -> Standing:
    if not rows:
        raise NotSignedIn
    account_id, sealed, since_window, unit_id, erasing, _ = rows[0]
    if erasing:
        raise NotSignedIn
    # A clock that is behind the one at sign-up must not put a record where nobody would look for it.
    windows = windows_between(since_window, max(since_window, window_of(clock.today())))
    return Standing(account_id, open_profile(account_id, sealed), _purposes(rows), windows, unit_id)


def _purposes(rows: Sequence[Row]) -> frozenset[Purpose]:
    return frozenset([PURPOSES[row[-1]] for row in rows if row[-1] is not None])


def hold_person(session: Session, account_id: str) -> frozenset[Purpose]:
    """Keep a person as they are until somebody's transaction ends, and return what they agreed to.

    Neither an erasure nor a withdrawn consent overtakes what is written then. Raises `NotSignedIn` where the account
    is erased, or about to be.
    """
    hold_account(session, account_id)
    consents = select(Consent).where(Consent.account_id == account_id).with_for_update(read=True)
    rows = session.execute(consents.order_by(Consent.purpose)).scalars().all()
    return frozenset(Purpose(row.purpose) for row in rows if row.granted)
