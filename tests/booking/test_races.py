"""Many clients at the same moment: nobody and nothing is booked twice, on both databases.

Each race is run with a control that looks first and writes afterwards, and that has to fail. `make proof` makes more
than 2,000 attempts of each.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import combinations

import pytest
from flask import Flask

from heartport import clock as service_clock
from heartport.booking.audit import person_actor
from heartport.booking.counselling.appointments import Asked, cancel_appointment, hold_time
from heartport.booking.invariants import find_problems
from heartport.booking.lectures import planning
from heartport.booking.occupancy import Booking, HoldExpired, SlotTaken, claim, confirm
from heartport.booking.rules.grid import Span
from heartport.booking.workshops import proposals
from heartport.booking.workshops.proposals import Chosen
from heartport.callers import EMPLOYEE, Caller
from heartport.columns import new_public_id
from heartport.web.access import CALLER
from heartport.web.idempotency import create_once
from tests.booking.counselling.office import row_of as appointment_row
from tests.booking.desk import NINE, booking, claimed, done, moment, room, rows, wanted
from tests.booking.hopeful import claim_hopefully, confirm_hopefully, create_hopefully, hope
from tests.booking.lectures.hall import accounts_of, actor, drafted
from tests.booking.races import DONE, TwoClocks, race
from tests.booking.workshops.desk import TUESDAY, Desk, asked, make_desk
from tests.booking.workshops.desk import row_of as workshop_row
from tests.conftest import Clock, Person
from tests.killing import FULL
from tests.threads import at_once

CLIENTS = 48
ROUNDS = 42 if FULL else 2
"""2,016 attempts in full, as many as the design was measured with."""
THIRD = CLIENTS // 3 if FULL else 4
CONTROL_ROUNDS = 2
LIMIT = moment("2026-11-23 08:00")


@pytest.fixture(autouse=True)
def _hope(app: Flask) -> Iterator[None]:
    with hope():
        yield


def spans_of(won: Sequence[Span | None]) -> list[tuple[Span, Span]]:
    """Return the pairs among those who were told that they have their time which overlap."""
    return [(one, other) for one, other in combinations(filter(None, won), 2) if one.meets(other)]


def shifted(number: int) -> Span:
    """Return an hour that overlaps all those of the others and is not the same as most of them."""
    return Span(NINE.start + number % 4, NINE.end + number % 4)


def overlapping_claims(app: Flask, attempt: Callable[[str, Span], bool]) -> list[tuple[Span, Span]]:
    """Let all want hours of one counsellor that overlap; return the double bookings."""
    one = room()

    def try_it(number: int) -> Span | None:
        return shifted(number) if attempt(one, shifted(number)) else None

    won = at_once(app, try_it, CLIENTS)
    assert any(won), "somebody has to have it"
    return spans_of(won)


def claims(*parts, kind: str = "test") -> bool:
    try:
        claimed(*parts, of=booking(kind))
    except SlotTaken:
        return False
    return True


def test_of_overlapping_hours_no_two_are_booked(app: Flask) -> None:
    for _ in range(ROUNDS):
        assert overlapping_claims(app, lambda one, span: claims(wanted(one, span))) == []
    assert find_problems() == []


def test_control_who_looks_first_books_overlapping_hours(app: Flask) -> None:
    assert any(
        overlapping_claims(app, lambda one, span: claim_hopefully("test", one, span)) for _ in range(CONTROL_ROUNDS)
    )


def as_lecturer_and_counsellor(app: Flask, attempt: Callable[[int, str, str], bool]) -> int:
    """Let one person be wanted for lectures in one room and for counselling in another; return how many have them."""
    person, hall, cabin = room("人"), room("教室"), room("咨询室")
    return sum(at_once(app, lambda number: attempt(number, person, (hall, cabin)[number % 2]), CLIENTS))


def claims_both(number: int, person: str, place: str) -> bool:
    """Name person and room in the one order or the other: only the locks' own order keeps them from a deadlock."""
    parts = [wanted(person, shifted(number)), wanted(place, shifted(number))]
    return claims(*parts[:: 1 if number % 4 < 2 else -1], kind=("lecture", "counselling")[number % 2])


def test_one_person_is_lecturer_or_counsellor_and_not_both(app: Flask) -> None:
    for _ in range(ROUNDS):
        assert as_lecturer_and_counsellor(app, claims_both) == 1
    assert len(rows()) == 2 * ROUNDS


