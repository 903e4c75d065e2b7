"""HTTP stories of drafts: autosave from several phones, flags each time, submission, versions."""

import json
import random
from itertools import permutations
from pathlib import Path

import pytest
from flask import Flask

from heartport.assessments.drafts import Draft, decode, encode
from heartport.assessments.rules import Answer
from heartport.vault.records import DRAFT, RecordTooLong, find_alone
from heartport.vault.singles import Single
from tests.assessments.test_routes import PHQ9, stored_rows, submission
from tests.assessments.versions import NEW, OLD, shelf_in, shelf_of, write
from tests.conftest import Clock, Person, agree, signed_in
from tests.scoring.invented import calm, edited
from tests.threads import at_once

DRAFT_OF_PHQ9 = "scales/phq9/draft"
DRAFT_OF_CALM = "scales/calm/draft"
HIGHEST = 2**53
CARD_BUTTONS = ["我现在是安全的", "我担心自己会做", "暂时不想说"]


def saving(version: str = "1.0.0", **answers: object) -> dict:
    """A body; an answer is written `(revision, value)`, one taken back `(revision,)`."""
    return {"version": version, "answers": {item: entry(*each) for item, each in answers.items()}}


def entry(revision: object, *value: object) -> dict:
    return {"revision": revision} | ({"value": value[0]} if value else {})


def save(person: Person, path: str = DRAFT_OF_PHQ9, version: str = "1.0.0", **answers: object) -> dict:
    response = person.put(path, saving(version, **answers))
    assert response.status_code == 200, response.json
    return response.json


def kept(person: Person, path: str = DRAFT_OF_PHQ9) -> dict:
    return person.get(path).json["answers"]


# Saving and merging


def test_a_draft_is_kept_and_comes_back_on_another_phone(employee: Person) -> None:
    saved = save(employee, q1=(5, 2), q2=(6, None))
    answers = {"q1": {"value": 2, "revision": 5}, "q2": {"value": None, "revision": 6}}
    whole = {
        "version": "1.0.0",
        "answers": answers,
        "flags": [],
        "state": "current",
        "usable_until": None,
        "note": None,
    }
    assert saved == whole
    assert employee.get(DRAFT_OF_PHQ9).json == whole
    assert stored_rows() == 1


def test_without_a_draft_there_is_an_empty_one_of_the_current_version(employee: Person) -> None:
    response = employee.get(DRAFT_OF_PHQ9)
    assert response.status_code == 200
    assert (response.json["version"], response.json["answers"], response.json["state"]) == ("1.0.0", {}, "current")
    assert stored_rows() == 0


def test_a_phone_may_send_one_item_at_a_time_and_gets_all_of_them(employee: Person) -> None:
    for number in range(1, 10):
        saved = save(employee, **{f"q{number}": (number, 1)})
    assert {item: each["value"] for item, each in saved["answers"].items()} == {f"q{n}": 1 for n in range(1, 10)}
    assert stored_rows() == 1


def test_an_answer_taken_back_is_gone_and_does_not_come_back_from_another_phone(employee: Person) -> None:
    save(employee, q1=(1, 2), q2=(1, 2))
    assert save(employee, q1=(3,))["answers"] == {"q1": {"revision": 3}, "q2": {"value": 2, "revision": 1}}
    assert save(employee, q1=(2, 3))["answers"]["q1"] == {"revision": 3}
    assert save(employee, q1=(4, 0))["answers"]["q1"] == {"value": 0, "revision": 4}


def test_two_phones_end_with_the_same_draft_in_every_order_of_arrival(employee: Person, app: Flask) -> None:
    sent = [
        saving(q1=(1, 0), q2=(2, 1)),
        saving(q1=(3, 2), q9=(1, 1)),
        saving(q1=(3, 1), q2=(1, 3)),
        saving(q2=(2,), q9=(2,)),
    ]
    ends = []
    for order in permutations(sent):
        for body in order:
            assert employee.put(DRAFT_OF_PHQ9, body).status_code == 200
        ends.append(kept(employee))
        employee.delete(DRAFT_OF_PHQ9)
        app.extensions["heartport.limits"].reset()
    assert all(end == ends[0] for end in ends)
    assert ends[0] == {"q1": entry(3, 2), "q2": entry(2, 1), "q9": entry(2)}


