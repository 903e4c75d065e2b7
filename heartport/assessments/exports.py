"""A person's results and drafts in the document of everything that is held about them, and where they lie sealed."""

from collections.abc import Mapping, Sequence
from typing import Annotated, TypedDict

from heartport.assessments import drafts, shares
from heartport.assessments.openings import NAME, openings_of
from heartport.assessments.records import Record, decode
from heartport.assessments.scale_schemas import ScaleId, Version
from heartport.assessments.schemas import AnswerOut, answer_out
from heartport.assessments.shares import shares_of
from heartport.assessments.shelf import current_shelf
from heartport.local_time import instant_out
from heartport.members.standing import Standing
from heartport.scoring.exact import number
from heartport.scoring.kinds import Answer as Given
from heartport.vault.door import current_vault
from heartport.vault.listing import id_text
from heartport.vault.records import DRAFT, OPENED, RESULT, SHARES, Entry
from heartport.vault.shredding import Holdings
from heartport.vault.singles import Content
from heartport.web.shapes import Day, Id, Instant


class ScaleHeldOut(TypedDict):
    """Under which scale, to the byte."""

    id: ScaleId
    version: Version
    title: Annotated[dict[str, str] | None, "By language."]
    hash: str
    engine: str


class ResultHeldOut(TypedDict):
    """A result with all that is stored of it."""

    id: Id
    scale: ScaleHeldOut
    submitted_at: Instant
    answers: Mapping[str, Given]
    profile: Mapping[str, str | int | None]
    scores: dict[str, float | None]
    bands: Mapping[str, str | None]
    flags: Sequence[str]
    advice: Sequence[str]
    missing: Sequence[str]
    validity: Sequence[str]
    norm: str | None
    duration_ms: int | None
    consents: Sequence[str]
    unit: str | None
    campaign: str | None


class DraftHeldOut(TypedDict):
    """A draft."""

    scale_id: ScaleId
    version: Version
    saved_at: Instant
    answers: dict[str, AnswerOut]


class OpeningHeldOut(TypedDict):
    """A scale that a professional opened for the person."""

    scale_id: ScaleId
    opened_by: str
    until: Day


class ShareHeldOut(TypedDict):
    """That a result is shared for an appointment, and since when."""

    result: Id
    appointment: Id
    since: Day


class AssessmentsPartOut(TypedDict):
    """What the assessments hold about a person."""

    results: list[ResultHeldOut]
    drafts: list[DraftHeldOut]
    opened_scales: list[OpeningHeldOut]
    shares: list[ShareHeldOut]


def sealed_assessments() -> Holdings:
    """Name what the assessments seal for a person: results, one draft a scale, what was opened, what is shared."""
    drafts_of = tuple((DRAFT, scale_id) for scale_id in current_shelf().all_ids())
    return Holdings(listed=(RESULT,), singles=(*drafts_of, (OPENED, NAME), (SHARES, shares.NAME)))


def export_assessments(standing: Standing) -> AssessmentsPartOut:
    """Return all results in full, newest first, all drafts, and for which appointments what is shared."""
    drawer = current_vault().open(standing.account_id)
    contents = {scale_id: drawer.single(DRAFT, scale_id).read() for scale_id in current_shelf().all_ids()}
    return {
        "results": [_result(entry) for entry in drawer.records(RESULT).live(standing.searched)],
        "opened_scales": [
            {"scale_id": each.scale_id, "opened_by": each.opened_by, "until": each.until.isoformat()}
            for each in openings_of(standing)
        ],
        "shares": [
            {"result": each.result_id, "appointment": each.reader.appointment_id, "since": each.on.isoformat()}
            for each in shares_of(standing)
        ],
        "drafts": [_draft(scale_id, found) for scale_id, found in contents.items() if found.payload is not None],
    }


def _result(entry: Entry) -> ResultHeldOut:
    record = decode(entry.payload or b"")
    return {
        "id": id_text(entry.id),
        "scale": _scale(record),
        "submitted_at": instant_out(record.submitted_at),
        "answers": record.answers,
        "profile": record.profile,
        "scores": {name: None if value is None else number(value) for name, value in record.scores.items()},
        "bands": record.bands,
        "flags": record.flags,
        "advice": record.advice,
        "missing": record.missing,
        "validity": record.validity,
        "norm": record.norm,
        "duration_ms": record.duration_ms,
        "consents": record.consents,
        "unit": record.unit,
        "campaign": record.campaign,
    }


def _scale(record: Record) -> ScaleHeldOut:
    known = current_shelf().version(record.scale_id, record.scale_version)
    return {
        "id": record.scale_id,
        "version": record.scale_version,
        "title": dict(known.title) if known else None,
        "hash": record.scale_hash,
        "engine": record.engine,
    }


def _draft(scale_id: str, found: Content) -> DraftHeldOut:
    draft = drafts.decode(found.payload or b"")
    return {
        "scale_id": scale_id,
        "version": draft.version,
        "saved_at": instant_out(draft.saved_at),
        "answers": {item: answer_out(answer) for item, answer in draft.answers.items()},
    }
