"""Who may lead a workshop, when, and why: qualified, free with time to travel, fair to units and to facilitators."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from heartport.booking.rules.grid import TICK_MINUTES, Span
from heartport.catalogue.rules import may_lead

WITHIN_DISTRICT, ACROSS_DISTRICTS = 2, 4
"""Ticks of travel before and after: half an hour within a district, an hour across, or where nobody knows."""
LOAD_DAYS = 90
"""A facilitator's load is what they lead within so many days before and after."""
MOST_MATCHES = 30


@dataclass(frozen=True, slots=True)
class Facilitator:
    """Somebody who leads workshops; `load` counts what they lead around this time."""

    id: str
    name: str
    district: str | None
    qualifications: frozenset[str]
    load: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """What a unit wishes, in ticks; `served` is how many workshops it has had this year."""

    wishes: Sequence[int]
    length: int
    district: str | None
    needed: Mapping[str, str]
    """The qualifications that its topic asks for, with their titles."""
    served: int = 0

    def spans(self) -> list[Span]:
        """Return the wished stretches, in the order in which they were wished."""
        return [Span(start, start + self.length) for start in self.wishes]


@dataclass(frozen=True, slots=True)
class Match:
    """One facilitator at one wished time; `rivals` are units served less that could want the same."""

    facilitator: Facilitator
    span: Span
    wish: int
    travel: int
    rivals: int
    reasons: Sequence[str]

    @property
    def travel_min(self) -> int:
        """Minutes of travel before and after."""
        return self.travel * TICK_MINUTES


IsFree = Callable[[str, Span, int], bool]
"""Tells of a facilitator's id, a stretch, and ticks of travel around it, whether all of that is open and free."""


def travel_between(home: str | None, venue: str | None) -> int:
    """Return the ticks of travel to block before and after."""
    return WITHIN_DISTRICT if home is not None and home == venue else ACROSS_DISTRICTS


def find_matches(
    request: Request, facilitators: Sequence[Facilitator], is_free: IsFree, others: Sequence[Request]
) -> list[Match]:
    """Return who may lead it when, the best first: earlier wish, fewer rivals, less load, less travel."""
    able = [each for each in facilitators if _may_lead(request, each)]
    least = min((each.load for each in able), default=0)
    found = []
    for wish, span in enumerate(request.spans(), start=1):
        for each in able:
            travel = travel_between(each.district, request.district)
            if is_free(each.id, span, travel):
                rivals = sum(_could_want(other, request, each, span) for other in others)
                reasons = _reasons(request, each, wish, travel, rivals, lightest=each.load == least)
                found.append(Match(each, span, wish, travel, rivals, list(reasons)))
    return sorted(found, key=_rank)[:MOST_MATCHES]


def why_nobody(request: Request, facilitators: Sequence[Facilitator]) -> str:
    """Say why nothing matches, and what to do."""
    if not any(_may_lead(request, each) for each in facilitators):
        needed = "、".join(request.needed.values())
        return f"目前没有人具备这个课题要求的全部资质（{needed}）。可以增补带领人，或说明原因后婉拒。"
    return "具备资质的人在这些希望时间都没有空。可以转入候补，或与单位联系人商量别的时间。"


def _may_lead(request: Request, facilitator: Facilitator) -> bool:
    return may_lead(facilitator.qualifications, request.needed)


def _could_want(other: Request, request: Request, facilitator: Facilitator, span: Span) -> bool:
    """Tell whether a unit that was served less wishes for this facilitator at this time as well."""
    wished = any(each.meets(span) for each in other.spans())
    return other.served < request.served and wished and _may_lead(other, facilitator)


def _reasons(
    request: Request, facilitator: Facilitator, wish: int, travel: int, rivals: int, *, lightest: bool
) -> Iterator[str]:
    yield f"具备这个课题要求的资质：{'、'.join(request.needed.values())}。"
    where = "与活动地点同区" if travel == WITHIN_DISTRICT else "与活动地点不在同一区，或所在区未知"
    yield f"第 {wish} 个希望时间有空；{where}，前后各留 {travel * TICK_MINUTES} 分钟路程。"
    yield f"前后 {LOAD_DAYS} 天内带 {facilitator.load} 场{'，是有资质的人里最少的' if lightest else ''}。"
    yield f"今年已为这个单位安排 {request.served} 场。" if request.served else "今年还没有为这个单位安排过活动。"
    if rivals:
        yield f"另有 {rivals} 个今年安排得更少的单位也希望这个时段，请先看看他们的申请。"


def _rank(match: Match) -> tuple[int, int, int, int, str]:
    return match.wish, match.rivals, match.facilitator.load, match.travel, match.facilitator.id
