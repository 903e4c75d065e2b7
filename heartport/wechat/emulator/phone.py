"""`POST /_emu/<name>`: the phone's side, and the levers of the emulator."""

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.wrappers import Request

from heartport.wechat.emulator.faults import KINDS, Fault
from heartport.wechat.emulator.inputs import (
    PERSON,
    YES_NO,
    BadInput,
    Field,
    one_of,
    pick,
    read_object,
    seconds,
)
from heartport.wechat.emulator.inputs import whole_number as number
from heartport.wechat.emulator.world import World

Posted = Mapping[str, Any]


class NoSuchLever(Exception):
    """There is nothing of this name under `/_emu`; the text names what there is."""


def pull(world: World, request: Request, paths: tuple[str, ...]) -> dict[str, Any]:
    """Do what was asked for and return the answer; `paths` are those of WeChat that a fault may name."""
    name = request.path.removeprefix("/_emu/")
    if name not in _LEVERS or request.method != "POST":
        raise NoSuchLever(f"use POST with one of {', '.join('/_emu/' + known for known in _LEVERS)}")
    return _LEVERS[name](world, read_object(request), paths)


def _give_login_code(world: World, posted: Posted, _paths: tuple[str, ...]) -> dict[str, Any]:
    return {"code": world.issue_code(pick(posted, {"person": PERSON})["person"])}


def _name_person(world: World, posted: Posted, _paths: tuple[str, ...]) -> dict[str, Any]:
    person = pick(posted, {"person": PERSON})["person"]
    return {"person": person, "openid": world.openid_of(person)}


def _block(world: World, posted: Posted, _paths: tuple[str, ...]) -> dict[str, Any]:
    wanted = pick(posted, {"person": PERSON, "blocked": YES_NO.optional(True)})
    world.block(wanted["person"], wanted["blocked"])
    return wanted


def _order_fault(world: World, posted: Posted, paths: tuple[str, ...]) -> dict[str, Any]:
    kind = pick({"kind": posted.get("kind")}, {"kind": one_of(*KINDS)})["kind"]
    general: dict[str, Field] = {
        "path": one_of(*paths),
        "kind": one_of(kind),
        "times": number(1, 1_000_000).optional(None),
    }
    wanted = pick(posted, {**general, **KINDS[kind].fields})
    own = {name: wanted[name] for name in KINDS[kind].fields}
    world.faults.order(Fault(wanted["path"], kind, own, wanted["times"]))
    return wanted


def _mend(world: World, posted: Posted, _paths: tuple[str, ...]) -> dict[str, Any]:
    pick(posted, {})
    world.faults.mend()
    return {"mended": True}


def _reset(world: World, posted: Posted, _paths: tuple[str, ...]) -> dict[str, Any]:
    pick(posted, {})
    world.reset()
    return {"reset": True}


def _advance_clock(world: World, posted: Posted, _paths: tuple[str, ...]) -> dict[str, Any]:
    ten_years = 10 * 366 * 86_400
    return {"now": world.advance(pick(posted, {"advance_seconds": seconds(ten_years)})["advance_seconds"])}


_LEVERS: Mapping[str, Callable[[World, Posted, tuple[str, ...]], dict[str, Any]]] = {
    "login_code": _give_login_code,
    "people": _name_person,
    "block": _block,
    "fault": _order_fault,
    "mend": _mend,
    "reset": _reset,
    "clock": _advance_clock,
}

__all__ = ["BadInput", "NoSuchLever", "pull"]
