"""The demonstration's unit tree and its one invite; what was changed since is left alone."""

from pathlib import Path

import yaml

from heartport.typed_codes import grouped
from heartport.units import files, invites, tree


def load_units(folder: Path) -> None:
    """Make the units that are not there yet."""
    there = tree.stored_entries()
    tree.take_over([each for each in files.read_units(folder / "units.yaml") if each.key not in there])


def load_invites(folder: Path) -> None:
    """Make the invites that are not there yet and print their codes."""
    for invite in yaml.safe_load((folder / "invites.yaml").read_text(encoding="utf-8"))["invites"]:
        place = tree.find_unit(invite["unit"])
        if not invites.is_known(invite["code"]):
            invites.make_invite(place.id, invite["uses"], invite["days"], invite["code"])
        print(f"demo invite {grouped(invite['code'])}: {' › '.join(place.names)}")
