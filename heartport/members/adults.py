"""What is for adults alone: whoever said that they are younger is refused, with hotlines in the refusal."""

from heartport.callers import Caller
from heartport.hotlines.service import list_hotlines
from heartport.members.rules import UnderAge, check_adult
from heartport.members.standing import Standing, standing_of


def adult(caller: Caller) -> Standing:
    """Return where a caller stands; raises `UnderAge` with hotlines, or `NotSignedIn`. An age unsaid is let pass."""
    standing = standing_of(caller)
    try:
        check_adult(standing.profile.age_group)
    except UnderAge as refusal:
        refusal.members["hotlines"] = list_hotlines()
        raise
    return standing
