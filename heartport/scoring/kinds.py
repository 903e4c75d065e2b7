"""The kinds of items: what is an answer to each, what number it comes to, and how to say what may be answered.

A new kind is one entry in `KINDS` and its word in `constructs.Kind`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from heartport.scoring.conditions import Value
from heartport.scoring.constructs import Item
from heartport.scoring.exact import Exact, decimal, magnitude, number, simplify
from heartport.scoring.spans import Span, common_step, span_of

Answer = int | float | str | Sequence[int] | None
"""An answer as it is sent and as it is sealed."""
Reader = Callable[[object], Value]
"""Gives what an answer is in a row, or `None` where it is no answer to the item."""

KEYED_KINDS = ("choice", "multi")
"""The kinds whose answers are options, and may have a key."""
MINUTES_A_DAY = 24 * 60
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
LONGEST_TEXT = 200
MOST_STEPS = 100_000

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of item: the keys that it needs and may have, and what it makes of answers."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    scored: bool
    """Whether it may count in a score."""
    reader: Callable[[Item], Reader]
    span: Callable[[Item], Span | None]
    """The numbers that one answer comes to; nothing where it is no number."""
    answers: Callable[[Item], Sequence[Answer]]
    """Every answer in printed or rising order; of a text or a long row, some."""
    told: Callable[[Item], str]
    """What may be answered, for the person."""
    sent: Callable[[Any], Answer]
    """Gives an answer as it was sent from what it is in a row."""


def reader_of(item: Item) -> Reader:
    """Give what reads the answers to an item."""
    return KINDS[item.kind].reader(item)


def answers_of(item: Item) -> Sequence[Answer]:
    """Give the answers that an item takes."""
    return KINDS[item.kind].answers(item)


def told_answers(item: Item) -> str:
    """Say which answers an item takes."""
    return KINDS[item.kind].told(item)


def as_sent(item: Item, value: Value) -> Answer:
    """Give an answer as it was sent from what it is in a row."""
    return None if value is None else KINDS[item.kind].sent(value)


def clock(minutes: int) -> str:
    """Write minutes since midnight as a clock time."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _choice(item: Item) -> Reader:
    allowed = frozenset(item.values)
    return lambda raw: raw if type(raw) is int and raw in allowed else None


def _multi(item: Item) -> Reader:
    allowed = frozenset(item.values)

    def read(raw: object) -> Value:
        if not isinstance(raw, list | tuple) or len(raw) > len(allowed):
            return None
        known = {each for each in raw if type(each) is int and each in allowed}
        return tuple(sorted(known)) if len(known) == len(raw) else None

    return read


def _number(item: Item) -> Reader:
    span = _range(item)
    if isinstance(span.low, int) and isinstance(span.step, int):
        low, high, step = span.low, span.high, span.step or 1
        return lambda raw: raw if type(raw) is int and low <= raw <= high and not (raw - low) % step else None

    def read(raw: object) -> Value:
        # Within the range first: that leaves out infinities and what is no number at all.
        if type(raw) not in {int, float, Fraction} or not span.low <= raw <= span.high:  # type: ignore[operator]
            return None
        # The shortest text of a double is the decimal that was typed.
        exact = simplify(Fraction(str(raw)))
        return exact if span.contains(exact) else None

    return read


def _time(_item: Item) -> Reader:
    def read(raw: object) -> Value:
        match = _CLOCK.fullmatch(raw) if isinstance(raw, str) else None
        return int(match[1]) * 60 + int(match[2]) if match else None

    return read


def _date(_item: Item) -> Reader:
    def read(raw: object) -> Value:
        if not isinstance(raw, str) or not _DAY.fullmatch(raw):
            return None
        try:
            day = date.fromisoformat(raw)
        except ValueError:
            return None
        return day.toordinal() if EARLIEST <= day <= LATEST else None

    return read


def _text(item: Item) -> Reader:
    longest = item.longest or LONGEST_TEXT
    return lambda raw: raw if isinstance(raw, str) and raw.strip() and len(raw) <= longest else None


def _range(item: Item) -> Span:
    return item.range or Span(0, 0)


def _numbers(item: Item) -> Sequence[Answer]:
    span = _range(item)
    steps = int((span.high - span.low) / span.step) if span.step else 0
    stride = max(1, steps // 2000)
    return [number(simplify(span.low + step * span.step)) for step in (*range(0, steps, stride), steps)]


def _written_range(item: Item) -> str:
    span = _range(item)
    unit = item.unit["zh-CN"] if item.unit else ""
    ends = f"{decimal(span.low)} 到 {decimal(span.high)}"
    step = "整数" if span.step == 1 and isinstance(span.low, int) else f"数，每档相差 {decimal(span.step)}"
    return f"请填写 {ends} 之间的{step}{f'（{unit}）' if unit else ''}。"


def _written_options(item: Item) -> str:
    return "、".join(map(str, item.values))


def span_of_chosen(values: Sequence[Exact]) -> Span:
    """Give the span of the sum of whichever of these values are chosen."""
    low = simplify(sum(value for value in values if value < 0))
    high = simplify(sum(value for value in values if value > 0))
    return Span(low, high, common_step([magnitude(value) for value in values]))


KINDS: dict[str, Kind] = {
    "choice": Kind(
        required=("options",),
        optional=(),
        scored=True,
        reader=_choice,
        span=lambda item: span_of(item.values),
        answers=lambda item: item.values,
        told=lambda item: f"请选择这些选项之一：{_written_options(item)}。",
        sent=int,
    ),
    "multi": Kind(
        required=("options",),
        optional=(),
        scored=True,
        reader=_multi,
        span=lambda item: span_of_chosen(item.values),
        answers=lambda item: [[], *([value] for value in item.values), list(item.values)],
        told=lambda item: f"请从这些选项中选择，可以选几个，也可以一个都不选：{_written_options(item)}。",
        sent=list,
    ),
    "number": Kind(
        required=("range",),
        optional=("whole", "step", "unit"),
        scored=True,
        reader=_number,
        span=_range,
        answers=_numbers,
        told=_written_range,
        sent=number,
    ),
    "time": Kind(
        required=(),
        optional=(),
        scored=True,
        reader=_time,
        span=lambda item: Span(0, MINUTES_A_DAY - 1, 1),
        answers=lambda item: [clock(minutes) for minutes in range(MINUTES_A_DAY)],
        told=lambda item: "请填写 24 小时制的时间，例如 23:30。",
        sent=clock,
    ),
    "date": Kind(
        required=(),
        optional=(),
        scored=True,
        reader=_date,
        span=lambda item: Span(EARLIEST.toordinal(), LATEST.toordinal(), 1),
        answers=lambda item: [EARLIEST.isoformat(), "2000-02-29", LATEST.isoformat()],
        told=lambda item: "请填写日期，例如 2026-11-22。",
        sent=lambda day: date.fromordinal(day).isoformat(),
    ),
    "text": Kind(
        required=(),
        optional=("longest",),
        scored=False,
        reader=_text,
        span=lambda item: None,
        answers=lambda item: [],
        told=lambda item: f"请填写最多 {item.longest or LONGEST_TEXT} 个字。",
        sent=str,
    ),
    "notice": Kind(
        required=(),
        optional=(),
        scored=False,
        reader=lambda item: lambda raw: None,
        span=lambda item: None,
        answers=lambda item: [],
        told=lambda item: "",
        sent=str,
    ),
}
