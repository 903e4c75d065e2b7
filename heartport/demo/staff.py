"""The demonstration's staff, one a role, with passwords and secrets that everybody may know."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from heartport.staff import accounts, grants
from heartport.units import tree

GRANTED_BY = "demo"


def load_staff(folder: Path) -> None:
    """Make the staff that are not there yet and print how to sign in as them."""
    staff = yaml.safe_load((folder / "staff.yaml").read_text(encoding="utf-8"))["staff"]
    for member in staff:
        load_member(member)
        how = f"password {member['password']}, TOTP secret {member['totp_secret']}"
        print(f"demo staff {member['username']}: {member['name']}，{member['label']}; {how}")
    print(f"""  .venv/bin/python -c 'import pyotp; print(pyotp.TOTP("{staff[0]["totp_secret"]}").now())'""")


def load_member(member: dict[str, Any]) -> None:
    """Make one member with one role; whoever is there already keeps password and roles."""
    with suppress(accounts.UsernameTaken):
        accounts.add_member(member["username"], member["name"], member["password"], member["totp_secret"])
    if not grants.roles_of(accounts.staff_id_of(member["username"])):
        unit_id = tree.find_unit(member["unit"]).id if "unit" in member else None
        grants.grant_role(member["username"], member["role"], unit_id, GRANTED_BY)
