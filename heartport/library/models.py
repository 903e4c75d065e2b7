"""Things of the library in `main`: what each of them says now and said before, and by which names it is found."""

from datetime import datetime
from typing import Annotated

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from heartport.columns import Digest, Utc
from heartport.extensions import Model

KINDS = "kind IN ('article', 'track', 'news', 'list')"
KindColumn = Annotated[str, mapped_column(String(10))]
Name = Annotated[str, mapped_column(String(60))]
"""The name of a file, without its ending."""


class LibraryThing(Model):
    """One thing; `id` is the name of its first file, and `loaded` the digest of the file that was last taken over."""

    __tablename__ = "library_things"
    __table_args__ = (CheckConstraint(KINDS, name="kind"),)

    kind: Mapped[KindColumn] = mapped_column(primary_key=True)
    id: Mapped[Name] = mapped_column(primary_key=True)
    revision: Mapped[int]
    loaded: Mapped[Digest | None]


class LibrarySlug(Model):
    """One slug that a thing has or had: nobody else can have it, so that no link ever leads elsewhere."""

    __tablename__ = "library_slugs"
    __table_args__ = (
        ForeignKeyConstraint(["kind", "thing_id"], ["library_things.kind", "library_things.id"]),
        CheckConstraint(KINDS, name="kind"),
    )

    kind: Mapped[KindColumn] = mapped_column(primary_key=True)
    slug: Mapped[Name] = mapped_column(primary_key=True)
    thing_id: Mapped[Name]


class LibraryRevision(Model):
    """What a thing said from one moment on, as JSON, who of the editors made it so, and by doing what."""

    __tablename__ = "library_revisions"
    __table_args__ = (
        ForeignKeyConstraint(["kind", "thing_id"], ["library_things.kind", "library_things.id"]),
        CheckConstraint(KINDS, name="kind"),
    )

    kind: Mapped[KindColumn] = mapped_column(primary_key=True)
    thing_id: Mapped[Name] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(10))
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Utc)
    document: Mapped[str] = mapped_column(String(60_000))
