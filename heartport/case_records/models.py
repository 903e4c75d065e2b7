"""Who opened and wrote which case record when, in `main`; the records themselves lie sealed in the vault."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import Digest, PublicId, Utc
from heartport.extensions import Model


class CaseRecordEvent(Model):
    """That a member of staff opened or wrote a case record, never changed; gone with the record.

    Record and actor are keyed hashes, of the appointment and of the staff account: with the deployment's keys one can
    tell whether a given record was opened by a given person, without them the rows name neither.
    """

    __tablename__ = "case_record_events"
    __table_args__ = (CheckConstraint("act IN ('read', 'write', 'close', 'reopen')", name="act"),)

    id: Mapped[PublicId] = mapped_column(primary_key=True)
    record: Mapped[Digest] = mapped_column(index=True)
    act: Mapped[str] = mapped_column(String(10))
    actor: Mapped[Digest]
    at: Mapped[datetime] = mapped_column(Utc)
