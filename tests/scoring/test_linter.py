import pytest

from tests.scoring.invented import advice, band, calm, edited, problems_of, winding, without, words


def test_the_invented_scales_are_clean():
    assert problems_of(calm()) == []
    assert problems_of(winding()) == []


EDGES = ("bands", "total", "edges")


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("provenance", "translation"), {}, "provenance › translation › zh-CN: value missing"),
        (
            ("licence", "wording", "state"),
            "unknown",
            "texts › q1: the licence of the wording does not allow this text here",
        ),
        (("scores", "total", "sum"), "q1..q8", "items › q9: no score uses this item"),
        (("scores", "total", "sum"), "q1..q10", "scores › total: no item and no score is called q10"),
        (
            ("scores", "total", "sum"),
            "q1..q99",
            "scores › total: no item and no score is called q10, q11, q12 and 87 more",
        ),
        (("scores", "total", "sum"), "q1..q9, hard", "scores › total: hard is unscored"),
        (("scores", "q1"), {"label": words(), "sum": "q1..q9"}, "scores › q1: an item has the same id"),
        (("scores", "total", "sum"), "q1..q9, total", "scores › total: rests on itself: total → total"),
        (("scores", "total", "missing", "allow"), 9, "missing › allow: there are only 9 operands"),
        (("scores", "total", "missing", "then"), "mean_of_answered", "missing › then: sum goes with prorate"),
        (
            ("keying",),
            [{"items": "q1", "reverse": [1, 4]}],
            "keying › 1 › reverse: the options of q1 run from 0 to 3",
        ),
        (
            ("keying",),
            [{"items": "q1", "map": {0: 0, 1: 1}}],
            "keying › 1 › map: does not cover exactly the options of q1",
        ),
        (("keying",), [{"items": "q1..q10", "reverse": [0, 3]}], "keying › 1 › items: no item is called q10"),
        (("keying",), [{"items": "hard", "reverse": [0, 1]}], "keying › 1 › items: hard is in no score"),
        (("keying",), [{"items": "q1", "reverse": [0, 3], "for": "sum"}], "keying › 1 › for: no score of this id"),
        (("keying",), [{"items": "q1", "reverse": [0, 3]} for _ in range(2)], "keying › 2 › items: q1 is keyed twice"),
        ((*EDGES, 0, "from"), 1, "edges › minimal: the first band begins at the lowest attainable, 0"),
        ((*EDGES, 0, "from"), -1, "edges › minimal: the first band begins at the lowest attainable, 0"),
        ((*EDGES, 1, "from"), 10, "edges › moderate: does not begin above the band before it"),
        ((*EDGES, 4, "from"), 28, "edges › severe: no answers can lead to this band"),
        ((*EDGES, 4, "id"), "mild", "edges › mild: the id stands twice"),
        (EDGES, [], "bands › total › edges: value missing"),
        (("bands", "other"), {"source": "x", "edges": [band(0, "low")]}, "bands › other: no score of this id"),
        (("flags", 0, "when"), "q10 >= 1", "flags › safety › when: q10 is not known here"),
        (("flags", 0, "when"), "total >= 1", "flags › safety › when: total is not known here"),
        (("flags", 0, "when"), "q9 >= 4", "flags › safety › when: q9 >= 4 can never hold"),
        (("flags", 0, "when"), "q9 == 4", "flags › safety › when: q9 == 4 can never hold"),
        (("flags", 0, "when"), "q9 in [3, 4]", "flags › safety › when: q9 is never 4"),
        (("flags", 0, "when"), "q9 >= 0", "flags › safety › when: q9 >= 0 holds for every answer"),
        (
            ("flags", 0, "when"),
            "always",
            "flags › safety › when: `always` is for advice: this must look at an answer or the profile",
        ),
        (("flags", 0, "level"), "caution", "flags › safety: an urgent flag shows a card, and only an urgent one does"),
        (("advice", 0, "when"), "total.band == low", "advice › keep › when: total.band is never low"),
        (("advice", 0, "when"), "sum.band == low", "advice › keep › when: sum.band is not known here"),
        (("advice", 0, "when"), "total > 27", "advice › keep › when: total > 27 can never hold"),
        (("advice", 0, "when"), "q1 != 7", "advice › keep › when: q1 != 7 holds for every answer"),
        (("advice", 0, "when"), "profile.sex == 'f'", "advice › keep › when: profile.sex is never f"),
        (("advice", 0, "when"), "profile.age > 3", "advice › keep › when: profile.age is not known here"),
        (("advice", 0, "id"), "talk", "advice › talk: the id stands twice"),
        (("tests", 0, "answers"), {"q10": 1}, "tests › all lowest › answers: no item is called q10"),
        (("tests", 0, "expect"), {}, "tests › all lowest › expect: value missing"),
        (("tests", 0, "profile"), {"height": 3}, "tests › all lowest › profile: not a profile"),
        (("tests", 0, "profile"), {"age": "3"}, "tests › all lowest › profile: not a profile"),
        (("tests", 0, "expect", "total"), 1, "tests › all lowest › expect › total: 1 expected, 0 found"),
        (("tests", 0, "expect", "flags"), ["safety"], "expect › flags: [safety] expected, [] found"),
        (("tests", 0, "expect", "sum"), 0, "tests › all lowest › expect › sum: not known; known are total"),
    ],
)
def test_what_does_not_fit_together_is_told(path, value, problem):
    problems = problems_of(edited(calm(), *path, to=value))
    assert any(problem in each for each in problems), problems


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("items", 1, "show_if"), "b1 == 2", "items › a5 › show_if: b1 is not known here"),
        (("items", 1, "show_if"), "a5 == 2", "items › a5 › show_if: a5 is not known here"),
        (("items", 1, "show_if"), "ease > 2", "items › a5 › show_if: ease is not known here"),
        (("items", 1, "when_hidden"), 6, "items › a5 › when_hidden: not an answer to this item"),
        (("items", 1, "when_hidden"), "missing", "items › a5 › interview_skip: when_hidden must give a value"),
        (("scores", "ease", "mean"), "both, a1..a5", "rests on itself"),
        (
            ("scores", "both", "missing"),
            {"allow": 1, "then": "prorate"},
            "scores › both › missing: weighted: no answer can stand for another here",
        ),
        (("scores", "both", "weighted", "by"), [1, 2, 3], "scores › both › weighted › by: 3 weights for 2 operands"),
        (
            ("scores", "inner", "missing"),
            {"allow": 1, "then": "prorate"},
            "scores › inner › missing › then: mean goes with mean_of_answered",
        ),
        (("bands", "ease", "shown"), "other", "bands › ease › shown: one of narrow, wide is expected, or none"),
        (
            ("bands", "ease", "sets", "narrow", "edges", 1, "from"),
            4.25,
            "bands › ease › sets › narrow › edges › top: does not begin above the band before it",
        ),
    ],
)
def test_branches_graphs_and_band_sets_are_checked(path, value, problem):
    problems = problems_of(edited(winding(), *path, to=value))
    assert any(problem in each for each in problems), problems


