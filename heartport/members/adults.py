"""What is for adults alone: whoever said that they are younger is refused, with hotlines in the refusal."""

from heartport.hotlines.service import list_hotlines
from heartport.members.rules import UnderAge, check_adult
from heartport.members.standing import Standing


def of_age(standing: Standing) -> Standing:
    """Return where a person stands; raises `UnderAge` with hotlines. An age unsaid is let pass."""
    try:
        check_adult(standing.profile.age_group)
    except UnderAge as refusal:
        refusal.members["hotlines"] = list_hotlines()
        raise
    return standing
