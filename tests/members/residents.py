"""A person with something in every place where the service keeps things, and all that must be gone once erased."""

import secrets
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import insert, select

from heartport import clock
from heartport.assessments.copies import Reader
from heartport.assessments.results import list_results
from heartport.assessments.shares import share_result
from heartport.booking.counselling.models import Appointment, CounsellingConsent, Waiting
from heartport.booking.rules.grid import first_tick
from heartport.columns import new_public_id
from heartport.duty.roster import has_roster
from heartport.followups.models import FollowUp
from heartport.members.models import Account
from heartport.members.sessions import hash_token
from heartport.members.standing import read_standing
from heartport.messages.models import Message
from heartport.stores import Store, reading, write_transaction
from heartport.units.models import Unit, UnitBinding
from heartport.vault.door import current_vault
from heartport.vault.models import SealedRecord, SubjectKey
from heartport.web.models import IdempotencyKey
from tests.booking.lectures.hall import lecturer, opened, registered
from tests.conftest import Person, agree, ready_person
from tests.duty.teams import put_somebody_on_duty
from tests.followups.desk import asked
from tests.messages.letters import subscribe, told

CONFIRM = {"confirm": "抹去我的全部数据"}
RESULTS = 18
"""More than one batch of sixteen."""


@dataclass
class Resident:
    """A person who used everything, and what must not be found afterwards, by kind."""

    person: Person
    openid: str
    traces: dict[str, list[str | bytes]] = field(default_factory=dict)

    @property
    def account_id(self) -> str:
        return self.person.account_id


def settle(app: Flask, openid: str, nickname: str, results: int = RESULTS) -> Resident:
    """Make somebody with a profile, consents, a unit, results, a deleted one, drafts, a call-back and a message
    to come, a seat in a lecture, an accepted template, and an idempotency row."""
    before = slots()
    person = ready_person(app, openid)
    profile = {"nickname": nickname, "sex": "female", "birth_year": 1990, "age_group": "18+"}
    assert person.put("me", profile).status_code == 200
    for number in range(results):
        app.extensions["heartport.limits"].reset()
        assert take(person, f"attempt-{number:04}").status_code == 201
    if results:
        last = person.get("me/results").json["items"][0]["id"]
        assert person.delete(f"me/results/{last}").status_code == 204
    if results > 1:
        share_a_result(person)
    draft = {"version": "1.0.0", "answers": {"q1": {"value": 2, "revision": 1}}}
    assert person.put("scales/gad7/draft", draft).status_code == 200
    assert person.put("me/history", {"kept": False}).status_code == 204
    app.extensions["heartport.limits"].reset()
    join_a_unit(person.account_id)
    phone = ask_for_a_call(person)
    told(person.account_id)
    registered(opened(), person.account_id)
    saw_a_counsellor(person.account_id)
    subscribe(person)
    made = Resident(person, openid)
    made.traces = {
        "openid": [openid],
        "nickname": [nickname],
        "account id": [person.account_id],
        "token": [hash_token(person.token)],
        "phone": [phone],
        "link": [current_vault().link_of(person.account_id)],
        **columns_of(person.account_id),
        **rows_of(slots() - before),
        **key_of(person.account_id),
    }
    return made


def take(person: Person, attempt_id: str):
    body = {"version": "1.0.0", "attempt_id": attempt_id, "answers": {f"q{n}": 1 for n in range(1, 10)}}
    return person.post("scales/phq9/submissions", body)


def share_a_result(person: Person) -> None:
    """Share the latest result for some appointment."""
    standing = read_standing(person.account_id)
    kept = list_results(standing, None, 1)[0]
    share_result(standing, kept.id, kept.record, Reader(new_public_id(), new_public_id()))


def saw_a_counsellor(account_id: str) -> None:
    """Leave an hour that took place, what was agreed to before it, and a place in the line for the next."""
    counsellor_id, start = lecturer("counsellor-of-all"), first_tick(clock.today())
    hour = {"id": new_public_id(), "counsellor_id": counsellor_id, "state": "attended", "version": 1, "mode": "video"}

    def work(session) -> None:
        session.execute(insert(Appointment).values(**hour, account_id=account_id, starts=start, ends=start + 4))
        row = {"account_id": account_id, "version": "2026-11", "agreed_on": clock.today()}
        session.execute(insert(CounsellingConsent).values(row))
        session.execute(insert(Waiting).values(account_id=account_id, counsellor_id=counsellor_id, turn=1))

    write_transaction(Store.MAIN, work)


def join_a_unit(account_id: str) -> None:
    def work(session) -> None:
        if session.execute(select(Unit.id).where(Unit.id == "city")).scalar() is None:
            session.execute(insert(Unit).values(id="city", key="city", level="city", name="某市"))
        session.execute(insert(UnitBinding).values(account_id=account_id, unit_id="city"))
        row = {"account_id": account_id, "key_hash": b"k" * 32, "body_hash": b"b" * 32, "created_at": clock.now()}
        session.execute(insert(IdempotencyKey).values(row))

    write_transaction(Store.MAIN, work)


def ask_for_a_call(person: Person) -> str:
    """Ask to be called back under a number of one's own, and return it."""
    if not has_roster():
        put_somebody_on_duty(person.app)
    agree(person, "follow_up")
    phone = f"139{secrets.randbelow(10**8):08}"
    asked(person, phone=phone)
    return phone


def slots() -> set[bytes]:
    with reading(Store.VAULT) as session:
        return {bytes(slot) for slot in session.execute(select(SealedRecord.slot)).scalars()}


def rows_of(own: set[bytes]) -> dict[str, list[bytes]]:
    with reading(Store.VAULT) as session:
        found = session.execute(select(SealedRecord.ciphertext).where(SealedRecord.slot.in_(own))).scalars().all()
    return {"slot": list(own), "ciphertext": pieces(found)}


def columns_of(account_id: str) -> dict[str, list[bytes]]:
    contacts = select(FollowUp.contact_sealed).where(FollowUp.account_id == account_id)
    messages = select(Message.content_sealed).where(Message.account_id == account_id)
    with reading(Store.MAIN) as session:
        account = session.execute(select(Account).where(Account.id == account_id)).scalar_one()
        return {
            "openid index": [bytes(account.openid_index)],
            "sealed openid": pieces([account.openid_sealed]),
            "sealed profile": pieces([account.profile_sealed]),
            "sealed contact": pieces(session.execute(contacts).scalars()),
            "sealed message": pieces(session.execute(messages).scalars()),
        }


def key_of(account_id: str) -> dict[str, list[bytes]]:
    link = current_vault().link_of(account_id)
    with reading(Store.KEYS) as session:
        return {
            "wrapped key": [
                bytes(session.execute(select(SubjectKey.wrapped).where(SubjectKey.link == link)).scalar_one())
            ]
        }


def pieces(contents) -> list[bytes]:
    """Return beginning, middle and end: a file may hold a long value in several places."""
    return [piece for each in map(bytes, contents) for piece in (each[2:26], each[len(each) // 2 :][:24], each[-24:])]
