"""What comes in and goes out of the members' routes."""

from datetime import date
from typing import Annotated, Any, TypedDict

from marshmallow import ValidationError, fields, validate, validates_schema

from heartport import clock
from heartport.callers import EMPLOYEE, STAFF_ROLES
from heartport.errors import Invalid
from heartport.members.consents import ConsentState
from heartport.members.erasures import CONFIRMATION, Erased
from heartport.members.personal_data import Remainder
from heartport.members.policies import Purpose
from heartport.members.profiles import Profile
from heartport.members.rules import AGE_GROUPS, OLDEST_AGE, SEXES, check_profile
from heartport.scoring.profiles import EARLIEST_BIRTH_YEAR, LATEST_BIRTH_YEAR
from heartport.tokens import OpenSession
from heartport.units.schemas import UnitOut, unit_out
from heartport.units.tree import Place
from heartport.web.schemas import BodyIn, Flag, WholeNumber
from heartport.web.shapes import Day, Id, Instant, Keywords, one_of

NICKNAME_LENGTH = 20
_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff"
NO_CONTROL_CHARACTERS = rf"[^{_CONTROL}]*\Z"
"""Neither the control characters proper nor those that break lines or turn the direction of what follows."""
NOT_BLANK = rf"[^\S{_CONTROL}]*[^\s{_CONTROL}]{NO_CONTROL_CHARACTERS}"
"""The same, and something to read; each sign is looked at once."""


def _one_of(allowed: tuple[str, ...]) -> validate.OneOf:
    return validate.OneOf(allowed, error=f"只能是 {'、'.join(allowed)} 之一。")


class LoginIn(BodyIn):
    """A login code of WeChat."""

    code = fields.String(required=True)


