"""Where a person stands before a scale: age group, profile, consents, unit, and since when there can be records."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.errors import NotSignedIn
from heartport.members.models import Account, Consent, Erasure
from heartport.members.policies import Purpose
from heartport.members.presence import hold_account
from heartport.members.profiles import Profile, open_profile
from heartport.stores import Store, reading
from heartport.units.bindings import unit_id_of
from heartport.vault.windows import window_of, windows_between, with_the_next


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


def read_standing(account_id: str) -> Standing:
    """Read all of it in one go; raises `NotSignedIn` where the account is erased, or about to be."""
    erasing = select(Erasure.account_id).where(Erasure.account_id == Account.id)
    account = select(Account.profile_sealed, Account.since_window, unit_id_of(Account.id).label("unit_id"))
    consents = select(Consent.purpose).where(Consent.account_id == account_id, Consent.granted)
    with reading(Store.MAIN) as session:
        row = session.execute(account.where(Account.id == account_id, ~erasing.exists())).one_or_none()
        if row is None:
            raise NotSignedIn
        sealed, since_window, unit_id = row
        granted = frozenset(Purpose(purpose) for purpose in session.execute(consents).scalars())
    # A clock that is behind the one at sign-up must not put a record where nobody would look for it.
    windows = windows_between(since_window, max(since_window, window_of(clock.today())))
    return Standing(account_id, open_profile(account_id, sealed), granted, windows, unit_id)


def hold_person(session: Session, account_id: str) -> frozenset[Purpose]:
    """Keep a person as they are until somebody's transaction ends, and return what they agreed to.

    Neither an erasure nor a withdrawn consent overtakes what is written then. Raises `NotSignedIn` where the account
    is erased, or about to be.
    """
    hold_account(session, account_id)
    consents = select(Consent).where(Consent.account_id == account_id).with_for_update(read=True)
    rows = session.execute(consents.order_by(Consent.purpose)).scalars().all()
    return frozenset(Purpose(row.purpose) for row in rows if row.granted)
