"""How WeChat words its answers: JSON labelled text/plain, status 200 also for errors."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

# The messages as WeChat sends them, odd spelling included; 40164 names the caller's address.
_MESSAGES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40013: "invalid appid",
    40029: "invalid code",
    40066: "invalid url",
    40125: "invalid appsecret",
    40163: "code been used",
    40164: "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist",
    40226: "code blocked",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    43001: "require GET method",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slow down, retry next minute",
}


def plain(body: Mapping[str, Any]) -> Response:
    """Return an answer of the API."""
    return Response(json.dumps(body, ensure_ascii=False, separators=(",", ":")), content_type="text/plain")


def error(errcode: int, now: float) -> Response:
    """Return an error with its message and a request id, as WeChat does."""
    message = _MESSAGES.get(errcode, "error")
    rid = f"{int(now):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
    return plain({"errcode": errcode, "errmsg": f"{message}, rid: {rid}"})
