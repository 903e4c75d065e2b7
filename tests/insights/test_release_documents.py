"""A release as a document: kept outside backups, put back byte for byte, and nothing else is taken for one."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from heartport.insights import commands, release_documents, releases, sealing
from heartport.insights.distributions import ReleaseUnknown
from heartport.insights.documents import canonical
from heartport.insights.models import (
    BlockMap,
    LedgerEntry,
    Release,
    ReleasedTable,
    Sealing,
    SealingConfirmation,
)
from heartport.insights.openings import ReleaseLost, confirm_sealing, list_sealings, open_sealing
from heartport.insights.release_documents import (
    ReleaseDiffers,
    ReleaseDocumentWrong,
    export_release,
    import_release,
)
from heartport.insights.retention import delete_old_block_maps
from heartport.insights.rules.windows import WindowUnknown
from heartport.members.erasure_ledger import current_ledger
from heartport.stores import Store, reading, write_transaction
from heartport.vault import signatures
from tests.conftest import Clock
from tests.insights.people import WINDOW, Sheet, make_person, make_units
from tests.killing import FULL, killed_after
from tests.staff.doors import make_staff
from tests.threads import at_once

PUBLISHED = (BlockMap, ReleasedTable, Release, LedgerEntry)


@pytest.fixture(autouse=True)
def _after_the_window(clock: Clock) -> None:
    clock.moment = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def units(app: Flask) -> dict[str, str]:
    """The units, with a half-year that is published: fourteen welders, five of whom need attention."""
    made = make_units()
    for number in range(14):
        make_person(Sheet("severe" if number < 5 else "mild"), units=made)
    sealing.seal(WINDOW, lambda: lambda _: 0)
    return made


@pytest.fixture
def document(units: dict[str, str]) -> dict[str, Any]:
    return json.loads(export_release(WINDOW))


def put_an_older_backup_back() -> None:
    """Leave `main` as it was before the half-year was opened; the erasure ledger is in no backup."""

    def forget(session: Session) -> None:
        for model in (*PUBLISHED, SealingConfirmation, Sealing):
            session.execute(delete(model))

    write_transaction(Store.MAIN, forget)


def everything_published() -> list[object]:
    with reading(Store.MAIN) as session:
        return [
            tuple(row)
            for model in (*PUBLISHED, Sealing)
            for row in session.execute(select(*model.__table__.columns).order_by(*model.__table__.primary_key)).all()
        ]


def flask(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["insights", *args])


def signed_anew(content: dict[str, Any]) -> dict[str, Any]:
    """Sign all of a document as this deployment does, to see what the other checks see."""
    signer = release_documents.current_vault()
    return {"content": content, "signature": signer.sign(canonical(content).encode()).hex()}


# There and back


def test_what_was_lost_is_put_back_and_every_answer_is_what_it_was(
    app: Flask, units: dict[str, str], tmp_path: Path
) -> None:
    person = make_staff(app, "anne", ("counsellor", None)).signed_in()
    query = f"scale=phq9&unit={units['p1']}"
    paths = (
        "releases",
        "units",
        f"distribution?{query}",
        f"distribution?scale=phq9&unit={units['d']}&by=levels",
        f"trend?{query}",
        f"export?{query}&format=csv",
    )
    before = {path: person.get(f"insights/{path}").data for path in paths}
    stored, exported = everything_published(), flask(app, "export-release", "--window", WINDOW)
    (tmp_path / "release.json").write_bytes(exported.stdout_bytes)
    put_an_older_backup_back()
    app.extensions.pop("heartport.insight_answers", None)
    with pytest.raises(ReleaseLost, match="release_lost"):
        sealing.seal(WINDOW, lambda: lambda _: 0)
    assert "import-release" in ReleaseLost.detail
    put_back = flask(app, "import-release", str(tmp_path / "release.json"))
    assert (put_back.exit_code, put_back.output) == (0, f"{WINDOW} is published again, as it was.\n")
    assert everything_published() == stored
    assert {path: person.get(f"insights/{path}").data for path in paths} == before
    assert releases.problems_of_releases() == []
    again = flask(app, "import-release", str(tmp_path / "release.json"))
    assert (again.exit_code, again.output) == (0, f"{WINDOW} is there, as in the file.\n")
    assert everything_published() == stored


def test_it_goes_in_place_of_a_sealing_that_was_opened_anew_with_its_confirmations(
    app: Flask, document: dict[str, Any]
) -> None:
    stored = everything_published()
    put_an_older_backup_back()
    custodian = make_staff(app, "bert", ("custodian", None)).signed_in()
    confirm_sealing(open_sealing(WINDOW).id, custodian.account_id)
    assert import_release(document)
    assert everything_published() == stored
    assert [(each.published, each.confirmations) for each in list_sealings()] == [(True, 0)]


def test_confirmations_of_the_sealing_itself_stay(app: Flask, document: dict[str, Any]) -> None:
    custodian = make_staff(app, "bert", ("custodian", None)).signed_in()
    confirm_sealing(open_sealing(WINDOW).id, custodian.account_id)

    def forget(session: Session) -> None:
        for model in PUBLISHED:
            session.execute(delete(model))

    write_transaction(Store.MAIN, forget)
    assert import_release(document)
    assert list_sealings()[0].confirmations == 1


def test_what_was_put_back_is_remembered_and_not_sealed_again(document: dict[str, Any]) -> None:
    put_an_older_backup_back()
    current_ledger().path.unlink()
    current_ledger().begin()
    import_release(document)
    put_an_older_backup_back()
    with pytest.raises(ReleaseLost):
        sealing.seal(WINDOW, lambda: lambda _: 0)


def test_block_maps_do_not_come_back_after_their_year(document: dict[str, Any], clock: Clock) -> None:
    assert document["content"]["block_maps"]
    put_an_older_backup_back()
    clock.moment = datetime(2027, 12, 1, 4, 0, tzinfo=UTC)
    import_release(document)
    assert delete_old_block_maps() == 0
    exported = json.loads(export_release(WINDOW))["content"]
    assert exported == {**document["content"], "block_maps": {}}
    put_an_older_backup_back()
    assert import_release(signed_anew(exported))
    assert releases.problems_of_releases() == []


def test_a_document_holds_what_is_public_and_nothing_else(document: dict[str, Any]) -> None:
    content = document["content"]
    assert set(content) == {
        "format",
        "window",
        "id",
        "published_on",
        "manifest",
        "signature",
        "sealing",
        "tables",
        "block_maps",
    }
    assert set(content["sealing"]) == {"id", "opened_on", "tree"}
    manifest = json.loads(content["manifest"])
    assert (set(content["tables"]), set(content["block_maps"])) == (set(manifest["tables"]), set(manifest["tables"]))


def test_of_several_that_put_it_back_at_once_one_does(app: Flask, document: dict[str, Any]) -> None:
    stored = everything_published()
    put_an_older_backup_back()
    assert sorted(at_once(app, lambda _: import_release(document), 3)) == [False, False, True]
    assert everything_published() == stored


def test_a_killed_run_leaves_nothing_or_all_of_it(document: dict[str, Any]) -> None:
    stored = everything_published()
    put_an_older_backup_back()
    watched = ("insights/release_documents.py",)
    left = []
    for place in range(1, 200) if FULL else (5, 40, 60, 80, 90, 100):
        if not killed_after(place, lambda: import_release(document), watched):
            break
        left.append(everything_published())
    assert left[0] == []
    assert all(each in ([], stored) for each in left)
    import_release(document)
    assert everything_published() == stored


# What is refused


def refused(document: dict[str, Any]) -> set[str]:
    """Return the places at which a document is refused; nothing is written."""
    before = everything_published()
    with pytest.raises(ReleaseDocumentWrong) as caught:
        import_release(document)
    assert everything_published() == before
    return set(caught.value.errors)


def changes(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the content with one thing changed, by the place of it."""
    name = "phq9/1"
    other = {"tables": {**content["tables"], name: content["tables"][name].replace("14", "15", 1)}}
    less = {each: body for each, body in content["tables"].items() if each != name}
    return {
        "content.tables.phq9/1": other,
        "content.tables.phq9/1 ": {"tables": less},
        "content.tables.new/1": {"tables": {**content["tables"], "new/1": "{}"}},
        "content.block_maps.phq9/1": {"block_maps": {**content["block_maps"], name: "{}"}},
        "content.sealing.tree": {"sealing": {**content["sealing"], "tree": "{}"}},
        "content.window": {"window": "2025H2"},
        "content.format": {"format": "heartport-release-document/2"},
    }


