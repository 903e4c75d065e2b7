"""Who is calling, as every room sees it: an account behind a live token, its roles, and where each role holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ANYONE = "anyone"
SIGNED_IN = "signed_in"
STAFF = "staff"
"""Whoever signed in with name, password and one-time code, whatever their roles."""

EMPLOYEE = "employee"
UNIT_HEAD = "unit_head"
COUNSELLOR = "counsellor"
CLINICAL_LEAD = "clinical_lead"
COORDINATOR = "coordinator"
EDITOR = "editor"
ADMIN = "admin"
AUDITOR = "auditor"
CUSTODIAN = "custodian"
"""Confirms that a half-year may be counted; sees no figure by that, and may be somebody from outside."""

STAFF_ROLES = (UNIT_HEAD, COUNSELLOR, CLINICAL_LEAD, COORDINATOR, EDITOR, ADMIN, AUDITOR, CUSTODIAN)
"""The roles that are granted; an employee is whoever signs in through WeChat."""

DUTY_ROLES = frozenset({COUNSELLOR, CLINICAL_LEAD, COORDINATOR})
"""Whoever holds one of these may be on duty and see who is waiting for a call."""

WORKSHOP_ROLES = frozenset({UNIT_HEAD, *DUTY_ROLES})
"""Whoever asks for workshops, arranges them or leads them; each sees only their own."""

Scope = frozenset[str | None]
"""The units for which a role was granted, each with all below it; None stands for everywhere."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The account behind a live token."""

    account_id: str
    token_hash: bytes = field(repr=False)
    roles: frozenset[str]
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    found: Sequence[Any] = field(default=(), repr=False)
    """What the room that knows the caller read together with the token, for that room alone to interpret."""

    def may_act_in(self, role: str, lineage: Collection[str]) -> bool:
        """Tell whether a role reaches a unit, given the ids of that unit and of all above it."""
        scope = self.scopes.get(role, frozenset())
        return None in scope or not scope.isdisjoint(lineage)
