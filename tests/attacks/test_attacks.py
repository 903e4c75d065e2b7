"""The attacks, at a reduced size: they break the naive publisher, and sealed blocks as little as is promised."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from heartport.insights.rules.answers import Answer
from tests.attacks import attacks, publishers
from tests.attacks.publishers import Person, Publish, sealed
from tests.attacks.solver import Contradiction, bounds, reduced
from tests.attacks.table import Line, no_noise, play, printed
from tests.insights.invented import seeded
from tests.killing import FULL

TRIALS, WORLDS = (2000, 100) if FULL else (250, 12)


@pytest.fixture(scope="module")
def lines() -> dict[str, Line]:
    return {line.attack: line for line in play(seeded(7), TRIALS, WORLDS)}


CERTAIN = {
    "a newcomer's answer, same window",
    "a newcomer's answer, next window",
    "the last answer, all others known",
    "the same, asked a hundred times",
    "the same answer in four windows",
    "did this person take part",
}
PROMISED = {
    "hidden departments recovered exactly": 0.0,
    "a newcomer's answer, same window": 0.60,
    "a newcomer's answer, next window": 0.74,
    "the last answer, all others known": 0.80,
    "the same, asked a hundred times": 0.80,
    "the same answer in four windows": 0.88,
    "did this person take part": 0.72,
    "thirty retakes move a figure by": 0.0,
    "uniform group: top share shown": 0.6,
}


@pytest.mark.parametrize("attack", sorted(CERTAIN))
def test_against_a_naive_publisher_every_guess_is_right(lines: dict[str, Line], attack: str) -> None:
    assert lines[attack].naive == 1.0


def test_a_naive_publisher_loses_hidden_cells_and_shows_everybody(lines: dict[str, Line]) -> None:
    assert lines["hidden departments recovered exactly"].naive > 0.2
    assert lines["thirty retakes move a figure by"].naive == 29
    assert lines["uniform group: top share shown"].naive == 1.0


@pytest.mark.parametrize("attack", sorted(PROMISED))
def test_against_sealed_blocks_it_goes_no_better_than_is_promised(lines: dict[str, Line], attack: str) -> None:
    assert lines[attack].sealed <= PROMISED[attack]


def test_asking_again_tells_nothing_more(lines: dict[str, Line]) -> None:
    once, often = lines["the last answer, all others known"], lines["the same, asked a hundred times"]
    assert once.sealed == pytest.approx(often.sealed, abs=0.1)


def test_control_noise_that_is_drawn_anew_for_each_question_is_averaged_away() -> None:
    publish: Publish = sealed(seeded(8))

    def anew(people, departments):
        return publish(people, departments)

    anew.draws_anew = True
    assert attacks.last_answer(anew, 40, 60) > 0.85


def test_control_without_noise_the_last_answer_is_told() -> None:
    assert attacks.last_answer(sealed(lambda _: 0), 60) == 1.0


def test_four_windows_tell_more_than_one_and_are_no_certainty(lines: dict[str, Line]) -> None:
    once, four = lines["the last answer, all others known"], lines["the same answer in four windows"]
    assert once.sealed < four.sealed < 0.9


def test_control_half_the_noise_tells_more_in_four_windows() -> None:
    draw = seeded(9)
    assert (
        attacks.four_windows(sealed(lambda milli: draw(2 * milli)), 120) > PROMISED["the same answer in four windows"]
    )


def test_retakes_change_no_figure_whatever_came_before_the_last() -> None:
    """With the same noise in both worlds, thirty sheets of somebody give every figure that the last one gives."""
    crowd, target = attacks.crowd_and_target(1)
    sheets = [*crowd, *[replace(target, unwell=number % 2 == 0) for number in range(29)], replace(target, unwell=False)]
    last = [*crowd, replace(target, unwell=False)]
    many, one = (sealed(seeded(5))(each, attacks.DEPARTMENTS) for each in (sheets, last))
    assert many == one


def test_a_sheet_that_does_not_count_does_not_replace_one_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd, target = attacks.crowd_and_target(1)
    counts = publishers.answer
    monkeypatch.setattr(publishers, "answer", lambda unit, unwell: None if unwell else counts(unit, unwell))
    sheets = [*crowd, replace(target, unwell=False), replace(target, unwell=True)]
    assert sum(each.unit_id == target.department for each in publishers.counted(sheets)) == 1 + sum(
        each.department == target.department and not each.unwell for each in crowd
    )


def test_control_counting_every_sheet_moves_the_figure() -> None:
    def every(sheets: Sequence[Person]) -> list[Answer]:
        return [found for each in sheets if (found := publishers.answer(each.department, each.unwell))]

    assert attacks.retakes(sealed(no_noise, every)) > 10


def test_control_counting_the_first_sheet_is_seen() -> None:
    crowd, target = attacks.crowd_and_target(1)
    sheets = [*crowd, replace(target, unwell=True), replace(target, unwell=False)]
    first = sealed(seeded(5), lambda given: publishers.counted(given[::-1]))
    assert first(sheets, attacks.DEPARTMENTS) != sealed(seeded(5))([*sheets[:-2], sheets[-1]], attacks.DEPARTMENTS)


def test_the_table_names_every_attack(lines: dict[str, Line]) -> None:
    text = printed(list(lines.values()))
    assert len(text.splitlines()) == len(PROMISED) + 1
    assert all(attack in text for attack in PROMISED)


# The solver


def test_a_single_hidden_member_is_found() -> None:
    sums = [(frozenset("abc"), 20), (frozenset("a"), 9), (frozenset("b"), 8)]
    assert bounds(reduced(sums), dict.fromkeys("abc", (0, 20)))["c"] == (3, 3)


def test_two_hidden_members_are_found_where_they_are_full() -> None:
    limits = {"a": (0, 4), "b": (0, 4), "c": (0, 30)}
    assert bounds(reduced([(frozenset("abc"), 18), (frozenset("c"), 10)]), limits)["a"] == (4, 4)


def test_sums_that_cannot_be_right_are_a_contradiction() -> None:
    with pytest.raises(Contradiction):
        bounds([(frozenset("ab"), 9)], dict.fromkeys("ab", (0, 4)))


def test_its_ends_are_those_that_trying_everything_finds() -> None:
    source = random.Random(5)
    for _ in range(20):
        values = {each: source.randrange(5) for each in "abcd"}
        sums = [(frozenset(g), sum(values[e] for e in g)) for g in ("ab", "abcd")]
        found = bounds(reduced(sums), dict.fromkeys("abcd", (0, 4)))
        tried = [
            (a, b, c, d)
            for a in range(5)
            for b in range(5)
            for c in range(5)
            for d in range(5)
            if a + b == sums[0][1] and a + b + c + d == sums[1][1]
        ]
        for place, each in enumerate("abcd"):
            assert found[each] == (min(t[place] for t in tried), max(t[place] for t in tried))
