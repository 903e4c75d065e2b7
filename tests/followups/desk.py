"""People who ask to be called, for tests."""

from flask import Flask
from sqlalchemy import select, update

from heartport.followups import requests
from heartport.followups.contacts import Contact
from heartport.followups.events import person_pseudonym
from heartport.followups.models import FollowUp, FollowUpEvent
from heartport.followups.rules.asking import Urgency, When
from heartport.members.models import Consent
from heartport.members.profiles import Profile, save_profile
from heartport.members.standing import read_standing
from heartport.stores import Store, reading, write_transaction
from tests.conftest import POLICY, Person, signed_in

PHONE = "13812345678"
NOTE = "最近睡不好，想找人说说"
BODY = {"phone": PHONE, "call_me": "小林", "note": NOTE, "voicemail_ok": True}


def contact(**other: object) -> Contact:
    """Return what somebody leaves."""
    usual = {"phone": PHONE, "call_me": "小林", "when": When.SOON, "voicemail_ok": True, "note": NOTE}
    return Contact(**{**usual, "urgency": Urgency.NORMAL, **other})


def asking_person(app: Flask, openid: str = "openid-of-one-who-asks-000001") -> Person:
    """Make an adult who agreed to everything, without HTTP, which is tested elsewhere."""
    person = signed_in(app, openid)
    save_profile(person.account_id, Profile(age_group="18+"))
    agreed = update(Consent).where(Consent.account_id == person.account_id).values(granted=True, policy_version=POLICY)
    write_transaction(Store.MAIN, lambda session: session.execute(agreed) and None)
    return person


def ask(person: Person, key: str = "key-of-a-call-back-1", **other: object):
    """Ask over HTTP."""
    return person.post("follow-ups", {**BODY, **other}, headers={"Idempotency-Key": key})


def asked(person: Person, **other: object) -> str:
    """Ask without HTTP and return the id."""
    standing, pseudonym = read_standing(person.account_id), person_pseudonym(person.account_id)
    return write_transaction(
        Store.MAIN, lambda session: requests.ask_for_call(session, standing, pseudonym, contact(**other))
    )


def row_of(follow_up_id: str) -> FollowUp | None:
    """Return a call-back as it is stored."""
    with reading(Store.MAIN) as session:
        return session.execute(select(FollowUp).where(FollowUp.id == follow_up_id)).scalar()


def event_rows(follow_up_id: str) -> list[FollowUpEvent]:
    """Return its events as they are stored."""
    statement = select(FollowUpEvent).where(FollowUpEvent.follow_up_id == follow_up_id)
    with reading(Store.MAIN) as session:
        return list(session.execute(statement.order_by(FollowUpEvent.number)).scalars())
