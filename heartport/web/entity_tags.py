"""Answers made once and sent many times: bytes with an ETag, and 304 for whoever holds them already."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Request, Response

from heartport.web.current import current_request
from heartport.web.shapes import Header, Parameter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

IF_NONE_MATCH = Parameter(
    "If-None-Match", "header", "The `ETag` of the copy that the client holds, if it holds one.", {"type": "string"}
)
ENTITY_HEADERS = (
    Header("ETag", "Send it as `If-None-Match` next time."),
    Header("Cache-Control", "A copy may be kept, and must be asked about before it is used."),
    Header("Vary", "Copies in different languages differ."),
)


@dataclass(frozen=True, slots=True)
class Entity:
    """A finished answer and its strong ETag."""

    body: bytes
    tag: str

    @property
    def headers(self) -> list[tuple[str, str]]:
        """What goes out with it, with the body or without."""
        return [("ETag", f'"{self.tag}"'), ("Cache-Control", "private, no-cache"), ("Vary", "Accept-Language")]


def entity(body: bytes) -> Entity:
    """Tag a body by its content."""
    return Entity(body=body, tag=hashlib.sha256(body).hexdigest()[:32])


class Unchanged(Response):
    """304: three headers and no body, which go out as they are, without a look for what a 304 must not carry."""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Send it."""
        start_response("304 NOT MODIFIED", list(self.headers))
        return ()


def answer_entity(made: Entity, content_type: str = "application/json") -> Response:
    """Send the body, or 304 without it where `If-None-Match` holds its tag."""
    if _holds(current_request(), made):
        return Unchanged(status=304, headers=made.headers)
    return Response(made.body, content_type=content_type, headers=made.headers)


def _holds(asked: Request, made: Entity) -> bool:
    """Tell whether the client has this very content; mostly it sends the one tag that it got."""
    if asked.environ.get("HTTP_IF_NONE_MATCH") == f'"{made.tag}"':
        return True
    # A proxy that compresses turns our tag into a weak one; for If-None-Match the two count as equal (RFC 9110).
    return asked.if_none_match.contains_weak(made.tag)