def test_saving_the_same_again_changes_not_a_byte(employee: Person) -> None:
    first = save(employee, q1=(1, 2), q9=(1, 1))
    before = kept(employee)
    assert save(employee, q1=(1, 2), q9=(1, 1)) == first
    assert (kept(employee), stored_rows()) == (before, 1)


def test_sixteen_threads_save_into_one_draft_and_nothing_is_lost(app: Flask, employee: Person) -> None:
    items = [f"q{n}" for n in range(1, 22)]

    def work(number: int) -> int:
        answers = {item: (100 * number + at, number % 4) for at, item in enumerate(items[number : number + 6])}
        return employee.put("scales/dass21/draft", saving(**answers)).status_code

    assert set(at_once(app, work, 16)) == {200}
    expected: dict[str, dict] = {}
    for number in range(16):
        expected |= {item: entry(100 * number + at, number % 4) for at, item in enumerate(items[number : number + 6])}
    assert kept(employee, "scales/dass21/draft") == expected
    assert stored_rows() == 1


def test_each_scale_and_each_person_has_a_draft_of_their_own(employee: Person, stranger: Person) -> None:
    save(employee, q1=(1, 3))
    save(employee, "scales/gad7/draft", q1=(1, 1))
    assert kept(stranger) == {}
    assert kept(employee)["q1"]["value"] == 3
    stranger.delete(DRAFT_OF_PHQ9)
    assert kept(employee)["q1"]["value"] == 3


def test_a_draft_is_erased_at_any_time_and_can_be_begun_anew(employee: Person) -> None:
    save(employee, q1=(9, 3))
    assert [employee.delete(DRAFT_OF_PHQ9).status_code for _ in range(2)] == [204, 204]
    assert kept(employee) == {}
    assert save(employee, q1=(1, 1))["answers"] == {"q1": entry(1, 1)}
    assert stored_rows() == 1


def test_answers_behind_a_branch_are_kept_in_case_the_person_goes_back(employee: Person) -> None:
    save(employee, "scales/k10/draft", q2=(1, 4), q3=(2, 5))
    assert save(employee, "scales/k10/draft", q2=(3, 1))["answers"]["q3"] == entry(2, 5)


@pytest.mark.parametrize("value", [0, HIGHEST])
def test_the_lowest_and_the_highest_revision_are_taken(employee: Person, value: int) -> None:
    assert save(employee, q1=(value, 1))["answers"]["q1"] == entry(value, 1)


def test_drafts_are_personal_and_never_stored_on_the_way(employee: Person) -> None:
    for response in (
        employee.put(DRAFT_OF_PHQ9, saving(q1=(1, 1))),
        employee.get(DRAFT_OF_PHQ9),
        employee.delete(DRAFT_OF_PHQ9),
    ):
        assert response.headers["Cache-Control"] == "no-store"
        assert "ETag" not in response.headers


# Flags at each autosave


def test_an_urgent_answer_brings_the_card_with_the_autosave_and_when_reading_again(employee: Person) -> None:
    for answer in (save(employee, q9=(1, 1)), employee.get(DRAFT_OF_PHQ9).json):
        (flag,) = answer["flags"]
        assert (flag["id"], flag["level"]) == ("suicide_item", "urgent")
        assert [button["label"] for button in flag["card"]["buttons"]] == CARD_BUTTONS
        assert flag["card"]["hotlines"]


def test_flags_look_at_the_whole_draft_and_not_only_at_what_was_sent(employee: Person) -> None:
    save(employee, q9=(1, 3))
    assert save(employee, q1=(2, 0))["flags"]
    assert save(employee, q9=(3, 0))["flags"] == []


def test_an_urgent_answer_that_a_later_one_outvotes_still_brings_the_card_to_whoever_just_sent_it(
    employee: Person,
) -> None:
    save(employee, q9=(5, 0))
    outvoted = save(employee, q9=(4, 2))
    assert outvoted["answers"]["q9"] == entry(5, 0)
    assert [flag["id"] for flag in outvoted["flags"]] == ["suicide_item"]
    assert employee.get(DRAFT_OF_PHQ9).json["flags"] == []


@pytest.mark.parametrize("gone", [(2,), (2, None), (2, 0)])
def test_an_answer_taken_back_skipped_or_changed_raises_no_flag(employee: Person, gone: tuple) -> None:
    save(employee, q9=(1, 2))
    assert save(employee, q9=gone)["flags"] == []


