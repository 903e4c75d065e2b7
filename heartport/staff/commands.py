"""`flask staff …`: an administrator makes accounts of staff, locks them, and grants and revokes roles."""

from collections import defaultdict

import click

from heartport.staff import accounts, grants
from heartport.staff.rules import check_grant, check_who
from heartport.terminal import Commands
from heartport.typed_codes import grouped, new_code
from heartport.units import tree
from heartport.vault.one_time_codes import secret_address

staff_commands = Commands("staff", help="Accounts and roles of staff.")

PASSWORD_LENGTH = 20
"""100 random bits."""

role_option = click.option("--role", required=True, help="unit_head, counsellor, clinical_lead, coordinator, …")
unit_option = click.option("--unit", help="The id or key of the unit for which it holds; everywhere if left out.")
by_option = click.option("--by", "who", required=True, help="Who decided this, by name.")
ask_option = click.option("--ask-password", is_flag=True, help="Ask for a password instead of making one.")


@staff_commands.command("add")
@click.argument("name")
@click.option("--display-name", help="What others see; the name if left out.")
@role_option
@unit_option
@by_option
@ask_option
def add(name: str, *, display_name: str | None, role: str, unit: str | None, who: str, ask_password: bool) -> None:
    """Make the account NAME with one role, and show its password and secret this once."""
    unit_id = _unit_id(unit)
    check_grant(role, unit_id, ())
    check_who(who)
    password = _password(ask_password)
    secret = accounts.add_member(name, display_name or name, password, None)
    grants.grant_role(name, role, unit_id, who)
    _show_keys(name, None if ask_password else password, secret)


@staff_commands.command("reset")
@click.argument("name")
@ask_option
def reset(name: str, ask_password: bool) -> None:
    """Give NAME a new password and secret, and end all sessions; for a lost telephone."""
    password = _password(ask_password)
    secret = accounts.reset_member(name, password)
    _show_keys(name, None if ask_password else password, secret)


@staff_commands.command("list")
def list_staff() -> None:
    """Show all staff with their roles, and who granted them."""
    held = defaultdict(list)
    for grant in grants.list_grants():
        held[grant.staff_id].append(grant)
    for member in accounts.list_members():
        click.echo(f"{member.username} ({member.name}){', locked' if member.locked else ''}")
        for grant in held[member.id]:
            where = " › ".join(tree.place_of(grant.unit_id).names) if grant.unit_id else "everywhere"
            click.echo(f"  {grant.role}: {where}, granted by {grant.granted_by} on {grant.granted_on}")


@staff_commands.command("lock")
@click.argument("name")
def lock(name: str) -> None:
    """Shut the account NAME and end its sessions."""
    accounts.lock_member(name)
    click.echo(f"{name} is locked.")


@staff_commands.command("unlock")
@click.argument("name")
def unlock(name: str) -> None:
    """Open the account NAME again, also after too many failed sign-ins."""
    accounts.unlock_member(name)
    click.echo(f"{name} is unlocked.")


@staff_commands.command("grant")
@click.argument("name")
@role_option
@unit_option
@by_option
def grant(name: str, role: str, unit: str | None, who: str) -> None:
    """Grant NAME a further role."""
    fresh = grants.grant_role(name, role, _unit_id(unit), who)
    click.echo(f"{name} {'is' if fresh else 'was already'} {role}.")


@staff_commands.command("revoke")
@click.argument("name")
@role_option
@unit_option
@by_option
def revoke(name: str, role: str, unit: str | None, who: str) -> None:
    """Revoke a role of NAME from now on."""
    grants.revoke_role(name, role, _unit_id(unit), who)
    click.echo(f"{name} is no longer {role}.")


def _unit_id(unit: str | None) -> str | None:
    return tree.find_unit(unit).id if unit else None


def _password(ask: bool) -> str:
    if ask:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return grouped(new_code(PASSWORD_LENGTH))


def _show_keys(name: str, password: str | None, secret: str) -> None:
    if password is not None:
        click.echo(f"password     {password}")
    click.echo(f"TOTP secret  {secret}")
    click.echo(f"             {secret_address(secret, name)}")
    click.echo("Hand these over in person; they cannot be shown again.")
