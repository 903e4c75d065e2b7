"""The request at hand, and what is noted about it in its environment, where the layers around Flask see it too.

`flask.request` is a stand-in that looks for the request anew at every touch, and a touch costs more than most of what
is asked; whoever asks several things takes the request itself.
"""

from flask import Request, request

REQUEST_ID = "heartport.request_id"
ROUTE = "heartport.route"
CALLER = "heartport.caller"


def current_request() -> Request:
    """Return the request itself."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]
    return found
