"""Retention: a half-year goes as a whole when its time is over, whoever's it is, and no other with it."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from heartport.config import ROOT, SettingsError, load_settings
from heartport.members.policies import load_policies
from heartport.stores import Store, reading
from heartport.vault.door import current_vault
from heartport.vault.models import SealedRecord
from heartport.vault.records import DRAFT, RESULT
from heartport.vault.retention import delete_old_records
from tests.conftest import Clock

WINDOWS = ("2026H2", "2026H1", "2025H2", "2025H1", "2024H2", "2024H1", "2023H2", "2023H1")
SETTING = "HEARTPORT_RETENTION_RESULTS_HALF_YEARS"


def held() -> list[str]:
    with reading(Store.VAULT) as session:
        return sorted(session.execute(select(SealedRecord.window)).scalars())


@pytest.fixture
def people(app: Flask, clock: Clock) -> list[str]:
    """Two people with a result and a draft in each half-year; the clock stands in 2026H2."""
    for name in ("a", "b"):
        current_vault().ensure_subject(name)
        drawer = current_vault().open(name)
        for window in WINDOWS:
            results = drawer.records(RESULT)
            results.insert_once(results.id_for(window), window.encode(), [window])
            drawer.single(DRAFT, f"scale of {window}").put(window, lambda _found: b"draft")
    return ["a", "b"]


def test_six_half_years_are_kept_and_the_open_one_is_one_of_them(people: list[str]) -> None:
    assert delete_old_records() == 8
    assert held() == sorted(WINDOWS[:6] * 4)
    assert delete_old_records() == 0


def test_who_reads_afterwards_finds_the_rest(people: list[str]) -> None:
    delete_old_records()
    for name in people:
        live = current_vault().records(name, RESULT).live(WINDOWS)
        assert [entry.payload.decode() for entry in live] == list(WINDOWS[:6])


def test_a_half_year_goes_on_the_first_day_of_the_next(people: list[str], clock: Clock) -> None:
    delete_old_records()
    clock.moment = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    assert delete_old_records() == 0
    clock.moment = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # 1 January in Shanghai
    assert delete_old_records() == 4
    assert held() == sorted(WINDOWS[:5] * 4)


def test_a_draft_that_is_still_worked_on_goes_with_its_last_change(people: list[str]) -> None:
    draft = current_vault().open("a").single(DRAFT, "scale of 2023H1")
    draft.put("2026H2", lambda _found: b"changed")
    delete_old_records()
    assert draft.read().payload == b"changed"


def test_one_that_went_can_be_begun_again(people: list[str]) -> None:
    delete_old_records()
    draft = current_vault().open("a").single(DRAFT, "scale of 2023H1")
    assert draft.read().payload is None
    draft.put("2026H2", lambda _found: b"anew")
    assert draft.read().payload == b"anew"


def settings(tmp_path, value: str):
    return load_settings({"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(tmp_path), SETTING: value})


@pytest.mark.parametrize(("value", "expected"), [("", 6), ("2", 2), ("40", 40)])
def test_how_many_is_a_setting(tmp_path, value: str, expected: int) -> None:
    assert settings(tmp_path, value).results_half_years == expected


@pytest.mark.parametrize("value", ["0", "1", "41", "-1", "six", "2.5"])
def test_with_fewer_than_two_a_result_could_go_the_day_after(tmp_path, value: str) -> None:
    with pytest.raises(SettingsError, match=SETTING):
        settings(tmp_path, value)


def test_the_text_of_consent_promises_what_the_setting_says_by_itself(tmp_path) -> None:
    policy = load_policies(ROOT / "content" / "policies").current
    lines = [line for section in policy.general for line in section.text]
    assert settings(tmp_path, "").results_half_years == 2 * 3
    assert any("最多保存三年" in line for line in lines)
