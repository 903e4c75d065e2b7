"""HTTP of the assessments: the shelf, one scale, submission, a person's own results."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from flask import Response, request

from heartport.assessments.results import Kept, find_result, list_results, result_id_text
from heartport.assessments.schemas import flags_out, result_brief_out, result_out
from heartport.assessments.shelf import current_shelf
from heartport.assessments.submissions import read_submission, submit_answers
from heartport.assessments.surroundings import crisis_card, surroundings_of
from heartport.errors import Refusal
from heartport.hotlines.service import list_hotlines
from heartport.members.policies import Purpose
from heartport.members.rules import UnderAge, check_adult, check_may_take_scales
from heartport.members.standing import Standing, read_standing
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
    """Show one scale as a client needs it to ask."""
    _adult()
    return answer_entity(current_shelf().page(scale_id, wanted_language()))


@scales.post("/<scale_id>/submissions")
def submit(scale_id: str) -> tuple[dict[str, Any], int]:
    """Score an answer sheet and answer the result; a refusal still carries live flags."""
    standing = _adult()
    scale = current_shelf().offered(scale_id)
    check_may_take_scales(standing.profile.age_group, Purpose.ASSESSMENT in standing.granted)
    try:
        submission = read_submission(scale, standing, read_json(request))
        taken = submit_answers(scale, standing, submission)
    except Refusal as refusal:
        refusal.members["flags"] = _flags_of_refused(scale)
        raise
    kept = taken.id is not None
    language = wanted_language()
    surroundings = surroundings_of(taken.record, kept=kept, language=language)
    result_id = result_id_text(taken.id) if taken.id is not None else None
    return result_out(result_id, taken.record, scale, language, surroundings), 201


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


def _standing() -> Standing:
    return read_standing(current_caller().account_id)


def _adult() -> Standing:
    """Return who is calling unless they said that they are under 18: then the refusal carries hotlines."""
    standing = _standing()
    try:
        check_adult(standing.profile.age_group)
    except UnderAge as refusal:
        refusal.members["hotlines"] = list_hotlines()
        raise
    return standing


def _flags_of_refused(scale: Scale) -> list[dict[str, Any]]:
    readings = salvage_json(request)
    raised = {flag.id: flag for reading in readings for flag in _flags(scale, reading)}
    return flags_out(list(raised.values()), partial(crisis_card, wanted_language()))


def _flags(scale: Scale, body: object) -> Iterable[Any]:
    sent = body if isinstance(body, dict) else {}
    return live_flags(scale, sent.get("answers"), sent.get("profile"))


def _brief(kept: Kept, language: str) -> dict[str, Any]:
    scale = current_shelf().version(kept.record.scale_id, kept.record.scale_version)
    return result_brief_out(kept.id, kept.record, scale, language)
