"""The ledger: made whole or not at all, appended to and never shortened, and nothing readable in it."""

import os
import stat
from pathlib import Path

import pytest

from heartport.members.erasure_ledger import HEADER, ErasureLedger, LedgerMissing, LedgerUnusable

ONE, TWO = b"1" * 32, b"2" * 32


@pytest.fixture
def ledger(tmp_path: Path) -> ErasureLedger:
    made = ErasureLedger(tmp_path / "apart" / "erasures.log")
    made.begin()
    return made


def test_what_is_noted_is_found_again_and_stands_once(ledger: ErasureLedger) -> None:
    for link in (ONE, TWO, ONE):
        ledger.note(link)
    assert ledger.links() == {ONE, TWO}
    assert ledger.path.read_bytes() == HEADER + ONE.hex().encode() + b"\n" + TWO.hex().encode() + b"\n"


def test_it_is_for_its_owner_alone(ledger: ErasureLedger) -> None:
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(ledger.path.parent.stat().st_mode) == 0o700
    assert os.listdir(ledger.path.parent) == ["erasures.log"]


def test_beginning_again_keeps_what_is_there(ledger: ErasureLedger) -> None:
    ledger.note(ONE)
    ledger.begin()
    assert ledger.links() == {ONE}


def test_a_half_written_line_counts_for_nothing_and_does_not_spoil_the_next(ledger: ErasureLedger) -> None:
    ledger.note(ONE)
    with ledger.path.open("ab") as file:
        file.write(TWO.hex().encode()[:-2])
    assert ledger.links() == {ONE}
    ledger.note(TWO)
    assert ledger.links() == {ONE, TWO}


def test_without_the_file_nothing_is_made_up(ledger: ErasureLedger) -> None:
    ledger.path.unlink()
    for act in (ledger.check, ledger.links, lambda: ledger.note(ONE)):
        with pytest.raises(LedgerMissing):
            act()
    assert not ledger.exists()


@pytest.mark.parametrize("content", [b"", b"\n", b"something else\n", HEADER[:-5], b"x" + HEADER])
def test_another_file_in_its_place_is_refused_and_left_alone(ledger: ErasureLedger, content: bytes) -> None:
    ledger.path.write_bytes(content)
    for act in (ledger.check, ledger.links, lambda: ledger.note(ONE)):
        with pytest.raises(LedgerUnusable):
            act()
    assert ledger.path.read_bytes() == content


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnusable):
        ErasureLedger(tmp_path).check()
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerUnusable):
        ErasureLedger(tmp_path / "file" / "erasures.log").begin()


def test_a_disk_that_fails_is_told_without_its_text(ledger: ErasureLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device", str(ledger.path))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LedgerUnusable) as refusal:
        ledger.note(ONE)
    assert refusal.value.__cause__ is None
