"""Mutants are what an edit of the file would make, none is forgotten, and what is called equivalent is."""

from functools import cache
from itertools import product

import pytest

from heartport.scoring.edges import edge_cases, plain_cases
from heartport.scoring.frozen import NotFrozen, freeze, outcome_of, thaw
from heartport.scoring.mutants import StepsChanged, filled
from heartport.scoring.mutations import mutants_of
from heartport.scoring.noticing import verdicts
from heartport.scoring.plans import compile_step, slots_of
from tests.scoring.invented import calm, edited, nightly, scale_of, winding, without, words
from tests.scoring.test_lookups import BY_BOTH
from tests.scoring.test_norms import norm, normed

CALM = scale_of(calm())
WINDING = scale_of(winding())
NIGHTLY = scale_of(nightly())


def mutants(scale):
    return {mutant.name: mutant for mutant in mutants_of(scale)}


def free(document):
    """Give a document without what it says of itself, so that a mutant of it may load."""
    return scale_of(edited(edited(document, "tests", to=[]), "status", to="draft"))


@cache
def cases_of(scale_id):
    """Generate the edges of an invented scale once for all tests."""
    scale = {"calm": CALM, "winding": WINDING, "nightly": NIGHTLY}[scale_id]
    return edge_cases(scale)


def keyed(document):
    return edited(document, "keying", to=[{"items": "q1, q2", "reverse": [0, 3]}])


EDITS = [
    ("bands › total › default › mild from 4", calm(), ("bands", "total", "edges", 1, "from"), 4),
    ("bands › total › default › mild from 6", calm(), ("bands", "total", "edges", 1, "from"), 6),
    ("scores › inner › a2 left out", winding(), ("scores", "inner", "mean"), "a1, a3..a4"),
    ("scores › total › missing › allow 1", calm(), ("scores", "total", "missing", "allow"), 1),
    ("scores › total › missing › allow 3", calm(), ("scores", "total", "missing", "allow"), 3),
    (
        "scores › total › round › half_up to 0",
        calm(),
        ("scores", "total", "round"),
        {"mode": "half_up", "to": 0},
    ),
    ("flags › safety › q9 >= 2", calm(), ("flags", 0, "when"), "q9 >= 2"),
    ("keying › q5 reversed", calm(), ("keying",), [{"items": "q5", "reverse": [0, 3]}]),
    ("keying › 1 › q2 no longer", keyed(calm()), ("keying", 0, "items"), "q1"),
    ("keying › 1 › for every score", winding(), ("keying", 0), {"items": "a1, a3", "reverse": [1, 5]}),
    ("keying › 2 › 2 becomes 7/2", winding(), ("keying", 1, "map"), {0: 0, 2: 3.5, 4: 10}),
    ("scores › both › ease weighs 2", winding(), ("scores", "both", "weighted", "by"), [2, 0.5]),
    ("scores › load › times 3", winding(), ("scores", "load", "weighted", "by"), 3),
    ("scores › inner › b2 added", winding(), ("scores", "inner", "mean"), "a1..a4, b2"),
    ("scores › inner › round › floor", winding(), ("scores", "inner", "round", "mode"), "floor"),
    ("scores › inner › round › to 2", winding(), ("scores", "inner", "round", "to"), 2),
    ("items › a5 › when_hidden › 2", winding(), ("items", 1, "when_hidden"), 2),
    ("items › a5 › show_if › a4 != 2", winding(), ("items", 1, "show_if"), "a4 != 2"),
    ("items › a5 › interview_skip", winding(), ("items", 1, "interview_skip"), False),
    ("scores › late › edge_goes: up", nightly(), ("scores", "late", "cut", "edge_goes"), "up"),
    ("scores › late › the edge 3/2 becomes 2", nightly(), ("scores", "late", "cut", "edges"), [2, 3]),
    ("scores › late › ≤ 1.5 gives 1", nightly(), ("scores", "late", "cut", "gives"), [1, 1, 2]),
    (
        "scores › often › the threshold of n3 becomes 3",
        nightly(),
        ("scores", "often", "count", "at_least"),
        [1, 1, 3, 2, 2],
    ),
    ("scores › never › the threshold becomes 1", nightly(), ("scores", "never", "count", "at_most"), 1),
    ("scores › worst › min", nightly(), ("scores", "worst"), {"label": words(), "min": ["restless", "late"]}),
    (
        "scores › gated › gate × (total > 3 and not late = 2)",
        nightly(),
        ("scores", "gated", "formula"),
        "gate * (total > 3 and not late == 2)",
    ),
    (
        "bands › total › default › high female from 5",
        nightly(),
        ("bands", "total", "edges", 1, "from"),
        {"female": 5, "male": 6},
    ),
    ("items › n4 › when_na › 1", nightly(), ("items", 6, "when_na"), 1),
    ("items › n5 › when_missing › missing", nightly(), ("items", 7, "when_missing"), "missing"),
]


