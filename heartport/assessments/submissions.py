"""Use case: submit an answer sheet, get the result at once, and keep it sealed if the person wants that.

Flags are looked at first, on the raw answers, so that neither a wrong field nor a scoring error can suppress
them. One transaction of the vault decides; before it nothing is written, after it the result is there and the
draft is not. A repeated `attempt_id` finds what the first one stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from heartport import clock
from heartport.assessments.answers import VALUE, AnswersRefused, AttemptId, answers_field, own_profile
from heartport.assessments.drafts import submittable
from heartport.assessments.records import Record, decode, encode
from heartport.errors import Conflict, Invalid, Unavailable
from heartport.members.policies import Purpose
from heartport.members.standing import Standing
from heartport.scoring.forms import Sheet
from heartport.scoring.language import Scale
from heartport.scoring.manner import findings
from heartport.scoring.norms import norm_of
from heartport.scoring.plans import ENGINE_VERSION
from heartport.scoring.profiles import EARLIEST_BIRTH_YEAR, LATEST_BIRTH_YEAR, SEXES
from heartport.scoring.sheets import read_sheet
from heartport.vault.door import current_vault
from heartport.vault.records import DRAFT, RESULT, RecordTooLong
from heartport.web.schemas import BodyIn, WholeNumber, load_fields

PROFILE = {
    "properties": {
        "sex": {"enum": [*SEXES, None]},
        "birth_year": {"type": ["integer", "null"], "minimum": EARLIEST_BIRTH_YEAR, "maximum": LATEST_BIRTH_YEAR},
    },
    "additionalProperties": False,
}
LONGEST_DURATION_MS = 24 * 60 * 60 * 1000


class AttemptReused(Invalid):
    """The attempt id belongs to other answers already."""

    code = "attempt_reused"
    detail = "这次提交的编号已经用于另一份答案，请重新打开测评。"


class ResultDeleted(Conflict):
    """The result of this attempt was stored and then deleted by the person."""

    code = "result_deleted"
    detail = "这次测评的结果已被您删除。"


class ResultTooLong(Unavailable):
    """The sealed form of a result has one length, and this scale's does not fit; an operator has to act."""

    code = "result_too_long"
    detail = "这份测评的结果暂时无法保存。您可以关闭“保存结果”后再提交，结果会照常显示。"


class SubmissionIn(BodyIn):
    """A filled-in scale; `answers` and `profile` are checked by the scoring engine."""

    version = fields.String(required=True, metadata={"example": "1.0.0"})
    attempt_id = AttemptId(required=True)
    answers = answers_field({**VALUE, "description": "Null skips the item on purpose."})
    profile = fields.Dict(
        load_default=dict,
        metadata={"description": "What the scale asks for beyond the person's own profile.", **PROFILE},
        error_messages={"invalid": "须为一个 JSON 对象。"},
    )
    duration_ms = WholeNumber(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, LONGEST_DURATION_MS, error=f"须为 0 至 {LONGEST_DURATION_MS} 的整数。"),
    )


SUBMISSION_IN = SubmissionIn()


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission in which every field is right; `scale` is the very version that was answered."""

    scale: Scale
    attempt_id: str
    answers: Mapping[str, Any]
    profile: Mapping[str, Any]
    sheet: Sheet
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it; `id` is None where nothing was kept."""

    id: bytes | None
    record: Record


def read_submission(current: Scale, standing: Standing, body: object) -> Submission:
    """Check a whole body at once; raises `AnswersRefused` with every wrong place.

    The scale is the current version, or an older one of which the person has a draft; raises as `submittable` does.
    """
    loaded, errors = load_fields(SUBMISSION_IN, body)
    scale = submittable(standing, current, loaded.get("version", current.version), loaded.get("attempt_id"))
    profile = {**own_profile(scale, standing), **loaded.get("profile", {})}
    sheet, answer_errors = read_sheet(scale, loaded.get("answers", {}), profile, clock.today().year)
    if "answers" in loaded:
        errors |= answer_errors
    if errors:
        raise AnswersRefused(errors=errors)
    asked = {word: profile[word] for word in scale.form.profile if word in profile}
    return Submission(scale, loaded["attempt_id"], loaded["answers"], asked, sheet, loaded["duration_ms"])


def submit_answers(standing: Standing, submission: Submission) -> Taken:
    """Score a sheet and store it once, or only score it where results are not to be kept; the draft is used up.

    Raises `AttemptReused` or `ResultDeleted` for an attempt id that has a history.
    """
    record = _record(standing, submission)
    drawer = current_vault().open(standing.account_id)
    draft, records = drawer.single(DRAFT, record.scale_id), drawer.records(RESULT)
    result_id = records.id_for(submission.attempt_id)
    # What was stored while results were kept is answered as what it is: stored.
    if Purpose.KEEP_RESULTS not in standing.granted and not records.holds(result_id, standing.searched):
        draft.erase(used_up_by=result_id)
        return Taken(None, record)
    try:
        entry, inserted = records.insert_once(result_id, encode(record), standing.windows, using_up=draft)
    except RecordTooLong:
        raise ResultTooLong from None
    if inserted:
        return Taken(entry.id, record)
    if entry.payload is None:
        raise ResultDeleted
    stored = decode(entry.payload)
    if not _is_same_attempt(stored, record):
        raise AttemptReused
    return Taken(entry.id, stored)


def _record(standing: Standing, submission: Submission) -> Record:
    scale = submission.scale
    outcome = scale.plan.score(submission.sheet)
    norm = norm_of(scale, outcome.scores, submission.profile, clock.today().year)
    found = findings(scale, submission.sheet, outcome, submission.duration_ms)
    return Record(
        scale_id=scale.id,
        scale_version=scale.version,
        scale_hash=scale.hash,
        engine=ENGINE_VERSION,
        submitted_at=clock.now(),
        answers=submission.answers,
        profile=submission.profile,
        scores=outcome.scores,
        bands=outcome.bands,
        flags=outcome.flags,
        advice=outcome.advice,
        missing=outcome.missing,
        duration_ms=submission.duration_ms,
        consents=tuple(sorted(purpose.value for purpose in standing.granted)),
        unit=standing.unit_id,
        validity=tuple(each.id for each in found),
        norm=norm.id if norm else None,
    )


def _is_same_attempt(stored: Record, again: Record) -> bool:
    return (stored.scale_id, stored.scale_version, stored.answers) == (
        again.scale_id,
        again.scale_version,
        again.answers,
    )
