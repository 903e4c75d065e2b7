"""Answers speak Chinese unless English is asked for."""

import pytest
from flask import Flask

from heartport.web.languages import CHINESE, ENGLISH, wanted_language

APP = Flask("languages")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, CHINESE),
        ("", CHINESE),
        ("*", CHINESE),
        ("zh-CN,zh;q=0.9,en;q=0.8", CHINESE),
        ("zh-TW", CHINESE),
        ("zh", CHINESE),
        ("fr", CHINESE),
        ("en", ENGLISH),
        ("en-GB,en;q=0.9", ENGLISH),
        ("fr, en;q=0.1", ENGLISH),
        ("en;q=0.2, zh;q=0.9", CHINESE),
        ("zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", CHINESE),
        ("zh-Hans-CN, en;q=0.5", CHINESE),
        ("en;q=0, zh;q=0.1", CHINESE),
        ("EN-us", ENGLISH),
        (";;;,,q=x", CHINESE),
    ],
)
def test_the_best_of_our_languages_is_spoken(header: str | None, language: str) -> None:
    with APP.test_request_context("/", headers={"Accept-Language": header} if header is not None else {}):
        assert wanted_language() == language
