"""Use cases: keep what is answered so far, merged from all of a person's phones; go on with it; erase it.

A draft is one sealed record a person and scale. Each item carries a revision that the client chose, a whole number;
the latest one stands (`rules.merged`). What a branch hides is kept, since the person may go back. Drafts are kept
whatever the person decided about results: they are sealed, and erased when the sheet is submitted.

A draft belongs to the version under which it was begun and is never carried over into another. Where a newer version
was published since, the old one can be continued for 14 days after it was last saved, if it was not withdrawn.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marshmallow import fields, validate

from heartport import clock
from heartport.assessments.answers import VALUE, AnswersRefused, AttemptId, answers_field
from heartport.assessments.openings import opened_for
from heartport.assessments.rules import (
    HIGHEST_REVISION,
    Answer,
    Answers,
    DraftState,
    Shown,
    last_day_for,
    merged,
)
from heartport.assessments.shelf import ScaleOutdated, ScaleRetired, ScaleUnknown, current_shelf
from heartport.errors import Conflict, Stale, Unavailable
from heartport.local_time import local
from heartport.members.standing import Standing
from heartport.scoring.kinds import told_answers
from heartport.scoring.language import Scale
from heartport.scoring.sheets import UNKNOWN_ITEM, answer_path
from heartport.vault.door import current_vault
from heartport.vault.records import DRAFT, RESULT, Find, RecordTooLong
from heartport.vault.singles import Content, Single
from heartport.web.schemas import BodyIn, Errors, WholeNumber, load_fields


class DraftExpired(Stale):
    """The draft is of an older version, and its 14 days are over."""

    code = "draft_expired"
    detail = "这份测评已更新，旧版草稿超过 14 天，不能再继续。请删除草稿，用新版重新开始。"


class OlderDraftWaits(Conflict):
    """There is a draft of another version, which the person may still want; nothing is thrown away unasked."""

    code = "older_draft_waits"
    detail = "您还有一份旧版的草稿。可以继续答完，也可以先删除它，再用新版重新开始。"


class AttemptSubmitted(Conflict):
    """The draft of this attempt was submitted already; an autosave that arrives late must not bring it back."""

    code = "attempt_submitted"
    detail = "这次作答已经提交，草稿不再保存。"


class DraftTooLong(Unavailable):
    """The sealed form of a draft has one length, and this scale's does not fit; an operator has to act."""

    code = "draft_too_long"
    detail = "这份草稿暂时无法保存，但您可以继续作答并提交。"


class DraftIn(BodyIn):
    """What a phone knows of a draft: some items or all; `answers` is checked by the scale."""

    version = fields.String(required=True)
    answers = answers_field(
        {
            "type": "object",
            "description": "With a value an answer, with null a deliberate skip, without one an answer taken back.",
            "properties": {
                "value": VALUE,
                "revision": {"type": "integer", "minimum": 0, "maximum": HIGHEST_REVISION},
            },
            "required": ["revision"],
            "additionalProperties": False,
        }
    )
    attempt_id = AttemptId(load_default=None, allow_none=True)


class AnswerIn(BodyIn):
    """One item: with a value an answer, with null a deliberate skip, without `value` an answer taken back."""

    value = fields.Raw(allow_none=True)
    revision = WholeNumber(
        required=True, validate=validate.Range(0, HIGHEST_REVISION, error=f"须为 0 至 {HIGHEST_REVISION} 的整数。")
    )


DRAFT_IN = DraftIn()
ANSWER_IN = AnswerIn()


@dataclass(frozen=True, slots=True)
class Draft:
    """What was answered so far."""

    version: str
    saved_at: datetime
    answers: Answers

    @property
    def last_day(self) -> date:
        """The last local day on which it can be continued once a newer version is there."""
        return last_day_for(local(self.saved_at).date())

    @property
    def is_over(self) -> bool:
        """Whether that day is past."""
        return clock.today() > self.last_day


@dataclass(frozen=True, slots=True)
class Change:
    """What one phone sent, in which every field is right."""

    scale: Scale
    is_current: bool
    answers: Answers
    attempt_id: str | None


def read_change(current: Scale, body: object) -> Change:
    """Check a whole body at once; raises `AnswersRefused`, `ScaleOutdated` or `ScaleRetired`."""
    loaded, errors = load_fields(DRAFT_IN, body)
    scale = current_shelf().answerable(current.id, loaded.get("version", current.version), (current.id,))
    answers, wrong = _read_answers(scale, loaded.get("answers", {}))
    if errors := errors | wrong:
        raise AnswersRefused(errors=errors)
    return Change(scale, scale is current, answers, loaded["attempt_id"])


def save_draft(standing: Standing, change: Change) -> Shown:
    """Merge what was sent into the draft, item by item, and return all of it.

    An attempt that was submitted is known by its result, or by what it left in the place of its draft; one that left
    neither, since nothing was kept, cannot be known. Raises `DraftExpired`, `ScaleOutdated`, `OlderDraftWaits` or
    `AttemptSubmitted`.
    """
    drawer = current_vault().open(standing.account_id)
    single, records = drawer.single(DRAFT, change.scale.id), drawer.records(RESULT)
    attempt = single.id_for(change.attempt_id) if change.attempt_id else None

    def refuse_what_was_submitted(find: Find) -> None:
        if attempt is not None and records.holds_within(find, attempt, standing.searched):
            raise AttemptSubmitted

    def merge(found: Content) -> bytes:
        if found.id == attempt:
            raise AttemptSubmitted
        draft = _continued(found, change.scale, change.is_current)
        answers = merged(draft.answers if draft else {}, change.answers)
        if draft and found.payload and answers == draft.answers:
            return found.payload  # Nothing new: the row stays as it is, byte by byte.
        return encode(Draft(change.scale.version, clock.now(), answers))

    try:
        return _shown(change.scale.id, decode(single.put(standing.windows[0], merge, first=refuse_what_was_submitted)))
    except RecordTooLong:
        raise DraftTooLong from None


