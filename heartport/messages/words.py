"""The sentences of the messages; a title is neutral whatever it is about, since it may be read over a shoulder."""

from collections.abc import Mapping
from datetime import datetime

from heartport.local_time import local
from heartport.messages.rules import Kind

TITLE = "预约"
"""The only title there is, in the inbox and on a locked screen: never the topic, never what kind of booking."""

WITH_TIME: Mapping[Kind, str] = {
    Kind.BOOKED: "已为您预约好：{at}。",
    Kind.REMINDER: "明天您有一个预约：{at}。来不了也没关系，请提前在这里取消，把位置让给别人。",
    Kind.MOVED: "您的预约改到了 {at}。时间不合适的话，可以直接在这里取消。",
    Kind.UPDATED: "预约的安排有更新，请打开查看。",
    Kind.CANCELLED: "很抱歉，您 {at} 的预约取消了。您可以看看其他时间。",
    Kind.OFFER: "为您留出了一个位置：{at}。请在 {until} 前确认；不需要的话，也请说一声。",
    Kind.OFFER_EXPIRED: "之前为您留的位置（{at}）已经过了确认时间。还需要的话，可以重新排队。",
    Kind.LINE_CLOSED: "很抱歉，您在等的位置不再开放，这次排队到这里就结束了。您可以看看其他时间，或另外排队。",
    Kind.MISSED: "今天没有见到您，希望您一切都好。需要的话，随时可以重新预约。",
    Kind.FEEDBACK: "您参加的活动结束了，愿意的话，说说您的感受。填写是不记名的。",
    Kind.PROPOSED: "您的预约申请有了安排：{at}。请在 {until} 前确认。",
    Kind.RETURNED: "您的预约申请回到了等待安排的状态，我们会尽快再为您安排。",
    Kind.REJECTED: "很抱歉，您的预约申请这次没能安排。原因写在申请里。",
    Kind.ASSIGNED: "您有一个新的预约安排：{at}。",
    Kind.HANDED_OVER: "您 {at} 的一个预约已由同事接手，不再占用您的时间。",
    Kind.TO_DECIDE: "有一个预约申请等您处理。",
}
"""`{at}` is when it takes place, `{until}` until when to answer."""
WITHOUT_TIME: Mapping[Kind, str] = {
    Kind.BOOKED: "已为您预约好。",
    Kind.REMINDER: "明天您有一个预约。",
    Kind.MOVED: "您的预约改了时间，新的时间定下来后会告诉您。",
    Kind.CANCELLED: "很抱歉，您的一个预约取消了。您可以看看其他时间。",
    Kind.OFFER: "为您留出了一个位置，请尽快确认。",
    Kind.OFFER_EXPIRED: "之前为您留的位置已经过了确认时间。还需要的话，可以重新排队。",
    Kind.PROPOSED: "您的预约申请有了安排，请尽快确认。",
    Kind.ASSIGNED: "您有一个新的预约安排。",
    Kind.HANDED_OVER: "您的一个预约已由同事接手，不再占用您的时间。",
}
"""The same where no time is known."""


def text_of(kind: Kind, at: datetime | None, until: datetime | None) -> str:
    """Return what a message says; a time that it would need and does not have is left out."""
    wanted = WITH_TIME[kind]
    if ("{at}" in wanted and at is None) or ("{until}" in wanted and until is None):
        return WITHOUT_TIME[kind]
    return wanted.format(at=at and _when(at), until=until and _when(until))


def _when(moment: datetime) -> str:
    """Say a moment by its date: a message is read on another day than it was written."""
    here = local(moment)
    return f"{here.month} 月 {here.day} 日 {here.hour}:{here.minute:02}"
