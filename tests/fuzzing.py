"""Lets schemathesis loose on a running service and gathers what it finds.

Over real HTTP, since odd paths, headers and bodies should arrive as a network would bring them.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import schemathesis
from flask import Flask
from schemathesis import engine
from schemathesis.engine import events
from schemathesis.openapi.checks import RejectedPositiveData
from werkzeug.serving import WSGIRequestHandler, make_server

from heartport.web import logs
from tests.contract import api_of

SEED = 20261126
PHASES = ("examples", "coverage", "fuzzing", "stateful")
NOT_FITTING = {"invalid", "malformed", "unsupported_media_type", "body_too_large"}
"""What data that fits the document must not be called; any other code is about the state of things."""
NOT_IN_A_SCHEMA = {
    ("POST /api/v1/follow-ups", "phone"): "which numbers can be dialled is more than a pattern tells",
    ("POST /api/v1/follow-ups", "call_me"): "which signs control a terminal is more than a pattern tells",
    ("POST /api/v1/follow-ups", "note"): "the same",
    ("POST /api/v1/workshops/{workshop_id}/cancel", "reason"): "the same",
    ("POST /api/v1/workshops/{workshop_id}/reject", "reason"): "the same, and it must not be blank",
    **{
        (
            f"{call} /api/v1/lectures{path}",
            place,
        ): "whether there is such a person, room or time is more than a schema tells"
        for call, path in (("POST", ""), ("PUT", "/{lecture_id}"), ("POST", "/{lecture_id}/resume"))
        for place in ("lecturer_id", "room_id", "starts_at", "duration_minutes", "capacity")
    },
    **{
        (
            f"POST /api/v1/appointments{path}",
            place,
        ): "which times are open, and which numbers ring, is more than a schema"
        for path in ("", "/{appointment_id}/reschedule", "/{appointment_id}/confirm")
        for place in ("starts_at", "phone")
    },
    (
        "PUT /api/v1/calendar/place",
        "video_url",
    ): "how long a host may be, and which ports there are, is more than a pattern",
    ("PUT /api/v1/calendar/place", "directions"): "they lead to an address, which has to be there",
    ("POST /api/v1/workshops/{workshop_id}/propose", "starts_at"): "in years in which clocks work",
    ("GET /api/v1/counsellors/{counsellor_id}/slots", "from"): "in years in which clocks work",
    ("GET /api/v1/counsellors/{counsellor_id}/slots", "to"): "the same, and not before the first",
    ("PUT /api/v1/me/progress/{track_id}", "seconds"): "a track ends where it ends",
    ("PUT /api/v1/me/progress/{track_id}", "heard_at"): "in years in which clocks work",
    ("GET /api/v1/bookings/export", "from"): "which days make a period is more than a format tells",
    ("GET /api/v1/bookings/export", "to"): "the same",
    ("PUT /api/v1/me", "birth_year"): "it must fit the calendar and the age group",
    ("PUT /api/v1/me", "age_group"): "it must fit the year of birth",
}
"""Places whose rules JSON Schema cannot tell."""
MADE_UP = "cursor"
"""Of each list: only what was given out before is one."""

Prepare = Callable[[schemathesis.Case], None]
"""Puts a token into the headers of a case, or anything else that a call needs to be let in."""


@dataclass
class Found:
    """What came of a run."""

    problems: list[str] = field(default_factory=list)
    failed: set[tuple[str, str]] = field(default_factory=set)
    """Which check failed at which operation."""
    statuses: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """The statuses that each operation answered."""
    checks: set[str] = field(default_factory=set)
    calls: int = 0

    def without_success(self) -> set[str]:
        """Return the operations that never succeeded, of which the run proves little."""
        return {each for each, found in self.statuses.items() if not any(200 <= status < 400 for status in found)}


def fuzz(app: Flask, prepare: Prepare, *, examples: int, phases: Iterable[str] = PHASES) -> Found:
    """Run with all checks; `examples` is how many random cases of fitting and of other data each operation gets."""
    with serving(app) as base_url:
        schema = schema_of(app, base_url, examples, phases)
        schema.auth(refresh_interval=None)(signing(prepare))
        schema.hook("filter_failure")(is_a_failure)
        found = Found()
        for event in engine.from_schema(schema).execute():
            note(found, event)
    return found


def schema_of(app: Flask, base_url: str, examples: int, phases: Iterable[str]) -> schemathesis.BaseSchema:
    """Return the document as schemathesis reads it, with settings that make each run like the other."""
    config = schemathesis.Config.from_dict(
        {
            "seed": SEED,
            "base-url": base_url,
            "continue-on-failure": True,
            "generation": {"deterministic": True, "max-examples": examples, "database": "none", "no-shrink": True},
            "phases": {name: {"enabled": name in phases} for name in PHASES},
            # An old version is refused with 412, and so is one that never was.
            "checks": {"negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 412, 415, 422]}},
        }
    )
    return schemathesis.openapi.from_dict(json.loads(json.dumps(api_of(app).describe())), config=config)


def signing(prepare: Prepare) -> type:
    """Return a class that prepares each call: schemathesis makes the object itself."""

    class Signing:
        def get(self, _case: schemathesis.Case, _context: object) -> str:
            return "for this call alone"

        def set(self, case: schemathesis.Case, _data: str, _context: object) -> None:
            prepare(case)

    return Signing


def is_a_failure(_context: object, failure: object, case: schemathesis.Case, response: schemathesis.Response) -> bool:
    """Tell whether a refusal of data that fits the document really blames the data; any other failure is one."""
    if not isinstance(failure, RejectedPositiveData):
        return True
    problem = response.json()
    named = set(problem["errors"])
    untold = {place for label, place in NOT_IN_A_SCHEMA if label == case.operation.label} | {MADE_UP}
    sent = case.body if isinstance(case.body, dict) else {}
    untold |= {
        place for place, value in sent.items() if isinstance(value, float)
    }  # 4.0 is whole for JSON Schema alone.
    return problem["code"] in NOT_FITTING and not (named and named <= untold)


def note(found: Found, event: events.EngineEvent) -> None:
    """Take over what an event tells."""
    if isinstance(event, events.NonFatalError):
        found.problems.append(f"{event.label}: {event.info.title} {event.info.message}")
    if not isinstance(event, events.ScenarioFinished):
        return
    recorder = event.recorder
    for case_id, interaction in recorder.interactions.items():
        found.calls += 1
        case = recorder.cases[case_id].value
        if interaction.response is not None and case.method == case.operation.method.upper():
            found.statuses[case.operation.label].add(interaction.response.status_code)
    for case_id, nodes in recorder.checks.items():
        for node in nodes:
            found.checks.add(node.name)
            if node.failure_info is not None:
                label = recorder.cases[case_id].value.operation.label
                found.failed.add((label, node.name))
                found.problems.append(f"{label}: {node.failure_info.failure.message}\n{node.failure_info.code_sample}")


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a port of its own, without limits and all but without logs; gives its address."""
    limits = app.extensions.get("heartport.limits")

    def unlimited(environ: dict[str, object], start_response: Callable[..., object]) -> object:
        if limits:
            limits.reset()
        return app(environ, start_response)

    logs.configure("ERROR")
    server = make_server("127.0.0.1", 0, unlimited, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        logs.configure("INFO")


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_arguments: object) -> None:
        """Say nothing."""
