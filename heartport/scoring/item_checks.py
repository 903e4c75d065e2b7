"""Checks of items: their words, their use, and what they count as behind a branch."""

from heartport.scoring.constructs import Definition
from heartport.scoring.kinds import reader_of
from heartport.scoring.problems import Report
from heartport.scoring.words import MAIN_LANGUAGE


def check_translation(definition: Definition, report: Report) -> None:
    """See that a file with words tells where those in the main language come from."""
    if definition.licence.wording.ships and MAIN_LANGUAGE not in definition.provenance.translation:
        report.refuse(("provenance", "translation", MAIN_LANGUAGE), "value missing")


def check_texts(definition: Definition, report: Report) -> None:
    """See that items have their words exactly where the licence lets the file carry them."""
    ships = definition.licence.wording.ships
    for item in definition.items:
        if ships and item.text is None:
            report.refuse(("items", item.id), "no text, although the licence of the wording allows it")
        if not ships and item.text is not None:
            report.refuse(("texts", item.id), "the licence of the wording does not allow this text here")
        for at, option in enumerate(item.options, start=1):
            if ships and not option.label:
                report.refuse(("options", item.option_set or "", str(at), "label"), "value missing")
        if definition.provenance.lacks_main_language and MAIN_LANGUAGE in (item.text or {}):
            report.refuse(("texts", item.id, MAIN_LANGUAGE), "provenance says that there are no words in this language")


def check_standing_values(definition: Definition, report: Report) -> None:
    """See that an item without an answer counts as one of its own answers, or as missing."""
    for item in definition.items:
        read = reader_of(item)
        for key in ("when_hidden", "when_na", "when_missing"):
            value = getattr(item, key)
            if value is not None and read(value) is None:
                report.refuse(("items", item.id, key), "not an answer to this item")
        if item.interview_skip and item.when_hidden is None:
            report.refuse(("items", item.id, "interview_skip"), "when_hidden must give a value")


def check_use(definition: Definition, report: Report) -> None:
    """See that every scored item counts somewhere."""
    used = {name for score in definition.scores for name in score.formula.of}
    for item in definition.items:
        if not item.unscored and item.id not in used:
            report.refuse(("items", item.id), "no score uses this item; write unscored: true if that is meant")
