"""`flask demo load` makes the demo's people, units, staff and roster; a second run keeps what was done since."""

from typing import Any

import yaml
from flask import current_app
from flask.cli import AppGroup

from heartport.config import Settings
from heartport.demo.facilitators import load_facilitators
from heartport.demo.insights import load_insights
from heartport.demo.lectures import load_lectures
from heartport.demo.roster import load_roster
from heartport.demo.service_figures import load_service_figures
from heartport.demo.staff import load_staff
from heartport.demo.units import load_invites, load_units
from heartport.members.consents import decide
from heartport.members.policies import Policies
from heartport.members.profiles import EMPTY_PROFILE, Profile, read_profile, save_profile
from heartport.members.sessions import find_or_create_account
from heartport.vault.door import current_vault
from heartport.wechat.emulator.world import World

demo_commands = AppGroup("demo", help="Prepare the demonstration.")


@demo_commands.command("load")
def load() -> None:
    """Make the demo data and print how to sign in."""
    settings: Settings = current_app.extensions["heartport.settings"]
    folder = settings.content_dir / "demo"
    people = yaml.safe_load((folder / "people.yaml").read_text(encoding="utf-8"))["people"]
    world = World(settings.wechat_app_id, settings.wechat_app_secret)
    current_vault().check_keys()
    for person in people:
        load_person(world.openid_of(person["name"]), person)
        print(f"demo sign-in {person['name']}: {person['note']}")
    base = settings.wechat_api_base or ""
    print(f"""  curl -s {base}/_emu/login_code -H 'Content-Type: application/json' -d '{{"person": "小林"}}'""")
    load_units(folder)
    load_invites(folder)
    load_staff(folder)
    load_roster(folder)
    load_insights(folder)
    load_service_figures(folder)
    load_facilitators(folder)
    load_lectures(folder)


def load_person(openid: str, person: dict[str, Any]) -> None:
    """Make one person with a profile and consents; whoever has a profile already is left alone."""
    account_id = find_or_create_account(openid)
    current_vault().ensure_subject(account_id)
    if "age_group" not in person or read_profile(account_id) != EMPTY_PROFILE:
        return
    policies: Policies = current_app.extensions["heartport.policies"]
    for purpose in person["consents"]:
        decide(account_id, purpose, granted=True, policy_version=policies.current.version)
    save_profile(account_id, Profile(nickname=person["nickname"], age_group=person["age_group"]))
