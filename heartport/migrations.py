"""The one migration history as `flask db` finds it; what serves requests never loads Alembic."""

from flask import Flask
from flask_migrate import Migrate

from heartport.config import ROOT
from heartport.extensions import db


def init_app(app: Flask) -> None:
    """Make `flask db` work on the stores of this application."""
    Migrate().init_app(app, db, directory=str(ROOT / "migrations"))
