"""What a report says, before anything is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from heartport.assessments.schemas import ResultOut
from heartport.assessments.trend_picture import Stripe
from heartport.assessments.working_schemas import WorkingOut
from heartport.hotlines.schemas import HotlineOut

Stripes = Sequence[Stripe]

FOOTER = "仅供本人参考,不作诊断;任何单位不得索取或用于录用、考核。"
"""Word for word what stands under every page."""


@dataclass(frozen=True, slots=True)
class Report:
    """A result in words with its working, where that can be told, and the bands of its scores."""

    result: ResultOut
    working: WorkingOut | None
    stripes: Mapping[str, Stripes]
    hotlines: Sequence[HotlineOut]
    cites: Sequence[str]
    credit: str | None
    language: str
