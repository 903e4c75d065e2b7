"""What reading a published figure costs: a release over the demonstration's units, and a counsellor who asks."""

import random

from bench.databases import Stores
from bench.load import request_text
from bench.people import application
from heartport import clock
from heartport.config import ROOT
from heartport.demo.units import load_units
from heartport.insights.openings import open_sealing, tree_to_seal
from heartport.insights.publishing import make_parts, publish
from heartport.insights.rules.answers import ScaleKey
from heartport.insights.rules.tables import Kind, Tally
from heartport.staff import accounts, grants, sessions
from heartport.stores import Store, write_transaction
from heartport.units import tree

WINDOW = "2026H1"
PASSWORD = "calm-harbour-of-bench"


def questions(stores: Stores, count: int) -> list[str]:
    """Publish a half-year in stores that are migrated, and give so many requests for the figures of its units."""
    with application(stores):
        load_units(ROOT / "content" / "demo")
        opened = open_sealing(WINDOW)
        units_then = tree_to_seal(opened.id)
        source = random.Random(1)
        tally = Tally(
            Kind(ScaleKey("phq9", 1), unit_id, ("mild",), source.random() < 0.2, None)
            for unit_id in units_then.nodes
            for _ in range(source.choice((3, 8, 20, 90)))
        )
        publish(make_parts(WINDOW, units_then, tally, lambda _: source.randrange(-2, 3)))
        headers = {"Authorization": f"Bearer {_counsellor()}"}
        paths = [f"/api/v1/insights/distribution?scale=phq9&unit={each.id}" for each in tree.list_units()]
    return [request_text("GET", paths[number % len(paths)], headers) for number in range(count)]


def _counsellor() -> str:
    accounts.add_member("measured", "measured", PASSWORD)
    grants.grant_role("measured", "counsellor", None, "bench")
    staff_id, now = accounts.staff_id_of("measured"), clock.now()
    return write_transaction(Store.MAIN, lambda session: sessions.open_session(session, staff_id, now)).token
