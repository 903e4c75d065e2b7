"""Security headers of every answer, and `no-store` for whatever belongs to a person."""

from flask import Flask, Response, g, request

from heartport.web.limits import READING_METHODS

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
    app.after_request(protect)


def protect(response: Response) -> Response:
    """Add what is not set yet.

    An answer to a known caller, a refusal and the answer to a write (signing in holds a token) are never stored on
    the way unless they say how.
    """
    said = {name.lower() for name, _ in response.headers}
    response.headers.extend([(name, value) for name, value in HEADERS.items() if name.lower() not in said])
    if "caller" in g or response.status_code >= 400 or request.method not in READING_METHODS:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