WRONG = {
    "an unknown item": ({"q99": entry(1, 1)}, "answers.q99"),
    "a value outside its options": ({"q1": entry(1, 4)}, "answers.q1.value"),
    "text for a number": ({"q1": entry(1, "2")}, "answers.q1.value"),
    "true for 1": ({"q1": entry(1, True)}, "answers.q1.value"),
    "1.0 for 1": ({"q1": entry(1, 1.0)}, "answers.q1.value"),
    "a list": ({"q1": entry(1, [1])}, "answers.q1.value"),
    "a bare value": ({"q1": 1}, "answers.q1"),
    "null for an entry": ({"q1": None}, "answers.q1"),
    "no revision": ({"q1": {"value": 1}}, "answers.q1.revision"),
    "a revision that is true": ({"q1": entry(True, 1)}, "answers.q1.revision"),
    "a revision of 1.5": ({"q1": entry(1.5, 1)}, "answers.q1.revision"),
    "a revision in quotes": ({"q1": entry("1", 1)}, "answers.q1.revision"),
    "a revision below zero": ({"q1": entry(-1, 1)}, "answers.q1.revision"),
    "a revision of null": ({"q1": entry(None, 1)}, "answers.q1.revision"),
    "a revision beyond 2^53": ({"q1": entry(HIGHEST + 1, 1)}, "answers.q1.revision"),
    "a revision of 1e30": ({"q1": entry(1e30, 1)}, "answers.q1.revision"),
    "an unknown key": ({"q1": entry(1, 1) | {"what": 1}}, "answers.q1.what"),
}


@pytest.mark.parametrize(("answers", "place"), WRONG.values(), ids=WRONG)
def test_a_wrong_entry_is_named_in_chinese_saves_nothing_and_still_raises_flags(
    employee: Person, answers: dict, place: str
) -> None:
    response = employee.put(DRAFT_OF_PHQ9, {"version": "1.0.0", "answers": answers | {"q9": entry(1, 2)}})
    assert response.status_code == 422
    assert response.json["code"] == "answers_refused"
    assert list(response.json["errors"]) == [place]
    assert not response.json["errors"][place][0].isascii()
    assert [flag["id"] for flag in response.json["flags"]] == ["suicide_item"]
    assert stored_rows() == 0


def test_a_revision_of_thirty_digits_is_no_readable_json_number_and_flags_come_all_the_same(employee: Person) -> None:
    body = '{"version": "1.0.0", "answers": {"q9": {"value": 1, "revision": 1' + "0" * 30 + "}}}"
    response = employee.call("PUT", DRAFT_OF_PHQ9, data=body, content_type="application/json")
    assert (response.status_code, response.json["code"]) == (400, "malformed")
    assert response.json["flags"]


def test_all_wrong_places_are_named_at_once(employee: Person) -> None:
    answers = {"q1": entry(-1, 9), "q2": entry(1, 1), "q3": {}, "q99": entry(1, 1)}
    response = employee.put(DRAFT_OF_PHQ9, {"version": "1.0.0", "answers": answers, "what": 1, "attempt_id": "x"})
    assert set(response.json["errors"]) == {
        "answers.q1.value",
        "answers.q1.revision",
        "answers.q3.revision",
        "answers.q99",
        "what",
        "attempt_id",
    }


RAW_BODIES = {
    "a duplicate key": ('{"version": "1.0.0", "answers": {"q9": {"value": 1, "value": 0}}}', 400, True),
    "not JSON": ('{"answers": {"q9": 1', 400, False),
    "a list": ("[1]", 422, False),
    "answers in a list": ('{"version": "1.0.0", "answers": [1]}', 422, False),
    "nothing": ("", 400, False),
    "ten megabytes": ('{"version": "1.0.0", "answers": {"q9": 1}, "x": "' + "x" * 10_000_000 + '"}', 413, False),
}


@pytest.mark.parametrize(("body", "status", "flagged"), RAW_BODIES.values(), ids=RAW_BODIES)
def test_a_body_that_cannot_be_taken_is_a_problem_with_flags(
    employee: Person, body: str, status: int, flagged: bool
) -> None:
    response = employee.call("PUT", DRAFT_OF_PHQ9, data=body, content_type="application/json")
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert bool(response.json["flags"]) is flagged
    assert stored_rows() == 0


