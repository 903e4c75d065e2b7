"""HTTP of the catalogue: its themes, and one topic, for everybody who is signed in."""

from flask import Response

from heartport import clock
from heartport.catalogue.directory import TopicUnknown, current_catalogue
from heartport.catalogue.schemas import TOPIC_CODE_SHAPE, ThemeOut, TopicOut
from heartport.web.contract import Blueprint
from heartport.web.entity_tags import ENTITY_HEADERS, IF_NONE_MATCH, answer_entity
from heartport.web.shapes import PageOut, Parameter

TOPIC_CODE = Parameter("topic_code", "path", "A topic.", {"type": "string", **TOPIC_CODE_SHAPE}, example="A01")

catalogue = Blueprint("catalogue", __name__, url_prefix="/api/v1", description="活动课题")


@catalogue.get("/themes")
@catalogue.takes(IF_NONE_MATCH)
@catalogue.answers(200, PageOut[ThemeOut], headers=ENTITY_HEADERS)
@catalogue.answers(304, headers=ENTITY_HEADERS)
def list_themes() -> Response:
    """Show all themes, each with the topics that can be asked for today."""
    return answer_entity(current_catalogue().themes_on(clock.today()))


@catalogue.get("/topics/<topic_code>")
@catalogue.takes(TOPIC_CODE, IF_NONE_MATCH)
@catalogue.answers(200, TopicOut, headers=ENTITY_HEADERS)
@catalogue.answers(304, headers=ENTITY_HEADERS)
@catalogue.refuses(TopicUnknown)
def show_topic(topic_code: str) -> Response:
    """Show one topic in full; a withdrawn one still answers, for whoever has booked it."""
    return answer_entity(current_catalogue().page(topic_code))
