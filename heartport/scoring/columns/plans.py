"""The plan of a scale on columns: the same steps, bands and flags as for one sheet, for many sheets at once."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from heartport.scoring.columns.domains import Column, Mask, combined
from heartport.scoring.columns.scores import ColumnStep
from heartport.scoring.columns.sheets import ColumnSheets, Names
from heartport.scoring.columns.truths import YES, truths
from heartport.scoring.language import Scale
from heartport.scoring.plans import Banding, BandingBySex, Row


class Outcomes(NamedTuple):
    """What comes of many sheets."""

    scores: Mapping[str, Column]
    bands: Mapping[str, Column]
    flags: Sequence[tuple[str, Mask | None]]
    missing: Names
    invalid: Names
    ignored: Names


class ColumnPlan:
    """Scores many sheets of one scale."""

    def __init__(self, scale: Scale) -> None:
        self._scale = scale
        items = frozenset(scale.form.items)
        self._steps = [ColumnStep(step, items) for step in scale.plan.steps]

    def score(self, sheets: ColumnSheets) -> Outcomes:
        """Score them all."""
        columns = dict(sheets.counting)
        for step in self._steps:
            columns[step.step.score] = step.compute(columns, lambda: sheets.unknown)
        bands = {banding.score: _band(banding, columns) for banding in self._scale.plan.shown}
        return Outcomes(
            scores={score.id: columns[score.id] for score in self._scale.scores},
            bands=bands,
            flags=[
                (flag.id, _rows(truths(flag.when.expression, sheets.given, sheets.rows) == YES))
                for flag in self._scale.flags
            ],
            missing=sheets.missing,
            invalid=sheets.invalid,
            ignored=sheets.ignored,
        )


def _band(banding: Banding | BandingBySex, columns: Mapping[str, Column]) -> Column:
    """Ask the banding of the single path once for each value."""
    key = ("band", banding.score, banding.name)
    score = columns[banding.score]
    if isinstance(banding, Banding):
        return score.mapped(key, lambda value: banding.band(_row({banding.score_slot: value})))
    slots = {each.score_slot for each in banding.of.values()}

    def band(value: Any, sex: str | None) -> str | None:  # noqa: ANN401 - exact
        return banding.band(_row({banding.sex_slot: sex, **dict.fromkeys(slots, value)}))

    return combined(score, columns["profile.sex"], key, band)


def _row(values: Mapping[int, Any]) -> Row:
    """Give the few places of a row that a banding looks at."""
    return cast("Row", values)


def _rows(mask: Mask) -> Mask | None:
    return mask if mask.any() else None
