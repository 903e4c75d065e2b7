"""HTTP stories of "how was this counted": the whole shape, and no explanation rather than a wrong one."""

import random
from pathlib import Path

import pytest
from flask import Flask

from heartport.scoring.library import load_library
from heartport.scoring.sums import Total
from tests.assessments.test_routes import PHQ9, submission
from tests.assessments.versions import NEW, OLD, shelf_in, shelf_of, write
from tests.conftest import Person
from tests.scoring.invented import calm, edited

SCALES = {
    name: scale
    for name, scale in load_library([Path(__file__).resolve().parents[2] / "scales"]).current.items()
    if scale.opened_by == "self" and scale.licence.wording.state != "noncommercial"
}
"""What an employee may take."""
HOW_PHQ9_IS_SCORED = SCALES["phq9"].provenance.scoring_source


def take(person: Person, scale: str, answers: dict, version: str = "1.0.0") -> dict:
    response = person.post(f"scales/{scale}/submissions", submission(answers, version=version))
    assert response.status_code == 201, response.json
    return response.json


def working_of(person: Person, result: dict, **headers: str) -> dict:
    response = person.get(f"me/results/{result['id']}/working", headers=headers)
    assert response.status_code == 200, response.json
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    return response.json


def test_a_prorated_phq9_shows_all_of_its_working(employee: Person) -> None:
    answers = {**PHQ9, **{f"q{n}": 1 for n in range(1, 7)}, "q7": 2, "q8": None, "q9": None}
    result = take(employee, "phq9", answers)
    working = working_of(employee, result)
    (score,) = working.pop("scores")
    assert working == {
        "result": result["id"],
        "scale": result["scale"],
        "submitted_on": result["submitted_on"],
        "versions": result["versions"],
    }
    items = score.pop("items")
    assert items[6] == {
        "id": "q7",
        "kind": "item",
        "number": 7,
        "text": "对事物专注有困难，例如阅读报纸或看电视时",
        "answer": 2,
        "answer_label": "一半以上的天数",
        "state": "answered",
        "counted_as": 2,
        "counted_as_exact": "2",
        "note": None,
    }
    assert items[8] | {"text": ""} == {
        "id": "q9",
        "kind": "item",
        "number": 9,
        "text": "",
        "answer": None,
        "answer_label": None,
        "state": "missing",
        "counted_as": 8 / 7,
        "counted_as_exact": "8/7",
        "note": "没有答案，按已答各项的平均数 8/7 计。",
    }
    assert score == {
        **result["scores"][0],
        "key": "没有反向计分，也没有换算：选项是几分，就计几分。",
        "rule": "把下列各项的计分相加。",
        "calculation": "1 + 1 + 1 + 1 + 1 + 1 + 2 + 8/7 + 8/7 = 72/7",
        "missing_rule": {
            "text": "最多可以缺 2 项；缺的每一项，按已答各项计分的平均数计。",
            "here": "缺 2 项（第 8、9 题），每项按已答 7 项的平均数 8/7 计。",
            "missing": ["q8", "q9"],
            "source": SCALES["phq9"].provenance.missing_source,
        },
        "rounding": {
            "score": "不取整，按精确值计算。",
            "display": "显示时向下舍到小数点后 1 位；只影响显示，不影响分级。",
        },
        "band": {
            "id": "moderate",
            "label": "近期困扰较多，建议与专业人员谈谈",
            "from": 10,
            "below": 15,
            "text": "分数 72/7 不低于 10，低于 15，所以是“近期困扰较多，建议与专业人员谈谈”。",
            "source": SCALES["phq9"].bands[0].shown.source,
        },
        "source": HOW_PHQ9_IS_SCORED,
    }


def test_what_the_k10_skips_is_told_as_hidden_and_counted_as_one(employee: Person) -> None:
    answers = {f"q{n}": 1 for n in range(1, 11) if n not in (3, 6)}
    (score,) = working_of(employee, take(employee, "k10", answers))["scores"]
    hidden = [item for item in score["items"] if item["state"] == "hidden"]
    assert [(item["id"], item["answer"], item["counted_as"]) for item in hidden] == [("q3", None, 1), ("q6", None, 1)]
    assert {item["note"] for item in hidden} == {"根据前面的回答，这一题不用答，按 1 计。"}
    assert score["value"] == sum(item["counted_as"] for item in score["items"]) == 10


def test_the_dass_shows_a_working_for_each_score_and_why_one_is_absent(employee: Person) -> None:
    answers = {f"q{n}": 1 for n in range(1, 22)} | {"q3": None}
    scores = {each["id"]: each for each in working_of(employee, take(employee, "dass21", answers))["scores"]}
    assert list(scores) == ["depression", "anxiety", "stress"]
    absent = scores["depression"]
    assert (absent["value"], absent["shown"], absent["band"], absent["calculation"]) == (None, None, None, None)
    assert absent["missing_rule"]["here"] == "缺 1 项（第 3 题），所以没有这个分数。"
    assert scores["anxiety"]["calculation"] == "2 × (1 + 1 + 1 + 1 + 1 + 1 + 1) = 14"
    assert scores["anxiety"]["rule"] == "把下列各项的计分相加，再乘以 2。"


