"""Whatever is sent to whatever route by whomever: an answer or a refusal in Chinese, never a failure."""

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from heartport.assessments import routes
from tests.conftest import Person, ready_person
from tests.killing import FULL
from tests.staff.doors import make_staff

CALLS = 20_000 if FULL else 250

VALUES: tuple[object, ...] = (
    *(None, True, False, 0, 1, -1, 1.5, 1e308, 2**53, 2**63 - 1, -(2**63)),
    *(
        "",
        "x",
        "心",
        "\0",
        "😀" * 40,
        "x" * 300,
        "x" * 5000,
        "１２",
        "\u202e",
        "' OR 1=1 --",
        "../../etc/passwd",
        "%s%n",
    ),
    *("2026-11", "1.0.0", "__proto__", "18+", "female"),
    *([], [1], [[]], {}, {"value": 1}, {"value": 1, "revision": 1}, {"value": [], "revision": 1}),
)
NAMES = (
    *("version", "answers", "attempt_id", "profile", "duration_ms", "code", "username", "password", "otp", "nickname"),
    *(
        "sex",
        "birth_year",
        "age_group",
        "granted",
        "policy_version",
        "confirm",
        "invite_code",
        "q1",
        "q9",
        "",
        "q1.value",
    ),
    *("心", "x" * 200),
)
PLACES = ("phq9", "gad7", "x", "%00", "..", "心", "x" * 500, "assessment", "2026-11", "current", "A" * 22, "' OR 1")
QUERIES = (
    *("", "?limit=%00", "?limit=1e9", "?limit=１", "?cursor=%FF", "?cursor=MjAyNkgyLjA", "?cursor=" + "A" * 300),
    *("?version=%00", "?q=%00", "?category=[]", "?district=心", "?limit=-0"),
)
HEADERS: tuple[Mapping[str, str], ...] = (
    *({}, {}, {"Accept-Language": "*;q=x"}, {"Accept-Language": "," * 500}, {"If-None-Match": "W/"}),
    {"Idempotency-Key": "k" * 500},
)
TYPES = (*("application/json",) * 9, "text/plain", "application/json; charset=gbk", "")
SOUND: Mapping[str, dict[str, Any]] = {
    "/auth/wechat": {"code": "x"},
    "/auth/staff": {"username": "alice", "password": "p", "otp": "1"},
    "/me": {"nickname": "n", "sex": "female", "birth_year": 1990, "age_group": "18+"},
    "<purpose>": {"granted": True, "policy_version": "2026-11"},
    "/unit": {"invite_code": "x"},
    "/draft": {"version": "1.0.0", "answers": {"q1": {"value": 1, "revision": 1}}, "attempt_id": "a" * 10},
    "/submissions": {"version": "1.0.0", "attempt_id": "a" * 10, "answers": {f"q{n}": 1 for n in range(1, 10)}},
}
"""A body that would do, by how its route ends; others begin with an empty one."""


@dataclass(frozen=True)
class Attacker:
    """Chooses what to send; the same again for the same seed."""

    choices: random.Random
    people: Sequence[Person]

    def call(self, rule: Any) -> TestResponse:
        """Call a route with one of its methods, places, queries and bodies."""
        method = self.choices.choice(sorted(rule.methods - {"HEAD", "OPTIONS"}))
        path = re.sub(r"<[^>]+>", lambda _: self.choices.choice(PLACES), rule.rule) + self.choices.choice(QUERIES)
        options: dict[str, Any] = {"headers": dict(self.choices.choice(HEADERS))}
        if method in {"POST", "PUT"}:
            options |= {"data": self.body(rule.rule), "content_type": self.choices.choice(TYPES)}
        return self.choices.choice(self.people).call(method, path, **options)

    def body(self, path: str) -> str:
        sound = next((body for ending, body in SOUND.items() if path.endswith(ending)), {})
        return json.dumps(self.junk() if self.choices.random() < 0.2 else self.spoiled(sound))

    def spoiled(self, sound: Mapping[str, Any]) -> dict[str, Any]:
        """Return a body in which one or two places are other than they should be."""
        body = json.loads(json.dumps(sound))
        for _ in range(self.choices.randint(1, 2)):
            name = self.choices.choice([*body, self.choices.choice(NAMES)])
            if self.choices.random() < 0.25:
                body.pop(name, None)
            else:
                body[name] = self.junk()
        return body

    def junk(self, depth: int = 0) -> object:
        if depth < 3 and self.choices.random() < 0.4:
            return {self.choices.choice(NAMES): self.junk(depth + 1) for _ in range(self.choices.randrange(6))}
        return self.choices.choice(VALUES)


def problems_of(answer: TestResponse) -> list[str]:
    """Say what is wrong in an answer: a failure, another form than the contract's, or words that nobody can read."""
    if answer.status_code < 400:
        return []
    if answer.content_type != "application/problem+json":
        return [f"{answer.status_code} as {answer.content_type}"]
    body = answer.json
    found = [f"{answer.status_code} {body['code']}"] if answer.status_code == 500 else []
    texts = [body["detail"], *(text for texts in body["errors"].values() for text in texts)]
    return found + [f"{body['code']}: {text}" for text in texts if text.isascii()]


def attack(app: Flask, seed: int, calls: int) -> set[str]:
    """Call routes at random as an employee, as staff and as nobody; return all that was wrong, with its route."""
    people = [
        ready_person(app, f"openid-of-an-attacker-{seed:06}"),
        make_staff(app, f"attacker-{seed}", ("counsellor", None)).signed_in(),
        Person(app),
    ]
    attacker = Attacker(random.Random(seed), [people[0], *people])
    # Ending one's own session or account would leave nothing to attack with.
    rules = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.endswith(("sign_out", "static"))]
    found = set()
    for _ in range(calls):
        app.extensions["heartport.limits"].reset()
        rule = attacker.choices.choice(rules)
        found |= {f"{rule.rule}: {problem}" for problem in problems_of(attacker.call(rule))}
    return found


def test_whatever_is_sent_the_answer_is_no_failure(app: Flask) -> None:
    assert attack(app, seed=20261122, calls=CALLS) == set()


@pytest.mark.breaks
def test_control_a_view_that_stumbles_is_caught(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken: what a path names is looked up without asking whether it is there."""
    monkeypatch.setattr(routes, "find_result", lambda _standing, result_id: {"x": None}[result_id])
    assert "/api/v1/me/results/<result_id>: 500 failed" in attack(app, seed=1, calls=400)
