"""Scores that are looked up in a published table, by another score and by sex and age."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from heartport.scoring.calculation import Aim, Calculation, Edit
from heartport.scoring.exact import Exact, decimal, written
from heartport.scoring.groups import Group
from heartport.scoring.profiles import OF_PERSON
from heartport.scoring.spans import Span, span_of
from heartport.scoring.words import Words

MOST_LISTED = 2000
"""Up to how many numbers a table must cover one by one."""


@dataclass(frozen=True, slots=True)
class Table:
    """What each number gives to the people of one group."""

    group: Group
    gives: Mapping[Exact, Exact]


@dataclass(frozen=True, slots=True)
class Lookup(Calculation):
    """`lookup: {of: raw, by: [sex], tables: [{sex: female, gives: {0: 35}}]}`; what is not in it has no score."""

    of: tuple[str, ...]
    by: tuple[str, ...]
    tables: tuple[Table, ...]

    @property
    def person(self) -> tuple[str, ...]:
        """Give the words of the profile by which the tables differ."""
        return tuple(OF_PERSON[word] for word in self.by)

    @property
    def groups(self) -> tuple[Group, ...]:
        """Give the groups that have tables of their own."""
        return tuple(table.group for table in self.tables)

    def compute(self, values: Sequence[Any]) -> Exact | None:
        """Find the table of this person and in it the number."""
        known = dict(zip(self.by, values[1:], strict=True))
        for table in self.tables:
            if table.group.holds(known.get("sex"), known.get("age")):
                return table.gives.get(values[0])
        return None

    def describe(self, operands: Sequence[str]) -> str:
        """Write it for the eye."""
        by = f" by {' and '.join(self.by)}" if self.by else ""
        return f"table of {operands[0]}{by}"

    def work(self, values: Sequence[Exact], result: Exact) -> str:
        """Write the number and what the table gives."""
        return f"{decimal(values[0])} → {decimal(result)}"

    def told(self) -> Words:
        """Say it in a sentence."""
        by = f" by {' and '.join(self.by)}" if self.by else ""
        zh = "、".join({"sex": "性别", "age": "年龄"}[word] for word in self.by)
        return {
            "zh-CN": f"{f'按{zh}' if zh else ''}查发表的对照表，得到与下面一项对应的数。",
            "en": f"Looked up in the published table{by}, from what the entry below counts as.",
        }

    def told_none(self) -> Words:
        """Say why there is no number."""
        return {
            "zh-CN": "对照表里没有与您的情况对应的数（没有填写的性别或出生年份也算），所以没有这个分数。",
            "en": "The table has no number for you (sex or year of birth may not be given), so there is no score.",
        }

    def span(self, spans: Sequence[Span]) -> Span:
        """Give the span of everything in the tables."""
        return span_of([given for table in self.tables for given in table.gives.values()] or [0])

    def edits(self, spans: Sequence[Span]) -> Iterator[Edit]:
        """Change each number of each table."""
        for at, table in enumerate(self.tables):
            for number, given in table.gives.items():
                changed = replace(table, gives={**table.gives, number: given + 1})
                tables = (*self.tables[:at], changed, *self.tables[at + 1 :])
                what = f"{table.group}: {written(number)} gives {written(given + 1)}"
                yield Edit(what, replace(self, tables=tables), Aim(self.of[0], number, number))

    def complaints(self, spans: Sequence[Span]) -> Iterator[str]:
        """Say which numbers a table lacks, which can never come, and which tables are about the same people."""
        for one, two in combinations(self.tables, 2):
            if one.group.meets(two.group):
                yield f"two tables are about the same people: {one.group} and {two.group}"
        span = spans[0]
        if span.count is None or span.count > MOST_LISTED:
            yield f"{self.of[0]} can come to more numbers than a table lists; round it or write a cut"
            return
        numbers = set(span.numbers())
        for table in self.tables:
            for lacking in sorted(numbers - table.gives.keys())[:1]:
                yield f"the table for {table.group} has nothing for {written(lacking)}"
            for never in sorted(table.gives.keys() - numbers)[:1]:
                yield f"{self.of[0]} is never {written(never)}, for which the table for {table.group} has a number"
