"""The extensions, unbound; this module imports nothing of ours, which keeps the import graph a tree."""

from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

NAMING_CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The parent of all models; every constraint gets a name, so that a migration can find it."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


def registry() -> dict[str, Any]:
    """Return what the current application keeps by name.

    `current_app` is a stand-in that looks for the application at every touch, for a microsecond and a half each time.
    """
    found: dict[str, Any] = current_app._get_current_object().extensions  # type: ignore[attr-defined]
    return found


db = SQLAlchemy(model_class=Base)
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model
