"""The sentences that people read about workshops."""

from collections.abc import Mapping

from heartport.booking.workshops.rules.steps import State

LABELS: Mapping[State, str] = {
    State.DRAFT: "草稿",
    State.SUBMITTED: "已提交，等待安排",
    State.WAITLISTED: "候补中",
    State.PROPOSED: "已有安排，等您确认",
    State.CONFIRMED: "已确认",
    State.MOVE_REQUESTED: "已申请改期，原时间保留",
    State.MOVE_PROPOSED: "新时间等您确认，原时间保留",
    State.MERGED: "与其他单位合办",
    State.DELIVERED: "已举办",
    State.CLOSED: "已归档",
    State.REJECTED: "没能安排",
    State.WITHDRAWN: "已撤回",
    State.CANCELLED_BY_UNIT: "已取消",
    State.CANCELLED_BY_PROVIDER: "我们取消了这一场",
    State.CANCELLED_UNDER_MINIMUM: "人数不足，没有成团",
}
TEXTS: Mapping[State, str] = {
    State.DRAFT: "还没有提交。确认内容后请提交。",
    State.SUBMITTED: "我们会尽快为您找带领人，安排好后请在 48 小时内确认。",
    State.WAITLISTED: "希望的时间暂时没有人有空，一有空出的时间就为您安排。",
    State.PROPOSED: "带领人和场地为您保留到下面的时间，请在那之前确认；时间不合适，可以谢绝，我们再安排。",
    State.CONFIRMED: "活动定下来了。开始前 72 小时以上取消，名额会退回。",
    State.MOVE_REQUESTED: "原来的时间仍然为您保留，直到您确认新的时间。",
    State.MOVE_PROPOSED: "请确认新的时间，或保留原来的时间。",
    State.MERGED: "这一场与其他单位合办，时间和地点以下面为准。不合适的话可以取消，名额会退回。",
    State.DELIVERED: "谢谢您的组织。愿意的话，请说说办得怎么样。",
    State.CLOSED: "这一场已经归档，联系方式已删除。",
    State.REJECTED: "很抱歉，这次没能安排。原因见下。",
    State.WITHDRAWN: "申请已经撤回，联系方式已删除。",
    State.CANCELLED_BY_UNIT: "这一场已经取消，联系方式已删除。",
    State.CANCELLED_BY_PROVIDER: "很抱歉，这一场由我们取消，名额已经退回。重新提交时，您排在最前面。",
    State.CANCELLED_UNDER_MINIMUM: "到约定的日子人数还不够，这一场没有举办，名额已经退回。",
}
TOPIC_WITHDRAWN = "这个课题已停止受理新的申请，您的申请按提交时的内容继续办理。"


def text_of(state: State, *, topic_withdrawn: bool) -> str:
    """Say how a workshop stands."""
    note = TOPIC_WITHDRAWN if topic_withdrawn and state in STILL_WAITING else ""
    return TEXTS[state] + note


STILL_WAITING = (State.SUBMITTED, State.WAITLISTED, State.PROPOSED, State.MOVE_REQUESTED, State.MOVE_PROPOSED)