# Who may


def test_saving_asks_for_age_and_consent_as_submitting_does(app: Flask) -> None:
    person = signed_in(app, "openid-of-somebody-new-000001")
    assert person.put(DRAFT_OF_PHQ9, saving(q1=(1, 1))).json["code"] == "age_group_needed"
    person.put("me", {"age_group": "18+"})
    assert person.put(DRAFT_OF_PHQ9, saving(q1=(1, 1))).json["code"] == "consent_needed"
    person.put("me", {"age_group": "16-17"})
    refused = person.put(DRAFT_OF_PHQ9, saving(q1=(1, 1)))
    assert (refused.status_code, refused.json["code"]) == (403, "under_18")
    assert "12355" in {line["number"] for line in refused.json["hotlines"]}
    assert stored_rows() == 0


def test_after_a_withdrawn_consent_the_draft_can_be_seen_and_erased_but_not_continued(employee: Person) -> None:
    save(employee, q1=(1, 1))
    agree(employee, "assessment", granted=False)
    assert employee.put(DRAFT_OF_PHQ9, saving(q1=(2, 1))).json["code"] == "consent_needed"
    assert kept(employee) == {"q1": entry(1, 1)}
    assert employee.delete(DRAFT_OF_PHQ9).status_code == 204
    assert kept(employee) == {}


def test_an_unknown_scale_has_no_draft(employee: Person) -> None:
    for method in ("GET", "PUT", "DELETE"):
        response = employee.call(method, "scales/nothing/draft", saving() if method == "PUT" else None)
        assert (response.status_code, response.json["code"]) == (404, "scale_unknown")


# Submission


@pytest.mark.parametrize("keep", [True, False])
def test_submitting_erases_the_draft_whether_the_result_is_kept_or_not(employee: Person, keep: bool) -> None:
    agree(employee, "keep_results", granted=keep)
    save(employee, q1=(1, 1))
    save(employee, "scales/gad7/draft", q1=(1, 1))
    assert employee.post("scales/phq9/submissions", submission(PHQ9)).status_code == 201
    assert kept(employee) == {}
    assert kept(employee, "scales/gad7/draft") != {}


def test_a_refused_submission_leaves_the_draft(employee: Person) -> None:
    save(employee, q1=(1, 1))
    assert employee.post("scales/phq9/submissions", submission({**PHQ9, "q1": 9})).status_code == 422
    assert kept(employee) == {"q1": entry(1, 1)}


def test_a_repeated_submission_leaves_the_draft_that_was_begun_since(employee: Person) -> None:
    body = submission(PHQ9)
    employee.post("scales/phq9/submissions", body)
    save(employee, q1=(1, 1))
    assert employee.post("scales/phq9/submissions", body).status_code == 201
    assert kept(employee) == {"q1": entry(1, 1)}


@pytest.mark.parametrize("keep", [True, False])
def test_an_autosave_that_arrives_after_its_submission_does_not_bring_the_draft_back(
    employee: Person, keep: bool
) -> None:
    agree(employee, "keep_results", granted=keep)
    body, late = submission(PHQ9), saving(q9=(2, 1))
    employee.put(DRAFT_OF_PHQ9, saving(q1=(1, 1)) | {"attempt_id": body["attempt_id"]})
    employee.post("scales/phq9/submissions", body)
    response = employee.put(DRAFT_OF_PHQ9, late | {"attempt_id": body["attempt_id"]})
    assert (response.status_code, response.json["code"]) == (409, "attempt_submitted")
    assert response.json["flags"]
    assert kept(employee) == {}
    assert save(employee, q1=(1, 1))["answers"] == {"q1": entry(1, 1)}


def test_a_first_autosave_that_its_own_submission_overtook_does_not_begin_a_draft(employee: Person) -> None:
    """There was no draft for the submission to use up: the stored result tells, a deleted one too."""
    body = submission(PHQ9)
    result = employee.post("scales/phq9/submissions", body).json
    late = saving(q9=(2, 1)) | {"attempt_id": body["attempt_id"]}
    for _ in range(2):
        response = employee.put(DRAFT_OF_PHQ9, late)
        assert (response.status_code, response.json["code"]) == (409, "attempt_submitted")
        assert kept(employee) == {}
        employee.delete(f"me/results/{result['id']}")


