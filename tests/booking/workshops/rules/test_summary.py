"""What a unit's file says: never so exact that one person's opinion could be read off."""

import pytest

from heartport.booking.workshops.rules.summary import FLOOR, Summary, summary_of


@pytest.mark.parametrize(
    ("counted", "summary"),
    [
        ((None, None, None), None),
        ((0, None, None), Summary(0, None)),
        ((22, None, None), Summary(22, None)),
        ((22, 9, 9), Summary(22, None)),
        ((22, 10, 10), Summary(22, 90)),
        ((22, 10, 0), Summary(22, 10)),
        ((22, 20, 13), Summary(22, 60)),
        ((200, 180, 161), Summary(200, 90)),
    ],
)
def test_feedback_is_floored_rounded_and_never_everybodys(counted: tuple[int | None, ...], summary: Summary) -> None:
    assert summary_of(*counted) == summary


def test_one_more_or_one_less_that_is_content_seldom_changes_what_is_said() -> None:
    """Among twenty sheets at most every second neighbour differs, and everybody being content looks like 18 of 20."""
    said = [summary_of(30, 20, satisfied).satisfied_percent for satisfied in range(21)]
    assert said[18] == said[19] == said[20] == 90
    assert said[0] == said[1] == said[2] == 10
    assert FLOOR == 10
