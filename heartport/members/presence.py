"""Whether an account is still there: asked within each transaction that writes something about a person.

A request may have found its caller a moment before an erasure. What it then writes would stand in `main` after the
person was told that everything is gone, or would refer to an account that is not there any more.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from heartport.errors import NotSignedIn
from heartport.members.models import Account, Erasure


def hold_account(session: Session, account_id: str) -> None:
    """Keep an account from being erased until this transaction ends; raises `NotSignedIn` where one was quicker."""
    # The lock comes first: whoever erases holds it until the mark can be seen, which a single statement would miss.
    held = select(Account.id).where(Account.id == account_id).with_for_update(read=True, key_share=True)
    erasing = select(Erasure.account_id).where(Erasure.account_id == account_id)
    if session.execute(held).scalar() is None or session.execute(erasing).scalar() is not None:
        raise NotSignedIn