def read_draft(standing: Standing, scale_id: str) -> Shown:
    """Return the draft, or an empty one of the current version; raises `ScaleUnknown`.

    A draft can be seen even when its scale is not offered any more: it is the person's own.
    """
    if not current_shelf().knows(scale_id):
        raise ScaleUnknown
    draft = _draft(_single(standing, scale_id).read())
    if draft is None:
        scale = current_shelf().offered(scale_id, opened_for(standing, scale_id))
        return Shown(scale.version, {}, DraftState.CURRENT, None, scale)
    return _shown(scale_id, draft)


def erase_draft(standing: Standing, scale_id: str) -> None:
    """Erase the draft if there is one; raises `ScaleUnknown`."""
    if not current_shelf().knows(scale_id):
        raise ScaleUnknown
    _single(standing, scale_id).erase()


def submittable(standing: Standing, current: Scale, version: str, attempt_id: str | None) -> Scale:
    """Return the version under which a sheet can be submitted.

    An older one needs a draft of it that is not over; or the attempt was taken before, and is only repeated. Raises
    `ScaleOutdated`, `ScaleRetired` or `DraftExpired`.
    """
    scale = current_shelf().answerable(current.id, version, (current.id,))
    if scale is not current and not _was_taken(standing, scale, attempt_id):
        _continued(_single(standing, scale.id).read(), scale, is_current=False)
    return scale


def encode(draft: Draft) -> bytes:
    """Return the compact form that is sealed: an answer is `[revision, value]`, one taken back `[revision]`."""
    answers = {
        item: [each.revision, each.value] if each.said else [each.revision] for item, each in draft.answers.items()
    }
    document = {"version": draft.version, "saved_at": draft.saved_at.isoformat(), "answers": answers}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def decode(payload: bytes) -> Draft:
    """Return the draft of a sealed form."""
    document = json.loads(payload)
    answers = {item: Answer(each[0], len(each) > 1, *each[1:]) for item, each in document["answers"].items()}
    return Draft(document["version"], datetime.fromisoformat(document["saved_at"]), answers)


def _single(standing: Standing, scale_id: str) -> Single:
    return current_vault().open(standing.account_id).single(DRAFT, scale_id)


def _draft(found: Content) -> Draft | None:
    return None if found.payload is None else decode(found.payload)


def _continued(found: Content, scale: Scale, is_current: bool) -> Draft | None:
    """Return the draft that answers to this version go on with, or None where they begin one, of the current version.

    Raises `DraftExpired`, `ScaleOutdated` or `OlderDraftWaits`.
    """
    draft = _draft(found)
    if draft is not None and draft.version == scale.version:
        if draft.is_over and not is_current:
            raise DraftExpired
        return draft
    if not is_current:
        raise ScaleOutdated
    if draft is not None and not draft.is_over:
        raise OlderDraftWaits
    return None


def _was_taken(standing: Standing, scale: Scale, attempt_id: str | None) -> bool:
    """Tell whether this attempt used up the draft, or has a result, before."""
    if attempt_id is None:
        return False
    drawer = current_vault().open(standing.account_id)
    single, records = drawer.single(DRAFT, scale.id), drawer.records(RESULT)
    attempt = single.id_for(attempt_id)
    return single.read().id == attempt or records.holds(attempt, standing.searched)


def _shown(scale_id: str, draft: Draft) -> Shown:
    scale, state = current_shelf().version(scale_id, draft.version), _state(scale_id, draft)
    last_day = draft.last_day if state is DraftState.OLDER else None
    return Shown(draft.version, draft.answers, state, last_day, scale)


def _state(scale_id: str, draft: Draft) -> DraftState:
    try:
        scale = current_shelf().answerable(scale_id, draft.version, (scale_id,))
        is_current = scale is current_shelf().offered(scale_id, (scale_id,))
    except (ScaleUnknown, ScaleOutdated, ScaleRetired):
        return DraftState.RETIRED
    if is_current:
        return DraftState.CURRENT
    return DraftState.EXPIRED if draft.is_over else DraftState.OLDER


def _read_answers(scale: Scale, sent: Mapping[str, Any]) -> tuple[dict[str, Answer], Errors]:
    allowed = {field.item.id: field for field in scale.form.fields}
    answers, errors = {}, {}
    for name, entry in sent.items():
        path = answer_path(name)
        if name not in allowed:
            errors[path] = [UNKNOWN_ITEM]
            continue
        loaded, wrong = load_fields(ANSWER_IN, entry)
        value = loaded.get("value")
        if value is not None and allowed[name].valid(value) is None:
            wrong["value"] = [told_answers(allowed[name].item)]
        errors |= {path if place == "body" else f"{path}.{place}": each for place, each in wrong.items()}
        if not wrong:
            answers[name] = Answer(loaded["revision"], "value" in loaded, value)
    return answers, errors
