"""One-time tokens: who was there gets one, its hash is kept until it is used, and using it stores what was said.

A token is derived from the person's own key, so that an answer that was lost can be given again and nothing of it
need be stored. Once it is used no row holds it, and what was said never did.
"""

import base64
from collections.abc import Collection

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from heartport.booking.feedback.models import Feedback, FeedbackToken
from heartport.booking.feedback.rules import Said, Summary, summarise
from heartport.columns import new_public_id
from heartport.errors import NotFound
from heartport.stores import Store, count_rows, insert_if_absent, reading, write_transaction
from heartport.tokens import hash_token
from heartport.vault.door import current_vault


class FeedbackTokenUnknown(NotFound):
    """The token was never given out, was used, or its time is over."""

    code = "feedback_token_unknown"
    detail = "这个评价链接已经用过，或者已经过期。谢谢您的心意。"


def feedback_token(account_id: str, about_id: str) -> str:
    """Return a person's token for one lecture or workshop; reads the store `keys`, so ask before a transaction."""
    secret = current_vault().open(account_id).pseudonym(f"feedback {about_id}")
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def issue_token(session: Session, about_id: str, token: str) -> None:
    """Make a token good, within the transaction that notes that somebody was there."""
    insert_if_absent(session, FeedbackToken, {"token_hash": hash_token(token), "about_id": about_id})


def is_good(token: str) -> bool:
    """Tell whether a token can still be used."""
    with reading(Store.MAIN) as session:
        return session.get(FeedbackToken, hash_token(token)) is not None


def give_feedback(token: str, said: Said) -> None:
    """Use a token up and store what was said, in one transaction; raises `FeedbackTokenUnknown`."""

    def work(session: Session) -> None:
        own = FeedbackToken.token_hash == hash_token(token)
        about_id = session.execute(select(FeedbackToken.about_id).where(own)).scalar()
        if about_id is None or count_rows(session, delete(FeedbackToken).where(own)) != 1:
            raise FeedbackTokenUnknown
        row = {"id": new_public_id(), "about_id": about_id, "rating": said.rating, "useful": said.useful}
        session.execute(insert(Feedback).values(**row, again=said.again))

    write_transaction(Store.MAIN, work)


def burn_tokens(session: Session, about_ids: Collection[str]) -> int:
    """Take no more feedback about some lectures or workshops; return how many tokens were left."""
    return count_rows(session, delete(FeedbackToken).where(FeedbackToken.about_id.in_(about_ids)))


def read_summary(about_id: str) -> Summary:
    """Return what all said together; ask only once no more is taken, or two looks would tell what one person said."""
    statement = select(Feedback.rating, Feedback.useful, Feedback.again).where(Feedback.about_id == about_id)
    with reading(Store.MAIN) as session:
        return summarise([Said(*row) for row in session.execute(statement)])
