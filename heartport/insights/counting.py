"""Counts the people of some accounts: opens their sealed results in memory, and returns numbers alone."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select

from heartport.assessments.records import decode
from heartport.assessments.shelf import current_shelf
from heartport.insights.rules.answers import Answer, Person, answer_of, contributions, facet_of, person_of
from heartport.insights.rules.tables import Kind, Tally
from heartport.members.models import Account, Consent, Erasure
from heartport.members.policies import Purpose
from heartport.members.profiles import open_profile
from heartport.stores import Store, reading
from heartport.vault.door import current_vault
from heartport.vault.records import RESULT, Entry

AT_ONCE = 64
"""So many people are asked for in one statement."""


def count_people(account_ids: Sequence[str], window: str) -> Tally:
    """Return how many of these people there are of each kind; who withdrew or is being erased is not among them."""
    tally: Tally = Tally()
    people = _consenting(account_ids, window)
    for account_id, entries in current_vault().records_of_many(list(people), RESULT, window):
        tally.update(_kinds(people[account_id], entries, facet_of(window)))
    return tally


def _kinds(person: Person, entries: Sequence[Entry], facet: str) -> Iterator[Kind]:
    group = person.sex if facet == "sex" else person.age
    for answer in contributions(_answer(entry) for entry in entries):
        yield Kind(answer.key, answer.unit_id, answer.levels, answer.at_risk, group)


def _answer(entry: Entry) -> Answer | None:
    record = decode(entry.payload or b"")
    return answer_of(record, current_shelf().version(record.scale_id, record.scale_version))


def _consenting(account_ids: Sequence[str], window: str) -> Mapping[str, Person]:
    """Return those who agree to be counted now, with their groups."""
    statement = (
        select(Account.id, Account.profile_sealed)
        .join(Consent, Consent.account_id == Account.id)
        .where(
            Account.id.in_(account_ids),
            Consent.purpose == Purpose.AGGREGATE.value,
            Consent.granted,
            Account.id.not_in(select(Erasure.account_id)),
        )
    )
    with reading(Store.MAIN) as session:
        rows = session.execute(statement).all()
    profiles = ((row.id, open_profile(row.id, row.profile_sealed)) for row in rows)
    return {account_id: person_of(each.sex, each.birth_year, window) for account_id, each in profiles}
