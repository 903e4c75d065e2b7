"""The sentences that people read about their call-backs."""

from collections.abc import Mapping
from datetime import datetime

from heartport.followups.rules.asking import When
from heartport.followups.rules.steps import AttemptOutcome, State
from heartport.local_time import in_words

LABELS: Mapping[When, str] = {
    When.SOON: "尽快",
    When.MORNING: "上午（9–12 点）",
    When.AFTERNOON: "下午（12–18 点）",
    When.EVENING: "晚上（18–21 点）",
}
NOBODY_YET = "暂时还没有排好值班。等不及的话，请先拨打热线。"
SOON = "现在有人值班，会尽快给您打电话，一般在半小时内。"
ACCEPTED = "值班人员已经接手，会给您打电话。"
AFTER: Mapping[AttemptOutcome, str] = {
    AttemptOutcome.REACHED: "我们和您通过电话了。",
    AttemptOutcome.NO_ANSWER: "我们打过您留下的电话，没有接通，会再打给您。",
    AttemptOutcome.VOICEMAIL: "我们打过您留下的电话，没有接通，给您留了言，会再打给您。",
    AttemptOutcome.WRONG_NUMBER: "您留下的号码好像打不通。可以撤回后换一个号码，也可以拨打热线。",
}
"""What a person reads after a call of this outcome, as long as it goes on."""
OVER: Mapping[State, str] = {
    State.CLOSED: "这次回电已经结束，您留下的电话、称呼和备注已删除。",
    State.WITHDRAWN: "您已经撤回，留下的电话、称呼和备注已删除。",
    State.LAPSED: "很抱歉，这次没能联系上您。您留下的电话、称呼和备注已删除；需要时可以重新请求，也可以拨打热线。",
}


def call_in_words(expected: datetime | None, now: datetime) -> str:
    """Say when somebody will call; None is where a roster was taken back after the request."""
    if expected is None:
        return NOBODY_YET
    return SOON if expected <= now else f"{in_words(expected, now)} 后会有人联系您。"


def state_in_words(state: State, expected: datetime | None, now: datetime, attempt: AttemptOutcome | None) -> str:
    """Say how a call-back stands, after the last attempt if there was one."""
    if state in OVER:
        return OVER[state]
    if attempt is not None:
        return AFTER[attempt]
    return ACCEPTED if state is State.ACCEPTED else call_in_words(expected, now)
