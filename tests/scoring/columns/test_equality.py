"""On columns a file comes to the very text that scoring one response at a time gives, for every scale.

A few hundred random responses a scale in the suite, always the same; with `HEARTPORT_PROOF=1` a million new ones for
each family of scales, shared out evenly among its members.
"""

import json
import os
from functools import cache
from random import Random

import pytest

from heartport.scoring import exact
from heartport.scoring.columns import adding, computing, scores, sheets, truths
from heartport.scoring.columns.answers import INVALID
from heartport.scoring.exact import Rounding
from tests.scoring.columns.constructed import DOCUMENTS
from tests.scoring.columns.one_by_one import as_json_lines, as_table, plainly, responses, singly, together
from tests.scoring.invented import scale_of
from tests.scoring.shipped import NAMES, shipped

FULL = os.environ.get("HEARTPORT_PROOF") == "1"
RESPONSES = 120
MILLION, PORTION = 1_000_000, 10_000 if FULL else 60
IN_CELLS = (-1, 77, "x", "25:00", "2026-02-30")
"""Answers that are none, as a cell of a table can hold them."""
SCALES = {**DOCUMENTS, **dict.fromkeys(NAMES)}
RELATED = {
    "PHQ and GAD": ("phq2", "phq4", "phq9", "phq15", "gad2", "gad7"),
    "Kessler": ("k6", "k10"),
    "Zung": ("sas", "sds"),
    "Cohen": ("pss10", "pss14"),
    "AUDIT": ("audit", "audit_c"),
    "sleep": ("ais", "isi", "psqi"),
    "burnout": ("cbi", "mbi_gs", "mbi_gs_cn15", "olbi"),
    "work": ("eri16", "hse", "uwes9"),
    "Rosenberg": ("rses", "rses_cn"),
    "couples": ("csi4", "kms", "ras"),
    "UCLA": ("ucla3", "ucla20"),
    "well-being": ("swls", "who5", "whoqol_bref"),
    "general health": ("ghq12", "srq20"),
    "resilience": ("brs", "cdrisc10"),
    "made up": tuple(DOCUMENTS),
}
"""Scales of one house or one matter; each other scale is a family by itself."""
ALONE = set(SCALES) - {name for names in RELATED.values() for name in names}
FAMILIES = {**RELATED, **{name: (name,) for name in sorted(ALONE)}}


@cache
def scale(name):
    return shipped(name) if SCALES[name] is None else scale_of(SCALES[name]())


def difference(one: str, other: str) -> str | None:
    """Tell the first line in which two texts part; what it holds was made up here."""
    pairs = zip(one.splitlines(), other.splitlines(), strict=True)
    return next((f"line {at}: {a} and {b}" for at, (a, b) in enumerate(pairs, start=1) if a != b), None)


@pytest.mark.parametrize("name", SCALES)
def test_json_lines_come_to_what_each_response_comes_to_alone(name):
    some = list(responses(scale(name), Random(name), RESPONSES))
    assert difference(together(scale(name), as_json_lines(some)), singly(scale(name), some)) is None


@pytest.mark.parametrize("name", SCALES)
def test_tables_come_to_what_each_response_comes_to_alone(name):
    some = list(responses(scale(name), Random(f"table {name}"), RESPONSES, IN_CELLS))
    found = together(scale(name), as_table(scale(name), some), source_table=True, table=True)
    assert difference(found, singly(scale(name), some, table=True)) is None


def floored(value, rounding):
    return exact.rounded(value, None if rounding is None else Rounding("floor", rounding.to))


def gaps_as_zero(columns, whole, gaps, filled, key):
    return adding.fill(columns, whole, gaps, lambda total, answered: filled(total, len(columns)), key)


def always_shown(expression, columns, rows):
    return truths.truths(expression, columns, rows) * 0 + truths.YES


def unknown_is_no(expression, columns, rows):
    found = truths.truths(expression, columns, rows)
    return found - (found == truths.UNKNOWN)


def worked_out_to_the_end(decisive, parts):
    """Look at every part of `and` and `or`, also after the one that decides."""
    found = joined(decisive, parts)
    for part in parts:
        found = found.without(~part.known())
    return found


joined = computing._joined


@pytest.mark.parametrize(
    ("name", "module", "place", "broken"),
    [
        ("rounding", scores, "rounded", floored),
        ("calm", scores, "fill", gaps_as_zero),
        ("calm", scores, "INVALID", INVALID + 100),
        ("winding", sheets, "truths", always_shown),
        ("winding", sheets, "truths", unknown_is_no),
        ("computing", computing, "_joined", worked_out_to_the_end),
    ],
    ids=lambda each: getattr(each, "__name__", str(each)),
)
def test_a_broken_rule_is_noticed(name, module, place, broken, monkeypatch):
    some = list(responses(scale(name), Random(name), RESPONSES))
    monkeypatch.setattr(module, place, broken)
    assert difference(together(scale(name), as_json_lines(some)), singly(scale(name), some)) is not None


def parted(name: str, seed: str, count: int) -> str | None:
    """Score so many new responses on columns and alone, as tables and each fifth time as JSON lines; tell a difference.

    What the columns write is read again and held against what the single path gave, value by value.
    """
    random = Random(seed)
    for number, done in enumerate(range(0, count, PORTION)):
        as_lines = number % 5 == 4
        some = list(responses(scale(name), random, min(PORTION, count - done), *([] if as_lines else [IN_CELLS])))
        data = as_json_lines(some) if as_lines else as_table(scale(name), some)
        found = together(scale(name), data, source_table=not as_lines).splitlines()
        for line, each in zip(found, some, strict=True):
            if json.loads(line) != (alone := plainly(scale(name), each)):
                return f"{name}, seed {seed}: {line} and {alone}"
    return None


@pytest.mark.parametrize("family", FAMILIES)
def test_a_million_responses_a_family_come_to_what_each_comes_to_alone(family):
    names = FAMILIES[family]
    count = max(PORTION, MILLION // len(names)) if FULL else 5 * PORTION // len(names)
    for name in names:
        assert parted(name, os.urandom(8).hex() if FULL else name, count) is None


def test_every_scale_is_of_one_family():
    assert sorted(name for names in FAMILIES.values() for name in names) == sorted(SCALES)


def test_a_broken_rule_is_noticed_among_many(monkeypatch):
    monkeypatch.setattr(scores, "fill", gaps_as_zero)
    assert parted("phq9", "phq9", 5 * PORTION) is not None
