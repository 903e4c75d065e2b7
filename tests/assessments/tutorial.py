"""Reads the tutorial as a person would: pastes its files, types its commands, and compares what comes out."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from heartport.assessments.commands import scales_commands

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scale-tutorial.md"
FILE = Path("my_scales/after_work.yaml")

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ELLIPSIS = re.compile(r"^…\n", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language and what stands in it."""

    language: str
    text: str


def blocks(page: str) -> list[Block]:
    return [Block(language, text) for language, text in _FENCE.findall(page)]


def followed(page: str) -> Iterator[tuple[str, str]]:
    """Do what the page says in the current folder; give what came of each command beside what the page prints."""
    shown = blocks(page)
    for block, after in zip(shown, [*shown[1:], Block("", "")], strict=True):
        match block.language:
            case "yaml":
                before = FILE.read_text("utf-8") if FILE.exists() and not block.text.startswith("schema:") else ""
                FILE.write_text(before + block.text, "utf-8")
            case "diff":
                FILE.write_text(patched(FILE.read_text("utf-8"), block.text), "utf-8")
            case "json":
                Path("my_scales/two.jsonl").write_text(block.text, "utf-8")
            case "bash":
                said = "".join(typed(line) for line in block.text.splitlines() if line.startswith("scales "))
                if after.language == "text":
                    yield said, after.text


def patched(text: str, diff: str) -> str:
    """Replace the one line marked - by the line marked +."""
    (old,) = re.findall(r"^-(.*\n)", diff, re.MULTILINE)
    (new,) = re.findall(r"^\+(.*\n)", diff, re.MULTILINE)
    assert text.count(old) == 1, old
    return text.replace(old, new)


def typed(line: str) -> str:
    """Give what a terminal shows after one line."""
    result = CliRunner().invoke(scales_commands, shlex.split(line)[1:])
    assert result.exception is None or isinstance(result.exception, SystemExit), line
    return result.output


def alike(said: str, printed: str) -> bool:
    """Tell whether the page prints what was said; a line of … stands for any lines."""
    parts = (re.escape(part) for part in _ELLIPSIS.split(printed))
    return re.fullmatch(r"(?:.*\n)*".join(parts), said) is not None
