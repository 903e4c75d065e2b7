from datetime import UTC, datetime, timedelta

import pytest

from heartport.local_time import in_words

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "今天 12:00"),
        (11.99, "今天 23:59"),
        (12, "明天 0:00"),
        (21, "明天 9:00"),
        (36, "11 月 24 日（周二） 0:00"),
        (24 * 8, "11 月 30 日（周一） 12:00"),
    ],
)
def test_a_moment_to_come_is_said_as_people_say_it(hours: float, words: str) -> None:
    assert in_words(NOON + timedelta(hours=hours), NOON) == words
