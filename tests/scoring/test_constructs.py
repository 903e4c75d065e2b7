"""Each construct of a score, of missing rules and of bands by sex: a table, a broken variant, what is refused."""

from fractions import Fraction

import pytest

from heartport.scoring.counts import Count, Cut
from heartport.scoring.spans import Span
from heartport.scoring.sums import Extreme
from tests.scoring.invented import band, calm, edited, nightly, nine, outcome_of, problems_of, scale_of, without, words

# --- count -----------------------------------------------------------------------------------------------------

SCREENER = Count(("q1", "q2", "q3"), (2, 2, 3), at_least=True)


@pytest.mark.parametrize(("values", "count"), [((2, 2, 2), 2), ((1, 1, 3), 1), ((0, 0, 0), 0), ((4, 4, 4), 3)])
def test_a_count_holds_each_answer_against_its_own_threshold(values, count):
    assert SCREENER.compute(values) == count


def test_one_threshold_for_all_would_count_differently():
    """The negative control."""
    assert Count(SCREENER.of, (2, 2, 2), at_least=True).compute((2, 2, 2)) != SCREENER.compute((2, 2, 2))


def test_at_most_counts_the_other_way_round():
    assert Count(("a", "b"), (1, 1), at_least=False).compute((1, 2)) == 1


@pytest.mark.parametrize(
    ("thresholds", "at_least", "span"),
    [((1, 2, 3), True, (0, 3)), ((0, 2, 4), True, (1, 2)), ((0, 3, 9), False, (2, 3)), ((0, 0, -1), False, (0, 2))],
)
def test_a_count_reaches_from_those_that_always_to_those_that_ever_count(thresholds, at_least, span):
    found = Count(("a", "b", "c"), thresholds, at_least).span([Span(0, 3, 1)] * 3)
    assert (found.low, found.high) == span


def test_thresholds_are_told_in_words_and_numbers():
    assert SCREENER.work((2, 1, 3), 2) == "1 + 0 + 1 = 2"
    assert SCREENER.told()["zh-CN"] == "数一数下列各项中有几项的计分不低于各自的界限（依次为 2、2、3）。"
    assert SCREENER.describe(SCREENER.of) == "count of q1 ≥ 2, q2 ≥ 2, q3 ≥ 3"


# --- cut -------------------------------------------------------------------------------------------------------

UP = Cut(("x",), (15, 30), (0, 1, 2), up=True)
DOWN = Cut(("x",), (15, 30), (0, 1, 2), up=False)


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [(14, 0, 0), (15, 1, 0), (Fraction(31, 2), 1, 1), (16, 1, 1), (29, 1, 1), (30, 2, 1), (31, 2, 2)],
)
def test_a_number_at_an_edge_goes_up_or_down_as_the_file_says(value, up, down):
    assert (UP.compute((value,)), DOWN.compute((value,))) == (up, down)


def test_an_efficiency_between_two_whole_numbers_falls_into_no_gap():
    """Closed ranges such as 75–84 and ≥ 85 would let 84.4 % fall through."""
    efficiency = Cut(("x",), (65, 75, 85), (3, 2, 1, 0), up=True)
    assert [efficiency.compute((Fraction(value),)) for value in ("84.4", "84.999", "85", "74.5", "64.9")] == [
        1,
        1,
        0,
        2,
        3,
    ]


@pytest.mark.parametrize(
    ("cut", "span", "problems"),
    [
        (UP, Span(0, 60, 1), []),
        (UP, Span(15, 60, 1), ["no answers can lead to x < 15"]),
        (UP, Span(0, 29, 1), ["no answers can lead to x ≥ 30"]),
        (DOWN, Span(0, 30, 1), ["no answers can lead to x > 30"]),
        (DOWN, Span(15, 31, 1), []),
        (
            Cut(("x",), (15, Fraction(31, 2)), (0, 1, 2), up=False),
            Span(0, 60, 1),
            ["no answers can lead to x > 15, ≤ 15.5"],
        ),
    ],
)
def test_a_stretch_without_numbers_is_told(cut, span, problems):
    assert list(cut.complaints([span])) == problems


def test_a_cut_says_its_stretches_and_where_the_number_lies():
    assert UP.work((30,), 2) == "30 (≥ 30) → 2"
    assert DOWN.work((30,), 1) == "30 (> 15, ≤ 30) → 1"
    assert DOWN.told()["zh-CN"] == "看下面一项落在哪一段：≤ 15 取 0；> 15, ≤ 30 取 1；> 30 取 2。"
    assert (UP.span([Span(0, 20, 1)]).low, UP.span([Span(0, 20, 1)]).high) == (0, 1)


# --- max and min -----------------------------------------------------------------------------------------------


def test_the_greatest_and_the_least_are_found_and_reach_as_far_as_they_can():
    spans = [Span(0, 3, 1), Span(2, 5, 1)]
    assert Extreme(("a", "b"), greatest=True).compute((3, 2)) == 3
    assert Extreme(("a", "b"), greatest=False).compute((3, 2)) == 2
    greatest, least = (Extreme(("a", "b"), greatest).span(spans) for greatest in (True, False))
    assert (greatest.low, greatest.high, least.low, least.high) == (2, 5, 0, 3)


