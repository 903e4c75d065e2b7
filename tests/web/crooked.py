"""A small service whose every route breaks its word in a way of its own: the negative control of what checks words."""

from typing import TypedDict

from flask import Flask, Response, request

from heartport.callers import ANYONE, SIGNED_IN
from heartport.errors import Invalid, NotFound
from heartport.web import access
from heartport.web.contract import Api, Blueprint
from heartport.web.schemas import BodyIn, WholeNumber
from heartport.web.shapes import Header, Parameter
from tests.contract import WatchedRequest
from tests.web.bare import bare_app

ROLES = {"crooked": ANYONE, "things": ANYONE, "unguarded": SIGNED_IN}
"""For `access.ROLE_OF_BLUEPRINT`; nobody asks it here, which is the mistake of one of them."""

THING = Parameter("thing_id", "path", "A thing.", {"type": "string"})


class ThingIn(BodyIn):
    size = WholeNumber(required=True)


class ThingOut(TypedDict):
    id: str
    size: int


BROKEN_WORDS = {
    ("GET /api/v1/wrong-type", "response_schema_conformance"),
    ("GET /api/v1/wrong-status", "status_code_conformance"),
    ("GET /api/v1/wrong-content", "content_type_conformance"),
    ("GET /api/v1/wrong-headers", "response_headers_conformance"),
    ("GET /api/v1/breaks", "not_a_server_error"),
    ("POST /api/v1/takes-all", "negative_data_rejection"),
    ("POST /api/v1/takes-nothing", "positive_data_acceptance"),
    ("GET /api/v1/takes-another-method", "unsupported_method"),
    ("GET /api/v1/open-to-all", "ignored_auth"),
    ("GET /api/v1/things/{thing_id}", "use_after_free"),
}
"""Which check of schemathesis finds what."""


def crooked_app() -> Flask:
    """Make the service; its blueprints must be in the role table."""
    assert ROLES.items() <= access.ROLE_OF_BLUEPRINT.items()
    made = bare_app({})
    made.request_class = WatchedRequest
    made.add_url_rule("/api/v1/takes-another-method", "undocumented", lambda: "done", methods=["PATCH"])
    api = Api(made, spec_kwargs={"title": "crooked", "version": "1", "openapi_version": "3.1.0"})
    for blueprint in (single_words(), things(), unguarded()):
        api.register_blueprint(blueprint)
    return made


def single_words() -> Blueprint:
    says = Blueprint("crooked", __name__, url_prefix="/api/v1")
    thing: ThingOut = {"id": "a", "size": 1}

    @says.get("/wrong-type")
    @says.answers(200, ThingOut)
    def wrong_type() -> object:
        return {**thing, "size": "big"}

    @says.get("/wrong-status")
    @says.answers(200, ThingOut)
    def wrong_status() -> object:
        return thing, 202

    @says.get("/wrong-content")
    @says.answers(200, ThingOut)
    def wrong_content() -> object:
        return Response('{"id": "a", "size": 1}', content_type="text/plain")

    @says.get("/wrong-headers")
    @says.answers(200, ThingOut, headers=[Header("ETag", "")])
    def wrong_headers() -> object:
        return thing

    @says.get("/further-member")
    @says.answers(200, ThingOut)
    def further_member() -> object:
        """Schemathesis lets it pass, since clients must; our own check does not."""
        return {**thing, "colour": "red"}

    @says.get("/breaks")
    @says.answers(200, ThingOut)
    def breaks() -> object:
        raise RuntimeError

    @says.get("/unknown-code")
    @says.answers(200, ThingOut)
    @says.refuses(NotFound)
    def unknown_code() -> object:
        class ThingLost(NotFound):
            code = "thing_lost"

        raise ThingLost

    @says.get("/reads-more")
    @says.answers(200, ThingOut)
    def reads_more() -> object:
        """No answer shows this."""
        return {**thing, "size": len([request.args.get("colour"), request.accept_languages, request.if_none_match])}

    @says.post("/takes-all")
    @says.reads(ThingIn, example={"size": 1})
    @says.answers(200, ThingOut)
    def takes_all() -> object:
        return thing

    @says.post("/takes-nothing")
    @says.reads(ThingIn, example={"size": 1})
    @says.answers(200, ThingOut)
    def takes_nothing() -> object:
        raise Invalid

    @says.get("/takes-another-method")
    @says.answers(200, ThingOut)
    def takes_another_method() -> object:
        return thing

    return says


def things() -> Blueprint:
    """A thing that was deleted is still there."""
    says = Blueprint("things", __name__, url_prefix="/api/v1/things")
    kept: dict[str, ThingOut] = {}

    @says.post("")
    @says.answers(201, ThingOut)
    def add() -> object:
        made: ThingOut = {"id": f"thing-{len(kept)}", "size": 1}
        kept[made["id"]] = made
        return made, 201

    @says.get("/<thing_id>")
    @says.takes(THING)
    @says.answers(200, ThingOut)
    @says.refuses(NotFound)
    def show(thing_id: str) -> object:
        if thing_id not in kept:
            raise NotFound
        return kept[thing_id]

    @says.delete("/<thing_id>")
    @says.takes(THING)
    @says.answers(204)
    @says.refuses(NotFound)
    def delete(thing_id: str) -> object:
        show(thing_id)
        return "", 204

    return says


def unguarded() -> Blueprint:
    says = Blueprint("unguarded", __name__, url_prefix="/api/v1")

    @says.get("/open-to-all")
    @says.answers(200, ThingOut)
    def open_to_all() -> object:
        return {"id": "a", "size": 1}

    return says
