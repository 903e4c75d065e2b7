"""Every file says what the published facts say: items, coding, reversed items, scores, levels, missing rules, flags.

`facts.json` was gathered from the sources before any file was written, and is held against the files here.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from heartport.scoring.constructs import Item, Key
from heartport.scoring.kinds import answers_of
from heartport.scoring.language import Scale
from tests.scoring.direct import SCALES
from tests.scoring.shipped import NAMES, ROOT, shipped

FACTS = json.loads((Path(__file__).parent / "facts.json").read_text(encoding="utf-8"))
SELF_SERVICE = {"phq9", "gad7", "phq15", "dass21", "k10", "who5", "phq4"}
WORDED = SELF_SERVICE | {"phq2", "gad2", "k6", "pcptsd5", "audit", "audit_c"}
"""The scales whose licence and sources let the file carry the Chinese words."""
OWN_CODING = {
    "audit": {"q9": [0, 2, 4], "q10": [0, 2, 4]},
    "csi4": {name: [0, 1, 2, 3, 4, 5] for name in ("q2", "q3", "q4")},
}
"""Items whose stored values differ from those of the first item; the facts tell them in words."""
ALLOWED_MISSING = {
    "phq9": {"total": (2, "prorate")},
    "cbi": dict.fromkeys(("personal", "work", "client"), (3, "mean_of_answered")),
    "brs": {"mean": (5, "mean_of_answered")},
    "whoqol_bref": {
        "physical_mean": (1, "mean_of_answered"),
        "psychological_mean": (1, "mean_of_answered"),
        "social_mean": (1, "mean_of_answered"),
        "environment_mean": (2, "mean_of_answered"),
    },
}
"""Every score that may be given although answers are missing; there is no other."""
STANDS_FOR_A_BLANK = {
    "k10": {"q3": (1, None, None), "q6": (1, None, None)},
    "audit": {f"q{number}": (0, None, None) for number in range(2, 9)},
    "audit_c": {"q2": (0, None, None), "q3": (0, None, None)},
    "pcptsd5": {f"q{number}": (0, None, None) for number in range(1, 6)},
    "phq15": {"q4": (None, 0, None)},
    "psqi": {"q5j": (None, None, 0)},
}
"""What counts for a hidden item, for one that does not apply, and for a blank one; there is no other."""


def asked(scale: Scale) -> list[Item]:
    return [item for item in scale.items if not item.unscored]


def turned(scale: Scale) -> Iterator[int]:
    """Give the numbers of the reverse-keyed items."""
    for key in scale.keys:
        if key.reverse is not None or falls(key):
            yield from (int(name.removeprefix("q")) for name in key.items)


def falls(key: Key) -> bool:
    values = [key.counts_as(value) for value in sorted(key.table or {}, key=float)]
    return values != sorted(values)


def test_the_46_scales_are_all_there_and_no_other():
    assert set(NAMES) == set(FACTS) == set(SCALES)
    assert len(FACTS) == 46


@pytest.mark.parametrize("name", FACTS)
def test_items_are_counted_and_coded_as_published(name):
    items = asked(shipped(name))
    assert len(items) == FACTS[name]["items"]
    if name == "psqi":
        return
    low, high = map(int, re.search(r"(\d)-(\d)", FACTS[name]["coding"]).groups())
    for item in items:
        expected = OWN_CODING.get(name, {}).get(item.id, list(range(low, high + 1)))
        assert sorted(item.values) == expected, item.id


def test_the_psqi_takes_clock_times_minutes_and_fourteen_grades():
    items = {item.id: item for item in asked(shipped("psqi"))}
    assert [items[name].kind for name in ("q1", "q2", "q3", "q4")] == ["time", "number", "time", "number"]
    graded = [item for item in items.values() if item.kind == "choice"]
    assert [item.id for item in graded] == [*(f"q5{letter}" for letter in "abcdefghij"), "q6", "q7", "q8", "q9"]
    assert all(sorted(answers_of(item)) == [0, 1, 2, 3] for item in graded)


@pytest.mark.parametrize("name", FACTS)
def test_the_reversed_items_are_those_of_the_sources(name):
    assert sorted(turned(shipped(name))) == FACTS[name]["reverse"]


@pytest.mark.parametrize("name", FACTS)
def test_the_scores_that_are_shown_have_the_names_of_the_facts(name):
    assert [score.id for score in shipped(name).scores if score.shown] == FACTS[name]["scores"]


@pytest.mark.parametrize("name", FACTS)
def test_the_shown_bands_have_the_names_of_the_facts(name):
    scale, facts = shipped(name), FACTS[name]
    found = {each.score: [band.id for band in each.shown.bands] for each in scale.bands if each.shown}
    banded = facts.get("banded_scores", ["total"] if facts["bands"] else [])
    assert found == dict.fromkeys(banded, facts["bands"])


ROW = re.compile(r"\d+(\.\d+)?(/\d+(\.\d+)?)+")
ROWS = {name: ROW.search(facts["levels"])[0].split("/") for name, facts in FACTS.items() if ROW.search(facts["levels"])}
ROWS |= {"sds": ["42", "50", "58"], "sas": ["40", "48", "56"], "srq20": ["7"], "brs": ["1", "3", "431/100"]}
"""The edges that the facts write in a row; of the index of Zung the raw scores, of 6/7 the number above, of ranges the
lower ends."""


@pytest.mark.parametrize("name", ROWS)
def test_the_levels_that_the_facts_write_as_a_row_are_the_edges(name):
    sets = [[str(band.start) for band in each.bands] for bands in shipped(name).bands for each in bands.sets]
    assert any(edges[-len(ROWS[name]) :] == ROWS[name] for edges in sets), sets


@pytest.mark.parametrize("name", FACTS)
def test_only_the_published_missing_rules_are_written(name):
    scale = shipped(name)
    rules = {score.id: (score.missing.allow, score.missing.then) for score in scale.scores if score.missing}
    assert rules == ALLOWED_MISSING.get(name, {})
    standing = {
        item.id: (item.when_hidden, item.when_na, item.when_missing)
        for item in asked(scale)
        if (item.when_hidden, item.when_na, item.when_missing) != (None, None, None)
    }
    assert standing == STANDS_FOR_A_BLANK.get(name, {})
    shares = {score.valid_share for score in scale.scores} - {None}
    assert len(shares) == (name == "whoqol_bref")


@pytest.mark.parametrize("name", FACTS)
def test_the_flags_are_those_of_the_facts_and_urgent_but_for_the_phq4(name):
    flags = shipped(name).flags
    assert [flag.id for flag in flags] == FACTS[name].get("flags", [])
    assert {flag.level for flag in flags} <= ({"caution"} if name == "phq4" else {"urgent"})


@pytest.mark.parametrize("name", FACTS)
def test_a_short_shelf_is_for_self_service_and_the_rest_for_counsellors(name):
    assert shipped(name).opened_by == ("self" if name in SELF_SERVICE else "counsellor")


@pytest.mark.parametrize("name", FACTS)
def test_words_are_shipped_exactly_where_the_licence_lets_them(name):
    scale = shipped(name)
    worded = [item for item in scale.items if item.text and "zh-CN" in item.text and item.text["zh-CN"]]
    assert len(worded) == (len(scale.items) if name in WORDED else 0)
    assert scale.licence.wording.ships or not any(item.text for item in scale.items)


@pytest.mark.parametrize("name", [name for name, facts in FACTS.items() if facts.get("profile")])
def test_the_profile_asks_for_the_sex_where_the_facts_do(name):
    assert FACTS[name]["profile"] == ["sex"]
    assert "sex" in shipped(name).form.profile


@pytest.mark.parametrize("name", FACTS)
def test_every_number_that_decides_names_its_source(name):
    scale = shipped(name)
    assert scale.provenance.cite
    assert scale.provenance.scoring_source
    assert scale.provenance.missing_source
    assert all(each.source for bands in scale.bands for each in bands.sets)


def test_the_one_norm_is_that_of_1986_and_no_employee_sees_it():
    found = [(name, norm) for name in FACTS for norm in shipped(name).norms]
    ((name, norm),) = found
    assert (name, norm.year, norm.n, norm.visible_to) == ("scl90", 1986, 1388, "professional")
    assert norm.source
    assert norm.region["zh-CN"]


def test_every_smallest_change_names_its_source():
    changes = {name: shipped(name).changes for name in FACTS if shipped(name).changes}
    assert set(changes) == {"who5", "isi", "epds", "phq9", "gad7"}
    assert all(each.source for found in changes.values() for each in found)


def rows():
    """Give the ids and the cells of each row of the table of licences."""
    for line in (ROOT / "docs" / "scale-licences.md").read_text(encoding="utf-8").splitlines():
        named = re.match(r"\| \**[^|]*\((`[a-z0-9_`, ]+)\) \|", line)
        if named:
            yield re.findall(r"[a-z0-9_]+", named[1]), [cell.strip() for cell in line.strip("|").split("|")]


def test_the_table_of_licences_has_each_scale_once_with_the_state_of_its_file():
    named = [name for names, _ in rows() for name in names]
    assert sorted(named) == sorted(FACTS)
    for names, cells in rows():
        for name in names:
            wording = shipped(name).licence.wording
            assert wording.ships or cells[2] == wording.state, name


UNSAID = ("阳性", "重度", "高危", "患者", "治疗", "心理医生", "抑郁症", "焦虑症", "障碍", "诊断", "正常")
"""Words that no band and no advice says to a person. (`limits` says that a result is no diagnosis.)"""


@pytest.mark.parametrize("name", FACTS)
def test_no_band_and_no_advice_diagnoses_or_alarms(name):
    scale = shipped(name)
    bands = [band for each in scale.bands for chosen in each.sets for band in chosen.bands]
    said = [text["zh-CN"] for band in bands for text in (band.person, band.meaning)]
    said += [text["zh-CN"] for advice in scale.advice for text in (advice.text, advice.reason)]
    assert not [word for word in UNSAID for text in said if word in text]


@pytest.mark.parametrize("name", FACTS)
def test_the_gravest_band_advises_an_assessment_at_a_hospital(name):
    for each in shipped(name).bands:
        for chosen in each.sets:
            grave = [band for band in chosen.bands if band.at_risk]
            worst = {"higher_is_worse": grave[-1:], "higher_is_better": grave[:1]}[shipped(name).direction]
            assert all("精神科" in band.meaning["zh-CN"] for band in worst)


@pytest.mark.parametrize("name", FACTS)
def test_every_advice_gives_its_reason_and_one_is_always_given(name):
    advice = shipped(name).advice
    assert all(each.reason["zh-CN"].startswith("因为") for each in advice)
    (open_door,) = [each for each in advice if each.id == "open_door"]
    assert {"counselling", "hotline"} <= set(open_door.offer)
