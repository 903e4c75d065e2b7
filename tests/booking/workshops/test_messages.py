"""What is said of a workshop goes when it is not true any more, and who does not lead it any more is told."""

from heartport.booking.workshops import proposals, requests
from heartport.booking.workshops.proposals import Chosen
from tests.booking.workshops.desk import Desk, asked, at, confirmed, proposed, step


def told(desk: Desk, username: str) -> list[str]:
    return sorted(each["kind"] for each in desk.client(username).get("me/messages").json["items"])


def test_a_proposal_asks_until_it_is_answered(desk: Desk) -> None:
    workshop_id = proposed(desk)
    assert told(desk, "head") == ["proposed"]
    assert step(desk.client("head"), workshop_id, "decline", 3).status_code == 200
    assert told(desk, "head") == []
    assert told(desk, "second") == ["to_decide"]
    other = proposed(desk, at(1))
    proposals.confirm(desk.caller("head"), other, 3)
    assert told(desk, "head") == []


def test_it_is_the_coordinators_turn_until_one_of_them_takes_it(desk: Desk) -> None:
    first = asked(desk)
    assert told(desk, "second") == ["to_decide"]
    proposals.propose(desk.caller("coordinator"), first, 2, Chosen(at(), desk.people["anne"]))
    assert told(desk, "second") == []
    second = asked(desk, at(1))
    assert told(desk, "second") == ["to_decide"]
    requests.withdraw(desk.caller("head"), second, 2)
    assert told(desk, "second") == []
    third = asked(desk, at(2))
    assert step(desk.client("coordinator"), third, "reject", 2, reason="人手不足").status_code == 200
    assert told(desk, "second") == []
    assert told(desk, "head") == ["proposed", "rejected"]


def test_what_is_cancelled_is_not_announced_any_more(desk: Desk) -> None:
    workshop_id = confirmed(desk)
    assert told(desk, "anne") == ["assigned"]
    assert step(desk.client("head"), workshop_id, "cancel", 4).status_code == 200
    assert told(desk, "anne") == ["cancelled"]


def test_whoever_leads_it_no_more_is_told(desk: Desk) -> None:
    desk.facilitator("ben")
    workshop_id = confirmed(desk)
    requests.reschedule(desk.caller("head"), workshop_id, 4, [at(1)])
    proposals.propose(desk.caller("coordinator"), workshop_id, 5, Chosen(at(1), desk.people["ben"]))
    assert told(desk, "ben") == []
    proposals.confirm(desk.caller("head"), workshop_id, 6)
    assert (told(desk, "anne"), told(desk, "ben")) == (["handed_over"], ["assigned"])
    run = desk.app.test_cli_runner().invoke
    assert run(args=["workshops", "transfer", "ben", "anne"]).exit_code == 0
    assert (told(desk, "anne"), told(desk, "ben")) == (["assigned", "handed_over"], ["handed_over"])
