"""Gives each request an id of its own and logs one line for it, without anything that leads to a person.

The line holds the route's pattern, not the path (which may carry ids), and neither address nor account.
"""

import secrets
import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("heartport.web")


def init_app(app: Flask) -> None:
    """Number and log every request of this application; call first of all."""
    app.before_request(begin)
    app.after_request(end)


def begin() -> None:
    """Note the id and the start of this request."""
    g.request_id = secrets.token_hex(8)
    g.started = time.perf_counter()


def end(response: Response) -> Response:
    """Send the id along and log the request."""
    response.headers.add("X-Request-Id", g.request_id)
    rule = request.url_rule
    log.info(
        "request",
        method=request.method if rule else "-",
        route=rule.rule if rule else "-",
        status=response.status_code,
        ms=round((time.perf_counter() - g.started) * 1000, 1),
        request_id=g.request_id,
    )
    return response
