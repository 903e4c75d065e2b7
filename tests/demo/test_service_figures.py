"""The demonstration's service figures: half a year of invented use, published once and marked for what it is."""

from heartport.insights.service_publishing import publish_bookings, published_parts
from tests.conftest import Clock
from tests.demo.test_units import load
from tests.staff.doors import make_staff


def test_six_months_are_published_once_and_say_that_they_are_invented(app, clock: Clock) -> None:
    assert "demo service figures 2026-05 to 2026-10: 合成数据" in load(app)
    counsellor = make_staff(app, "nina", ("counsellor", None)).signed_in()
    found = counsellor.get("insights/service").json["items"]
    assert {each["month"] for each in found} == {f"2026-{month:02}" for month in range(5, 11)}
    assert {each["district"] for each in found} == {"灯塔区", "渔港区", "港航行业", "其他"}
    assert all(each["synthetic"] for each in found)
    (port,) = [each for each in found if (each["month"], each["district"]) == ("2026-10", "港航行业")]
    assert (port["appointments"], port["workshops"], port["lectures"]) == (None, 1, 0)
    assert 110 <= port["visitors"] <= 170
    load(app)
    assert publish_bookings() == 6  # The months before the six.
    assert counsellor.get("insights/service").json["items"] == found


def test_what_is_not_due_is_not_invented_either(app, clock: Clock) -> None:
    clock.advance(days=10)  # The second of December.
    load(app)
    november = {part.value for month, part in published_parts() if month == "2026-11"}
    assert november == {"sign_ins"}
