"""The page on the scale language names all that the language has: every key, every choice, every command."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from heartport.assessments.commands import scales_commands
from heartport.scoring.conditions import RELATIONS
from heartport.scoring.formulas import FORMULAS
from heartport.scoring.grammar import ALWAYS
from heartport.scoring.kinds import KINDS
from heartport.scoring.loader import load_scale
from heartport.scoring.manner import TESTS
from heartport.scoring.problems import ScalesRefused
from heartport.scoring.schema import overlay_schema, scale_schema
from heartport.scoring.tokens import KEYWORDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "scale-format.md").read_text(encoding="utf-8")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LANGUAGE = re.compile(r"[\w/.-]+|[^\w\s]+")


def spans_of(page: str) -> list[str]:
    """Give all that stands in backticks, outside of whole examples."""
    return re.findall(r"`([^`]+)`", FENCED.sub("", page))


def named(page: str) -> set[str]:
    """Give all words and signs among it."""
    spans = spans_of(page)
    return {word for span in spans for word in (*LANGUAGE.findall(span), *re.findall(r"\w+", span))}


def words_of(schema: object) -> Iterator[str]:
    """Give the keys of a schema's mappings and the words that may stand at them."""
    if isinstance(schema, list):
        for each in schema:
            yield from words_of(each)
    elif isinstance(schema, dict):
        properties = schema.get("properties", {})
        yield from properties
        choices = [*schema.get("enum", ()), schema.get("const")]
        yield from (choice for choice in choices if isinstance(choice, str))
        for each in [*properties.values(), *(each for key, each in schema.items() if key != "properties")]:
            yield from words_of(each)


GRAMMAR = {*words_of(scale_schema()), *words_of(overlay_schema())}
REGISTRIES = {*FORMULAS, *KINDS, *TESTS, *KEYWORDS, *RELATIONS, ALWAYS}


def test_the_page_names_every_key_and_word_of_the_language():
    assert sorted((GRAMMAR | REGISTRIES) - named(PAGE)) == []


def test_the_page_names_every_command_and_its_options():
    commands = set(scales_commands.commands)
    options = {flag for each in scales_commands.commands.values() for part in each.params for flag in part.opts}
    flags = {flag for flag in options if flag.startswith("--")}
    spans = " ".join(spans_of(PAGE))
    assert sorted(commands - named(PAGE)) == []
    assert sorted(flag for flag in flags if flag not in spans) == []


def test_the_grammar_is_seen_whole():
    assert len(GRAMMAR) > 120
    assert {"at_risk", "percentiles", "seconds_per_item", "half_even", "call_back", "holder"} <= GRAMMAR


@pytest.mark.parametrize(
    "word", ["interview_skip", "edge_goes", "half_even", "valid_if_missing_share_at_most", "always"]
)
def test_a_page_that_forgets_a_word_is_caught(word):
    """The negative control."""
    assert word in (GRAMMAR | REGISTRIES) - named(PAGE.replace(word, "…"))


EXAMPLE = next(
    text for text in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL) if "status:" in text
)
SLIPS = [
    ("recall:", "recal:"),
    ("{v: 1, label: {zh-CN: 有时}}", "{v: 1, label: }"),
    ("reverse: [0, 2]", "reverse: [0, 3]"),
    ("then: prorate", "then: mean_of_answered"),
    ("sum: q1..q3", "sum: q1..q2"),
    ("from: 4", "from: 7"),
    ("q3 >= 1, level", "q3 >= 3, level"),
    ("expect: {total: 6", "expect: {total: 5"),
]


def test_the_example_passes_the_linter():
    load_scale(EXAMPLE.encode(), "scales/calm.yaml")


@pytest.mark.parametrize(("right", "wrong"), SLIPS)
def test_the_problems_on_the_page_are_what_the_linter_says_of_its_example(right, wrong):
    assert EXAMPLE.count(right) == 1
    with pytest.raises(ScalesRefused) as refused:
        load_scale(EXAMPLE.replace(right, wrong).encode(), "scales/calm.yaml")
    assert f"\n{refused.value}\n" in PAGE


def test_the_page_shows_no_other_problems():
    assert len(re.findall(r"^scales/calm.yaml:", PAGE, re.MULTILINE)) == len(SLIPS)
