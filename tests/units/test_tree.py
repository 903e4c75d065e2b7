import dataclasses

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from heartport.stores import Store, write_transaction
from heartport.units import tree
from heartport.units.models import Unit
from heartport.units.tree import UnitUnknown
from tests.units.trees import BUSES, DESIGN, TREE, WELDING, YARD, make_tree


def test_a_unit_knows_those_above_it(app):
    ids = make_tree()
    place = tree.place_of(ids["welding"])
    assert place.names == ("云岬市", "灯塔区", "远帆造船厂", "焊接车间")
    assert place.ids == tuple(ids[key] for key in ("city", "district", "yard", "welding"))
    assert (place.id, place.name) == (ids["welding"], "焊接车间")
    assert tree.place_of(ids["city"]).names == ("云岬市",)


def test_a_unit_is_found_by_id_and_by_key(app):
    ids = make_tree()
    assert tree.find_unit("buses") == tree.find_unit(ids["buses"])
    for word in ("", "nowhere", "潮声巴士公司"):
        with pytest.raises(UnitUnknown):
            tree.find_unit(word)
    with pytest.raises(UnitUnknown):
        tree.place_of("nowhere")


def test_the_list_shows_each_unit_below_its_parent(app):
    make_tree()
    nodes = [(node.depth, node.key) for node in tree.list_units()]
    assert nodes[0] == (0, "city")
    assert nodes.index((3, "welding")) > nodes.index((2, "yard")) > nodes.index((1, "district"))
    assert len(nodes) == len(TREE)


def test_taking_over_again_changes_nothing(app):
    ids = make_tree()
    changes = tree.take_over(TREE)
    assert changes == tree.Changes((), (), (), unchanged=len(TREE), unnamed=0)
    assert {node.key: node.id for node in tree.list_units()} == ids


def test_a_unit_keeps_its_id_when_it_is_renamed_and_moved(app):
    ids = make_tree()
    renamed = dataclasses.replace(YARD, name="远帆船舶集团")
    moved = dataclasses.replace(WELDING, parent="buses")
    changes = tree.take_over([renamed, moved])
    assert changes == tree.Changes((), ("yard",), ("welding",), unchanged=0, unnamed=len(TREE) - 2)
    assert tree.place_of(ids["welding"]).names == ("云岬市", "港航行业", "潮声巴士公司", "焊接车间")
    assert tree.place_of(ids["design"]).names[2] == "远帆船舶集团"


def test_two_units_may_swap_their_names(app):
    ids = make_tree()
    tree.take_over([dataclasses.replace(WELDING, name="设计室"), dataclasses.replace(DESIGN, name="焊接车间")])
    assert (tree.place_of(ids["welding"]).name, tree.place_of(ids["design"]).name) == ("设计室", "焊接车间")


def test_ids_are_random(app):
    ids = make_tree()
    assert len({len(each) for each in ids.values()}) == 1
    assert not any(key in each for key, each in ids.items())


BROKEN = {
    "a city below something": {"level": "city", "parent_id": "city"},
    "a department below nothing": {"level": "department", "parent_id": None},
    "an unknown level": {"level": "planet", "parent_id": "city"},
    "an unknown parent": {"level": "department", "parent_id": "nowhere"},
    "a name twice": {"level": "district", "parent_id": "city", "name": "灯塔区"},
    "a city's name twice": {"level": "city", "parent_id": None, "name": "云岬市"},
    "a key twice": {"level": "district", "parent_id": "city", "key": "district"},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_the_database_refuses_what_the_rules_refuse(app, broken):
    ids = make_tree()
    row = {"id": "new", "key": "new", "name": "新", **broken}
    row["parent_id"] = ids.get(row["parent_id"], row["parent_id"])
    with pytest.raises(IntegrityError):
        write_transaction(Store.MAIN, lambda session: session.execute(insert(Unit).values(row)) and None)
    assert len(tree.list_units()) == len(TREE)


def test_a_failure_half_way_changes_nothing(app):
    make_tree()
    with pytest.raises(IntegrityError):
        tree.take_over(
            [dataclasses.replace(YARD, name="新名"), dataclasses.replace(BUSES, key="x", name="潮声巴士公司")]
        )
    assert tree.stored_entries() == {each.key: each for each in TREE}
