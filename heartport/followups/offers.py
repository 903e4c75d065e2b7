"""A call-back as one of the things that a result or the crisis card offers; none where nobody is on duty, ever."""

from heartport.followups.availability import glance_at_availability
from heartport.followups.schemas import CallBackOut, offer_out


def list_offers() -> list[CallBackOut]:
    """Return the offer of a call-back, or nothing; by the roster of a few seconds ago, since every result asks."""
    found = glance_at_availability()
    return [offer_out(found)] if found.exists else []
