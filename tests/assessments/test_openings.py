"""A scale that is not on the shelf is opened for one person, for a time, and nothing outside the vault knows of it."""

import pytest
from click.testing import Result
from flask import Flask

from heartport.assessments.openings import open_scale, openings_of
from heartport.assessments.shelf import ScaleUnknown
from heartport.members.standing import read_standing
from heartport.stores import Store
from tests.assessments.test_routes import submission
from tests.conftest import Clock, Person
from tests.vault.dumps import dump

K6 = {f"q{n}": 1 for n in range(1, 7)}


def command(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["scales", "open", *arguments])


def ids(person: Person) -> set[str]:
    return {each["id"] for each in person.get("scales").json["items"]}


def test_it_is_closed_to_everybody_until_it_is_opened_for_one(app: Flask, employee: Person, stranger: Person) -> None:
    assert employee.get("scales/k6").json["code"] == "scale_unknown"
    assert "k6" not in ids(employee)
    done = command(app, "k6", "--account", employee.account_id, "--by", "林静")
    assert done.exit_code == 0, done.output
    assert employee.get("scales/k6").status_code == 200
    assert "k6" in ids(employee)
    assert (
        employee.put(
            "scales/k6/draft", {"version": "1.0.0", "answers": {"q1": {"value": 1, "revision": 1}}}
        ).status_code
        == 200
    )
    assert employee.post("scales/k6/submissions", submission(K6)).status_code == 201
    assert stranger.get("scales/k6").status_code == 404
    assert stranger.post("scales/k6/submissions", submission(K6)).status_code == 404


def test_it_ends_by_itself_and_its_results_stay(employee: Person, clock: Clock) -> None:
    open_scale(read_standing(employee.account_id), "k6", "林静", 7)
    result = employee.post("scales/k6/submissions", submission(K6)).json["id"]
    clock.advance(days=7)
    assert "k6" in ids(employee)
    clock.advance(days=1)
    assert "k6" not in ids(employee)
    assert employee.post("scales/k6/submissions", submission(K6)).status_code == 404
    assert employee.get(f"me/results/{result}").status_code == 200


def test_opening_again_opens_it_for_longer(employee: Person, clock: Clock) -> None:
    standing = read_standing(employee.account_id)
    for days in (3, 9):
        open_scale(standing, "k6", "林静", days)
    open_scale(standing, "phq2", "林静", 5)
    assert [(each.scale_id, each.until.day) for each in openings_of(standing)] == [("k6", 1), ("phq2", 27)]


@pytest.mark.parametrize("scale_id", ["nothing", "phq9", "scl90"])
def test_what_needs_no_opening_or_has_no_words_is_refused(app: Flask, employee: Person, scale_id: str) -> None:
    with pytest.raises(ScaleUnknown):
        open_scale(read_standing(employee.account_id), scale_id, "林静")
    assert command(app, scale_id, "--account", employee.account_id, "--by", "林静").exit_code == 1
    assert command(app, "k6", "--account", "nobody", "--by", "林静").exit_code == 1


def test_it_is_exported_and_erased_and_stands_in_no_store_in_clear(employee: Person) -> None:
    open_scale(read_standing(employee.account_id), "k6", "林静医生说明")
    (held,) = employee.call("POST", "me/export").json["opened_scales"]
    assert (held["scale_id"], held["opened_by"]) == ("k6", "林静医生说明")
    assert not any("林静医生说明" in str(value) for store in Store for value in dump(store))
    employee.post("me/erasure", {"confirm": "抹去我的全部数据"})
    assert dump(Store.VAULT) == [] or not any(cell for cell in dump(Store.VAULT) if "sealed_records" in str(cell))
