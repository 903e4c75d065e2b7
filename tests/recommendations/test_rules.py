"""What is chosen and why: rules over plain values, with randomness in the test's hands."""

from random import Random

import pytest

from heartport.own_library.rules import Ref, Why
from heartport.recommendations.rules import (
    SIZE,
    Candidate,
    Choice,
    Ground,
    Known,
    calm_choices,
    choose,
    for_everyone,
)


def thing(name: str, *topics: str, kind: str = "article") -> Candidate:
    return Candidate(name.encode(), kind, topics)


STRESS = Ground(b"ease", Why.RESULT, ("stress", "work"), limit=2)
SLEEP = Ground(b"sleep", Why.RESULT, ("sleep",), limit=1)
NOTHING_KNOWN = Known()
LIBRARY = [
    thing("grief", "grief"),
    thing("stress", "stress"),
    thing("both", "stress", "work"),
    thing("work", "work"),
    thing("sleep", "sleep"),
    thing("walk", "exercise"),
    thing("rain", "nature", "sleep", kind="track"),
    thing("alcohol", "alcohol"),
]


def chosen(*grounds: Ground, known: Known = NOTHING_KNOWN, explore: bool = True, seed: int = 1) -> list[Choice]:
    return choose(LIBRARY, grounds, known, explore=explore, below=Random(seed).randrange)


def refs(choices: list[Choice], *whys: Why) -> list[Ref]:
    return [each.ref for each in choices if not whys or each.why in whys]


def test_each_ground_has_its_turn_and_what_is_about_most_of_it_comes_first() -> None:
    found = chosen(STRESS, SLEEP)
    assert [(each.ref, each.because) for each in found if each.why is Why.RESULT] == [
        (b"both", b"ease"),
        (b"sleep", b"sleep"),
        (b"stress", b"ease"),
    ]


def test_one_is_light_and_of_another_kind_so_that_nobody_gets_bad_news_alone() -> None:
    assert refs(chosen(STRESS, SLEEP), Why.LIGHT) == [b"rain"]
    assert refs(chosen(known=Known(frozenset({b"rain"}))), Why.LIGHT) == [b"walk"]


@pytest.mark.parametrize("seed", range(8))
def test_exactly_one_is_random_and_none_where_nothing_is_to_be_tried_out(seed: int) -> None:
    assert len(refs(chosen(STRESS, seed=seed), Why.RANDOM)) == 1
    assert refs(chosen(STRESS, explore=False, seed=seed), Why.RANDOM) == []


def test_the_random_one_can_be_any_of_those_that_are_left() -> None:
    drawn = {ref for seed in range(200) for ref in refs(chosen(STRESS, SLEEP, seed=seed), Why.RANDOM)}
    assert drawn == {b"grief", b"work", b"walk", b"alcohol"}


def test_with_the_same_randomness_the_same_is_chosen() -> None:
    assert chosen(STRESS, SLEEP, seed=5) == chosen(STRESS, SLEEP, seed=5)


def test_what_is_left_out_is_never_chosen_and_what_was_opened_comes_after_the_rest() -> None:
    out = frozenset({b"both", b"rain"})
    for seed in range(20):
        assert not out & set(refs(chosen(STRESS, SLEEP, known=Known(out), seed=seed)))
    assert refs(chosen(SLEEP, known=Known(opened=frozenset({b"sleep"}))), Why.RESULT) == [b"rain"]


def test_a_ground_that_wants_one_kind_gets_no_other() -> None:
    heard = Ground(b"sleep", Why.RESULT, ("sleep",), kinds=("track",))
    assert refs(chosen(heard), Why.RESULT) == [b"rain"]


def test_nothing_is_there_twice_and_five_are_the_most() -> None:
    found = refs(chosen(STRESS, SLEEP))
    assert len(found) == len(set(found)) == SIZE
    assert choose([], [STRESS], Known(), explore=True, below=Random(1).randrange) == []


def test_calm_is_to_be_heard_and_the_same_for_everybody() -> None:
    assert calm_choices(LIBRARY) == [Choice(b"rain", Why.LIGHT)]


def test_everybody_gets_the_newest_of_each_shelf_in_turn() -> None:
    shelves = [LIBRARY[:2], LIBRARY[2:3], [], LIBRARY[3:8]]
    assert refs(for_everyone(shelves)) == [b"grief", b"both", b"work", b"stress", b"sleep"]
