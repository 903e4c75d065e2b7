"""The words of messages: one for each kind, with and without a time, none that tells a topic."""

from datetime import UTC, datetime

import pytest

from heartport.messages.rules import Kind
from heartport.messages.words import WITH_TIME, text_of

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
UNTIL = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
TELLING = ("咨询", "测评", "心理", "讲座", "量表", "结果", "爽约", "患者", "治疗", "{", "None")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("times", [(AT, UNTIL), (AT, None), (None, UNTIL), (None, None)])
def test_every_kind_has_words_that_tell_no_topic(kind: Kind, times: tuple[datetime | None, datetime | None]) -> None:
    text = text_of(kind, *times)
    assert text.endswith("。")
    assert not [word for word in TELLING if word in text]


def test_times_are_local_dates() -> None:
    assert text_of(Kind.OFFER, AT, UNTIL) == (
        "为您留出了一个位置：11 月 23 日 9:30。请在 11 月 22 日 20:05 前确认；不需要的话，也请说一声。"
    )


def test_no_kind_is_forgotten() -> None:
    assert set(WITH_TIME) == set(Kind)
