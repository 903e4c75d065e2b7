"""Answers made once and sent many times: bytes with an ETag, and 304 for whoever holds them already."""

import hashlib
from dataclasses import dataclass

from flask import Response, request

from heartport.web.shapes import Header, Parameter

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


def entity(body: bytes) -> Entity:
    """Tag a body by its content."""
    return Entity(body=body, tag=hashlib.sha256(body).hexdigest()[:32])


def answer_entity(made: Entity, content_type: str = "application/json") -> Response:
    """Send the body, or 304 without it where `If-None-Match` holds its tag."""
    # A proxy that compresses turns our tag into a weak one; for If-None-Match the two count as equal (RFC 9110).
    if request.if_none_match.contains_weak(made.tag):
        response = Response(status=304)
    else:
        response = Response(made.body, content_type=content_type)
    response.headers["ETag"] = f'"{made.tag}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept-Language"
    return response
