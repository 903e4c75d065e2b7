"""What people read about their call-backs is plain, short, and promises nothing that is not so."""

from datetime import timedelta

import pytest

from heartport.followups.rules.asking import When
from heartport.followups.rules.steps import AttemptOutcome, State
from heartport.followups.words import ACCEPTED, AFTER, LABELS, NOBODY_YET, OVER, SOON, call_in_words, state_in_words
from tests.duty.teams import at

NOON = at(12)
SENTENCES = [NOBODY_YET, SOON, ACCEPTED, *AFTER.values(), *OVER.values()]


def test_every_wish_every_outcome_and_every_end_has_its_words() -> None:
    assert (set(LABELS), set(AFTER)) == (set(When), set(AttemptOutcome))
    assert set(OVER) == {State.CLOSED, State.WITHDRAWN, State.LAPSED}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_are_short_with_full_width_punctuation_and_no_names_for_illness(sentence: str) -> None:
    assert len(sentence) <= 60
    assert sentence.endswith("。")
    assert not set(sentence) & set(",;:!?()")
    assert not [word for word in ("患者", "治疗", "抑郁", "高危", "预警") if word in sentence]


def test_when_somebody_will_call_is_said_as_people_say_it() -> None:
    assert call_in_words(NOON, NOON) == SOON
    assert call_in_words(NOON + timedelta(hours=21), NOON) == "明天 9:00 后会有人联系您。"
    assert call_in_words(None, NOON) == NOBODY_YET


def test_after_a_call_the_last_outcome_is_what_counts_until_the_end() -> None:
    for outcome in AttemptOutcome:
        for state in (State.OPEN, State.ACCEPTED):
            assert state_in_words(state, NOON, NOON, outcome) == AFTER[outcome]
        assert state_in_words(State.CLOSED, None, NOON, outcome) == OVER[State.CLOSED]
    assert "没有接通" not in AFTER[AttemptOutcome.REACHED]
    assert state_in_words(State.ACCEPTED, NOON, NOON, None) == ACCEPTED
    assert state_in_words(State.OPEN, NOON, NOON, None) == SOON
