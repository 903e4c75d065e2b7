"""Gives each request an id of its own and logs one line for it, without anything that leads to a person.

The line holds the route's pattern, not the path (which may carry ids), and neither address nor account. Both happen
around Flask rather than in its hooks, where each header and each look at the request costs several times as much.
"""

import secrets
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask

from heartport.web.current import REQUEST_ID, ROUTE, current_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger("heartport.web")


def init_app(app: Flask) -> None:
    """Number and log every request of this application; call first of all."""
    app.before_request(note_route)
    app.wsgi_app = _numbered(app.wsgi_app)  # type: ignore[method-assign, assignment]


def note_route() -> None:
    """Note the pattern of the path, if there is one: the log line names it."""
    asked = current_request()
    if asked.url_rule:
        asked.environ[ROUTE] = asked.url_rule.rule


def _numbered(inner: "WSGIApplication") -> "WSGIApplication":
    """Number a request before anything else happens, send the id along and log the request once it is answered."""

    def outer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        started = time.perf_counter()
        request_id = environ[REQUEST_ID] = secrets.token_hex(8)

        def start(status: str, headers: list[tuple[str, str]], *problem: Any) -> Any:  # noqa: ANN401 - as WSGI has it
            _log(environ, int(status[:3]), time.perf_counter() - started)
            return start_response(status, [*headers, ("X-Request-Id", request_id)], *problem)

        return inner(environ, start)

    return outer


def _log(environ: "WSGIEnvironment", status: int, seconds: float) -> None:
    route = environ.get(ROUTE)
    log.info(
        "request",
        method=environ["REQUEST_METHOD"] if route else "-",
        route=route or "-",
        status=status,
        ms=round(seconds * 1000, 1),
        request_id=environ[REQUEST_ID],
    )
