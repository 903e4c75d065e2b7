"""Which addresses may lead to a room."""

import pytest

from heartport.booking.rules.meeting_places import LONGEST_LINK, MeetingPlace, is_link

SHORT = "https://meet.example/"


@pytest.mark.parametrize(
    "text",
    [
        "https://meet.example",
        "https://Meet.Example:65535/room?pwd=a%20b&x=[1]#top",
        "https://meet.example?room=305",
        "https://xn--fiq228c.example/",
        "https://a-b.c2.example/~x/@y",
        SHORT.ljust(LONGEST_LINK, "a"),
        f"https://{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 61}/",
    ],
)
def test_a_whole_address_of_a_named_host_leads_to_a_room(text: str) -> None:
    assert is_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://meet.example/room",
        "HTTPS://meet.example/room",
        "//meet.example/room",
        "javascript:alert(1)",
        "https://",
        "https:///room",
        "https://meet/room",
        "https://192.168.0.1/room",
        "https://[::1]/room",
        "https://-meet.example/",
        "https://meet-.example/",
        "https://meet..example/",
        "https://meet.example./",
        "https://心.example/",
        "https://anne@meet.example/",
        "https://anne:secret@meet.example/",
        "https://meet.example:443@other.example/",
        "https://meet.example\\@other.example/",
        "https://meet.example:0/",
        "https://meet.example:65536/",
        "https://meet.example:/",
        "https://meet.example/a b",
        "https://meet.example/\n",
        "https://meet.example/房间",
        'https://meet.example/"><script>',
        " https://meet.example/",
        SHORT.ljust(LONGEST_LINK + 1, "a"),
        f"https://{'a' * 64}.example/",
        f"https://{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 62}/",
    ],
)
def test_nothing_else_does(text: str) -> None:
    assert not is_link(text)


def test_a_link_is_not_in_what_is_printed_and_a_version_makes_no_other_place() -> None:
    assert "room-305" not in repr(MeetingPlace(link="https://meet.example/room-305"))
    assert MeetingPlace("一楼", version=1) == MeetingPlace("一楼", version=2)
