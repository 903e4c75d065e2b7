"""The emulator's WSGI app: WeChat's paths, the faults ordered for them, and the phone's side."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from heartport.wechat.emulator.answers import error
from heartport.wechat.emulator.faults import Exchange
from heartport.wechat.emulator.inputs import BadInput
from heartport.wechat.emulator.login import code_to_session
from heartport.wechat.emulator.phone import NoSuchLever, pull
from heartport.wechat.emulator.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATHS: Mapping[str, Callable[[World, Request], Response]] = {
    "/sns/jscode2session": code_to_session,
}


class EmulatorApp:
    """Plays WeChat for one world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one call."""
        request = Request(environ)
        answer = self._phone if request.path.startswith("/_emu/") else self._wechat
        return answer(request)(environ, start_response)

    def _wechat(self, request: Request) -> Response:
        self.world.count_call(request.path)
        if request.path not in PATHS:
            return error(40066, self.world.now())
        fault = self.world.faults.take(request.path)
        if fault is None:
            return self._true_answer(request)
        exchange = Exchange(request, lambda: self._true_answer(request), self.world.now(), self.world.closing)
        return fault.strike(exchange)

    def _true_answer(self, request: Request) -> Response:
        return PATHS[request.path](self.world, request)

    def _phone(self, request: Request) -> Response:
        try:
            return _as_json(200, pull(self.world, request, tuple(PATHS)))
        except BadInput as complaint:
            return _as_json(400, {"error": str(complaint)})
        except NoSuchLever as complaint:
            return _as_json(404, {"error": str(complaint)})


def _as_json(status: int, body: Mapping[str, object]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type="application/json")
