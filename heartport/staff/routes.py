"""HTTP of the staff: signing in; signing out and sessions are the same for all and stand with the members."""

from typing import Any

from heartport.errors import TooMany
from heartport.local_time import instant_out
from heartport.members.schemas import SignedInOut
from heartport.staff import accounts, grants
from heartport.staff.schemas import StaffSignInIn, staff_member_out
from heartport.staff.sign_in import Credentials, SignInRefused, sign_in
from heartport.web.contract import STORES_FAIL, Blueprint
from heartport.web.limits import count_sign_in

staff_sign_in = Blueprint("staff_sign_in", __name__, url_prefix="/api/v1", description="工作人员登录 Staff sign in")


@staff_sign_in.post("/auth/staff")
@staff_sign_in.arguments(StaffSignInIn, example={"username": "lin", "password": "…", "otp": "123456"})
@staff_sign_in.answers(201, SignedInOut)
@staff_sign_in.refuses(SignInRefused, TooMany, *STORES_FAIL)
def sign_in_as_staff(body: dict[str, Any]) -> tuple[SignedInOut, int]:
    """Exchange name, password and one-time code for a token."""
    count_sign_in()
    signed_in = sign_in(Credentials(**body))
    staff_id = signed_in.account_id
    return {
        "token": signed_in.token,
        "expires_at": instant_out(signed_in.expires_at),
        "member": staff_member_out(staff_id, accounts.read_name(staff_id), grants.roles_of(staff_id)),
    }, 201
