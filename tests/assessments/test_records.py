"""What is sealed comes back as it was, exact numbers included."""

import json
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from flask import Flask

from heartport.assessments.records import Record, decode, encode
from heartport.assessments.submissions import ResultTooLong
from heartport.vault.records import Records, RecordTooLong
from tests.assessments.test_routes import PHQ9, stored_rows, submission
from tests.conftest import Person

RECORD = Record(
    scale_id="phq9",
    scale_version="1.0.0",
    scale_hash="0" * 64,
    engine="1.0.0",
    submitted_at=datetime(2026, 11, 22, 4, 0, 0, 123, tzinfo=UTC),
    answers={"q1": 0, "q2": None},
    profile={"sex": "other"},
    scores={"total": Fraction(72, 7), "other": None, "third": 0},
    bands={"total": "moderate", "other": None},
    flags=("suicide_item",),
    advice=(),
    missing=("q2",),
    duration_ms=None,
    consents=("assessment", "keep_results"),
)


def test_a_record_comes_back_as_it_was() -> None:
    assert decode(encode(RECORD)) == RECORD


def test_a_record_sealed_before_norms_and_findings_can_still_be_read() -> None:
    payload = json.loads(encode(RECORD))
    old = {name: value for name, value in payload.items() if name not in {"validity", "norm", "unit"}}
    assert decode(json.dumps(old).encode()) == RECORD


def test_zero_none_and_fractions_stay_apart() -> None:
    scores = decode(encode(RECORD)).scores
    assert scores == {"total": Fraction(72, 7), "other": None, "third": 0}
    assert type(scores["third"]) is int


def test_a_prorated_total_is_banded_exactly_and_reads_the_same_again(employee: Person) -> None:
    """Seven answered with a sum of 8 stand for 72/7, which is 10.28…: moderate, shown rounded down."""
    answers = {**PHQ9, **{f"q{n}": 1 for n in range(1, 7)}, "q7": 2, "q8": None, "q9": None}
    result = employee.post("scales/phq9/submissions", submission(answers)).json
    assert result["bands"][0]["id"] == "moderate"
    assert result["scores"][0]["value"] == 72 / 7
    assert result["scores"][0]["shown"] == "10.2"
    assert employee.get(f"me/results/{result['id']}").json == result


def test_a_result_that_does_not_fit_is_refused_and_nothing_is_written(
    employee: Person, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_long(*_args: object, **_options: object) -> None:
        raise RecordTooLong

    monkeypatch.setattr(Records, "insert_once", too_long)
    response = employee.post("scales/phq9/submissions", submission(PHQ9 | {"q9": 1}))
    assert (response.status_code, response.json["code"]) == (503, ResultTooLong.code)
    assert response.json["flags"]
    assert stored_rows() == 0
