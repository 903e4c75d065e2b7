"""Whoever holds an answer already gets 304 without it."""

import pytest
from flask import Flask

from heartport.web.entity_tags import answer_entity, entity
from tests.web.bare import bare_app

MADE = entity('{"title": "量表"}'.encode())


@pytest.fixture
def shelf() -> Flask:
    return bare_app({"/": lambda: answer_entity(MADE)})


def test_the_body_comes_with_a_strong_tag_of_its_content(shelf: Flask) -> None:
    answer = shelf.test_client().get("/")
    assert (answer.status_code, answer.data, answer.content_type) == (200, MADE.body, "application/json")
    assert answer.headers["ETag"] == f'"{MADE.tag}"'
    assert entity(MADE.body) == MADE
    assert entity(MADE.body + b" ").tag != MADE.tag


@pytest.mark.parametrize(
    "header", [f'"{MADE.tag}"', f'W/"{MADE.tag}"', f'"other", "{MADE.tag}"', f'"other", W/"{MADE.tag}"', "*"]
)
def test_a_known_tag_answers_304_without_a_body(shelf: Flask, header: str) -> None:
    answer = shelf.test_client().get("/", headers={"If-None-Match": header})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == f'"{MADE.tag}"'
    assert answer.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize("header", ["", '"other"', MADE.tag[:-1], f'"{MADE.tag.upper()}"', '"', 'W/"other"'])
def test_any_other_tag_gets_the_body(shelf: Flask, header: str) -> None:
    assert shelf.test_client().get("/", headers={"If-None-Match": header}).data == MADE.body


def test_it_is_kept_by_the_person_alone_and_asked_for_each_time(shelf: Flask) -> None:
    for headers in ({}, {"If-None-Match": f'"{MADE.tag}"'}):
        assert shelf.test_client().get("/", headers=headers).headers["Cache-Control"] == "private, no-cache"
