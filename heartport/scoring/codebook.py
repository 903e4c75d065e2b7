"""A codebook: one CSV row for each variable of a scale's data, as statisticians keep them beside a file of responses.

Columns: `variable`; `role` (item, score, band, flag); `label_zh`, `label_en`; `type`; `values` with their labels;
`range`; `missing` (what an empty cell means); `keyed` (what each answer counts as, where a key turns it); `used_in`;
`computed`; `source`. UTF-8 with a byte order mark, without which spreadsheets take Chinese for something else.
"""

import csv
import io
from collections.abc import Iterator

from heartport.scoring.constructs import Bands, Item, Score
from heartport.scoring.exact import decimal, written
from heartport.scoring.kinds import told_answers
from heartport.scoring.language import Scale
from heartport.scoring.plans import key_tables
from heartport.scoring.words import MAIN_LANGUAGE, Words

COLUMNS = (
    "variable",
    "role",
    "label_zh",
    "label_en",
    "type",
    "values",
    "range",
    "missing",
    "keyed",
    "used_in",
    "computed",
    "source",
)
BOM = "\ufeff"
FORMULA_SIGNS = ("=", "+", "-", "@")
"""With one of these a spreadsheet takes a text for a formula; a space before it prevents that."""


def codebook(scale: Scale) -> str:
    """Return the codebook of a scale."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(scale):
        writer.writerow({column: _safe(value) for column, value in row.items()})
    return BOM + text.getvalue()


def _rows(scale: Scale) -> Iterator[dict[str, str]]:
    yield from (_item(scale, item) for item in scale.asked)
    yield from (_score(scale, score) for score in scale.scores)
    yield from (row for bands in scale.bands for row in _bands(bands))
    for flag in scale.flags:
        yield {
            "variable": flag.id,
            "role": "flag",
            "type": flag.level,
            "values": "1 raised; 0 not",
            "computed": flag.when.source,
        }


def _item(scale: Scale, item: Item) -> dict[str, str]:
    return {
        "variable": item.id,
        "role": "item",
        **_labels(item.text or {}),
        "type": item.kind,
        "values": "; ".join(f"{each.value} = {_both(each.label)}".removesuffix(" = ") for each in item.options)
        or told_answers(item),
        "range": f"{decimal(item.range.low)}..{decimal(item.range.high)}" if item.range else "",
        "missing": _missing_of(item),
        "keyed": _keyed(scale, item),
        "used_in": " ".join(score.id for score in scale.scores if item.id in score.formula.of),
    }


def _missing_of(item: Item) -> str:
    """Say what an empty cell may mean, and what then counts."""
    told = ["empty = missing" if item.when_missing is None else f"empty counts as {item.when_missing}"]
    if item.show_if:
        counts = "missing" if item.when_hidden is None else str(item.when_hidden)
        told.append(f"asked if {item.show_if.source}, else counts as {counts}")
    if item.applies_if:
        counts = "not applicable" if item.when_na is None else str(item.when_na)
        told.append(f"for {item.applies_if.source}, else counts as {counts}")
    return "; ".join(told)


def _keyed(scale: Scale, item: Item) -> str:
    """Say what answers count as in each score where a key turns or maps them."""
    found: dict[str, list[str]] = {}
    for score in scale.scores:
        table = key_tables(score, scale).get(item.id)
        turned = {value: table[value] for value in item.values if table[value] != value} if table else {}
        if table and turned:
            told = ", ".join(f"{value} to {written(table[value])}" for value in item.values)
            found.setdefault(told, []).append(score.id)
    return "; ".join(f"{told} (in {' '.join(scores)})" for told, scores in found.items())


def _score(scale: Scale, score: Score) -> dict[str, str]:
    missing = score.missing
    return {
        "variable": score.id,
        "role": "score" if score.shown else "score (not shown)",
        **_labels(score.label),
        "type": "exact number",
        "range": f"{decimal(score.min)}..{decimal(score.max)}",
        "missing": f"at most {missing.allow} missing, then {missing.then}" if missing else "none may be missing",
        "computed": score.formula.describe(score.formula.of),
        "source": scale.provenance.scoring_source,
    }


def _bands(bands: Bands) -> Iterator[dict[str, str]]:
    for chosen in bands.sets:
        edges = [
            f"{decimal(band.starts_at(sex))}{f' ({sex})' if sex else ''} = {band.id}"
            for sex in chosen.sexes
            for band in chosen.bands
        ]
        name = f"{bands.score}.band" + (f".{chosen.name}" if chosen.name and chosen is not bands.shown else "")
        yield {
            "variable": name,
            "role": "band",
            "type": "lower edges",
            "values": "; ".join(edges),
            "source": chosen.source,
        }


def _labels(words: Words) -> dict[str, str]:
    return {"label_zh": words.get(MAIN_LANGUAGE, ""), "label_en": words.get("en", "")}


def _both(words: Words) -> str:
    return " / ".join(text for text in (words.get(MAIN_LANGUAGE), words.get("en")) if text)


def _safe(value: str) -> str:
    return f" {value}" if value.startswith(FORMULA_SIGNS) else value
