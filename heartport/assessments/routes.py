"""HTTP of the assessments: the shelf, one scale, its draft, submission, a person's own results."""

from collections.abc import Iterable
from functools import partial

from flask import Response, request

from heartport import clock
from heartport.assessments.answers import AnswersRefused, own_profile
from heartport.assessments.drafts import (
    AttemptSubmitted,
    DraftExpired,
    DraftIn,
    DraftTooLong,
    OlderDraftWaits,
    erase_draft,
    read_change,
    read_draft,
    save_draft,
)
from heartport.assessments.openings import opened_for, openings_of
from heartport.assessments.report import make_report
from heartport.assessments.results import (
    Kept,
    ResultUnknown,
    delete_result,
    find_result,
    list_results,
)
from heartport.assessments.rules import Answers, Shown, raw_values
from heartport.assessments.scale_schemas import SCALE_ID, VERSION, ScaleBriefOut, ScaleOut
from heartport.assessments.schemas import (
    DraftOut,
    FlagOut,
    FlagsBesideOut,
    FlagsPerhapsBesideOut,
    ResultBriefOut,
    ResultOut,
    draft_out,
    flags_out,
    result_brief_out,
    result_out,
)
from heartport.assessments.shelf import ScaleOutdated, ScaleRetired, ScaleUnknown, current_shelf
from heartport.assessments.submissions import (
    AttemptReused,
    ResultDeleted,
    ResultTooLong,
    SubmissionIn,
    read_submission,
    submit_answers,
)
from heartport.assessments.surroundings import OFFERS, crisis_card, surroundings_of
from heartport.assessments.trend_picture import draw_line
from heartport.assessments.trend_schemas import TrendOut, trend_out
from heartport.assessments.trends import LineUnknown, line_of, read_trend
from heartport.assessments.working import VersionGone, WorkingDiffers, explain_result
from heartport.assessments.working_schemas import WorkingOut, working_out
from heartport.errors import Invalid, NotSignedIn, Refusal
from heartport.hotlines.schemas import HotlinesBesideOut
from heartport.members.adults import of_age
from heartport.members.erasure_ledger import LedgerMissing, LedgerUnusable
from heartport.members.policies import Purpose
from heartport.members.rules import AgeGroupNeeded, ConsentNeeded, UnderAge, check_may_take_scales
from heartport.members.standing import Standing, read_standing, standing_of, still_standing
from heartport.scoring.constructs import Flag
from heartport.scoring.flags import live_flags
from heartport.scoring.language import Scale
from heartport.vault.listing import id_text
from heartport.web.access import current_caller
from heartport.web.contract import STORES_FAIL, Blueprint
from heartport.web.entity_tags import ENTITY_HEADERS, IF_NONE_MATCH, answer_entity
from heartport.web.json_reader import NOT_READABLE, read_json, salvage_json
from heartport.web.languages import ACCEPT_LANGUAGE, wanted_language
from heartport.web.paging import PAGING, page_out, wanted_page
from heartport.web.shapes import PUBLIC_ID, Header, PageOut, Parameter

SCALE = Parameter("scale_id", "path", "A scale of the shelf.", {"type": "string", **SCALE_ID}, example="phq9")
RESULT = Parameter("result_id", "path", "A result of one's own list.", {"type": "string", **PUBLIC_ID})
CATEGORY = Parameter("category", "query", "Only this category.", {"type": "string"}, example="mood")
WORD = Parameter("q", "query", "Only with this word in id, title or summary.", {"type": "string"})
WANTED_VERSION = Parameter(
    "version", "query", "An older version, to go on with a draft of it.", {"type": "string", **VERSION}
)
ANSWERS = {f"q{number}": 1 for number in range(1, 10)}
SUBMISSION = {"version": "1.0.0", "attempt_id": "7d1f0c2a9b5e4d63", "answers": ANSWERS, "duration_ms": 95000}
DRAFT = {"version": "1.0.0", "answers": {"q1": {"value": 2, "revision": 1}, "q2": {"value": None, "revision": 1}}}

SCORE = Parameter("score", "query", "Which score; by default the first.", {"type": "string"}, example="total")
PDF = "application/pdf"
DISPOSITION = Header("Content-Disposition", "A name under which to keep it.")
SVG = "image/svg+xml; charset=utf-8"

scales = Blueprint("scales", __name__, url_prefix="/api/v1/scales", description="测评 Scales, drafts, submissions")
results = Blueprint("results", __name__, url_prefix="/api/v1/me/results", description="我的结果 One's own results")

trends = Blueprint("trends", __name__, url_prefix="/api/v1/me/trends", description="变化 How scores moved")


@scales.get("")
@scales.takes(CATEGORY, WORD, ACCEPT_LANGUAGE)
@scales.answers(200, PageOut[ScaleBriefOut])
@scales.refuses(UnderAge, beside=HotlinesBesideOut)
def list_scales() -> PageOut[ScaleBriefOut]:
    """Show the shelf."""
    opened = [each.scale_id for each in openings_of(_adult())]
    found = current_shelf().list(wanted_language(), request.args.get("category"), request.args.get("q"), opened)
    return {"items": found, "next_cursor": None}


