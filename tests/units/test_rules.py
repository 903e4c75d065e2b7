from datetime import UTC, datetime, timedelta

import pytest

from heartport.units.rules import (
    InviteExpired,
    InviteLimitsRefused,
    InviteReplaced,
    Level,
    UnitEntry,
    check_invite,
    check_limits,
    in_tree_order,
    tree_problems,
)
from tests.units.trees import BUSES, CITY, DISTRICT, INDUSTRY, TREE, WELDING, YARD

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def test_a_right_tree_has_no_problems():
    assert tree_problems(TREE, {}) == []
    assert tree_problems(list(reversed(TREE)), {}) == []
    assert tree_problems(TREE, {each.key: each for each in TREE}) == []


def test_a_part_of_a_tree_may_lie_below_what_is_stored():
    stored = {each.key: each for each in (CITY, DISTRICT)}
    assert tree_problems([YARD, WELDING], stored) == []


def unit(key: str, level: str, parent: str | None = None, name: str | None = None) -> UnitEntry:
    return UnitEntry(key, name or key, Level(level), parent)


WRONG = {
    "unknown parent": ([unit("d", "district", "nowhere")], ["units › 1 › parent: There is no unit nowhere."]),
    "no parent": (
        [unit("w", "department")],
        ["units › 1 › parent: Is missing; a department lies below an enterprise."],
    ),
    "either parent": (
        [unit("e", "enterprise")],
        ["units › 1 › parent: Is missing; an enterprise lies below a district or an industry."],
    ),
    "a city below something": (
        [unit("c", "city"), unit("c2", "city", "c")],
        ["units › 2 › parent: c is a city; a city lies below nothing."],
    ),
    "a level left out": (
        [unit("c", "city"), unit("e", "enterprise", "c")],
        ["units › 2 › parent: c is a city; an enterprise lies below a district or an industry."],
    ),
    "a fifth level": (
        [*TREE, unit("team", "department", "welding")],
        ["units › 8 › parent: welding is a department; a department lies below an enterprise."],
    ),
    "its own parent": ([unit("d", "district", "d")], ["units › 1 › parent: d › d runs in a ring."]),
    "a ring": (
        [unit("a", "district", "b"), unit("b", "enterprise", "c"), unit("c", "department", "a")],
        [
            "units › 1 › parent: a › b › c › a runs in a ring.",
            "units › 2 › parent: b › c › a › b runs in a ring.",
            "units › 3 › parent: c › a › b › c runs in a ring.",
        ],
    ),
    "a key twice": (
        [CITY, unit("city", "city", None, "another")],
        ["units › 2 › key: city is there twice."],
    ),
    "a name twice under one parent": (
        [CITY, DISTRICT, unit("other", "industry", "city", "灯塔区")],
        ["units › 3 › name: district has this name already, under the same parent."],
    ),
    "two cities of one name": (
        [CITY, unit("other", "city", None, "云岬市")],
        ["units › 2 › name: city has this name already, under the same parent."],
    ),
    "several problems at once": (
        [unit("c", "city"), unit("d", "district"), unit("e", "enterprise", "x")],
        [
            "units › 2 › parent: Is missing; a district lies below a city.",
            "units › 3 › parent: There is no unit x.",
        ],
    ),
}


@pytest.mark.parametrize(("entries", "problems"), WRONG.values(), ids=WRONG)
def test_every_problem_is_named_with_its_place(entries, problems):
    assert tree_problems(entries, {}) == problems


def test_one_name_may_stand_under_two_parents():
    entries = [CITY, DISTRICT, INDUSTRY, YARD, BUSES, unit("o1", "department", "yard", "办公室")]
    assert tree_problems([*entries, unit("o2", "department", "buses", "办公室")], {}) == []


def test_what_is_stored_counts_too():
    stored = {each.key: each for each in TREE}
    assert tree_problems([unit("welding", "enterprise", "district", "焊接车间")], stored) == [
        "units › 1 › level: welding is a department already, and a unit keeps its level."
    ]
    assert tree_problems([unit("new", "department", "yard", "设计室")], stored) == [
        "units › 1 › name: design has this name already, under the same parent."
    ]


def test_a_name_that_the_file_takes_from_another_is_free():
    stored = {each.key: each for each in TREE}
    swapped = [unit("welding", "department", "yard", "设计室"), unit("design", "department", "yard", "焊接车间")]
    assert tree_problems(swapped, stored) == []


def test_parents_come_before_their_children():
    order = [each.key for each in in_tree_order(list(reversed(TREE)))]
    for entry in TREE:
        assert entry.parent is None or order.index(entry.parent) < order.index(entry.key)


def test_an_invite_binds_until_it_is_replaced_or_over():
    check_invite(False, AT + timedelta(seconds=1), AT)
    with pytest.raises(InviteExpired):
        check_invite(False, AT, AT)
    with pytest.raises(InviteReplaced):
        check_invite(True, AT + timedelta(days=1), AT)


@pytest.mark.parametrize(("uses", "days"), [(0, 1), (1, 0), (-1, 5), (100_001, 5), (5, 401)])
def test_an_invite_has_limits(uses, days):
    with pytest.raises(InviteLimitsRefused):
        check_limits(uses, days)


def test_the_limits_themselves_are_fine():
    check_limits(1, 1)
    check_limits(100_000, 400)
