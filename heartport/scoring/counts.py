"""Scores that count answers, and scores that cut another number into steps."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from heartport.scoring.calculation import Aim, Calculation, Edit, left_out
from heartport.scoring.exact import Exact, decimal, written
from heartport.scoring.spans import Span, grid, moves, span_of
from heartport.scoring.words import Words


@dataclass(frozen=True, slots=True)
class Count(Calculation):
    """`count: {of: q1..q9, at_least: 2}`, or `at_most`; with one threshold for all or one for each."""

    of: tuple[str, ...]
    thresholds: tuple[Exact, ...]
    at_least: bool

    def compute(self, values: Sequence[Exact]) -> Exact:
        """Count those that reach their threshold."""
        pairs = zip(values, self.thresholds, strict=True)
        if self.at_least:
            return sum([value >= threshold for value, threshold in pairs])
        return sum([value <= threshold for value, threshold in pairs])

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye."""
        sign = "≥" if self.at_least else "≤"
        if len(set(self.thresholds)) == 1:
            return f"count of {', '.join(operands)} {sign} {written(self.thresholds[0])}"
        pairs = zip(operands, self.thresholds, strict=True)
        return f"count of {', '.join(f'{each} {sign} {written(threshold)}' for each, threshold in pairs)}"

    def work(self, values: Sequence[Exact], result: Exact) -> str:
        """Write it with its numbers: 1 for each that reaches its threshold, else 0."""
        reached = [
            str(self._reaches(value, threshold)) for value, threshold in zip(values, self.thresholds, strict=True)
        ]
        return f"{' + '.join(reached)} = {decimal(result)}"

    def told(self) -> Words:
        """Say it in a sentence."""
        zh, en = ("不低于", "at least") if self.at_least else ("不高于", "at most")
        numbers = [decimal(threshold) for threshold in self.thresholds]
        if len(set(numbers)) == 1:
            return {
                "zh-CN": f"数一数下列各项中有几项的计分{zh} {numbers[0]}。",
                "en": f"Counted is how many of the entries below count as {en} {numbers[0]}.",
            }
        return {
            "zh-CN": f"数一数下列各项中有几项的计分{zh}各自的界限（依次为 {'、'.join(numbers)}）。",
            "en": f"Counted is how many of the entries below count as {en} their own number ({', '.join(numbers)}).",
        }

    def span(self, spans: Sequence[Span]) -> Span:
        """Count those that always reach their threshold, and those that ever do."""
        pairs = list(zip(spans, self.thresholds, strict=True))
        if self.at_least:
            always, ever = [span.low >= edge for span, edge in pairs], [span.high >= edge for span, edge in pairs]
        else:
            always, ever = [span.high <= edge for span, edge in pairs], [span.low <= edge for span, edge in pairs]
        return Span(sum(always), sum(ever), 1)

    def without(self, at: int) -> Calculation | None:
        """Leave one out."""
        return Count(left_out(self.of, at), left_out(self.thresholds, at), self.at_least) if len(self.of) > 1 else None

    def also(self, name: str) -> Calculation | None:
        """Take one more, where all have one threshold."""
        alike = len(set(self.thresholds)) == 1
        return Count((*self.of, name), (*self.thresholds, self.thresholds[0]), self.at_least) if alike else None

    def edits(self, spans: Sequence[Span]) -> Iterator[Edit]:
        """Move each threshold, or the one that all have, and turn the comparison round."""
        alike = len(set(self.thresholds)) == 1
        for at, name in enumerate(self.of[:1] if alike else self.of):
            for move in moves(self.thresholds[at], grid(spans[at]), upper=self.at_least):
                thresholds = tuple(move.to if alike or place == at else t for place, t in enumerate(self.thresholds))
                what = f"the threshold{'' if alike else f' of {name}'} becomes {written(move.to)}"
                yield Edit(what, replace(self, thresholds=thresholds), Aim(name, move.low, move.high))
        yield Edit("at_most" if self.at_least else "at_least", replace(self, at_least=not self.at_least))

    def complaints(self, spans: Sequence[Span]) -> Iterator[str]:
        """Say which operands reach their threshold always or never."""
        sign = ">=" if self.at_least else "<="
        for name, span, threshold in zip(self.of, spans, self.thresholds, strict=True):
            can_hold, can_fail = span.compared(sign, threshold)
            if not can_hold:
                yield f"{name} {sign} {written(threshold)} can never hold"
            elif not can_fail:
                yield f"{name} {sign} {written(threshold)} holds for every answer"

    def _reaches(self, value: Exact, threshold: Exact) -> int:
        return int(value >= threshold if self.at_least else value <= threshold)


