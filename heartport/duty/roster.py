"""Use cases of the roster: read it, replace what is to come, extend it, forget what is long over.

Whoever changes it holds one row, so that two coordinators come one after the other on every database, and the later
one is told. On PostgreSQL an exclusion constraint stands behind that as a fuse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import Session

from heartport import clock
from heartport.callers import DUTY_ROLES
from heartport.columns import new_public_id
from heartport.duty.models import DutyRoster, DutyShift
from heartport.duty.rules import (
    LONGEST_SHIFT,
    Problem,
    RosterRefused,
    Shift,
    end_of_replaced,
    roster_problems,
)
from heartport.errors import Stale
from heartport.extensions import registry
from heartport.staff.accounts import list_members
from heartport.staff.grants import holders_of
from heartport.stores import Store, count_rows, insert_if_absent, reading, write_transaction

ROSTER = "roster"
LATELY = timedelta(seconds=5)
"""How old the roster may be for who only says whether somebody would call; who decides by it reads it as it is."""
KEPT = timedelta(days=366)
"""How long a shift is kept once it is over: as long as the events of call-backs, whose waiting it explains."""


class RosterChanged(Stale):
    """Somebody else changed the roster since it was read."""

    code = "roster_changed"
    detail = "值班表刚被别人改过，请刷新后再改。"


@dataclass(frozen=True, slots=True)
class Roster:
    """The shifts that are not over, by user names, the names of all who may be on duty, and the roster's version."""

    version: int
    shifts: tuple[Shift, ...]
    staff: dict[str, str]


def read_roster() -> Roster:
    """Return the roster from now on."""
    usernames = {each.id: each.username for each in list_members()}
    able = {each.username: each.name for each in holders_of(DUTY_ROLES)}
    with reading(Store.MAIN) as session:
        version = session.execute(select(DutyRoster.version)).scalar() or 0
        shifts = [_renamed(each, usernames) for each in shifts_within(session, clock.now())]
    return Roster(version, tuple(shifts), able)


def shifts_since(moment: datetime) -> list[Shift]:
    """Return the shifts that end after a moment, in their order, with the ids of who is on duty."""
    with reading(Store.MAIN) as session:
        return shifts_within(session, moment)


def shifts_lately() -> Sequence[Shift]:
    """Return the shifts that are not over as they were at most five seconds ago: every result asks for them.

    Who changes the roster is seen at once in the same process, and after these seconds in others.
    """
    now = clock.now()
    seen_at, shifts = registry().get("heartport.shifts", (None, ()))
    if seen_at is None or not timedelta() <= now - seen_at < LATELY:
        shifts = shifts_since(now)
        registry()["heartport.shifts"] = now, shifts
    return shifts


def shifts_within(session: Session, moment: datetime) -> list[Shift]:
    """Do the same within somebody else's transaction."""
    return [_shift(row) for row in session.execute(_since(moment)).scalars()]


def has_roster() -> bool:
    """Tell whether anybody is on duty now or at any time to come."""
    with reading(Store.MAIN) as session:
        return session.execute(select(_since(clock.now()).exists())).scalar_one()


def replace_roster(wanted: Sequence[Shift], version: int | None) -> None:
    """Put these shifts, by user names, in the place of all that are not over.

    What is the roster already changes nothing, whatever the version, so that a repetition does no harm; None as the
    version means whatever it is. Raises `RosterRefused` with every wrong place, or `RosterChanged`.
    """
    now, ids = clock.now(), _ids()

    def work(session: Session) -> None:
        stored_version = _hold(session)
        if problems := _problems(session, wanted, ids, now):
            raise RosterRefused(errors=_by_place(problems))
        shifts = sorted(_renamed(each, ids) for each in wanted)
        stored = shifts_within(session, now)
        if shifts == stored:
            return
        if version not in (None, stored_version):
            raise RosterChanged
        _put_aside(session, shifts, now)
        _add(session, shifts)

    write_transaction(Store.MAIN, work)
    _forget_lately()


def extend_roster(wanted: Sequence[Shift]) -> int:
    """Add those shifts, by user names, that fall on no other, and return how many; raises `RosterRefused`."""
    now, ids = clock.now(), _ids()

    def work(session: Session) -> int:
        _hold(session)
        stored = shifts_within(session, now - LONGEST_SHIFT)
        free = [each for each in wanted if not any(each.overlaps(other) for other in stored)]
        if problems := _problems(session, free, ids, now):
            raise RosterRefused(errors=_by_place(problems))
        if free:
            _add(session, [_renamed(each, ids) for each in free])
        return len(free)

    added = write_transaction(Store.MAIN, work)
    _forget_lately()
    return added


def check_roster(wanted: Sequence[Shift]) -> list[Problem]:
    """Say what is wrong with shifts, by user names, without changing anything."""
    with reading(Store.MAIN) as session:
        return _problems(session, wanted, _ids(), clock.now())


def delete_old_shifts() -> int:
    """Delete the shifts that have been over for a year and return how many."""
    statement = delete(DutyShift).where(DutyShift.ends_at < clock.now() - KEPT)
    return write_transaction(Store.MAIN, lambda session: count_rows(session, statement))


def _forget_lately() -> None:
    registry().pop("heartport.shifts", None)


def _since(moment: datetime) -> Select[DutyShift]:
    return select(DutyShift).where(DutyShift.ends_at > moment).order_by(DutyShift.starts_at)


def _ids() -> dict[str, str]:
    """Return the ids of those who may be on duty, by their user names."""
    return {each.username: each.id for each in holders_of(DUTY_ROLES)}


def _hold(session: Session) -> int:
    """Hold the roster for this transaction and return its version."""
    insert_if_absent(session, DutyRoster, {"name": ROSTER, "version": 0})
    return session.execute(select(DutyRoster.version).with_for_update()).scalar_one()


def _problems(session: Session, wanted: Sequence[Shift], ids: dict[str, str], now: datetime) -> list[Problem]:
    over = [each for each in shifts_within(session, now - LONGEST_SHIFT) if each.ends_at <= now]
    return roster_problems(wanted, over, ids, now)


def _by_place(problems: Sequence[Problem]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for each in problems:
        errors.setdefault(f"items.{each.index}.{each.field}", []).append(each.message)
    return errors


def _put_aside(session: Session, wanted: Sequence[Shift], now: datetime) -> None:
    """Delete what is not over; of the shift that is running, what was duty until now stays."""
    for row in session.execute(_since(now)).scalars().all():
        end = end_of_replaced(_shift(row), wanted, now)
        if end is None:
            session.delete(row)
        else:
            row.ends_at = end
    session.flush()


def _add(session: Session, shifts: Sequence[Shift]) -> None:
    """Store shifts, by ids, and raise the version."""
    session.execute(update(DutyRoster).values(version=DutyRoster.version + 1))
    if shifts:
        session.execute(insert(DutyShift), [_row(each) for each in shifts])


def _row(shift: Shift) -> dict[str, object]:
    names = ("starts_at", "ends_at", "primary_id", "backup_id", "supervisor_id")
    return {"id": new_public_id(), **dict(zip(names, astuple(shift), strict=True))}


def _shift(row: DutyShift) -> Shift:
    return Shift(row.starts_at, row.ends_at, row.primary_id, row.backup_id, row.supervisor_id)


def _renamed(shift: Shift, names: Mapping[str, str]) -> Shift:
    primary, backup, supervisor = (names[who] for who in shift.people.values())
    return replace(shift, primary=primary, backup=backup, supervisor=supervisor)
