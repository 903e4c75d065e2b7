"""Self-reflections over HTTP: advice for each answer, cards first, nothing kept without the person's own wish."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from heartport.reflections.schemas import NOTE_LENGTH
from heartport.stores import Store, reading
from heartport.vault.models import SealedRecord
from tests.conftest import Clock, Person, agree

ATTEMPT = "attempt-0001"


def body(**changes: Any) -> dict[str, Any]:
    return {"version": "1.0.0", "answers": {"q1": "never_off", "q2": None}} | changes


def rows() -> int:
    with reading(Store.VAULT) as session:
        return session.execute(select(func.count()).select_from(SealedRecord)).scalar_one()


def test_the_list_names_five_reflections_and_says_of_each_that_it_is_no_test(employee: Person) -> None:
    items = employee.get("reflections").json["items"]
    assert {item["id"] for item in items} == {
        "work_stress",
        "relationships",
        "close_relationships",
        "parenting",
        "sleep",
    }
    for item in items:
        page = employee.get(f"reflections/{item['id']}").json
        assert page["before_start"][0].startswith("这不是测评")
        assert len(page["questions"]) == 8


def test_a_reflection_goes_out_without_its_advice_and_with_a_tag(employee: Person) -> None:
    first = employee.get("reflections/work_stress")
    assert "advice" not in first.text
    again = employee.get("reflections/work_stress", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_each_answer_gets_its_own_advice_and_nothing_is_counted_or_kept(employee: Person) -> None:
    before = rows()
    response = employee.post("reflections/work_stress", body())
    assert response.status_code == 200
    result = response.json
    assert [item["answer"]["id"] for item in result["items"]] == ["never_off"]
    assert "不是您不会放松" in result["items"][0]["advice"]
    assert result["go_on"] == ["stress", "communication"]
    assert result["kept"] is None
    assert not set(result) & {"scores", "bands", "score", "total"}
    assert rows() == before
    assert employee.get("me/notes").json["items"] == []
    assert employee.get("me/results").json["items"] == []


@pytest.mark.parametrize(
    ("reflection", "answers", "card", "numbers"),
    [
        ("close_relationships", {"q3": "now"}, "violence", {"110", "12338"}),
        ("close_relationships", {"q2": "scary"}, "violence", {"110", "12338"}),
        ("parenting", {"q3": "did"}, "child_safety", {"110", "120", "12355"}),
        ("parenting", {"q4": "is_so"}, "child_safety", {"110", "12338"}),
    ],
)
def test_an_answer_that_speaks_of_harm_brings_its_card_with_hotlines(
    employee: Person, reflection: str, answers: dict[str, str], card: str, numbers: set[str]
) -> None:
    flags = employee.post(f"reflections/{reflection}", body(answers=answers)).json["flags"]
    assert [(flag["id"], flag["level"]) for flag in flags] == [(card, "urgent")]
    assert numbers <= {line["number"] for line in flags[0]["card"]["hotlines"]}
    assert any("没有人实时查看答案" in line for line in flags[0]["card"]["lines"])


def test_a_refused_sheet_still_brings_the_card(employee: Person) -> None:
    sent = body(answers={"q3": "now", "q9": "x"})
    response = employee.post("reflections/close_relationships", sent)
    assert (response.status_code, list(response.json["errors"])) == (422, ["answers.q9"])
    assert [flag["id"] for flag in response.json["flags"]] == ["violence"]


def test_harmless_answers_bring_no_card(employee: Person) -> None:
    assert employee.post("reflections/close_relationships", body(answers={"q3": "not_so"})).json["flags"] == []


@pytest.mark.parametrize(
    ("sent", "places"),
    [
        ({"answers": {"q1": "never"}}, {"answers.q1"}),
        ({"answers": {"q1": 1, "q2": True, "q3": ["x"], "q4": {}}}, {f"answers.q{n}" for n in range(1, 5)}),
        ({"answers": []}, {"answers"}),
        ({"answers": {"q1" * 200: "x"}}, {f"answers.{'q1' * 20}"}),
        ({"keep": True}, {"attempt_id"}),
        ({"keep": "yes"}, {"keep"}),
        ({"note": "只写不留"}, {"note"}),
        ({"keep": True, "attempt_id": ATTEMPT, "note": "字" * (NOTE_LENGTH + 1)}, {"note"}),
        ({"keep": True, "attempt_id": "x", "answers": {"q1": "never"}}, {"attempt_id", "answers.q1"}),
        ({"level": 3}, {"level"}),
    ],
)
def test_what_is_wrong_is_named_by_its_place_and_never_repeated(
    employee: Person, sent: dict[str, Any], places: set[str]
) -> None:
    response = employee.post("reflections/work_stress", body(**sent))
    assert (response.status_code, set(response.json["errors"])) == (422, places)
    assert rows() == 0


def test_an_old_version_and_an_unknown_reflection_are_refused(employee: Person) -> None:
    assert employee.post("reflections/work_stress", body(version="0.9.0")).json["code"] == "reflection_outdated"
    assert employee.post("reflections/horoscope", body()).json["code"] == "reflection_unknown"
    assert employee.get("reflections/horoscope").status_code == 404


def test_a_kept_note_is_read_again_just_as_it_was_and_deleted(employee: Person, clock: Clock) -> None:
    kept = employee.post("reflections/work_stress", body(keep=True, attempt_id=ATTEMPT, note="先睡一觉。"))
    assert kept.status_code == 201
    (listed,) = employee.get("me/notes").json["items"]
    assert (listed["id"], listed["kept_on"], listed["note"]) == (kept.json["kept"], "2026-11-22", "先睡一觉。")
    shown = employee.get(f"me/notes/{listed['id']}").json
    assert shown["items"] == kept.json["items"]
    assert employee.delete(f"me/notes/{listed['id']}").status_code == 204
    assert employee.get(f"me/notes/{listed['id']}").json["code"] == "note_unknown"
    assert employee.get("me/notes").json["items"] == []


def test_the_same_attempt_is_kept_once_and_never_for_other_answers(employee: Person) -> None:
    sent = body(keep=True, attempt_id=ATTEMPT)
    first, again = (employee.post("reflections/work_stress", sent) for _ in range(2))
    assert (again.status_code, again.json) == (201, first.json)
    other = employee.post("reflections/work_stress", sent | {"answers": {"q1": "till_bed"}})
    assert (other.status_code, other.json["code"]) == (422, "note_reused")
    employee.delete(f"me/notes/{first.json['kept']}")
    assert employee.post("reflections/work_stress", sent).json["code"] == "note_deleted"
    assert len(employee.get("me/notes").json["items"]) == 0


def test_another_persons_note_does_not_exist(employee: Person, stranger: Person) -> None:
    note = employee.post("reflections/sleep", body(answers={}, keep=True, attempt_id=ATTEMPT)).json["kept"]
    assert stranger.get(f"me/notes/{note}").status_code == 404
    assert stranger.delete(f"me/notes/{note}").status_code == 404
    assert employee.get(f"me/notes/{note}").status_code == 200


def test_the_longest_note_fits_into_its_one_length(employee: Person) -> None:
    questions = employee.get("reflections/close_relationships").json["questions"]
    answers = {each["id"]: max((option["id"] for option in each["options"]), key=len) for each in questions}
    emoji = "".join(chr(0x1F600 + n % 77) for n in range(NOTE_LENGTH))
    sent = body(answers=answers, keep=True, attempt_id="a" * 64, note=emoji)
    assert employee.post("reflections/close_relationships", sent).status_code == 201
    with reading(Store.VAULT) as session:
        assert len({len(each) for each in session.execute(select(SealedRecord.ciphertext)).scalars()}) == 1


def test_notes_come_in_pages(employee: Person) -> None:
    made = [
        employee.post("reflections/sleep", body(answers={}, keep=True, attempt_id=f"attempt-{n:04}")).json["kept"]
        for n in range(3)
    ]
    page = employee.get("me/notes?limit=2").json
    assert [item["id"] for item in page["items"]] == [made[2], made[1]]
    rest = employee.get(f"me/notes?cursor={page['next_cursor']}").json
    assert ([item["id"] for item in rest["items"]], rest["next_cursor"]) == ([made[0]], None)
    assert employee.get("me/notes?cursor=eHg").status_code == 422


def test_no_consent_is_needed_but_an_age_is(employee: Person, client: Person) -> None:
    for purpose in ("assessment", "keep_results"):
        agree(employee, purpose, granted=False)
    assert employee.post("reflections/sleep", body(answers={})).status_code == 200
    employee.put("me", {"age_group": "16-17"})
    for response in (employee.get("reflections"), employee.post("reflections/sleep", body(answers={}))):
        assert (response.status_code, response.json["code"]) == (403, "under_18")
        assert "12355" in {line["number"] for line in response.json["hotlines"]}
    assert client.get("reflections").status_code == 401


def test_notes_are_exported_in_words_and_erased(employee: Person) -> None:
    employee.post("reflections/work_stress", body(keep=True, attempt_id=ATTEMPT, note="先睡一觉。"))
    (note,) = employee.call("POST", "me/export").json["notes"]
    assert (note["note"], note["reflection"]["title"], note["answers"]["q1"]) == ("先睡一觉。", "工作压力", "never_off")
    assert rows() == 1
    employee.post("me/erasure", {"confirm": "抹去我的全部数据"})
    assert rows() == 0


def test_a_note_is_as_long_as_a_result_and_its_words_stand_nowhere_in_clear(employee: Person) -> None:
    employee.post("reflections/work_stress", body(keep=True, attempt_id=ATTEMPT, note="先睡一觉。"))
    with reading(Store.VAULT) as session:
        (sealed,) = session.execute(select(SealedRecord.ciphertext)).scalars()
    assert json.dumps("先睡一觉。").encode() not in sealed
    assert "先睡一觉。".encode() not in sealed
