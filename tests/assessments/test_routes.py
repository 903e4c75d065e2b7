"""HTTP stories of taking a scale."""

import json
import uuid
from contextlib import nullcontext

import pytest
from flask import Request

from heartport.assessments import routes
from heartport.members import sessions
from heartport.members.consents import decide
from heartport.members.policies import Purpose
from heartport.stores import Store, reading
from heartport.vault.models import SealedRecord
from heartport.web.json_reader import read_json
from tests.conftest import POLICY, Clock, Person, agree, signed_in
from tests.overtaking import overtaken
from tests.statements import noted

PHQ9 = {f"q{n}": 0 for n in range(1, 10)}


def submission(answers: dict, version: str = "1.0.0", **further: object) -> dict:
    return {"version": version, "attempt_id": uuid.uuid4().hex, "answers": answers, **further}


def stored_rows() -> int:
    with reading(Store.VAULT) as session:
        return session.query(SealedRecord).count()


def test_an_employee_takes_phq9_and_knows_at_once(employee: Person) -> None:
    shelf = employee.get("scales").json["items"]
    assert {"phq9", "gad7", "dass21", "k10"} <= {scale["id"] for scale in shelf}
    scale = employee.get("scales/phq9").json
    assert scale["before_start"] == ["没有人实时查看答案,系统不会自动联系您。"]

    answers = {item["id"]: 1 for item in scale["items"] if not item["optional"]}
    response = employee.post("scales/phq9/submissions", submission(answers, duration_ms=60_000))

    assert response.status_code == 201
    result = response.json
    assert [(band["score"], band["id"]) for band in result["bands"]] == [("total", "mild")]
    assert result["scores"] == [{"id": "total", "label": "情绪困扰总分", "value": 9, "min": 0, "max": 27, "shown": "9"}]
    assert [(flag["id"], flag["level"]) for flag in result["flags"]] == [("suicide_item", "urgent")]
    card = result["flags"][0]["card"]
    assert [button["label"] for button in card["buttons"]] == ["我现在是安全的", "我担心自己会做", "暂时不想说"]
    assert card["hotlines"]
    assert result["advice"]
    assert any(offer["kind"] == "hotline" for advice in result["advice"] for offer in advice["offer"])
    assert employee.get(f"me/results/{result['id']}").json == result
    assert [item["id"] for item in employee.get("me/results").json["items"]] == [result["id"]]


