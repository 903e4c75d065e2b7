"""Which scales share items: of such a family only the longest is published, so that no answer is told twice.

The short forms are parts of the long ones in the publications that `scales/` cites. PHQ-4 is PHQ-2 and GAD-2 together:
it lies in two families, and is not published.
"""

from collections.abc import Mapping

FAMILY: Mapping[str, str] = {
    "phq2": "phq9",
    "phq4": "phq9",
    "gad2": "gad7",
    "k6": "k10",
    "audit_c": "audit",
    "pss10": "pss14",
    "ucla3": "ucla20",
    "rses_cn": "rses",
    "mbi_gs_cn15": "mbi_gs",
}
"""The longest scale of the family, for each that is not it; a scale that is not here is a family by itself."""


def family_of(scale_id: str) -> str:
    """Return the family's name, which is that of its longest scale."""
    return FAMILY.get(scale_id, scale_id)


def is_published(scale_id: str) -> bool:
    """Tell whether figures of this scale may be published: of a family the longest alone."""
    return scale_id not in FAMILY
