"""A person's results and drafts in the document of everything that is held about them, and where they lie sealed."""

from typing import Any

from heartport.assessments import drafts
from heartport.assessments.records import Record, decode
from heartport.assessments.results import result_id_text
from heartport.assessments.schemas import answer_out
from heartport.assessments.shelf import current_shelf
from heartport.local_time import instant_out
from heartport.members.standing import Standing
from heartport.scoring.exact import number
from heartport.vault.door import current_vault
from heartport.vault.records import DRAFT, RESULT, Entry
from heartport.vault.shredding import Holdings
from heartport.vault.singles import Content


def sealed_assessments() -> Holdings:
    """Name what the assessments seal: results, and one draft a scale."""
    return Holdings(listed=(RESULT,), singles=tuple((DRAFT, scale_id) for scale_id in current_shelf().all_ids()))


def export_assessments(standing: Standing) -> dict[str, Any]:
    """Return all results in full, newest first, and all drafts."""
    drawer = current_vault().open(standing.account_id)
    contents = {scale_id: drawer.single(DRAFT, scale_id).read() for scale_id in current_shelf().all_ids()}
    return {
        "results": [_result(entry) for entry in drawer.records(RESULT).live(standing.searched)],
        "drafts": [_draft(scale_id, found) for scale_id, found in contents.items() if found.payload is not None],
    }


def _result(entry: Entry) -> dict[str, Any]:
    record = decode(entry.payload or b"")
    return {
        "id": result_id_text(entry.id),
        "scale": _scale(record),
        "submitted_at": instant_out(record.submitted_at),
        "answers": record.answers,
        "profile": record.profile,
        "scores": {name: None if value is None else number(value) for name, value in record.scores.items()},
        "bands": record.bands,
        "flags": record.flags,
        "advice": record.advice,
        "missing": record.missing,
        "duration_ms": record.duration_ms,
        "consents": record.consents,
        "unit": record.unit,
    }


def _scale(record: Record) -> dict[str, Any]:
    known = current_shelf().version(record.scale_id, record.scale_version)
    return {
        "id": record.scale_id,
        "version": record.scale_version,
        "title": dict(known.title) if known else None,
        "hash": record.scale_hash,
        "engine": record.engine,
    }


def _draft(scale_id: str, found: Content) -> dict[str, Any]:
    draft = drafts.decode(found.payload or b"")
    return {
        "scale_id": scale_id,
        "version": draft.version,
        "saved_at": instant_out(draft.saved_at),
        "answers": {item: answer_out(answer) for item, answer in draft.answers.items()},
    }
