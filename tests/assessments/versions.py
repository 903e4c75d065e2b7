"""Shelves of invented scales of which several versions stand side by side."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from heartport.assessments.reviews import ReviewedFiles
from heartport.assessments.shelf import Shelf
from heartport.scoring.library import load_library
from tests.scoring.invented import calm, data_of, edited

OLD, NEW = "1.0.0", "1.1.0"


@contextmanager
def shelf_of(app: Flask, folder: Path, **versions: str) -> Iterator[None]:
    """Put the `calm` scale on the shelf, and older versions of it with their status into the archive.

    `shelf_of(app, folder, current="1.1.0", published="1.0.0")`.
    """
    write(folder / "calm.yaml", edited(calm(), "version", to=versions.pop("current")))
    for status, version in versions.items():
        document = edited(edited(calm(), "version", to=version), "status", to=status)
        write(folder / "archive" / f"calm@{version}.yaml", document)
    with shelf_in(app, folder):
        yield


@contextmanager
def shelf_in(app: Flask, folder: Path) -> Iterator[None]:
    """Put the scales of a folder on the shelf in place of all others."""
    before = app.extensions["heartport.shelf"]
    app.extensions["heartport.shelf"] = Shelf(
        load_library([folder]), app.extensions["heartport.crisis_card"], ReviewedFiles(), demo=True
    )
    try:
        yield
    finally:
        app.extensions["heartport.shelf"] = before


def write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data_of(document))
