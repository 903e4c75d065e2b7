"""Sheets on columns: which items are hidden or do not apply in which rows, what is missing, invalid or passed over."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from heartport.scoring.columns.answers import BLANK, FIRST, HIDDEN, INVALID, MISSING, NA
from heartport.scoring.columns.domains import Codes, Column, Mask
from heartport.scoring.columns.truths import NO, truths
from heartport.scoring.conditions import Condition
from heartport.scoring.forms import Field, Form

Names = Sequence[tuple[str, Mask | None]]
"""Names with the rows in which each stands; `None` where it stands in none."""


class ColumnSheets:
    """The sheets of many people, read loosely: what a branch hides does not count, and is named."""

    def __init__(self, form: Form, given: Mapping[str, Column], profile: Mapping[str, Column], rows: int) -> None:
        self.rows = rows
        self.given = {**given, **profile}
        """All valid answers, those behind a branch too: the flags look at these."""
        self.counting: dict[str, Column] = dict(profile)
        """What counts, by item."""
        self._fields = form.fields
        self._ignored: dict[str, Mask] = {}
        for field in form.fields:
            self.counting[field.item.id] = self._counting(field, given[field.item.id])

    def _counting(self, field: Field, column: Column) -> Column:
        codes = column.codes
        if field.when_missing is not None:
            codes = np.where(codes == MISSING, codes.dtype.type(BLANK), codes)
        for standing, condition in ((HIDDEN, field.item.show_if), (NA, field.item.applies_if)):
            if condition is not None:
                codes = self._behind(field, condition, standing, column.codes, codes)
        return Column(codes, column.domain)

    def _behind(self, field: Field, condition: Condition, standing: int, given: Codes, codes: Codes) -> Codes:
        """Let what the file says stand in the rows in which a condition fails."""
        away: Mask = truths(condition.expression, self.counting, self.rows) == NO
        if standing == HIDDEN and field.item.interview_skip:
            away &= given == MISSING
        answered = away & (given != MISSING)
        name = field.item.id
        self._ignored[name] = answered | self._ignored[name] if name in self._ignored else answered
        return np.where(away, codes.dtype.type(standing), codes)

    @cached_property
    def missing(self) -> Names:
        """Give the scored items without a value that counts."""
        return [
            (field.item.id, _missing(self.counting[field.item.id])) for field in self._fields if not field.item.unscored
        ]

    @cached_property
    def invalid(self) -> Names:
        """Give the items whose answer is none of theirs."""
        return [(field.item.id, _those(self.counting[field.item.id], INVALID)) for field in self._fields]

    @property
    def ignored(self) -> Names:
        """Give the items that were answered although they are hidden or do not apply."""
        return [
            (field.item.id, self._ignored.get(field.item.id))
            for field in self._fields
            if field.item.id in self._ignored
        ]

    @cached_property
    def unknown(self) -> Any:  # noqa: ANN401 - numbers a row
        """Count the scored items without a value."""
        scored = [self.counting[field.item.id] for field in self._fields if not field.item.unscored]
        return sum((~column.known()).astype(np.uint16) for column in scored)


def _missing(column: Column) -> Mask | None:
    if column.codes.min() >= FIRST:
        return None
    unknown: Mask = ~column.known() & (column.codes != INVALID)
    return unknown


def _those(column: Column, code: int) -> Mask | None:
    if column.codes.min() > code:
        return None
    found = column.codes == code
    return found if found.any() else None
