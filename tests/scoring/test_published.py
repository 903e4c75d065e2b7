"""Every scale that we publish loads clean, passes its own examples, and scores as its snapshot says.

A snapshot is frozen with `flask scales edges ID > tests/scoring/snapshots/ID.json`; it changes only with a new
version of the scale. What the files say is held against the facts in test_facts.py, against a second implementation in
test_differential.py, and against known mistakes in test_traps.py.
"""

import json
from functools import partial
from pathlib import Path

import pytest
import yaml

from heartport.scoring.edges import edges_as_json
from heartport.scoring.library import load_file
from heartport.scoring.loader import load_scale
from heartport.scoring.problems import ScalesRefused
from tests.scoring.shipped import FILES, NAMES, library, shipped

SNAPSHOTS = Path(__file__).parent / "snapshots"


def test_all_files_load_together():
    assert set(library().current) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_scale_equals_its_snapshot(name):
    assert edges_as_json(shipped(name)) == (SNAPSHOTS / f"{name}.json").read_text(encoding="utf-8")


def test_no_snapshot_is_left_without_its_scale():
    assert {path.stem for path in SNAPSHOTS.glob("*.json")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_snapshots_are_json_with_one_case_a_line(name):
    text = (SNAPSHOTS / f"{name}.json").read_text(encoding="utf-8")
    assert len(json.loads(text)) == text.count("\n") - 2


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


@pytest.mark.parametrize("name", ["phq9", "gad7", "dass21", "k10"])
def test_every_mutant_is_noticed(name):
    path = next(path for path in FILES if path.stem == name)
    original = edges_as_json(load_file(path))
    names = [name for name, _ in mutants(yaml.safe_load(path.read_bytes()))]
    assert len(names) > 5
    for at, mutant in enumerate(names):
        document = yaml.safe_load(path.read_bytes())
        list(mutants(document))[at][1]()
        document["status"] = "draft"
        document["tests"] = []
        assert noticed(document, original), mutant


def noticed(document, original):
    try:
        scale = load_scale(yaml.safe_dump(document, allow_unicode=True, sort_keys=False).encode(), "mutant")
    except ScalesRefused:
        return True
    return edges_as_json(scale) != original


def test_the_unchanged_file_is_no_mutant():
    path = next(path for path in FILES if path.stem == "gad7")
    document = yaml.safe_load(path.read_bytes())
    assert not noticed(document, edges_as_json(load_file(path)))
