"""Service figures: months that are over, by district, and no sum that fewer than the floor may stand behind."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from heartport.insights.rules import service
from heartport.insights.rules.blocks import Node, Tree
from heartport.insights.rules.service import (
    Held,
    Hour,
    Kind,
    MonthFigure,
    district_of,
    districts_within,
    monthly_figures,
    openings_by_month,
)

SEPTEMBER = "2026-09"
HELD = [
    Held(Kind.LECTURE, SEPTEMBER, "灯塔区", 20, 12),
    Held(Kind.LECTURE, SEPTEMBER, "灯塔区", 4, 3),
    Held(Kind.LECTURE, SEPTEMBER, "渔港区", 11, 9),
    Held(Kind.WORKSHOP, SEPTEMBER, "渔港区", 30, 25),
    Held(Kind.LECTURE, "2026-10", None, 60, 40),
    Held(Kind.LECTURE, "2026-11", "灯塔区", 60, 50),
]


def hours(people: int, came: int = 0, district: str = "灯塔区", each: int = 1) -> list[Hour]:
    """Give the appointments of so many people, so many of whom came."""
    return [Hour(SEPTEMBER, district, f"{n}", n < came) for n in range(people) for _ in range(each)]


def test_months_that_are_over_are_told_by_district_the_latest_first() -> None:
    assert monthly_figures(HELD, hours(14, 13), 10, "2026-11") == [
        MonthFigure("2026-10", "其他", 1, 60, 40, 0, None, None, None),
        MonthFigure(SEPTEMBER, "渔港区", 1, 11, None, 1, 25, None, None),
        MonthFigure(SEPTEMBER, "灯塔区", 2, 24, 15, 0, None, 14, 13),
    ]


def test_many_small_ones_are_not_taken_for_many_people() -> None:
    """The same nine may have come each time."""
    (figure,) = monthly_figures([Held(Kind.LECTURE, SEPTEMBER, "灯塔区", 9, 9)] * 5, [], 10, "2026-11")
    assert (figure.lectures, figure.registered, figure.attended) == (5, None, None)


def test_control_a_sum_above_the_floor_alone_would_have_told_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_people", lambda counts, floor: sum(counts) if sum(counts) >= floor else None)
    (figure,) = monthly_figures([Held(Kind.LECTURE, SEPTEMBER, "灯塔区", 9, 9)] * 5, [], 10, "2026-11")
    assert figure.attended == 45


@pytest.mark.parametrize(
    ("people", "came", "each", "told"),
    [(10, 10, 1, (10, 10)), (10, 9, 1, (10, None)), (9, 9, 3, (None, None)), (12, 10, 2, (24, 20))],
)
def test_appointments_are_told_where_enough_different_people_had_them(
    people: int, came: int, each: int, told: tuple[int | None, int | None]
) -> None:
    (figure,) = monthly_figures([], hours(people, came, each=each), 10, "2026-11")
    assert (figure.appointments, figure.appointments_attended) == told


def test_all_who_were_erased_are_taken_for_one_person() -> None:
    """Nine are known; the other five hours may have been one more person's."""
    gone = [replace(each, account_id=None) for each in hours(5, 5)]
    (figure,) = monthly_figures([], [*hours(8, 8), *gone], 10, "2026-11")
    assert figure.appointments is None
    (figure,) = monthly_figures([], [*hours(9, 9), *gone], 10, "2026-11")
    assert figure.appointments == 14


PEOPLE = ("registered", "attended", "workshop_attended", "appointments", "appointments_attended")
Rows = Callable[[], list[MonthFigure]]


def found_by_subtraction(rows: list[MonthFigure]) -> list[tuple[str, int]]:
    """Return what a reader learns of the one hidden row of a month, where another row is the sum of them all."""
    found = []
    for name in PEOPLE:
        for total in rows:
            others = [each for each in rows if each is not total and each.month == total.month]
            hidden = [each for each in others if getattr(each, name) is None]
            whole = getattr(total, name)
            if total.district == "全市" and len(hidden) == 1 and whole is not None:
                found.append((name, whole - sum(getattr(each, name) or 0 for each in others)))
    return found


def test_no_row_is_the_sum_of_others_so_nothing_hidden_is_found_by_subtraction() -> None:
    told = monthly_figures(HELD, [*hours(14, 14), *hours(4, 4, "渔港区")], 10, "2026-11")
    assert {each.district for each in told} == {"灯塔区", "渔港区", "其他"}
    assert found_by_subtraction(told) == []


def test_control_a_row_of_the_whole_city_gives_the_hidden_ones_away() -> None:
    held, met = HELD[:3], [*hours(14, 14), *hours(4, 4, "渔港区")]
    whole = monthly_figures(
        [replace(each, district="全市") for each in held],
        [replace(each, district="全市") for each in met],
        10,
        "2026-11",
    )
    told = [*monthly_figures(held, met, 10, "2026-11"), *whole]
    assert found_by_subtraction(told) == [("attended", 9), ("appointments", 4), ("appointments_attended", 4)]


def test_nothing_held_nothing_told() -> None:
    assert monthly_figures([], [], 10, "2026-11") == []


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
        None,
    ]


def test_of_the_library_what_is_published_is_added_up_and_no_more() -> None:
    assert openings_by_month({"2026-10": [20, None, 15], "2026-09": [None]}) == {"2026-10": 35}
