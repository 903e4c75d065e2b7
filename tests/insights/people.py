"""People with sealed results, made quickly and without HTTP, for tests of sealing and of reading."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from sqlalchemy import insert, update

from heartport.assessments.records import Record, encode
from heartport.members.models import Account, Consent
from heartport.members.policies import Purpose
from heartport.members.profiles import Profile, seal_profile
from heartport.stores import Store, write_transaction
from heartport.units import tree
from heartport.units.rules import Level, UnitEntry
from heartport.vault.door import current_vault
from heartport.vault.records import RESULT

WINDOW = "2026H1"
ALL = ("aggregate", "assessment", "keep_results")
TREE = (
    UnitEntry("c", "云岬市", Level.CITY, None),
    UnitEntry("d", "灯塔区", Level.DISTRICT, "c"),
    UnitEntry("e", "远帆造船厂", Level.ENTERPRISE, "d"),
    UnitEntry("p1", "焊接车间", Level.DEPARTMENT, "e"),
    UnitEntry("p2", "设计室", Level.DEPARTMENT, "e"),
    UnitEntry("d2", "渔港区", Level.DISTRICT, "c"),
    UnitEntry("e2", "海雾食品公司", Level.ENTERPRISE, "d2"),
)


@dataclass(frozen=True)
class Sheet:
    """One sealed result; the unit is named by its key."""

    level: str = "mild"
    unit: str | None = "p1"
    scale: str = "phq9"
    version: str = "1.0.0"
    window: str = WINDOW
    consents: tuple[str, ...] = ALL
    validity: tuple[str, ...] = ()


def make_units(entries: Sequence[UnitEntry] = TREE) -> dict[str, str]:
    """Make the tree and return the ids by their keys."""
    tree.take_over(entries)
    return {each.key: tree.find_unit(each.key).id for each in entries}


def make_person(
    *sheets: Sheet, units: dict[str, str], aggregate: bool = True, sex: str = "female", born: int = 1990
) -> str:
    """Make one adult with these results, the first one first, and return the account."""
    account_id = secrets.token_urlsafe(16)
    vault = current_vault()
    granted = {"assessment", "keep_results", *(["aggregate"] if aggregate else [])}
    profile = Profile(sex=sex, birth_year=born, age_group="18+")

    def work(session):
        account = {
            "id": account_id,
            "openid_index": secrets.token_bytes(32),
            "openid_sealed": b"sealed",
            "profile_sealed": seal_profile(account_id, profile),
            "since_window": WINDOW,
        }
        session.execute(insert(Account).values(account))
        rows = [
            {
                "account_id": account_id,
                "purpose": each.value,
                "granted": each.value in granted,
                "policy_version": "2026-11",
            }
            for each in Purpose
        ]
        session.execute(insert(Consent), rows)

    write_transaction(Store.MAIN, work)
    vault.ensure_subject(account_id)
    for sheet in sheets:
        keep(account_id, sheet, units)
    return account_id


def keep(account_id: str, sheet: Sheet, units: dict[str, str]) -> None:
    """Seal one more result of a person."""
    records = current_vault().records(account_id, RESULT)
    record_id = records.id_for(secrets.token_urlsafe(12))
    records.insert_once(record_id, encode(record_of(sheet, units)), (sheet.window,))


def record_of(sheet: Sheet, units: dict[str, str]) -> Record:
    scores = {"phq9": ["total"], "gad7": ["total"], "dass21": ["depression", "anxiety", "stress"]}.get(
        sheet.scale, ["total"]
    )
    return Record(
        scale_id=sheet.scale,
        scale_version=sheet.version,
        scale_hash="0" * 64,
        engine="1",
        submitted_at=datetime(2026, 3, 1, tzinfo=UTC),
        answers={"q1": 1},
        profile={},
        scores=dict.fromkeys(scores, Fraction(9)),
        bands=dict.fromkeys(scores, sheet.level),
        flags=(),
        advice=(),
        missing=(),
        duration_ms=None,
        consents=sheet.consents,
        unit=units[sheet.unit] if sheet.unit else None,
        validity=sheet.validity,
    )


def withdraw(account_id: str) -> None:
    """Take back the consent to be counted."""
    mine = (Consent.account_id == account_id) & (Consent.purpose == "aggregate")
    write_transaction(
        Store.MAIN, lambda session: session.execute(update(Consent).where(mine).values(granted=False)) and None
    )
