"""Over the whole document, data that fits it and data that does not: the service answers as the document says.

The negative control comes last: routes that break the document in ways of their own, each found by its check.
"""

import secrets
from dataclasses import dataclass

import pytest
import schemathesis
from flask import Flask

from heartport.errors import NotSignedIn
from heartport.members import open_sessions, sessions
from heartport.stores import Store, engine_of
from tests.conftest import Person, ready_person, signed_in
from tests.emulator import Emulator
from tests.fuzzing import PHASES, fuzz
from tests.killing import FULL
from tests.staff.doors import PASSWORD, Staff, make_staff

EXAMPLES = 60 if FULL else 4
"""How many random cases of fitting and of other data each operation gets."""
ALL_CHECKS = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
    "use_after_free",
    "ensure_resource_availability",
    "allow_header_conformance",
}
SCALES_AND_RESULTS = ("/api/v1/scales", "/api/v1/me/results")
ENDS_THE_ACCOUNT = "POST /api/v1/me/erasure"
ENDS_THE_SESSION = "DELETE /api/v1/auth/session"


@dataclass
class Employees:
    """One person who takes scales and another for all else, since one's own page can stop somebody taking scales."""

    app: Flask
    emulator: Emulator
    staff: Staff
    taker: Person
    other: Person

    def prepare(self, case: schemathesis.Case) -> None:
        """Sign a case, and where it is a sign-in that should fit, let it be a real one."""
        with self.app.app_context():
            case.headers["Authorization"] = f"Bearer {self.token_for(case)}"
            if case.meta is not None and case.meta.generation.mode.is_positive:
                case.body = self.credentials_for(case) or case.body

    def token_for(self, case: schemathesis.Case) -> str:
        """Sign in again whoever a call signed out; whom a call erases is somebody new."""
        if case.operation.label == ENDS_THE_ACCOUNT:
            return signed_in(self.app, f"openid-{secrets.token_hex(12)}").token
        person = self.taker if case.operation.path.startswith(SCALES_AND_RESULTS) else self.other
        if case.operation.label == ENDS_THE_SESSION or not is_live(person.token):
            person.token = sessions.open_session(person.account_id).token
        return person.token

    def credentials_for(self, case: schemathesis.Case) -> dict[str, str] | None:
        """Return what lets somebody in, or None where nobody asks for it."""
        if case.operation.label == "POST /api/v1/auth/wechat":
            return {"code": self.emulator.login_code()}
        if case.operation.label == "POST /api/v1/auth/staff":
            return {"username": self.staff.username, "password": PASSWORD, "otp": self.staff.code()}
        return None


def is_live(token: str) -> bool:
    try:
        open_sessions.identify(token)
    except NotSignedIn:
        return False
    return True


@pytest.fixture
def employees(app: Flask, emulator: Emulator) -> Employees:
    taker = ready_person(app, "openid-of-a-taker-000000000001")
    for number in range(2):
        body = {"version": "1.0.0", "attempt_id": f"attempt-{number}", "answers": {f"q{n}": 1 for n in range(1, 10)}}
        assert taker.post("scales/phq9/submissions", body).status_code == 201
    return Employees(app, emulator, make_staff(app), taker, ready_person(app, "openid-of-another-00000000002"))


def test_the_document_holds_for_an_employee(app: Flask, employees: Employees) -> None:
    phases = PHASES if FULL or engine_of(Store.MAIN).dialect.name == "sqlite" else ("examples", "fuzzing")
    found = fuzz(app, employees.prepare, examples=EXAMPLES, phases=phases)
    print("\n".join(found.problems))
    assert found.problems == []
    assert found.without_success() == set()
    if phases == PHASES:
        assert found.checks >= ALL_CHECKS
