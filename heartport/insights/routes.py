"""HTTP of the aggregates: what is published, to counsellors within their remit; and confirming, to custodians."""

from flask import Response, request

from heartport.errors import Invalid
from heartport.insights import openings
from heartport.insights.distributions import (
    Asked,
    ReleaseUnknown,
    ScaleNotPublished,
    answer_once,
    list_units_within,
    read_trend,
)
from heartport.insights.exports import FORMATS, export_figures
from heartport.insights.figure_schemas import DistributionOut, UnitTrendOut, distribution_out, trend_out
from heartport.insights.helping import suggest_topics, themes_for
from heartport.insights.openings import SealingUnknown
from heartport.insights.releases import list_releases
from heartport.insights.rules.windows import WindowUnknown
from heartport.insights.schemas import (
    WINDOW_WORD,
    InsightNodeOut,
    ReleaseOut,
    SealingOut,
    ServiceFiguresOut,
    TopicNameOut,
    node_out,
    release_out,
    sealing_out,
    service_figures_out,
    topic_name_out,
)
from heartport.insights.service_figures import read_service_figures
from heartport.insights.titles import scale_titles
from heartport.units.tree import UnitUnknown
from heartport.web.access import current_caller
from heartport.web.contract import Blueprint
from heartport.web.shapes import PUBLIC_ID, Header, ItemsOut, PageOut, Parameter

BY = ("levels", "sex", "age")
SCALE = Parameter(
    "scale",
    "query",
    "A scale's id.",
    {"type": "string", "minLength": 1, "maxLength": 40},
    required=True,
    example="phq9",
)
UNIT = Parameter("unit", "query", "A unit's id.", {"type": "string", **PUBLIC_ID}, required=True)
WINDOW = Parameter("window", "query", "A half-year; the latest if left out.", {"type": "string", **WINDOW_WORD})
DETAIL = Parameter("by", "query", "Of districts, industries and the city.", {"type": "string", "enum": list(BY)})
FORMAT = Parameter(
    "format", "query", "The kind of file.", {"type": "string", "enum": list(FORMATS)}, required=True, example="csv"
)
SEALING = Parameter("sealing_id", "path", "A half-year to be counted.", {"type": "string", **PUBLIC_ID})
DISPOSITION = Header("Content-Disposition", "The name of the file.")
ANY_FILE = "application/octet-stream"
NEEDED = "请填写。"

insights = Blueprint("insights", __name__, url_prefix="/api/v1/insights", description="统计 Published aggregates")
suggestions = Blueprint(
    "suggestions", __name__, url_prefix="/api/v1/insights/suggestions", description="主题建议 Topics for one's own unit"
)
sealings = Blueprint(
    "sealings", __name__, url_prefix="/api/v1/insights/sealings", description="统计的确认 Confirming a sealing"
)


@insights.get("/releases")
@insights.answers(200, PageOut[ReleaseOut])
def show_releases() -> PageOut[ReleaseOut]:
    """Show every half-year of which figures are published, the latest first."""
    titles = scale_titles()
    return {"items": [release_out(each, titles) for each in list_releases()], "next_cursor": None}


@insights.get("/units")
@insights.answers(200, ItemsOut[InsightNodeOut])
def show_units() -> ItemsOut[InsightNodeOut]:
    """Show the units that the caller may ask about, as they stood in the latest half-year."""
    return {"items": [node_out(each) for each in list_units_within(current_caller())]}


@insights.get("/distribution")
@insights.takes(SCALE, UNIT, WINDOW, DETAIL)
@insights.answers(200, DistributionOut)
@insights.refuses(ReleaseUnknown, ScaleNotPublished, UnitUnknown, WindowUnknown, Invalid)
def show_distribution() -> Response:
    """Show the figures of a unit, or of the block in which it is counted, and how sure they are."""
    asked = _asked(_window(), _one_of("by", BY))
    body = answer_once(current_caller(), asked, lambda found: distribution_out(found, asked.by, themes_for(found)))
    return Response(body, content_type="application/json")


@insights.get("/trend")
@insights.takes(SCALE, UNIT)
@insights.answers(200, UnitTrendOut)
@insights.refuses(ReleaseUnknown, ScaleNotPublished, UnitUnknown, Invalid)
def show_trend() -> UnitTrendOut:
    """Show the figures of a unit in all half-years, the oldest first."""
    return trend_out(read_trend(current_caller(), _asked()))


@insights.get("/service")
@insights.answers(200, ServiceFiguresOut)
def show_service() -> ServiceFiguresOut:
    """Show how the service is used, by month, in the districts of the caller's remit; nothing of it is about health."""
    return service_figures_out(read_service_figures(current_caller()), openings.floor())


@insights.get("/export")
@insights.takes(SCALE, UNIT, WINDOW, FORMAT)
@insights.answers(200, {"type": "string"}, content_type=ANY_FILE, headers=(DISPOSITION,))
@insights.refuses(ReleaseUnknown, ScaleNotPublished, UnitUnknown, WindowUnknown, Invalid)
def show_export() -> Response:
    """Give the figures of a unit and all below it as a table, or a brief of two pages for a meeting."""
    content, name = export_figures(current_caller(), _asked(_window()), _format())
    return Response(content, content_type=ANY_FILE, headers={DISPOSITION.name: f'attachment; filename="{name}"'})


@suggestions.get("")
@suggestions.takes(UNIT)
@suggestions.answers(200, ItemsOut[TopicNameOut])
@suggestions.refuses(UnitUnknown, Invalid)
def show_suggestions() -> ItemsOut[TopicNameOut]:
    """Suggest topics for a unit of one's own, without any figure."""
    unit_id = request.args.get("unit")
    if not unit_id:
        raise Invalid(errors={"unit": [NEEDED]})
    return {"items": [topic_name_out(each) for each in suggest_topics(current_caller(), unit_id)]}


@sealings.get("")
@sealings.answers(200, PageOut[SealingOut])
def show_sealings() -> PageOut[SealingOut]:
    """Show the half-years that wait to be counted, and those that were."""
    return {"items": [sealing_out(each) for each in openings.list_sealings()], "next_cursor": None}


@sealings.post("/<sealing_id>/confirm")
@sealings.takes(SEALING)
@sealings.answers(200, SealingOut)
@sealings.refuses(SealingUnknown)
def confirm(sealing_id: str) -> SealingOut:
    """Confirm that a half-year may be counted; again changes nothing."""
    return sealing_out(openings.confirm_sealing(sealing_id, current_caller().account_id))


def _asked(window: str | None = None, by: str | None = None) -> Asked:
    """Read which scale and which unit; raises `Invalid` that names each wrong place."""
    said = {name: request.args.get(name) for name in ("scale", "unit")}
    errors = {name: [NEEDED] for name, text in said.items() if not text}
    if errors:
        raise Invalid(errors=errors)
    return Asked(str(said["scale"]), str(said["unit"]), window, by)


def _window() -> str | None:
    return request.args.get("window")


def _format() -> str:
    said = _one_of("format", FORMATS)
    if said is None:
        raise Invalid(errors={"format": [NEEDED]})
    return said


def _one_of(name: str, allowed: tuple[str, ...]) -> str | None:
    said = request.args.get(name)
    if said is not None and said not in allowed:
        raise Invalid(errors={name: [f"只能是 {'、'.join(allowed)} 之一。"]})
    return said
