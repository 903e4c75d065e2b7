from click.testing import CliRunner

from heartport.library.commands import library_commands
from tests.library.shelves import article, put, small_library


def run(*arguments, **environment):
    return CliRunner().invoke(library_commands, ["lint", *map(str, arguments)], env=environment)


def test_lint_of_right_files_counts_them(tmp_path):
    result = run(small_library(tmp_path))
    assert (result.exit_code, result.output) == (0, "1 articles, 1 tracks, 1 news: no problem\n")


def test_lint_tells_every_problem_and_fails(tmp_path):
    put(small_library(tmp_path), "articles/one.md", article("level: first", "level: x\ncolour: red"))
    result = run(tmp_path)
    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 2


def test_without_a_folder_the_content_folder_is_read(tmp_path):
    assert run(HEARTPORT_CONTENT_DIR=str(small_library(tmp_path))).exit_code == 0
    assert "HEARTPORT_CONTENT_DIR" in run(HEARTPORT_CONTENT_DIR=str(tmp_path / "nowhere")).output
