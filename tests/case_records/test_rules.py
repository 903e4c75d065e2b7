"""What belongs together in a case record, what each change is called, and until when one is kept."""

from dataclasses import replace
from datetime import date

import pytest

from heartport.case_records.rules import (
    CaseRecordClosed,
    Closing,
    Entry,
    Referral,
    Risk,
    act_of,
    check_change,
    check_entry,
    kept_until,
)
from heartport.errors import Invalid

OPEN = Entry(Risk.NONE_SEEN, "", "", Referral.NONE, "", None, "")
CLOSED = replace(OPEN, closing=Closing.COMPLETED)


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({}, set()),
        ({"risk": Risk.WATCH}, {"risk_note"}),
        ({"risk": Risk.WATCH, "risk_note": "x"}, set()),
        ({"risk": Risk.URGENT}, {"risk_note", "handling"}),
        ({"risk": Risk.URGENT, "risk_note": "x", "handling": "y"}, set()),
        ({"referral": Referral.ADVISED}, {"referral_note"}),
        ({"referral": Referral.ARRANGED, "referral_note": "x"}, set()),
        ({"closing": Closing.REFERRED}, {"referral"}),
        ({"closing": Closing.REFERRED, "referral": Referral.ADVISED}, {"referral_note"}),
        ({"closing": Closing.COMPLETED, "closing_note": "x"}, set()),
        ({"closing_note": "x"}, {"closing_note"}),
    ],
)
def test_what_belongs_together_is_asked_for_all_at_once(changes: dict[str, object], places: set[str]) -> None:
    entry = replace(OPEN, **changes)
    if not places:
        check_entry(entry)
        return
    with pytest.raises(Invalid) as refused:
        check_entry(entry)
    assert set(refused.value.errors) == places


@pytest.mark.parametrize(
    ("before", "after", "act"),
    [
        (None, OPEN, "write"),
        (OPEN, OPEN, "write"),
        (None, CLOSED, "close"),
        (OPEN, CLOSED, "close"),
        (CLOSED, OPEN, "reopen"),
    ],
)
def test_every_change_has_a_name(before: Entry | None, after: Entry, act: str) -> None:
    check_change(before, after)
    assert act_of(before, after) == act


def test_a_closed_record_is_reopened_before_it_is_changed() -> None:
    with pytest.raises(CaseRecordClosed):
        check_change(CLOSED, replace(CLOSED, closing=Closing.REFERRED))


@pytest.mark.parametrize(
    ("written", "until"),
    [(date(2026, 11, 22), date(2036, 11, 22)), (date(2028, 2, 29), date(2038, 2, 28))],
)
def test_the_last_day_is_so_many_years_later(written: date, until: date) -> None:
    assert kept_until(written, 10) == until
