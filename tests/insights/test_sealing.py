"""Sealing on a real database: what counts, what is refused, what stays, and that nothing else is left anywhere."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from heartport.config import Settings
from heartport.insights import openings, publishing, releases, sealing, workers
from heartport.insights.counting import count_people
from heartport.insights.models import BlockMap, LedgerEntry, Release, ReleasedTable, Sealing
from heartport.insights.openings import AlreadySealed, NotConfirmed, ReleaseLost, SealingUnknown
from heartport.insights.retention import delete_old_block_maps
from heartport.insights.rules.answers import Answer, ScaleKey, contributions
from heartport.insights.rules.budget import CHOICE, Draw, LedgerExhausted
from heartport.insights.rules.tables import Tally
from heartport.insights.rules.windows import WindowOpen, WindowUnknown
from heartport.insights.workers import WorkerLost
from heartport.members import erasures
from heartport.members.erasure_ledger import LedgerMissing, current_ledger
from heartport.stores import Store, reading, write_transaction
from heartport.units import tree
from heartport.units.rules import Level, UnitEntry
from heartport.vault.door import current_vault
from heartport.vault.records import RESULT
from tests.conftest import Clock, Logged
from tests.insights.people import TREE, WINDOW, Sheet, keep, make_person, make_units, withdraw
from tests.killing import FULL, killed_after, steps_of
from tests.staff.doors import make_staff
from tests.vault.dumps import keys_by_table

LATER = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PEOPLE = 14


@pytest.fixture(autouse=True)
def _after_the_window(clock: Clock) -> None:
    clock.moment = LATER


@pytest.fixture
def units(app: Flask) -> dict[str, str]:
    return make_units()


def quiet() -> Draw:
    """No noise at all, so that tests see what was counted; the undercount is three."""
    return lambda _: 0


def counted(window: str = WINDOW) -> Tally:
    return count_people(list(erasures.account_ids()), window)


def body(scale: str = "phq9/1", window: str = WINDOW) -> dict:
    with reading(Store.MAIN) as session:
        statement = select(ReleasedTable.body).where(ReleasedTable.scale == scale, ReleasedTable.window == window)
        return orjson.loads(session.execute(statement).scalar_one())


def everything_published() -> list[object]:
    with reading(Store.MAIN) as session:
        return [
            tuple(row)
            for model in (Release, ReleasedTable, BlockMap, LedgerEntry)
            for row in session.execute(select(*model.__table__.columns).order_by(*model.__table__.primary_key)).all()
        ]


# What counts


def test_people_are_counted_in_the_block_of_their_unit(units: dict[str, str]) -> None:
    for number in range(PEOPLE):
        make_person(Sheet("severe" if number < 5 else "mild"), units=units)
    sealing.seal(WINDOW, quiet)
    (block,) = body()["blocks"]
    assert (block["n"], block["at_risk"], block["name"]) == (PEOPLE, 5, "远帆造船厂")
    assert body()["levels"][0]["counts"]["severe"] == 5
    assert body()["groups"] == [{"root": units["d"], "group": "female", "n": PEOPLE, "at_risk": 5, "at_ceiling": 0}]


@pytest.mark.parametrize(
    "sheet",
    [
        Sheet(consents=("assessment", "keep_results")),
        Sheet(window="2025H2"),
        Sheet(window="2026H2"),
        Sheet(scale="phq2"),
        Sheet(scale="phq4"),
        Sheet(version="9.0.0"),
        Sheet(scale="gone"),
    ],
    ids=["not agreed then", "earlier", "later", "short form", "two families", "no such version", "no such scale"],
)
def test_what_does_not_count(units: dict[str, str], sheet: Sheet) -> None:
    make_person(sheet, units=units)
    assert counted() == Tally()


def test_who_does_not_agree_any_more_is_absent_and_so_is_who_erases(units: dict[str, str]) -> None:
    left, gone, here = (make_person(Sheet(), units=units) for _ in range(3))
    withdraw(left)
    assert counted().total() == 2
    erasures._mark(gone)
    assert counted().total() == 1
    withdraw(here)
    assert counted() == Tally()


def test_the_last_valid_result_counts_and_retakes_do_not(units: dict[str, str]) -> None:
    account_id = make_person(*[Sheet("severe")] * 20, Sheet("mild", "p2"), units=units)
    (kind,) = counted()
    assert (kind.levels, kind.unit_id, kind.at_risk, counted().total()) == (("mild",), units["p2"], False, 1)
    keep(account_id, Sheet("severe"), units)
    assert next(iter(counted())).levels == ("severe",)


def test_a_deleted_result_does_not_count(units: dict[str, str]) -> None:
    account_id = make_person(Sheet("severe"), Sheet("mild"), units=units)
    records = current_vault().records(account_id, RESULT)
    records.delete(records.live((WINDOW,))[0].id, (WINDOW,))
    assert next(iter(counted())).levels == ("severe",)


def test_a_result_without_a_level_does_not_count(units: dict[str, str]) -> None:
    make_person(Sheet(level=None), units=units)
    assert counted() == Tally()


def test_of_three_scores_all_levels_count_and_any_at_risk_is_at_risk(units: dict[str, str]) -> None:
    make_person(Sheet("moderate", scale="dass21"), units=units)
    (kind,) = counted()
    assert (kind.levels, kind.at_risk) == (("moderate",) * 3, True)


def test_the_unit_is_that_of_the_answer_wherever_the_person_went(units: dict[str, str]) -> None:
    make_person(Sheet(unit="p2"), units=units)
    assert next(iter(counted())).unit_id == units["p2"]


def test_the_tree_is_that_of_the_opening_whatever_changes_later(units: dict[str, str]) -> None:
    for _ in range(PEOPLE):
        make_person(Sheet(unit="p2"), units=units)
    openings.open_sealing(WINDOW)
    moved = UnitEntry("e", "远帆造船厂", Level.ENTERPRISE, "d2")
    tree.take_over(
        [replace(each, name="新名字") if each.key == "p2" else each for each in (*TREE[:2], moved, *TREE[3:])]
    )
    sealing.seal(WINDOW, quiet)
    published = releases.list_releases()[0]
    assert published.tree.nodes[units["e"]].parent == units["d"]
    assert published.tree.nodes[units["p2"]].name == "设计室"


def test_answers_of_a_unit_that_is_gone_or_of_none_count_at_the_city(units: dict[str, str]) -> None:
    for number in range(PEOPLE):
        make_person(Sheet(unit=None if number % 2 else "p1"), units={**units, "p1": "a-unit-that-is-gone"})
    sealing.seal(WINDOW, quiet)
    (block,) = body()["blocks"]
    assert (block["root"], block["n"]) == (units["c"], PEOPLE)


# What is refused


@pytest.mark.parametrize("window", ["2026H3", "2026", "", "2026H1 ", "2026h1", "２０２６H1", "2026Q1", "2026H12"])
def test_what_names_no_half_year_is_refused(app: Flask, window: str) -> None:
    with pytest.raises(WindowUnknown):
        sealing.seal(window, quiet)


@pytest.mark.parametrize("window", ["2026H2", "2027H1"])
def test_before_it_is_over_nothing_is_counted_or_shown(units: dict[str, str], window: str) -> None:
    with pytest.raises(WindowOpen):
        sealing.seal(window, quiet)
    assert (openings.list_sealings(), releases.list_releases()) == ([], [])


def test_a_half_year_is_sealed_once_and_nothing_changes_it(units: dict[str, str]) -> None:
    """T5: submissions after the close, and another try, leave every byte as it was."""
    account_id = make_person(Sheet(), units=units)
    sealing.seal(WINDOW, quiet)
    before = everything_published()
    keep(account_id, Sheet("severe"), units)
    make_person(Sheet("severe", window="2026H2"), units=units)
    with pytest.raises(AlreadySealed):
        sealing.seal(WINDOW, lambda: lambda _: 1)
    assert everything_published() == before


def test_of_two_at_once_one_publishes_and_the_other_is_refused(units: dict[str, str]) -> None:
    opened = openings.open_sealing(WINDOW)
    units_then = openings.tree_to_seal(opened.id)
    first, second = (publishing.make_parts(WINDOW, units_then, Tally(), lambda _, z=z: z) for z in (0, 1))
    publishing.publish(first)
    before = everything_published()
    with pytest.raises(AlreadySealed):
        publishing.publish(second)
    assert everything_published() == before


def test_an_exhausted_ledger_refuses_before_anything_is_opened(
    units: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"family": "phq9", "window": WINDOW, "milli_epsilon": 1}
    write_transaction(Store.MAIN, lambda session: session.execute(insert(LedgerEntry).values(row)) and None)
    monkeypatch.setattr(sealing, "count_all", None)
    with pytest.raises(LedgerExhausted):
        sealing.seal(WINDOW, quiet)
    assert releases.list_releases() == []


def test_control_a_deleted_release_cannot_be_sealed_again(units: dict[str, str]) -> None:
    """The ledger remembers what was told, whoever deletes the tables."""
    sealing.seal(WINDOW, quiet)

    def forget(session):
        for model in (BlockMap, ReleasedTable, Release):
            session.execute(delete(model))

    write_transaction(Store.MAIN, forget)
    with pytest.raises(LedgerExhausted):
        sealing.check_budget(WINDOW)
    with pytest.raises(ReleaseLost):
        sealing.seal(WINDOW, quiet)


def put_an_older_backup_back() -> None:
    """Leave `main` as it was before the half-year was published; the erasure ledger is in no backup."""

    def forget(session):
        for model in (BlockMap, ReleasedTable, Release, LedgerEntry):
            session.execute(delete(model))

    write_transaction(Store.MAIN, forget)


def test_an_older_backup_does_not_bring_a_second_sealing(
    units: dict[str, str], monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    sealing.seal(WINDOW, quiet)
    put_an_older_backup_back()
    monkeypatch.setattr(sealing, "count_all", None)
    with pytest.raises(ReleaseLost):
        sealing.seal(WINDOW, quiet)
    assert sealing.seal_confirmed() == 0
    assert f'"window":"{WINDOW}","event":"release_lost"' in logged.text


def test_a_run_that_was_killed_before_the_ledger_heard_is_made_good_within_the_hour(
    units: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(sealing, "remember_releases", lambda: None)
        sealing.seal(WINDOW, quiet)
    assert sealing.seal_confirmed() == 0
    put_an_older_backup_back()
    with pytest.raises(ReleaseLost):
        sealing.seal(WINDOW, quiet)


def test_control_without_its_line_the_half_year_would_be_told_twice(
    units: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "remember_releases", lambda: None)
    sealing.seal(WINDOW, quiet)
    put_an_older_backup_back()
    assert sealing.seal(WINDOW, quiet).published


def test_nothing_is_opened_where_the_ledger_is_missing(units: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    current_ledger().path.unlink()
    monkeypatch.setattr(sealing, "count_all", None)
    with pytest.raises(LedgerMissing):
        sealing.seal(WINDOW, quiet)


def test_every_family_is_charged_two_thousand_once(units: dict[str, str]) -> None:
    sealing.seal(WINDOW, quiet)
    with reading(Store.MAIN) as session:
        spent = {row.family: row.milli_epsilon for row in session.execute(select(LedgerEntry)).scalars()}
    assert {"phq9", "gad7", "k10", "dass21", "phq15"} <= set(spent)
    assert {"phq2", "phq4", "gad2", "k6", "audit_c"}.isdisjoint(spent)
    assert set(spent.values()) == {2000}


def test_which_tables_there_are_says_nothing_about_who_took_what(units: dict[str, str]) -> None:
    make_person(Sheet(), units=units)
    sealing.seal(WINDOW, quiet)
    sealing.seal("2025H2", quiet)
    first, second = ({*each.manifest["tables"]} for each in releases.list_releases())
    assert first == second
    assert body("gad7/1")["blocks"] == []


# Custodians


@contextmanager
def production(app: Flask) -> Iterator[None]:
    settings: Settings = app.extensions["heartport.settings"]
    app.extensions["heartport.settings"] = replace(settings, demo=False)
    yield
    app.extensions["heartport.settings"] = settings


def test_in_production_two_custodians_confirm_first(app: Flask, units: dict[str, str]) -> None:
    one, other = (make_staff(app, name, ("custodian", None)).signed_in() for name in ("anne", "bert"))
    with production(app):
        opened = openings.open_sealing(WINDOW)
        for _ in range(2):
            with pytest.raises(NotConfirmed):
                sealing.seal(WINDOW, quiet)
            assert sealing.seal_confirmed() == 0
            openings.confirm_sealing(opened.id, one.account_id)
        assert openings.confirm_sealing(opened.id, other.account_id).confirmations == 2
        assert sealing.seal(WINDOW, quiet).published


def test_an_unknown_sealing_cannot_be_confirmed(app: Flask) -> None:
    staff = make_staff(app, "anne", ("custodian", None)).signed_in()
    with pytest.raises(SealingUnknown):
        openings.confirm_sealing("no-such-sealing", staff.account_id)


def test_the_scheduler_opens_what_is_over_and_seals_what_is_confirmed(units: dict[str, str], clock: Clock) -> None:
    assert openings.open_due_sealings() == 0  # Nobody ever signed up.
    make_person(Sheet(), units=units)
    assert openings.open_due_sealings() == 1
    assert openings.open_due_sealings() == 0
    assert (sealing.seal_confirmed(), sealing.seal_confirmed()) == (1, 0)
    clock.moment = datetime(2027, 6, 30, 15, 59, tzinfo=UTC)
    assert openings.open_due_sealings() == 1
    clock.advance(minutes=1)
    assert openings.open_due_sealings() == 1
    assert [each.window for each in openings.list_sealings()] == ["2027H1", "2026H2", WINDOW]


# What is left


def test_no_row_of_any_table_holds_a_count_without_noise(units: dict[str, str]) -> None:
    for number in range(PEOPLE):
        make_person(Sheet("severe" if number < 5 else "mild"), units=units)
    sealing.seal(WINDOW, lambda: lambda milli: 0 if milli == CHOICE else 1_000_000)
    found = body()
    numbers = [each[name] for each in (*found["blocks"], *found["groups"]) for name in ("n", "at_risk")]
    numbers += [count for each in found["levels"] for count in each["counts"].values()]
    assert len(numbers) > 6
    assert min(numbers) >= 500_000
    # And nothing else than these tables was written.
    written = {table.partition(".")[2] for table, keys in keys_by_table().items() if keys} - BEFORE
    assert written == {"sealings", "releases", "released_tables", "block_maps", "privacy_ledger"}


BEFORE = {"accounts", "consents", "subject_keys", "sealed_records", "units", "key_checks", "alembic_version"}


def test_neither_file_nor_log_nor_output_holds_anything(
    units: dict[str, str], logged: Logged, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(PEOPLE):
        make_person(Sheet(), units=units)
    opened: list[object] = []
    with watched_files(opened):
        sealing.seal(WINDOW, quiet)
    assert [each for each in opened if each] == []
    assert logged.text == ""
    assert capfd.readouterr() == ("", "")


def test_control_a_file_that_is_written_is_seen(tmp_path) -> None:
    opened: list[object] = []
    with watched_files(opened):
        (tmp_path / "counts").write_text("14")
    assert len(opened) == 1


WATCHERS: list[list[object]] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and WATCHERS and any(sign in str(arguments[1]) for sign in "wax+"):
        WATCHERS[-1].append(arguments[0])


sys.addaudithook(_watch)


@contextmanager
def watched_files(opened: list[object]) -> Iterator[None]:
    WATCHERS.append(opened)
    yield
    WATCHERS.pop()


def test_a_killed_run_leaves_nothing_and_the_next_one_publishes(units: dict[str, str]) -> None:
    for _ in range(3):
        make_person(Sheet(), units=units)
    openings.open_sealing(WINDOW)
    watched = ("insights/sealing.py", "insights/publishing.py")

    def act() -> None:
        sealing.seal(WINDOW, quiet)

    count = steps_of_a_copy(act, watched)
    before = everything_published()
    places = range(1, count + 1) if FULL else sorted({1, count // 3, count // 2, *range(count - 14, count + 1, 3)})
    for place in places:
        killed_after(place, act, watched)
        left = everything_published()
        if left != before:
            # Only from the commit on is anything there, and then all of it.
            assert releases.problems_of_releases() == []
            assert {type(row) for row in left} == {tuple}
            return
    sealing.seal(WINDOW, quiet)
    assert releases.problems_of_releases() == []


def steps_of_a_copy(act: Callable[[], None], watched: tuple[str, ...]) -> int:
    """Count the steps of a run that ends in a refusal at the very end, so that nothing is published by counting."""

    def refused() -> None:
        original = publishing._charge
        publishing._charge = lambda *_: (_ for _ in ()).throw(AlreadySealed)
        try:
            act()
        except AlreadySealed:
            pass
        finally:
            publishing._charge = original

    return steps_of(refused, watched)


# Workers


def test_workers_count_what_one_process_counts(units: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "AT_ONCE", 3)
    for number in range(10):
        make_person(Sheet("severe" if number % 3 else "mild", ("p1", "p2")[number % 2]), units=units)
    accounts, seen = list(erasures.account_ids()), []
    assert workers.count_all(accounts, WINDOW, 3, seen.append) == counted()
    assert sum(seen) == len(accounts)


def test_a_worker_that_is_lost_fails_the_sealing(units: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "AT_ONCE", 1)
    parent = os.getpid()

    def die(*_: object) -> Tally:
        assert os.getpid() != parent
        os._exit(1)

    for _ in range(4):
        make_person(Sheet(), units=units)
    monkeypatch.setattr(workers, "count_people", die)
    with pytest.raises(WorkerLost):
        sealing.seal(WINDOW, quiet, 2)
    assert releases.list_releases() == []


# Signatures and retention


def test_a_release_is_as_it_was_signed_until_somebody_changes_it(units: dict[str, str]) -> None:
    make_person(Sheet(), units=units)
    sealing.seal(WINDOW, quiet)
    assert releases.problems_of_releases() == []
    for model, column, what in (
        (ReleasedTable, {"body": "{}"}, "released_tables"),
        (BlockMap, {"body": "[]"}, "block_maps"),
        (Sealing, {"tree": "{}"}, "tree"),
        (Release, {"signature": bytes(64)}, "signature"),
    ):
        write_transaction(
            Store.MAIN,
            lambda session, model=model, column=column: session.execute(update(model).values(column)) and None,
        )
        assert any(what in problem for problem in releases.problems_of_releases())


def test_block_maps_go_after_a_year_and_the_figures_stay(units: dict[str, str], clock: Clock) -> None:
    sealing.seal(WINDOW, quiet)
    clock.moment = datetime(2027, 6, 30, 4, 0, tzinfo=UTC)
    assert delete_old_block_maps() == 0
    clock.moment = datetime(2027, 12, 1, 4, 0, tzinfo=UTC)
    assert delete_old_block_maps() > 0
    assert releases.problems_of_releases() == []
    assert releases.list_releases()[0].has_maps is False
    assert body()["facet"] == "sex"


def test_versions_of_another_major_are_kept_apart() -> None:
    old, new = Answer(ScaleKey("phq9", 1), None, ("mild",), False), Answer(ScaleKey("phq9", 2), None, ("mild",), False)
    assert contributions([new, old]) == [new]
    assert old.key != new.key


def test_control_a_release_that_was_published_piece_by_piece_would_be_seen(units: dict[str, str]) -> None:
    """Killed between two transactions such a release would lack tables; the check after a kill notices."""
    sealing.seal(WINDOW, quiet)

    def lose(session):
        session.execute(delete(BlockMap).where(BlockMap.scale == "phq9/1"))
        session.execute(delete(ReleasedTable).where(ReleasedTable.scale == "phq9/1"))

    write_transaction(Store.MAIN, lose)
    assert f"{WINDOW}: released_tables phq9/1 is not as it was signed" in releases.problems_of_releases()
