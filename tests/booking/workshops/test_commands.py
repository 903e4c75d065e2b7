"""At a terminal: who may lead what, how many a unit may have, and giving what somebody leads to somebody else."""

from click.testing import Result

from heartport.booking.resources import deactivate
from heartport.booking.workshops.facilitators import list_facilitators
from tests.booking.workshops.desk import Desk, at, confirmed, ledger_of, proposed, row_of, sound


def run(desk: Desk, *arguments: str) -> Result:
    return desk.app.test_cli_runner().invoke(args=["workshops", *arguments])


def test_what_somebody_leads_goes_to_another_as_far_as_they_may_and_are_free(desk: Desk) -> None:
    desk.facilitator("ben")
    given, taken, held = confirmed(desk), confirmed(desk, at(1)), proposed(desk, at(2))
    also = confirmed(desk, at(1), facilitator="ben", who="other")
    result = run(desk, "transfer", "anne", "ben")
    assert result.exit_code == 1
    assert {line.split("  ")[0]: line.split("  ")[1][:5] for line in result.output.splitlines()} == {
        given: "given",
        taken: "stays",
        held: "was o",
    }
    assert [row_of(each).state for each in (given, taken, held, also)] == [
        "confirmed",
        "confirmed",
        "submitted",
        "confirmed",
    ]
    led = desk.client("ben").get(f"workshops/{given}").json
    assert led["booked"]["facilitator"]["id"] == desk.people["ben"]
    assert led["history"][-1]["act"] == "replace"
    assert desk.client("anne").get(f"workshops/{given}").status_code == 404
    assert sound()


def test_whoever_lacks_a_qualification_gets_nothing_and_who_has_none_left_can_go(desk: Desk) -> None:
    desk.facilitator("ben", held=("crisis",))
    workshop_id = confirmed(desk)
    assert "lacks a qualification" in run(desk, "transfer", "anne", "ben").output
    assert run(desk, "qualify", "ben", "work_stress", "group_work").exit_code == 0
    assert run(desk, "transfer", "anne", "ben").exit_code == 0
    deactivate(desk.people["anne"])
    assert ledger_of(workshop_id) == [(2026, -1)]
    assert sound()


def test_qualifications_are_those_of_the_catalogue(desk: Desk) -> None:
    assert "qualification_unknown" in run(desk, "qualify", "anne", "magic").output
    assert run(desk, "qualify", "anne").output == "anne: leads nothing\n"
    assert list_facilitators(0) == []
    assert "resource_unknown" in run(desk, "qualify", "coordinator", "crisis").output
    assert run(desk, "facilitators").output == ""


def test_a_unit_is_entitled_to_so_many_and_not_to_fewer_than_it_had(desk: Desk) -> None:
    assert run(desk, "entitle", "welding", "2026", "6").output == "2026: 6 allowed, 0 used\n"
    confirmed(desk)
    assert "entitlement_below_use" in run(desk, "entitle", "yard", "2026", "0").output
    assert run(desk, "entitle", "yard", "2026", "1").output == "2026: 1 allowed, 1 used\n"
    assert run(desk, "entitle", "yard", "2026", "51").exit_code == 2
