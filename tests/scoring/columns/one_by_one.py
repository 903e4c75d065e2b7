"""What the columns must come to: the same responses read and scored one at a time, and files made of them."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from heartport.scoring.cells import NOTHING_CHOSEN
from heartport.scoring.columns.running import Batch, Source
from heartport.scoring.kinds import answers_of
from heartport.scoring.language import Scale
from heartport.scoring.records import Format, JsonLines, Table, names_of, record_of, written
from heartport.scoring.sheets import read_loosely

YEAR = 2026
WRONG = (-1, 7, 99, "x", 1.5, "25:00", True, [9], [], "2026-02-30", "名")
SEXES = ("female", "male", "other", None)
YEARS = (1950, 1985, 1991, 2005, None)
TEXTS = ("一句话", "x y")
Response = Mapping[str, Any]


def single(scale: Scale, response: Response, form: Format) -> str:
    """Read and score one response as if there were no other."""
    sheet = read_loosely(scale, response["answers"], response["profile"], YEAR)
    return written(form, record_of(scale, sheet, scale.plan.score(sheet)), response.get("respondent"))


def singly(scale: Scale, responses: Sequence[Response], table: bool = False) -> str:
    """Score one after the other."""
    names = names_of(scale)
    form: Format = Table(names, named=True) if table else JsonLines(names)
    return form.header() + "".join(single(scale, each, form) for each in responses)


def together(scale: Scale, data: bytes, *, source_table: bool = False, table: bool = False, **more: Any) -> str:
    """Score a file on columns."""
    batch = Batch(scale, Source(io.BytesIO(data), source_table, year=YEAR, **more), table)
    return b"".join(part.data for part in batch.parts()).decode()


def as_json_lines(responses: Sequence[Response]) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in responses).encode()


def as_table(scale: Scale, responses: Sequence[Response], separator: str = ",", end: str = "\n") -> bytes:
    """Write responses as a table; a cell is quoted only where it must be."""
    person = [word for word in ("sex", "age", "birth_year") if any(word in each["profile"] for each in responses)]
    lines = [["respondent", *scale.form.items, *person]]
    for each in responses:
        answers = [_cell(each["answers"].get(item)) for item in scale.form.items]
        lines.append([each["respondent"], *answers, *(str(each["profile"].get(word) or "") for word in person)])
    return "".join(separator.join(cells) + end for cells in lines).encode()


def _cell(answer: object) -> str:
    if isinstance(answer, list):
        return " ".join(map(str, answer)) or NOTHING_CHOSEN
    return "" if answer is None else str(answer)


def responses(
    scale: Scale, random: Random, count: int, wrong: Sequence[Any] = WRONG, person: bool = True
) -> Iterator[Response]:
    """Make responses up: whole, with gaps, with answers that are none; leaning low or high or nowhere."""
    known = [(item.id, answers_of(item) or TEXTS) for item in scale.items if item.is_asked]
    for number in range(count):
        gaps, errors = random.choice((0, 0, 0.05, 0.3, 0.9)), random.choice((0, 0, 0.05))
        lean, times = random.choice((min, max)), random.randint(1, 3)
        answers = {
            name: random.choice(wrong)
            if random.random() < errors
            else given[lean(random.randrange(len(given)) for _ in range(times))]
            for name, given in known
            if random.random() >= gaps
        }
        profile = {"sex": random.choice(SEXES), "birth_year": random.choice(YEARS)} if person else {}
        told = {word: value for word, value in profile.items() if value is not None}
        yield {"answers": answers, "profile": told, "respondent": f"r{number}"}
