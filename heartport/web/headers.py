"""Security headers of every answer, and `no-store` for whatever belongs to a person."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

from heartport.web.current import CALLER
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
BY_LOWER = [(name.lower(), (name, value)) for name, value in HEADERS.items()]


NO_STORE = ("Cache-Control", "no-store")


def init_app(app: Flask) -> None:
    """Send the headers with every answer of this application."""
    app.wsgi_app = _protected(app.wsgi_app)  # type: ignore[method-assign, assignment]


def _protected(inner: "WSGIApplication") -> "WSGIApplication":
    """Add what an answer does not say itself; on the response object each header would cost ten times as much."""

    def outer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *problem: Any) -> Any:  # noqa: ANN401 - as WSGI has it
            said = {name.lower() for name, _ in headers}
            added = [each for lower, each in BY_LOWER if lower not in said]
            if "cache-control" not in said and _is_nobodys_to_store(environ, status):
                added.append(NO_STORE)
            return start_response(status, headers + added, *problem)

        return inner(environ, start)

    return outer


def _is_nobodys_to_store(environ: "WSGIEnvironment", status: str) -> bool:
    """Tell whether an answer that says nothing else about it is stored nowhere on the way.

    So it is with an answer to a known caller, a refusal, and the answer to a write (signing in holds a token).
    """
    return CALLER in environ or status >= "400" or environ["REQUEST_METHOD"] not in READING_METHODS
