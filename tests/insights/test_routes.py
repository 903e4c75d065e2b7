"""Reading over HTTP: a unit's figure or its named block, how sure it is, within the remit, and nothing else."""

import csv
import io
import random
import re
import zipfile
from datetime import UTC, datetime

import pytest
from flask import Flask
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from heartport.assessments import report_pages
from heartport.content import ContentRefused
from heartport.insights import brief_pages, helping, publishing, sealing, service_publishing, words
from heartport.insights.exports import _plain
from heartport.insights.models import BlockMap
from heartport.insights.openings import open_sealing, tree_to_seal
from heartport.insights.rules.answers import ScaleKey
from heartport.insights.rules.months import Part
from heartport.insights.rules.service import Measure
from heartport.insights.rules.tables import Kind, Tally
from heartport.stores import Store, write_transaction
from tests.conftest import Clock, Person
from tests.insights.people import make_units
from tests.insights.taking_place import take_place
from tests.staff.doors import make_staff
from tests.threads import at_once

WINDOW, BEFORE = "2026H1", "2025H2"
LATER = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LEVELS = ("minimal", "mild", "moderate", "moderately_severe", "severe")


@pytest.fixture(autouse=True)
def _after_the_window(clock: Clock) -> None:
    clock.moment = LATER


@pytest.fixture
def units(app: Flask) -> dict[str, str]:
    made = make_units()
    # A department of 30, one of 4 that joins it, and a district in which too few took part.
    for window, at_risk in ((BEFORE, 6), (WINDOW, 18)):
        publish(window, {made["p1"]: (30, at_risk), made["p2"]: (4, 1), made["e2"]: (5, 5)}, window)
    return made


def publish(window: str, people: dict[str, tuple[int, int]], facet_window: str, draw=lambda _: 0) -> None:
    """Publish a half-year of so many people, and of these so many at risk, without noise."""
    tally: Tally = Tally()
    for unit_id, (n, at_risk) in people.items():
        for number in range(n):
            risky = number < at_risk
            group = "female" if facet_window.endswith("H1") else "25-34"
            level = "moderate" if risky else "mild"
            tally[Kind(ScaleKey("phq9", 1), unit_id, (level,), risky, group)] += 1
    tree = tree_to_seal(open_sealing(window).id)
    publishing.publish(publishing.make_parts(window, tree, tally, draw))


def counsellor(app: Flask, unit_id: str | None = None, role: str = "counsellor") -> Person:
    return make_staff(app, f"staff-{random.randrange(10**9)}", (role, unit_id)).signed_in()


def ask(person: Person, unit_id: str, **more: str):
    query = "&".join(f"{name}={value}" for name, value in {"scale": "phq9", "unit": unit_id, **more}.items())
    return person.get(f"insights/distribution?{query}")


def test_a_unit_is_answered_with_its_figure_its_window_and_how_sure_it_is(app: Flask, units: dict[str, str]) -> None:
    found = ask(counsellor(app), units["e"]).json
    assert (found["window"], found["n"], found["at_risk"]["share"]) == (WINDOW, 34, round(19 / 34, 3))
    assert found["at_risk"]["low"] < found["at_risk"]["share"] < found["at_risk"]["high"]
    assert found["block"] == {"name": "远帆造船厂", "is_unit": True}
    assert found["unit"]["path"] == ["云岬市", "灯塔区", "远帆造船厂"]
    assert found["previous"]["window"] == BEFORE
    assert found["previous"]["change"] == "higher"
    assert found["previous"]["text"] == "与上一期相比明显更高"
    assert found["how_sure"] == words.HOW_SURE


def test_a_unit_with_too_few_is_answered_with_its_named_block(app: Flask, units: dict[str, str]) -> None:
    found = ask(counsellor(app), units["p2"]).json
    assert found["block"] == {"name": "远帆造船厂", "is_unit": False}
    assert (found["unit"]["name"], found["n"]) == ("设计室", 34)
    assert "不足，已并入「远帆造船厂」" in found["explanation"][0]


def test_where_there_is_nothing_the_answer_says_why(app: Flask, units: dict[str, str]) -> None:
    found = ask(counsellor(app), units["e2"]).json
    assert (found["n"], found["at_risk"], found["block"], found["reliable"]) == (None, None, None, False)
    assert found["explanation"] == [words.EXPLAINED[words.Reason.TOO_FEW]]


