"""A small shelf of what the repository ships, which everybody finds here."""

from dataclasses import replace

import pytest
from flask import Flask

from heartport.library.loading import take_over
from tests.library.shelves import shipped_library

ARTICLES = {"awake-at-two", "closed-door", "scars-on-the-arm"}
TRACKS = {"rain", "waves", "forest", "sleep"}
NEWS = {"welcome-to-the-library"}


@pytest.fixture
def shelf(app: Flask) -> None:
    """Three articles, one of them on self-harm, four tracks, and one news item."""
    library = shipped_library()
    few = {
        "articles": tuple(each for each in library.articles if each.slug in ARTICLES),
        "tracks": tuple(each for each in library.tracks if each.slug in TRACKS),
        "news": tuple(each for each in library.news if each.slug in NEWS),
    }
    take_over(replace(library, **few))
