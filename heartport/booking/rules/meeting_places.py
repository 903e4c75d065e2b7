"""Where somebody is met: an address, how to find the door, and the link to a room for video."""

import re
from dataclasses import dataclass, field

LONGEST_ADDRESS, LONGEST_DIRECTIONS, LONGEST_LINK = 100, 300, 500
LONGEST_HOST, HIGHEST_PORT = 253, 65535
_INNER = "[A-Za-z0-9-]{0,61}[A-Za-z0-9]"
LINK = (
    rf"https://((?:[A-Za-z0-9](?:{_INNER})?\.)+[A-Za-z](?:{_INNER})?)(?::([0-9]{{1,5}}))?"
    r"(?:[/?#][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?"
)
"""A named host, perhaps its port, and whatever an address may hold after it (RFC 3986); no credentials before it."""


@dataclass(frozen=True, slots=True)
class MeetingPlace:
    """Where one person is met, as far as it was said; whoever has the link may enter the room.

    `version` is that which was read; 0 while nothing was ever said.
    """

    address: str | None = None
    directions: str | None = None
    link: str | None = field(default=None, repr=False)
    version: int = field(default=0, compare=False)


NOWHERE = MeetingPlace()


def is_link(text: str) -> bool:
    """Tell whether a text is the whole address of a room: https, a host that may exist, no credentials."""
    found = re.fullmatch(LINK, text) if len(text) <= LONGEST_LINK else None
    if found is None:
        return False
    host, port = found.groups()
    return len(host) <= LONGEST_HOST and 0 < int(port or HIGHEST_PORT) <= HIGHEST_PORT
