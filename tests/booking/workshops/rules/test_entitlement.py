"""Who is charged, for which year, and when it comes back."""

from datetime import UTC, datetime, timedelta

import pytest

from heartport.booking.workshops.rules.entitlement import (
    CUT_OFF,
    charged_unit,
    check_may_move,
    comes_back,
    year_of,
)
from heartport.booking.workshops.rules.steps import MOST_MOVES, Act, MovesUsed, TooLateToMove

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lineage", "charged"),
    [(("city",), "city"), (("c", "district"), "district"), (("c", "d", "firm"), "firm"), (("c", "d", "f", "w"), "f")],
)
def test_departments_share_what_their_enterprise_may_have(lineage: tuple[str, ...], charged: str) -> None:
    assert charged_unit(lineage) == charged


def test_the_year_is_the_local_one() -> None:
    assert year_of(datetime(2026, 12, 31, 15, 59, tzinfo=UTC)) == 2026
    assert year_of(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == 2027


@pytest.mark.parametrize("act", [Act.CANCEL_BY_UNIT, Act.CANCEL_BY_PROVIDER, Act.CANCEL_UNDER_MINIMUM])
def test_it_comes_back_before_the_cut_off_and_always_where_the_unit_did_not_cause_it(act: Act) -> None:
    assert comes_back(act, NOW + CUT_OFF, NOW)
    assert comes_back(act, NOW + CUT_OFF - timedelta(seconds=1), NOW) is (act is not Act.CANCEL_BY_UNIT)


def test_a_workshop_is_moved_twice_at_most_and_not_after_the_cut_off() -> None:
    check_may_move(MOST_MOVES - 1, NOW + CUT_OFF, NOW)
    with pytest.raises(MovesUsed):
        check_may_move(MOST_MOVES, NOW + timedelta(days=90), NOW)
    with pytest.raises(TooLateToMove):
        check_may_move(0, NOW + CUT_OFF - timedelta(seconds=1), NOW)
