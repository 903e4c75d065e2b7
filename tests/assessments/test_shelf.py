"""Which scales are offered: what the licence of the wording lets this deployment show."""

from pathlib import Path

import pytest
from flask import Flask

from heartport.assessments.reviews import ReviewedFiles
from heartport.assessments.shelf import ScaleUnknown, Shelf
from heartport.scoring.library import load_library
from tests.assessments.versions import shelf_in, write
from tests.conftest import Person
from tests.scoring.invented import calm, edited, nightly, overlay, restricted, words


def offered(app: Flask, folder: Path, *, noncommercial: bool = False) -> list[str]:
    card = app.extensions["heartport.crisis_card"]
    shelf = Shelf(load_library([folder]), card, ReviewedFiles(), demo=True, noncommercial=noncommercial)
    return [scale["id"] for scale in shelf.list("zh-CN", None, None)]


def test_noncommercial_wording_is_offered_only_where_the_deployment_says_that_it_is(app: Flask, tmp_path: Path) -> None:
    write(tmp_path / "calm.yaml", edited(calm(), "licence", "wording", "state", to="noncommercial"))
    assert offered(app, tmp_path) == []
    assert offered(app, tmp_path, noncommercial=True) == ["calm"]


@pytest.mark.parametrize("noncommercial", [False, True])
def test_restricted_wording_is_offered_only_with_an_overlay(app: Flask, tmp_path: Path, noncommercial: bool) -> None:
    write(tmp_path / "calm.yaml", restricted())
    assert offered(app, tmp_path, noncommercial=noncommercial) == []
    write(tmp_path / "calm.wording.yaml", overlay())
    assert offered(app, tmp_path, noncommercial=noncommercial) == ["calm"]


def test_a_scale_that_is_not_offered_does_not_exist(app: Flask, tmp_path: Path) -> None:
    write(tmp_path / "calm.yaml", restricted())
    shelf = Shelf(load_library([tmp_path]), app.extensions["heartport.crisis_card"], ReviewedFiles(), demo=True)
    with pytest.raises(ScaleUnknown):
        shelf.page("calm", "zh-CN")


NIGHT = {"bed": "23:30", "rise": "07:30", "slept": 408, "cups": 1.5, "n1": 1, "n2": 1, "n3": 1, "n5": None} | {
    "why": [1, 2],
    "gate": 1,
    "since": "2026-11-01",
}


def test_every_kind_of_item_goes_through_page_draft_submission_and_working(employee: Person, tmp_path: Path) -> None:
    write(tmp_path / "nightly.yaml", nightly())
    with shelf_in(employee.app, tmp_path):
        page = employee.get("scales/nightly").json
        kinds = {item["id"]: item for item in page["items"]}
        assert kinds["intro"]["kind"] == "notice"
        assert kinds["slept"]["range"] == {"from": 0, "to": 1200, "step": 1, "unit": "分钟"}
        assert kinds["cups"]["range"] == {"from": 0, "to": 6, "step": 0.5, "unit": None}
        assert kinds["note"]["longest"] == 20
        assert kinds["note"]["show_if"] == {"op": "includes", "item": "why", "to": [4]}
        assert kinds["n4"]["applies_if"] == {"op": "is", "name": "profile.sex", "to": ["female"]}
        assert page["profile"] == ["sex"]

        draft = {item: {"value": value, "revision": 1} for item, value in NIGHT.items()}
        assert employee.put("scales/nightly/draft", {"version": "1.0.0", "answers": draft}).json["answers"] == draft

        body = {"version": "1.0.0", "attempt_id": "one-night", "answers": NIGHT, "profile": {"sex": "male"}}
        result = employee.post("scales/nightly/submissions", body).json
        assert {score["id"]: score["shown"] for score in result["scores"]} == {
            "efficiency": "85",
            "restless": "0",
            "late": "0",
            "often": "2",
            "never": "2",
            "worst": "0",
            "best": "0",
            "reasons": "3",
            "total": "3",
            "strict": "1",
            "gated": "1",
        }
        assert [flag["id"] for flag in result["flags"]] == ["short"]
        told = {score["id"]: score for score in employee.get(f"me/results/{result['id']}/working").json["scores"]}

    assert told["in_bed"]["calculation"] == "(450 - 1410) mod 1440 = 480"
    assert [entry["answer"] for entry in told["in_bed"]["items"]] == ["07:30", "23:30"]
    assert told["efficiency"]["calculation"] == "408 × 100 / 480 = 85"
    assert told["restless"]["calculation"] == "85 (≥ 85) → 0"
    assert told["often"]["calculation"] == "1 + 1 + 0 + 0 + 0 = 2"
    assert told["reasons"]["items"][0]["answer"] == [1, 2]
    assert told["reasons"]["items"][0]["answer_label"] == "选项1、选项2"
    assert told["reasons"]["items"][0]["counted_as"] == 3
    notes = {entry["id"]: entry["note"] for entry in told["total"]["items"]}
    assert notes["n4"] == "这一题不适用于您，按 0 计。"
    assert notes["n5"] == "没有答案，按 0 计。"
    assert told["total"]["band"]["below"] == 6


