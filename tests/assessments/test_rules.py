"""Two phones end with the same draft in whatever order their answers arrive."""

from collections.abc import Callable
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartport.assessments.rules import Answer, last_day_for, merged, raw_values

Merge = Callable[[dict[str, Answer], dict[str, Answer]], dict[str, Answer]]

# Few revisions and few values, so that the same revision with another value comes up all the time.
values = st.none() | st.integers(-1, 3) | st.sampled_from([0.5, "07:30", "", [], [1, 4]])
said = st.builds(Answer, st.integers(0, 3), st.just(True), values)
taken_back = st.builds(Answer, st.integers(0, 3), st.just(False))
drafts = st.dictionaries(st.sampled_from(["q1", "q2", "q9"]), said | taken_back)


@given(drafts, drafts)
def test_merging_is_commutative(one: dict, other: dict) -> None:
    assert merged(one, other) == merged(other, one)


@given(drafts, drafts, drafts)
def test_merging_is_associative(one: dict, other: dict, third: dict) -> None:
    assert merged(merged(one, other), third) == merged(one, merged(other, third))


@given(drafts, drafts)
def test_merging_again_changes_nothing(one: dict, other: dict) -> None:
    both = merged(one, other)
    assert merged(both, one) == merged(both, other) == merged(both, both) == both


@given(drafts)
def test_merging_with_nothing_changes_nothing(one: dict) -> None:
    assert merged(one, {}) == merged({}, one) == one


@given(st.lists(drafts, max_size=4))
def test_every_order_of_arrival_gives_the_same_draft(arrivals: list[dict]) -> None:
    assert len({str(arrived(merged, order)) for order in permutations(arrivals)}) <= 1


@given(drafts, drafts)
def test_an_item_is_never_lost_and_never_goes_back(one: dict, other: dict) -> None:
    both = merged(one, other)
    assert both.keys() == one.keys() | other.keys()
    for side in (one, other):
        assert all(both[item].revision >= answer.revision for item, answer in side.items())
    assert all(both[item] in (one.get(item), other.get(item)) for item in both)


def arrived(merge: Merge, drafts_in_order: tuple[dict, ...]) -> dict[str, Answer]:
    draft: dict[str, Answer] = {}
    for each in drafts_in_order:
        draft = merge(draft, each)
    return dict(sorted(draft.items()))


def the_first_of_equals_stays(ours: dict[str, Answer], theirs: dict[str, Answer]) -> dict[str, Answer]:
    """Broken: of equal revisions the one that was there first stands, so the order of arrival decides."""
    later = {item: each for item, each in theirs.items() if item not in ours or each.revision > ours[item].revision}
    return {**ours, **later}


def whole_drafts(ours: dict[str, Answer], theirs: dict[str, Answer]) -> dict[str, Answer]:
    """Broken: the draft with the latest revision replaces the other as a whole."""
    return theirs if latest(theirs) >= latest(ours) else ours


def latest(draft: dict[str, Answer]) -> int:
    return max((answer.revision for answer in draft.values()), default=-1)


@pytest.mark.parametrize("broken", [the_first_of_equals_stays, whole_drafts])
def test_a_broken_merge_is_caught(broken: Merge) -> None:
    """The negative control: two phones, one equal revision, one item that only the first has."""
    arrivals = ({"q1": Answer(1, True, 0), "q2": Answer(0, True, 1)}, {"q1": Answer(1, True, 2)})
    ends = [arrived(broken, order) for order in permutations(arrivals)]
    assert ends[0] != ends[1]
    assert arrived(merged, arrivals) == arrived(merged, arrivals[::-1])


@pytest.mark.parametrize(
    ("loser", "winner"),
    [
        (Answer(1, True, 3), Answer(2, True, 0)),
        (Answer(1, True, 3), Answer(2, True, None)),
        (Answer(1, True, 3), Answer(2, False)),
        (Answer(1, False), Answer(1, True, None)),
        (Answer(1, True, None), Answer(1, True, 0)),
        (Answer(1, True, None), Answer(1, True, -1)),
        (Answer(1, True, 0), Answer(1, True, 2)),
        (Answer(2**53 - 1, True, 2), Answer(2**53, True, 0)),
    ],
)
def test_the_later_answer_stands_and_of_equally_late_ones_what_says_more(loser: Answer, winner: Answer) -> None:
    assert merged({"q1": loser}, {"q1": winner}) == merged({"q1": winner}, {"q1": loser}) == {"q1": winner}


def test_flags_see_what_was_said_and_nothing_that_was_taken_back() -> None:
    answers = {"q1": Answer(1, True, 2), "q2": Answer(1, True, None), "q9": Answer(4, False)}
    assert raw_values(answers) == {"q1": 2, "q2": None}


def test_an_older_version_can_be_answered_for_fourteen_days() -> None:
    assert last_day_for(date(2026, 11, 22)) == date(2026, 12, 6)
