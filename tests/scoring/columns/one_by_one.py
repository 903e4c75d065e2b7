"""What the columns must come to: the same responses read and scored one at a time, and files made of them."""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from heartport.scoring.cells import NOTHING_CHOSEN
from heartport.scoring.columns.running import Batch, Source
from heartport.scoring.constructs import Item
from heartport.scoring.exact import number
from heartport.scoring.kinds import answers_of
from heartport.scoring.language import Scale
from heartport.scoring.records import LISTS, Format, JsonLines, Table, names_of, record_of, written
from heartport.scoring.sheets import read_loosely

YEAR = 2026
WRONG = (-1, 7, 99, "x", 1.5, "25:00", True, [9], [], "2026-02-30", "名")
SEXES = ("female", "male", "other", None)
YEARS = (1950, 1985, 1991, 2005, None)
TEXTS = ("一句话", "x y")
GAP = object()
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


def plainly(scale: Scale, response: Response) -> dict[str, Any]:
    """Read and score one response alone, and give what its line must say once it is read: a tenth of writing it."""
    sheet = read_loosely(scale, response["answers"], response["profile"], YEAR)
    record = record_of(scale, sheet, scale.plan.score(sheet))
    scores = {name: None if value is None else number(value) for name, value in record["scores"].items()}
    lists = {name: list(record[name]) for name in (*LISTS, "ignored") if name in record}
    return {"respondent": response["respondent"], "scores": scores, "bands": dict(record["bands"]), **lists}


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
    """Make responses up: whole, with gaps, with answers that are none; leaning low or high or nowhere.

    Some that are alike in this, then some others; drawn item by item, which is what a million of them ask for.
    """
    alike = max(4, count // 200)
    for start in range(0, count, alike):
        numbers = range(start, min(start + alike, count))
        gaps, errors = random.choice((0, 0, 0.05, 0.3, 0.9)), random.choice((0, 0, 0.05))
        lean, times = random.choice((min, max)), random.randint(1, 3)
        columns = {
            item.id: random.choices(
                *_weighted(item, _wrong_for(item, wrong), (lean, times), gaps, errors), k=len(numbers)
            )
            for item in scale.items
            if item.is_asked
        }
        people = _people(random, len(numbers)) if person else [{}] * len(numbers)
        for at, profile, row in zip(numbers, people, zip(*columns.values(), strict=True), strict=True):
            answers = {name: value for name, value in zip(columns, row, strict=True) if value is not GAP}
            yield {"answers": answers, "profile": profile, "respondent": f"r{at}"}


def _weighted(
    item: Item, wrong: Sequence[Any], lean: tuple[Callable[..., int], int], gaps: float, errors: float
) -> tuple[list[Any], list[float]]:
    """Give what may stand at an item, and how often; the outermost of so many draws leans to one end."""
    (outermost, times), given = lean, answers_of(item) or TEXTS
    size = len(given)
    places = [size - place if outermost is min else place + 1 for place in range(size)]
    right = [(1 - gaps) * (1 - errors) * (place**times - (place - 1) ** times) / size**times for place in places]
    odd = [(1 - gaps) * errors / len(wrong)] * len(wrong)
    return [*given, *wrong, GAP], [*right, *odd, gaps]


def _wrong_for(item: Item, wrong: Sequence[Any]) -> Sequence[Any]:
    """Leave out whole numbers where any text will do: in a cell of a table they are one."""
    return [each for each in wrong if type(each) is not int] if item.kind == "text" else wrong


def _people(random: Random, count: int) -> list[dict[str, Any]]:
    found = zip(random.choices(SEXES, k=count), random.choices(YEARS, k=count), strict=True)
    told = ({"sex": sex, "birth_year": year} for sex, year in found)
    return [{word: value for word, value in each.items() if value is not None} for each in told]
