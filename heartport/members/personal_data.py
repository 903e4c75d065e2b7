"""What is held about a person beyond the members' own rows: each feature's part, for the export and for the erasure.

A feature never imports another's models. So each says what it holds as a `Part`, and `heartport.features` lists them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy.orm import Session

from heartport.members.policies import Purpose
from heartport.members.standing import Standing
from heartport.vault.door import Drawer
from heartport.vault.shredding import Holdings


def _erase_nothing(_session: Session, _account_id: str) -> None:
    """Stand for a part that has no rows in `main`."""


def _hold_nothing() -> Holdings:
    return Holdings()


def _end_nothing(_drawer: Drawer) -> None:
    """Stand for a part that seals nothing under other keys than the person's own."""


def _withdraw_nothing(_session: Session, _account_id: str, _purpose: Purpose) -> None:
    """Stand for a part in which nothing hangs on a consent."""


@dataclass(frozen=True, slots=True)
class Remainder:
    """What an erasure leaves, why, and for how long at most; None is for good or not ours to say."""

    what: str
    why: str
    kept: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One feature's share; whatever it holds about a person, it names here."""

    export: Callable[[Standing], Mapping[str, Any]]
    """Returns members of the exported document; its return type, a `TypedDict`, describes them in the API's."""
    erase: Callable[[Session, str], object] = _erase_nothing
    """Deletes the account's rows in `main`, within the transaction that deletes the account."""
    at_once: bool = False
    """Whether `erase` runs in the first step of an erasure too: for what tells others who somebody is."""
    holdings: Callable[[], Holdings] = _hold_nothing
    """Returns what there may be in the vault."""
    withdraw: Callable[[Session, str, Purpose], object] = _withdraw_nothing
    """Ends what a consent permitted, within the transaction that withdraws it."""
    end_shares: Callable[[Drawer], object] = _end_nothing
    """Destroys what others may read of what is sealed for a person, before their own key goes; may run again."""
    stays: tuple[Remainder | Callable[[], Remainder], ...] = ()
    """What is left after an erasure; a function where a setting says for how long."""


def init_app(app: Flask, parts: Sequence[Part]) -> None:
    """Name all parts, in the order in which they are exported."""
    app.extensions["heartport.personal_data"] = tuple(parts)


def remainders() -> tuple[Remainder, ...]:
    """Return all that an erasure leaves."""
    return tuple(each() if callable(each) else each for part in current_parts() for each in part.stays)


def current_parts() -> tuple[Part, ...]:
    """Return the parts of the current application."""
    parts: tuple[Part, ...] = current_app.extensions["heartport.personal_data"]
    return parts
