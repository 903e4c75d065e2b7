"""What the threat model does not promise, shown to be so: when one of these fails, the page can promise more.

None of this is a fault that a test should keep. Each is a limit that somebody who relies on the service has to know.
"""

from collections.abc import Callable, Mapping
from statistics import correlation

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update

from heartport import clock
from heartport.members.models import AccessToken, Account
from heartport.members.sessions import TOKEN_LIFE, hash_token
from heartport.store_files import rewrite_stores
from heartport.stores import Store, engine_of, reading, write_transaction
from heartport.tokens import new_token
from heartport.vault.models import SealedRecord
from tests.assessments.test_routes import PHQ9, submission
from tests.conftest import Person, ready_person
from tests.vault.dumps import Key, keys_by_table
from tests.worlds import populated


def take(person: Person, answers: Mapping[str, int] = PHQ9):
    response = person.post("scales/phq9/submissions", submission(dict(answers)))
    assert response.status_code == 201
    return response


def new_rows(act: Callable[[], object]) -> dict[str, set[Key]]:
    """Return what a dump of today has that one of yesterday had not."""
    before = keys_by_table()
    act()
    return {table: keys - before[table] for table, keys in keys_by_table().items() if keys - before[table]}


def test_two_dumps_tell_what_changed_between_them(app: Flask) -> None:
    """On a day on which one person comes and takes a scale, the new account's is the new record."""
    ready_person(app, "openid-of-an-older-one-00001")

    def one_day() -> None:
        take(ready_person(app, "openid-of-who-came-today-001"))

    rewrite_stores()
    found = new_rows(one_day)
    assert len(found["main.accounts"]) == len(found["vault.sealed_records"]) == 1


def test_transaction_numbers_tell_the_order_even_after_the_job(app: Flask) -> None:
    if engine_of(Store.VAULT).dialect.name == "sqlite":
        pytest.skip("SQLite numbers no transactions")
    world = populated(app, 16, [])
    rewrite_stores()
    with reading(Store.KEYS) as session:
        statement = text("SELECT link FROM subject_keys ORDER BY age(xmin) DESC")
        links = [(bytes(link),) for link in session.execute(statement).scalars()]
    step_of = {key: step for step, fresh in enumerate(world.arrivals) for key in fresh["keys.subject_keys"]}
    assert correlation(range(len(links)), [step_of[link] for link in links]) > 0.99


def test_whoever_may_write_to_main_can_be_anybody(app: Flask, employee: Person) -> None:
    take(employee)
    token = new_token()
    row = {
        "token_hash": hash_token(token),
        "account_id": employee.account_id,
        "expires_at": clock.now() + TOKEN_LIFE,
    }
    write_transaction(Store.MAIN, lambda session: session.execute(insert(AccessToken).values(row)) and None)
    assert len(Person(app, token).get("me/results").json["items"]) == 1


def test_whoever_may_write_to_main_can_send_another_to_an_account(app: Flask, employee: Person) -> None:
    """Without inventing a token: two blind indexes change their places, and the next sign-in opens the other's."""
    take(employee)
    other = ready_person(app, "openid-of-the-curious-000001")
    with reading(Store.MAIN) as session:
        index = session.execute(select(Account.openid_index).where(Account.id == other.account_id)).scalar_one()

    def swap(session) -> None:
        for account_id, value in ((other.account_id, b"0" * 32), (employee.account_id, index)):
            session.execute(update(Account).where(Account.id == account_id).values(openid_index=value))

    write_transaction(Store.MAIN, swap)
    again = ready_person(app, "openid-of-the-curious-000001")
    assert len(again.get("me/results").json["items"]) == 1


def test_an_earlier_state_of_a_row_is_taken_for_the_present_one(employee: Person) -> None:
    """A result that its owner deleted is there again."""
    result = take(employee).json["id"]
    with reading(Store.VAULT) as session:
        (earlier,) = session.execute(select(SealedRecord.ciphertext)).scalars()
    assert employee.delete(f"me/results/{result}").status_code == 204
    put_back = update(SealedRecord).values(ciphertext=earlier)
    write_transaction(Store.VAULT, lambda session: session.execute(put_back) and None)
    assert employee.get(f"me/results/{result}").status_code == 200


def test_an_answer_with_the_crisis_card_is_longer(employee: Person) -> None:
    calm, urgent = take(employee), take(employee, PHQ9 | {"q9": 1})
    assert len(urgent.data) > len(calm.data) + 500
