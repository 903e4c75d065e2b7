import re

import pytest

from heartport.units import invites, tree
from tests.units.trees import TREE, make_tree


@pytest.fixture
def flask(app):
    """Runs `flask …` and returns what it printed."""

    def run(*words: str, status: int = 0) -> str:
        result = app.test_cli_runner().invoke(args=words)
        assert result.exit_code == status, result.output
        return result.output

    return run


def test_units_are_loaded_and_what_changed_is_told(flask, tmp_path):
    path = tmp_path / "units.yaml"
    path.write_text(
        "units: [{key: city, level: city, name: 云岬市}, {key: d, level: district, name: 区, parent: city}]"
    )
    told = flask("units", "load", str(path))
    assert told == "new city\nnew d\n2 new, 0 renamed, 0 moved, 0 unchanged, 0 not in the file\n"
    path.write_text("units: [{key: d, level: district, name: 灯塔区, parent: city}]")
    told = flask("units", "load", str(path))
    assert told == "renamed d\n0 new, 1 renamed, 0 moved, 0 unchanged, 1 not in the file\n"
    assert "灯塔区 (district, d)" in flask("units", "list")


def test_a_wrong_file_is_refused_with_its_places(flask, tmp_path):
    path = tmp_path / "units.yaml"
    path.write_text("units: [{key: d, level: district, name: 区, parent: city}]")
    told = flask("units", "load", str(path), status=1)
    assert f"{path} › units › 1 › parent: There is no unit city." in told
    assert "cannot be opened" in flask("units", "load", str(tmp_path / "none.yaml"), status=1)
    assert tree.list_units() == []


def test_an_invite_is_made_shown_once_and_replaced(app, flask):
    make_tree()
    told = flask("invites", "new", "welding", "--uses", "5", "--days", "3")
    code = told.split()[0]
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", code)
    assert invites.show_invite(code).name == "焊接车间"
    assert code not in flask("invites", "list")

    replaced = flask("invites", "rotate", code).split()[0]
    assert invites.show_invite(replaced).name == "焊接车间"
    by_unit = flask("invites", "rotate", "welding").split()[0]
    assert invites.show_invite(by_unit).name == "焊接车间"
    assert flask("invites", "list").count("replaced") == 2
    assert "no live code" in flask("invites", "rotate", "design")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("invites", "new", "nowhere", "--uses", "1", "--days", "1"), "unit_unknown"),
        (("invites", "new", "welding", "--uses", "0", "--days", "1"), "invite_limits_refused"),
        (("invites", "rotate", "0000000000"), "invite_unknown"),
    ],
)
def test_a_refusal_is_one_line_and_status_1(app, flask, words, code):
    make_tree()
    assert flask(*words, status=1).startswith(f"Error: {code}: ")
    assert len(tree.list_units()) == len(TREE)
