"""What the load asks for: submissions of a filled-in PHQ-9, one a person, and the scale itself with its tag."""

import http.client
import json
import random
from collections.abc import Sequence

from bench.load import request_text
from bench.rounds import NotMeasurable
from heartport.launch import HOST

SCALE = "phq9"
SCALE_PATH = f"/api/v1/scales/{SCALE}"
ITEMS = 9
WEIGHTS = (50, 30, 15, 5)
"""How often the four answers are given, in per cent: some people have flags and advice, most have few."""
BARE = request_text("GET", "/json", {})


def submissions(tokens: Sequence[str], version: str, seed: str) -> list[str]:
    """Give one submission a person, for the same seed the same ones at every run."""
    sent = zip(tokens, bodies(len(tokens), version, seed), strict=True)
    return [request_text("POST", f"{SCALE_PATH}/submissions", _signed_in(token), body) for token, body in sent]


def bodies(count: int, version: str, seed: str) -> list[str]:
    """Give so many filled-in sheets, for the same seed the same ones."""
    chance = random.Random(seed)
    return [_body(version, chance) for _ in range(count)]


def _body(version: str, chance: random.Random) -> str:
    answers = {f"q{n}": chance.choices(range(4), WEIGHTS)[0] for n in range(1, ITEMS)}
    answers[f"q{ITEMS}"] = chance.choices(range(4), (92, 5, 2, 1))[0]
    body = {
        "version": version,
        "attempt_id": f"{chance.getrandbits(128):032x}",
        "answers": answers,
        "duration_ms": chance.randrange(40_000, 240_000),
    }
    return json.dumps(body)


def tagged(tokens: Sequence[str], tag: str, count: int) -> list[str]:
    """Ask for the scale that one has already, one person after the other."""
    headers = [{**_signed_in(token), "If-None-Match": tag} for token in tokens]
    return [request_text("GET", SCALE_PATH, headers[number % len(headers)]) for number in range(count)]


def version_and_tag(port: int, token: str) -> tuple[str, str]:
    """Ask the server for the scale's version and tag."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", SCALE_PATH, headers=_signed_in(token))
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise NotMeasurable(f"{SCALE_PATH} answers {answer.status}")
        return json.loads(body)["version"], answer.headers["ETag"]
    finally:
        connection.close()


def _signed_in(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
