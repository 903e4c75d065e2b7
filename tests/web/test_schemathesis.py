"""Over the whole document, data that fits it and data that does not: the service answers as the document says.

The negative control comes last: a service whose routes break their word, each in its own way, and each is found.
"""

import secrets
from dataclasses import dataclass

import pytest
import schemathesis
from flask import Flask

from heartport import clock
from heartport.callers import EMPLOYEE, STAFF_ROLES, UNIT_HEAD
from heartport.errors import NotSignedIn
from heartport.members import open_sessions, sessions
from heartport.staff import sessions as staff_sessions
from heartport.stores import Store, engine_of, write_transaction
from heartport.units import invites
from heartport.units.routes import EXAMPLE as INVITE
from heartport.web import access
from tests.conftest import Person, ready_person, signed_in
from tests.contract import api_of
from tests.emulator import Emulator
from tests.fuzzing import PHASES, fuzz
from tests.killing import FULL
from tests.library.shelves import load_shipped
from tests.staff.doors import PASSWORD, Staff, make_staff
from tests.units.trees import make_tree
from tests.web.crooked import BROKEN_WORDS, ROLES, crooked_app

EXAMPLES = 60 if FULL else 4
QUICK = ("examples", "fuzzing")
"""On PostgreSQL, and for staff: what depends on the database or on who calls needs no more."""
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
    "allow_header_conformance",
    "ignored_auth",
    "object_level_authorization",
    "use_after_free",
    "ensure_resource_availability",
}
FOR_ADULTS = (
    "/api/v1/scales",
    "/api/v1/me/results",
    "/api/v1/me/trends",
    "/api/v1/me/notes",
    "/api/v1/reflections",
)
OUT_OF_REACH: dict[str, str] = {
    "POST /api/v1/recommendations/{recommendation_id}/feedback": "tests/recommendations/test_routes.py",
    "POST /api/v1/me/results/{result_id}/share": "tests/sharing/test_routes.py: it needs an appointment",
    "DELETE /api/v1/me/results/{result_id}/share/{appointment_id}": "tests/sharing/test_routes.py",
    "GET /api/v1/media/{signature}/{name}": "tests/library/test_media.py: nobody can make an address up",
    "POST /api/v1/follow-ups": "tests/followups/test_requests.py: it needs a roster",
    "POST /api/v1/follow-ups/{follow_up_id}/withdraw": "tests/followups/test_requests.py",
    "POST /api/v1/me/messages/{message_id}/read": "tests/messages/test_inbox.py: nobody was told anything",
    "POST /api/v1/lectures/{lecture_id}/registration": "tests/booking/lectures/test_registrations.py: without one",
    "DELETE /api/v1/lectures/{lecture_id}/registration": "tests/booking/lectures/test_registrations.py",
    "POST /api/v1/lectures/{lecture_id}/check-in": "tests/booking/lectures/test_check_ins.py",
    "GET /api/v1/lectures/{lecture_id}/feedback-token": "tests/booking/lectures/test_check_ins.py",
    "POST /api/v1/feedback": "tests/booking/lectures/test_check_ins.py: it needs a token",
    "GET /api/v1/counsellors/{counsellor_id}/slots": "tests/booking/counselling/test_routes.py: it needs a counsellor",
    "POST /api/v1/counsellors/{counsellor_id}/waiting-list": "tests/booking/counselling/test_line.py",
    "DELETE /api/v1/counsellors/{counsellor_id}/waiting-list": "tests/booking/counselling/test_line.py",
    "POST /api/v1/appointments": "tests/booking/counselling/test_routes.py",
    "POST /api/v1/appointments/{appointment_id}/confirm": "tests/booking/counselling/test_routes.py",
    "POST /api/v1/appointments/{appointment_id}/reschedule": "tests/booking/counselling/test_routes.py",
    "GET /api/v1/calendar/feed/{secret}.ics": "tests/booking/counselling/test_routes.py: nobody can make one up",
    "POST /api/v1/offers/{offer_id}/accept": "tests/booking/lectures/test_registrations.py: it needs an offer",
    "POST /api/v1/offers/{offer_id}/decline": "tests/booking/lectures/test_registrations.py",
}
"""Operations that no made-up call can bring to succeed, each with the test that shows its success instead."""
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
                if "{note_id}" in case.operation.path:
                    case.path_parameters["note_id"] = self.new_note()

    def token_for(self, case: schemathesis.Case) -> str:
        """Sign in again whoever a call signed out; whom a call erases is somebody new."""
        if case.operation.label == ENDS_THE_ACCOUNT:
            return signed_in(self.app, f"openid-{secrets.token_hex(12)}").token
        person = self.taker if case.operation.path.startswith(FOR_ADULTS) else self.other
        if case.operation.label == ENDS_THE_SESSION or not is_live(person.token):
            person.token = sessions.open_session(person.account_id).token
        return person.token

    def new_note(self) -> str:
        """Return a note that is there: no answer of the document leads to one by its name."""
        note = {"version": "1.0.0", "answers": {}, "keep": True, "attempt_id": secrets.token_hex(8)}
        return self.taker.post("reflections/sleep", note).json["kept"]

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
    """With results to find, an invite to use, and a library to read."""
    load_shipped()
    invites.make_invite(make_tree()["welding"], 1000, 30, INVITE)
    taker = ready_person(app, "openid-of-a-taker-000000000001")
    for number in range(2):
        body = {"version": "1.0.0", "attempt_id": f"attempt-{number}", "answers": {f"q{n}": 1 for n in range(1, 10)}}
        assert taker.post("scales/phq9/submissions", body).status_code == 201
    return Employees(app, emulator, make_staff(app), taker, ready_person(app, "openid-of-another-00000000002"))


