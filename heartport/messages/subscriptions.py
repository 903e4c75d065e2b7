"""One-time subscriptions: a person accepts one message of a template, and WeChat lets one through.

WeChat cannot be asked how many acceptances are left, so they are counted here, and counted down when one is sent.
"""

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from heartport.columns import new_public_id
from heartport.members.policies import Purpose
from heartport.members.rules import ConsentNeeded
from heartport.members.standing import hold_person
from heartport.messages.models import Subscription
from heartport.messages.rules import MOST_ACCEPTED, Template
from heartport.stores import Store, insert_if_absent, reading

REFUSED = "开启微信提醒前，需要您先同意「消息提醒」这一项。"


def note_answer(session: Session, account_id: str, template: Template, accepted: bool) -> str:
    """Count an acceptance within the transaction that makes it happen once; a refusal counts nothing.

    Returns an id that stands for the answer. Raises `ConsentNeeded` without the consent to be reminded.
    """
    granted = hold_person(session, account_id)
    if accepted and Purpose.NOTIFICATIONS not in granted:
        raise ConsentNeeded(REFUSED, members={"purpose": Purpose.NOTIFICATIONS.value})
    first = {"account_id": account_id, "template": template.value, "accepted": 1}
    if accepted and not insert_if_absent(session, Subscription, first):
        one_more = update(Subscription).where(*_one(account_id, template), Subscription.accepted < MOST_ACCEPTED)
        session.execute(one_more.values(accepted=Subscription.accepted + 1))
    return new_public_id()


def count_accepted(account_id: str, template: Template) -> int:
    """Return how many messages of a template are let through yet."""
    with reading(Store.MAIN) as session:
        return session.execute(select(Subscription.accepted).where(*_one(account_id, template))).scalar() or 0


def all_accepted(account_id: str) -> dict[str, int]:
    """Return it of every template."""
    statement = select(Subscription.template, Subscription.accepted).where(Subscription.account_id == account_id)
    with reading(Store.MAIN) as session:
        return {row.template: row.accepted for row in session.execute(statement.order_by(Subscription.template))}


def forget_subscriptions(session: Session, account_id: str) -> None:
    """Delete what a person accepted, within somebody else's transaction."""
    session.execute(delete(Subscription).where(Subscription.account_id == account_id))


def _one(account_id: str, template: Template) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Subscription.account_id == account_id, Subscription.template == template.value
