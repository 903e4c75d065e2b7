"""Security headers of every answer, and `no-store` for whatever belongs to a person."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request

from heartport.web.limits import READING_METHODS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def init_app(app: Flask) -> None:
    """Send the headers with every answer of this application."""
    app.after_request(forbid_storing)
    app.wsgi_app = _protected(app.wsgi_app)  # type: ignore[method-assign, assignment]


def forbid_storing(response: Response) -> Response:
    """Say `no-store` where an answer says nothing else about it.

    An answer to a known caller, a refusal and the answer to a write (signing in holds a token) are never stored on
    the way unless they say how.
    """
    if "caller" in g or response.status_code >= 400 or request.method not in READING_METHODS:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _protected(inner: "WSGIApplication") -> "WSGIApplication":
    """Add what an answer does not say itself; on the response object each header would cost ten times as much."""

    def outer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *problem: Any) -> Any:  # noqa: ANN401 - as WSGI has it
            said = {name.lower() for name, _ in headers}
            added = [(name, value) for name, value in HEADERS.items() if name.lower() not in said]
            return start_response(status, headers + added, *problem)

        return inner(environ, start)

    return outer