def test_the_city_says_that_some_are_not_in_it(app: Flask, units: dict[str, str]) -> None:
    found = ask(counsellor(app), units["c"]).json
    assert found["n"] == 34
    assert words.EXPLAINED[words.Reason.PARTLY_ELSEWHERE] in found["explanation"]
    assert found["city"] is None


def test_levels_are_told_of_districts_and_the_city_only(app: Flask, units: dict[str, str]) -> None:
    person = counsellor(app)
    (score,) = ask(person, units["d"], by="levels").json["levels"]
    assert [each["id"] for each in score["levels"]] == list(LEVELS)
    assert sum(each["share"] for each in score["levels"]) == pytest.approx(1, abs=0.01)
    assert score["levels"][2]["label"] == "中度抑郁症状"
    refused = ask(person, units["e"], by="levels").json
    assert refused["levels"] == []
    assert words.EXPLAINED[words.Reason.DISTRICTS_ONLY] in refused["explanation"]


def test_one_facet_a_window(app: Flask, units: dict[str, str]) -> None:
    person = counsellor(app)
    (group,) = ask(person, units["d"], by="sex").json["groups"]
    assert (group["id"], group["label"], group["n"]) == ("female", "女", 34)
    refused = ask(person, units["d"], by="age").json
    assert (refused["groups"], words.EXPLAINED[words.Reason.OTHER_FACET] in refused["explanation"]) == ([], True)
    assert ask(person, units["d"], by="age", window=BEFORE).json["groups"][0]["label"] == "25–34 岁"


def test_a_counsellor_sees_the_units_of_the_grant_and_no_other(app: Flask, units: dict[str, str]) -> None:
    person = counsellor(app, units["d"])
    for key, status in (("d", 200), ("e", 200), ("p2", 200), ("d2", 404), ("e2", 404), ("c", 404)):
        answer = ask(person, units[key])
        assert answer.status_code == status, key
        assert person.get(f"insights/trend?scale=phq9&unit={units[key]}").status_code == status
        assert person.get(f"insights/export?scale=phq9&unit={units[key]}&format=csv").status_code == status
        if status == 404:
            assert answer.json["code"] == "unit_unknown"


def test_the_units_to_ask_about_are_those_of_the_grant(app: Flask, units: dict[str, str]) -> None:
    listed = counsellor(app, units["d"]).get("insights/units").json["items"]
    assert [each["id"] for each in listed[:2]] == [units["d"], units["e"]]
    assert {each["id"] for each in listed} == {units[key] for key in ("d", "e", "p1", "p2")}
    everywhere = counsellor(app).get("insights/units").json["items"]
    assert len(everywhere) == len(units)
    assert (everywhere[0]["name"], everywhere[0]["parent"]) == ("云岬市", None)


def test_an_answer_that_was_made_once_is_still_withheld_from_others(app: Flask, units: dict[str, str]) -> None:
    assert ask(counsellor(app), units["e2"]).status_code == 200
    assert ask(counsellor(app, units["d"]), units["e2"]).status_code == 404


@pytest.mark.parametrize("role", ["editor", "auditor", "custodian", "admin"])
def test_other_roles_see_no_figure(app: Flask, units: dict[str, str], role: str) -> None:
    person = counsellor(app, None, role)
    for path in ("releases", f"distribution?scale=phq9&unit={units['c']}", f"trend?scale=phq9&unit={units['c']}"):
        assert person.get(f"insights/{path}").status_code == 403


def test_nor_does_the_head_of_a_unit(app: Flask, units: dict[str, str]) -> None:
    head = counsellor(app, units["e"], "unit_head")
    assert ask(head, units["e"]).status_code == 403


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("scale=phq9&unit=nowhere", 404, "unit_unknown"),
        ("scale=phq2&unit={c}", 404, "scale_not_published"),
        ("scale=nothing&unit={c}", 404, "scale_not_published"),
        ("scale=phq9&unit={c}&window=2026H2", 404, "release_unknown"),
        ("scale=phq9&unit={c}&window=2026Q1", 422, "window_unknown"),
        ("scale=phq9&unit={c}&by=both", 422, "invalid"),
        ("scale=phq9", 422, "invalid"),
        ("unit={c}", 422, "invalid"),
        ("", 422, "invalid"),
    ],
)
def test_what_cannot_be_answered(app: Flask, units: dict[str, str], query: str, status: int, code: str) -> None:
    answer = counsellor(app).get(f"insights/distribution?{query.format(**units)}")
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_before_anything_is_published_there_is_no_release(app: Flask) -> None:
    person, made = counsellor(app), make_units()
    assert person.get("insights/releases").json == {"items": [], "next_cursor": None}
    assert ask(person, made["c"]).json["code"] == "release_unknown"
    assert person.get(f"insights/trend?scale=phq9&unit={made['c']}").json["code"] == "release_unknown"


