"""Checks of conditions: each name is known where it stands, and each comparison can come out true."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import TypeVar

from heartport.scoring.conditions import Atom, Comparison, Condition, Includes, Named, Sum, Within
from heartport.scoring.constructs import Advice, Definition, Flag
from heartport.scoring.doubts import Held
from heartport.scoring.exact import Exact
from heartport.scoring.problems import Path, Report
from heartport.scoring.profiles import EARLIEST_BIRTH_YEAR, LATEST_BIRTH_YEAR, SEXES
from heartport.scoring.reach import item_spans, spans_or_none
from heartport.scoring.spans import Span, span_of_sum

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Known:
    """The names that a condition may use, with what each can come to."""

    numbers: Mapping[str, Span]
    words: Mapping[str, Set[str]]
    items: Set[str]
    chosen: Mapping[str, Set[Exact]] = field(default_factory=dict)
    """The options of the items at which several may be chosen."""
    decisive: bool = False
    """Whether every comparison must be able to fail, as in a flag."""

    def must_decide(self, atom: Comparison, span: Span) -> bool:
        """Tell whether a comparison that always holds is a mistake; `q1 >= 0` may mean "answered" elsewhere."""
        of_items = all(name in self.items for _, name in atom.total.terms)
        return self.decisive or (of_items and not span.contains(atom.bound))

    def with_profile(self) -> "Known":
        """Add the words of the profile."""
        born = {"profile.birth_year": Span(EARLIEST_BIRTH_YEAR, LATEST_BIRTH_YEAR, 1)}
        words = {**self.words, "profile.sex": frozenset(SEXES)}
        return replace(self, numbers={**self.numbers, **born}, words=words)


def check_branches(definition: Definition, report: Report) -> None:
    """See that a branch looks only at items before it."""
    spans, options = item_spans(definition), _chosen(definition)
    earlier: list[str] = []
    for item in definition.items:
        for key, condition in (("applies_if", item.applies_if), ("show_if", item.show_if)):
            if condition is not None:
                known = Known(_only(spans, earlier), {}, set(earlier), _only(options, earlier)).with_profile()
                _check(condition, known, ("items", item.id, key), report)
                _must_look(condition, ("items", item.id, key), report)
        earlier.append(item.id)


def _only(found: Mapping[str, _Found], names: Iterable[str]) -> dict[str, _Found]:
    return {name: found[name] for name in names if name in found}


def check_flags(definition: Definition, report: Report) -> None:
    """See that flags look only at raw answers, and that an urgent one has its card."""
    _check_ids("flags", definition.flags, report)
    spans = item_spans(definition)
    known = Known(spans, {}, spans.keys(), _chosen(definition), decisive=True).with_profile()
    for flag in definition.flags:
        path = ("flags", flag.id)
        _check(flag.when, known, (*path, "when"), report)
        _must_look(flag.when, (*path, "when"), report)
        if (flag.level == "urgent") != (flag.card is not None):
            report.refuse(path, "an urgent flag shows a card, and only an urgent one does")


def check_advice(definition: Definition, report: Report) -> None:
    """See that advice looks at items, scores, bands and the profile."""
    _check_ids("advice", definition.advice, report)
    conditions = [(("advice", each.id), each.when) for each in definition.advice]
    _check_after(conditions, definition, report)


def check_doubts(definition: Definition, report: Report) -> None:
    """See that a condition on the manner of answering looks at something, as advice may."""
    doubts = [(each.id, each.test.condition) for each in definition.validity if isinstance(each.test, Held)]
    _check_after([(("validity", name), condition) for name, condition in doubts], definition, report)
    for name, condition in doubts:
        _must_look(condition, ("validity", name, "when"), report)


def _check_after(conditions: Sequence[tuple[Path, Condition]], definition: Definition, report: Report) -> None:
    """Check conditions that are looked at once all is scored; not while the scores do not hold together."""
    spans = spans_or_none(definition)
    if spans is None:
        return
    items = item_spans(definition)
    bands = {f"{each.score}.band": {band.id for band in each.shown.bands} for each in definition.bands if each.shown}
    known = Known({**items, **spans}, bands, items.keys(), _chosen(definition)).with_profile()
    for path, condition in conditions:
        _check(condition, known, (*path, "when"), report)


def _chosen(definition: Definition) -> Mapping[str, Set[Exact]]:
    return {item.id: frozenset[Exact](item.values) for item in definition.items if item.kind == "multi"}


def _must_look(condition: Condition, path: Path, report: Report) -> None:
    if not any(condition.atoms()):
        report.refuse(path, "`always` is for advice: this must look at an answer or the profile")


def _check_ids(section: str, found: Iterable[Flag | Advice], report: Report) -> None:
    for name, times in Counter(each.id for each in found).items():
        if times > 1:
            report.refuse((section, name), "the id stands twice")


def _check(condition: Condition, known: Known, path: Path, report: Report) -> None:
    unknown = set(condition.names()) - known.numbers.keys() - known.words.keys() - known.chosen.keys()
    for name in sorted(unknown):
        report.refuse(path, f"{name} is not known here")
    if not unknown:
        for atom in condition.atoms():
            _check_atom(atom, known, lambda detail: report.refuse(path, detail))


def _check_atom(atom: Atom, known: Known, refuse: Callable[[str], None]) -> None:
    for name in _used_otherwise(atom, known):
        refuse(f"at {name} several may be chosen; write {name} includes a value")
        return
    match atom:
        case Includes(name, among):
            if name not in known.chosen:
                refuse(f"at {name} only one may be chosen; write a comparison")
                return
            for number in among:
                if number not in known.chosen[name]:
                    refuse(f"{name} never includes {number}")
        case Named(name, among):
            for word in among:
                if word not in known.words[name]:
                    refuse(f"{name} is never {word}")
        case Within(total, numbers):
            span = _span(total, known)
            for number in numbers:
                if not span.contains(number):
                    refuse(f"{_written(total)} is never {number}")
        case Comparison():
            _check_comparison(atom, _span(atom.total, known), known, refuse)


def _used_otherwise(atom: Atom, known: Known) -> list[str]:
    """Give the items of several options that are compared like a number."""
    terms = () if isinstance(atom, Named | Includes) else atom.total.terms
    return [name for _, name in terms if name in known.chosen]


def _check_comparison(atom: Comparison, span: Span, known: Known, refuse: Callable[[str], None]) -> None:
    """Refuse what can never hold; and of items what always holds by naming a value that they cannot take."""
    can_hold, can_fail = span.compared(atom.relation, atom.bound)
    written = f"{_written(atom.total)} {atom.relation} {atom.bound}"
    if not can_hold:
        refuse(f"{written} can never hold")
    elif not can_fail and known.must_decide(atom, span):
        refuse(f"{written} holds for every answer")


def _span(total: Sum, known: Known) -> Span:
    return span_of_sum([known.numbers[name].times(sign) for sign, name in total.terms])


def _written(total: Sum) -> str:
    terms: Sequence[str] = [f"{'+' if sign > 0 else '-'} {name}" for sign, name in total.terms]
    return " ".join(terms).removeprefix("+ ") or "0"
