"""Versions of a document: appended one by one, never overwritten, found by their key alone."""

import os

import pytest
from flask import Flask
from sqlalchemy import select

from heartport.stores import Store, reading
from heartport.vault.models import SealedRecord
from heartport.vault.records import BATCH, CASE_RECORD, RecordTooLong
from heartport.vault.versions import Versions
from tests.threads import at_once

KEY, OTHER = b"k" * 32, b"o" * 32


def document(key: bytes = KEY) -> Versions:
    return Versions(key, CASE_RECORD)


def rows() -> int:
    with reading(Store.VAULT) as session:
        return len(session.execute(select(SealedRecord.slot)).all())


def test_versions_come_back_in_their_order_beyond_one_batch(app: Flask) -> None:
    texts = [f"version {number}".encode() for number in range(BATCH + 3)]
    for text in texts:
        document().append("2026H2", lambda _found, text=text: text)
    assert document().all() == texts
    assert document(OTHER).all() == []
    assert len(set(document().slots())) == len(texts)


def test_nothing_is_stored_where_nothing_is_made_or_it_is_refused(app: Flask) -> None:
    assert document().append("2026H2", lambda _found: None) == []
    with pytest.raises(RecordTooLong):
        document().append("2026H2", lambda _found: os.urandom(CASE_RECORD.length))
    assert rows() == 0


def test_of_many_writers_each_sees_what_the_one_before_left(app: Flask) -> None:
    def write(_number: int) -> object:
        return document().append("2026H2", lambda found: str(len(found)).encode())

    at_once(app, write, 6)
    assert document().all() == [str(number).encode() for number in range(6)]


def test_deleting_takes_all_of_it_and_nothing_else(app: Flask) -> None:
    for key in (KEY, OTHER):
        for _ in range(3):
            document(key).append("2026H2", lambda _found: b"x")
    document().delete()
    assert document().all() == []
    assert len(document(OTHER).all()) == 3
    assert rows() == 3
