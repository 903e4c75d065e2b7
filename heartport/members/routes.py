"""HTTP of the members: sign-in, sign-out and sessions, one's own profile and consents, the policy texts."""

from typing import Any

from flask import current_app

from heartport import clock
from heartport.callers import EMPLOYEE
from heartport.errors import NotFound, TooMany
from heartport.local_time import instant_out
from heartport.members import consents, erasures, exports, open_sessions, profiles, sessions
from heartport.members.consents import PolicyOutdated
from heartport.members.erasure_ledger import LedgerMissing, LedgerUnusable
from heartport.members.erasures import CONFIRMATION
from heartport.members.policies import CURRENT, Policies, PolicyOut, Purpose, policy_out
from heartport.members.schemas import (
    ConsentIn,
    ConsentOut,
    ErasedOut,
    ErasureIn,
    LoginIn,
    MemberOut,
    MeOut,
    ProfileIn,
    SessionOut,
    SignedInOut,
    consent_out,
    erased_out,
    me_out,
    member_out,
    session_out,
)
from heartport.members.sessions import AccountErased
from heartport.units.bindings import unit_of
from heartport.web.access import current_caller
from heartport.web.contract import STORES_FAIL, Blueprint
from heartport.web.limits import count_sign_in
from heartport.web.shapes import PUBLIC_ID, Header, ItemsOut, Parameter, one_of
from heartport.wechat.errors import (
    LoginBlocked,
    LoginCodeInvalid,
    LoginCodeUsed,
    LoginTooOften,
    WeChatUnavailable,
)

SESSION_ID = Parameter("session_id", "path", "An id of `GET /me/sessions`.", {"type": "string", **PUBLIC_ID})
PURPOSE = Parameter(
    "purpose", "path", "Which of the six.", {"type": "string", **one_of(list(Purpose))}, example="aggregate"
)
VERSION = Parameter(
    "version",
    "path",
    f"A version such as `2026-11`, or `{CURRENT}`.",
    {"type": "string", "pattern": r"^(current|[0-9]{4}-(0[1-9]|1[0-2])(\.[1-9][0-9]?)?)$"},
    example=CURRENT,
)
DISPOSITION = Header("Content-Disposition", "Names the file.")

sign_in = Blueprint("sign_in", __name__, url_prefix="/api/v1", description="登录 Signing in through WeChat")
session = Blueprint("session", __name__, url_prefix="/api/v1", description="登录状态 Signing out; open sessions")
me = Blueprint("me", __name__, url_prefix="/api/v1/me", description="我自己 Profile, consents, export, erasure")
policies = Blueprint("policies", __name__, url_prefix="/api/v1/policies", description="说明与同意 The texts of consent")


@sign_in.post("/auth/wechat")
@sign_in.arguments(LoginIn, example={"code": "0f3LkS000hW5dU1Qx2300mdtVR0LkS0N"})
@sign_in.answers(201, SignedInOut)
@sign_in.refuses(LoginCodeInvalid, LoginCodeUsed, LoginBlocked, LoginTooOften, TooMany)
@sign_in.refuses(WeChatUnavailable, AccountErased, *STORES_FAIL)
def sign_in_through_wechat(body: dict[str, Any]) -> tuple[SignedInOut, int]:
    """Redeem a login code for a token."""
    count_sign_in()
    signed_in = sessions.sign_in(body["code"])
    return {
        "token": signed_in.token,
        "expires_at": instant_out(signed_in.expires_at),
        "member": _member(signed_in.account_id, profiles.read_profile(signed_in.account_id)),
    }, 201


@session.delete("/auth/session")
@session.answers(204)
def sign_out() -> tuple[str, int]:
    """Kill the token at once."""
    open_sessions.sign_out(current_caller())
    return "", 204


@session.get("/me/sessions")
@session.answers(200, ItemsOut[SessionOut])
def list_sessions() -> ItemsOut[SessionOut]:
    """Show where the caller is signed in."""
    return {"items": [session_out(state) for state in open_sessions.list_sessions(current_caller())]}


@session.delete("/me/sessions/<session_id>")
@session.takes(SESSION_ID)
@session.answers(204)
@session.refuses(NotFound)
def end_session(session_id: str) -> tuple[str, int]:
    """End one of the caller's sessions at once."""
    open_sessions.end_session(current_caller(), session_id)
    return "", 204


@me.get("")
@me.answers(200, MeOut)
def show_me() -> MeOut:
    """Show the person as they stand."""
    return _me(current_caller().account_id)


@me.put("")
@me.arguments(ProfileIn, example={"nickname": "阿敏", "age_group": "18+"})
@me.answers(200, MeOut)
def save_me(body: dict[str, Any]) -> MeOut:
    """Replace the profile."""
    account_id = current_caller().account_id
    profiles.save_profile(account_id, profiles.Profile(**body))
    return _me(account_id)


@me.get("/consents")
@me.answers(200, ItemsOut[ConsentOut])
def list_consents() -> ItemsOut[ConsentOut]:
    """Show the six switches."""
    return {"items": [consent_out(state) for state in consents.read_consents(current_caller().account_id)]}


@me.put("/consents/<purpose>")
@me.arguments(ConsentIn, example={"granted": True, "policy_version": "2026-11"})
@me.takes(PURPOSE)
@me.answers(200, ConsentOut)
@me.refuses(NotFound, PolicyOutdated)
def decide_consent(body: dict[str, Any], purpose: str) -> ConsentOut:
    """Set one switch."""
    return consent_out(consents.decide(current_caller().account_id, purpose, **body))


@me.post("/export")
@me.answers(200, exports.export_shape, headers=[DISPOSITION])
def export_me() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Answer everything that is held about the person, as a file to keep."""
    name = f"heartport-export-{clock.today().isoformat()}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return exports.export_everything(current_caller().account_id), 200, headers


@me.post("/erasure")
@me.arguments(ErasureIn, example={"confirm": CONFIRMATION})
@me.answers(200, ErasedOut, description="All of it is gone.")
@me.answers(202, ErasedOut, description="It is decided, and the rest of it follows by itself.")
@me.refuses(LedgerMissing, LedgerUnusable)
def erase_me(body: dict[str, Any]) -> tuple[ErasedOut, int]:
    """Erase everything about the person; 202 where it is decided and the last of it follows by itself."""
    erased = erasures.erase_everything(current_caller().account_id)
    return erased_out(erased), 200 if erased.finished else 202


@policies.get("/<version>")
@policies.takes(VERSION)
@policies.answers(200, PolicyOut)
@policies.refuses(NotFound)
def show_policy(version: str) -> PolicyOut:
    """Show the texts of consent; `current` stands for the newest."""
    shelf: Policies = current_app.extensions["heartport.policies"]
    policy = shelf.current if version == CURRENT else shelf.find(version)
    if policy is None:
        raise NotFound
    return policy_out(policy)


def _me(account_id: str) -> MeOut:
    profile = profiles.read_profile(account_id)
    return me_out(_member(account_id, profile), profile)


def _member(account_id: str, profile: profiles.Profile) -> MemberOut:
    return member_out(account_id, profile, unit_of(account_id), [EMPLOYEE], consents.read_consents(account_id))
