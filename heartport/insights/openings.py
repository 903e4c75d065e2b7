"""Use cases: open the sealing of a half-year that is over, list them, and let custodians confirm one."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from heartport import clock
from heartport.columns import new_public_id
from heartport.config import Settings
from heartport.errors import Conflict, NotFound
from heartport.extensions import registry
from heartport.insights.documents import tree_of, tree_text
from heartport.insights.memory import is_remembered
from heartport.insights.models import Release, Sealing, SealingConfirmation
from heartport.insights.rules.blocks import Node, Tree
from heartport.insights.rules.windows import check_closed, closed_since
from heartport.members.models import Account
from heartport.stores import Store, insert_if_absent, reading, write_transaction
from heartport.units.models import Unit

CUSTODIANS = 2
"""So many have to confirm a sealing in production."""


class SealingUnknown(NotFound):
    """There is no such sealing."""

    code = "sealing_unknown"
    detail = "没有这一次统计。"


class AlreadySealed(Conflict):
    """The figures of this half-year are published; they are made once."""

    code = "already_sealed"
    detail = "这个半年的统计已经公布，每个半年只统计一次。"


class ReleaseLost(Conflict):
    """This half-year was published before the stores were put back from an older backup."""

    code = "release_lost"
    detail = (
        "这个半年的统计在数据恢复之前已经公布过，不能再统计一次。"
        "请用 flask insights import-release 把当时导出的那一份放回来。"
    )


class NotConfirmed(Conflict):
    """Two custodians have to confirm first."""

    code = "not_confirmed"
    detail = f"须先由 {CUSTODIANS} 位数据监督人确认，才能统计。"


@dataclass(frozen=True, slots=True)
class Opened:
    """A sealing as custodians and operators see it: nothing but what is public."""

    id: str
    window: str
    opened_on: date
    units: int
    confirmations: int
    published: bool


def open_due_sealings() -> int:
    """Open the sealing of every half-year that is over and has none, and return how many; the scheduler does this."""
    with reading(Store.MAIN) as session:
        first = session.execute(select(func.min(Account.since_window))).scalar()
    due = closed_since(first, clock.today()) if first else ()
    return sum(_open(window) for window in due)


def open_sealing(window: str) -> Opened:
    """Open the sealing of a half-year, or find it; raises `WindowUnknown` or `WindowOpen`."""
    check_closed(window, clock.today())
    _open(window)
    return next(each for each in list_sealings() if each.window == window)


def list_sealings() -> list[Opened]:
    """Return all sealings, the latest half-year first."""
    confirmed = select(func.count()).where(SealingConfirmation.sealing_id == Sealing.id).scalar_subquery()
    published = select(Release.window).where(Release.window == Sealing.window).exists()
    columns = select(Sealing, confirmed.label("confirmed"), published.label("published"))
    with reading(Store.MAIN) as session:
        rows = session.execute(columns.order_by(Sealing.window.desc())).all()
    return [
        Opened(
            row.Sealing.id,
            row.Sealing.window,
            row.Sealing.opened_on,
            len(tree_of(row.Sealing.tree).nodes),
            row.confirmed,
            row.published,
        )
        for row in rows
    ]


def confirm_sealing(sealing_id: str, staff_id: str) -> Opened:
    """Note that a custodian confirms; again changes nothing. Raises `SealingUnknown`."""

    def work(session: Session) -> None:
        if session.execute(select(Sealing.id).where(Sealing.id == sealing_id)).scalar() is None:
            raise SealingUnknown
        row = {"sealing_id": sealing_id, "staff_id": staff_id, "confirmed_on": clock.today()}
        insert_if_absent(session, SealingConfirmation, row)

    write_transaction(Store.MAIN, work)
    return next(each for each in list_sealings() if each.id == sealing_id)


def ready_sealings() -> list[str]:
    """Return the half-years that may be sealed now and are not published, the oldest first."""
    needed = _confirmations_needed()
    ready = [each.window for each in list_sealings() if not each.published and each.confirmations >= needed]
    return sorted(ready)


def check_may_seal(opened: Opened) -> None:
    """Raise `AlreadySealed`, `ReleaseLost` or `NotConfirmed`, or as `ErasureLedger.links` does."""
    if opened.published:
        raise AlreadySealed
    if is_remembered(opened.window):
        raise ReleaseLost
    if opened.confirmations < _confirmations_needed():
        raise NotConfirmed


def tree_to_seal(sealing_id: str) -> Tree:
    """Return the units of a sealing, as they stood when it was opened."""
    with reading(Store.MAIN) as session:
        return tree_of(session.execute(select(Sealing.tree).where(Sealing.id == sealing_id)).scalar_one())


def current_tree() -> Tree:
    """Return the units as they stand now."""
    with reading(Store.MAIN) as session:
        return _tree_within(session)


def _open(window: str) -> bool:
    def work(session: Session) -> bool:
        if session.execute(select(Sealing.id).where(Sealing.window == window)).scalar() is not None:
            return False
        tree = tree_text(_tree_within(session))
        row = {"id": new_public_id(), "window": window, "opened_on": clock.today(), "tree": tree}
        return insert_if_absent(session, Sealing, row)

    return write_transaction(Store.MAIN, work)


def _tree_within(session: Session) -> Tree:
    rows = session.execute(select(Unit)).scalars().all()
    return Tree({row.id: Node(row.id, row.parent_id, row.level, row.name) for row in rows})


def floor() -> int:
    """Return the fewest people behind a figure in this deployment."""
    settings: Settings = registry()["heartport.settings"]
    return settings.insights_floor


def _confirmations_needed() -> int:
    settings: Settings = registry()["heartport.settings"]
    return 0 if settings.demo else CUSTODIANS
