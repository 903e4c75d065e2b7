"""A call-back as one of the things that a result or the crisis card offers; none where nobody is on duty, ever."""

from typing import Any

from heartport.followups.availability import read_availability
from heartport.followups.schemas import offer_out


def list_offers() -> list[dict[str, Any]]:
    """Return the offer of a call-back as of now, or nothing."""
    found = read_availability()
    return [offer_out(found)] if found.exists else []