@pytest.mark.parametrize(("name", "document", "path", "value"), EDITS, ids=[edit[0] for edit in EDITS])
def test_a_mutant_scores_as_the_edited_file_would(name, document, path, value):
    before, after = free(document), free(edited(document, *path, to=value))
    change = mutants(before)[name].change
    mutated = change.changed(before)
    differing = 0
    for case in cases_of(before.id):
        on = filled(before, case.answers, case.profile)
        expected = filled(after, case.answers, case.profile).outcome
        assert filled(mutated, case.answers, case.profile).outcome == expected
        # A step is looked at alone: that another score rests on it needs no looking.
        assert change.shows(before, on) == (expected._replace(advice=()) != on.outcome._replace(advice=()))
        differing += expected != on.outcome
    assert differing


NORMED = scale_of(normed(norm(), norm(id="p", yields="percentile", cells=[{"score": "total", "percentiles": {5: 10}}])))
LOOKED_UP = scale_of(BY_BOTH)


@pytest.mark.parametrize("scale", [CALM, WINDING, NIGHTLY, NORMED, LOOKED_UP], ids=lambda scale: scale.id)
def test_the_generated_edges_notice_every_mutant_of_every_construct(scale):
    cases = cases_of(scale.id) if scale in {CALM, WINDING, NIGHTLY} else edge_cases(scale)
    judged = list(verdicts(scale, thaw(freeze(scale, cases))))
    assert [each.mutant.name for each in judged if each.fate == "lives"] == []
    assert len({each.mutant.name for each in judged}) == len(judged)


def test_without_the_search_some_would_live():
    """The negative control."""
    frozen = thaw(freeze(NIGHTLY, list(plain_cases(NIGHTLY))))
    assert any(each.fate == "lives" for each in verdicts(NIGHTLY, frozen))


def test_the_examples_of_a_file_notice_too():
    document = edited(calm(), "tests", to=[{"name": "x", "answers": {"q1..q9": 3}, "expect": {"total": 27}}])
    fates = {each.mutant.name: each.fate for each in verdicts(scale_of(document), [])}
    assert fates["scores › total › q4 left out"] == "examples"
    assert fates["bands › total › default › mild from 6"] == "lives"
    assert fates["flags › safety › gone"] == "lives"


# --- What is called equivalent is ------------------------------------------------------------------------------


def small(**score):
    """Two items of which everything can be tried."""
    document = edited(calm(), "items", to=[{"ids": "q1..q2", "kind": "choice", "options": "often"}])
    document = edited(document, "options", to={"often": calm()["options"]["often"]})
    document = edited(document, "texts", to={name: words() for name in ("q1", "q2")})
    document = edited(document, "scores", to={"total": {"label": words(), **score}})
    document = edited(document, "bands", to={})
    return scale_of(edited(edited(edited(document, "flags", to=[]), "advice", to=[]), "tests", to=[EXAMPLE]))


EXAMPLE = {"name": "one", "answers": {"q1": 0, "q2": 0}, "expect": {"missing": []}}
SMALL = [
    {"sum": "q1..q2"},
    {"sum": "q1..q2", "missing": {"allow": 1, "then": "prorate"}},
    {"max": ["q1", "q2"]},
    {"mean": "q1..q2", "round": {"mode": "half_up", "to": 0}},
    {"weighted": {"of": "q1..q2", "by": [2, 0.5]}},
    {"count": {"of": "q1..q2", "at_least": 2}},
    {"formula": "(q1 + q2) * 2 % 5"},
    {"formula": "q1 > 2 or q2 == 0 and not q1 + q2 == 3"},
    {"formula": "q1 / q2"},
]


@pytest.mark.parametrize("score", SMALL, ids=lambda score: "-".join(map(str, score)))
def test_a_mutant_that_never_shows_shows_on_no_sheet_and_every_other_on_some(score):
    scale = small(**score)
    values = (None, 0, 1, 2, 3)
    sheets = [filled(scale, {"q1": one, "q2": two}, {}) for one, two in product(values, values)]
    for mutant in mutants_of(scale):
        ever = any(mutant.change.shows(scale, each) for each in sheets)
        assert mutant.change.never_shows(scale) is not ever, mutant.name