def test_it_speaks_english_where_there_are_words(employee: Person) -> None:
    result = take(employee, "phq9", PHQ9)
    (score,) = working_of(employee, result, **{"Accept-Language": "en"})["scores"]
    assert score["label"].isascii()
    assert score["items"][0]["answer_label"] == "Not at all"
    assert score["rule"] == "What the entries below count as is added up."
    assert score["band"]["text"] == "The score 0 is at least 0 and below 5: “Few troubles of mood lately”."


@pytest.mark.parametrize("seed", range(6))
def test_on_random_sheets_the_working_shows_the_stored_numbers(employee: Person, seed: int) -> None:
    numbers = random.Random(seed)
    for name, scale in SCALES.items():
        answers = {
            item.id: numbers.choice([*item.values, *([None] if numbers.random() < 0.2 else [])]) for item in scale.items
        }
        for asked, skipped in (("q2", "q3"), ("q5", "q6")):
            if name == "k10" and answers[asked] == 1:
                del answers[skipped]
        result = take(employee, name, answers)
        working = working_of(employee, result)
        bands = {band["score"]: band["id"] for band in result["bands"]}
        assert [{key: score[key] for key in result["scores"][0]} for score in working["scores"]] == result["scores"]
        for score in working["scores"]:
            assert (score["band"]["id"] if score["band"] else None) == bands.get(score["id"])
            assert (score["calculation"] is None) == (score["value"] is None)


def test_another_persons_result_has_no_working_here(employee: Person, stranger: Person) -> None:
    result = take(employee, "phq9", PHQ9)
    response = stranger.get(f"me/results/{result['id']}/working")
    assert (response.status_code, response.json["code"]) == (404, "result_unknown")


# Never a wrong explanation


@pytest.fixture
def old_result(app: Flask, employee: Person, tmp_path: Path) -> dict:
    with shelf_of(app, tmp_path / "before", current=OLD):
        return take(employee, "calm", {f"q{n}": 1 for n in range(1, 10)}, OLD)


def refusal(person: Person, result: dict) -> tuple[int, str, str]:
    response = person.get(f"me/results/{result['id']}/working")
    return response.status_code, response.json["code"], response.json["detail"]


def test_an_older_version_is_explained_from_its_archived_file(
    app: Flask, employee: Person, old_result: dict, tmp_path: Path
) -> None:
    with shelf_of(app, tmp_path, current=NEW, published=OLD):
        working = working_of(employee, old_result)
    assert working["versions"]["scale"] == OLD


def test_without_the_file_of_its_version_nothing_is_explained(
    app: Flask, employee: Person, old_result: dict, tmp_path: Path
) -> None:
    with shelf_of(app, tmp_path, current=NEW):
        assert refusal(employee, old_result) == (
            409,
            "scale_version_gone",
            "这份结果所用的量表版本已不在系统中，无法逐步说明。结果本身没有改变。",
        )


def test_a_version_that_was_withdrawn_is_still_explained(
    app: Flask, employee: Person, old_result: dict, tmp_path: Path
) -> None:
    with shelf_of(app, tmp_path, current=NEW, retired=OLD):
        assert working_of(employee, old_result)["scores"][0]["value"] == 9


CHANGES = {
    "an edge that moves the band": (("bands", "total", "edges", 2, "from"), 9),
    "an edge that leaves the band": (("bands", "total", "edges", 1, "from"), 4),
    "another missing rule": (("scores", "total", "missing", "allow"), 1),
    "another source": (("bands", "total", "source"), "Somebody 2026"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("status", ["published", "retired"])
def test_a_file_that_was_changed_under_its_version_explains_nothing(
    employee: Person, old_result: dict, tmp_path: Path, change: tuple, status: str
) -> None:
    """Even where the stored numbers come out again: the edges and sources told would be others than at the time."""
    write(tmp_path / "calm.yaml", edited(edited(calm(), *change[0], to=change[1]), "status", to=status))
    with shelf_in(employee.app, tmp_path):
        assert refusal(employee, old_result)[:2] == (409, "working_differs")


def test_an_engine_that_counts_otherwise_explains_nothing(
    app: Flask, employee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = take(employee, "phq9", {**PHQ9, "q8": None})
    monkeypatch.setattr(Total, "compute", lambda _self, values: sum(values) + 1)
    assert refusal(employee, result)[:2] == (409, "working_differs")
