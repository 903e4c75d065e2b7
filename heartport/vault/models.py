"""The tables of the stores `keys` and `vault`: no account, no time, no serial number in either."""

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import Digest
from heartport.extensions import Model


class SubjectKey(Model):
    """The wrapped key of one person, found by a keyed hash of the account."""

    __bind_key__ = "keys"
    __tablename__ = "subject_keys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    link: Mapped[Digest] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary(61))


class SharedCopyKey(Model):
    """The wrapped key of one copy of a result, found by a keyed hash of appointment, counsellor and place."""

    __bind_key__ = "keys"
    __tablename__ = "shared_copy_keys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    link: Mapped[Digest] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary(61))


class CaseRecordKey(Model):
    """The wrapped key of the case record of one appointment, found by a keyed hash of the appointment."""

    __bind_key__ = "keys"
    __tablename__ = "case_record_keys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    link: Mapped[Digest] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary(61))


class KeyCheck(Model):
    """One sealed constant, so that a start with other keys than the stored data's is noticed."""

    __bind_key__ = "keys"
    __tablename__ = "key_checks"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary(61))


class SealedRecord(Model):
    """One sealed record at an address that only its person's key can compute."""

    __bind_key__ = "vault"
    __tablename__ = "sealed_records"
    __table_args__ = ({"sqlite_with_rowid": False},)

    slot: Mapped[Digest] = mapped_column(primary_key=True)
    window: Mapped[str] = mapped_column(String(6))
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary())
