"""What editors see at a terminal."""

from pathlib import Path

from click.testing import CliRunner, Result

from heartport.catalogue.commands import topics_commands
from tests.catalogue.shelves import SHIPPED, topic, written


def lint(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(topics_commands, ["lint", *map(str, arguments)], env=environment)


def test_lint_of_a_right_file_counts() -> None:
    assert lint().output == lint(SHIPPED).output == "7 themes, 34 topics: no problem\n"


def test_lint_tells_every_problem_and_fails(tmp_path: Path) -> None:
    result = lint(written(tmp_path, topic(duration_min=50), topic("A02", outline=[])))
    assert (result.exit_code, len(result.output.splitlines())) == (1, 2)


def test_a_code_that_is_gone_is_told_and_one_that_is_withdrawn_is_not(tmp_path: Path) -> None:
    for folder in ("before", "withdrawn", "gone"):
        (tmp_path / folder).mkdir()
    before = written(tmp_path / "before", topic("A01"), topic("A02"))
    withdrawn = written(tmp_path / "withdrawn", topic("A01"), topic("A02", withdrawn_on="2026-11-01"))
    gone = written(tmp_path / "gone", topic("A01"))
    assert lint(withdrawn, "--before", before).exit_code == 0
    result = lint(gone, "--before", before)
    assert result.exit_code == 1
    assert result.output.startswith(f"{gone}: A02 is gone")


def test_a_content_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "HEARTPORT_CONTENT_DIR" in lint(HEARTPORT_CONTENT_DIR=str(tmp_path / "nowhere")).output
