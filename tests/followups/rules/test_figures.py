"""How soon people were called: by months that are over, and never about few."""

from datetime import date

import pytest

from heartport.followups.rules.figures import FLOOR, Figure, FirstContact, first_contact_figures

TODAY = date(2026, 11, 22)


def contacts(month: str, *waited: int, person: int | None = None) -> list[FirstContact]:
    """Each by another person, unless one is given."""
    return [
        FirstContact(month, bytes([number if person is None else person]), minutes)
        for number, minutes in enumerate(waited)
    ]


def figure(found: list[Figure], month: str) -> Figure:
    return next(each for each in found if each.month == month)


def test_the_last_twelve_months_that_are_over_are_listed_whether_anybody_asked_or_not() -> None:
    found = first_contact_figures([], TODAY)
    assert [each.month for each in found][:2] == ["2026-10", "2026-09"]
    assert (found[-1].month, len(found)) == ("2025-11", 12)
    assert {(each.median_minutes, each.share_in_time) for each in found} == {(None, None)}
    assert first_contact_figures([], date(2026, 1, 1))[0].month == "2025-12"


def test_median_and_share_in_time_are_shown_from_ten_people_on() -> None:
    ten = contacts("2026-10", 1, 2, 3, 4, 5, 6, 29, 30, 31, 90)
    assert figure(first_contact_figures(ten, TODAY), "2026-10") == Figure("2026-10", 6, 70)
    assert figure(first_contact_figures(ten[1:], TODAY), "2026-10") == Figure("2026-10", None, None)


def test_ten_calls_of_nine_people_are_not_enough() -> None:
    nine = contacts("2026-10", *range(FLOOR - 1))
    assert figure(first_contact_figures([*nine, nine[0]], TODAY), "2026-10").median_minutes is None


def test_a_month_that_runs_shows_nothing_however_many_there_are() -> None:
    """Whoever looked before and after one call would know how long that person had waited."""
    found = first_contact_figures(contacts("2026-11", *range(50)), TODAY)
    assert "2026-11" not in {each.month for each in found}
    assert {each.median_minutes for each in found} == {None}


@pytest.mark.parametrize("later", [contacts("2026-11", *range(40)), contacts("2026-09", 1, 2, 3)])
def test_what_happens_in_other_months_changes_no_figure(later) -> None:
    october = contacts("2026-10", *range(12))
    before = figure(first_contact_figures(october, TODAY), "2026-10")
    assert figure(first_contact_figures(october + later, TODAY), "2026-10") == before
