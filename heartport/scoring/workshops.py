"""Which workshops the advice of a scale offers where many are in a band that counts as 需要关注.

What is said of a group knows neither answers nor other scores: an advice counts if it is given where such a band of a
shown score begins, whatever else is unknown.
"""

from collections.abc import Iterator

from heartport.scoring.conditions import verdict
from heartport.scoring.constructs import Advice, Band, Definition
from heartport.scoring.problems import Report


def workshops_of(definition: Definition) -> tuple[str, ...]:
    """Give the codes of themes and topics, each once, in the order of the file."""
    found = (code for each in definition.advice if _is_given(each, definition) for code in each.workshops)
    return tuple(dict.fromkeys(found))


def check_workshops(definition: Definition, report: Report) -> None:
    """See that each workshop belongs to an advice through which it can come to be suggested."""
    for each in definition.advice:
        if each.workshops and not _is_given(each, definition):
            report.refuse(("advice", each.id, "offer"), "no band that is at_risk begins where this advice is given")


def _is_given(advice: Advice, definition: Definition) -> bool:
    return any(_holds_at(advice, score, band) for score, band in _counting(definition))


def _counting(definition: Definition) -> Iterator[tuple[str, Band]]:
    shown = ((each.score, each.shown.bands) for each in definition.bands if each.shown)
    return ((score, band) for score, bands in shown for band in bands if band.at_risk)


def _holds_at(advice: Advice, score: str, band: Band) -> bool:
    names = tuple(dict.fromkeys(advice.when.names()))
    known = {score: band.start, f"{score}.band": band.id}
    holds = verdict(advice.when, {name: slot for slot, name in enumerate(names)})
    return holds([known.get(name) for name in names]) is True
