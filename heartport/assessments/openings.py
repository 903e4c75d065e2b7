"""Scales that a professional opened for one person: sealed beside the person's drafts, so that `main` knows of none.

A short shelf is open to everybody; the rest makes sense with somebody who explains it. Who was given what is health
data: it stands in the vault, as long as a result, and ends by itself.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta

from heartport import clock
from heartport.assessments.shelf import ScaleUnknown, current_shelf
from heartport.members.standing import Standing
from heartport.vault.door import current_vault
from heartport.vault.records import OPENED, RecordTooLong
from heartport.vault.singles import Content, Single

NAME = "scales"
DAYS = 30
"""How long a scale stays open unless it is said otherwise: two appointments usually lie within a month."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One scale that is open to one person, by whom, and until which local day."""

    scale_id: str
    opened_by: str
    until: date


def open_scale(standing: Standing, scale_id: str, opened_by: str, days: int = DAYS) -> Opening:
    """Open a scale for a person, or open it for longer; raises `ScaleUnknown` where it cannot be taken here at all."""
    if not current_shelf().can_be_opened(scale_id):
        raise ScaleUnknown
    opening = Opening(scale_id, opened_by, clock.today() + timedelta(days=days))

    def change(found: Content) -> bytes:
        others = [each for each in _live(found) if each.scale_id != scale_id]
        return _encode([*others, opening])

    try:
        _single(standing).put(standing.windows[0], change)
    except RecordTooLong:
        raise ScaleUnknown("为这位职工打开的测评太多了，请先等其中一些到期。") from None
    return opening


def openings_of(standing: Standing) -> list[Opening]:
    """Return what is open to a person today."""
    return _live(_single(standing).read())


def opened_for(standing: Standing, scale_id: str) -> tuple[str, ...]:
    """Return the scale's id if it is open to this person though not to everybody; the vault is asked only then."""
    if not current_shelf().can_be_opened(scale_id):
        return ()
    return tuple(each.scale_id for each in openings_of(standing) if each.scale_id == scale_id)


def _single(standing: Standing) -> Single:
    return current_vault().open(standing.account_id).single(OPENED, NAME)


def _live(found: Content) -> list[Opening]:
    rows = json.loads(found.payload) if found.payload else []
    openings = (Opening(scale_id, by, date.fromisoformat(until)) for scale_id, by, until in rows)
    return [each for each in openings if each.until >= clock.today()]


def _encode(openings: list[Opening]) -> bytes:
    rows = [[each.scale_id, each.opened_by, each.until.isoformat()] for each in openings]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
