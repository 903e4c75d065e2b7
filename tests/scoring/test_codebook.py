"""The codebook says of each variable what its numbers mean and what becomes of them."""

import csv
import io
from pathlib import Path

import pytest

from heartport.scoring.codebook import BOM, COLUMNS, codebook
from heartport.scoring.language import Scale
from heartport.scoring.library import load_library
from tests.scoring.invented import calm, edited, nightly, scale_of, winding

SCALES = Path(__file__).resolve().parents[2] / "scales"


def rows_of(scale: Scale) -> dict[str, dict[str, str]]:
    text = codebook(scale)
    assert text.startswith(BOM)
    return {row["variable"]: row for row in csv.DictReader(io.StringIO(text.removeprefix(BOM)))}


@pytest.fixture(scope="module")
def library() -> dict[str, Scale]:
    return dict(load_library([SCALES]).current)


def test_every_variable_of_every_scale_has_its_row(library: dict[str, Scale]) -> None:
    for scale in library.values():
        rows = rows_of(scale)
        wanted = {item.id for item in scale.asked} | {score.id for score in scale.scores}
        wanted |= {flag.id for flag in scale.flags} | {f"{bands.score}.band" for bands in scale.bands if bands.shown}
        assert wanted <= set(rows), scale.id
        assert all(list(row) == list(COLUMNS) for row in rows.values())


def test_values_labels_and_scores_of_an_item_stand_beside_it(library: dict[str, Scale]) -> None:
    row = rows_of(library["phq9"])["q1"]
    assert row["label_zh"] == "做事时提不起劲或没有兴趣"
    assert row["values"].startswith("0 = 完全不会 / Not at all; 1 = 好几天 / Several days")
    assert (row["missing"], row["keyed"], row["used_in"].split()[0]) == ("empty = missing", "", "total")


def test_a_reversed_item_says_what_it_counts_as() -> None:
    total = {"total": 3, "total.band": "minimal"}
    reversed_item = edited(calm(), "keying", to=[{"items": "q2", "reverse": [0, 3]}])
    reversed_item = edited(reversed_item, "tests", 0, "expect", to=total)
    assert rows_of(scale_of(reversed_item))["q2"]["keyed"] == "0 to 3, 1 to 2, 2 to 1, 3 to 0 (in total)"
    assert rows_of(scale_of(calm()))["q2"]["keyed"] == ""


def test_a_branch_says_when_it_is_asked_and_what_counts_else(library: dict[str, Scale]) -> None:
    assert rows_of(library["k10"])["q3"]["missing"] == "empty = missing; asked if q2 != 1, else counts as 1"


def test_a_score_says_how_it_is_computed_and_its_bands_where_they_begin(library: dict[str, Scale]) -> None:
    rows = rows_of(library["phq9"])
    assert rows["total"]["computed"] == " + ".join(f"q{n}" for n in range(1, 10))
    assert (rows["total"]["range"], rows["total"]["missing"]) == ("0..27", "at most 2 missing, then prorate")
    assert rows["total.band"]["values"].startswith("0 = minimal; 5 = mild; 10 = moderate")


def test_numbers_and_times_have_a_row_too() -> None:
    for document in (nightly(), winding()):
        scale = scale_of(document)
        assert {item.id for item in scale.asked} <= set(rows_of(scale))


def test_a_text_that_a_spreadsheet_would_take_for_a_formula_is_kept_from_it() -> None:
    scale = scale_of(edited(calm(), "texts", "q1", to={"zh-CN": "=HYPERLINK(1)"}))
    assert rows_of(scale)["q1"]["label_zh"] == " =HYPERLINK(1)"
