"""Wording that an operator holds a licence for: a file of their own puts it onto a scale that ships without words.

An overlay is taken whole or not at all: every item and every option without words gets them, and nothing else does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from heartport.scoring.constructs import Definition, Item, Option, Translation
from heartport.scoring.exact import Exact
from heartport.scoring.places import Place
from heartport.scoring.problems import Report
from heartport.scoring.sections import read_translations
from heartport.scoring.words import MAIN_LANGUAGE, Words

OVERLAY_SCHEMA = "heartport-wording/1"
REQUIRED = ("schema", "scale", "version", "licence", "texts")
OPTIONAL = ("options", "instruction", "credit", "translation")
OF_LICENCE = ("holder", "terms", "evidence", "checked_on")


@dataclass(frozen=True, slots=True)
class Overlay:
    """What such a file gives; the licence is checked and stays in the file."""

    texts: Mapping[str, Words]
    options: Mapping[str, Mapping[Exact, Words]]
    instruction: Words | None
    credit: Words | None
    translation: Mapping[str, Translation]


def overlaid(definition: Definition, root: Place, report: Report) -> Definition:
    """Give the definition with the words of an overlay; what does not fit goes into the report."""
    fields = root.fields(required=REQUIRED, optional=OPTIONAL)
    report.label = (f"{definition.id} {definition.version}", "wording")
    for key, expected in (("schema", OVERLAY_SCHEMA), ("scale", definition.id), ("version", definition.version)):
        if fields[key].text() not in {expected, ""}:
            fields[key].refuse(f"{expected} is expected")
    if not definition.awaits_words:
        root.refuse("the scale carries its own wording; an overlay is for restricted and unknown ones")
    licence = fields["licence"].fields(required=OF_LICENCE)
    for key in OF_LICENCE[:-1]:
        licence[key].text()
    licence["checked_on"].day()
    overlay = Overlay(
        texts=_texts(definition, fields["texts"]),
        options=_options(definition, fields.get("options")),
        instruction=fields["instruction"].words() if "instruction" in fields else None,
        credit=fields["credit"].words() if "credit" in fields else None,
        translation=read_translations(fields["translation"]) if "translation" in fields else {},
    )
    _check_complete(definition, overlay, report)
    return definition if report.problems else _with(definition, overlay)


def _texts(definition: Definition, place: Place) -> dict[str, Words]:
    known = {item.id for item in definition.items}
    for name, each in place.pairs():
        if name not in known:
            each.refuse(f"{definition.id} {definition.version} has no item of this id")
    return {name: each.words() for name, each in place.pairs()}


def _options(definition: Definition, place: Place | None) -> dict[str, dict[Exact, Words]]:
    sets = {item.option_set: item for item in definition.items if item.options}
    found: dict[str, dict[Exact, Words]] = {}
    for name, each in place.pairs() if place else ():
        if name not in sets:
            each.refuse(f"{definition.id} {definition.version} has no options of this name")
            continue
        labels = each.keyed_numbers()
        for value in labels.keys() - set(sets[name].values):
            labels[value].refuse("no option has this value")
        found[name] = {value: label.words() for value, label in labels.items()}
    return found


def _check_complete(definition: Definition, overlay: Overlay, report: Report) -> None:
    for item in definition.items:
        if item.id not in overlay.texts:
            report.refuse(("texts", item.id), "value missing; an overlay carries the words of every item")
        for option in item.options:
            given = overlay.options.get(item.option_set or "", {})
            if MAIN_LANGUAGE not in option.label and option.value not in given:
                report.refuse(("options", item.option_set or "", str(option.value)), "value missing")
    origin = {**definition.provenance.translation, **overlay.translation}.get(MAIN_LANGUAGE)
    if origin is None or origin.state == "none":
        report.refuse(("translation", MAIN_LANGUAGE), "value missing; say where the words come from")


def _with(definition: Definition, overlay: Overlay) -> Definition:
    wording, provenance = definition.licence.wording, definition.provenance
    return replace(
        definition,
        items=tuple(_worded(item, overlay) for item in definition.items),
        instruction=overlay.instruction or definition.instruction,
        licence=replace(definition.licence, wording=replace(wording, credit=overlay.credit or wording.credit)),
        provenance=replace(provenance, translation={**provenance.translation, **overlay.translation}),
    )


def _worded(item: Item, overlay: Overlay) -> Item:
    labels = overlay.options.get(item.option_set or "", {})
    options = tuple(Option(each.value, {**each.label, **labels.get(each.value, {})}) for each in item.options)
    return replace(item, text={**(item.text or {}), **overlay.texts[item.id]}, options=options)
