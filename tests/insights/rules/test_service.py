"""Service figures: months that are over, by district, and no sum that fewer than the floor may stand behind."""

from heartport.insights.rules.service import Held, MonthFigure, monthly_figures

HELD = [
    Held("2026-09", "灯塔区", 12),
    Held("2026-09", "灯塔区", 3),
    Held("2026-09", "渔港区", 9),
    Held("2026-10", None, 40),
    Held("2026-11", "灯塔区", 50),
]


def test_months_that_are_over_are_told_by_district_the_latest_first() -> None:
    assert monthly_figures(HELD, 10, "2026-11") == [
        MonthFigure("2026-10", "其他", 1, 40),
        MonthFigure("2026-09", "渔港区", 1, None),
        MonthFigure("2026-09", "灯塔区", 2, 15),
    ]


def test_many_small_ones_are_not_taken_for_many_people() -> None:
    """The same nine may have come each time."""
    (figure,) = monthly_figures([Held("2026-09", "灯塔区", 9)] * 5, 10, "2026-11")
    assert (figure.lectures, figure.attended) == (5, None)


def test_control_a_sum_above_the_floor_alone_would_have_told_of_them() -> None:
    assert sum(each.attended for each in [Held("2026-09", "灯塔区", 9)] * 5) >= 10


def test_nothing_held_nothing_told() -> None:
    assert monthly_figures([], 10, "2026-11") == []
