"""A person's profile: nickname, sex, year of birth, age group; sealed in one column of one length."""

from dataclasses import asdict, dataclass

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.errors import NotSignedIn
from heartport.members.models import Account
from heartport.members.presence import hold_account
from heartport.members.rules import check_profile
from heartport.stores import Store, reading, write_transaction
from heartport.vault.door import current_vault

PROFILE_LENGTH = 256
"""Bytes of the padded profile; 20 characters of nickname and all other fields take at most 190."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person said about themselves; everything may be unsaid."""

    nickname: str | None = None
    sex: str | None = None
    birth_year: int | None = None
    age_group: str | None = None


EMPTY_PROFILE = Profile()


def seal_profile(account_id: str, profile: Profile) -> bytes:
    """Return the sealed form of a profile."""
    text = orjson.dumps(asdict(profile)).decode()
    return current_vault().seal_column("profile", account_id, text, PROFILE_LENGTH)


def open_profile(account_id: str, sealed: bytes) -> Profile:
    """Return a profile from its sealed form."""
    return Profile(**orjson.loads(current_vault().open_column("profile", account_id, sealed)))


def read_profile(account_id: str) -> Profile:
    """Return the profile of an account; raises `NotSignedIn` where it was erased meanwhile."""
    with reading(Store.MAIN) as session:
        sealed = session.execute(select(Account.profile_sealed).where(Account.id == account_id)).scalar()
    if sealed is None:
        raise NotSignedIn
    return open_profile(account_id, sealed)


def save_profile(account_id: str, profile: Profile) -> None:
    """Replace the profile of an account; raises `Invalid` where its fields contradict each other, or `NotSignedIn`."""
    check_profile(profile.age_group, profile.birth_year, clock.today())
    current_vault().check_keys()  # Under other keys this would overwrite what the right ones can open.
    sealed = seal_profile(account_id, profile)
    statement = update(Account).where(Account.id == account_id).values(profile_sealed=sealed)

    def work(session: Session) -> None:
        hold_account(session, account_id)
        session.execute(statement)

    write_transaction(Store.MAIN, work)
