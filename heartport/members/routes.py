"""HTTP of the members: sign-in, sign-out and sessions, one's own profile and consents, the policy texts."""

from typing import Any

from flask import current_app

from heartport import clock
from heartport.callers import EMPLOYEE
from heartport.errors import NotFound
from heartport.local_time import instant_out
from heartport.members import consents, erasures, exports, open_sessions, profiles, sessions
from heartport.members.policies import CURRENT, Policies, policy_out
from heartport.members.schemas import (
    ConsentIn,
    ErasureIn,
    LoginIn,
    ProfileIn,
    consent_out,
    erased_out,
    me_out,
    member_out,
    session_out,
)
from heartport.units.bindings import unit_of
from heartport.web.access import current_caller
from heartport.web.contract import Blueprint
from heartport.web.limits import count_sign_in

sign_in = Blueprint("sign_in", __name__, url_prefix="/api/v1", description="登录")
session = Blueprint("session", __name__, url_prefix="/api/v1", description="登录状态")
me = Blueprint("me", __name__, url_prefix="/api/v1/me", description="我自己")
policies = Blueprint("policies", __name__, url_prefix="/api/v1/policies", description="说明与同意")


@sign_in.post("/auth/wechat")
@sign_in.arguments(LoginIn)
def sign_in_through_wechat(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Redeem a login code for a token."""
    count_sign_in()
    signed_in = sessions.sign_in(body["code"])
    return {
        "token": signed_in.token,
        "expires_at": instant_out(signed_in.expires_at),
        "member": _member(signed_in.account_id, profiles.read_profile(signed_in.account_id)),
    }, 201


@session.delete("/auth/session")
def sign_out() -> tuple[str, int]:
    """Kill the token at once."""
    open_sessions.sign_out(current_caller())
    return "", 204


@session.get("/me/sessions")
def list_sessions() -> dict[str, Any]:
    """Show where the caller is signed in."""
    return {"items": [session_out(state) for state in open_sessions.list_sessions(current_caller())]}


@session.delete("/me/sessions/<session_id>")
def end_session(session_id: str) -> tuple[str, int]:
    """End one of the caller's sessions at once."""
    open_sessions.end_session(current_caller(), session_id)
    return "", 204


@me.get("")
def show_me() -> dict[str, Any]:
    """Show the person as they stand."""
    return _me(current_caller().account_id)


@me.put("")
@me.arguments(ProfileIn)
def save_me(body: dict[str, Any]) -> dict[str, Any]:
    """Replace the profile."""
    account_id = current_caller().account_id
    profiles.save_profile(account_id, profiles.Profile(**body))
    return _me(account_id)


@me.get("/consents")
def list_consents() -> dict[str, Any]:
    """Show the six switches."""
    return {"items": [consent_out(state) for state in consents.read_consents(current_caller().account_id)]}


@me.put("/consents/<purpose>")
@me.arguments(ConsentIn)
def decide_consent(body: dict[str, Any], purpose: str) -> dict[str, Any]:
    """Set one switch."""
    return consent_out(consents.decide(current_caller().account_id, purpose, **body))


@me.post("/export")
def export_me() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Answer everything that is held about the person, as a file to keep."""
    name = f"heartport-export-{clock.today().isoformat()}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return exports.export_everything(current_caller().account_id), 200, headers


@me.post("/erasure")
@me.arguments(ErasureIn)
def erase_me(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Erase everything about the person; 202 where it is decided and the last of it follows by itself."""
    erased = erasures.erase_everything(current_caller().account_id)
    return erased_out(erased), 200 if erased.finished else 202


@policies.get("/<version>")
def show_policy(version: str) -> dict[str, Any]:
    """Show the texts of consent; `current` stands for the newest."""
    shelf: Policies = current_app.extensions["heartport.policies"]
    policy = shelf.current if version == CURRENT else shelf.find(version)
    if policy is None:
        raise NotFound
    return policy_out(policy)


def _me(account_id: str) -> dict[str, Any]:
    profile = profiles.read_profile(account_id)
    return me_out(_member(account_id, profile), profile)


def _member(account_id: str, profile: profiles.Profile) -> dict[str, Any]:
    return member_out(account_id, profile, unit_of(account_id), [EMPLOYEE], consents.read_consents(account_id))
