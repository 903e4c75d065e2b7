"""Who may lead a workshop: qualified, free with time to travel, fair to units and to facilitators; each says why."""

import pytest

from heartport.booking.rules.grid import Span
from heartport.booking.workshops.rules.matching import (
    ACROSS_DISTRICTS,
    MOST_MATCHES,
    WITHIN_DISTRICT,
    Facilitator,
    Match,
    Request,
    find_matches,
    travel_between,
    why_nobody,
)

NEEDED = {"sleep": "睡眠", "group": "带领"}


def facilitator(name: str, load: int = 0, district: str | None = "灯塔区", held: str = "sleep group") -> Facilitator:
    return Facilitator(name, name, district, frozenset(held.split()), load)


def request(*wishes: int, served: int = 0, needed: dict[str, str] = NEEDED) -> Request:
    return Request(wishes or (1000,), 6, "灯塔区", needed, served)


def free_but(*taken: tuple[str, int]):
    """Return a calendar in which some people are taken at some ticks."""

    def is_free(each: str, span: Span, travel: int) -> bool:
        return not any(name == each and span.start - travel <= tick < span.end + travel for name, tick in taken)

    return is_free


def names(found: list[Match]) -> list[tuple[str, int]]:
    return [(each.facilitator.id, each.span.start) for each in found]


def test_whoever_lacks_one_qualification_is_not_proposed() -> None:
    people = [facilitator("anne"), facilitator("ben", held="sleep"), facilitator("cleo", held="sleep group more")]
    assert names(find_matches(request(), people, free_but(), [])) == [("anne", 1000), ("cleo", 1000)]


@pytest.mark.parametrize(
    ("home", "travel"), [("灯塔区", WITHIN_DISTRICT), ("渔港区", ACROSS_DISTRICTS), (None, ACROSS_DISTRICTS)]
)
def test_travel_is_kept_free_before_and_after(home: str | None, travel: int) -> None:
    people = [facilitator("anne", district=home)]
    assert travel_between(home, "灯塔区") == travel
    for tick in (1000 - travel, 1006 + travel - 1):
        assert names(find_matches(request(), people, free_but(("anne", tick)), [])) == []
    for tick in (1000 - travel - 1, 1006 + travel):
        (match,) = find_matches(request(), people, free_but(("anne", tick)), [])
        assert match.travel_min == travel * 15


def test_nobody_knows_how_far_an_unknown_place_is() -> None:
    assert travel_between(None, None) == ACROSS_DISTRICTS


def test_an_earlier_wish_goes_before_less_load_and_less_load_before_less_travel() -> None:
    people = [facilitator("busy", load=3), facilitator("far", district="渔港区"), facilitator("near")]
    found = find_matches(request(1000, 2000), people, free_but(), [])
    assert names(found) == [(name, start) for start in (1000, 2000) for name in ("near", "far", "busy")]
    assert [each.wish for each in found] == [1, 1, 1, 2, 2, 2]


def test_a_unit_served_less_that_wants_the_same_is_told_and_goes_before() -> None:
    people = [facilitator("anne"), facilitator("ben", load=5, held="sleep group")]
    only_anne = Request((1003,), 6, None, {"sleep": "睡眠"}, 0)
    others = [only_anne, request(served=2), request(5000), Request((1000,), 6, None, {"magic": "魔术"}, 0)]
    anne, ben = find_matches(request(served=1), people, free_but(), others)
    assert (anne.rivals, ben.rivals) == (1, 1)
    assert any("另有 1 个今年安排得更少的单位" in each for each in anne.reasons)
    # Where the other unit could want anne alone, ben goes first however much he leads.
    others = [Request((1003,), 6, None, {"only": "只有她会"}, 0)]
    people[0] = facilitator("anne", held="sleep group only")
    assert names(find_matches(request(served=1), people, free_but(), others)) == [("ben", 1000), ("anne", 1000)]
    assert not find_matches(request(served=0), people, free_but(), others)[0].rivals, "nobody was served less"


def test_every_reason_is_said_in_words() -> None:
    (first, second) = find_matches(
        request(served=2), [facilitator("anne", load=1), facilitator("ben", load=4, district="渔港区")], free_but(), []
    )
    assert first.reasons == [
        "具备这个课题要求的资质：睡眠、带领。",
        "第 1 个希望时间有空；与活动地点同区，前后各留 30 分钟路程。",
        "前后 90 天内带 1 场，是有资质的人里最少的。",
        "今年已为这个单位安排 2 场。",
    ]
    assert "最少" not in second.reasons[2]
    assert "60 分钟" in second.reasons[1]
    (new,) = find_matches(request(), [facilitator("anne")], free_but(), [])
    assert "今年还没有为这个单位安排过活动。" in new.reasons


def test_no_more_are_shown_than_somebody_can_read() -> None:
    people = [facilitator(f"f{number:03}") for number in range(40)]
    assert len(find_matches(request(1000, 2000, 3000), people, free_but(), [])) == MOST_MATCHES


def test_where_nobody_matches_it_is_said_whether_nobody_may_or_nobody_can() -> None:
    assert "没有人具备" in why_nobody(request(), [facilitator("anne", held="sleep")])
    assert "睡眠、带领" in why_nobody(request(), [])
    assert "没有空" in why_nobody(request(), [facilitator("anne")])
