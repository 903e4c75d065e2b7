"""What comes in and goes out when staff sign in."""

from marshmallow import fields, validate

from heartport.members.schemas import MemberOut
from heartport.web.schemas import BodyIn

LONGEST = 256
TOO_LONG = validate.Length(max=LONGEST, error=f"不超过 {LONGEST} 个字符。")


class StaffSignInIn(BodyIn):
    """Name, password and one-time code; what is wrong with them is not told here."""

    username = fields.String(required=True, validate=TOO_LONG)
    password = fields.String(required=True, validate=TOO_LONG)
    otp = fields.String(required=True, validate=TOO_LONG)


def staff_member_out(staff_id: str, name: str, roles: list[str]) -> MemberOut:
    """Return a member of staff in the shape in which employees are returned, with what employees alone have empty."""
    return {"id": staff_id, "nickname": name, "age_group": None, "unit": None, "roles": roles, "consents": []}
