"""How scores moved: a verdict where a smallest difference is published, and a gap where things cannot be compared."""

from datetime import date
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import pytest

from heartport.assessments.shelf import current_shelf
from heartport.assessments.trend_picture import draw_line
from heartport.assessments.trend_schemas import said, trend_out, verdict_of
from heartport.assessments.trends import Line, Point, Segment, Trend
from heartport.scoring.constructs import Change
from heartport.scoring.language import Scale
from tests.assessments.test_routes import PHQ9, submission
from tests.conftest import Clock, Person

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def phq9(app: object) -> Scale:
    found = current_shelf().current("phq9")
    assert found is not None
    return found


def take(person: Person, value: int) -> str:
    return person.post(
        "scales/phq9/submissions", submission(PHQ9 | {f"q{n}": value for n in range(1, 9)} | {"q9": 0})
    ).json["id"]


def trend_of(person: Person, query: str = "") -> dict[str, Any]:
    response = person.get(f"me/trends/phq9{query}")
    assert response.status_code == 200
    return response.json


def total(person: Person) -> dict[str, Any]:
    return trend_of(person)["lines"][0]


def point(value: int | Fraction | None, day: int = 1) -> Point:
    return Point("A" * 22, date(2026, 11, day), value, None, None)


def line(scale: Scale, *segments: Segment, change: Change | None = None, **fields: Any) -> Line:
    known = sum(each.value is not None for each in segments[-1].points) if segments else 0
    return Line(scale.scores[0], segments, change, fields.get("clear"), known)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((3, 2), "better"),
        ((1, 2), "worse"),
        ((1, 1), "no_clear_change"),
        ((2, 1, 2), "worse"),
        ((2,), "one_result"),
    ],
)
def test_the_verdict_is_about_the_last_two_and_rests_on_a_published_difference(
    employee: Person, values: tuple[int, ...], verdict: str
) -> None:
    for value in values:
        take(employee, value)
    found = total(employee)
    assert found["change"]["source"]
    assert found["verdict"] == verdict
    assert [each["value"] for each in found["segments"][0]["points"]] == [8 * value for value in values]


def test_a_difference_just_below_the_published_one_is_no_clear_change(employee: Person, phq9: Scale) -> None:
    least = next(each.at_least for each in phq9.changes if each.score == "total")
    answers = {f"q{n}": 0 for n in range(1, 10)} | {"difficulty": None}
    for amount in (0, int(least) - 1, int(least) - 1 + int(least)):
        sheet = dict(answers)
        for place in range(amount):
            sheet[f"q{1 + place % 8}"] += 1
        employee.post(
            "scales/phq9/submissions", submission({k: v for k, v in sheet.items() if k in PHQ9 or v is not None})
        )
        amounts = [each["value"] for each in total(employee)["segments"][0]["points"]]
        if len(amounts) == 2:
            assert total(employee)["verdict"] == "no_clear_change"
    assert total(employee)["verdict"] == "worse"


def test_without_results_the_page_says_how_to_get_some(employee: Person) -> None:
    found = trend_of(employee)
    assert (found["taken"], found["lines"][0]["verdict"], found["lines"][0]["segments"]) == (0, "none", [])
    assert "保存结果" in found["lines"][0]["text"]


def test_taking_it_again_is_worth_it_after_the_days_that_the_file_names(employee: Person, clock: Clock) -> None:
    take(employee, 1)
    assert trend_of(employee)["retake"]["worth_from"] == "2026-12-06"
    assert "12 月 6 日" in trend_of(employee)["retake"]["text"]
    clock.advance(days=14)
    assert trend_of(employee)["retake"]["text"].startswith("现在再做一次")


def test_a_deleted_result_leaves_the_line(employee: Person) -> None:
    first, second = take(employee, 3), take(employee, 0)
    employee.delete(f"me/results/{second}")
    assert [each["result"] for each in total(employee)["segments"][0]["points"]] == [first]


def test_another_persons_results_are_on_no_line_of_mine(employee: Person, stranger: Person) -> None:
    take(stranger, 3)
    assert trend_of(employee)["taken"] == 0


@pytest.mark.parametrize("path", ["me/trends/nothing", "me/trends/phq9/picture.svg?score=nothing", "me/trends/PHQ9"])
def test_unknown_scales_and_scores_are_not_found(employee: Person, path: str) -> None:
    assert employee.get(path).status_code == 404


def test_a_changed_version_breaks_the_line_and_no_verdict_reaches_across(phq9: Scale) -> None:
    old, new = Segment("1.0.0", None, (point(20),)), Segment("2.0.0", None, (point(3, 9),))
    broken = line(phq9, old, new, change=phq9.changes[0])
    assert verdict_of(broken) == "broken"
    assert "断开" in said(broken, "zh-CN")


def test_a_score_without_a_published_difference_gets_no_verdict(phq9: Scale) -> None:
    assert verdict_of(line(phq9, Segment("1.0.0", None, (point(3), point(20, 9))))) == "no_rule"


def test_the_picture_has_a_gap_where_the_line_breaks_and_words_for_who_listens(phq9: Scale) -> None:
    segments = (
        Segment("1.0.0", None, (point(20), point(None, 2), point(Fraction(29, 2), 3))),
        Segment("2.0.0", None, (point(3, 9), point(6, 12))),
    )
    drawn = line(phq9, *segments, change=phq9.changes[0], clear="no_clear_change")
    root = ElementTree.fromstring(draw_line(Trend(phq9, (drawn,), 5, None, None), drawn, "zh-CN"))
    assert len(root.findall(f"{SVG}circle")) == 4
    strokes = [path.get("d", "") for path in root.findall(f"{SVG}path")]
    assert len([path for path in strokes if "L" in path]) == 2
    assert len([path for path in root.findall(f"{SVG}path") if path.get("stroke-dasharray")]) == 1
    described = root.findtext(f"{SVG}desc", "")
    assert "2026-11-01: 20" in described
    assert "2026-11-02: —" in described
    inside = [(float(each.get("cx", 0)), float(each.get("cy", 0))) for each in root.findall(f"{SVG}circle")]
    assert all(0 < x < 720 and 60 < y < 380 for x, y in inside)


def test_the_picture_comes_over_http_and_nobody_keeps_it(employee: Person) -> None:
    take(employee, 1)
    response = employee.get(total(employee)["picture"])
    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    assert response.headers["Cache-Control"] == "no-store"
    assert ElementTree.fromstring(response.data).tag == f"{SVG}svg"


def test_every_shown_score_of_every_scale_can_be_drawn(app: object) -> None:
    shelf = current_shelf()
    for scale_id in shelf.all_ids():
        scale = shelf.current(scale_id)
        assert scale is not None
        for score in (each for each in scale.scores if each.shown):
            ends = (Point("A" * 22, date(2026, 11, 1), score.min, None, sex) for sex in (None, "female", "male"))
            drawn = Line(score, (Segment(scale.version, None, tuple(ends)),), None, None, 3)
            trend = Trend(scale, (drawn,), 3, None, None)
            for language in ("zh-CN", "en"):
                ElementTree.fromstring(draw_line(trend, drawn, language))
                trend_out(trend, language, True)
