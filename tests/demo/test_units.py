from heartport.staff import accounts
from heartport.units import bindings, invites, tree
from tests.conftest import Person, signed_in

CODE = "HEARTP0RT1"


def load(app) -> str:
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_demo_has_a_tree_of_four_levels_and_an_invite_into_it(app):
    told = load(app)
    place = invites.show_invite("heart-port1")
    assert len(place.names) == 4
    assert f"demo invite HEART-P0RT1: {' › '.join(place.names)}" in told
    assert Person(app).get(f"invites/{CODE}").status_code == 200


def test_loading_again_keeps_what_was_changed_since(app, tmp_path):
    first = load(app)
    (tmp_path / "units.yaml").write_text("units: [{key: yuanfan, level: enterprise, parent: dengta, name: 改名造船厂}]")
    assert app.test_cli_runner().invoke(args=["units", "load", str(tmp_path / "units.yaml")]).exit_code == 0
    bindings.join_unit(signed_in(app, "openid-of-one").account_id, CODE)
    before = [each.uses_left for each in invites.list_invites()]
    ids = {node.key: node.id for node in tree.list_units()}
    second = load(app)
    assert {node.key: node.id for node in tree.list_units()} == ids
    assert tree.place_of(ids["yuanfan"]).name == "改名造船厂"
    assert [each.uses_left for each in invites.list_invites()] == before == [999]
    assert second == first.replace("远帆造船厂", "改名造船厂")
    assert len(accounts.list_members()) == 8
