"""Every scale that we publish loads clean, passes its own examples, and scores as its frozen edges say.

Edges are frozen with `flask scales edges ID --freeze`; they change only with a new version of the scale. What the files
say is held against the facts in test_facts.py, against a second implementation in test_differential.py, and against
known mistakes in test_traps.py.
"""

import os

import pytest

from heartport.scoring.edges import edge_cases, plain_cases
from heartport.scoring.frozen import freeze, thaw
from heartport.scoring.library import edges_file
from heartport.scoring.noticing import disagreements, verdicts
from tests.scoring.shipped import FILES, NAMES, library, shipped

FULL = os.environ.get("HEARTPORT_PROOF") == "1"
SLOW = {"scl90", "psqi", "eri16", "mbi_gs_cn15", "pcptsd5"}
"""Scales whose edges take long to look for; the others are generated anew in the suite, all of them in the proof."""


def text_of(name: str) -> str:
    return edges_file(next(path for path in FILES if path.stem == name)).read_text(encoding="utf-8")


def test_all_files_load_together():
    assert set(library().current) == set(NAMES)


def test_every_scale_has_its_frozen_edges_and_none_are_left_without_a_scale():
    folder = edges_file(FILES[0]).parent
    assert {path.name for path in folder.iterdir()} == {f"{name}.json" for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_each_scale_scores_as_frozen(name):
    frozen = thaw(text_of(name))
    assert disagreements(shipped(name), frozen) == ()
    plain = [(case.name, case.answers, case.profile) for case in plain_cases(shipped(name))]
    assert [(case.name, case.answers, case.profile) for case, _ in frozen[: len(plain)]] == plain


@pytest.mark.parametrize("name", [name for name in NAMES if FULL or name not in SLOW])
def test_what_is_generated_today_is_what_is_frozen(name):
    assert freeze(shipped(name), edge_cases(shipped(name))) == text_of(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_single_edit_of_the_scoring_is_noticed(name):
    judged = list(verdicts(shipped(name), thaw(text_of(name))))
    assert len(judged) > 5
    assert [each.mutant.name for each in judged if each.fate == "lives"] == []


def test_a_frozen_case_that_comes_out_otherwise_is_named():
    case, row = thaw(text_of("gad7"))[0]
    assert disagreements(shipped("gad7"), [(case, {**row, "scores": {"total": 1}})]) == ("all lowest",)