class ProfileIn(BodyIn):
    """A whole profile; what is left out becomes unsaid."""

    nickname = fields.String(
        allow_none=True,
        load_default=None,
        validate=[
            validate.Length(min=1, max=NICKNAME_LENGTH, error=f"须为 1 至 {NICKNAME_LENGTH} 个字。"),
            validate.Regexp(NO_CONTROL_CHARACTERS, error="不能含有控制字符。"),
        ],
    )
    sex = fields.String(allow_none=True, load_default=None, validate=_one_of(SEXES))
    birth_year = WholeNumber(
        allow_none=True,
        load_default=None,
        metadata={
            "minimum": EARLIEST_BIRTH_YEAR,
            "maximum": LATEST_BIRTH_YEAR,
            "description": f"Not more than {OLDEST_AGE} years ago, and such that the age group can be right.",
        },
    )
    age_group = fields.String(required=True, validate=_one_of(AGE_GROUPS))

    @validates_schema(skip_on_field_errors=False)
    def check_age(self, data: dict[str, Any], **_kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's own
        """Name an impossible year of birth beside the other errors, all at once."""
        try:
            check_profile(data.get("age_group"), data.get("birth_year"), clock.today())
        except Invalid as refusal:
            raise ValidationError(refusal.errors) from None


class ConsentIn(BodyIn):
    """One decision about one purpose."""

    granted = Flag(required=True)
    policy_version = fields.String(
        required=True, validate=validate.Length(min=1, max=20, error="须为 1 至 20 个字符。")
    )


class ErasureIn(BodyIn):
    """The sentence that the person typed, so that nobody erases everything by a slip."""

    confirm = fields.String(
        required=True, validate=validate.OneOf([CONFIRMATION], error=f"请原样输入“{CONFIRMATION}”。")
    )


ERASED = (
    "登录状态：所有设备都已退出",
    "微信编号和个人资料（昵称、性别、出生年份、年龄段）",
    "请人回电的请求：留下的电话、称呼和备注；还没打来的不会再打",
    "站内消息；还没发出的微信提醒不会再发",
    "六项同意记录",
    "所在单位",
    "全部测评结果和草稿",
    "只属于您的密钥：此前的加密副本从此打不开",
    "账号本身",
)
GONE_AT_ONCE = 4
"""How many of these are gone in the first step, whatever happens then."""

STAYS = (
    Remainder(
        "抹去登记：一行校验值，没有您的任何资料",
        "将来如果用备份恢复系统，靠它认出并重新抹去您的数据；没有备份，从它查不出是谁。",
    ),
    Remainder(
        "网关的网络日志",
        "法律要求网络运营者留存至少六个月，由网关保管，不在本系统内，里面没有您的答案。",
    ),
)


class ConsentOut(TypedDict):
    """One switch."""

    purpose: Annotated[str, one_of(Purpose)]
    granted: bool
    policy_version: Annotated[str | None, "The text under which it was last decided; null before."]
    required: Annotated[bool, "Whether refusing it blocks a self-assessment."]


class MemberOut(TypedDict):
    """A person as every client needs to know them after sign-in."""

    id: Id
    nickname: str | None
    age_group: Annotated[str | None, Keywords(enum=[*AGE_GROUPS, None])]
    unit: UnitOut | None
    roles: list[Annotated[str, one_of((EMPLOYEE, *STAFF_ROLES))]]
    consents: list[ConsentOut]


class SignedInOut(TypedDict):
    """A fresh token, which is shown this once, and whose it is."""

    token: Annotated[str, Keywords(pattern="^[A-Za-z0-9_-]{43}$")]
    expires_at: Instant
    member: MemberOut


class MeOut(MemberOut):
    """A person as they see themselves."""

    sex: Annotated[str | None, Keywords(enum=[*SEXES, None])]
    birth_year: int | None


class SessionOut(TypedDict):
    """One sign-in as its owner sees it."""

    id: Id
    kind: Annotated[str, Keywords(enum=["wechat", "staff"])]
    since: Day
    current: Annotated[bool, "Whether it is the one that asks."]


class StaysOut(TypedDict):
    """Something that an erasure leaves."""

    what: str
    why: str
    until: Day | None


class ErasedOut(TypedDict):
    """What an erasure took and what it leaves."""

    finished: bool
    erased: list[str]
    stays: list[StaysOut]
    backups_until: Annotated[Day, "When the last backup with a copy is gone."]


def erased_out(erased: Erased) -> ErasedOut:
    """Return what is gone, what stays, why and until when, and when the last backup with a copy is gone."""
    return {
        "finished": erased.finished,
        "erased": list(ERASED if erased.finished else ERASED[:GONE_AT_ONCE]),
        "stays": [stay_out(each, erased.decided_on) for each in (*STAYS, *erased.stays)],
        "backups_until": erased.backups_until.isoformat(),
    }


def stay_out(stay: Remainder, decided_on: date) -> StaysOut:
    """Return one thing that is left, and until when at the latest."""
    until = (decided_on + stay.kept).isoformat() if stay.kept else None
    return {"what": stay.what, "why": stay.why, "until": until}


def consent_out(state: ConsentState) -> ConsentOut:
    """Return one switch."""
    return {
        "purpose": state.purpose.value,
        "granted": state.granted,
        "policy_version": state.policy_version,
        "required": state.purpose.required,
    }


def member_out(
    account_id: str, profile: Profile, unit: Place | None, roles: list[str], consents: list[ConsentState]
) -> MemberOut:
    """Return a person as every client needs to know them after sign-in."""
    return {
        "id": account_id,
        "nickname": profile.nickname,
        "age_group": profile.age_group,
        "unit": unit_out(unit) if unit else None,
        "roles": roles,
        "consents": [consent_out(state) for state in consents],
    }


def me_out(member: MemberOut, profile: Profile) -> MeOut:
    """Return a person as they see themselves on their own page: with all of the profile."""
    return {**member, "sex": profile.sex, "birth_year": profile.birth_year}


def session_out(state: OpenSession) -> SessionOut:
    """Return one sign-in as its owner sees it."""
    return {"id": state.id, "kind": state.kind, "since": state.since.isoformat(), "current": state.current}