def test_a_hidden_item_must_say_what_it_counts_as():
    problem = "when_hidden must say what a hidden item counts as: missing, or a value"
    assert problem in problems_of(without(winding(), "items", 2, "when_hidden"))[0]


def test_an_item_without_words_is_told_unless_the_licence_forbids_them():
    bare = without(calm(), "texts")
    assert len(problems_of(bare)) == 10
    assert problems_of(edited(bare, "licence", "wording", "state", to="restricted")) == []


def test_a_band_between_two_steps_of_a_doubled_score_is_unreachable():
    doubled = edited(calm(), "scores", "total", to={"label": words(), "weighted": {"of": "q1..q9", "by": 2}})
    doubled = edited(doubled, "bands", "total", "edges", to=[band(0, "low"), band(9, "odd"), band(10, "high")])
    doubled = edited(doubled, "advice", to=[])
    assert problems_of(doubled) == ["calm 1.0.0 › bands › total › edges › odd: no answers can lead to this band"]


def test_an_always_true_condition_is_allowed_to_advice_only():
    assert problems_of(edited(calm(), "advice", 0, to=advice("open", "always"))) == []
    assert problems_of(edited(calm(), "advice", 0, to=advice("open", "q1 >= 0 or q2 >= 0"))) == []


def test_a_slip_is_not_reported_again_in_its_consequences():
    assert len(problems_of(edited(calm(), "items", 0, "ids", to="q1..x9"))) == 1
