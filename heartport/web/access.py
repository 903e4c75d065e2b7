"""Who is calling, and may they: one role for each blueprint, or any of several, and no for whatever is not listed.

Security reads as a list here. An endpoint may ask for more than its blueprint with `also_requires`.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Request, current_app

from heartport.callers import (
    ANYONE,
    CLINICAL_LEAD,
    COORDINATOR,
    COUNSELLOR,
    CUSTODIAN,
    DUTY_ROLES,
    EMPLOYEE,
    SIGNED_IN,
    UNIT_HEAD,
    WORKSHOP_ROLES,
    Caller,
)
from heartport.errors import NotAllowed, NotSignedIn
from heartport.extensions import registry
from heartport.web.current import CALLER, current_request

Need = str | frozenset[str]
"""A role, or several of which any one will do."""

ROLE_OF_BLUEPRINT: dict[str, Need] = {
    "health": ANYONE,
    "document": ANYONE,
    "document_page": ANYONE,
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
    "trends": EMPLOYEE,
    "own_shares": EMPLOYEE,
    "shared_results": COUNSELLOR,
    "case_records": frozenset({COUNSELLOR, CLINICAL_LEAD}),
    "reflections": EMPLOYEE,
    "notes": EMPLOYEE,
    "counsellors": EMPLOYEE,
    "own_appointments": EMPLOYEE,
    "appointments": frozenset({EMPLOYEE, COUNSELLOR}),
    "counselling_desk": COUNSELLOR,
    "calendar": COUNSELLOR,
    "calendar_feed": ANYONE,
    "booking_files": WORKSHOP_ROLES | {EMPLOYEE},
    "own_library": EMPLOYEE,
    "recommendations": EMPLOYEE,
    "own_follow_ups": EMPLOYEE,
    "follow_up_queue": DUTY_ROLES,
    "duty_shifts": DUTY_ROLES,
    "insights": DUTY_ROLES,
    "suggestions": UNIT_HEAD,
    "sealings": CUSTODIAN,
    "articles": SIGNED_IN,
    "tracks": SIGNED_IN,
    "news": SIGNED_IN,
    "categories": SIGNED_IN,
    "media": ANYONE,
    "search": SIGNED_IN,
    "messages": SIGNED_IN,
    "subscriptions": EMPLOYEE,
    "lectures": frozenset({EMPLOYEE, COORDINATOR}),
    "lecture_registrations": EMPLOYEE,
    "lecture_plans": COORDINATOR,
    "offers": EMPLOYEE,
    "feedback": ANYONE,
    "periods": COORDINATOR,
    "catalogue": SIGNED_IN,
    "workshops": WORKSHOP_ROLES,
    "unit_workshops": UNIT_HEAD,
    "workshop_desk": COORDINATOR,
    "led_workshops": DUTY_ROLES,
}

BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]{43})")
View = TypeVar("View", bound=Callable[..., Any])


Identify = Callable[[str], Caller]
"""Finds the caller of a bearer token, or raises `NotSignedIn`."""


def init_app(app: Flask, identify: Identify) -> None:
    """Check each request before its view runs; `identify` is the members' own use case."""
    app.extensions["heartport.identify"] = identify
    app.before_request(admit)


def also_requires(role: Need) -> Callable[[View], View]:
    """Ask for a further role at one endpoint, beyond that of its blueprint."""

    def mark(view: View) -> View:
        view.required_role = role  # type: ignore[attr-defined]
        return view

    return mark


def roles_of_endpoint(app: Flask, endpoint: str) -> tuple[Need, ...]:
    """Return what an endpoint needs, all of it; an unlisted blueprint gives nothing at all."""
    blueprint = endpoint.rpartition(".")[0]
    role = ROLE_OF_BLUEPRINT.get(blueprint)
    if role is None:
        return ()
    further = getattr(app.view_functions[endpoint], "required_role", None)
    return (role, further) if further else (role,)


def admit() -> None:
    """Let a request pass, or raise `NotSignedIn` or `NotAllowed`; an unknown path is not ours to judge."""
    asked = current_request()
    if asked.endpoint is None:
        return
    needed = _roles_needed(asked.endpoint)
    if needed is None:
        raise NotAllowed
    if needed:
        caller = asked.environ[CALLER] = _identified(asked)
        if any(need.isdisjoint(caller.roles) for need in needed):
            raise NotAllowed


def current_caller() -> Caller:
    """Return who is calling; only for endpoints that are not open to anyone."""
    caller: Caller = current_request().environ[CALLER]
    return caller


def _roles_needed(endpoint: str) -> tuple[frozenset[str], ...] | None:
    """Return of which sets of roles a caller needs one each, nothing where anyone may come, None where nobody may."""
    known: dict[str, tuple[frozenset[str], ...] | None]
    known = registry().setdefault("heartport.roles", {})
    if endpoint not in known:
        needs = roles_of_endpoint(current_app, endpoint)
        sets = tuple(frozenset({need}) if isinstance(need, str) else need for need in needs)
        known[endpoint] = tuple(each for each in sets if each != {ANYONE}) if needs else None
    return known[endpoint]


def _identified(asked: Request) -> Caller:
    token = BEARER.fullmatch(asked.environ.get("HTTP_AUTHORIZATION", ""))
    if token is None:
        raise NotSignedIn
    caller: Caller = registry()["heartport.identify"](token[1])
    return caller