# --- in a file -------------------------------------------------------------------------------------------------

NIGHTLY = scale_of(nightly())
NIGHT = {"bed": "23:30", "rise": "07:30", "slept": 408, "cups": 1.5, "n1": 1, "n2": 1, "n3": 1, "n4": 1, "n5": 0} | {
    "why": [],
    "gate": 1,
}


def scores(answers, **profile):
    return outcome_of(NIGHTLY, NIGHT | answers, **profile).scores


@pytest.mark.parametrize(
    ("night", "found"),
    [
        (("23:30", "07:30", 408), (480, 85, 0)),
        (("23:30", "07:30", 407), (480, Fraction(1017.5) / 12, 1)),
        (("00:10", "06:10", 270), (360, 75, 1)),
        (("13:00", "12:59", 1200), (1439, Fraction(120000, 1439), 1)),
        (("22:00", "22:00", 300), (0, None, None)),
        ((None, "07:30", 408), (None, None, None)),
    ],
)
def test_clock_times_go_over_midnight_and_nothing_is_divided_by_zero(night, found):
    counted = scores(dict(zip(("bed", "rise", "slept"), night, strict=True)))
    assert (counted["in_bed"], counted["efficiency"], counted["restless"]) == found


def test_a_score_of_a_score_without_a_value_has_none_either_and_others_are_left_alone():
    found = scores({"rise": "23:30"})
    assert (found["restless"], found["worst"], found["late"], found["total"]) == (None, None, 0, 4)


@pytest.mark.parametrize(
    ("gate", "n1", "cups", "gated"), [(0, 3, 1.5, 0), (1, 1, 1.5, 1), (1, 3, 3.5, 0), (None, 1, 1.5, None)]
)
def test_a_gate_that_says_no_gives_zero_and_a_blank_one_no_score(gate, n1, cups, gated):
    assert scores({"gate": gate, "n1": n1, "cups": cups})["gated"] == gated


def test_a_share_allows_as_many_as_are_whole():
    """0.4 of five operands are two."""
    assert scores({"n1": None, "n2": None, "n3": 2, "n4": 2, "n5": 2})["total"] == 10
    assert scores({"n1": None, "n2": None, "n3": None})["total"] is None
    rule = next(score.missing for score in NIGHTLY.scores if score.id == "total")
    assert (rule.allow, rule.share) == (2, Fraction(2, 5))


def test_a_score_is_given_only_if_enough_of_the_whole_sheet_is_answered():
    """Of the twelve scored items a fifth may be missing: two."""
    two = {"n1": None, "n2": None}
    assert scores(two)["strict"] == 1
    assert scores(two | {"cups": None})["strict"] is None
    assert scores(two | {"since": None, "note": None})["strict"] == 1
    loose = scale_of(without(nightly(), "scores", "strict", "valid_if_missing_share_at_most"))
    assert outcome_of(loose, NIGHT | two | {"cups": None}).scores["strict"] == 1


SCORE = ("scores", "often")


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ((*SCORE, "count"), {"of": "n1..n5"}, "scores › often › count: either at_least or at_most is expected"),
        (
            (*SCORE, "count"),
            {"of": "n1..n5", "at_least": 1, "at_most": 2},
            "scores › often › count: either at_least or at_most is expected",
        ),
        ((*SCORE, "count", "at_least"), [1, 2], "scores › often › count › at_least: 2 thresholds for 5 operands"),
        ((*SCORE, "count", "at_least"), 0, "scores › often › count: n1 >= 0 holds for every answer"),
        ((*SCORE, "count", "at_least"), [1, 1, 4, 1, 1], "scores › often › count: n3 >= 4 can never hold"),
        ((*SCORE, "count"), {"of": "n1..n9", "at_least": 1}, "scores › often: no item and no score is called n6"),
        (("scores", "late", "cut", "edges"), [3, 1.5], "scores › late › cut › edges: edges ascend"),
        (("scores", "late", "cut", "edges"), [3, 3], "scores › late › cut › edges: edges ascend"),
        (
            ("scores", "late", "cut", "gives"),
            [0, 1],
            "scores › late › cut › gives: 2 edges make 3 stretches, here are 2 numbers",
        ),
        (("scores", "late", "cut", "edge_goes"), "left", "cut › edge_goes: one of up, down is expected"),
        (("scores", "late", "cut", "of"), "cups, slept", "scores › late › cut › of: one item or score is expected"),
        (("scores", "late", "cut", "edges"), [1.5, 7], "scores › late › cut: no answers can lead to cups > 7"),
        (("scores", "worst", "max"), ["restless", "nothing"], "scores › worst: no item and no score is called nothing"),
        (("scores", "gated", "formula"), "gate *", "scores › gated › formula: not a formula: a number, an item"),
        (("scores", "gated", "formula"), "gate / 0", "scores › gated › formula: divides by zero, whatever is answered"),
        (("scores", "gated", "formula"), "gate + gated", "scores › gated: rests on itself: gated → gated"),
        (("scores", "gated", "formula"), "gate + since", "scores › gated: since is unscored"),
        (("scores", "gated", "formula"), "gate > 1", "scores › gated › formula: gate > 1 can never hold"),
        (("scores", "gated", "formula"), 7, "scores › gated › formula: text (in quotes, if it looks like a number)"),
        (("scores", "total", "missing", "allow"), 0.1, "missing › allow: of 5 operands that share is less than one"),
        (("scores", "total", "missing", "allow"), 1.5, "missing › allow: a whole number from 1 to 1000 is expected"),
        (
            ("scores", "strict", "valid_if_missing_share_at_most"),
            20,
            "valid_if_missing_share_at_most: a share above 0 and below 1 is expected, such as 0.2",
        ),
        (
            ("scores", "often", "missing"),
            {"allow": 1, "then": "prorate"},
            "scores › often › missing: count: no answer can stand for another here",
        ),
    ],
)
def test_what_does_not_fit_a_score_is_told_with_its_place(path, value, problem):
    problems = problems_of(edited(nightly(), *path, to=value))
    assert any(problem in each for each in problems), problems