def test_a_wrong_answer_of_any_kind_is_told_what_may_be_answered(employee: Person, tmp_path: Path) -> None:
    write(tmp_path / "nightly.yaml", nightly())
    wrong = NIGHT | {"bed": "25:00", "slept": -1, "why": [3], "n4": 1}
    with shelf_in(employee.app, tmp_path):
        body = {"version": "1.0.0", "attempt_id": "one-night", "answers": wrong, "profile": {"sex": "male"}}
        errors = employee.post("scales/nightly/submissions", body).json["errors"]
    assert errors == {
        "answers.bed": ["请填写 24 小时制的时间，例如 23:30。"],
        "answers.slept": ["请填写 0 到 1200 之间的整数（分钟）。"],
        "answers.why": ["请从这些选项中选择，可以选几个，也可以一个都不选：1、2、4。"],
        "answers.n4": ["这一题不适用于您，请留空。"],
    }


def test_bands_that_differ_by_sex_say_why_there_is_none(employee: Person, tmp_path: Path) -> None:
    write(tmp_path / "nightly.yaml", nightly())
    answers = NIGHT | {"n1": 2, "n4": 1}
    with shelf_in(employee.app, tmp_path):
        body = {"version": "1.0.0", "attempt_id": "one-night", "answers": answers}
        result = employee.post("scales/nightly/submissions", body).json
        told = {score["id"]: score for score in employee.get(f"me/results/{result['id']}/working").json["scores"]}
    assert result["bands"][0]["id"] is None
    assert told["total"]["value"] == 5
    assert told["total"]["band"]["text"].startswith("男女的分界不同")


def judged() -> dict:
    """The calm scale with a test of pace and two norms, the first for professionals alone."""
    norm = {
        "source": "Nobody 1986",
        "year": 1986,
        "region": words("某地"),
        "population": words("职工"),
        "n": 1388,
        "yields": "t",
        "cells": [{"score": "total", "mean": 9, "sd": 3}],
    }
    document = edited(
        calm(),
        "norms",
        to=[{"id": "old", "visible_to": "professional", **norm}, {"id": "new", "visible_to": "person", **norm}],
    )
    pace = {"id": "hasty", "pace": {"seconds_per_item": 1}, "do": "ask_again", "text": words("要再看一遍吗？")}
    return edited(document, "validity", to=[pace])


def test_a_result_tells_findings_and_the_norm_that_it_pins_and_no_norm_for_professionals(
    employee: Person, tmp_path: Path
) -> None:
    write(tmp_path / "calm.yaml", judged())
    answers = {f"q{at}": 2 for at in range(1, 9)} | {"q9": 0}
    body = {"version": "1.0.0", "attempt_id": "in-a-hurry", "answers": answers, "duration_ms": 5000}
    with shelf_in(employee.app, tmp_path):
        result = employee.post("scales/calm/submissions", body).json
        again = employee.get(f"me/results/{result['id']}").json
        slow = employee.post("scales/calm/submissions", body | {"attempt_id": "at-leisure", "duration_ms": 50000}).json
    assert result == again
    assert result["validity"] == [{"id": "hasty", "text": "要再看一遍吗？"}]
    assert result["versions"]["norm"] == "new"
    assert [(each["id"], each["score"], each["value"]) for each in result["norms"]] == [
        ("new", "total", 73.33333333333333)
    ]
    assert (
        result["norms"][0]["text"]
        == "换算成 T 分是 73.33（平均 50，标准差 10）。常模：某地，职工（1986 年，1388 人）。"
    )
    assert slow["validity"] == []
    exported = employee.post("me/export", None).json["results"]
    assert {(tuple(each["validity"]), each["norm"]) for each in exported} == {(("hasty",), "new"), ((), "new")}


def test_a_finding_lowers_no_flag(employee: Person, tmp_path: Path) -> None:
    write(tmp_path / "calm.yaml", judged())
    answers = {f"q{at}": 1 for at in range(1, 10)}
    body = {"version": "1.0.0", "attempt_id": "in-a-hurry", "answers": answers, "duration_ms": 1}
    with shelf_in(employee.app, tmp_path):
        result = employee.post("scales/calm/submissions", body).json
    assert [flag["id"] for flag in result["flags"]] == ["safety"]
    assert result["flags"][0]["card"] is not None
    assert [each["id"] for each in result["validity"]] == ["hasty"]
