"""Lists go out page by page; every item comes exactly once, and a made-up cursor is a refusal."""

import base64

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from heartport.errors import Invalid
from heartport.web.paging import DEFAULT_LIMIT, MAX_LIMIT, Page, page_out, wanted_page

APP = Flask("paging")


def page_of(query: dict[str, str]) -> Page:
    with APP.test_request_context("/", query_string=query):
        return wanted_page()


def show(page: Page, places: list[str]) -> dict:
    """A list as a feature answers it: what comes after the cursor, one more than the limit."""
    after = [place for place in places if page.after is None or place > page.after]
    return page_out(after[: page.limit + 1], page, lambda place: place, lambda place: {"place": place})


def test_without_wishes_the_first_twenty_come() -> None:
    assert page_of({}) == Page(limit=DEFAULT_LIMIT, after=None)


@pytest.mark.parametrize("limit", ["1", "20", "100", "007"])
def test_a_limit_from_1_to_100_is_taken(limit: str) -> None:
    assert page_of({"limit": limit}).limit == int(limit)


@pytest.mark.parametrize("limit", ["", "0", "-1", "101", "1.0", "1e1", "x", " 5", "٣", "9" * 5000])
def test_any_other_limit_is_refused_by_name(limit: str) -> None:
    with pytest.raises(Invalid) as caught:
        page_of({"limit": limit})
    assert list(caught.value.errors) == ["limit"]


BAD_CURSORS = ["x", "é", "not base64!", "____", "A" * 201, base64.urlsafe_b64encode(b"\xff\xfe").decode(), "AA=A"]


@pytest.mark.parametrize("cursor", BAD_CURSORS)
def test_a_made_up_cursor_is_refused_by_name_and_not_repeated(cursor: str) -> None:
    with pytest.raises(Invalid) as caught:
        page_of({"cursor": cursor})
    assert list(caught.value.errors) == ["cursor"]
    assert cursor not in str(caught.value.errors["cursor"])


@given(st.text())
def test_any_cursor_is_a_place_or_a_refusal(cursor: str) -> None:
    try:
        page = page_of({"cursor": cursor})
    except Invalid:
        return
    assert isinstance(page.after, str)


@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=20), unique=True, max_size=50),
    st.integers(1, MAX_LIMIT),
)
def test_the_pages_together_are_the_list(places: list[str], limit: int) -> None:
    places.sort()
    seen: list[str] = []
    query = {"limit": str(limit)}
    while True:
        answer = show(page_of(query), places)
        seen += [item["place"] for item in answer["items"]]
        assert len(answer["items"]) <= limit
        if answer["next_cursor"] is None:
            break
        query["cursor"] = answer["next_cursor"]
    assert seen == places


@pytest.mark.parametrize(("count", "more"), [(0, False), (19, False), (20, False), (21, True)])
def test_a_cursor_comes_only_where_there_is_more(count: int, more: bool) -> None:
    answer = show(page_of({}), [f"{number:03}" for number in range(count)])
    assert (answer["next_cursor"] is not None) == more


def test_a_cursor_fits_into_a_url_as_it_is() -> None:
    cursor = show(page_of({"limit": "1"}), ["2026H2/第一?&=", "x"])["next_cursor"]
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert page_of({"cursor": cursor}).after == "2026H2/第一?&="
