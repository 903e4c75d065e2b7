"""Which of our languages an answer speaks: Chinese unless English is asked for."""

from flask import request

CHINESE = "zh-CN"
ENGLISH = "en"
LANGUAGES = (CHINESE, ENGLISH)
LANGUAGE_OF = {"zh": CHINESE, "en": ENGLISH}
"""By the first part of a tag: to a phone that says `zh-Hant-TW, en;q=0.5`, Chinese is nearer than English."""


def wanted_language() -> str:
    """Return the best of our languages for `Accept-Language`."""
    for tag, quality in request.accept_languages:
        language = LANGUAGE_OF.get(tag.partition("-")[0].lower())
        if language and quality > 0:
            return language
    return CHINESE
