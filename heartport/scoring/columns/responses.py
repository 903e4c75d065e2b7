"""Reads JSON lines in blocks; an answer to an unknown item keeps its row out of the columns, to be scored alone."""

from collections.abc import Iterator
from itertools import islice

from heartport.scoring.columns.blocks import Block, Lines, Words
from heartport.scoring.records import Fault
from heartport.scoring.responses import LineRefused, Response, read_response
from heartport.scoring.sheets import read_with

ROWS_A_BLOCK = 10_000


def response_blocks(lines: Lines, words: Words, encoding: str) -> Iterator[Block]:
    """Give block after block."""
    numbered = enumerate(lines.each(), start=1)
    while some := list(islice(numbered, ROWS_A_BLOCK)):
        words.renew()
        yield _block(some, words, encoding)


def _block(lines: list[tuple[int, bytes]], words: Words, encoding: str) -> Block:
    block = Block(0, {}, [], [])
    rows: list[Response] = []
    for place, (number, line) in enumerate(lines):
        try:
            response = read_response(line, first=number == 1, encoding=encoding)
        except LineRefused as refused:
            block.faults.append((place, Fault(number, refused.column, refused.detail)))
            continue
        if response.answers.keys() <= words.form.known:
            rows.append(response)
        else:
            sheet = read_with(words.form, response.answers, response.profile, words.year)
            block.alone.append((place, sheet, response.respondent))
    block.rows = len(rows)
    block.items = {
        name: each.column([each.code(response.answers.get(name)) for response in rows])
        for name, each in words.items.items()
    }
    if words.form.person:
        block.profiles = [words.profiles.code(response.profile) for response in rows]
    block.respondents = [response.respondent for response in rows]
    return block
