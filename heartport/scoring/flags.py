"""The flags of raw answers: a pass of its own that no missing answer and no error elsewhere can suppress."""

from collections.abc import Mapping

from heartport.scoring.constructs import Flag
from heartport.scoring.forms import profile_row
from heartport.scoring.language import Scale


def live_flags(scale: Scale, answers: object, profile: object) -> tuple[Flag, ...]:
    """Give the flags of whatever was sent; never raises. A wrong value is unknown, which is not "no"."""
    form = scale.form
    given = answers if isinstance(answers, Mapping) else {}
    values = [field.valid(given.get(field.item.id)) for field in form.fields]
    row = [*values, *profile_row(form, profile if isinstance(profile, Mapping) else {})]
    pairs = zip(scale.flags, scale.plan.flags, strict=True)
    return tuple(flag for flag, rule in pairs if rule.holds(row))
