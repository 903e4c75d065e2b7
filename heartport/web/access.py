"""Who is calling, and may they: one role for each blueprint, and no for whatever is not listed.

Security reads as a list here. An endpoint may ask for more than its blueprint with `also_requires`.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from heartport.callers import ANYONE, EMPLOYEE, SIGNED_IN, Caller
from heartport.errors import NotAllowed, NotSignedIn

ROLE_OF_BLUEPRINT = {
    "health": ANYONE,
    "hotlines": ANYONE,
    "policies": ANYONE,
    "invites": ANYONE,
    "sign_in": ANYONE,
    "staff_sign_in": ANYONE,
    "session": SIGNED_IN,
    "me": EMPLOYEE,
    "own_unit": EMPLOYEE,
    "scales": EMPLOYEE,
    "results": EMPLOYEE,
}

BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]{43})")
View = TypeVar("View", bound=Callable[..., Any])


Identify = Callable[[str], Caller]
"""Finds the caller of a bearer token, or raises `NotSignedIn`."""


def init_app(app: Flask, identify: Identify) -> None:
    """Check each request before its view runs; `identify` is the members' own use case."""
    app.extensions["heartport.identify"] = identify
    app.before_request(admit)


def also_requires(role: str) -> Callable[[View], View]:
    """Ask for a further role at one endpoint, beyond that of its blueprint."""

    def mark(view: View) -> View:
        view.required_role = role  # type: ignore[attr-defined]
        return view

    return mark


def roles_of_endpoint(app: Flask, endpoint: str) -> tuple[str, ...]:
    """Return the roles that an endpoint needs, all of them; an unlisted blueprint gives none at all."""
    blueprint = endpoint.rpartition(".")[0]
    role = ROLE_OF_BLUEPRINT.get(blueprint)
    if role is None:
        return ()
    further = getattr(app.view_functions[endpoint], "required_role", None)
    return (role, further) if further else (role,)


def admit() -> None:
    """Let a request pass, or raise `NotSignedIn` or `NotAllowed`; an unknown path is not ours to judge."""
    if request.endpoint is None:
        return
    needed = _roles_needed(request.endpoint)
    if needed is None:
        raise NotAllowed
    if needed:
        g.caller = caller = _identified()
        if not needed <= caller.roles:
            raise NotAllowed


def current_caller() -> Caller:
    """Return who is calling; only for endpoints that are not open to anyone."""
    caller: Caller = g.caller
    return caller


def _roles_needed(endpoint: str) -> frozenset[str] | None:
    """Return what a caller must have, nothing where anyone may come, None where nobody may; looked up once."""
    known: dict[str, frozenset[str] | None] = current_app.extensions.setdefault("heartport.roles", {})
    if endpoint not in known:
        roles = frozenset(roles_of_endpoint(current_app, endpoint))
        known[endpoint] = roles - {ANYONE} if roles else None
    return known[endpoint]


def _identified() -> Caller:
    token = BEARER.fullmatch(request.headers.get("Authorization", ""))
    if token is None:
        raise NotSignedIn
    caller: Caller = current_app.extensions["heartport.identify"](token[1])
    return caller