@pytest.mark.parametrize("erased", [True, False])
@pytest.mark.parametrize("keep", [True, False])
def test_an_autosave_that_arrives_late_does_not_get_into_the_draft_of_the_next_attempt(
    employee: Person, keep: bool, erased: bool
) -> None:
    agree(employee, "keep_results", granted=keep)
    body = submission(PHQ9)
    employee.put(DRAFT_OF_PHQ9, saving(q1=(1, 1)) | {"attempt_id": body["attempt_id"]})
    employee.post("scales/phq9/submissions", body)
    next_one = save(employee, q1=(1, 3))["answers"]
    if erased:
        employee.delete(DRAFT_OF_PHQ9)
    response = employee.put(DRAFT_OF_PHQ9, saving(q2=(2, 1)) | {"attempt_id": body["attempt_id"]})
    assert (response.status_code, response.json["code"]) == (409, "attempt_submitted")
    assert kept(employee) == ({} if erased else next_one)


def test_autosaves_and_the_submission_of_one_attempt_at_once_leave_no_draft(app: Flask, employee: Person) -> None:
    """Whichever comes first: an autosave before it is used up, one after it is refused."""
    body = submission(PHQ9)

    def act(number: int) -> int:
        if number == 3:
            return employee.post("scales/phq9/submissions", body).status_code
        late = saving(**{f"q{number + 1}": (number, 1)}) | {"attempt_id": body["attempt_id"]}
        return employee.put(DRAFT_OF_PHQ9, late).status_code

    statuses = at_once(app, act, 8)
    assert statuses[3] == 201
    assert set(statuses) <= {200, 201, 409}
    assert kept(employee) == {}


