"""Workshops in advice: which of them fit where many are in a band that counts, and that a person never meets one."""

import pytest

from heartport.assessments.schemas import offers_out
from heartport.assessments.surroundings import OFFERS
from heartport.insights.rules.families import is_published
from heartport.scoring.language import Scale
from heartport.scoring.plans import Outcome
from heartport.scoring.sheets import read_loosely
from heartport.scoring.workshops import workshops_of
from tests.scoring.invented import advice, calm, edited, problems_of, scale_of
from tests.scoring.shipped import NAMES, shipped

NOT_SUGGESTED = {"asrs6", "audit"}
"""Of attention and of drinking the catalogue has no topic."""


def offering(when: str, *codes: str) -> dict:
    return advice("together", when) | {"offer": [{"workshop": code} for code in codes]}


@pytest.mark.parametrize(
    "when", ["total.band == moderate", "total >= 10", "total.band == severe or q1 >= 2", "always", "total.band != mild"]
)
def test_a_workshop_fits_where_its_advice_is_given_in_a_band_that_counts(when: str) -> None:
    document = edited(calm(), "advice", 0, to=offering(when, "F", "B04"))
    assert problems_of(document) == []
    assert workshops_of(scale_of(document)) == ("F", "B04")


@pytest.mark.parametrize(
    "when", ["total.band == mild", "total < 10", "q1 >= 2", "total.band == severe and q1 >= 2", "total == 12"]
)
def test_one_that_never_comes_to_be_suggested_is_refused(when: str) -> None:
    (problem,) = problems_of(edited(calm(), "advice", 0, to=offering(when, "F")))
    assert problem.endswith("advice › together › offer: no band that is at_risk begins where this advice is given")


def test_an_advice_that_offers_a_workshop_alone_leads_to_no_human_being() -> None:
    scale = scale_of(edited(calm(), "advice", 0, to=offering("always", "F")))
    assert scored(scale, q9=0).advice[0] == "together"
    assert "together" not in scored(scale, q9=1).advice


def scored(scale: Scale, q9: int) -> Outcome:
    return scale.plan.score(read_loosely(scale, {**{f"q{n}": 2 for n in range(1, 9)}, "q9": q9}, {}))


def test_no_result_shows_a_workshop() -> None:
    """Whatever a deployment has, a person who reads the advice is offered what they can ask for alone."""
    has: dict = dict.fromkeys([*OFFERS, "workshop"], lambda: [{"id": "something"}])
    advised = shipped("phq9").advice[0]
    assert advised.workshops
    assert [each["kind"] for each in offers_out(advised.offer, has)] == [
        "clinic",
        "counselling",
        "call_back",
        "hotline",
    ]


@pytest.mark.parametrize("name", [name for name in NAMES if is_published(name)])
def test_every_published_scale_with_a_band_that_counts_offers_some(name: str) -> None:
    scale = shipped(name)
    counting = any(band.at_risk for each in scale.bands if each.shown for band in each.shown.bands)
    assert bool(workshops_of(scale)) == (counting and name not in NOT_SUGGESTED)
