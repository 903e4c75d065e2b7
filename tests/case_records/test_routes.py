"""Over HTTP a case record is there for the counsellor of the appointment and the clinical lead, and for no one else."""

import pytest

from heartport.case_records import audit
from tests.conftest import Clock, Person
from tests.duty.teams import Team
from tests.members.residents import CONFIRM
from tests.sharing.appointments import change, hand_over, make_appointment

WRITING = {"version": 0, "risk": "watch", "risk_note": "睡得浅，没有危险想法", "handling": "谈了作息"}


@pytest.fixture
def appointment(employee: Person, anne: Person) -> str:
    """An appointment to which the employee has come."""
    return make_appointment(employee, anne.account_id, "checked_in", days=0)


def write(staff: Person, appointment: str, **other: object):
    return staff.put(f"appointments/{appointment}/case-record", {**WRITING, **other})


def read(staff: Person, appointment: str):
    return staff.get(f"appointments/{appointment}/case-record")


def test_the_counsellor_writes_it_and_the_clinical_lead_reads_it(anne: Person, team: Team, appointment: str) -> None:
    assert read(anne, appointment).json["code"] == "case_record_unknown"
    written = write(anne, appointment)
    assert written.status_code == 200
    assert written.json == {
        "appointment_id": appointment,
        "referral": "none",
        "referral_note": "",
        "closing": None,
        "closing_note": "",
        **WRITING,
        "version": 1,
        "written_by": "anne 的名字",
        "written_on": "2026-11-22",
        "kept_until": "2036-11-22",
    }
    assert read(anne, appointment).json == read(team.client("ben"), appointment).json == written.json
    assert sorted((event.act, event.actor) for event in audit.events_of(appointment)) == [
        ("read", "anne 的名字"),
        ("read", "ben 的名字"),
        ("write", "anne 的名字"),
    ]


def test_for_nobody_else_it_is_there(
    employee: Person,
    stranger: Person,
    anne: Person,
    team: Team,
    appointment: str,
) -> None:
    write(anne, appointment)
    assert [read(team.client(name), appointment).status_code for name in ("cleo", "dora")] == [403, 404]
    assert [write(team.client(name), appointment, version=1).status_code for name in ("ben", "cleo", "dora")] == [
        403,
        403,
        404,
    ]
    assert [read(person, appointment).status_code for person in (employee, stranger)] == [403, 403]
    assert read(anne, appointment).json["version"] == 1


def test_stale_wrong_and_closed_are_told_apart(anne: Person, appointment: str) -> None:
    write(anne, appointment)
    assert write(anne, appointment, handling="别的").json["code"] == "case_record_changed"
    refused = write(anne, appointment, version=1, risk="urgent", risk_note="", handling="x" * 301, referral="by bus")
    assert refused.status_code == 422
    assert set(refused.json["errors"]) == {"handling", "referral"}
    assert set(write(anne, appointment, version=1, risk_note=" ").json["errors"]) == {"risk_note"}
    assert write(anne, appointment, version=1, closing="completed").status_code == 200
    assert write(anne, appointment, version=2, closing="completed", handling="又补").json["code"] == (
        "case_record_closed"
    )
    assert write(anne, appointment, version="2").status_code == 422
    assert write(anne, appointment, version=2, secret=1).status_code == 422


@pytest.mark.parametrize(("state", "code"), [("booked", "not_met_yet"), ("cancelled", "appointment_unknown")])
def test_before_they_met_there_is_nothing_to_write(anne: Person, appointment: str, state: str, code: str) -> None:
    change(appointment, state=state)
    assert write(anne, appointment).json["code"] == code


def test_who_takes_a_case_over_reads_on_and_who_gave_it_does_not(anne: Person, team: Team, appointment: str) -> None:
    write(anne, appointment)
    hand_over(appointment, team, "dora")
    assert read(team.client("dora"), appointment).status_code == 200
    assert read(anne, appointment).status_code == 404


def test_an_erasure_leaves_it_says_so_and_until_when(
    employee: Person,
    anne: Person,
    appointment: str,
    clock: Clock,
) -> None:
    write(anne, appointment)
    held = employee.call("POST", "me/export").json
    assert held["case_records"] == [
        {"appointment": appointment, "written_on": "2026-11-22", "kept_until": "2036-11-22"}
    ]
    assert "睡得浅" not in str(held)
    (stays,) = [each for each in employee.post("me/erasure", CONFIRM).json["stays"] if "个案记录" in each["what"]]
    assert "第二十三条" in stays["why"]
    assert stays["until"] >= "2036-11-22"
    change(appointment, account_id=None)
    assert read(anne, appointment).json["risk_note"] == "睡得浅，没有危险想法"
