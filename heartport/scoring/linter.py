"""Checks what a file says against itself, once each part of it reads well.

Each check names the sections that it looks at and is passed over while one of them has a problem already, so
that one slip is reported once and not in all its consequences. A new check is one function and one line here.
"""

from collections.abc import Callable, Sequence

from heartport.scoring.band_checks import check_bands
from heartport.scoring.condition_checks import check_advice, check_branches, check_doubts, check_flags
from heartport.scoring.constructs import Definition
from heartport.scoring.example_checks import check_example_names
from heartport.scoring.item_checks import check_standing_values, check_texts, check_translation, check_use
from heartport.scoring.meaning_checks import check_changes, check_norms, check_validity
from heartport.scoring.problems import Report
from heartport.scoring.score_checks import check_formulas, check_graph, check_keys, check_missing_rules, check_operands
from heartport.scoring.workshops import check_workshops

Check = Callable[[Definition, Report], None]

CHECKS: Sequence[tuple[Check, tuple[str, ...]]] = (
    (check_translation, ("licence", "provenance")),
    (check_texts, ("licence", "provenance", "options", "items", "texts")),
    (check_standing_values, ("options", "items")),
    (check_branches, ("options", "items")),
    (check_operands, ("items", "scores")),
    (check_graph, ("scores",)),
    (check_use, ("items", "scores")),
    (check_missing_rules, ("items", "scores")),
    (check_keys, ("options", "items", "keying", "scores")),
    (check_formulas, ("options", "items", "keying", "scores")),
    (check_bands, ("options", "items", "keying", "scores", "bands")),
    (check_flags, ("options", "items", "flags")),
    (check_norms, ("options", "items", "keying", "scores", "norms")),
    (check_changes, ("options", "items", "keying", "scores", "change")),
    (check_validity, ("options", "items", "keying", "validity")),
    (check_doubts, ("options", "items", "keying", "scores", "bands", "validity")),
    (check_advice, ("options", "items", "keying", "scores", "bands", "advice")),
    (check_workshops, ("options", "items", "keying", "scores", "bands", "advice")),
    (check_example_names, ("status", "items", "scores", "tests")),
)


def lint(definition: Definition, report: Report) -> None:
    """Run every check whose sections are sound."""
    for check, sections in CHECKS:
        if not any(report.damaged_at((section,)) for section in sections):
            check(definition, report)
