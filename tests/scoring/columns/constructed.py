"""Scales made up so that together they hold every construct, and each corner of exact arithmetic."""

from tests.scoring.invented import Document, band, calm, edited, nightly, options, winding, without, words
from tests.scoring.test_lookups import BY_BOTH, TABLES, looked_up

NEAR, FAR = 3 * 10**17, 9 * 10**17
"""Nine of the first fit into a machine word, but not beside a number of gaps; nine of the other do not."""


def rounding() -> Document:
    """Every way of rounding, of filled and broken numbers below and above zero, and bands on them."""
    document = edited(calm(), "options", "often", to=options(-3, 0, 1, 2))
    document = without(without(edited(document, "flags", to=[]), "tests"), "advice")
    filled = {"allow": 4, "then": "mean_of_answered"}
    scores: Document = {
        "mean": {"label": words(), "mean": "q1..q9", "missing": filled},
        **{
            f"{mode}_{to}": {"label": words(), "mean": "q1..q8", "missing": filled, "round": {"mode": mode, "to": to}}
            for mode in ("floor", "ceil", "half_up", "half_even")
            for to in (0, 1)
        },
        "again": {"label": words(), "sum": "mean, half_even_1, floor_0"},
        "twice": {"label": words(), "weighted": {"of": "again, mean, q1", "by": [0.1, -3, 2.25]}},
        "ninth": {
            "label": words(),
            "weighted": {"of": "q1..q9", "by": 0.125},
            "missing": {"allow": 1, "then": "prorate"},
        },
        "most": {"label": words(), "max": ["again", "twice", "q2"]},
        "least": {"label": words(), "min": ["mean", "half_up_1", "q2", "q3"]},
    }
    document = edited(document, "scores", to=scores)
    bands = {"source": "invented", "edges": [band(-3, "low"), band(-0.5, "mid"), band(0.375, "high")]}
    document = edited(document, "bands", to={"mean": bands})
    return edited(document, "tests", to=[{"name": "all low", "answers": {"q1..q9": -3}, "expect": {"mean": -3}}])


def computing() -> Document:
    """Formulas that divide by zero, or would if `and` and `or` went on after what decides."""
    document = without(without(edited(calm(), "flags", to=[]), "bands"), "advice")
    formulas = {
        "ratio": "q1 / q2",
        "turned": "q1 / q2 + q2 / q1",
        "left": "q3 % 2 - q4 * 7 % 5",
        "spared": "q1 == 0 or q2 / q1 > 1",
        "failing": "q2 / q1 > 1 or q1 == 0",
        "both": "q1 != 0 and not q2 / q1 > 1 and q3",
        "mixed": "-(q1 + q2 * q3) * 0.1 - (q4 - 1.5) / (q5 + 1)",
        "of_scores": "ratio * 3 - total / 7",
        "constant": "q1 * (7 / 2 - 3)",
        "same": "q1 - q1 + (q2 - q2) / (q3 - q4)",
    }
    scores = {name: {"label": words(), "formula": text} for name, text in formulas.items()}
    total = {"label": words(), "sum": "q1..q9", "missing": {"allow": 2, "then": "prorate"}}
    document = edited(document, "scores", to={"total": total, **scores})
    expect = {"total": 9, "ratio": 1, "constant": 0.5}
    return edited(document, "tests", to=[{"name": "ones", "answers": {"q1..q9": 1}, "expect": expect}])


def far_apart(far: int) -> Document:
    """Numbers that no machine word holds."""
    document = edited(calm(), "options", "often", to=options(0, 1, 2, far))
    document = without(without(edited(document, "flags", to=[]), "tests"), "advice")
    edges = [band(0, "low"), band(1, "mid"), band(far, "high")]
    document = edited(document, "bands", "total", "edges", to=edges)
    document = edited(document, "scores", "plain", to={"label": words(), "mean": "q1..q9"})
    return edited(
        document, "tests", to=[{"name": "far", "answers": {"q1": far, "q2..q9": 0}, "expect": {"total": far}}]
    )


def by_age() -> Document:
    return looked_up({"by": ["age"], "tables": [without(each, "sex") for each in TABLES[1:2]]})


def by_nobody() -> Document:
    return looked_up({"gives": {at: at * at for at in range(28)}})


DOCUMENTS = {
    "calm": calm,
    "winding": winding,
    "nightly": nightly,
    "rounding": rounding,
    "computing": computing,
    "far_apart": lambda: far_apart(FAR),
    "nearly_far_apart": lambda: far_apart(NEAR),
    "by_both": lambda: BY_BOTH,
    "by_age": by_age,
    "by_nobody": by_nobody,
}
