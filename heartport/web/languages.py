"""Which of our languages an answer speaks: Chinese unless English is asked for."""

from flask import request

CHINESE = "zh-CN"
ENGLISH = "en"
LANGUAGES = (CHINESE, ENGLISH)


def wanted_language() -> str:
    """Return the best of our languages for `Accept-Language`."""
    return request.accept_languages.best_match(LANGUAGES, default=CHINESE) or CHINESE
