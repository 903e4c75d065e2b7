"""Use case: submit an answer sheet, get the result at once, and keep it sealed if the person wants that.

Flags are looked at first, on the raw answers, so that neither a wrong field nor a scoring error can suppress
them. One transaction of the vault decides; before it nothing is written, after it the result is there. A
repeated `attempt_id` finds what the first one stored.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from marshmallow import ValidationError, fields, validate

from heartport import clock
from heartport.assessments.records import Record, decode, encode
from heartport.errors import Conflict, Invalid, Stale, Unavailable
from heartport.members.policies import Purpose
from heartport.members.standing import Standing
from heartport.scoring.forms import Sheet
from heartport.scoring.language import Scale
from heartport.scoring.plans import ENGINE_VERSION
from heartport.scoring.sheets import read_sheet
from heartport.vault.door import current_vault
from heartport.vault.records import RESULT, RecordTooLong
from heartport.web.schemas import BodyIn, WholeNumber, field_errors

LONGEST_DURATION_MS = 24 * 60 * 60 * 1000


class AnswersRefused(Invalid):
    """Some fields of a submission are wrong; nothing is stored, and live flags come along."""

    code = "answers_refused"
    detail = "有些题目还没有答好，请看一下标出的地方。"


class ScaleOutdated(Stale):
    """The answers belong to another version of the scale."""

    code = "scale_outdated"
    detail = "这份测评已更新，请重新打开后作答。"


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

    version = fields.String(required=True)
    attempt_id = fields.String(
        required=True,
        validate=validate.Regexp(r"[A-Za-z0-9_-]{8,64}\Z", error="须为 8 至 64 个字母、数字、- 或 _。"),
    )
    answers = fields.Dict(required=True, error_messages={"invalid": "须为一个 JSON 对象，键是题号。"})
    profile = fields.Dict(load_default=dict, error_messages={"invalid": "须为一个 JSON 对象。"})
    duration_ms = WholeNumber(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, LONGEST_DURATION_MS, error=f"须为 0 至 {LONGEST_DURATION_MS} 的整数。"),
    )


SUBMISSION_IN = SubmissionIn()


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission in which every field is right."""

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


def read_submission(scale: Scale, standing: Standing, body: object) -> Submission:
    """Check a whole body at once; raises `AnswersRefused` with every wrong place, or `ScaleOutdated`."""
    loaded, errors = _load(body)
    if loaded.get("version", scale.version) != scale.version:
        raise ScaleOutdated
    profile = {**_own_profile(scale, standing), **loaded.get("profile", {})}
    sheet, answer_errors = read_sheet(scale, loaded.get("answers", {}), profile)
    if "answers" in loaded:
        errors |= answer_errors
    if errors:
        raise AnswersRefused(errors=errors)
    asked = {word: profile[word] for word in scale.form.profile if word in profile}
    return Submission(loaded["attempt_id"], loaded["answers"], asked, sheet, loaded["duration_ms"])


def submit_answers(scale: Scale, standing: Standing, submission: Submission) -> Taken:
    """Score a sheet and store it once, or only score it where results are not to be kept.

    Raises `AttemptReused` or `ResultDeleted` for an attempt id that has a history.
    """
    record = _record(scale, standing, submission)
    if Purpose.KEEP_RESULTS not in standing.granted:
        return Taken(None, record)
    records = current_vault().records(standing.account_id, RESULT)
    try:
        entry, inserted = records.insert_once(records.id_for(submission.attempt_id), encode(record), standing.windows)
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


def _load(body: object) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return the fields that are right and the errors of the others."""
    try:
        loaded: dict[str, Any] = SUBMISSION_IN.load(body)  # type: ignore[arg-type]
    except ValidationError as problem:
        right = problem.valid_data if isinstance(problem.valid_data, dict) else {}
        return right, field_errors(problem)
    return loaded, {}


def _own_profile(scale: Scale, standing: Standing) -> dict[str, Any]:
    own = asdict(standing.profile)
    return {word: own[word] for word in scale.form.profile if own.get(word) is not None}


def _record(scale: Scale, standing: Standing, submission: Submission) -> Record:
    outcome = scale.plan.score(submission.sheet)
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
    )


def _is_same_attempt(stored: Record, again: Record) -> bool:
    return (stored.scale_id, stored.scale_version, stored.answers) == (
        again.scale_id,
        again.scale_version,
        again.answers,
    )