def test_without_keep_results_nothing_is_stored_and_a_retry_is_scored_again(employee: Person) -> None:
    agree(employee, "keep_results", granted=False)
    body = submission(PHQ9)
    first, again = (employee.post("scales/phq9/submissions", body) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json["id"] is None
    assert again.json["scores"] == first.json["scores"]
    assert stored_rows() == 0
    assert employee.get("me/results").json == {"items": [], "next_cursor": None}


def test_the_same_attempt_gives_the_same_result_once(employee: Person) -> None:
    body = submission(PHQ9)
    first, again = (employee.post("scales/phq9/submissions", body).json for _ in range(2))
    assert first == again
    assert stored_rows() == 1


def test_a_submission_asks_who_and_whether_still_and_once_for_the_key_and_the_vault_in_one_transaction(
    employee: Person,
) -> None:
    employee.post("scales/phq9/submissions", submission(PHQ9))  # Asks for the roster, whose answer serves for seconds.
    with noted(Store.MAIN) as main, noted(Store.KEYS) as keys, noted(Store.VAULT) as vault:
        employee.post("scales/phq9/submissions", submission(PHQ9))
    assert [text.split()[0] for text in main] == ["SELECT", "SELECT"]
    assert "accounts.profile_sealed" in main[0]
    assert "profile_sealed" not in main[1]  # An erasure, or a withdrawn consent, may have been quicker.
    assert "erasures" in main[1]
    assert [text.split()[0] for text in keys] == ["SELECT"]
    assert [text.split()[0].strip(";") for text in vault] == ["BEGIN", "SELECT", "INSERT", "COMMIT"]


@pytest.mark.parametrize("late", [False, True], ids=["before", "after the answers were read"])
@pytest.mark.parametrize(("purpose", "status"), [("assessment", 403), ("keep_results", 201)])
def test_a_consent_that_is_withdrawn_meanwhile_counts(
    employee: Person, monkeypatch: pytest.MonkeyPatch, purpose: str, status: int, late: bool
) -> None:
    def withdraw(account_id: str) -> None:
        decide(account_id, Purpose(purpose), granted=False, policy_version=POLICY)

    def read_and_be_overtaken(request: Request) -> object:
        withdraw(employee.account_id)
        return read_json(request)

    if late:
        monkeypatch.setattr(routes, "read_json", read_and_be_overtaken)
    with nullcontext() if late else overtaken(employee.app, withdraw):
        answer = employee.post("scales/phq9/submissions", submission(PHQ9 | {"q9": 1}))
    assert answer.status_code == status
    assert [flag["id"] for flag in answer.json["flags"]] == ["suicide_item"]
    assert answer.json.get("id") is None
    assert stored_rows() == 0


def test_an_attempt_id_does_not_serve_for_other_answers(employee: Person) -> None:
    body = submission(PHQ9)
    employee.post("scales/phq9/submissions", body)
    response = employee.post("scales/phq9/submissions", body | {"answers": PHQ9 | {"q1": 3}})
    assert (response.status_code, response.json["code"]) == (422, "attempt_reused")
    assert stored_rows() == 1


def test_two_people_may_use_the_same_attempt_id(employee: Person, stranger: Person) -> None:
    body = submission(PHQ9)
    ids = {person.post("scales/phq9/submissions", body).json["id"] for person in (employee, stranger)}
    assert len(ids) == 2


@pytest.mark.parametrize("path", ["/api//v1/scales", "/api/v1/scales/", "/api/v1/scales%00"])
def test_an_address_that_only_resembles_one_is_none(employee: Person, path: str) -> None:
    answer = employee.get("hotlines", environ_overrides={"PATH_INFO": path})
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_name_in_chinese_is_looked_for_as_it_was_written(employee: Person) -> None:
    assert employee.get("scales/心港").json["code"] == "scale_unknown"


@pytest.mark.parametrize("host", ["a" * 300, "例子.invalid".encode().decode("latin-1"), "x:y:z", ""])
def test_whatever_name_the_host_is_called_by_the_answer_is_the_same(employee: Person, host: str) -> None:
    assert employee.get("hotlines", environ_overrides={"HTTP_HOST": host}).status_code == 200


def test_another_persons_result_does_not_exist(employee: Person, stranger: Person) -> None:
    result_id = employee.post("scales/phq9/submissions", submission(PHQ9)).json["id"]
    response = stranger.get(f"me/results/{result_id}")
    assert (response.status_code, response.json["code"]) == (404, "result_unknown")
    assert stranger.get("me/results").json["items"] == []


BAD_ANSWERS = {
    "an unknown item": ({**PHQ9, "q99": 1}, "answers.q99"),
    "a value outside its options": ({**PHQ9, "q1": 4}, "answers.q1"),
    "text for a number": ({**PHQ9, "q1": "2"}, "answers.q1"),
    "true for 1": ({**PHQ9, "q1": True}, "answers.q1"),
    "1.0 for 1": ({**PHQ9, "q1": 1.0}, "answers.q1"),
    "a list": ({**PHQ9, "q1": [1]}, "answers.q1"),
    "an absent item": ({key: 0 for key in PHQ9 if key != "q5"}, "answers.q5"),
}


@pytest.mark.parametrize(("answers", "place"), BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_a_wrong_answer_is_named_in_chinese_stores_nothing_and_still_raises_flags(
    employee: Person, answers: dict, place: str
) -> None:
    response = employee.post("scales/phq9/submissions", submission(answers | {"q9": 2}))
    assert response.status_code == 422
    assert response.content_type == "application/problem+json"
    assert list(response.json["errors"]) == [place]
    assert not response.json["errors"][place][0].isascii()
    assert [flag["id"] for flag in response.json["flags"]] == ["suicide_item"]
    assert response.json["flags"][0]["card"]["hotlines"]
    assert stored_rows() == 0


def test_all_wrong_fields_are_named_at_once(employee: Person) -> None:
    body = {"attempt_id": "x", "answers": {**PHQ9, "q2": 9}, "duration_ms": -1, "what": 1, "version": "1.0.0"}
    response = employee.post("scales/phq9/submissions", body)
    assert set(response.json["errors"]) == {"attempt_id", "answers.q2", "duration_ms", "what"}
    assert response.json["flags"] == []


RAW_BODIES = {
    "a duplicate key": ('{"version": "1.0.0", "answers": {"q9": 1, "q9": 0}}', "application/json", 400, True),
    "plain text": ('{"answers": {"q9": 1}}', "text/plain", 415, True),
    "a million bytes": ('{"answers": {"q9": 1}, "x": "' + "x" * 1_000_000 + '"}', "application/json", 413, False),
    "invalid UTF-8": (b'{"answers": {"q9": 1, "\xff": 1}}', "application/json", 400, True),
    "a lone surrogate": ('{"answers": {"q9": 1, "q1": "\\ud800"}}', "application/json", 400, True),
    "ten thousand nines": ('{"answers": {"q9": 1, "q1": ' + "9" * 10_000 + "}}", "application/json", 400, True),
    "a thousand brackets": ("[" * 1000 + "]" * 1000, "application/json", 400, False),
    "not JSON": ('{"answers": {"q9": 1', "application/json", 400, False),
    "a list": ("[1]", "application/json", 422, False),
    "nothing": ("", "application/json", 400, False),
    "null": ("null", "application/json", 422, False),
}


@pytest.mark.parametrize(("body", "content_type", "status", "flagged"), RAW_BODIES.values(), ids=RAW_BODIES)
def test_a_body_that_cannot_be_read_is_a_problem_and_flags_are_looked_for_all_the_same(
    employee: Person, body: object, content_type: str, status: int, flagged: bool
) -> None:
    response = employee.call("POST", "scales/phq9/submissions", data=body, content_type=content_type)
    assert response.status_code == status, response.json
    assert response.content_type == "application/problem+json"
    assert not response.json["detail"].isascii()
    assert bool(response.json["flags"]) is flagged
    assert stored_rows() == 0


def test_k10_skips_what_the_branch_hides_and_refuses_an_answer_behind_it(employee: Person) -> None:
    answers = {f"q{n}": 1 for n in range(1, 11) if n not in (3, 6)}
    result = employee.post("scales/k10/submissions", submission(answers)).json
    assert [score["value"] for score in result["scores"]] == [10]
    assert result["missing"] == []
    response = employee.post("scales/k10/submissions", submission(answers | {"q3": 2}))
    assert (response.status_code, list(response.json["errors"])) == (422, ["answers.q3"])


def test_a_skipped_item_leaves_its_score_absent_and_says_which(employee: Person) -> None:
    answers = {f"q{n}": 1 for n in range(1, 22)} | {"q3": None}
    result = employee.post("scales/dass21/submissions", submission(answers)).json
    values = {score["id"]: score["value"] for score in result["scores"]}
    assert values == {"depression": None, "anxiety": 14, "stress": 14}
    assert result["missing"] == ["q3"]
    assert result["advice"]


def test_an_unknown_scale_is_not_found(employee: Person) -> None:
    for method, path in (("GET", "scales/nothing"), ("POST", "scales/nothing/submissions")):
        response = employee.call(method, path, {} if method == "POST" else None)
        assert (response.status_code, response.json["code"]) == (404, "scale_unknown")


def test_answers_to_another_version_are_stale_and_still_raise_flags(employee: Person) -> None:
    response = employee.post("scales/phq9/submissions", submission(PHQ9 | {"q9": 3}, version="0.9.0"))
    assert (response.status_code, response.json["code"]) == (412, "scale_outdated")
    assert response.json["flags"]


def test_consent_and_age_come_first(app: object) -> None:
    person = signed_in(app, "openid-of-somebody-new-000001")
    assert person.post("scales/phq9/submissions", submission(PHQ9)).json["code"] == "age_group_needed"
    person.put("me", {"age_group": "18+"})
    assert person.post("scales/phq9/submissions", submission(PHQ9)).json["code"] == "consent_needed"
    person.put("me", {"age_group": "16-17"})
    for response in (person.get("scales"), person.get("scales/phq9"), person.post("scales/phq9/submissions", {})):
        assert (response.status_code, response.json["code"]) == (403, "under_18")
        assert "12355" in {line["number"] for line in response.json["hotlines"]}


def test_a_scale_is_sent_once_and_then_confirmed_by_its_tag(employee: Person) -> None:
    first = employee.get("scales/phq9")
    again = employee.get("scales/phq9", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    english = employee.get("scales/phq9", headers={"Accept-Language": "en"})
    assert english.headers["ETag"] != first.headers["ETag"]
    assert english.json["items"][0]["text"].isascii()


def test_a_client_gets_no_scoring_keys(employee: Person) -> None:
    text = json.dumps(employee.get("scales/phq9").json)
    assert "bands" not in text
    assert "scores" not in text


def test_results_are_paged_newest_first(employee: Person, clock: Clock) -> None:
    made = []
    for _ in range(5):
        employee.token = sessions.open_session(employee.account_id).token
        made.append(employee.post("scales/phq9/submissions", submission(PHQ9)).json["id"])
        clock.advance(days=70)
    employee.token = sessions.open_session(employee.account_id).token
    seen, cursor = [], None
    while True:
        page = employee.get(f"me/results?limit=2{f'&cursor={cursor}' if cursor else ''}").json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]


def test_a_made_up_cursor_or_result_id_is_refused(employee: Person) -> None:
    for wrong in ("%21", "MjAyNg", "MjAyNkgyLjk5OTk5OTk5", "MTk5OUgyLjA"):
        response = employee.get(f"me/results?cursor={wrong}")
        assert (response.status_code, list(response.json["errors"])) == (422, ["cursor"])
    for wrong in ("x", "A" * 22, "%00", "é", "A" * 500):
        assert employee.get(f"me/results/{wrong}").status_code == 404
