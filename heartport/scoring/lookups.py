"""Scores that are looked up in a published table, by another score and by sex and age."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from heartport.scoring.calculation import Calculation
from heartport.scoring.exact import Exact, decimal, written
from heartport.scoring.profiles import OF_PERSON, Ages
from heartport.scoring.spans import Span, span_of
from heartport.scoring.words import Words

MOST_LISTED = 2000
"""Up to how many numbers a table must cover one by one."""


@dataclass(frozen=True, slots=True)
class Group:
    """Whom a row of a table is about; `None` stands for everybody."""

    sex: str | None = None
    ages: Ages | None = None

    def holds(self, sex: object, ages: Ages | None) -> bool:
        """Tell whether somebody certainly belongs to it; an age may be known as one of two."""
        if self.sex is not None and self.sex != sex:
            return False
        if self.ages is None:
            return True
        return ages is not None and self.ages[0] <= ages[0] and ages[1] <= self.ages[1]

    def meets(self, other: "Group") -> bool:
        """Tell whether somebody could belong to both."""
        apart_in_sex = None not in {self.sex, other.sex} and self.sex != other.sex
        if apart_in_sex or self.ages is None or other.ages is None:
            return not apart_in_sex
        return self.ages[0] <= other.ages[1] and other.ages[0] <= self.ages[1]

    def __str__(self) -> str:
        """Read like `female 18-34`, or `everybody`."""
        ages = f"{self.ages[0]}-{self.ages[1]}" if self.ages else ""
        return f"{self.sex or ''} {ages}".strip() or "everybody"


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
