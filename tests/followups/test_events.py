"""What happened is noted under pseudonyms, is never changed, and after an erasure points at nobody."""

from flask import Flask
from sqlalchemy import text

from heartport.followups import calls
from heartport.followups.events import REGISTER, events_about, person_pseudonym, staff_pseudonym
from heartport.followups.rules.steps import CloseOutcome
from heartport.members.erasures import erase_everything
from heartport.stores import Store, engine_of
from heartport.vault.door import current_vault
from tests.conftest import Clock, Person
from tests.duty.teams import Team
from tests.followups.desk import asked, asking_person, event_rows
from tests.vault.dumps import dump, traces


def test_a_person_and_staff_have_pseudonyms_of_their_own_and_keep_them(
    app: Flask, person: Person, team: Team, clock: Clock
) -> None:
    anne, ids = team.caller("anne"), []
    for _ in range(2):
        ids.append(asked(person))
        calls.accept(anne, ids[-1], 1)
        calls.close(anne, ids[-1], 2, CloseOutcome.TALKED)
    other = asking_person(app, "openid-of-another-who-asks-02")
    ids.append(asked(other))
    own, staff = person_pseudonym(person.account_id), staff_pseudonym(anne.account_id)
    rows = [[(bytes(each.person), bytes(each.actor)) for each in event_rows(each)] for each in ids]
    assert rows[0] == rows[1] == [(own, own), (own, staff), (own, staff)]
    assert rows[2] == [(person_pseudonym(other.account_id),) * 2]
    assert len({own, staff, person_pseudonym(other.account_id)}) == 3


def test_the_events_hold_no_id_of_an_account_nor_of_staff(person: Person, team: Team) -> None:
    follow_up_id, anne = asked(person), team.caller("anne")
    calls.accept(anne, follow_up_id, 1)
    cells = [cell for cell in dump(Store.MAIN) if "follow_up_events" in cell.place]
    assert cells
    secrets = {"account id": [person.account_id], "staff id": [anne.account_id]}
    assert traces(secrets, {cell.place: cell.content for cell in cells}) == set()


def test_after_an_erasure_nothing_leads_from_the_events_to_the_person(person: Person, team: Team) -> None:
    follow_up_id = asked(person)
    own = person_pseudonym(person.account_id)
    link = current_vault().link_of(person.account_id)
    erase_everything(person.account_id)
    assert {bytes(each.person) for each in event_rows(follow_up_id)} == {own}
    # Under the deployment's own keys, which are still there, no name of the account gives the pseudonym.
    guesses = {current_vault().fingerprint(REGISTER, name) for name in (person.account_id.encode(), link)}
    assert own not in guesses
    assert own not in {cell.content for cell in dump(Store.MAIN) if "follow_up_events" not in cell.place}


def test_control_a_pseudonym_under_the_deployments_key_would_be_found(person: Person) -> None:
    """Staff are named that way: whoever holds the keys can tell who it was, which is what a register of duty is for."""
    assert staff_pseudonym("some-id") == current_vault().fingerprint(REGISTER, b"some-id")


def test_no_step_changes_an_earlier_event(person: Person, team: Team, clock: Clock) -> None:
    follow_up_id, anne = asked(person), team.client("anne")
    seen: list[tuple] = []
    for number, (name, body) in enumerate(
        [
            ("accept", {}),
            ("attempt", {"outcome": "no_answer"}),
            ("release", {}),
            ("accept", {}),
            ("close", {"outcome": "talked"}),
        ]
    ):
        clock.advance(minutes=1)
        body["version"] = number + 1
        assert anne.post(f"follow-ups/{follow_up_id}/{name}", body).status_code == 200
        with engine_of(Store.MAIN).connect() as connection:
            rows = connection.execute(text("SELECT * FROM follow_up_events ORDER BY number")).all()
        assert [tuple(row) for row in rows[: len(seen)]] == seen
        seen = [tuple(row) for row in rows]
    assert [row.number for row in event_rows(follow_up_id)] == [1, 2, 3, 4, 5, 6]


def test_events_about_a_person_are_theirs_alone_in_their_order(app: Flask, person: Person, clock: Clock) -> None:
    asked(asking_person(app, "openid-of-another-who-asks-02"))
    follow_up_id = asked(person)
    clock.advance(minutes=1)
    person.post(f"follow-ups/{follow_up_id}/withdraw", {"version": 1})
    assert [(each.follow_up_id, each.number) for each in events_about(person.account_id)] == [
        (follow_up_id, 1),
        (follow_up_id, 2),
    ]
