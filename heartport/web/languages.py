"""Which of our languages an answer speaks: Chinese unless English is asked for."""

from functools import lru_cache

from flask import request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from heartport.web.shapes import Parameter

CHINESE = "zh-CN"
ENGLISH = "en"
LANGUAGES = (CHINESE, ENGLISH)
ACCEPT_LANGUAGE = Parameter(
    "Accept-Language", "header", "Chinese is answered unless English is preferred.", {"type": "string"}, example="zh-CN"
)
LANGUAGE_OF = {"zh": CHINESE, "en": ENGLISH}
"""By the first part of a tag: to a phone that says `zh-Hant-TW, en;q=0.5`, Chinese is nearer than English."""


def wanted_language() -> str:
    """Return the best of our languages for `Accept-Language`."""
    return _best_of(request.environ.get("HTTP_ACCEPT_LANGUAGE", ""))


@lru_cache(maxsize=256)
def _best_of(header: str) -> str:
    for tag, quality in parse_accept_header(header, LanguageAccept):
        language = LANGUAGE_OF.get(tag.partition("-")[0].lower())
        if language and quality > 0:
            return language
    return CHINESE
