"""A small tree of units for tests."""

from heartport.units import tree
from heartport.units.rules import Level, UnitEntry

CITY = UnitEntry("city", "云岬市", Level.CITY, None)
DISTRICT = UnitEntry("district", "灯塔区", Level.DISTRICT, "city")
INDUSTRY = UnitEntry("industry", "港航行业", Level.INDUSTRY, "city")
YARD = UnitEntry("yard", "远帆造船厂", Level.ENTERPRISE, "district")
BUSES = UnitEntry("buses", "潮声巴士公司", Level.ENTERPRISE, "industry")
WELDING = UnitEntry("welding", "焊接车间", Level.DEPARTMENT, "yard")
DESIGN = UnitEntry("design", "设计室", Level.DEPARTMENT, "yard")
TREE = (CITY, DISTRICT, INDUSTRY, YARD, BUSES, WELDING, DESIGN)


def make_tree() -> dict[str, str]:
    """Store the tree and return the ids by the keys."""
    tree.take_over(TREE)
    return {node.key: node.id for node in tree.list_units()}
