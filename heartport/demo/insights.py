"""The demonstration's statistics: three half-years of 5,000 invented people, sealed by the real mechanism.

Nobody of them has an account; they are counted as if they had answered, and every release says that it is synthetic.
"""

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from heartport import clock
from heartport.insights.openings import open_sealing, tree_to_seal
from heartport.insights.publishing import make_parts, publish, published_scales
from heartport.insights.releases import list_releases
from heartport.insights.rules.answers import Measured, facet_of, groups_of
from heartport.insights.rules.tables import Asked, Kind, Tally
from heartport.insights.rules.windows import window_before
from heartport.units import tree
from heartport.vault.windows import window_of


def load_insights(folder: Path) -> None:
    """Publish the three half-years before this one that are not published yet, and say so."""
    said = yaml.safe_load((folder / "insights.yaml").read_text(encoding="utf-8"))
    windows = _three_before(window_of(clock.today()))
    published = {each.window for each in list_releases()}
    for place, window in enumerate(windows):
        if window not in published:
            _publish(said, window, place)
    print(f"demo insights {windows[0]} to {windows[-1]}: {said['note']}")


def _publish(said: Mapping[str, Any], window: str, place: int) -> None:
    from heartport.insights.noise import opendp_draw  # noqa: PLC0415 - heavy, and needed at the first start alone

    units = {each.key: each.id for each in tree.list_units()}
    tally = Tally(_invented(said, units, window, place))
    units_then = tree_to_seal(open_sealing(window).id)
    publish(make_parts(window, units_then, tally, opendp_draw(), synthetic=True))


def _three_before(window: str) -> list[str]:
    last = window_before(window)
    return [window_before(window_before(last)), window_before(last), last]


def _invented(said: Mapping[str, Any], units: Mapping[str, str], window: str, place: int) -> Iterator[Kind]:
    """Give what every invented person of a half-year answered; the same at each demonstration."""
    source = random.Random(f"heartport {window[-2:]} {place}")  # noqa: S311 - people are invented here, not protected
    scales = {each.key.id: each for each in published_scales(window)}
    groups = groups_of(facet_of(window))
    for key, department in said["departments"].items():
        for _ in range(department["people"]):
            group = source.choice((*groups, None))
            risk = (department["at_risk"] + said["trend"] * place * (1 if key in said["rising"] else 0)) / 100
            for scale, share in said["scales"].items():
                if scale in scales and source.random() * 100 < share:
                    yield _answer(scales[scale], units[key], group, source, risk)


def _answer(asked: Asked, unit_id: str, group: str | None, source: random.Random, risk: float) -> Kind:
    levels = tuple(_level(score, source, risk) for score in asked.scores)
    at_risk = any(level in score.at_risk for level, score in zip(levels, asked.scores, strict=True))
    return Kind(asked.key, unit_id, levels, at_risk, group)


def _level(score: Measured, source: random.Random, risk: float) -> str:
    """Return a level: at risk as often as was said, and the milder the more often."""
    risky = source.random() < risk / (1 if score.score == "total" else 2)
    among = [level for level in score.levels if (level in score.at_risk) == risky]
    return source.choices(among, [2.0**-place for place in range(len(among))])[0]
