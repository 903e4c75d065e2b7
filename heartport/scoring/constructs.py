"""The constructs of the language `heartport-scale/1`, as frozen values; what a file says and nothing more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from heartport.scoring.calculation import Calculation
from heartport.scoring.conditions import Condition
from heartport.scoring.doubts import Doubt
from heartport.scoring.exact import Exact, Rounding
from heartport.scoring.groups import Group
from heartport.scoring.profiles import SEXES_WITH_FIGURES
from heartport.scoring.reader import Value
from heartport.scoring.spans import Span
from heartport.scoring.words import MAIN_LANGUAGE, Words

SCHEMA = "heartport-scale/1"

Status = Literal["draft", "published", "retired"]
OpenedBy = Literal["self", "counsellor", "campaign"]
Direction = Literal["higher_is_worse", "higher_is_better"]
RecallUnit = Literal["day", "week", "month", "year"]
WordingState = Literal["free", "attribution", "noncommercial", "restricted", "unknown"]
TranslationState = Literal["published", "ours", "none"]
"""`none`: the licence would allow the words, but none in this language were found that may be used."""
Kind = Literal["choice", "multi", "number", "time", "date", "text", "notice"]
Level = Literal["caution", "urgent"]
Card = Literal["crisis"]
OfferKind = Literal["counselling", "clinic", "call_back", "hotline"]
ContentKind = Literal["article", "track", "news"]
Yield = Literal["z", "t", "percentile"]
Reader = Literal["professional", "person"]
Consequence = Literal["ask_again", "annotate", "leave_out_of_aggregate"]


@dataclass(frozen=True, slots=True)
class Recall:
    """The time that the questions look back on."""

    last: int
    unit: RecallUnit


@dataclass(frozen=True, slots=True)
class Translation:
    """Where the words of one language come from."""

    state: TranslationState
    by: str
    evidence: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the scoring and the words rest on."""

    cite: tuple[str, ...]
    scoring_source: str
    missing_source: str
    translation: Mapping[str, Translation]
    notes: str | None = None

    @property
    def lacks_main_language(self) -> bool:
        """Tell whether the file says that it has no words in the main language."""
        origin = self.translation.get(MAIN_LANGUAGE)
        return origin is not None and origin.state == "none"


@dataclass(frozen=True, slots=True)
class Wording:
    """Under what terms the items may be shown; `credit` is a line that must stand with them."""

    state: WordingState
    holder: str
    terms: str
    evidence: str
    checked_on: date
    credit: Words | None = None

    @property
    def ships(self) -> bool:
        """Tell whether the file may carry the words of the items."""
        return self.state not in {"restricted", "unknown"}


@dataclass(frozen=True, slots=True)
class Licence:
    """The rights in a scale."""

    wording: Wording


@dataclass(frozen=True, slots=True)
class Retake:
    """When the scale is worth taking again."""

    not_before_days: int


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of an item: what is stored and what is read."""

    value: int
    label: Words
    """Empty where the licence keeps it out of the file and no overlay gave it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question, or a notice between questions.

    `when_hidden`, `when_na` and `when_missing` are answers that count where a branch hides the item, where it does not
    apply to the person, and where it was left blank; `None` is missing.
    """

    id: str
    kind: Kind
    options: tuple[Option, ...] = ()
    option_set: str | None = None
    """The name under which the file has the options."""
    text: Words | None = None
    unscored: bool = False
    optional: bool = False
    applies_if: Condition | None = None
    when_na: Value = None
    show_if: Condition | None = None
    when_hidden: Value = None
    interview_skip: bool = False
    when_missing: Value = None
    range: Span | None = None
    """Of a number: the least, the greatest, and the step between them."""
    unit: Words | None = None
    longest: int | None = None
    """Of a text: how many characters it may have."""

    @property
    def values(self) -> tuple[int, ...]:
        """Give the values of the options, in printed order."""
        return tuple(option.value for option in self.options)

    @property
    def is_asked(self) -> bool:
        """Tell whether there is anything to answer."""
        return self.kind != "notice"


@dataclass(frozen=True, slots=True)
class Key:
    """What becomes of the answers of some items before they count, everywhere or in one score."""

    items: tuple[str, ...]
    reverse: tuple[int, int] | None = None
    table: Mapping[Exact, Exact] | None = None
    only_for: str | None = None

    def counts_as(self, value: int) -> Exact:
        """Give what an answer counts as."""
        if self.reverse is not None:
            return sum(self.reverse) - value
        return (self.table or {}).get(value, value)


@dataclass(frozen=True, slots=True)
class Missing:
    """How many answers of a score may be missing; the mean of the answered ones then stands for each."""

    allow: int
    then: str
    share: Exact | None = None
    """The share of its operands from which the file has the number, if it gives a share."""


@dataclass(frozen=True, slots=True)
class Score:
    """A number that the scale gives, and the lowest and highest that it can come to."""

    id: str
    label: Words
    kind: str
    formula: Calculation
    missing: Missing | None = None
    valid_share: Exact | None = None
    """How large a share of all scored items of the sheet may be missing."""
    round: Rounding | None = None
    shown: bool = True
    show_round: Rounding | None = None
    direction: Direction | None = None
    """Where it differs from that of the scale."""
    min: Exact = 0
    max: Exact = 0


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of a score from a lower edge to the next one; `person` and `meaning` are for the employee."""

    start: Exact
    """The lower edge; where it differs by sex, the highest of them, from which on the band is everybody's."""
    id: str
    person: Words
    meaning: Words
    professional: Words
    at_risk: bool = False
    start_of: Mapping[str, Exact] = field(default_factory=dict)
    """The lower edge for each sex, where they differ."""

    def starts_at(self, sex: str | None) -> Exact:
        """Give the lower edge for one sex."""
        return self.start if sex is None else self.start_of.get(sex, self.start)


