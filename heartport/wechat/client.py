"""wechatpy's client, with our transport under it and our reading of answers.

Stock wechatpy answers an expired token by refreshing and calling itself without limit, drags a token along
into sign-in, hangs the request with its secrets on every exception, and waits for ever for a token.
"""

from collections.abc import Callable
from typing import Any, NoReturn

import requests
from wechatpy.client import WeChatClient
from wechatpy.client.api import WeChatWxa

from heartport.wechat.deadline import Deadline
from heartport.wechat.rules import read_answer
from heartport.wechat.transport import Unanswered, WeChatSession


class Rejected(Exception):
    """WeChat answered with an error code; its message stays behind, since it may quote what we sent."""

    def __init__(self, errcode: int) -> None:
        super().__init__(errcode)
        self.errcode = errcode


class Wxa(WeChatWxa):  # type: ignore[misc, unused-ignore]
    """The mini-program calls, corrected."""

    def code_to_session(self, js_code: str, deadline: Deadline) -> dict[str, Any]:
        """Redeem a login code; needs no access token."""
        # wechatpy adds an access token to parameters that are a dict, and to no others.
        parameters = [
            ("appid", self.appid),
            ("secret", self.secret),
            ("js_code", js_code),
            ("grant_type", "authorization_code"),
        ]
        answer: dict[str, Any] = self._get("sns/jscode2session", params=parameters, timeout=deadline)
        return answer


class CorrectedClient(WeChatClient):  # type: ignore[misc, unused-ignore]
    """A `WeChatClient` whose errors are `Rejected` and `Unanswered` and hold no request; thread-safe."""

    wxa = Wxa()

    def __init__(self, app_id: str, app_secret: str, session: WeChatSession) -> None:
        super().__init__(app_id, app_secret, auto_retry=False)
        self._http = session

    def fetch_access_token(self) -> NoReturn:
        """Refuse: a token fetched here would end the one that other processes hold."""
        raise NotImplementedError("No call that is built so far needs an access token.")

    def _handle_result(
        self,
        res: requests.Response,
        method: str | None = None,
        url: str | None = None,
        result_processor: Callable[[dict[str, Any]], object] | None = None,
        **_ignored: object,
    ) -> object:
        answer = read_answer(res.content)
        if answer is None:
            raise Unanswered("unreadable")
        if answer.get("errcode", 0) != 0:
            raise Rejected(answer["errcode"])
        return result_processor(answer) if result_processor else answer
