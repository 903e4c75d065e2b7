"""Every scale that we publish loads clean, passes its own examples, and scores as its snapshot says.

A snapshot is frozen with `flask scales edges ID > tests/scoring/snapshots/ID.json`; it changes only with a new
version of the scale.
"""

import json
from functools import partial
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from heartport.scoring.edges import edges_as_json
from heartport.scoring.library import load_file, load_library
from heartport.scoring.loader import load_scale
from heartport.scoring.problems import ScalesRefused
from heartport.scoring.sheets import read_loosely

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "scales").glob("*.yaml"))
LIBRARY = load_library([ROOT / "scales"])
SNAPSHOTS = Path(__file__).parent / "snapshots"


def test_all_files_load_together():
    assert set(LIBRARY.current) >= FACTS.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_scale_equals_its_snapshot(path):
    assert edges_as_json(load_file(path)) == (SNAPSHOTS / f"{path.stem}.json").read_text(encoding="utf-8")


def test_no_snapshot_is_left_without_its_scale():
    assert {path.stem for path in SNAPSHOTS.glob("*.json")} == {path.stem for path in FILES}


FACTS = {
    "phq9": {
        "total": (
            range(1, 10),
            1,
            [(0, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately_severe"), (20, "severe")],
        ),
    },
    "gad7": {"total": (range(1, 8), 1, [(0, "minimal"), (5, "mild"), (10, "moderate"), (15, "severe")])},
    "dass21": {
        "depression": (
            (3, 5, 10, 13, 16, 17, 21),
            2,
            [(0, "normal"), (10, "mild"), (14, "moderate"), (21, "severe"), (28, "extremely_severe")],
        ),
        "anxiety": (
            (2, 4, 7, 9, 15, 19, 20),
            2,
            [(0, "normal"), (8, "mild"), (10, "moderate"), (15, "severe"), (20, "extremely_severe")],
        ),
        "stress": (
            (1, 6, 8, 11, 12, 14, 18),
            2,
            [(0, "normal"), (15, "mild"), (19, "moderate"), (26, "severe"), (34, "extremely_severe")],
        ),
    },
    "k10": {"total": (range(1, 11), 1, [(10, "low"), (16, "moderate"), (22, "high"), (30, "very_high")])},
}
"""For each score: its items, their weight, and its lower edges. PHQ-9: Kroenke 2001; GAD-7: Spitzer 2006;
DASS-21: Lovibond 1995; K10: Australian Bureau of Statistics."""


def by_hand(facts, answers):
    """Score complete answers from the facts alone."""
    items, weight, edges = facts
    total = sum(answers[f"q{at}"] for at in items) * weight
    return total, next(name for start, name in reversed(edges) if total >= start)


@pytest.mark.parametrize("scale_id", FACTS)
@given(st.randoms(use_true_random=False))
def test_complete_answers_score_as_counted_by_hand(scale_id, random):
    scale = LIBRARY.current[scale_id]
    lean = random.random()
    answers = {item.id: max(random.choices(item.values, k=1 + round(2 * lean))) for item in scale.items}
    outcome = scale.plan.score(read_loosely(scale, answers, {}))
    for score, facts in FACTS[scale_id].items():
        assert (outcome.scores[score], outcome.bands[score]) == by_hand(facts, answers)


@pytest.mark.parametrize("scale_id", FACTS)
def test_edges_and_reach_are_those_of_the_sources(scale_id):
    scale = LIBRARY.current[scale_id]
    found = {each.score: [(band.start, band.id) for band in each.shown.bands] for each in scale.bands}
    assert found == {score: edges for score, (_, _, edges) in FACTS[scale_id].items()}


def test_only_the_phq9_may_have_answers_missing():
    assert {scale_id for scale_id in FACTS for score in LIBRARY.current[scale_id].scores if score.missing} == {"phq9"}


def test_the_skips_of_the_k10_fill_only_blanks():
    scale = LIBRARY.current["k10"]
    answers = {f"q{at}": 2 for at in range(1, 11)} | {"q2": 1, "q3": None, "q5": 1, "q6": None}
    assert scale.plan.score(read_loosely(scale, answers, {})).scores == {"total": 16}
    assert scale.plan.score(read_loosely(scale, answers | {"q3": 5}, {})).scores == {"total": 20}
    assert scale.plan.score(read_loosely(scale, answers | {"q2": 2}, {})).scores == {"total": None}


def test_the_second_band_set_of_the_k10_has_its_own_edges():
    (bands,) = LIBRARY.current["k10"].bands
    assert [[band.start for band in each.bands] for each in bands.others] == [[10, 20, 25, 30]]


def mutants(document):
    """Give the single edits that would make a scale score differently, each as a name and a change."""
    for score, bands in document["bands"].items():
        for name, each in bands.get("sets", {"": bands}).items():
            for edge in each["edges"]:
                for moved in (edge["from"] - 1, edge["from"] + 1):
                    yield f"{score} {name} {edge['id']}", partial(edge.update, {"from": moved})
    for name, score in document["scores"].items():
        yield from score_mutants(name, score)
    for flag in document.get("flags", []):
        yield f"flag {flag['id']} gone", partial(document["flags"].remove, flag)
        yield f"flag {flag['id']} higher", partial(flag.update, when=flag["when"].replace(">= 1", ">= 2"))


def score_mutants(name, score):
    if "missing" in score:
        rule = score["missing"]
        yield f"{name} allows less", partial(rule.update, allow=rule["allow"] - 1)
        yield f"{name} allows more", partial(rule.update, allow=rule["allow"] + 1)
        yield f"{name} without missing", partial(score.pop, "missing")
    else:
        yield f"{name} prorates", partial(score.update, missing={"allow": 1, "then": "prorate"})
    if "weighted" in score:
        yield f"{name} weight", partial(score["weighted"].update, by=3)
        yield f"{name} loses an item", partial(score["weighted"]["of"].pop)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_mutant_is_noticed(path):
    original = edges_as_json(load_file(path))
    names = [name for name, _ in mutants(yaml.safe_load(path.read_bytes()))]
    assert len(names) > 5
    for at, name in enumerate(names):
        document = yaml.safe_load(path.read_bytes())
        list(mutants(document))[at][1]()
        document["status"] = "draft"
        document["tests"] = []
        assert noticed(document, original), name


def noticed(document, original):
    try:
        scale = load_scale(yaml.safe_dump(document, allow_unicode=True, sort_keys=False).encode(), "mutant")
    except ScalesRefused:
        return True
    return edges_as_json(scale) != original


def test_the_unchanged_file_is_no_mutant():
    path = FILES[0]
    document = yaml.safe_load(path.read_bytes())
    assert not noticed(document, edges_as_json(load_file(path)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_snapshots_are_json_with_one_case_a_line(path):
    text = (SNAPSHOTS / f"{path.stem}.json").read_text(encoding="utf-8")
    assert len(json.loads(text)) == text.count("\n") - 2
