"""HTTP of sharing: a person shares and withdraws; their counsellor reads, and opens a scale for them."""

from typing import Any

from heartport.assessments.results import ResultUnknown
from heartport.assessments.shares import SharesFull, ShareUnknown, ShareWithdrawn
from heartport.assessments.shelf import ScaleUnknown, current_shelf
from heartport.booking.counselling.references import AppointmentUnknown
from heartport.members.erasure_ledger import LedgerMissing, LedgerUnusable
from heartport.members.standing import standing_of
from heartport.sharing import service
from heartport.sharing.schemas import (
    OpenedScaleOut,
    OpenScaleIn,
    SharedResultOut,
    ShareIn,
    ShareOut,
    opened_scale_out,
    share_out,
    shared_result_out,
)
from heartport.sharing.service import AppointmentOver
from heartport.web.access import current_caller
from heartport.web.contract import Blueprint
from heartport.web.languages import ACCEPT_LANGUAGE, wanted_language
from heartport.web.shapes import PUBLIC_ID, PageOut, Parameter

RESULT = Parameter("result_id", "path", "One of one's own results.", {"type": "string", **PUBLIC_ID})
APPOINTMENT = Parameter("appointment_id", "path", "An appointment.", {"type": "string", **PUBLIC_ID})

own_shares = Blueprint("own_shares", __name__, url_prefix="/api/v1/me/results", description="为预约分享结果")
shared_results = Blueprint("shared_results", __name__, url_prefix="/api/v1/appointments", description="职工分享的结果")


@own_shares.get("/<result_id>/share")
@own_shares.takes(RESULT)
@own_shares.answers(200, PageOut[ShareOut])
@own_shares.refuses(ResultUnknown)
def list_shares(result_id: str) -> PageOut[ShareOut]:
    """Show for which appointments one's own result is shared."""
    found = service.list_shares(standing_of(current_caller()), result_id)
    return {"items": [share_out(each) for each in found], "next_cursor": None}


@own_shares.post("/<result_id>/share")
@own_shares.takes(RESULT)
@own_shares.answers(201, ShareOut)
@own_shares.refuses(ResultUnknown, AppointmentUnknown, AppointmentOver, SharesFull, ShareWithdrawn)
@own_shares.arguments(ShareIn, example={"appointment_id": "AAAAAAAAAAAAAAAAAAAAAA"})
def share_result(body: dict[str, Any], result_id: str) -> tuple[ShareOut, int]:
    """Let the counsellor of one appointment read one result; the same again shares nothing twice."""
    shared = service.share_result(standing_of(current_caller()), result_id, body["appointment_id"])
    return share_out(shared), 201


@own_shares.delete("/<result_id>/share/<appointment_id>")
@own_shares.takes(RESULT, APPOINTMENT)
@own_shares.answers(204)
@own_shares.refuses(ShareUnknown, LedgerMissing, LedgerUnusable)
def withdraw_share(result_id: str, appointment_id: str) -> tuple[str, int]:
    """Withdraw a share: the key of the copy is destroyed, and nobody reads it any more."""
    service.withdraw_share(standing_of(current_caller()), result_id, appointment_id)
    return "", 204


@shared_results.get("/<appointment_id>/shared-results")
@shared_results.takes(APPOINTMENT, ACCEPT_LANGUAGE)
@shared_results.answers(200, PageOut[SharedResultOut])
@shared_results.refuses(AppointmentUnknown)
def list_shared_results(appointment_id: str) -> PageOut[SharedResultOut]:
    """Show what was shared for one's own appointment; to its counsellor and to nobody else."""
    found = service.read_shared_results(current_caller().account_id, appointment_id)
    shelf, language = current_shelf(), wanted_language()
    items = [
        shared_result_out(each, shelf.version(each.record.scale_id, each.record.scale_version), language)
        for each in found
    ]
    return {"items": items, "next_cursor": None}


@shared_results.post("/<appointment_id>/scales")
@shared_results.takes(APPOINTMENT)
@shared_results.answers(201, OpenedScaleOut)
@shared_results.refuses(AppointmentUnknown, AppointmentOver, ScaleUnknown)
@shared_results.arguments(OpenScaleIn, example={"scale": "k6"})
def open_scale(body: dict[str, Any], appointment_id: str) -> tuple[OpenedScaleOut, int]:
    """Open a scale for the person of one's own appointment; again opens it for longer."""
    opening = service.open_scale_for(current_caller().account_id, appointment_id, body["scale"])
    return opened_scale_out(opening), 201
