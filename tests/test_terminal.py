import click
import pytest
from click.testing import CliRunner

from heartport.errors import Conflict, Invalid
from heartport.terminal import Commands


def run(refusal: Exception) -> click.testing.Result:
    group = Commands("house")

    @group.command("do", with_appcontext=False)
    def do() -> None:
        raise refusal

    return CliRunner().invoke(group, ["do"])


def test_a_refusal_ends_in_its_code_and_text():
    result = run(Conflict("已经有了。"))
    assert (result.exit_code, result.output) == (1, "Error: conflict: 已经有了。\n")


def test_fields_follow_a_line_each():
    result = run(Invalid(errors={"a": ["不对。", "太长。"], "b": ["缺。"]}))
    assert result.output.splitlines()[1:] == ["a: 不对。 太长。", "b: 缺。"]


@pytest.mark.parametrize("failure", [RuntimeError("broken"), KeyError("k")])
def test_a_failure_is_none_of_its_business(failure):
    assert run(failure).exception is failure