@dataclass(frozen=True, slots=True)
class BandSet:
    """The bands of one score after one source, ascending; by sex if the source tells the sexes apart."""

    name: str
    source: str
    bands: tuple[Band, ...]
    by_sex: bool = False

    @property
    def sexes(self) -> tuple[str | None, ...]:
        """Give the sexes for which there are edges of their own; a single `None` where all share them."""
        return SEXES_WITH_FIGURES if self.by_sex else (None,)

    def edges(self, sex: str | None) -> tuple[Exact, ...]:
        """Give the lower edges for one sex, ascending."""
        return tuple(band.starts_at(sex) for band in self.bands)


@dataclass(frozen=True, slots=True)
class Bands:
    """The band sets of one score; `named` tells whether the file names them or has but one."""

    score: str
    shown: BandSet | None
    """The set that the person reads; none where the authors of a scale give no levels."""
    others: tuple[BandSet, ...] = ()
    named: bool = False

    @property
    def sets(self) -> tuple[BandSet, ...]:
        """Give all sets."""
        return (self.shown, *self.others) if self.shown else self.others


@dataclass(frozen=True, slots=True)
class Cell:
    """The figures of one score in one group of a norm: mean and standard deviation, or percentiles by lower edges."""

    score: str
    group: Group
    mean: Exact = 0
    sd: Exact = 1
    percentiles: tuple[tuple[Exact, Exact], ...] = ()


@dataclass(frozen=True, slots=True)
class Norm:
    """What others scored: who they were, and how a score stands among them."""

    id: str
    source: str
    year: int
    region: Words
    population: Words
    n: int
    by: tuple[str, ...]
    yields: Yield
    visible_to: Reader
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest difference of a score between two times that is worth telling a person."""

    score: str
    at_least: Exact
    source: str


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that must be noticed in raw answers, whatever becomes of the scores."""

    id: str
    when: Condition
    level: Level
    card: Card | None = None
    offer: tuple[OfferKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What to read or to hear fits: by topic and kind, so many at most."""

    topics: tuple[str, ...]
    kinds: tuple[ContentKind, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class Advice:
    """What a person may be told, and what is offered, when a condition holds."""

    id: str
    when: Condition
    text: Words
    reason: Words
    offer: tuple[OfferKind, ...] = ()
    workshops: tuple[str, ...] = ()
    """Codes of themes and topics that fit where many are advised so; nobody orders one alone, so nobody is told."""
    content: Content | None = None


@dataclass(frozen=True, slots=True)
class Validity:
    """Something about the manner of answering that is worth a word to the person; it never lowers a flag."""

    id: str
    test: Doubt
    do: tuple[Consequence, ...]
    text: Words


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example of the file: answers, and what must come of them."""

    name: str
    answers: "Mapping[str, Value | tuple[Value, ...]]"
    profile: Mapping[str, Value]
    expect: "Mapping[str, Value | tuple[Value, ...]]"
    year: int | None = None
    """The year of the answers, where it matters how old the person is."""
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """Everything that a file says; equal only to itself."""

    id: str
    version: str
    status: Status
    opened_by: OpenedBy
    title: Words
    summary: Words
    category: str
    recall: Recall | None
    minutes: int
    direction: Direction
    instruction: Words
    limits: Words
    provenance: Provenance
    licence: Licence
    audience: Words | None
    retake: Retake | None
    items: tuple[Item, ...]
    keys: tuple[Key, ...]
    scores: tuple[Score, ...]
    bands: tuple[Bands, ...]
    norms: tuple[Norm, ...]
    changes: tuple[Change, ...]
    flags: tuple[Flag, ...]
    validity: tuple[Validity, ...]
    advice: tuple[Advice, ...]
    examples: tuple[Example, ...]

    @property
    def awaits_words(self) -> bool:
        """Tell whether the words in the main language are left to an overlay of the operator."""
        return not self.licence.wording.ships or self.provenance.lacks_main_language

    @property
    def asked(self) -> tuple[Item, ...]:
        """Give the items that have an answer, in printed order."""
        return tuple(item for item in self.items if item.is_asked)
