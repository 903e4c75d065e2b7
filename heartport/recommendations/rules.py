"""Pure decisions about recommendations: what is chosen, in which order, and for which reason.

Up to three come from grounds (advice of a result, then what was liked), one is light, and one is drawn at random, so
that the benefit of the others can be measured. Randomness arrives as an argument.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from heartport.own_library.rules import Ref, Why

SIZE = 5
GROUNDED = 3
LIGHT_TOPICS = frozenset({"breathing", "relaxation", "nature", "exercise", "self_care", "resilience"})
"""What does good to anybody, so that nobody is shown bad news alone."""
CALM_TOPICS = frozenset({"breathing", "relaxation", "nature"})

Below = Callable[[int], int]
"""Returns a random whole number below the one given."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that can be recommended; what speaks of self-harm never is one."""

    ref: Ref
    kind: str
    topics: tuple[str, ...]

    @property
    def is_light(self) -> bool:
        """Whether it does good to anybody."""
        return not LIGHT_TOPICS.isdisjoint(self.topics)


@dataclass(frozen=True, slots=True)
class Ground:
    """What speaks for some topics: the advice of a result, or something that a person liked."""

    ref: Ref
    why: Why
    topics: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    limit: int = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that was chosen, why, and on which ground."""

    ref: Ref
    why: Why
    because: Ref = b""


@dataclass(frozen=True, slots=True)
class Known:
    """What a person knows: `left_out` is not chosen at all, `opened` after all that they have not opened."""

    left_out: frozenset[Ref] = frozenset()
    opened: frozenset[Ref] = frozenset()


@dataclass
class Chosen:
    """The choices so far."""

    known: Known
    choices: list[Choice] = field(default_factory=list)

    def add(self, found: Candidate | None, why: Why, because: Ref = b"") -> None:
        """Take one more, if there is one."""
        if found is not None:
            self.choices.append(Choice(found.ref, why, because))

    def free(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return what can still be chosen, what was not opened yet first."""
        taken = {each.ref for each in self.choices} | self.known.left_out
        return sorted((each for each in candidates if each.ref not in taken), key=lambda c: c.ref in self.known.opened)


def choose(
    candidates: Sequence[Candidate], grounds: Sequence[Ground], known: Known, *, explore: bool, below: Below
) -> list[Choice]:
    """Return up to five choices; without `explore` none of them is random."""
    chosen = Chosen(known)
    for ground in _in_turn(grounds):
        if len(chosen.choices) < GROUNDED:
            chosen.add(_fitting(chosen.free(candidates), ground), ground.why, ground.ref)
    light = [each for each in chosen.free(candidates) if each.is_light]
    chosen.add(_other_kind(light, chosen, candidates), Why.LIGHT)
    if explore and (rest := chosen.free(candidates)):
        chosen.add(rest[below(len(rest))], Why.RANDOM)
    for each in chosen.free(candidates)[: SIZE - len(chosen.choices)]:
        chosen.add(each, Why.EVERYONE)
    return chosen.choices


def calm_choices(candidates: Sequence[Candidate], limit: int = 3) -> list[Choice]:
    """Return what helps to breathe, the same for everybody; nothing is measured now."""
    calm = [each for each in candidates if each.kind == "track" and not CALM_TOPICS.isdisjoint(each.topics)]
    return [Choice(each.ref, Why.LIGHT) for each in calm[:limit]]


def for_everyone(shelves: Sequence[Sequence[Candidate]]) -> list[Choice]:
    """Return the newest of each shelf in turn, the same for everybody."""
    turns = (each for turn in zip_longest(*shelves) for each in turn if each is not None)
    return [Choice(each.ref, Why.EVERYONE) for each in turns][:SIZE]


def _in_turn(grounds: Sequence[Ground]) -> Iterator[Ground]:
    """Give each ground once, then again those that want more."""
    most = max((ground.limit for ground in grounds), default=0)
    for turn in range(most):
        yield from (ground for ground in grounds if turn < ground.limit)


def _fitting(free: Sequence[Candidate], ground: Ground) -> Candidate | None:
    """Return what is about most of a ground's topics; of equals the one that comes first."""
    wanted = set(ground.topics)
    fitting = [
        each for each in free if not wanted.isdisjoint(each.topics) and (not ground.kinds or each.kind in ground.kinds)
    ]
    return max(fitting, key=lambda each: len(wanted.intersection(each.topics)), default=None)


def _other_kind(free: Sequence[Candidate], chosen: Chosen, candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the first, of a kind that is not there yet if there is one."""
    kinds = _kinds(candidates, {each.ref for each in chosen.choices})
    return next((each for each in free if each.kind not in kinds), next(iter(free), None))


def _kinds(candidates: Sequence[Candidate], refs: Collection[Ref]) -> set[str]:
    return {each.kind for each in candidates if each.ref in refs}
