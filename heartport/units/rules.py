"""Pure decisions about units: what a file of them may say, and when an invite still binds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from heartport.errors import Invalid, NotFound

MOST_USES, MOST_DAYS = 100_000, 400


class Level(StrEnum):
    """The kinds of unit; districts and industries stand side by side below the city."""

    CITY = "city"
    DISTRICT = "district"
    INDUSTRY = "industry"
    ENTERPRISE = "enterprise"
    DEPARTMENT = "department"


PARENT_LEVELS: Mapping[Level, tuple[Level, ...]] = {
    Level.CITY: (),
    Level.DISTRICT: (Level.CITY,),
    Level.INDUSTRY: (Level.CITY,),
    Level.ENTERPRISE: (Level.DISTRICT, Level.INDUSTRY),
    Level.DEPARTMENT: (Level.ENTERPRISE,),
}


class InviteUnknown(NotFound):
    """No such code was ever given out."""

    code = "invite_unknown"
    detail = "没有找到这个邀请码，请核对后再输入，或向单位联系人要一个新的。"


class InviteReplaced(Invalid):
    """The code was replaced by another."""

    code = "invite_replaced"
    detail = "这个邀请码已经更换，请向单位联系人要新的邀请码。"


class InviteExpired(Invalid):
    """The code's time is over."""

    code = "invite_expired"
    detail = "这个邀请码已经过期，请向单位联系人要新的邀请码。"


class InviteUsedUp(Invalid):
    """The code has bound as many people as it could."""

    code = "invite_used_up"
    detail = "这个邀请码已经用完，请向单位联系人要新的邀请码。"


class InviteLimitsRefused(Invalid):
    """An invite needs sensible limits."""

    code = "invite_limits_refused"
    detail = f"邀请码的次数须为 1 至 {MOST_USES}，天数须为 1 至 {MOST_DAYS}。"


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A unit as a file names it: by its key, below the unit of another key."""

    key: str
    name: str
    level: Level
    parent: str | None


def check_limits(uses: int, days: int) -> None:
    """Raise `InviteLimitsRefused` for an invite without end."""
    if not (1 <= uses <= MOST_USES and 1 <= days <= MOST_DAYS):
        raise InviteLimitsRefused


def check_invite(replaced: bool, expires_at: datetime, now: datetime) -> None:
    """Raise `InviteReplaced` or `InviteExpired`; whether uses are left is asked only where one is taken."""
    if replaced:
        raise InviteReplaced
    if expires_at <= now:
        raise InviteExpired


def tree_problems(entries: Sequence[UnitEntry], stored: Mapping[str, UnitEntry]) -> list[str]:
    """Say all that is wrong in a file of units, each with its place; units that are stored already count as there."""
    merged = {**stored, **{each.key: each for each in entries}}
    keys = [each.key for each in entries]
    problems = []
    for place, entry in enumerate(entries, start=1):
        if entry.key in keys[: place - 1]:
            problems.append(f"units › {place} › key: {entry.key} is there twice.")
            continue
        found = [*_parent_problems(entry, merged), *_stored_problems(entry, stored)]
        problems += [f"units › {place} › {problem}" for problem in found]
    return problems + list(_repeated_names(entries, merged))


def in_tree_order(entries: Sequence[UnitEntry]) -> list[UnitEntry]:
    """Return entries so that each parent comes before its children."""
    order = list(Level)
    return sorted(entries, key=lambda each: order.index(each.level))


def _parent_problems(entry: UnitEntry, merged: Mapping[str, UnitEntry]) -> Iterator[str]:
    wanted = PARENT_LEVELS[entry.level]
    if entry.parent is None:
        if wanted:
            yield f"parent: Is missing; {_a(entry.level)} lies below {_either(wanted)}."
    elif entry.parent not in merged:
        yield f"parent: There is no unit {entry.parent}."
    elif ring := _ring(entry, merged):
        yield f"parent: {' › '.join(ring)} runs in a ring."
    elif (level := merged[entry.parent].level) not in wanted:
        below = f"lies below {_either(wanted)}" if wanted else "lies below nothing"
        yield f"parent: {entry.parent} is {_a(level)}; {_a(entry.level)} {below}."


def _ring(entry: UnitEntry, merged: Mapping[str, UnitEntry]) -> list[str]:
    """Return the way up from an entry back to itself, or nothing."""
    way, at = [entry.key], entry.parent
    while at is not None and at not in way:
        way.append(at)
        at = merged[at].parent if at in merged else None
    return [*way, entry.key] if at == entry.key else []


def _stored_problems(entry: UnitEntry, stored: Mapping[str, UnitEntry]) -> Iterator[str]:
    before = stored.get(entry.key)
    if before is not None and before.level != entry.level:
        yield f"level: {entry.key} is {_a(before.level)} already, and a unit keeps its level."


def _repeated_names(entries: Sequence[UnitEntry], merged: Mapping[str, UnitEntry]) -> Iterator[str]:
    for place, entry in enumerate(entries, start=1):
        earlier = [each.key for each in entries[: place - 1]]
        inside = {each.key for each in entries}
        for other in merged.values():
            is_before = other.key in earlier or other.key not in inside
            if is_before and other.key != entry.key and (other.parent, other.name) == (entry.parent, entry.name):
                yield f"units › {place} › name: {other.key} has this name already, under the same parent."


def _a(level: Level) -> str:
    return f"{'an' if level[0] in 'aeiou' else 'a'} {level}"


def _either(levels: Sequence[Level]) -> str:
    return " or ".join(_a(level) for level in levels)