def test_releases_say_how_they_were_made(app: Flask, units: dict[str, str]) -> None:
    latest, earlier = counsellor(app).get("insights/releases").json["items"]
    assert (latest["window"], latest["title"], latest["by"], latest["smallest_group"]) == (
        WINDOW,
        "2026 年上半年",
        "sex",
        10,
    )
    assert (earlier["window"], earlier["by"], earlier["synthetic"]) == (BEFORE, "age", False)
    assert {"id": "phq9", "major": 1, "title": "近两周情绪自评（PHQ-9）"} in latest["scales"]
    assert re.fullmatch("[0-9a-f]{128}", latest["signature"])


def test_a_trend_tells_every_half_year_and_what_changed(app: Flask, units: dict[str, str]) -> None:
    found = counsellor(app).get(f"insights/trend?scale=phq9&unit={units['e']}").json
    assert [(each["window"], each["change"]) for each in found["items"]] == [(BEFORE, None), (WINDOW, "higher")]


def test_the_same_question_gives_the_same_bytes_whatever_came_since(app: Flask, units: dict[str, str]) -> None:
    person = counsellor(app)
    before = [ask(person, units[key]).data for key in units]
    publish("2025H1", {units["p1"]: (40, 1)}, "2025H1")
    app.extensions.pop("heartport.releases")
    assert [ask(person, units[key]).data for key in units] == before


def test_without_its_block_map_only_units_with_figures_answer(app: Flask, units: dict[str, str]) -> None:
    write_transaction(Store.MAIN, lambda session: session.execute(BlockMap.__table__.delete()) and None)
    person = counsellor(app)
    assert ask(person, units["e"]).json["n"] == 34
    assert ask(person, units["p2"]).json["explanation"] == [words.EXPLAINED[words.Reason.MAP_GONE]]


def test_at_the_ceiling_the_answer_says_so_and_leaves_the_end_open(app: Flask) -> None:
    made = make_units()
    publish(WINDOW, {made["p1"]: (30, 30)}, WINDOW)
    found = ask(counsellor(app), made["e"], by="levels").json
    assert (found["at_risk"]["share"], found["at_risk"]["high"], found["at_risk"]["at_ceiling"]) == (0.6, 1.0, True)
    assert words.EXPLAINED[words.Reason.CEILING] in found["explanation"]
    (score,) = ask(counsellor(app), made["d"], by="levels").json["levels"]
    assert sum(each["share"] for each in score["levels"] if each["at_risk"]) <= 0.6


# Files