@dataclass(frozen=True)
class Wanting:
    """Those who want one member of the staff for one afternoon, each for a kind of booking of its own."""

    desk: Desk
    anne: str
    workshops: Sequence[str]
    people: Sequence[str]

    def for_a_lecture(self) -> object:
        return drafted(lecturer_id=self.anne, starts_at=TUESDAY)

    def for_a_workshop(self, number: int, version: int) -> object:
        chosen = Chosen(TUESDAY, self.anne, spoken=True)
        return proposals.propose(self.desk.caller("coordinator"), self.workshops[number], version, chosen)

    def for_an_hour(self, number: int) -> object:
        account_id, wish = self.people[number], Asked(self.anne, TUESDAY + timedelta(minutes=15), "in_person")
        return done(lambda session: hold_time(session, account_id, person_actor(account_id), wish))

    def give_back(self, kind: str, booking_id: str) -> None:
        if kind == "lecture":
            planning.cancel_lecture(actor(), booking_id, None)
        elif kind == "workshop":
            proposals.decline(self.desk.caller("head"), booking_id, workshop_row(booking_id).version)
        else:
            cancel_appointment(str(appointment_row(booking_id).account_id), booking_id, 1)


@pytest.fixture
def wanting(app: Flask, clock: Clock) -> Wanting:
    desk = make_desk(app)
    return Wanting(desk, desk.people["anne"], [asked(desk) for _ in range(THIRD)], accounts_of(THIRD))


def test_one_person_lectures_leads_a_workshop_or_counsels_and_not_two_of_these(app: Flask, wanting: Wanting) -> None:
    """By the use cases themselves: a lecture is drafted, a workshop proposed, an hour held."""
    for _ in range(ROUNDS):
        versions = [workshop_row(each).version for each in wanting.workshops]
        lecturing = [wanting.for_a_lecture] * THIRD
        leading = [partial(wanting.for_a_workshop, number, versions[number]) for number in range(THIRD)]
        counselling = [partial(wanting.for_an_hour, number) for number in range(THIRD)]
        came = race(app, lecturing + leading + counselling, within_seconds=0.05)
        assert Counter(came) == {DONE: 1, SlotTaken.code: 3 * THIRD - 1}
        (taken,) = rows()
        wanting.give_back(taken.kind, taken.booking_id)
    assert find_problems() == []


def test_control_kinds_that_look_at_their_own_bookings_alone_share_a_person(app: Flask) -> None:
    def separately(number: int, person: str, _place: str) -> bool:
        kind = ("lecture", "counselling", "workshop")[number % 3]
        return claim_hopefully(kind, person, shifted(number), any_kind=False)

    assert as_lecturer_and_counsellor(app, separately) > 1


def at_the_limit(app: Flask, confirms: Callable[[str], bool]) -> tuple[int, int]:
    """Let the owner of a hold confirm it while others take it for expired; return how many owners and others won."""
    app.extensions["heartport.clock"] = clock = TwoClocks(LIMIT)
    one = room()
    mine = claimed(wanted(one), held_until=LIMIT)

    def try_it(number: int) -> tuple[bool, bool]:
        if number % 2:
            clock.is_late()
            return False, claims(wanted(one, shifted(number)))
        return confirms(mine), False

    won = at_once(app, try_it, CLIENTS)
    return sum(owner for owner, _ in won), sum(other for _, other in won)


def confirms(booking_id: str) -> bool:
    try:
        done(lambda session: confirm(session, booking_id))
    except HoldExpired:
        return False
    return True


def test_an_expired_hold_is_confirmed_by_its_owner_or_claimed_by_another(app: Flask) -> None:
    for _ in range(ROUNDS):
        assert sum(at_the_limit(app, confirms)) == 1
    assert {row.expires_at for row in rows()} == {None}


def test_control_an_owner_who_looks_first_confirms_what_another_has(app: Flask) -> None:
    outcomes = []
    for _ in range(20):
        owners, others = at_the_limit(app, confirm_hopefully)
        outcomes.append(bool(owners) and bool(others))
        if any(outcomes):
            return
    pytest.fail("the owner never lost the race")


def with_one_key(app: Flask, create: Callable[[int], str]) -> int:
    """Send one creating request many times at once; return how many things came of it by what was answered."""
    return len(set(at_once(app, create, CLIENTS)))


def test_one_idempotency_key_books_once(app: Flask, employee: Person) -> None:
    caller = Caller(employee.account_id, b"", frozenset({EMPLOYEE}), {})
    for turn in range(ROUNDS):
        one, before = room(), len(rows())

        def create(number: int, turn: int = turn, one: str = one) -> str:
            # Each would take a time of its own: only the key keeps them from booking 48 times.
            span = Span(NINE.start + 4 * number, NINE.end + 4 * number)
            headers = {"Idempotency-Key": f"one-key-of-turn-{turn:04}"}
            asked = {"method": "POST", "data": b"{}", "headers": headers, "environ_overrides": {CALLER: caller}}
            with app.test_request_context("/api/v1/things", **asked):
                return create_once(lambda session: _book(session, one, span))[0]

        assert with_one_key(app, create) == 1
        assert len(rows()) == before + 1


def _book(session, one: str, span: Span) -> str:
    made = Booking("test", new_public_id())
    claim(session, made, [wanted(one, span)], service_clock.now() + timedelta(minutes=10))
    return made.id


def test_control_a_key_that_is_looked_for_first_creates_several_times(app: Flask) -> None:
    assert with_one_key(app, lambda _number: create_hopefully("one-key")) > 1
