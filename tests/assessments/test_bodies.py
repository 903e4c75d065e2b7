"""Whatever somebody sends as answers: never a failure, a refusal that says where, and danger is never overlooked."""

import json

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from heartport.stores import Store, reading
from heartport.vault.models import SealedRecord
from tests.conftest import Person
from tests.killing import FULL

ITEMS = [f"q{number}" for number in range(1, 10)]
REFUSALS = {400, 409, 412, 413, 415, 422}

TEXT = st.text(max_size=12) | st.sampled_from(["q1", "version", "1.0.0", "\ud800", "\x00", "é" * 300])
SCALARS = st.none() | st.booleans() | st.integers() | st.integers(-3, 5) | st.floats() | TEXT
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12
)
VALUES = st.integers(0, 3)
REVISED = st.fixed_dictionaries({"revision": st.integers(0, 9)}, optional={"value": st.none() | VALUES})


def nearly(right: st.SearchStrategy, odds: int = 4) -> st.SearchStrategy:
    """Mostly what is right, else anything at all."""
    return st.integers(0, odds).flatmap(lambda drawn: right if drawn else JSON)


def answers_of(value: st.SearchStrategy) -> st.SearchStrategy:
    return st.dictionaries(st.sampled_from(ITEMS) | TEXT, nearly(value, odds=9), max_size=11)


def body_of(value: st.SearchStrategy) -> st.SearchStrategy:
    return st.fixed_dictionaries(
        {},
        optional={
            "version": nearly(st.just("1.0.0")),
            "attempt_id": nearly(st.from_regex(r"[A-Za-z0-9_-]{8,64}", fullmatch=True)),
            "answers": nearly(answers_of(value)),
            "profile": nearly(st.just({})),
            "duration_ms": nearly(st.integers(0, 1000)),
            "surprise": JSON,
        },
    )


often = settings(
    max_examples=1000 if FULL else 60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def send(person: Person, method: str, path: str, body: bytes) -> TestResponse:
    """Send it; that the answer is one of those in the document, in status and shape, `Person` itself sees to."""
    person.app.extensions["heartport.limits"].reset()
    return person.call(method, path, data=body, content_type="application/json")


def check_refusal(answer: TestResponse) -> None:
    assert answer.status_code in REFUSALS
    assert isinstance(answer.json["flags"], list)
    assert all(messages and not messages[0].isascii() for messages in answer.json["errors"].values())
    if answer.status_code == 422 and answer.json["code"] == "answers_refused":
        assert answer.json["errors"]


def stored() -> int:
    with reading(Store.VAULT) as session:
        return session.query(SealedRecord).count()


@often
@given(body=JSON | body_of(VALUES))
@example(body={"version": "1.0.0", "attempt_id": "a-right-one", "answers": dict.fromkeys(ITEMS, 1)})
def test_any_json_as_a_submission_is_scored_or_refused_with_its_places(employee: Person, body: object) -> None:
    before = stored()
    answer = send(employee, "POST", "scales/phq9/submissions", json.dumps(body).encode())
    if answer.status_code != 201:
        check_refusal(answer)
        assert stored() == before


@often
@given(body=JSON | body_of(REVISED))
@example(body={"version": "1.0.0", "answers": {"q1": {"value": 1, "revision": 1}}})
def test_any_json_as_a_draft_is_kept_or_refused_with_its_places(employee: Person, body: object) -> None:
    answer = send(employee, "PUT", "scales/phq9/draft", json.dumps(body).encode())
    if answer.status_code != 200:
        check_refusal(answer)


@often
@given(body=st.binary(max_size=200) | st.text(alphabet='{}[]":,q19 \\u0\n', max_size=60).map(str.encode))
def test_any_bytes_as_a_submission_are_refused(employee: Person, body: bytes) -> None:
    check_refusal(send(employee, "POST", "scales/phq9/submissions", body))


@often
@given(body=body_of(VALUES), others=answers_of(VALUES), value=st.integers(1, 3))
def test_an_urgent_answer_raises_its_flag_whatever_else_is_wrong(
    employee: Person, body: dict[str, object], others: dict[str, object], value: int
) -> None:
    sent = {**body, "answers": {**others, "q9": value}}
    answer = send(employee, "POST", "scales/phq9/submissions", json.dumps(sent).encode())
    assert [flag["id"] for flag in answer.json["flags"]] == ["suicide_item"]
    assert answer.json["flags"][0]["card"]["hotlines"]
