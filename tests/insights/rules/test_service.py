"""Service figures: what is shown by district, and no sum that fewer than the floor may stand behind."""

from dataclasses import replace

import pytest

from heartport.insights.rules import service
from heartport.insights.rules.blocks import Node, Tree
from heartport.insights.rules.service import (
    Held,
    Hour,
    Kind,
    Shown,
    booking_figures,
    district_of,
    districts_within,
    openings_by_month,
    people_by_district,
)

HELD = [
    Held(Kind.LECTURE, "灯塔区", 20, 12),
    Held(Kind.LECTURE, "灯塔区", 4, 3),
    Held(Kind.LECTURE, "渔港区", 11, 9),
    Held(Kind.WORKSHOP, "渔港区", 30, 25),
    Held(Kind.LECTURE, "其他", 60, 40),
]


def hours(people: int, came: int = 0, district: str = "灯塔区", each: int = 1) -> list[Hour]:
    """Give the appointments of so many people, so many of whom came."""
    return [Hour(district, f"{n}", n < came) for n in range(people) for _ in range(each)]


def of(shown: Shown, district: str) -> dict[str, int]:
    return {measure.value: figure for (where, measure), figure in shown.items() if where == district}


def test_what_took_place_is_shown_by_district_and_what_is_hidden_is_not_there() -> None:
    shown = booking_figures(HELD, hours(14, 13), 10)
    told = {"lectures": 2, "registered": 24, "attended": 15, "appointments": 14, "appointments_attended": 13}
    assert of(shown, "灯塔区") == told
    assert of(shown, "渔港区") == {"lectures": 1, "registered": 11, "workshops": 1, "workshop_attended": 25}
    assert of(shown, "其他") == {"lectures": 1, "registered": 60, "attended": 40}


def test_many_small_ones_are_not_taken_for_many_people() -> None:
    """The same nine may have come each time."""
    shown = booking_figures([Held(Kind.LECTURE, "灯塔区", 9, 9)] * 5, [], 10)
    assert of(shown, "灯塔区") == {"lectures": 5}


def test_control_a_sum_above_the_floor_alone_would_have_told_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_people", lambda counts, floor: sum(counts) if sum(counts) >= floor else None)
    shown = booking_figures([Held(Kind.LECTURE, "灯塔区", 9, 9)] * 5, [], 10)
    assert of(shown, "灯塔区")["attended"] == 45


@pytest.mark.parametrize(
    ("people", "came", "each", "told"),
    [
        (10, 10, 1, {"appointments": 10, "appointments_attended": 10}),
        (10, 9, 1, {"appointments": 10}),
        (9, 9, 3, {}),
        (12, 10, 2, {"appointments": 24, "appointments_attended": 20}),
    ],
)
def test_appointments_are_told_where_enough_different_people_had_them(
    people: int, came: int, each: int, told: dict[str, int]
) -> None:
    assert of(booking_figures([], hours(people, came, each=each), 10), "灯塔区") == told


def test_a_district_of_which_everything_is_hidden_is_not_named() -> None:
    """That a few people saw a counsellor there would be told by its name alone."""
    assert booking_figures([], hours(9, 9), 10) == {}


def test_all_who_were_erased_are_taken_for_one_person() -> None:
    """Nine are known; the other five hours may have been one more person's."""
    gone = [replace(each, account_id=None) for each in hours(5, 5)]
    assert booking_figures([], [*hours(8, 8), *gone], 10) == {}
    assert of(booking_figures([], [*hours(9, 9), *gone], 10), "灯塔区")["appointments"] == 14


def found_by_subtraction(shown: Shown) -> list[tuple[str, int]]:
    """Return what a reader learns of one hidden figure, where another one is the sum of them all."""
    found = []
    districts = {"灯塔区", "渔港区", "其他"}
    for (where, measure), total in shown.items():
        hidden = {each for each in districts if (each, measure) not in shown}
        if where == "全市" and len(hidden) == 1:
            found.append((measure.value, total - sum(shown.get((each, measure), 0) for each in districts)))
    return found


def test_no_figure_is_the_sum_of_others_so_nothing_hidden_is_found_by_subtraction() -> None:
    shown = booking_figures(HELD, [*hours(14, 14), *hours(4, 4, "渔港区"), *hours(11, 11, "其他")], 10)
    assert {district for district, _ in shown} == {"灯塔区", "渔港区", "其他"}
    assert found_by_subtraction(shown) == []


def test_control_a_row_of_the_whole_city_gives_the_hidden_ones_away() -> None:
    met = [*hours(14, 14), *hours(4, 4, "渔港区"), *hours(11, 11, "其他")]
    whole = booking_figures(
        [replace(each, district="全市") for each in HELD], [replace(each, district="全市") for each in met], 10
    )
    shown = booking_figures(HELD, met, 10) | whole
    assert found_by_subtraction(shown) == [("attended", 9), ("appointments", 4), ("appointments_attended", 4)]


def test_nothing_held_nothing_told() -> None:
    assert booking_figures([], [], 10) == {}


TREE = Tree(
    {
        node.id: node
        for node in (
            Node("c", None, "city", "云岬市"),
            Node("d", "c", "district", "灯塔区"),
            Node("i", "c", "industry", "海员行业"),
            Node("e", "d", "enterprise", "远帆造船厂"),
            Node("p", "e", "department", "焊接车间"),
        )
    }
)


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ({None}, None),
        ({None, "e"}, None),
        ({"c"}, {"灯塔区", "海员行业"}),
        ({"d"}, {"灯塔区"}),
        ({"e", "p"}, set()),
        ({"i", "e"}, {"海员行业"}),
        (set(), set()),
        ({"gone"}, set()),
    ],
)
def test_a_remit_reaches_the_districts_that_lie_wholly_within_it(
    scope: set[str | None], names: set[str] | None
) -> None:
    assert districts_within(TREE, scope) == names


def test_a_unit_lies_in_its_district() -> None:
    assert [district_of(TREE, each) for each in ("p", "e", "d", "i", "c")] == [
        "灯塔区",
        "灯塔区",
        "灯塔区",
        "海员行业",
        "其他",
    ]


def test_of_the_library_what_is_published_is_added_up_and_no_more() -> None:
    assert openings_by_month({"2026-10": [20, None, 15], "2026-09": [None]}) == {"2026-10": 35}


def test_people_are_counted_in_the_district_of_their_unit_and_elsewhere_without_one() -> None:
    people = {"p": 3, "e": 2, "i": 7, "c": 1, None: 4}
    assert people_by_district(TREE, people) == {"灯塔区": 5, "海员行业": 7, "其他": 5}
