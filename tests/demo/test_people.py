from sqlalchemy import func, select

from heartport.demo import people
from heartport.members.models import AccessToken, Account
from heartport.members.policies import Purpose
from heartport.stores import Store, reading
from heartport.vault.door import current_vault
from heartport.vault.records import RESULT
from tests.conftest import Person, agree


def load(app):
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output
    return result


def sign_in(app, emulator, name: str) -> Person:
    answer = Person(app).post("auth/wechat", {"code": emulator.login_code(name)})
    assert answer.status_code == 201
    return Person(app, answer.json["token"], answer.json["member"]["id"])


def count(model: type) -> int:
    with reading(Store.MAIN) as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


def granted(person: Person) -> set[str]:
    return {each["purpose"] for each in person.get("me").json["consents"] if each["granted"]}


def test_the_demo_has_somebody_who_is_ready_and_somebody_new(app, emulator):
    load(app)
    assert count(Account) == 2
    ready, new = sign_in(app, emulator, "小林"), sign_in(app, emulator, "阿敏")
    assert count(Account) == 2
    assert (ready.get("me").json["nickname"], ready.get("me").json["age_group"]) == ("小林", "18+")
    assert granted(ready) == {"assessment", "keep_results"}
    assert (new.get("me").json["age_group"], granted(new)) == (None, set())
    for person in (ready, new):
        assert current_vault().records(person.account_id, RESULT).live(["2026H2"]) == []


def test_loading_again_keeps_what_was_done_since(app, emulator):
    load(app)
    ready, new = sign_in(app, emulator, "小林"), sign_in(app, emulator, "阿敏")
    ready.put("me", {"nickname": "改名了", "age_group": "18+"})
    for purpose in Purpose:
        agree(ready, purpose, granted=purpose is Purpose.AGGREGATE)
    new.put("me", {"nickname": "阿敏", "age_group": "16-17"})
    records = current_vault().records(ready.account_id, RESULT)
    records.insert_once(records.id_for("attempt-1"), b"{}", ["2026H2"])
    before = [person.get("me").json for person in (ready, new)]

    load(app)

    assert [person.get("me").json for person in (ready, new)] == before
    assert granted(ready) == {"aggregate"}
    assert len(current_vault().records(ready.account_id, RESULT).live(["2026H2"])) == 1
    assert (count(Account), count(AccessToken)) == (2, 2)


def test_loading_twice_prints_the_same_and_how_to_sign_in(app, emulator):
    first, second = load(app), load(app)
    assert first.output == second.output
    assert "demo sign-in 小林" in first.output
    assert f"{emulator.base_url}/_emu/login_code" in first.output
    assert emulator.openid_of() not in first.output


def test_a_load_that_was_interrupted_is_finished_by_the_next(app, emulator, monkeypatch):
    def fail(*_args: object) -> None:
        raise RuntimeError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr(people, "save_profile", fail)
        assert app.test_cli_runner().invoke(args=["demo", "load"]).exit_code == 1
    load(app)
    assert sign_in(app, emulator, "小林").get("me").json["age_group"] == "18+"