def test_the_document_holds_for_employees(app: Flask, employees: Employees) -> None:
    phases = PHASES if FULL or engine_of(Store.MAIN).dialect.name == "sqlite" else QUICK
    found = fuzz(app, employees.prepare, examples=EXAMPLES, phases=phases)
    assert not found.problems, [each[:200] for each in found.problems]
    roles = roles_by_operation(app)
    assert set(found.statuses) == set(roles)
    theirs = {each for each, needed in roles.items() if needed <= {EMPLOYEE}}
    assert found.without_success() & theirs == set(OUT_OF_REACH)
    if phases == PHASES:
        assert found.checks >= ALL_CHECKS


def test_the_document_holds_for_staff_and_lets_them_do_nothing_that_is_an_employees(app: Flask) -> None:
    staff = make_staff(app, "alice", *((role, None) for role in STAFF_ROLES if role != UNIT_HEAD)).signed_in()

    def prepare(case: schemathesis.Case) -> None:
        with app.app_context():
            if not is_live(staff.token):
                staff.token = write_transaction(Store.MAIN, open_again).token
        case.headers["Authorization"] = f"Bearer {staff.token}"

    def open_again(session: object) -> object:
        return staff_sessions.open_session(session, staff.account_id, clock.now())

    found = fuzz(app, prepare, examples=EXAMPLES // 2, phases=QUICK)
    assert not found.problems, found
    employees_own = {each for each, roles in roles_by_operation(app).items() if roles == {EMPLOYEE}}
    assert employees_own
    assert employees_own & set(found.statuses) <= found.without_success()


def roles_by_operation(app: Flask) -> dict[str, set[str]]:
    return {
        f"{method.upper()} {path}": {role for needed in operation["security"] for role in needed["bearer"]}
        for path, operations in api_of(app).describe()["paths"].items()
        for method, operation in operations.items()
    }


@pytest.fixture
def crooked(monkeypatch: pytest.MonkeyPatch) -> Flask:
    for blueprint, role in ROLES.items():
        monkeypatch.setitem(access.ROLE_OF_BLUEPRINT, blueprint, role)
    return crooked_app()


def test_every_broken_word_is_found(crooked: Flask) -> None:
    """The negative control of the tests above."""
    found = fuzz(crooked, lambda case: case.headers.update(Authorization="Bearer of-nobody"), examples=6)
    assert found.failed >= BROKEN_WORDS
