"""The export: everything that is held about a person, what is not in it and why, and nothing of anybody else."""

import json
from dataclasses import asdict
from datetime import datetime

import pytest
from flask import Flask

from heartport.assessments.records import decode
from heartport.members.exports import NOT_INCLUDED
from heartport.vault.door import current_vault
from heartport.vault.records import RESULT
from tests.conftest import Clock, Person, signed_in
from tests.members.residents import RESULTS, Resident, settle
from tests.vault.dumps import encodings, traces

PARTS = [
    "format",
    "made_at",
    "account",
    "profile",
    "consents",
    "sessions",
    "unit",
    "results",
    "opened_scales",
    "shares",
    "drafts",
    "notes",
    "library",
    "follow_ups",
    "follow_up_events",
    "lecture_registrations",
    "appointments",
    "counselling_waiting",
    "counselling_consent",
    "case_records",
    "messages",
    "subscriptions",
    "not_included",
]


@pytest.fixture
def resident(app: Flask) -> Resident:
    return settle(app, "openid-of-a-resident-00000001", "住在港湾的人")


def export(person: Person):
    return person.call("POST", "me/export")


def test_it_is_a_file_to_keep_and_nobody_on_the_way_keeps_it(resident: Resident, clock: Clock) -> None:
    answer = export(signed_in(resident.person.app, resident.openid))
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="heartport-export-2026-11-22.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert list(answer.json) == PARTS
    assert answer.json["format"] == "heartport-export/1"
    assert answer.json["made_at"] == "2026-11-22T12:00:00+08:00"


def test_it_needs_no_idempotency_key_and_changes_nothing(clock: Clock, resident: Resident) -> None:
    first, second = export(resident.person).json, export(resident.person).json
    assert {**first, "made_at": ""} == {**second, "made_at": ""}


def test_what_a_person_said_about_themselves_is_there(resident: Resident) -> None:
    document = export(resident.person).json
    assert document["account"] == {"id": resident.account_id, "since_half_year": "2026H2"}
    assert document["profile"] == {
        "nickname": "住在港湾的人",
        "sex": "female",
        "birth_year": 1990,
        "age_group": "18+",
    }
    assert document["unit"] == {"id": "city", "name": "某市", "path": ["某市"]}


def test_all_six_consents_are_there_with_text_version_and_day(app: Flask, clock: Clock) -> None:
    person = signed_in(app, "openid-of-one-who-decides-001")
    person.put("me/consents/aggregate", {"granted": True, "policy_version": "2026-11"})
    consents = {each.pop("purpose"): each for each in export(person).json["consents"]}
    assert len(consents) == 6
    assert consents["aggregate"] == {
        "title": "计入统计",
        "granted": True,
        "policy_version": "2026-11",
        "decided_on": "2026-11-22",
    }
    assert consents["follow_up"] == {
        "title": "请人回电",
        "granted": False,
        "policy_version": None,
        "decided_on": None,
    }


def test_of_sessions_there_are_days_only(app: Flask, clock: Clock) -> None:
    person = signed_in(app, "openid-of-one-who-decides-001")
    assert export(person).json["sessions"] == [{"since": "2026-11-22", "until": "2026-12-22"}]


def test_every_stored_result_is_there_in_full(resident: Resident) -> None:
    results = export(resident.person).json["results"]
    entries = current_vault().records(resident.account_id, RESULT).live(["2026H2"])
    assert len(results) == len(entries) == RESULTS - 1
    for shown, entry in zip(results, entries, strict=True):
        stored = asdict(decode(entry.payload))
        scale = shown.pop("scale")
        assert scale["title"]["zh-CN"] == "近两周情绪自评（PHQ-9）"
        assert (scale["id"], scale["version"], scale["hash"], scale["engine"]) == tuple(
            stored.pop(name) for name in ("scale_id", "scale_version", "scale_hash", "engine")
        )
        assert datetime.fromisoformat(shown.pop("submitted_at")) == stored.pop("submitted_at").replace(microsecond=0)
        assert shown.pop("id")
        assert shown == json.loads(json.dumps(stored))


def test_drafts_are_there_and_erased_ones_are_not(resident: Resident) -> None:
    (draft,) = export(resident.person).json["drafts"]
    assert (draft["scale_id"], draft["version"]) == ("gad7", "1.0.0")
    assert draft["answers"] == {"q1": {"value": 2, "revision": 1}}
    assert resident.person.delete("scales/gad7/draft").status_code == 204
    assert export(resident.person).json["drafts"] == []


def test_what_is_not_there_is_named_with_the_reason(resident: Resident) -> None:
    document = export(resident.person).json
    assert [(each["what"], each["why"]) for each in document["not_included"]] == list(NOT_INCLUDED)
    assert "openid" in document["not_included"][0]["what"]


def test_neither_openid_nor_token_nor_key_nor_slot_is_in_it(resident: Resident) -> None:
    secrets = {**resident.traces, "token in clear": [resident.person.token]}
    found = traces(secrets, {"export": export(resident.person).data}, encodings)
    assert {trace.split(" (")[0] for trace in found} == {"nickname", "account id", "phone"}


def test_another_persons_things_are_not_in_it(app: Flask, resident: Resident) -> None:
    other = settle(app, "openid-of-a-neighbour-0000002", "隔壁的人", results=3)
    text = export(other.person).get_data(as_text=True)
    assert "住在港湾" not in text
    assert resident.account_id not in text
    assert len(json.loads(text)["results"]) == 2


def test_it_asks_for_no_consent(app: Flask, resident: Resident) -> None:
    for purpose in ("assessment", "keep_results"):
        resident.person.put(f"me/consents/{purpose}", {"granted": False, "policy_version": "2026-11"})
    assert len(export(resident.person).json["results"]) == RESULTS - 1


def test_a_new_person_gets_a_short_document(app: Flask) -> None:
    document = export(signed_in(app, "openid-of-somebody-new-000001")).json
    assert (document["results"], document["drafts"], document["unit"]) == ([], [], None)


def test_without_a_token_there_is_nothing(client: Person) -> None:
    assert export(client).status_code == 401
