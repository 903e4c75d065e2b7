from datetime import timedelta

from heartport.booking.availability import read_openings, replace_openings
from heartport.booking.counselling.counsellors import list_counsellors
from heartport.booking.counselling.places import save_place
from heartport.booking.counselling.rules.places import missing_modes
from heartport.booking.meeting_places import read_place
from heartport.booking.resources import list_resources
from heartport.booking.rules.meeting_places import LONGEST_ADDRESS, LONGEST_DIRECTIONS, MeetingPlace, is_link
from heartport.booking.rules.openings import OpenDay
from heartport.booking.workshops.facilitators import list_facilitators, qualify
from heartport.booking.workshops.rules.matching import Request, find_matches
from heartport.catalogue.directory import current_catalogue
from heartport.demo.facilitators import minutes
from tests.conftest import Clock
from tests.demo.test_units import load


def test_in_the_demo_every_topic_has_somebody_who_may_lead_it(app, clock: Clock):
    load(app)
    catalogue, people = current_catalogue(), list_facilitators(0)
    for code in ("A01", "A03", "B05", "C02", "D03", "E05", "F02", "G01", "G03"):
        needed = dict.fromkeys(catalogue.find(code).qualifications, "")
        assert find_matches(Request([1], 6, None, needed), people, lambda *_: True, []), code
    assert {each.capacity for each in list_resources("room")} == {30, 120}


def test_a_second_start_keeps_what_was_changed_since(app, clock: Clock):
    load(app)
    person = list_facilitators(0)[0]
    replace_openings(person.id, [], [], None)
    replace_openings(person.id, read_openings(person.id).weekly, [], None)
    qualify(person.id, ["crisis"])
    clock.advance(hours=1)
    load(app)
    again = next(each for each in list_facilitators(0) if each.id == person.id)
    assert again.qualifications == {"crisis"}
    assert (len(list_resources("room")), len(list_resources("equipment"))) == (2, 2)
    assert timedelta(minutes=minutes("08:30")) == timedelta(hours=8.5)


def test_somebody_keeps_an_evening_for_whoever_wants_to_talk_this_week(app, clock: Clock):
    load(app)
    kept = [each for one in list_facilitators(0) for each in read_openings(one.id).weekly if each.reserved]
    assert [(each.day, each.starts, each.ends) for each in kept] == [(OpenDay.WED, minutes("18:30"), minutes("21:00"))]


def test_whoever_counsels_is_met_somewhere_and_keeps_what_they_said_since(app, clock: Clock):
    load(app)
    for each in list_counsellors():
        place = read_place(each.id)
        assert missing_modes(read_openings(each.id), place, clock.moment.date()) == []
        assert is_link(place.link or "")
        assert place.link.startswith("https://meet.example/")
        assert len(place.address) <= LONGEST_ADDRESS
        assert len(place.directions) <= LONGEST_DIRECTIONS
        save_place(each.id, MeetingPlace("别处", version=1))
    load(app)
    assert {read_place(each.id) for each in list_counsellors()} == {MeetingPlace("别处")}
