"""The JSON Schema of scale files and overlays, for editors that complete and check while one is typing.

It is built from the very registries that the readers use, so that a new construct cannot be forgotten here. An editor
sees the shape of a file; the linter sees all that a shape cannot say.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from heartport.scoring import constructs, items, manner, measures, norms, overlays, sections
from heartport.scoring.exact import ROUNDING_MODES
from heartport.scoring.formulas import FORMULAS
from heartport.scoring.kinds import KINDS, LONGEST_TEXT
from heartport.scoring.names import WORKSHOP_CODE
from heartport.scoring.profiles import OLDEST, SEXES_WITH_FIGURES
from heartport.scoring.tokens import LONGEST_SOURCE

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def scale_schema() -> Schema:
    """Give the schema of a scale file."""
    return {
        "$schema": DIALECT,
        "title": f"A scale file, {constructs.SCHEMA}",
        **_object(_TOP, sections.REQUIRED, sections.OPTIONAL),
        "$defs": _DEFINITIONS,
    }


def overlay_schema() -> Schema:
    """Give the schema of an overlay."""
    of_licence = _object(dict.fromkeys(overlays.OF_LICENCE, _TEXT) | {"checked_on": _ref("day")}, overlays.OF_LICENCE)
    top = {
        "schema": {"const": overlays.OVERLAY_SCHEMA},
        "scale": _ref("id"),
        "version": _ref("version"),
        "licence": {"description": "Who lets this deployment use the wording.", **of_licence},
        "texts": {"description": "The words of every item, by its id.", **_map("id", _ref("words"))},
        "options": {
            "description": "The labels of options, by the name of their set and by value.",
            **_map("id", _map("number", _ref("words"))),
        },
        "instruction": _ref("words"),
        "credit": _ref("words"),
        "translation": _translations(),
    }
    return {
        "$schema": DIALECT,
        "title": f"Wording for a scale that ships without, {overlays.OVERLAY_SCHEMA}",
        **_object(top, overlays.REQUIRED, overlays.OPTIONAL),
        "$defs": {name: _DEFINITIONS[name] for name in ("words", "id", "version", "day")},
    }


def schema_as_json(schema: Schema) -> str:
    """Write a schema as it stands in its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(properties: Mapping[str, Schema], required: Sequence[str], optional: Sequence[str] = ()) -> Schema:
    """Give the schema of a mapping that has these keys and no others; a key without a schema is a fault of ours."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {key: properties[key] for key in (*required, *optional)},
    }


def _list(of: Schema, least: int = 1) -> Schema:
    return {"type": "array", "items": of, "minItems": least}


def _pair(of: Schema) -> Schema:
    return {"type": "array", "items": of, "minItems": 2, "maxItems": 2}


def _map(keys: str, to: Schema) -> Schema:
    """Give the schema of a mapping whose keys the author chooses: ids, languages or numbers."""
    return {"type": "object", "propertyNames": {"pattern": _KEYS[keys]}, "additionalProperties": to}


def _one_of(words: object) -> Schema:
    return {"enum": list(words if isinstance(words, tuple) else get_args(words))}


def _whole(low: int, high: int) -> Schema:
    return {"type": "integer", "minimum": low, "maximum": high}


_KEYS = {
    "id": "^[a-z][a-z0-9_]{0,39}$",
    "ids": r"^[a-z][a-z0-9_]*(\.\.[a-z][a-z0-9_]*)?( *, *[a-z][a-z0-9_]*(\.\.[a-z][a-z0-9_]*)?)*$",
    "language": "^[a-z]{2,3}(-[A-Z]{2})?$",
    "number": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$",
}
_TEXT: Schema = {"type": "string", "minLength": 1}
_NUMBER: Schema = {"type": "number"}
_TRUE: Schema = {"type": "boolean"}
_SHARE: Schema = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
_SCALAR: Schema = {"type": ["boolean", "number", "string", "null"]}
_SAID: Schema = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}


def _translations() -> Schema:
    needed = ("state", "by", "evidence", "checked_on")
    properties = {"state": _one_of(constructs.TranslationState), "by": _TEXT, "evidence": _TEXT}
    return _map("language", _object(properties | {"checked_on": _ref("day")}, needed))


def _provenance() -> Schema:
    properties: dict[str, Schema] = dict.fromkeys(("scoring_source", "missing_source", "notes"), _TEXT)
    properties |= {"cite": _list(_TEXT), "translation": _translations()}
    return _object(properties, ("cite", "scoring_source", "missing_source"), ("translation", "notes"))


def _licence() -> Schema:
    needed = ("state", "holder", "terms", "evidence", "checked_on")
    properties = dict.fromkeys(needed, _TEXT) | {
        "state": {
            "description": "restricted and unknown: the file carries no words of items; an operator has an overlay.",
            **_one_of(constructs.WordingState),
        },
        "checked_on": _ref("day"),
        "credit": _ref("words"),
    }
    return _object({"wording": _object(properties, needed, ("credit",))}, ("wording",))


_OF_ITEMS: dict[str, Schema] = {
    "id": _ref("id"),
    "ids": {"description": "Several items of one kind: q1..q9.", **_ref("names")},
    "options": {"description": "The name of a set under options.", "type": "string"},
    "range": {"description": "The lowest and the highest number.", **_pair(_NUMBER)},
    "whole": {"description": "Whole numbers only; else write a step.", "const": True},
    "step": {"type": "number", "exclusiveMinimum": 0},
    "unit": _ref("words"),
    "longest": _whole(1, LONGEST_TEXT),
    "unscored": {"description": "Shown and kept, counts nowhere.", **_TRUE},
    "optional": {"description": "May be left out of a submission.", **_TRUE},
    "show_if": {"description": "A branch: shown unless this is known not to hold.", **_ref("condition")},
    "when_hidden": {"description": "What counts behind the branch: missing, or an answer.", **_SAID},
    "interview_skip": {"description": "In batches a value given behind the branch counts.", **_TRUE},
    "applies_if": {"description": "For whom the item is; unknown: it applies.", **_ref("condition")},
    "when_na": {"description": "What counts for others: missing, or an answer.", **_SAID},
    "when_missing": {"description": "What a blank counts as; without it a blank is missing.", **_SAID},
}


def _item() -> Schema:
    return {"anyOf": [_item_of(kind) for kind in KINDS]}


def _item_of(kind: str) -> Schema:
    properties = {**_OF_ITEMS, "kind": {"const": kind}}
    shape = _object(properties, ("kind", *KINDS[kind].required), items.keys_of(kind))
    return {**shape, "oneOf": [{"required": ["id"]}, {"required": ["ids"]}]}


def _thresholds() -> Schema:
    return {"anyOf": [_NUMBER, _list(_NUMBER)]}


def _tables() -> Schema:
    group = {"sex": _ref("sex"), "age": _ref("ages"), "gives": _map("number", _NUMBER)}
    return _list(_object(group, ("gives",), ("sex", "age")))


_OF_FORMULAS: dict[str, Schema] = {
    "sum": _ref("names"),
    "mean": _ref("names"),
    "max": _ref("names"),
    "min": _ref("names"),
    "weighted": _object({"of": _ref("names"), "by": _thresholds()}, ("of", "by")),
    "count": {
        "description": "How many reach a threshold, one for all or one for each.",
        **_object(
            {"of": _ref("names"), "at_least": _thresholds(), "at_most": _thresholds()}, ("of",), ("at_least", "at_most")
        ),
    },
    "cut": {
        "description": "Which stretch a number lies in: n edges, n + 1 numbers.",
        **_object(
            {
                "of": _ref("id"),
                "edges": _list(_NUMBER),
                "gives": _list(_NUMBER, 2),
                "edge_goes": _one_of(("up", "down")),
            },
            ("of", "edges", "gives", "edge_goes"),
        ),
    },
    "lookup": _object(
        {
            "of": _ref("id"),
            "by": _list(_one_of(("sex", "age"))),
            "tables": _tables(),
            "gives": _map("number", _NUMBER),
        },
        ("of",),
        ("by", "tables", "gives"),
    ),
    "formula": {"description": "+ - * / % comparisons and or not", "type": "string", "maxLength": LONGEST_SOURCE},
}

_OF_SCORES: dict[str, Schema] = {
    "missing": _object(
        {
            "allow": {"anyOf": [_whole(1, 1000), _SHARE]},
            "then": {"description": "prorate for a sum, mean_of_answered for a mean", **_one_of(measures.FILLS)},
        },
        ("allow", "then"),
    ),
    measures.VALID: {"description": "The share of all scored items of the sheet that may be missing.", **_SHARE},
    "round": _ref("rounding"),
    "show": {
        "description": "false hides the score; {round: …} rounds for the eye only.",
        "anyOf": [_TRUE, _object({"round": _ref("rounding")}, ("round",))],
    },
    "direction": _one_of(constructs.Direction),
}


def _score() -> Schema:
    properties = {"label": _ref("words"), **_OF_FORMULAS, **_OF_SCORES}
    shape = _object(properties, ("label",), (*FORMULAS, *measures.OF_SCORES))
    return {**shape, "oneOf": [{"required": [kind]} for kind in FORMULAS]}


def _key() -> Schema:
    properties = {
        "items": _ref("names"),
        "reverse": {"description": "[lowest, highest]: lowest + highest - answer", **_pair({"type": "integer"})},
        "map": {"description": "What each answer counts as.", **_map("number", _NUMBER)},
        "for": {"description": "For one score only.", **_ref("id")},
    }
    shape = _object(properties, ("items",), ("reverse", "map", "for"))
    return {**shape, "oneOf": [{"required": ["reverse"]}, {"required": ["map"]}]}


def _band() -> Schema:
    by_sex = _object(dict.fromkeys(SEXES_WITH_FIGURES, _NUMBER), SEXES_WITH_FIGURES)
    properties = {
        "from": {"description": "The lower edge; {female: …, male: …} beside by: sex.", "anyOf": [_NUMBER, by_sex]},
        "id": _ref("id"),
        "person": {"description": "What an employee reads: no diagnosis, no alarm.", **_ref("words")},
        "meaning": {"description": "What it means for the employee, and the first step.", **_ref("words")},
        "professional": {"description": "The term of the literature.", **_ref("words")},
        "at_risk": {"description": "Counted as 需要关注 in aggregates.", **_TRUE},
    }
    return _object(properties, ("from", "id", "person", "meaning", "professional"), ("at_risk",))


def _bands() -> Schema:
    one = _object({"source": _TEXT, "edges": _list(_ref("band")), "by": {"const": "sex"}}, ("source", "edges"), ("by",))
    several = _object({"shown": {"type": "string"}, "sets": _map("id", one)}, ("shown", "sets"))
    return {"anyOf": [one, several]}


def _norm() -> Schema:
    cell = {
        "score": _ref("id"),
        "sex": _ref("sex"),
        "age": _ref("ages"),
        "mean": _NUMBER,
        "sd": {"type": "number", "exclusiveMinimum": 0},
        "percentiles": _map("number", {"type": "number", "minimum": 0, "maximum": 100}),
    }
    properties = {
        "id": _ref("id"),
        "source": _TEXT,
        "year": _whole(norms.EARLIEST_NORM, norms.LATEST_NORM),
        "region": _ref("words"),
        "population": _ref("words"),
        "n": {"type": "integer", "minimum": 1},
        "yields": _one_of(constructs.Yield),
        "visible_to": _one_of(constructs.Reader),
        "by": _list(_one_of(norms.BY)),
        "cells": _list(_object(cell, ("score",), ("sex", "age", "mean", "sd", "percentiles"))),
    }
    return _object(properties, norms.OF_NORM, ("by",))


def _flag() -> Schema:
    properties = {
        "id": _ref("id"),
        "when": _ref("condition"),
        "level": _one_of(constructs.Level),
        "card": _one_of(constructs.Card),
        "offer": _offers(),
    }
    return _object(properties, ("id", "when", "level"), ("card", "offer"))


def _offers(*others: Schema) -> Schema:
    kinds = _one_of(get_args(constructs.OfferKind))
    return _list({"anyOf": [kinds, *others]} if others else kinds, 0)


def _validity() -> Schema:
    tests: dict[str, Schema] = {
        "when": _ref("condition"),
        "pace": _object({"seconds_per_item": {"type": "number", "exclusiveMinimum": 0}}, ("seconds_per_item",)),
        "longstring": _object({"of": _ref("names"), "at_least": _whole(2, 1000)}, ("of", "at_least")),
        "contradiction": _object(
            {"pairs": _list(_ref("names")), "apart": _NUMBER, "at_least": _whole(1, 1000)},
            ("pairs", "apart", "at_least"),
        ),
        "attention": _object({"item": _ref("id"), "expects": {"type": "integer"}}, ("item", "expects")),
    }
    consequence = _one_of(constructs.Consequence)
    properties = {"id": _ref("id"), "do": {"anyOf": [consequence, _list(consequence)]}, "text": _ref("words"), **tests}
    shape = _object(properties, ("id", "do", "text"), manner.TESTS)
    return {**shape, "oneOf": [{"required": [test]} for test in manner.TESTS]}


def _advice() -> Schema:
    content = {
        "topics": _ref("names"),
        "kinds": _list(_one_of(constructs.ContentKind)),
        "limit": _whole(1, 10),
    }
    workshop: Schema = {
        "description": "A theme or a topic of topics.yaml, suggested to units where many are advised so; B or B04.",
        "type": "string",
        "pattern": f"^{WORKSHOP_CODE.pattern}$",
    }
    properties = {
        "id": _ref("id"),
        "when": {"description": "A condition, or always.", **_ref("condition")},
        "text": _ref("words"),
        "reason": {"description": "Why this is recommended: 因为……", **_ref("words")},
        "offer": _offers(_object({"workshop": workshop}, ("workshop",))),
        "content": _object(content, ("topics", "limit"), ("kinds",)),
    }
    return _object(properties, ("id", "when", "text", "reason"), ("offer", "content"))


def _example() -> Schema:
    properties: dict[str, Schema] = {
        "name": _TEXT,
        "answers": {"description": "By item or range of items; null is missing.", **_map("ids", _SAID)},
        "profile": _object(
            {"sex": {"type": "string"}, "birth_year": {"type": "integer"}, "age": _whole(0, OLDEST)},
            (),
            ("sex", "birth_year", "age"),
        ),
        "year": {"type": "integer"},
        "duration_ms": {"type": "integer", "minimum": 0},
        "expect": {
            "description": "Scores, total.band, flags, missing, invalid, advice, validity.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": _SAID,
        },
    }
    return _object(properties, ("name", "answers", "expect"), ("profile", "year", "duration_ms"))


_TOP: dict[str, Schema] = {
    "schema": {"const": constructs.SCHEMA},
    "id": _ref("id"),
    "version": {
        "description": "Major: a sheet may score differently; minor: an output more; patch: words.",
        **_ref("version"),
    },
    "status": _one_of(constructs.Status),
    "opened_by": {"description": "Who may start it; self is the shelf of employees.", **_one_of(constructs.OpenedBy)},
    "title": _ref("words"),
    "summary": _ref("words"),
    "instruction": _ref("words"),
    "limits": {"description": "What a result does not mean.", **_ref("words")},
    "category": _ref("id"),
    "minutes": _whole(1, 240),
    "recall": _object({"last": _whole(1, 100), "unit": _one_of(constructs.RecallUnit)}, ("last", "unit")),
    "audience": {"description": "For whom the scale is meant, if not for everybody.", **_ref("words")},
    "direction": _one_of(constructs.Direction),
    "provenance": _provenance(),
    "licence": _licence(),
    "retake": _object({"not_before_days": _whole(0, 3660)}, ("not_before_days",)),
    "options": {
        "description": "Sets of options in printed order; v is what is stored.",
        **_map("id", _list(_object({"v": {"type": "integer"}, "label": _ref("wording")}, ("v",), ("label",)), 2)),
    },
    "items": _list(_ref("item")),
    "texts": {
        "description": "The words of each item, where the licence lets the file carry them.",
        **_map("id", _ref("wording")),
    },
    "keying": _list(_key(), 0),
    "scores": _map("id", _ref("score")),
    "bands": _map("id", _bands()),
    "norms": _list(_norm(), 0),
    "change": _map(
        "id", _object({"at_least": {"type": "number", "exclusiveMinimum": 0}, "source": _TEXT}, ("at_least", "source"))
    ),
    "flags": _list(_flag(), 0),
    "validity": _list(_validity(), 0),
    "advice": _list(_advice(), 0),
    "tests": _list(_example(), 0),
}

_DEFINITIONS: dict[str, Schema] = {
    "words": {
        "description": "A text by language; zh-CN is needed, en is welcome.",
        "type": "object",
        "required": ["zh-CN"],
        "propertyNames": {"pattern": _KEYS["language"]},
        "additionalProperties": _TEXT,
    },
    "wording": {
        "description": "A text by language; without zh-CN only where provenance says that there is none.",
        "type": "object",
        "propertyNames": {"pattern": _KEYS["language"]},
        "additionalProperties": _TEXT,
    },
    "id": {"type": "string", "pattern": _KEYS["id"]},
    "names": {
        "description": "q1..q9, or a list.",
        "anyOf": [{"type": "string", "pattern": _KEYS["ids"]}, _list({"type": "string", "pattern": _KEYS["ids"]})],
    },
    "version": {"type": "string", "pattern": r"^(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){2}$"},
    "day": {"description": "2026-11-22", "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "condition": {
        "description": "q9 >= 1, q3 + q4 < 2, q5 in [1, 2], total.band == mild, profile.sex == 'female', and or not",
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_SOURCE,
    },
    "sex": _one_of(SEXES_WITH_FIGURES),
    "ages": {"description": "The youngest and the oldest age.", **_pair(_whole(0, OLDEST))},
    "rounding": _object(
        {"mode": _one_of(ROUNDING_MODES), "to": {"description": "decimals", **_whole(0, measures.MOST_DECIMALS)}},
        ("mode", "to"),
    ),
    "item": _item(),
    "score": _score(),
    "band": _band(),
}
