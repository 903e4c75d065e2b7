"""Pure decisions about drafts: which of two answers stands, and how long an older version can be answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from heartport.scoring.kinds import Answer as Given
from heartport.scoring.language import Scale

HIGHEST_REVISION = 2**53
"""The highest whole number up to which every JavaScript client counts exactly."""

DAYS_FOR_OLDER_VERSION = 14


@dataclass(frozen=True, slots=True)
class Answer:
    """What was last said about one item.

    `said` with a value is an answer, `said` with None a deliberate skip. Not `said` is an answer taken back: the
    entry stays, so that an older answer from another phone does not come back.
    """

    revision: int
    said: bool
    value: Given = None


Answers = Mapping[str, Answer]

Order = tuple[int, Any]


class DraftState(StrEnum):
    """What can be done with a draft."""

    CURRENT = "current"
    OLDER = "older"
    """Of an older version; can be continued and submitted for some days yet."""
    EXPIRED = "expired"
    RETIRED = "retired"
    """Of a version that was withdrawn or that this deployment does not have."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft as it stands, empty where there is none; `scale` is its very version, None where its file is gone."""

    version: str
    answers: Answers
    state: DraftState
    last_day: date | None
    scale: Scale | None


def merged(ours: Answers, theirs: Answers) -> dict[str, Answer]:
    """Keep for each item the later answer; in whatever order things arrive, the same draft comes of it."""
    both = {**theirs, **ours}
    return {item: max(both[item], theirs.get(item, both[item]), key=_rank) for item in sorted(both)}


def raw_values(answers: Answers) -> dict[str, Given]:
    """Return what was said, as flags look at it."""
    return {item: answer.value for item, answer in answers.items() if answer.said}


def last_day_for(saved_on: date) -> date:
    """Return the last local day on which a draft of an older version can be continued and submitted."""
    return saved_on + timedelta(days=DAYS_FOR_OLDER_VERSION)


def _rank(answer: Answer) -> tuple[int, bool, Order]:
    """Order answers to one item: by revision, and where two phones chose the same, by what says more.

    An answer outranks a skip, a skip outranks taking back, and of two answers the higher value stands. A fixed order
    makes both phones end alike; this one loses nothing that was said, and where it must choose between two answers to
    an item about danger it keeps the one that raises the flag.
    """
    return answer.revision, answer.said, _order(answer.value)


def _order(value: Given) -> Order:
    """Order numbers before lists before texts, so that whatever two phones sent can be compared."""
    if value is None:
        return 0, 0
    return 1 + isinstance(value, Sequence) + isinstance(value, str), value
