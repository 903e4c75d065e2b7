"""What is sealed comes back as it was, exact numbers included."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select

from heartport.assessments.records import Record, decode, encode
from heartport.assessments.schemas import result_brief_out, result_out
from heartport.assessments.shelf import current_shelf
from heartport.assessments.submissions import ResultTooLong
from heartport.assessments.surroundings import surroundings_of
from heartport.insights.rules.answers import answer_of
from heartport.stores import Store, reading
from heartport.vault.door import current_vault
from heartport.vault.models import SealedRecord
from heartport.vault.records import RESULT, Records, RecordTooLong
from heartport.vault.windows import window_of
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
    later = {"validity", "norm", "unit", "campaign"}
    old = {name: value for name, value in payload.items() if name not in later}
    assert decode(json.dumps(old).encode()) == RECORD


LABELLED = replace(RECORD, campaign="spring-2027")


def sealed(record: Record) -> tuple[Record, int]:
    """Seal a record as somebody's only one; return it as it is opened again, and how many bytes are stored."""
    vault = current_vault()
    vault.ensure_subject(f"somebody-{record.campaign}")
    records = vault.records(f"somebody-{record.campaign}", RESULT)
    entry, _ = records.insert_once(records.id_for("attempt"), encode(record), (window_of(record.submitted_at.date()),))
    with reading(Store.VAULT) as session:
        (length,) = {len(each) for each in session.execute(select(SealedRecord.ciphertext)).scalars()}
    return decode(entry.payload or b""), length


def test_a_campaign_is_sealed_with_a_result_and_no_length_tells_so(app: Flask) -> None:
    assert RECORD.campaign is None
    (plain, one), (labelled, other) = sealed(RECORD), sealed(LABELLED)
    assert (plain, labelled) == (RECORD, LABELLED)
    assert one == other


def test_no_result_shows_a_campaign_and_no_figure_knows_of_one(app: Flask) -> None:
    scale = current_shelf().version("phq9", "1.0.0")
    around = surroundings_of(RECORD, kept=True, language="zh-CN")
    assert result_out("id", LABELLED, scale, "zh-CN", around) == result_out("id", RECORD, scale, "zh-CN", around)
    assert result_brief_out("id", LABELLED, scale, "zh-CN") == result_brief_out("id", RECORD, scale, "zh-CN")
    counting = [replace(each, consents=("aggregate",)) for each in (RECORD, LABELLED)]
    assert answer_of(counting[0], scale) == answer_of(counting[1], scale)
    assert answer_of(counting[0], scale) is not None


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