def test_a_table_holds_every_unit_below_with_its_block(app: Flask, units: dict[str, str]) -> None:
    answer = counsellor(app).get(f"insights/export?scale=phq9&unit={units['d']}&format=csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    below = {f"云岬市 › 灯塔区 › 远帆造船厂 › {name}" for name in ("焊接车间", "设计室")}
    assert [row[0] for row in rows[1:3]] == ["云岬市 › 灯塔区", "云岬市 › 灯塔区 › 远帆造船厂"]
    assert {row[0] for row in rows[3:5]} == below
    assert {row[1] for row in rows[2:5]} == {"远帆造船厂"}
    assert all(row[2] == "2026 年上半年" for row in rows[1:5])
    assert rows[-1] == [words.HOW_SURE]


def test_a_name_that_a_spreadsheet_would_calculate_is_text() -> None:
    assert [_plain(text) for text in ("=1+1", "@x", "焊接车间")] == ["'=1+1", "'@x", "焊接车间"]


def test_a_spreadsheet_opens_and_is_the_same_each_time(app: Flask, units: dict[str, str]) -> None:
    person, path = counsellor(app), f"insights/export?scale=phq9&unit={units['d']}&format=xlsx"
    first, second = person.get(path).data, person.get(path).data
    assert first == second
    shared = zipfile.ZipFile(io.BytesIO(first)).read("xl/sharedStrings.xml").decode()
    assert "远帆造船厂" in shared


def test_the_brief_has_two_pages_and_says_how_sure_it_is(app: Flask, units: dict[str, str]) -> None:
    answer = counsellor(app).get(f"insights/export?scale=phq9&unit={units['e']}&format=pdf")
    pages = PdfReader(io.BytesIO(answer.data)).pages
    assert len(pages) == 2
    first, second = ("".join(page.extract_text().split()) for page in pages)
    assert "远帆造船厂" in first
    assert "区间" in first
    assert "怎么读这些数字" in second
    assert "低落的日子怎么过" in second


def test_the_font_of_the_brief_has_every_sign() -> None:
    said = "".join([*brief_pages.HOW_TO_READ, brief_pages.UNDER, *words.EXPLAINED.values(), words.HOW_SURE])
    with TTFont(report_pages.FONT) as font:
        glyphs = font.getBestCmap()
    assert {sign for sign in said if ord(sign) not in glyphs} == set()


# From insight to help


def test_a_head_sees_topics_for_the_own_unit_and_no_figure(app: Flask, units: dict[str, str]) -> None:
    head = counsellor(app, units["e"], "unit_head")
    answer = head.get(f"insights/suggestions?unit={units['p2']}")
    assert [each["code"] for each in answer.json["items"]] == ["B01", "B04", "E05", "F05"]
    assert not re.search(r"share|phq|at_risk|[0-9]%", answer.text)
    assert head.get(f"insights/suggestions?unit={units['d']}").status_code == 404
    assert counsellor(app).get(f"insights/suggestions?unit={units['e']}").status_code == 403


def test_a_counsellor_sees_the_topics_beside_a_sure_figure_only(app: Flask, units: dict[str, str]) -> None:
    person = counsellor(app)
    assert [each["code"] for each in ask(person, units["e"]).json["topics"]] == ["B01", "B04", "E05", "F05"]
    assert ask(person, units["e2"]).json["topics"] == []


def test_of_a_theme_all_topics_are_suggested_six_at_most(
    app: Flask, units: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = counsellor(app)
    monkeypatch.setattr(helping, "workshops_of", lambda _: ("F", "B", "A02"))
    found = [each["code"] for each in ask(person, units["e"]).json["topics"]]
    assert found == ["A02", "B01", "B02", "B03", "B04", "B05"]


def test_a_workshop_that_the_catalogue_lacks_stops_the_start(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    helping.init_app(app)
    monkeypatch.setattr(helping, "workshops_of", lambda scale: ("B01", "B99") if scale.id == "phq9" else ())
    with pytest.raises(ContentRefused, match=r"phq9 1\.0\.0 › advice: there is no theme or topic B99"):
        helping.init_app(app)


# The service itself


NEXT_YEAR = datetime(2027, 1, 8, 4, 0, tzinfo=UTC)


@pytest.fixture
def december(app: Flask, clock: Clock, units: dict[str, str]) -> None:
    """What took place in December, published on the eighth of January."""
    take_place(units, clock)
    clock.moment = NEXT_YEAR
    assert service_publishing.publish_bookings() == 12


@pytest.mark.usefixtures("december")
def test_what_took_place_is_told_by_month_and_district_and_floored(app: Flask) -> None:
    found = counsellor(app).get("insights/service").json
    usual = {"month": "2026-12", "synthetic": False, "visitors": None, "lectures": 1, "workshops": 1}
    assert found["items"] == [
        usual
        | {"district": "渔港区", "registered": 11, "attended": None, "workshop_attended": None}
        | {"appointments": None, "appointments_attended": None},
        usual
        | {"district": "灯塔区", "registered": 14, "attended": 12, "workshop_attended": 22}
        | {"appointments": 12, "appointments_attended": 11},
    ]
    assert found["library"] == [{"month": "2026-11", "opened": 35}]
    assert (found["smallest_group"], found["not_counted"]) == (10, words.NOT_COUNTED)


def test_before_anything_is_published_the_answer_says_when_it_will_be(
    app: Flask, clock: Clock, units: dict[str, str]
) -> None:
    take_place(units, clock)
    clock.moment = datetime(2027, 1, 5, 4, 0, tzinfo=UTC)
    found = counsellor(app).get("insights/service").json
    assert found["items"] == []
    assert found["coming"] == [
        "2026 年 12 月：讲座、沙龙和咨询的数字 1 月 8 日公布。",
        "2027 年 1 月：登录人数 2 月 1 日公布，讲座、沙龙和咨询的数字 2 月 8 日公布。",
        words.PUBLISHED_ONCE,
    ]


def test_until_bookings_are_published_there_is_no_number_of_them_not_even_none(
    app: Flask, clock: Clock, units: dict[str, str]
) -> None:
    visitors = {("灯塔区", Measure.VISITORS): 25}
    service_publishing.publish_part("2026-10", Part.SIGN_INS, visitors, synthetic=True)
    person = counsellor(app)
    (found,) = person.get("insights/service").json["items"]
    assert (found["visitors"], found["lectures"], found["workshops"], found["synthetic"]) == (25, None, None, True)
    service_publishing.publish_part("2026-10", Part.BOOKINGS, {})
    (found,) = person.get("insights/service").json["items"]
    assert (found["lectures"], found["workshops"]) == (0, 0)


@pytest.mark.usefixtures("december")
def test_of_the_service_each_sees_the_districts_of_the_own_remit(app: Flask, units: dict[str, str]) -> None:
    service_publishing.publish_part("2026-12", Part.SIGN_INS, {("其他", Measure.VISITORS): 25})
    seen = {}
    for key in ("c", "d", "d2", "e", None):
        person = counsellor(app, units[key] if key else None)
        seen[key] = {each["district"] for each in person.get("insights/service").json["items"]}
    assert seen == {
        "c": {"灯塔区", "渔港区"},
        "d": {"灯塔区"},
        "d2": {"渔港区"},
        "e": set(),
        None: {"灯塔区", "渔港区", "其他"},
    }


@pytest.mark.usefixtures("december")
def test_of_the_service_no_more_than_a_year_is_told(app: Flask, clock: Clock) -> None:
    clock.moment = datetime(2027, 12, 31, 4, 0, tzinfo=UTC)
    assert len(counsellor(app).get("insights/service").json["items"]) == 2
    clock.moment = datetime(2028, 1, 1, 4, 0, tzinfo=UTC)
    found = counsellor(app).get("insights/service").json
    assert (found["items"], found["library"]) == ([], [])


# Custodians


def test_custodians_confirm_over_http(app: Flask) -> None:
    make_units()
    opened = open_sealing(WINDOW)
    custodian = counsellor(app, None, "custodian")
    (listed,) = custodian.get("insights/sealings").json["items"]
    assert (listed["window"], listed["confirmations"], listed["needed"]) == (WINDOW, 0, 2)
    for _ in range(2):
        answer = custodian.post(f"insights/sealings/{opened.id}/confirm", None)
        assert (answer.status_code, answer.json["confirmations"]) == (200, 1)
    assert custodian.post("insights/sealings/no-such-sealing-at-all/confirm", None).status_code == 404
    assert counsellor(app).get("insights/sealings").status_code == 403


def test_what_was_sealed_by_the_real_mechanism_is_read_the_same_way(app: Flask, units: dict[str, str]) -> None:
    sealing.seal("2025H1", lambda: lambda _: 0)
    assert ask(counsellor(app), units["c"], window="2025H1").json["explanation"] == [
        words.EXPLAINED[words.Reason.TOO_FEW]
    ]


def test_many_who_read_while_something_is_published_are_all_answered(app: Flask, units: dict[str, str]) -> None:
    person = counsellor(app)

    def read(number: int) -> int:
        if number == 0:
            publish("2024H2", {units["p1"]: (40, 1)}, "2024H2")
        return ask(person, units["e"]).status_code

    app.extensions.pop("heartport.insight_answers", None)
    assert set(at_once(app, read, 6)) == {200}


@pytest.mark.parametrize("junk", ["x" * 3000, "%00", "../../etc", "' OR 1=1 --", "日本", "-1"])
def test_whatever_is_asked_for_is_unknown_and_no_failure(app: Flask, units: dict[str, str], junk: str) -> None:
    person = counsellor(app)
    assert person.get(f"insights/distribution?scale=phq9&unit={junk}").status_code == 404
    assert person.get(f"insights/distribution?scale={junk}&unit={units['c']}").status_code == 404
    assert person.get(f"insights/distribution?scale=phq9&unit={units['c']}&window={junk}").status_code == 422
    assert person.get(f"insights/export?scale=phq9&unit={units['c']}&format={junk}").status_code == 422
