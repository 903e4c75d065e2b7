"""An appointment is handed to another counsellor at the terminal, so that somebody who is booked can leave."""

from flask import Flask

from heartport.booking.invariants import find_problems
from tests.booking.counselling.office import booked, office
from tests.conftest import Clock, Person


def test_an_appointment_is_handed_over_with_its_time(app: Flask, clock: Clock, employee: Person) -> None:
    lin, wang = office(app), office(app, "counsellor-wang")
    mine = booked(employee, lin)
    run = app.test_cli_runner().invoke
    refused = run(args=["booking", "deactivate", lin.id])
    assert refused.exit_code != 0
    assert refused.output.startswith(f"{mine['starts_at']}  counselling {mine['id']}\n")
    moved = run(args=["booking", "transfer", mine["id"], wang.id])
    assert moved.exit_code == 0, moved.output
    assert run(args=["booking", "transfer", mine["id"], wang.id]).exit_code == 0, "once more changes nothing"
    shown = employee.get(f"appointments/{mine['id']}").json
    assert (shown["counsellor"]["id"], shown["starts_at"], shown["state"]) == (wang.id, mine["starts_at"], "booked")
    assert shown["version"] == mine["version"] + 1
    assert wang.at_desk().get(f"appointments/{mine['id']}").status_code == 200
    assert lin.at_desk().get(f"appointments/{mine['id']}").status_code == 404
    assert run(args=["booking", "deactivate", lin.id]).exit_code == 0
    assert find_problems() == []


def test_a_counsellor_who_has_no_time_cannot_take_it_over(
    app: Flask, clock: Clock, employee: Person, stranger: Person
) -> None:
    lin, wang = office(app), office(app, "counsellor-wang")
    mine = booked(employee, lin)
    booked(stranger, wang)
    refused = app.test_cli_runner().invoke(args=["booking", "transfer", mine["id"], wang.id])
    assert refused.exit_code != 0
    assert employee.get(f"appointments/{mine['id']}").json["counsellor"]["id"] == lin.id
    assert find_problems() == []
