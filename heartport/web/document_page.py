"""Serves the OpenAPI document, made when it is first asked for, and a page to read it and to try it out.

The page is Swagger UI, whose files come with a package and are read when they are sent. It loads nothing from elsewhere
and keeps no token: it runs under a Content-Security-Policy of its own that allows this server alone.
"""

import json
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app

from heartport.errors import NotFound
from heartport.web import contract
from heartport.web.contract import Api
from heartport.web.entity_tags import ENTITY_HEADERS, IF_NONE_MATCH, Entity, answer_entity, entity

OUR_FILES = Path(__file__).with_name("document_page_files")
PACKAGE = "flask_swagger_ui"
OURS = frozenset({"page.js"})
SWAGGER_UI = frozenset({"swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"})
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".png": "image/png",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

document = contract.Blueprint("document", __name__, url_prefix="/api/v1", description="本文档 This document")
page = Blueprint("document_page", __name__, url_prefix="/api/docs")


class Document:
    """The document of one application, ready to send once somebody asked for it."""

    def __init__(self, api: Api) -> None:
        self._api = api

    @cached_property
    def entity(self) -> Entity:
        """The bytes."""
        return entity(json.dumps(self._api.describe(), ensure_ascii=False, separators=(",", ":")).encode())


def init_app(app: Flask, api: Api) -> None:
    """Serve both."""
    app.extensions["heartport.document"] = Document(api)
    api.register_blueprint(document)
    app.register_blueprint(page)


@document.get("/openapi.json")
@document.takes(IF_NONE_MATCH)
@document.answers(200, {"type": "object"}, headers=ENTITY_HEADERS)
@document.answers(304, headers=ENTITY_HEADERS)
def show_document() -> Response:
    """Show this document."""
    made: Document = current_app.extensions["heartport.document"]
    return answer_entity(made.entity)


@page.get("")
def show_page() -> Response:
    """Show the page."""
    return _sent(OUR_FILES / "page.html")


@page.get("/<name>")
def show_file(name: str) -> Response:
    """Send one of the page's files; raises `NotFound` for any other."""
    if name in OURS:
        return _sent(OUR_FILES / name)
    if name in SWAGGER_UI:
        return _sent(_swagger_ui() / name)
    raise NotFound


def _sent(path: Path) -> Response:
    response = answer_entity(entity(path.read_bytes()), CONTENT_TYPES[path.suffix])
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _swagger_ui() -> Path:
    """Return where the package keeps the files, without importing it."""
    found = find_spec(PACKAGE)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).with_name("dist")
