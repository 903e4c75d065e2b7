"""Norms and smallest changes: how a score stands among others, and whether it moved enough to be told.

No norm is shown where no group of it is certainly the person's; never the nearest one.
"""

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Literal, get_args

from heartport.scoring.constructs import Cell, Change, Norm, Reader, Yield
from heartport.scoring.exact import Exact, Rounding, in_decimals, magnitude, simplify
from heartport.scoring.formulas import read_group
from heartport.scoring.language import Scale
from heartport.scoring.places import Place
from heartport.scoring.profiles import known_profile
from heartport.scoring.words import MAIN_LANGUAGE, Words

EARLIEST_NORM, LATEST_NORM = 1900, 2100
BY = ("sex", "age")
OF_NORM = ("id", "source", "year", "region", "population", "n", "yields", "visible_to", "cells")

SHOWN = Rounding("half_even", 2)
"""How a standing is written for the eye."""
_T = "换算成 T 分是 {}（平均 50，标准差 10）。", "As a T score {} (mean 50, standard deviation 10)."
_PERCENTILE = "处于第 {} 百分位。", "At percentile {}."
_STANDS = {
    ("z", True): ("比平均高 {} 个标准差。", "{} standard deviations above the mean."),
    ("z", False): ("比平均低 {} 个标准差。", "{} standard deviations below the mean."),
    **{("t", sign): _T for sign in (True, False)},
    **{("percentile", sign): _PERCENTILE for sign in (True, False)},
}

Clear = Literal["better", "worse", "no_clear_change"]


def read_norms(place: Place | None) -> tuple[Norm, ...]:
    """Read the norms."""
    return tuple(_norm(each.known_by("id")) for each in place.elements()) if place else ()


def _norm(place: Place) -> Norm:
    fields = place.fields(required=OF_NORM, optional=("by",))
    by = tuple(each.one_of(BY) for each in fields["by"].elements()) if "by" in fields else ()
    yields = fields["yields"].one_of(get_args(Yield))
    return Norm(
        id=fields["id"].id(),
        source=fields["source"].text(),
        year=fields["year"].whole(EARLIEST_NORM, LATEST_NORM),
        region=fields["region"].words(),
        population=fields["population"].words(),
        n=fields["n"].whole(1, 10**9),
        by=by,
        yields=yields,
        visible_to=fields["visible_to"].one_of(get_args(Reader)),
        cells=tuple(_cell(each, by, yields) for each in fields["cells"].elements()),
    )


def _cell(place: Place, by: tuple[str, ...], yields: Yield) -> Cell:
    figures = ("percentiles",) if yields == "percentile" else ("mean", "sd")
    fields = place.fields(required=("score", *by, *figures))
    score, group = fields["score"].id(), read_group(fields)
    if yields == "percentile":
        return Cell(score, group, percentiles=_percentiles(fields["percentiles"]))
    sd = fields["sd"].number()
    if fields["sd"].present and sd <= 0:
        fields["sd"].refuse("a number above 0 is expected")
    return Cell(score, group, mean=fields["mean"].number(), sd=max(sd, Fraction(1, 10**9)))


def _percentiles(place: Place) -> tuple[tuple[Exact, Exact], ...]:
    """Read from which score on which percentile holds."""
    found = sorted((edge, each.number()) for edge, each in place.keyed_numbers().items())
    if place.is_mapping and not found:
        place.refuse("value missing")
    if any(not 0 <= percentile <= 100 for _, percentile in found):
        place.refuse("percentiles run from 0 to 100")
    if any(lower >= upper for (_, lower), (_, upper) in pairwise(found)):
        place.refuse("percentiles ascend with the score")
    return tuple(found)


def read_changes(place: Place | None) -> tuple[Change, ...]:
    """Read the smallest differences worth telling."""
    return tuple(_change(score, each) for score, each in place.pairs()) if place else ()


def _change(score: str, place: Place) -> Change:
    fields = place.fields(required=("at_least", "source"))
    at_least = fields["at_least"].number()
    if fields["at_least"].present and at_least <= 0:
        fields["at_least"].refuse("a number above 0 is expected")
    return Change(score, at_least, fields["source"].text())


def standings(
    norm: Norm, scores: Mapping[str, Exact | None], profile: Mapping[str, object], year: int | None = None
) -> dict[str, Exact]:
    """Tell how the scores stand in one norm: z or T exactly, or the percentile that was published."""
    known = known_profile(profile, year)
    found: dict[str, Exact] = {}
    for cell in norm.cells:
        value = scores.get(cell.score)
        if value is not None and cell.group.holds(known.get("sex"), known.get("ages")):
            standing = _standing(norm.yields, cell, value)
            if standing is not None:
                found[cell.score] = standing
    return found


def _standing(yields: Yield, cell: Cell, value: Exact) -> Exact | None:
    if yields == "percentile":
        return next((percentile for edge, percentile in reversed(cell.percentiles) if edge <= value), None)
    z = Fraction(value - cell.mean) / Fraction(cell.sd)
    return simplify(z if yields == "z" else 50 + 10 * z)


def told_standing(norm: Norm, standing: Exact) -> Words:
    """Say in a sentence how somebody stands, and among whom."""
    shown = in_decimals(magnitude(standing), SHOWN) if norm.yields == "z" else in_decimals(standing, SHOWN)
    region, population = norm.region, norm.population
    zh, en = _STANDS[norm.yields, standing >= 0]
    english = ", ".join(words.get("en", words[MAIN_LANGUAGE]) for words in (region, population))
    return {
        MAIN_LANGUAGE: f"{zh.format(shown)}常模：{region[MAIN_LANGUAGE]}，{population[MAIN_LANGUAGE]}"
        f"（{norm.year} 年，{norm.n} 人）。",
        "en": f"{en.format(shown)} Norm: {english} ({norm.year}, n = {norm.n}).",
    }


def norm_of(
    scale: Scale, scores: Mapping[str, Exact | None], profile: Mapping[str, object], year: int | None = None
) -> Norm | None:
    """Give the norm that a person may see beside these scores: the first one in the file that holds for them."""
    shown = (norm for norm in scale.norms if norm.visible_to == "person")
    return next((norm for norm in shown if standings(norm, scores, profile, year)), None)


def clear_change(scale: Scale, score: str, earlier: Exact, later: Exact) -> Clear | None:
    """Tell whether a score became better or worse by enough; nothing where no smallest change is published."""
    change = next((each for each in scale.changes if each.score == score), None)
    if change is None:
        return None
    difference = later - earlier
    if magnitude(difference) < change.at_least:
        return "no_clear_change"
    direction = next(each.direction for each in scale.scores if each.id == score) or scale.direction
    return "worse" if (difference > 0) == (direction == "higher_is_worse") else "better"
