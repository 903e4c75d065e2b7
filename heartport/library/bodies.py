"""Reads the text of a page: the few forms of Markdown that an article or a news item may use.

    ## A heading
    A paragraph, with **strong words** and the mark of a source [1].
    - one thing of a list
    1. one step of several
    > something said

Whatever is not among them is refused, so that no client ever has to guess: a mini-program shows these five forms
with parts of its own and needs no Markdown library.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby


class Form(StrEnum):
    """The forms in which a page says something."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    STEPS = "steps"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch of a page in one form; `line` counts from 1 within the text that was read.

    `texts` holds one string for a heading, a paragraph or a quote, and one for each entry of a list or of steps.
    They keep `**…**` and `[n]`.
    """

    form: Form
    texts: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that a text may not do, at its line."""

    line: int
    what: str


MARKS = {"## ": Form.HEADING, "- ": Form.LIST, "> ": Form.QUOTE}
STEP = re.compile(r"([1-9][0-9]?)\. (?=\S)")
NO_FORM = (
    (re.compile(r"#"), "Of headings there is only ## and a space."),
    (re.compile(r"\s"), "A line begins with a space; nothing is nested."),
    (re.compile(r"[*+] "), "Entries of a list begin with - and a space."),
    (re.compile(r"[0-9]+[.)]"), "Steps begin with a number from 1, a full stop and a space."),
    (re.compile(r"([-=_*])\1{2,}\s*\Z"), "Lines are not drawn."),
    (re.compile(r"\|"), "Tables are not shown."),
    (re.compile(r"\[[^\]]*\]:"), "Links are not shown; sources stand in the front matter."),
)
NOT_SHOWN = (
    (re.compile(r"</?[A-Za-z!]"), "HTML is not shown."),
    (re.compile(r"!\[|\]\("), "Neither links nor pictures are shown; sources stand in the front matter."),
    (re.compile(r"`"), "Code is not shown."),
    (re.compile(r"\\"), "A backslash is not shown."),
    (re.compile(r"&#?[A-Za-z0-9]+;"), "Entities are not shown; write the sign itself."),
    (re.compile(r"(?<!\*)\*(?![* ])|\*{3}"), "Of marks within a line there is only ** before and after strong words."),
)

Lines = Sequence[tuple[int, str]]


def read_body(text: str) -> tuple[tuple[Block, ...], tuple[Wrong, ...]]:
    """Return the blocks of a text, and what it may not do, each with its line."""
    lines = [(place, line.rstrip()) for place, line in enumerate(text.split("\n"), start=1)]
    runs = [(form, list(run)) for form, run in groupby(lines, key=lambda each: _form(each[1])) if form]
    blocks = [block for form, run in runs for block in _blocks(form, run)]
    wrongs = [wrong for form, run in runs for wrong in _wrongs(form, run)]
    return tuple(blocks), tuple(sorted(wrongs, key=lambda each: each.line))


def _form(line: str) -> Form | None:
    if not line:
        return None
    if STEP.match(line):
        return Form.STEPS
    return next((form for mark, form in MARKS.items() if line.startswith(mark)), Form.PARAGRAPH)


def _blocks(form: Form, run: Lines) -> Iterator[Block]:
    bare = [(place, _bare(line)) for place, line in run]
    if form is Form.HEADING:
        yield from (Block(form, (line,), place) for place, line in bare)
    elif form in (Form.LIST, Form.STEPS):
        yield Block(form, tuple(line for _, line in bare), run[0][0])
    else:
        yield Block(form, ("".join(line for _, line in bare),), run[0][0])


def _bare(line: str) -> str:
    mark = next((mark for mark in MARKS if line.startswith(mark)), "")
    return STEP.sub("", line.removeprefix(mark), count=1).strip()


def _wrongs(form: Form, run: Lines) -> Iterator[Wrong]:
    for count, (place, line) in enumerate(run, start=1):
        if form is Form.PARAGRAPH:
            yield from (Wrong(place, what) for shape, what in NO_FORM if shape.match(line))
        yield from (Wrong(place, what) for shape, what in NOT_SHOWN if shape.search(line))
        if line.count("**") % 2:
            yield Wrong(place, "Strong words begin with ** and end with **, on one line.")
        if form is Form.STEPS and not line.startswith(f"{count}. "):
            yield Wrong(place, f"This is step {count}; it is numbered otherwise.")
