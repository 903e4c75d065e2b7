"""The demonstration's statistics: three half-years of invented people, made once and marked for what they are."""

import re

import yaml

from heartport.config import ROOT
from heartport.insights import releases
from heartport.units import tree
from tests.conftest import Clock
from tests.staff.doors import make_staff

SAID = yaml.safe_load((ROOT / "content" / "demo" / "insights.yaml").read_text(encoding="utf-8"))


def load(app) -> str:
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output
    return result.output


def test_three_half_years_are_published_once_and_say_that_they_are_invented(app, clock: Clock) -> None:
    assert "demo insights 2025H1 to 2026H1: 合成数据" in load(app)
    made = releases.list_releases()
    assert [each.window for each in made] == ["2026H1", "2025H2", "2025H1"]
    assert all(each.synthetic and each.manifest["synthetic"] for each in made)
    assert releases.problems_of_releases() == []
    ids = [each.id for each in made]
    load(app)
    assert [each.id for each in releases.list_releases()] == ids
    unit = next(each.id for each in tree.list_units() if each.key == "yunjia")
    counsellor = make_staff(app, "nina", ("counsellor", None)).signed_in()
    found = counsellor.get(f"insights/distribution?scale=phq9&unit={unit}").json
    assert 3500 < found["n"] < 4500
    assert 0.1 < found["at_risk"]["share"] < 0.4
    assert any("合成数据" in sentence for sentence in found["explanation"])
    assert found["release"]["synthetic"] is True


def test_five_thousand_people_stand_in_departments_that_are_there() -> None:
    assert sum(each["people"] for each in SAID["departments"].values()) == 5000
    units = (ROOT / "content" / "demo" / "units.yaml").read_text(encoding="utf-8")
    departments = set(re.findall(r"key: ([\w-]+), level: department", units))
    assert set(SAID["departments"]) == departments
    assert set(SAID["rising"]) <= departments
