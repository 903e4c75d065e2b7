from pathlib import Path

import pytest

from heartport.config import ROOT
from heartport.content import ContentRefused
from heartport.units import files, tree

RIGHT = """
units:
  - {key: city, level: city, name: 云岬市}
  - {key: yard, level: enterprise, name: 远帆造船厂, parent: district}
  - {key: district, level: district, name: 灯塔区, parent: city}
"""


def file(folder: Path, text: str) -> Path:
    path = folder / "units.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(ContentRefused) as caught:
        files.load_units(path)
    return [problem.removeprefix(str(path)) for problem in caught.value.problems]


def test_a_file_may_name_units_in_any_order_and_twice_changes_nothing(app, tmp_path):
    path = file(tmp_path, RIGHT)
    assert set(files.load_units(path).new) == {"city", "yard", "district"}
    assert files.load_units(path) == tree.Changes((), (), (), unchanged=3, unnamed=0)


WRONG = {
    "nothing": ("units: []", [" › units: Shorter than minimum length 1."]),
    "a key of another form": (
        "units: [{key: A B, level: city, name: x}]",
        [" › units › 1 › key: Must be 1 to 40 of a-z, 0-9 and -."],
    ),
    "an unknown level": (
        "units: [{key: a, level: town, name: x}]",
        [" › units › 1 › level: Must be one of: city, district, industry, enterprise, department."],
    ),
    "an unknown field": ("units: [{key: a, level: city, name: x, head: y}]", [" › units › 1 › head: Unknown field."]),
    "an empty name": ("units: [{key: a, level: city, name: ' '}]", [" › units › 1 › name: Must not be empty."]),
    "a name in two lines": (
        'units: [{key: a, level: city, name: "x\\ny"}]',
        [" › units › 1 › name: Must not hold control characters."],
    ),
    "a ring": (
        "units: [{key: a, level: district, name: x, parent: b}, {key: b, level: enterprise, name: y, parent: a}]",
        [
            " › units › 1 › parent: a › b › a runs in a ring.",
            " › units › 2 › parent: b › a › b runs in a ring.",
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_with_every_place_and_changes_nothing(app, tmp_path, text, expected):
    assert problems(file(tmp_path, text)) == expected
    assert tree.list_units() == []


def test_one_wrong_unit_keeps_the_right_ones_out_too(app, tmp_path):
    path = file(tmp_path, RIGHT + "  - {key: x, level: department, name: 车间, parent: district}\n")
    assert len(problems(path)) == 1
    assert tree.list_units() == []


def test_the_file_of_the_demonstration_is_right(app):
    files.load_units(ROOT / "content" / "demo" / "units.yaml")
    assert {node.depth for node in tree.list_units()} == {0, 1, 2, 3}
