"""What comes in and goes out about shared results: a counsellor reads them in the terms of the literature."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Annotated, TypedDict, get_args

from marshmallow import fields, validate

from heartport.assessments.cards import in_language
from heartport.assessments.copies import Copy
from heartport.assessments.openings import Opening
from heartport.assessments.records import Record
from heartport.assessments.scale_schemas import ScaleId
from heartport.assessments.schemas import (
    NormOut,
    ScaleNameOut,
    ScoreOut,
    ValidityOut,
    VersionsOut,
    find_score,
    result_brief_out,
    score_out,
    validity_out,
    versions_out,
)
from heartport.local_time import local
from heartport.scoring.constructs import Band, Bands, BandSet, Level
from heartport.scoring.exact import number
from heartport.scoring.language import Scale
from heartport.scoring.norms import standings, told_standing
from heartport.sharing.service import Shared
from heartport.web.schemas import BodyIn
from heartport.web.shapes import Day, Id, one_of


class ShareOut(TypedDict):
    """That one's own result is shared for an appointment."""

    appointment_id: Id
    shared_on: Day
    readable_until: Annotated[
        Day | None,
        "The last day; null where the appointment is gone or with somebody else now, and nobody can read it.",
    ]


class ReadingOut(TypedDict):
    """How a score reads after one source; for a counsellor."""

    score: str
    score_label: str
    source: Annotated[str, "From whom the edges are."]
    id: str | None
    professional: Annotated[str | None, "The term of the literature; a reading of a score, not a diagnosis."]
    person: Annotated[str | None, "What the person read; null where they were shown none."]


class SharedFlagOut(TypedDict):
    """Something noticed in the answers."""

    id: str
    level: Annotated[str, one_of(get_args(Level))]


class SharedResultOut(TypedDict):
    """A result as a counsellor reads it: what came of the answers, and not the answers."""

    scale: ScaleNameOut
    submitted_on: Day
    shared_on: Day
    scores: list[ScoreOut]
    bands: list[ReadingOut]
    flags: list[SharedFlagOut]
    norms: list[NormOut]
    validity: list[ValidityOut]
    missing: Annotated[list[str], "The items without an answer."]
    limits: Annotated[str | None, "What the result does not mean."]
    versions: VersionsOut


class OpenedScaleOut(TypedDict):
    """A scale that is open to the person now."""

    scale: ScaleId
    until: Day


class ShareIn(BodyIn):
    """For which of one's own appointments."""

    appointment_id = fields.String(required=True, validate=validate.Length(max=64, error="没有这样的编号。"))


class OpenScaleIn(BodyIn):
    """Which scale to open."""

    scale = fields.String(required=True, validate=validate.Length(max=64, error="没有这样的编号。"))


def share_out(shared: Shared) -> ShareOut:
    """Return one's own share."""
    return {
        "appointment_id": shared.share.reader.appointment_id,
        "shared_on": shared.share.on.isoformat(),
        "readable_until": shared.until.isoformat() if shared.until else None,
    }


def opened_scale_out(opening: Opening) -> OpenedScaleOut:
    """Return what was opened."""
    return {"scale": opening.scale_id, "until": opening.until.isoformat()}


def shared_result_out(copy: Copy, scale: Scale | None, language: str) -> SharedResultOut:
    """Return a shared result; `scale` is the very version that it was scored under, None where its file is gone."""
    record = copy.record
    brief = result_brief_out(None, record, scale, language)
    raised = [flag for flag in scale.flags if flag.id in record.flags] if scale else []
    return {
        "scale": brief["scale"],
        "submitted_on": brief["submitted_on"],
        "shared_on": copy.on.isoformat(),
        "scores": [score_out(score, record, language) for score in scale.scores] if scale else [],
        "bands": list(_readings(record, scale, language)) if scale else [],
        "flags": [{"id": flag.id, "level": flag.level} for flag in raised],
        "norms": list(_norms(record, scale, language)) if scale else [],
        "validity": validity_out(record, scale, language) if scale else [],
        "missing": list(record.missing),
        "limits": in_language(scale.limits, language) if scale else None,
        "versions": versions_out(record),
    }


def _readings(record: Record, scale: Scale, language: str) -> Iterator[ReadingOut]:
    """Give the band of every score in every set of bands, those that the person is not shown among them."""
    for bands in scale.bands:
        score = find_score(scale, bands.score)
        for chosen in bands.sets:
            band = _band(record, bands, chosen)
            yield {
                "score": bands.score,
                "score_label": in_language(score.label, language) if score else bands.score,
                "source": chosen.source,
                "id": band.id if band else None,
                "professional": in_language(band.professional, language) if band else None,
                "person": in_language(band.person, language) if band and chosen is bands.shown else None,
            }


def _band(record: Record, bands: Bands, chosen: BandSet) -> Band | None:
    """Find the band in one set: the one that was stored where it is the shown set, else by its edges."""
    if chosen is bands.shown:
        return next((band for band in chosen.bands if band.id == record.bands.get(bands.score)), None)
    value, sex = record.scores.get(bands.score), record.profile.get("sex")
    if value is None or (chosen.by_sex and sex not in chosen.sexes):
        return None
    place = bisect_right(chosen.edges(sex if chosen.by_sex else None), value)
    return chosen.bands[place - 1] if place else None


def _norms(record: Record, scale: Scale, language: str) -> Iterator[NormOut]:
    """Give how the scores stand in every norm of the scale, those for professionals among them."""
    year = local(record.submitted_at).year
    for norm in scale.norms:
        for score, value in standings(norm, record.scores, record.profile, year).items():
            yield {
                "id": norm.id,
                "score": score,
                "yields": norm.yields,
                "value": number(value),
                "text": in_language(told_standing(norm, value), language),
                "source": norm.source,
            }
