"""HTTP of the assessments: the shelf, one scale, its draft, submission, a person's own results."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from flask import Response, request

from heartport.assessments.answers import own_profile
from heartport.assessments.drafts import Shown, erase_draft, read_change, read_draft, save_draft
from heartport.assessments.results import Kept, delete_result, find_result, list_results, result_id_text
from heartport.assessments.rules import Answers, raw_values
from heartport.assessments.schemas import draft_out, flags_out, result_brief_out, result_out
from heartport.assessments.shelf import current_shelf
from heartport.assessments.submissions import read_submission, submit_answers
from heartport.assessments.surroundings import crisis_card, surroundings_of
from heartport.assessments.working import explain_result
from heartport.assessments.working_schemas import working_out
from heartport.errors import Refusal
from heartport.hotlines.service import list_hotlines
from heartport.members.policies import Purpose
from heartport.members.rules import UnderAge, check_adult, check_may_take_scales
from heartport.members.standing import Standing, standing_of
from heartport.scoring.constructs import Flag
from heartport.scoring.flags import live_flags
from heartport.scoring.language import Scale
from heartport.web.access import current_caller
from heartport.web.contract import Blueprint
from heartport.web.entity_tags import answer_entity
from heartport.web.json_reader import read_json, salvage_json
from heartport.web.languages import wanted_language
from heartport.web.paging import page_out, wanted_page

scales = Blueprint("scales", __name__, url_prefix="/api/v1/scales", description="测评")
results = Blueprint("results", __name__, url_prefix="/api/v1/me/results", description="我的结果")


@scales.get("")
def list_scales() -> dict[str, Any]:
    """Show the shelf."""
    _adult()
    found = current_shelf().list(wanted_language(), request.args.get("category"), request.args.get("q"))
    return {"items": found, "next_cursor": None}


@scales.get("/<scale_id>")
def show_scale(scale_id: str) -> Response:
    """Show one scale as a client needs it to ask; `?version=` shows an older one, to go on with a draft of it."""
    _adult()
    return answer_entity(current_shelf().page(scale_id, wanted_language(), request.args.get("version")))


@scales.get("/<scale_id>/draft")
def show_draft(scale_id: str) -> dict[str, Any]:
    """Show what is answered so far; without a draft it is empty, which for a client that opens a scale is no error.

    Neither age nor consent is asked for: what was kept stays the person's own to see, as results do.
    """
    standing = _standing()
    return _draft(standing, read_draft(standing, scale_id))


@scales.put("/<scale_id>/draft")
def keep_draft(scale_id: str) -> dict[str, Any]:
    """Merge what a phone sends into the draft and answer all of it with live flags; a refusal carries flags too."""
    standing, current = _taker(scale_id)
    try:
        change = read_change(current, read_json(request))
        shown = save_draft(standing, change)
    except Refusal as refusal:
        refusal.members["flags"] = _flags_of_refused(current)
        raise
    return _draft(standing, shown, change.answers)


@scales.delete("/<scale_id>/draft")
def delete_draft(scale_id: str) -> tuple[str, int]:
    """Erase the draft, whether there is one or not; asks for neither age nor consent."""
    erase_draft(_standing(), scale_id)
    return "", 204


@scales.post("/<scale_id>/submissions")
def submit(scale_id: str) -> tuple[dict[str, Any], int]:
    """Score an answer sheet and answer the result; a refusal still carries live flags."""
    standing, current = _taker(scale_id)
    try:
        submission = read_submission(current, standing, read_json(request))
        taken = submit_answers(standing, submission)
    except Refusal as refusal:
        refusal.members["flags"] = _flags_of_refused(current)
        raise
    kept = taken.id is not None
    language = wanted_language()
    surroundings = surroundings_of(taken.record, kept=kept, language=language)
    result_id = result_id_text(taken.id) if taken.id is not None else None
    return result_out(result_id, taken.record, submission.scale, language, surroundings), 201


@results.get("")
def list_own_results() -> dict[str, Any]:
    """Show one's own results, newest first."""
    page, language = wanted_page(), wanted_language()
    found = list_results(_standing(), page.after, page.limit + 1)
    return page_out(found, page, lambda kept: kept.place, lambda kept: _brief(kept, language))


@results.get("/<result_id>")
def show_result(result_id: str) -> dict[str, Any]:
    """Show one result again as it was scored."""
    kept, language = find_result(_standing(), result_id), wanted_language()
    scale = current_shelf().version(kept.record.scale_id, kept.record.scale_version)
    return result_out(kept.id, kept.record, scale, language, surroundings_of(kept.record, kept=True, language=language))


@results.get("/<result_id>/working")
def show_working(result_id: str) -> dict[str, Any]:
    """Show how each number of one result was counted."""
    return working_out(explain_result(_standing(), result_id), wanted_language())


@results.delete("/<result_id>")
def erase_result(result_id: str) -> tuple[str, int]:
    """Delete one result; asks for no consent."""
    delete_result(_standing(), result_id)
    return "", 204


def _standing() -> Standing:
    return standing_of(current_caller())


def _adult() -> Standing:
    """Return who is calling unless they said that they are under 18: then the refusal carries hotlines."""
    standing = _standing()
    try:
        check_adult(standing.profile.age_group)
    except UnderAge as refusal:
        refusal.members["hotlines"] = list_hotlines()
        raise
    return standing


def _taker(scale_id: str) -> tuple[Standing, Scale]:
    """Return who is calling and the current version of a scale that they may take now."""
    standing = _adult()
    current = current_shelf().offered(scale_id)
    check_may_take_scales(standing.profile.age_group, Purpose.ASSESSMENT in standing.granted)
    return standing, current


def _draft(standing: Standing, shown: Shown, sent: Answers | None = None) -> dict[str, Any]:
    """Answer a draft; flags are raised by what stands in it and by what was sent just now, outvoted or not."""
    flags: list[Flag] = []
    if shown.scale is not None:
        profile = own_profile(shown.scale, standing)
        for answers in (shown.answers, sent or {}):
            flags += live_flags(shown.scale, raw_values(answers), profile)
    return draft_out(shown, _flags_out(flags))


def _flags_of_refused(current: Scale) -> list[dict[str, Any]]:
    return _flags_out(flag for reading in salvage_json(request) for flag in _flags(current, reading))


def _flags_out(flags: Iterable[Flag]) -> list[dict[str, Any]]:
    """Answer each flag once."""
    return flags_out(list({flag.id: flag for flag in flags}.values()), partial(crisis_card, wanted_language()))


def _flags(current: Scale, body: object) -> Iterable[Flag]:
    """Look for flags in whatever was sent, under the version that it names if there is one."""
    sent = body if isinstance(body, dict) else {}
    scale = current_shelf().version(current.id, str(sent.get("version"))) or current
    return live_flags(scale, _values(sent.get("answers")), sent.get("profile"))


def _values(answers: object) -> dict[str, Any]:
    """Return the bare values, whether sent as a submission sends them or with their revisions."""
    given = answers if isinstance(answers, dict) else {}
    return {name: each.get("value") if isinstance(each, dict) else each for name, each in given.items()}


def _brief(kept: Kept, language: str) -> dict[str, Any]:
    scale = current_shelf().version(kept.record.scale_id, kept.record.scale_version)
    return result_brief_out(kept.id, kept.record, scale, language)
