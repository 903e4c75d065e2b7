"""Deleting one result: gone for the person, and not stored anew by a late retry."""

from tests.assessments.test_routes import PHQ9, stored_rows, submission
from tests.conftest import Person, agree


def take(person: Person) -> str:
    return person.post("scales/phq9/submissions", submission(PHQ9)).json["id"]


def listed(person: Person, query: str = "") -> list[str]:
    return [item["id"] for item in person.get(f"me/results{query}").json["items"]]


def test_a_deleted_result_is_neither_listed_nor_shown_and_the_others_stay(employee: Person) -> None:
    first, second, third = (take(employee) for _ in range(3))
    deleted = employee.delete(f"me/results/{second}")
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert deleted.headers["Cache-Control"] == "no-store"
    assert listed(employee) == [third, first]
    for path in (f"me/results/{second}", f"me/results/{second}/working"):
        response = employee.get(path)
        assert (response.status_code, response.json["code"]) == (404, "result_unknown")
    assert stored_rows() == 3


def test_a_result_is_deleted_once(employee: Person) -> None:
    result = take(employee)
    assert [employee.delete(f"me/results/{result}").status_code for _ in range(2)] == [204, 404]


def test_another_persons_result_cannot_be_deleted(employee: Person, stranger: Person) -> None:
    result = take(employee)
    response = stranger.delete(f"me/results/{result}")
    assert (response.status_code, response.json["code"]) == (404, "result_unknown")
    assert listed(employee) == [result]


def test_a_made_up_id_deletes_nothing(employee: Person) -> None:
    result = take(employee)
    for wrong in ("x", "A" * 22, "%00", "é", "A" * 500):
        assert employee.delete(f"me/results/{wrong}").status_code == 404
    assert listed(employee) == [result]


def test_deleting_asks_for_no_consent(employee: Person) -> None:
    result = take(employee)
    for purpose in ("assessment", "keep_results"):
        agree(employee, purpose, granted=False)
    assert employee.delete(f"me/results/{result}").status_code == 204


def test_a_late_retry_of_a_deleted_attempt_is_refused_and_leaves_the_draft_alone(employee: Person) -> None:
    body = submission(PHQ9)
    employee.delete(f"me/results/{employee.post('scales/phq9/submissions', body).json['id']}")
    draft = {"version": "1.0.0", "answers": {"q1": {"value": 1, "revision": 1}}}
    employee.put("scales/phq9/draft", draft)
    response = employee.post("scales/phq9/submissions", body)
    assert (response.status_code, response.json["code"]) == (409, "result_deleted")
    assert employee.get("scales/phq9/draft").json["answers"] == draft["answers"]
    assert listed(employee) == []


def test_a_page_that_ends_at_a_deleted_result_goes_on_behind_it(employee: Person) -> None:
    made = [take(employee) for _ in range(4)]
    page = employee.get("me/results?limit=2").json
    assert [item["id"] for item in page["items"]] == [made[3], made[2]]
    employee.delete(f"me/results/{made[2]}")
    assert listed(employee, f"?limit=2&cursor={page['next_cursor']}") == [made[1], made[0]]
