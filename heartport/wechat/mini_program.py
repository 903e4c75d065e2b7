"""Our mini-program as WeChat knows it: so far, finding out who is signing in."""

import time
from typing import NamedTuple

import structlog

from heartport.wechat import rules
from heartport.wechat.client import CorrectedClient, Rejected
from heartport.wechat.connection import Patience
from heartport.wechat.deadline import Deadline
from heartport.wechat.places import NoPlace, Places
from heartport.wechat.transport import WECHAT_API, Unanswered, WeChatAdapter, WeChatSession, parse_api_base

log = structlog.get_logger("heartport.wechat")

BUSY_PAUSE_SECONDS = 0.2
QUEUE_SECONDS = 0.5


class _Outcome(NamedTuple):
    """What came of asking WeChat: an openid, an error code, or why there is neither."""

    openid: str | None = None
    errcode: int | None = None
    why: str | None = None


class MiniProgram:
    """The calls that the mini-program needs; one instance serves all threads of a process.

    At most `at_once` calls are under way together, so that a WeChat which answers slowly takes some of the
    server's threads and never all; who finds no place within half a second is refused.
    """

    def __init__(
        self,
        app_id: str,
        app_secret: str,
        api_base: str = WECHAT_API,
        *,
        patience: Patience = Patience(),  # noqa: B008 - immutable
        at_once: int = 4,
        authorities: str | None = None,
    ) -> None:
        """`authorities` is a PEM file, for a gateway with a CA of its own."""
        if not app_id or not app_secret:
            raise ValueError("The mini-program needs an app id and an app secret.")
        base = parse_api_base(api_base)
        session = WeChatSession(WeChatAdapter(base, patience, authorities))
        self._client = CorrectedClient(app_id, app_secret, session)
        self._patience = patience
        self._places = Places(at_once)

    def login(self, code: str) -> str:
        """Return the openid of the person whose phone got this login code.

        Raises `LoginCodeInvalid`, `LoginCodeUsed`, `LoginBlocked`, `LoginTooOften` or `WeChatUnavailable`.
        The session key and the union id in WeChat's answer are dropped unread. Only after the answer "busy"
        is WeChat asked again, and once: after a timeout the code may be spent.
        """
        if not rules.is_login_code(code):
            raise rules.login_refusal(rules.CODE_INVALID)
        outcome = self._ask_in_turn(code)
        if outcome.openid is not None:
            return outcome.openid
        _tell_operator(outcome)
        if outcome.errcode is None:
            raise rules.unavailable()
        raise rules.login_refusal(outcome.errcode)

    def _ask_in_turn(self, code: str) -> _Outcome:
        deadline = Deadline(self._patience.total_seconds)
        try:
            with self._places.taken(QUEUE_SECONDS):
                outcome = self._ask(code, deadline)
                if outcome.errcode == rules.BUSY:
                    time.sleep(BUSY_PAUSE_SECONDS)
                    outcome = self._ask(code, deadline)
                return outcome
        except NoPlace:
            return _Outcome(why="too_many_at_once")

    def _ask(self, code: str, deadline: Deadline) -> _Outcome:
        try:
            openid = rules.openid_in(self._client.wxa.code_to_session(code, deadline))
        except Rejected as rejection:
            return _Outcome(errcode=rejection.errcode)
        except Unanswered as problem:
            return _Outcome(why=problem.why)
        return _Outcome(openid=openid, why=None if openid else "no_openid")


def _tell_operator(outcome: _Outcome) -> None:
    """Log codes and words of our own; WeChat's messages stay out, since they may quote what was sent."""
    if outcome.errcode is None:
        log.warning("wechat_unanswered", why=outcome.why)
    elif rules.is_ours_to_mend(outcome.errcode):
        log.error("wechat_misconfigured", errcode=outcome.errcode)
    elif rules.is_persons_own(outcome.errcode):
        log.info("wechat_refused", errcode=outcome.errcode)
    else:
        log.warning("wechat_error", errcode=outcome.errcode)