def test_a_rounding_of_whole_numbers_changes_nothing_and_one_of_quarters_does():
    names = {each.mutant.name: each.fate for each in verdicts(CALM, thaw(freeze(CALM, cases_of("calm"))))}
    assert names["scores › total › round › half_up to 0"] == "edges"
    whole = scale_of(without(calm(), "scores", "total", "missing"))
    mutant = mutants(whole)["scores › total › round › half_up to 0"]
    assert mutant.change.never_shows(whole)


def test_an_index_at_which_half_up_and_half_even_part_has_a_case_there():
    """Raw 42 gives 52.5, which is 53 by the one and 52 by the other: no straight line or edge finds it."""
    index = {"label": words(), "weighted": {"of": "total", "by": 1.25}, "round": {"mode": "half_up", "to": 0}}
    whole = without(calm(), "scores", "total", "missing")
    scale = scale_of(edited(whole, "scores", "index", to=index))
    plain = [filled(scale, case.answers, case.profile) for case in plain_cases(scale)]
    mutant = mutants(scale)["scores › index › round › half_even"]
    assert not mutant.change.never_shows(scale)
    cases = [filled(scale, case.answers, case.profile) for case in edge_cases(scale)]
    assert any(mutant.change.shows(scale, each) for each in cases)
    assert len(cases) >= len(plain)


def test_a_limit_that_no_sheet_can_reach_is_no_mutant_that_lives():
    """All items are in the score, of which one may be missing: that two of the sheet may be changes nothing."""
    document = edited(calm(), "scores", "total", "missing", "allow", to=1)
    document = edited(document, "scores", "total", "valid_if_missing_share_at_most", to=0.25)
    scale = scale_of(document)
    fates = {each.mutant.name: each.fate for each in verdicts(scale, thaw(freeze(scale, edge_cases(scale))))}
    assert fates["scores › total › valid_if_missing_share_at_most › +1 item"] == "equivalent"
    assert fates["scores › total › valid_if_missing_share_at_most › gone"] == "equivalent"
    assert fates["scores › total › valid_if_missing_share_at_most › -1 item"] == "equivalent"
    assert fates["scores › total › missing › allow 2"] == "edges"


def test_a_masked_comparison_of_a_formula_is_reached():
    """Each part of an `or` must decide alone once, or moving its number would not show."""
    formula = {"label": words(), "formula": "low > 9 or many > 3 or q9 >= 2"}
    document = edited(calm(), "scores", "screen", to=formula)
    document = edited(document, "scores", "low", to={"label": words(), "sum": "q1..q8"})
    document = edited(document, "scores", "many", to={"label": words(), "count": {"of": "q1..q8", "at_least": 2}})
    scale = scale_of(document)
    cases = [filled(scale, case.answers, case.profile) for case in edge_cases(scale)]
    for name, mutant in mutants(scale).items():
        if name.startswith("scores › screen"):
            assert mutant.change.never_shows(scale) or any(mutant.change.shows(scale, each) for each in cases), name


# --- The frozen file -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [CALM, WINDING, NIGHTLY, NORMED, LOOKED_UP], ids=lambda scale: scale.id)
def test_what_is_frozen_thaws_to_the_same(scale):
    cases = list(plain_cases(scale))
    thawed = thaw(freeze(scale, cases))
    assert [case for case, _ in thawed] == cases
    for case, row in thawed:
        found = outcome_of(scale, filled(scale, case.answers, case.profile))
        assert {key: value for key, value in row.items() if key not in {"name", "profile", "answers"}} == found


def test_a_frozen_case_reads_like_an_example():
    text = freeze(CALM, list(plain_cases(CALM))[:1])
    assert text == (
        '[\n{"name": "all lowest", "answers": {"q1..q9": 0, "hard": 0}, "scores": {"total": 0}, '
        '"bands": {"total": "minimal"}, "advice": ["keep"]}\n]\n'
    )


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '[{"name": "x"}]', '[{"name": "x", "answers": {"Q1..": 0}}]', "[[]]"]
)
def test_what_is_no_frozen_file_is_told(text):
    with pytest.raises(NotFrozen):
        assert thaw(text) == ()


def test_a_score_that_is_compiled_anew_shows_nowhere():
    """The control of `shows`: what is no edit is never noticed."""
    same = StepsChanged(tuple(compile_step(score, CALM, slots_of(CALM, CALM.form)) for score in CALM.scores))
    assert not any(same.shows(CALM, filled(CALM, case.answers, case.profile)) for case in plain_cases(CALM))
    assert same.never_shows(CALM)