@scales.get("/<scale_id>")
@scales.takes(SCALE, WANTED_VERSION, ACCEPT_LANGUAGE, IF_NONE_MATCH)
@scales.answers(200, ScaleOut, headers=ENTITY_HEADERS)
@scales.answers(304, headers=ENTITY_HEADERS)
@scales.refuses(UnderAge, beside=HotlinesBesideOut)
@scales.refuses(ScaleUnknown, ScaleOutdated, ScaleRetired)
def show_scale(scale_id: str) -> Response:
    """Show one scale as a client needs it to ask; `?version=` shows an older one, to go on with a draft of it."""
    opened, version = opened_for(_adult(), scale_id), request.args.get("version")
    return answer_entity(current_shelf().page(scale_id, wanted_language(), version, opened))


@scales.get("/<scale_id>/draft")
@scales.takes(SCALE, ACCEPT_LANGUAGE)
@scales.answers(200, DraftOut)
@scales.refuses(ScaleUnknown)
def show_draft(scale_id: str) -> DraftOut:
    """Show what is answered so far; without a draft it is empty, which for a client that opens a scale is no error.

    Neither age nor consent is asked for: what was kept stays the person's own to see, as results do.
    """
    standing = _standing()
    return _draft(standing, read_draft(standing, scale_id))


@scales.put("/<scale_id>/draft")
@scales.reads(DraftIn, example=DRAFT)
@scales.takes(SCALE, ACCEPT_LANGUAGE)
@scales.answers(200, DraftOut)
@scales.refuses(UnderAge, beside=HotlinesBesideOut)
@scales.refuses(AgeGroupNeeded, ScaleUnknown)
@scales.refuses(*NOT_READABLE, AnswersRefused, ScaleOutdated, ScaleRetired, DraftExpired, beside=FlagsBesideOut)
@scales.refuses(OlderDraftWaits, AttemptSubmitted, DraftTooLong, beside=FlagsBesideOut)
@scales.refuses(NotSignedIn, ConsentNeeded, *STORES_FAIL, beside=FlagsPerhapsBesideOut)
def keep_draft(scale_id: str) -> DraftOut:
    """Merge what a phone sends into the draft and answer all of it with live flags; a refusal carries flags too."""
    standing, current = _taker(scale_id)
    try:
        change = read_change(current, read_json(request))
        shown = save_draft(_still_taker(standing), change)
    except Refusal as refusal:
        refusal.members["flags"] = _flags_of_refused(current)
        raise
    return _draft(standing, shown, change.answers)


@scales.delete("/<scale_id>/draft")
@scales.takes(SCALE)
@scales.answers(204)
@scales.refuses(ScaleUnknown)
def delete_draft(scale_id: str) -> tuple[str, int]:
    """Erase the draft, whether there is one or not; asks for neither age nor consent."""
    erase_draft(read_standing(current_caller().account_id), scale_id)  # Nothing of who is erased is written to.
    return "", 204


@scales.post("/<scale_id>/submissions")
@scales.reads(SubmissionIn, example=SUBMISSION)
@scales.takes(SCALE, ACCEPT_LANGUAGE)
@scales.answers(201, ResultOut)
@scales.refuses(UnderAge, beside=HotlinesBesideOut)
@scales.refuses(AgeGroupNeeded, ScaleUnknown)
@scales.refuses(*NOT_READABLE, AnswersRefused, ScaleOutdated, ScaleRetired, DraftExpired, beside=FlagsBesideOut)
@scales.refuses(AttemptReused, ResultDeleted, ResultTooLong, beside=FlagsBesideOut)
@scales.refuses(NotSignedIn, ConsentNeeded, *STORES_FAIL, beside=FlagsPerhapsBesideOut)
def submit(scale_id: str) -> tuple[ResultOut, int]:
    """Score an answer sheet and answer the result; a refusal still carries live flags."""
    standing, current = _taker(scale_id)
    try:
        submission = read_submission(current, standing, read_json(request))
        taken = submit_answers(_still_taker(standing), submission)
    except Refusal as refusal:
        refusal.members["flags"] = _flags_of_refused(current)
        raise
    kept = taken.id is not None
    language = wanted_language()
    surroundings = surroundings_of(taken.record, kept=kept, language=language)
    result_id = id_text(taken.id) if taken.id is not None else None
    return result_out(result_id, taken.record, submission.scale, language, surroundings), 201


@results.get("")
@results.takes(*PAGING, ACCEPT_LANGUAGE)
@results.answers(200, PageOut[ResultBriefOut])
@results.refuses(Invalid)
def list_own_results() -> PageOut[ResultBriefOut]:
    """Show one's own results, newest first."""
    page, language = wanted_page(), wanted_language()
    found = list_results(_standing(), page.after, page.limit + 1)
    return page_out(found, page, lambda kept: kept.place, lambda kept: _brief(kept, language))


