"""`GET /sns/jscode2session`: a login code against the openid and a session key."""

import base64
import secrets

from werkzeug.wrappers import Request, Response

from heartport.wechat.emulator.answers import error, plain
from heartport.wechat.emulator.world import World

_MISSING = (("appid", 41002), ("secret", 41004), ("js_code", 41008))


def code_to_session(world: World, request: Request) -> Response:
    """Answer as WeChat does: what is missing first, then who asks, then the code."""
    if request.method != "GET":
        return error(43001, world.now())
    refused = _refused_caller(world, request)
    redeemed = refused or world.redeem(request.args["js_code"])
    if isinstance(redeemed, int):
        return error(redeemed, world.now())
    return plain(
        {
            "session_key": base64.b64encode(secrets.token_bytes(16)).decode(),
            "openid": world.openid_of(redeemed),
            "unionid": world.unionid_of(redeemed),
        }
    )


def _refused_caller(world: World, request: Request) -> int | None:
    for name, errcode in _MISSING:
        if not request.args.get(name):
            return errcode
    if request.args.get("grant_type") != "authorization_code":
        return 40002
    if request.args["appid"] != world.app_id:
        return 40013
    if request.args["secret"] != world.app_secret:
        return 40125
    return None
