"""How blocks are chosen, case by case, without noise: the undercount is three, so that thirteen make a floor of ten."""

from datetime import date

import pytest

from heartport.insights.rules.blocks import Tree, block_name, choose_blocks
from heartport.insights.rules.windows import closed_since, in_words, is_closed, window_before
from tests.insights.invented import FLOOR, city, no_noise

TREE = city(districts=2, enterprises=2, departments=2)


def chosen(sizes: dict[str, int], tree: Tree = TREE) -> dict[str, set[str]]:
    made = choose_blocks(tree, sizes, FLOOR, no_noise)
    return {each.id: {unit for unit in each.units if sizes.get(unit)} for each in made.blocks}


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"d0e0p0": 13}, {"d0e0+": {"d0e0p0"}}),
        ({"d0e0p0": 12}, {}),
        ({"d0e0p0": 13, "d0e0p1": 13}, {"d0e0+": {"d0e0p0"}, "d0e0p1": {"d0e0p1"}}),
        ({"d0e0p0": 20, "d0e0p1": 13, "d0e0": 13}, {"d0e0p0": {"d0e0p0"}, "d0e0p1": {"d0e0p1"}, "d0e0+": {"d0e0"}}),
        ({"d0e0p0": 20, "d0e0p1": 14, "d0e0": 3}, {"d0e0p0": {"d0e0p0"}, "d0e0+": {"d0e0p1", "d0e0"}}),
        ({"d0e0p0": 7, "d0e0p1": 6}, {"d0e0+": {"d0e0p0", "d0e0p1"}}),
        ({"d0e0p0": 7, "d0e1p1": 6}, {"d0+": {"d0e0p0", "d0e1p1"}}),
        ({"d0e0p0": 7, "d1e1p1": 6}, {"c+": {"d0e0p0", "d1e1p1"}}),
        ({"d0e0p0": 7, "c": 6}, {"c+": {"d0e0p0", "c"}}),
        ({"d0": 13}, {"d0+": {"d0"}}),
        ({"d0e0p0": 5, "d1e1p1": 5}, {}),
        ({}, {}),
    ],
)
def test_who_is_told_about_with_whom(sizes: dict[str, int], expected: dict[str, set[str]]) -> None:
    assert chosen(sizes) == expected


def test_every_unit_has_a_block_or_is_in_no_figure_and_names_say_whom_it_holds() -> None:
    made = choose_blocks(TREE, {"d0e0p0": 20, "d0e0p1": 13, "d0e1p0": 13, "d1e0p0": 4}, FLOOR, no_noise)
    names = {each.id: block_name(TREE, each) for each in made.blocks}
    assert set(made.of_unit) == set(TREE.nodes)
    assert (names["d0e0p0"], names["d0e1+"]) == ("第 0 车间", "第 0.1 厂")
    assert names["d0e0+"] == "第 0.0 厂（部分部门合并）"
    assert made.of_unit["d1e0p0"] is None


def test_units_count_where_they_stand_and_strangers_at_the_only_city() -> None:
    assert [TREE.place(each) for each in ("d0e0", "gone", None)] == ["d0e0", "c", "c"]
    two = Tree({**TREE.nodes, "c2": type(TREE.nodes["c"])("c2", None, "city", "另一座城")})
    assert two.place(None) is None


def test_windows_follow_each_other() -> None:
    assert (window_before("2026H1"), window_before("2026H2")) == ("2025H2", "2026H1")
    assert closed_since("2025H1", date(2026, 7, 1)) == ("2025H1", "2025H2", "2026H1")
    assert closed_since("2026H2", date(2026, 7, 1)) == ()
    assert [is_closed("2026H1", date(2026, *day)) for day in ((6, 30), (7, 1))] == [False, True]
    assert in_words("2026H2") == "2026 年下半年"
