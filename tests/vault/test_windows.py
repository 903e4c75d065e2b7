from datetime import date

import pytest

from heartport.vault.windows import window_of, windows_between, with_the_next


@pytest.mark.parametrize(
    ("day", "window"),
    [
        (date(2026, 1, 1), "2026H1"),
        (date(2026, 6, 30), "2026H1"),
        (date(2026, 7, 1), "2026H2"),
        (date(2026, 12, 31), "2026H2"),
        (date(2027, 1, 1), "2027H1"),
        (date(2028, 2, 29), "2028H1"),
    ],
)
def test_a_day_lies_in_its_half_year(day, window):
    assert window_of(day) == window


@pytest.mark.parametrize(
    ("first", "last", "windows"),
    [
        ("2026H2", "2026H2", ("2026H2",)),
        ("2026H1", "2026H2", ("2026H2", "2026H1")),
        ("2026H2", "2027H1", ("2027H1", "2026H2")),
        ("2026H2", "2028H1", ("2028H1", "2027H2", "2027H1", "2026H2")),
        ("2027H1", "2026H2", ("2026H2",)),
    ],
)
def test_windows_run_from_the_latest_to_the_first(first, last, windows):
    assert windows_between(first, last) == windows


@pytest.mark.parametrize(
    ("windows", "more"),
    [
        ((), ()),
        (("2026H1",), ("2026H2", "2026H1")),
        (["2026H2", "2026H1"], ("2027H1", "2026H2", "2026H1")),
    ],
)
def test_the_next_window_stands_before_the_latest(windows, more):
    assert with_the_next(windows) == more


def test_labels_sort_like_time_and_have_one_length():
    windows = windows_between("1999H1", "2101H2")
    assert list(windows) == sorted(windows, reverse=True)
    assert {len(window) for window in windows} == {6}