@dataclass(frozen=True, slots=True)
class Cut(Calculation):
    """`cut: {of: total, edges: [5, 10], gives: [0, 1, 2], edge_goes: up}`: which stretch a number lies in."""

    of: tuple[str, ...]
    edges: tuple[Exact, ...]
    gives: tuple[Exact, ...]
    up: bool

    def compute(self, values: Sequence[Exact]) -> Exact:
        """Find the stretch; a number at an edge goes up or down as the file says."""
        find = bisect_right if self.up else bisect_left
        return self.gives[find(self.edges, values[0])]

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye: each stretch and what it gives."""
        steps = zip(self._stretches(), self.gives, strict=True)
        return f"{operands[0]}: " + "; ".join(f"{stretch} → {written(gives)}" for stretch, gives in steps)

    def work(self, values: Sequence[Exact], result: Exact) -> str:
        """Write the number, its stretch and what that gives."""
        at = (bisect_right if self.up else bisect_left)(self.edges, values[0])
        return f"{decimal(values[0])} ({self._stretches()[at]}) → {decimal(result)}"

    def told(self) -> Words:
        """Say it in a sentence."""
        steps = [(each, decimal(gives)) for each, gives in zip(self._stretches(), self.gives, strict=True)]
        zh, en = ([f"{each} {verb} {gives}" for each, gives in steps] for verb in ("取", "gives"))
        return {
            "zh-CN": f"看下面一项落在哪一段：{'；'.join(zh)}。",
            "en": f"What the entry below counts as decides: {'; '.join(en)}.",
        }

    def span(self, spans: Sequence[Span]) -> Span:
        """Give the span of those steps that can be reached."""
        reached = [gives for at, gives in enumerate(self.gives) if self.reaches(at, spans[0])]
        return span_of(reached or self.gives)

    def reaches(self, at: int, span: Span) -> bool:
        """Tell whether a number of this span can lie in one stretch."""
        below = None if at == 0 else self.edges[at - 1]
        above = None if at == len(self.edges) else self.edges[at]
        if self.up:
            return span.reaches(span.low if below is None else below, above)
        mirrored = span.times(-1)
        return mirrored.reaches(mirrored.low if above is None else -above, None if below is None else -below)

    def edits(self, spans: Sequence[Span]) -> Iterator[Edit]:
        """Move each edge, change what each stretch gives, and let numbers at an edge go the other way."""
        numbers = grid(spans[0])
        for at, edge in enumerate(self.edges):
            for move in moves(edge, numbers, upper=self.up):
                edges = (*self.edges[:at], move.to, *self.edges[at + 1 :])
                if edges == tuple(sorted(set(edges))):
                    what = f"the edge {written(edge)} becomes {written(move.to)}"
                    yield Edit(what, replace(self, edges=edges), Aim(self.of[0], move.low, move.high))
        for at, (low, high) in enumerate(pairwise((spans[0].low, *self.edges, spans[0].high))):
            changed = (*self.gives[:at], self.gives[at] + 1, *self.gives[at + 1 :])
            what = f"{self._stretches()[at]} gives {written(changed[at])}"
            yield Edit(what, replace(self, gives=changed), Aim(self.of[0], low, high))
        turned = replace(self, up=not self.up)
        yield Edit(f"edge_goes: {'down' if self.up else 'up'}", turned, Aim(self.of[0], self.edges[0], self.edges[0]))

    def complaints(self, spans: Sequence[Span]) -> Iterator[str]:
        """Say which stretches no number lies in."""
        for at, stretch in enumerate(self._stretches()):
            if not self.reaches(at, spans[0]):
                yield f"no answers can lead to {self.of[0]} {stretch}"

    def _stretches(self) -> list[str]:
        low, high = ("≥", "<") if self.up else (">", "≤")
        edges = [decimal(edge) for edge in self.edges]
        inner = [f"{low} {start}, {high} {end}" for start, end in pairwise(edges)]
        return [f"{high} {edges[0]}", *inner, f"{low} {edges[-1]}"]