@results.get("/<result_id>")
@results.takes(RESULT, ACCEPT_LANGUAGE)
@results.answers(200, ResultOut)
@results.refuses(ResultUnknown)
def show_result(result_id: str) -> ResultOut:
    """Show one result again as it was scored."""
    kept, language = find_result(_standing(), result_id), wanted_language()
    scale = current_shelf().version(kept.record.scale_id, kept.record.scale_version)
    return result_out(kept.id, kept.record, scale, language, surroundings_of(kept.record, kept=True, language=language))


@results.get("/<result_id>/working")
@results.takes(RESULT, ACCEPT_LANGUAGE)
@results.answers(200, WorkingOut)
@results.refuses(ResultUnknown, VersionGone, WorkingDiffers)
def show_working(result_id: str) -> WorkingOut:
    """Show how each number of one result was counted."""
    return working_out(explain_result(_standing(), result_id), wanted_language())


@results.get("/<result_id>/report.pdf")
@results.takes(RESULT, ACCEPT_LANGUAGE)
@results.answers(200, {"type": "string"}, content_type=PDF, headers=(DISPOSITION,))
@results.refuses(ResultUnknown)
def show_report(result_id: str) -> Response:
    """Give one result as a PDF to keep, without a name."""
    content, name = make_report(_standing(), result_id, wanted_language())
    headers = {DISPOSITION.name: f'attachment; filename="{name}"'}
    return Response(content, content_type=PDF, headers=headers)


@results.delete("/<result_id>")
@results.takes(RESULT)
@results.answers(204)
@results.refuses(ResultUnknown, LedgerMissing, LedgerUnusable)
def erase_result(result_id: str) -> tuple[str, int]:
    """Delete one result, and take its copies from whoever it was shared with; asks for no consent."""
    delete_result(_standing(), result_id)
    return "", 204


@trends.get("/<scale_id>")
@trends.takes(SCALE, ACCEPT_LANGUAGE)
@trends.answers(200, TrendOut)
@trends.refuses(ScaleUnknown)
def show_trend(scale_id: str) -> TrendOut:
    """Show how one's own scores of a scale moved, with a verdict only where a smallest difference is published."""
    trend = read_trend(_standing(), scale_id)
    is_due = trend.worth_again_from is None or trend.worth_again_from <= clock.today()
    return trend_out(trend, wanted_language(), is_due)


@trends.get("/<scale_id>/picture.svg")
@trends.takes(SCALE, SCORE, ACCEPT_LANGUAGE)
@trends.answers(200, {"type": "string"}, content_type=SVG)
@trends.refuses(ScaleUnknown, LineUnknown)
def show_picture(scale_id: str) -> Response:
    """Draw one line of a trend."""
    trend = read_trend(_standing(), scale_id)
    return Response(draw_line(trend, line_of(trend, request.args.get("score")), wanted_language()), content_type=SVG)


def _standing() -> Standing:
    return standing_of(current_caller())


def _adult() -> Standing:
    return of_age(_standing())


def _taker(scale_id: str) -> tuple[Standing, Scale]:
    """Return who is calling and the current version of a scale that they may take now."""
    standing = _adult()
    current = current_shelf().offered(scale_id, opened_for(standing, scale_id))
    return _allowed(standing), current


def _still_taker(standing: Standing) -> Standing:
    """Return where they stand now that all has arrived: nothing is stored for who was erased or withdrew meanwhile."""
    return _allowed(still_standing(standing))


def _allowed(standing: Standing) -> Standing:
    check_may_take_scales(standing.profile.age_group, Purpose.ASSESSMENT in standing.granted)
    return standing


def _draft(standing: Standing, shown: Shown, sent: Answers | None = None) -> DraftOut:
    """Answer a draft; flags are raised by what stands in it and by what was sent just now, outvoted or not."""
    flags: list[Flag] = []
    if shown.scale is not None:
        profile = own_profile(shown.scale, standing)
        for answers in (shown.answers, sent or {}):
            flags += live_flags(shown.scale, raw_values(answers), profile)
    return draft_out(shown, _flags_out(flags))


def _flags_of_refused(current: Scale) -> list[FlagOut]:
    return _flags_out(flag for reading in salvage_json(request) for flag in _flags(current, reading))


def _flags_out(flags: Iterable[Flag]) -> list[FlagOut]:
    """Answer each flag once."""
    return flags_out(list({flag.id: flag for flag in flags}.values()), partial(crisis_card, wanted_language()), OFFERS)


def _flags(current: Scale, body: object) -> Iterable[Flag]:
    """Look for flags in whatever was sent, under the version that it names if there is one."""
    sent = body if isinstance(body, dict) else {}
    scale = current_shelf().version(current.id, str(sent.get("version"))) or current
    return live_flags(scale, _values(sent.get("answers")), sent.get("profile"))


def _values(answers: object) -> dict[str, object]:
    """Return the bare values, whether sent as a submission sends them or with their revisions."""
    given = answers if isinstance(answers, dict) else {}
    return {name: each.get("value") if isinstance(each, dict) else each for name, each in given.items()}


def _brief(kept: Kept, language: str) -> ResultBriefOut:
    scale = current_shelf().version(kept.record.scale_id, kept.record.scale_version)
    return result_brief_out(kept.id, kept.record, scale, language)
