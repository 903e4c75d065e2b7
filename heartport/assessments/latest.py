"""A person's latest result of each scale, for whoever goes on from it: what it advises, and whether calm is due."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from heartport import clock
from heartport.assessments.answers import own_profile
from heartport.assessments.drafts import read_draft
from heartport.assessments.records import Record, decode
from heartport.assessments.rules import raw_values
from heartport.assessments.schemas import find_band
from heartport.assessments.shelf import current_shelf
from heartport.local_time import local
from heartport.members.standing import Standing
from heartport.scoring.constructs import Advice
from heartport.scoring.flags import live_flags
from heartport.scoring.language import Scale
from heartport.vault.door import current_vault
from heartport.vault.listing import id_text
from heartport.vault.records import RESULT

LIVE_DAYS = 14
"""How long an urgent flag counts as live: PHQ-9, item 9, looks back on two weeks (Kroenke 2001)."""


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest result of one scale; `at_risk` where a shown band is one that the file marks as 需要关注."""

    result_id: str
    scale_id: str
    on: date
    advice: tuple[Advice, ...]
    at_risk: bool
    urgent: bool


def latest_results(standing: Standing) -> list[Latest]:
    """Return the latest result of each scale of which there is a file, the newest first."""
    entries = current_vault().records(standing.account_id, RESULT).live(standing.searched)
    records = [(id_text(entry.id), decode(entry.payload or b"")) for entry in entries]
    records.sort(key=lambda pair: pair[1].submitted_at, reverse=True)
    newest: dict[str, tuple[str, Record]] = {}
    for result_id, record in records:
        newest.setdefault(record.scale_id, (result_id, record))
    return list(_known(newest.values()))


def has_live_flag(standing: Standing, latest: list[Latest]) -> bool:
    """Tell whether an urgent flag was raised within two weeks and not outdated by a later result, or by a draft."""
    since = clock.today() - timedelta(days=LIVE_DAYS)
    return any(each.urgent and each.on >= since for each in latest) or any(_drafts_with_flags(standing))


def _known(newest: Iterable[tuple[str, Record]]) -> Iterator[Latest]:
    for result_id, record in newest:
        scale = current_shelf().version(record.scale_id, record.scale_version)
        if scale is not None:
            yield _latest(result_id, record, scale)


def _latest(result_id: str, record: Record, scale: Scale) -> Latest:
    bands = (find_band(scale, score, band) for score, band in record.bands.items())
    return Latest(
        result_id=result_id,
        scale_id=scale.id,
        on=local(record.submitted_at).date(),
        advice=tuple(each for each in scale.advice if each.id in record.advice),
        at_risk=any(band is not None and band.at_risk for band in bands),
        urgent=any(flag.level == "urgent" and flag.id in record.flags for flag in scale.flags),
    )


def _drafts_with_flags(standing: Standing) -> Iterator[bool]:
    for scale_id in current_shelf().all_ids():
        scale = current_shelf().current(scale_id)
        if scale is not None and any(flag.level == "urgent" for flag in scale.flags):
            shown = read_draft(standing, scale_id) if current_shelf().is_offered(scale, (scale_id,)) else None
            if shown is not None and shown.scale is not None and shown.answers:
                raised = live_flags(shown.scale, raw_values(shown.answers), own_profile(shown.scale, standing))
                yield any(flag.level == "urgent" for flag in raised)