def test_every_changed_part_is_named_though_all_of_it_were_signed_again(document: dict[str, Any]) -> None:
    put_an_older_backup_back()
    for place, change in changes(document["content"]).items():
        assert refused(signed_anew({**document["content"], **change})) == {place.strip()}


def test_control_without_the_digests_a_changed_table_would_be_published(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_an_older_backup_back()
    monkeypatch.setattr(release_documents, "changed_parts", lambda *_: [])
    assert import_release(signed_anew({**document["content"], **changes(document["content"])["content.tables.phq9/1"]}))


@pytest.mark.parametrize(
    "change",
    [
        {"id": "A" * 22},
        {"published_on": "2026-08-01"},
        {"block_maps": {}},
    ],
    ids=["id", "day", "maps"],
)
def test_what_the_manifest_does_not_name_is_signed_too(document: dict[str, Any], change: dict[str, Any]) -> None:
    put_an_older_backup_back()
    assert refused({**document, "content": {**document["content"], **change}}) == {"signature"}


def test_a_changed_byte_anywhere_is_refused(app: Flask, document: dict[str, Any], tmp_path: Path) -> None:
    put_an_older_backup_back()
    whole, file = canonical(document).encode(), tmp_path / "release.json"
    step = len(whole) // (2000 if FULL else 40)
    for place in {0, len(whole) - 1, *range(0, len(whole), step)}:
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        result = flask(app, "import-release", str(file))
        assert (result.exit_code, type(result.exception)) == (1, SystemExit), place
        assert everything_published() == []


def test_a_document_of_another_deployment_is_none_of_ours(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = os.urandom(32)
    content = document["content"]
    content = {**content, "signature": signatures.sign(seed, content["manifest"].encode()).hex()}
    theirs = {"content": content, "signature": signatures.sign(seed, canonical(content).encode()).hex()}
    put_an_older_backup_back()
    assert refused(theirs) == {"content.manifest", "signature"}
    # The negative control: under their key it would be taken.
    vault = type(release_documents.current_vault())
    monkeypatch.setattr(vault, "public_key", property(lambda _: signatures.public_key(seed)))
    assert import_release(theirs)


def test_under_other_settings_it_is_refused_and_the_setting_is_named(app: Flask, document: dict[str, Any]) -> None:
    put_an_older_backup_back()
    settings = app.extensions["heartport.settings"]
    app.extensions["heartport.settings"] = replace(settings, insights_floor=20)
    try:
        assert refused(document) == {"content.manifest.settings.floor"}
    finally:
        app.extensions["heartport.settings"] = settings
    assert import_release(document)


def test_another_release_of_the_half_year_stays_as_it_is(document: dict[str, Any]) -> None:
    write_transaction(Store.MAIN, lambda session: session.execute(update(Release).values(id="A" * 22)) and None)
    before = everything_published()
    with pytest.raises(ReleaseDiffers):
        import_release(document)
    assert everything_published() == before


def test_what_is_not_published_or_not_as_it_was_signed_is_not_exported(app: Flask, units: dict[str, str]) -> None:
    for window, refusal in (("2025H2", ReleaseUnknown), ("2026", WindowUnknown)):
        with pytest.raises(refusal):
            export_release(window)
    write_transaction(Store.MAIN, lambda session: session.execute(update(ReleasedTable).values(body="{}")) and None)
    with pytest.raises(ReleaseDocumentWrong) as caught:
        export_release(WINDOW)
    assert "content.tables.phq9/1" in caught.value.errors


def _without_manifest(text: str) -> str:
    document = json.loads(text)
    del document["content"]["manifest"]
    return json.dumps(document)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text[: len(text) // 2], "malformed"),
        (lambda text: "[" * 1000, "malformed"),
        (lambda text: "[]", "须为一个 JSON 对象"),
        (lambda text: "", "malformed"),
        (lambda text: text.replace('"content"', '"content":{},"content"', 1), "content: 同一个键出现了两次"),
        (lambda text: text.replace('"window"', '"id":"x","window"', 1), "content.id: 同一个键出现了两次"),
        (_without_manifest, "content.manifest: 必须填写"),
        (lambda text: text.replace('"format"', '"more":1,"format"', 1), "content.more: 没有这个字段"),
        (lambda text: text.replace('"signature":"', '"signature":"x', 1), "content.signature: 须为 128 个"),
    ],
)
def test_what_is_no_document_is_refused_with_the_place(
    app: Flask, document: dict[str, Any], tmp_path: Path, spoil: Callable[[str], str], said: str
) -> None:
    put_an_older_backup_back()
    (tmp_path / "release.json").write_text(spoil(canonical(document)), encoding="utf-8")
    result = flask(app, "import-release", str(tmp_path / "release.json"))
    assert (result.exit_code, said in result.output) == (1, True), result.output
    assert everything_published() == []


def test_a_file_that_is_too_large_or_not_there_is_refused(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "LARGEST_DOCUMENT_BYTES", 2 << 20)
    (tmp_path / "release.json").write_bytes(b" " * ((2 << 20) + 1))
    result = flask(app, "import-release", str(tmp_path / "release.json"))
    assert (result.exit_code, "release.json: larger than 2 MiB." in result.output) == (1, True)
    assert flask(app, "import-release", str(tmp_path / "none.json")).exit_code == 2