def test_control_asking_before_the_transaction_lets_an_autosave_through(
    employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The submission comes between the question and the writing."""
    body, usual = submission(PHQ9), Single.put

    def ask_and_be_overtaken(self, window, change, first):
        first(find_alone)
        employee.post("scales/phq9/submissions", body)
        return usual(self, window, change)

    monkeypatch.setattr(Single, "put", ask_and_be_overtaken)
    assert employee.put(DRAFT_OF_PHQ9, saving(q1=(1, 1)) | {"attempt_id": body["attempt_id"]}).status_code == 200
    assert kept(employee) != {}


# Versions


@pytest.fixture
def begun_on_old(app: Flask, employee: Person, clock: Clock, tmp_path: Path) -> Person:
    """Somebody who answered half of a scale of which a newer version appears afterwards."""
    with shelf_of(app, tmp_path / "before", current=OLD):
        save(employee, DRAFT_OF_CALM, OLD, q1=(1, 2), q2=(1, 2))
    return employee


def whole_sheet(version: str) -> dict:
    return submission({f"q{n}": 1 for n in range(1, 10)}, version=version)


def test_a_draft_of_the_older_version_is_shown_continued_and_submitted_for_fourteen_days(
    app: Flask, begun_on_old: Person, clock: Clock, tmp_path: Path
) -> None:
    clock.advance(days=14)
    with shelf_of(app, tmp_path, current=NEW, published=OLD):
        shown = begun_on_old.get(DRAFT_OF_CALM).json
        assert (shown["version"], shown["state"], shown["usable_until"]) == (OLD, "older", "2026-12-06")
        assert shown["note"] == (
            "这份测评出了新版，您之前的草稿是旧版的。12 月 6 日（含当天）以前，您可以照旧答完并提交；"
            "也可以删除草稿，用新版重新开始。"
        )
        assert begun_on_old.get(f"scales/calm?version={OLD}").json["version"] == OLD
        continued = save(begun_on_old, DRAFT_OF_CALM, OLD, q3=(2, 1))
        assert (set(continued["answers"]), continued["usable_until"]) == ({"q1", "q2", "q3"}, "2026-12-20")
        result = begun_on_old.post("scales/calm/submissions", whole_sheet(OLD))
        assert (result.status_code, result.json["versions"]["scale"]) == (201, OLD)
        assert begun_on_old.get(DRAFT_OF_CALM).json["version"] == NEW
        assert kept(begun_on_old, DRAFT_OF_CALM) == {}


def test_a_draft_of_the_older_version_is_over_after_fourteen_days_and_says_so(
    app: Flask, begun_on_old: Person, clock: Clock, tmp_path: Path
) -> None:
    clock.advance(days=15)
    with shelf_of(app, tmp_path, current=NEW, published=OLD):
        shown = begun_on_old.get(DRAFT_OF_CALM).json
        assert (shown["version"], shown["state"], shown["usable_until"]) == (OLD, "expired", None)
        assert shown["note"] == "旧版草稿已超过 14 天，不能再提交。您答过的还在这里，删除后可以用新版重新开始。"
        assert set(shown["answers"]) == {"q1", "q2"}
        for response in (
            begun_on_old.put(DRAFT_OF_CALM, saving(OLD, q9=(2, 1))),
            begun_on_old.post("scales/calm/submissions", whole_sheet(OLD)),
        ):
            assert (response.status_code, response.json["code"]) == (412, "draft_expired")
            assert [flag["id"] for flag in response.json["flags"]] == ["safety"]
        assert save(begun_on_old, DRAFT_OF_CALM, NEW, q5=(1, 1))["answers"] == {"q5": entry(1, 1)}


def test_fourteen_days_end_at_midnight_in_shanghai(
    app: Flask, begun_on_old: Person, clock: Clock, tmp_path: Path
) -> None:
    """Saved at noon on 22 November; 6 December counts to its end, which is 16:00 UTC."""
    clock.advance(days=14, hours=11, minutes=59)
    with shelf_of(app, tmp_path, current=NEW, published=OLD):
        assert begun_on_old.get(DRAFT_OF_CALM).json["state"] == "older"
        clock.advance(minutes=1)
        assert begun_on_old.get(DRAFT_OF_CALM).json["state"] == "expired"


def test_a_withdrawn_version_is_neither_continued_nor_submitted(
    app: Flask, begun_on_old: Person, tmp_path: Path
) -> None:
    with shelf_of(app, tmp_path, current=NEW, retired=OLD):
        shown = begun_on_old.get(DRAFT_OF_CALM).json
        assert (shown["version"], shown["state"]) == (OLD, "retired")
        assert shown["note"] == "这个版本的测评已停用，草稿不能再提交。您答过的还在这里，可以随时删除。"
        for response in (
            begun_on_old.put(DRAFT_OF_CALM, saving(OLD, q9=(2, 1))),
            begun_on_old.post("scales/calm/submissions", whole_sheet(OLD)),
            begun_on_old.get(f"scales/calm?version={OLD}"),
        ):
            assert (response.status_code, response.json["code"]) == (412, "scale_retired")


def test_an_older_draft_is_neither_carried_over_nor_thrown_away_unasked(
    app: Flask, begun_on_old: Person, tmp_path: Path
) -> None:
    with shelf_of(app, tmp_path, current=NEW, published=OLD):
        refused = begun_on_old.put(DRAFT_OF_CALM, saving(NEW, q9=(9, 2)))
        assert (refused.status_code, refused.json["code"]) == (409, "older_draft_waits")
        assert refused.json["flags"]
        assert set(kept(begun_on_old, DRAFT_OF_CALM)) == {"q1", "q2"}
        assert begun_on_old.delete(DRAFT_OF_CALM).status_code == 204
        assert set(save(begun_on_old, DRAFT_OF_CALM, NEW, q9=(9, 2))["answers"]) == {"q9"}


def test_the_older_version_is_open_only_to_whoever_has_a_draft_of_it(
    app: Flask, employee: Person, tmp_path: Path
) -> None:
    with shelf_of(app, tmp_path, current=NEW, published=OLD):
        for version in (OLD, "0.1.0"):
            for response in (
                employee.put(DRAFT_OF_CALM, saving(version, q9=(1, 1))),
                employee.post("scales/calm/submissions", whole_sheet(version)),
            ):
                assert (response.status_code, response.json["code"]) == (412, "scale_outdated")
                assert response.json["flags"]
        save(employee, DRAFT_OF_CALM, NEW, q1=(1, 1))
        assert employee.put(DRAFT_OF_CALM, saving(OLD, q1=(2, 1))).json["code"] == "scale_outdated"


@pytest.mark.parametrize("keep", [True, False])
def test_a_repeated_submission_of_an_older_version_is_answered_again(
    app: Flask, begun_on_old: Person, tmp_path: Path, keep: bool
) -> None:
    agree(begun_on_old, "keep_results", granted=keep)
    body = whole_sheet(OLD)
    with shelf_of(app, tmp_path, current=NEW, published=OLD):
        first, again = (begun_on_old.post("scales/calm/submissions", body) for _ in range(2))
        assert first.status_code == again.status_code == 201
        assert first.json == again.json
        other = begun_on_old.post("scales/calm/submissions", whole_sheet(OLD))
        assert (other.status_code, other.json["code"]) == (412, "scale_outdated")


def test_a_kept_result_of_an_older_version_is_found_again_even_when_a_new_draft_was_begun(
    app: Flask, begun_on_old: Person, tmp_path: Path
) -> None:
    body = whole_sheet(OLD)
    with shelf_of(app, tmp_path, current=NEW, published=OLD):
        first = begun_on_old.post("scales/calm/submissions", body)
        save(begun_on_old, DRAFT_OF_CALM, NEW, q1=(1, 1))
        assert begun_on_old.post("scales/calm/submissions", body).json == first.json
        assert kept(begun_on_old, DRAFT_OF_CALM) == {"q1": entry(1, 1)}


def test_a_draft_whose_scale_left_the_shelf_can_be_seen_and_erased(
    app: Flask, begun_on_old: Person, tmp_path: Path
) -> None:
    write(tmp_path / "calm.yaml", edited(calm(), "status", to="retired"))
    with shelf_in(app, tmp_path):
        assert begun_on_old.get(DRAFT_OF_CALM).json["state"] == "retired"
        assert begun_on_old.put(DRAFT_OF_CALM, saving(OLD, q1=(2, 1))).json["code"] == "scale_unknown"
        assert begun_on_old.delete(DRAFT_OF_CALM).status_code == 204
        assert begun_on_old.get(DRAFT_OF_CALM).json["code"] == "scale_unknown"


def test_a_draft_of_a_version_that_is_not_here_is_kept_for_the_deployment_that_has_it(
    app: Flask, begun_on_old: Person, clock: Clock, tmp_path: Path
) -> None:
    """While a deployment rolls, one process may not know the other's version yet."""
    with shelf_of(app, tmp_path, current="0.9.0"):
        assert begun_on_old.get(DRAFT_OF_CALM).json["state"] == "retired"
        assert begun_on_old.put(DRAFT_OF_CALM, saving("0.9.0", q1=(2, 1))).json["code"] == "older_draft_waits"
        clock.advance(days=15)
        assert save(begun_on_old, DRAFT_OF_CALM, "0.9.0", q1=(2, 1))["version"] == "0.9.0"


# The sealed form


def test_a_draft_comes_back_from_its_sealed_form(clock: Clock) -> None:
    draft = Draft("1.0.0", clock(), {"q1": Answer(1, True, 0), "q2": Answer(2**53, True, None), "q3": Answer(3, False)})
    assert decode(encode(draft)) == draft


def test_a_hundred_items_with_the_longest_revisions_fit(app: Flask, clock: Clock) -> None:
    numbers = random.Random(7)
    answers = {f"q{n}": Answer(numbers.randrange(2**52, 2**53), True, numbers.randrange(5)) for n in range(1, 101)}
    payload = encode(Draft("10.20.30", clock(), answers))
    single = Single(b"k" * 32, DRAFT, "phq9")
    assert len(single._plain(b"i" * 16, payload)) == DRAFT.length


def test_a_draft_that_does_not_fit_is_refused_with_its_flags(employee: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_long(*_args: object, **_options: object) -> None:
        raise RecordTooLong

    monkeypatch.setattr(Single, "put", too_long)
    response = employee.put(DRAFT_OF_PHQ9, saving(q9=(1, 1)))
    assert (response.status_code, response.json["code"]) == (503, "draft_too_long")
    assert response.json["flags"]


def test_nothing_of_a_draft_is_logged(employee: Person, logged: object) -> None:
    employee.put(DRAFT_OF_PHQ9, saving(q1=(7_654_321, 3)))
    employee.put(DRAFT_OF_PHQ9, saving(q1=(7_654_321, 9)))
    assert "7654321" not in logged.text
    assert json.dumps(entry(7_654_321, 3)) not in logged.text
    assert "/api/v1/scales/<scale_id>/draft" in logged.text
