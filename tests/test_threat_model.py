"""`docs/threat-model.md` names tests that exist and every time that is stored; its sections say both things."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Date, DateTime

from heartport.config import ROOT
from heartport.stores import Store
from tests.vault.dumps import tables

PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::([\w:]+))?`")
EXACTNESS = ("moment", "day")


def sections(text: str) -> dict[str, str]:
    """Return the numbered sections, one an actor, by their titles."""
    parts = re.split(r"^## (\d+\. .+)$", text, flags=re.M)
    return {title: body.split("\n## ")[0] for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def missing_tests(text: str) -> set[str]:
    """Name the tests that a text names and that do not exist."""
    named = {(path, name) for path, name in NAMED.findall(text)}
    return {f"{path}::{name}" for path, name in named if name not in {"", *names_in(path)}}


@cache
def names_in(path: str) -> frozenset[str]:
    file = ROOT / path
    return frozenset(functions(ast.parse(file.read_text(encoding="utf-8")), "")) if file.exists() else frozenset()


def functions(tree: ast.AST, within: str) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield f"{within}{node.name}"
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{within}{node.name}::")


def stored_times() -> dict[str, str]:
    """Return every column that holds a time, in all stores, and what the database calls its kind."""
    return {
        f"{table.name}.{column.name}": str(store)
        for store in Store
        for table in tables(store)
        for column in table.columns
        if isinstance(column.type, Date | DateTime)
    }


def told_times(text: str) -> Mapping[str, str]:
    """Return the columns of the page's table, each with how exact it is said to be."""
    rows = re.findall(r"^\| (`[\w.`, ]+) \| (\w+)", text, flags=re.M)
    return {column: exactness for cell, exactness in rows for column in re.findall(r"`(\w+\.\w+)`", cell)}


def test_every_test_that_is_named_exists() -> None:
    assert missing_tests(PAGE) == set()
    assert len(NAMED.findall(PAGE)) > 50


def test_control_a_test_that_was_renamed_is_noticed() -> None:
    text = "`tests/vault/test_split.py::test_it_was_called_this`, `tests/nowhere.py::test_x`"
    assert missing_tests(text) == set(text.strip("`").split("`, `"))


@pytest.mark.parametrize("title", sections(PAGE))
def test_every_section_says_what_is_promised_with_a_test_and_what_is_not(title: str) -> None:
    body = sections(PAGE)[title]
    assert NAMED.search(body.partition("Not promised:")[0]), "a promise without a test"
    if not title.startswith("10."):
        assert "\nPromised:\n" in body
        assert "\nNot promised:\n- " in body


def test_everybody_is_there_who_might_want_to_know() -> None:
    titles = " ".join(sections(PAGE)).lower()
    for actor in (
        "colleague with a dump",
        "unit",
        "database administrator",
        "operator",
        "counsellor",
        "thief of a phone",
        "gateway",
        "cloud",
        "broken into",
        "lawful demand",
        "statistics",
    ):
        assert actor in titles


def test_the_limits_that_can_be_shown_are_shown() -> None:
    """Each test of `tests/test_not_promised.py` stands beside the limit that it shows, and shows one."""
    shown = names_in("tests/test_not_promised.py")
    assert {name for path, name in NAMED.findall(PAGE) if path == "tests/test_not_promised.py"} == shown


def test_every_time_that_is_stored_is_named_and_none_lies_with_keys_or_records(app: Flask) -> None:
    found = stored_times()
    assert set(found.values()) == {Store.MAIN}
    assert set(told_times(PAGE)) == set(found)
    assert set(told_times(PAGE).values()) == set(EXACTNESS)


def test_control_a_column_that_nobody_told_of_would_be_seen(app: Flask) -> None:
    without = PAGE.replace("| `invites.expires_at` |", "| `invites.nothing` |")
    assert set(told_times(without)) ^ set(stored_times()) == {"invites.nothing", "invites.expires_at"}


def test_the_pages_around_it_lead_to_it_and_do_not_repeat_it() -> None:
    for page in ("README.md", "docs/privacy.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert "threat-model.md" in text
    assert "xmin" not in (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert Path(ROOT / "docs" / "threat-model.md").stat().st_size < 24_000
