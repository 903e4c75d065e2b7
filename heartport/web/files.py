"""Sends a file as players want it: whole or in part, with its length, or not at all where a copy is still good.

Of `Range` one stretch of bytes is answered (206). Several at once, other units, and what comes with HEAD are passed
over, as RFC 9110 allows: the whole file is answered. A stretch that is none or lies behind the end is refused (416).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Response, current_app, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.utils import send_file

from heartport.errors import RangeNotSatisfiable
from heartport.web.problems import answer_refusal
from heartport.web.shapes import Header, Parameter

RANGE = Parameter("Range", "header", "One stretch of bytes.", {"type": "string"}, example="bytes=0-1023")
IF_RANGE = Parameter("If-Range", "header", "The `ETag` of the copy of which more is wanted.", {"type": "string"})
FILE_HEADERS = (
    Header("ETag", "Changes with the content."),
    Header("Cache-Control", "How long a copy is good."),
    Header("Accept-Ranges", "`bytes`"),
)
CONTENT_RANGE = Header("Content-Range", "Which part of how much.")
SEVERAL = re.compile(r"bytes\s*=.*,")
OF_BYTES = re.compile(r"bytes\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a file: its type, the tag of its content, and how long a copy is good."""

    content_type: str
    tag: str
    max_age_seconds: int

    @property
    def cache_control(self) -> str:
        """Tell everybody on the way: an address is of one content."""
        return f"public, max-age={self.max_age_seconds}, immutable"


def answer_file(path: Path, said: Said) -> Response:
    """Send a file, the part of it that was asked for, or 304."""
    try:
        made = send_file(
            path,
            _environ_with_one_range(),
            mimetype=said.content_type,
            etag=said.tag,
            conditional=True,
            response_class=current_app.response_class,
        )
    except RequestedRangeNotSatisfiable:
        refused = answer_refusal(RangeNotSatisfiable())
        refused.headers["Content-Range"] = f"bytes */{path.stat().st_size}"
        return refused
    made.headers["Content-Type"] = said.content_type
    made.headers["Accept-Ranges"] = "bytes"
    made.headers["Cache-Control"] = said.cache_control
    return cast(Response, made)


def answer_elsewhere(place: str, said: Said) -> Response:
    """Let nginx send the file that lies at an internal place of its own; it sees to ranges itself."""
    made = Response(content_type=said.content_type)
    made.headers["X-Accel-Redirect"] = place
    made.headers["ETag"] = f'"{said.tag}"'
    made.headers["Accept-Ranges"] = "bytes"
    made.headers["Cache-Control"] = said.cache_control
    return made


def _environ_with_one_range() -> dict[str, object]:
    asked = request.headers.get("Range", "")
    environ = {**request.environ}
    if request.method == "HEAD" or SEVERAL.match(asked) or not OF_BYTES.match(asked):
        environ.pop("HTTP_RANGE", None)
    return environ
