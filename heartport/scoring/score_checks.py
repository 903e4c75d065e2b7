"""Checks of scores and of the keys that turn answers before they count."""

from collections.abc import Iterator, Sequence
from graphlib import CycleError

from heartport.scoring.constructs import Definition, Item, Key
from heartport.scoring.kinds import KEYED_KINDS
from heartport.scoring.plans import in_order
from heartport.scoring.problems import Path, Report
from heartport.scoring.reach import operand_spans, spans_or_none

FEW = 3


def check_operands(definition: Definition, report: Report) -> None:
    """See that scores are made of scored items and of scores, and that no name means two things."""
    items = {item.id: item for item in definition.items}
    scores = {score.id for score in definition.scores}
    for score in definition.scores:
        path = ("scores", score.id)
        if score.id in items:
            report.refuse(path, "an item has the same id")
        unknown = [name for name in score.formula.of if name not in items and name not in scores]
        if unknown:
            report.refuse(path, f"no item and no score is called {_some(unknown)}")
        for name in score.formula.of:
            if name in items and items[name].unscored:
                report.refuse(path, f"{name} is unscored")


def _some(names: Sequence[str]) -> str:
    """Name the first few: a range that reaches too far may name hundreds."""
    told, more = ", ".join(names[:FEW]), len(names) - FEW
    return told if more <= 0 else f"{told} and {more} more"


def check_formulas(definition: Definition, report: Report) -> None:
    """See that what scores are made of can come out one way and the other."""
    spans = spans_or_none(definition)
    if spans is None:
        return
    for score in definition.scores:
        for complaint in score.formula.complaints(operand_spans(score, definition, spans)):
            report.refuse(("scores", score.id, score.kind), complaint)


def check_graph(definition: Definition, report: Report) -> None:
    """See that no score rests on itself."""
    try:
        in_order(definition.scores)
    except CycleError as error:
        circle = error.args[1]
        report.refuse(("scores", circle[0]), f"rests on itself: {' → '.join(reversed(circle))}")


def check_missing_rules(definition: Definition, report: Report) -> None:
    """See that what stands for missing answers fits the score."""
    items = {item.id for item in definition.items}
    for score in definition.scores:
        if score.missing is None:
            continue
        path = ("scores", score.id, "missing")
        if score.formula.fill is None:
            report.refuse(path, f"{score.kind}: no answer can stand for another here")
        elif score.missing.then != score.formula.fill:
            report.refuse((*path, "then"), f"{score.kind} goes with {score.formula.fill}")
        if score.missing.allow >= len(score.formula.of):
            report.refuse((*path, "allow"), f"there are only {len(score.formula.of)} operands")
        if not items.issuperset(score.formula.of):
            report.refuse(path, "only where all operands are items")


def check_keys(definition: Definition, report: Report) -> None:
    """See that each key fits the options of its items, and that no item is keyed twice in one score."""
    items = {item.id: item for item in definition.items}
    keyed: set[tuple[str, str]] = set()
    for at, key in enumerate(definition.keys, start=1):
        path = ("keying", str(at))
        if key.only_for is not None and key.only_for not in {score.id for score in definition.scores}:
            report.refuse((*path, "for"), "no score of this id")
        for name in key.items:
            if name not in items:
                report.refuse((*path, "items"), f"no item is called {name}")
                continue
            if items[name].kind not in KEYED_KINDS:
                report.refuse((*path, "items"), f"{name} has no options; write a cut or a formula")
                continue
            _check_fit(key, items[name], path, report)
            pairs = {(score, name) for score in _scores_with(key, name, definition)}
            if not pairs or pairs & keyed:
                report.refuse((*path, "items"), f"{name} is {'keyed twice' if pairs else 'in no score'}")
            keyed |= pairs


def _check_fit(key: Key, item: Item, path: Path, report: Report) -> None:
    ends = (min(item.values), max(item.values))
    if key.reverse is not None and key.reverse != ends:
        report.refuse((*path, "reverse"), f"the options of {item.id} run from {ends[0]} to {ends[1]}")
    if key.reverse is not None and {sum(ends) - value for value in item.values} != set(item.values):
        report.refuse((*path, "reverse"), f"the options of {item.id} are not even; write a map")
    if key.table is not None and set(key.table) != set(item.values):
        report.refuse((*path, "map"), f"does not cover exactly the options of {item.id}")


def _scores_with(key: Key, name: str, definition: Definition) -> Iterator[str]:
    for score in definition.scores:
        if name in score.formula.of and key.only_for in {None, score.id}:
            yield score.id