def test_scores_that_rest_on_each_other_through_a_formula_are_refused():
    circle = edited(nightly(), "scores", "in_bed", "formula", to="(rise - bed) % 1440 + restless")
    assert problems_of(circle) == [
        "nightly 1.0.0 › scores › in_bed: rests on itself: in_bed → restless → efficiency → in_bed"
    ]


# --- bands by sex ----------------------------------------------------------------------------------------------


def for_everybody():
    """The nightly scale without its item for women only."""
    document = edited(nightly(), "tests", 0, "answers", "n4", to=0)
    return without(without(document, "items", 6, "applies_if"), "items", 6, "when_na")


@pytest.mark.parametrize(
    ("total", "female", "male", "unknown"),
    [
        (0, "low", "low", "low"),
        (3, "low", "low", "low"),
        (4, "high", "low", None),
        (5, "high", "low", None),
        (6, "high", "high", "high"),
        (15, "high", "high", "high"),
    ],
)
def test_each_sex_has_its_edges_and_where_it_is_unknown_both_must_agree(total, female, male, unknown):
    values = [3] * (total // 3) + [total % 3] + [0] * 5
    answers = {f"n{at}": values[at - 1] for at in range(1, 6)}
    scale = scale_of(for_everybody())
    found = {
        sex: outcome_of(scale, NIGHT | answers, sex=sex).bands["total"] for sex in ("female", "male", "other", None)
    }
    assert found == {"female": female, "male": male, "other": unknown, None: unknown}


def test_a_band_by_sex_asks_for_the_sex():
    bare = for_everybody()
    assert scale_of(bare).form.profile == ("sex",)
    plain = edited(bare, "bands", "total", to={"source": "invented", "edges": [band(0, "low"), band(6, "high")]})
    assert scale_of(plain).form.profile == ()


def test_the_edges_of_men_for_everybody_would_be_caught():
    """The negative control."""
    men = edited(nightly(), "bands", "total", "edges", 1, "from", to={"female": 6, "male": 6})
    answers = NIGHT | {"n1": 3, "n4": 0, "n5": 0, "n3": 0}
    assert outcome_of(scale_of(men), answers, sex="female").bands != outcome_of(NIGHTLY, answers, sex="female").bands


@pytest.mark.parametrize(
    ("start", "problem"),
    [
        ({"female": 4}, "edges › high › from › male: value missing"),
        ({"female": 4, "male": 6, "other": 5}, "edges › high › from › other: unknown construct"),
        ({"female": 0, "male": 6}, "edges › high: does not begin above the band before it"),
        ({"female": 4, "male": 16}, "edges › high: no answers can lead to this band"),
        (5, "edges: by: sex, but no edge differs; write from: {female: 3, male: 4} where one does"),
    ],
)
def test_edges_by_sex_are_checked_for_each(start, problem):
    problems = problems_of(edited(nightly(), "bands", "total", "edges", 1, "from", to=start))
    assert any(problem in each for each in problems), problems


def test_an_edge_by_sex_needs_the_word_by():
    problems = problems_of(without(nightly(), "bands", "total", "by"))
    assert problems == ["nightly 1.0.0 › bands › total › edges › high › from: edges differ by sex only beside by: sex"]


def test_every_scored_item_must_count_somewhere_in_a_formula_too():
    unused = edited(calm(), "scores", "total", to={"label": words(), "formula": "q1 + q2 * 2"})
    unused = edited(edited(unused, "bands", to={}), "advice", to=[])
    assert sum("no score uses this item" in problem for problem in problems_of(unused)) == 7


def test_a_formula_of_a_prorated_total_stays_exact():
    document = edited(calm(), "scores", "percent", to={"label": words(), "formula": "total * 100 / 27"})
    assert outcome_of(scale_of(document), nine(1, 1, 1, 1, 1, 1, 2, None, None)).scores["percent"] == Fraction(800, 21)
