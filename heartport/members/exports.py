"""Use case: everything that is held about a person, in one document that also says what is not in it, and why."""

from datetime import datetime
from typing import Annotated, Any, TypedDict, get_type_hints

from flask import current_app
from sqlalchemy import select

from heartport import clock
from heartport.errors import NotSignedIn
from heartport.local_time import instant_out, local
from heartport.members.models import AccessToken, Consent
from heartport.members.personal_data import current_parts
from heartport.members.policies import Policies, Purpose
from heartport.members.profiles import Profile
from heartport.members.sessions import TOKEN_LIFE
from heartport.members.standing import Standing, read_standing
from heartport.stores import Store, reading
from heartport.vault.door import SubjectGone
from heartport.web.shapes import Day, Instant, Keywords, one_of

FORMAT = "heartport-export/1"
NOT_INCLUDED = (
    ("微信编号(openid)", "加密保存，只在登录时用来认出您。微信要求它不交给任何客户端，所以不在这里；抹去时一并销毁。"),
    ("登录凭证和您的密钥", "凭证只存校验值，密钥只存加密后的形式；交出来只会让别人有机会冒用。"),
    ("防重复提交的校验值", "最多保存 48 小时，从中读不出任何内容。"),
    ("视频咨询的链接", "谁拿到它都能进入咨询师的房间，所以不放进文件；咨询结束前，可以在预约里查看。"),
    ("没有保存的结果、已删除的结果和草稿", "没有留下内容；删除后只剩一样长的空白占位，我们也找不回来。"),
    ("备份中的副本", "与这里的内容相同，最多保留 14 天。"),
    ("程序日志", "不记录您的账号和网络地址。"),
    ("网络日志", "法律要求由网关留存，不在本系统内，里面没有您的答案。"),
)


class AccountHeldOut(TypedDict):
    """The account."""

    id: str
    since_half_year: str


class ProfileHeldOut(TypedDict):
    """The profile."""

    nickname: str | None
    sex: str | None
    birth_year: int | None
    age_group: str | None


class ConsentHeldOut(TypedDict):
    """One decision, with the title of the text that was agreed to."""

    purpose: Annotated[str, one_of(Purpose)]
    title: str | None
    granted: bool
    policy_version: str | None
    decided_on: Day | None


class SessionHeldOut(TypedDict):
    """The days on which a sign-in began and ends."""

    since: Day
    until: Day


class NotIncludedOut(TypedDict):
    """What is not in the document, and why."""

    what: str
    why: str


class ExportOut(TypedDict):
    """What the members hold; the parts of the other features stand beside it."""

    format: Annotated[str, Keywords(const=FORMAT)]
    made_at: Instant
    account: AccountHeldOut
    profile: ProfileHeldOut
    consents: list[ConsentHeldOut]
    sessions: list[SessionHeldOut]
    not_included: list[NotIncludedOut]


def export_shape() -> tuple[type, ...]:
    """Return the types of all members of the exported document: ours and those of each feature's part."""
    return (ExportOut, *(get_type_hints(part.export, include_extras=True)["return"] for part in current_parts()))


def export_everything(account_id: str) -> dict[str, Any]:
    """Return the whole document; raises `NotSignedIn` where the account is being erased, before or on the way."""
    try:
        document = _document(read_standing(account_id))
    except SubjectGone:
        raise NotSignedIn from None
    read_standing(account_id)  # Erased meanwhile, this would be half a document that calls itself whole.
    return document


def _document(standing: Standing) -> dict[str, Any]:
    document: dict[str, Any] = {
        "format": FORMAT,
        "made_at": instant_out(clock.now()),
        "account": {"id": standing.account_id, "since_half_year": standing.windows[-1]},
        "profile": _profile(standing.profile),
        "consents": _consents(standing.account_id),
        "sessions": _sessions(standing.account_id),
    }
    for part in current_parts():
        document |= part.export(standing)
    return document | {"not_included": [{"what": what, "why": why} for what, why in NOT_INCLUDED]}


def _profile(profile: Profile) -> ProfileHeldOut:
    return {
        "nickname": profile.nickname,
        "sex": profile.sex,
        "birth_year": profile.birth_year,
        "age_group": profile.age_group,
    }


def _consents(account_id: str) -> list[ConsentHeldOut]:
    """Return all six decisions, each with the title of the text that was agreed to."""
    with reading(Store.MAIN) as session:
        rows = {
            row.purpose: row
            for row in session.execute(select(Consent).where(Consent.account_id == account_id)).scalars()
        }
        return [_consent(rows[purpose]) for purpose in Purpose if purpose in rows]


def _consent(row: Consent) -> ConsentHeldOut:
    return {
        "purpose": row.purpose,
        "title": _title(row),
        "granted": row.granted,
        "policy_version": row.policy_version,
        "decided_on": _day(row.decided_at) if row.decided_at else None,
    }


def _title(row: Consent) -> str | None:
    policies: Policies = current_app.extensions["heartport.policies"]
    policy = policies.find(row.policy_version) if row.policy_version else policies.current
    return next((text.title for text in policy.consents if text.purpose == row.purpose), None) if policy else None


def _sessions(account_id: str) -> list[SessionHeldOut]:
    """Return the days on which each live sign-in began and ends."""
    ends = select(AccessToken.expires_at).where(AccessToken.account_id == account_id).order_by(AccessToken.expires_at)
    with reading(Store.MAIN) as session:
        return [{"since": _day(end - TOKEN_LIFE), "until": _day(end)} for end in session.execute(ends).scalars()]


def _day(moment: datetime) -> str:
    return local(moment).date().isoformat()
