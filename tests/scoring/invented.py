"""Small invented scales for the tests, and ways to spoil them in one place."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import yaml

from heartport.scoring.language import Scale
from heartport.scoring.loader import load_scale
from heartport.scoring.problems import ScalesRefused
from heartport.scoring.sheets import read_loosely

Document = dict[str, Any]


def words(text: str = "字") -> dict[str, str]:
    return {"zh-CN": text, "en": "word"}


def band(start: object, name: str, **more: object) -> Document:
    return {
        "from": start,
        "id": name,
        "person": words(name),
        "meaning": words(),
        "professional": words(),
        **more,
    }


def advice(name: str, when: str, *offer: str) -> Document:
    return {
        "id": name,
        "when": when,
        "text": words(),
        "reason": words(),
        **({"offer": list(offer)} if offer else {}),
    }


def options(*values: int) -> list[Document]:
    return [{"v": value, "label": words(f"选项{value}")} for value in values]


HEAD: Document = {
    "schema": "heartport-scale/1",
    "version": "1.0.0",
    "status": "published",
    "opened_by": "self",
    "title": words("平静"),
    "summary": words(),
    "category": "mood",
    "recall": {"last": 2, "unit": "week"},
    "minutes": 3,
    "direction": "higher_is_worse",
    "instruction": words("请选择"),
    "limits": words(),
    "provenance": {
        "cite": ["Nobody 2001"],
        "scoring_source": "invented",
        "missing_source": "invented",
        "translation": {
            "zh-CN": {"state": "ours", "by": "us", "evidence": "none", "checked_on": "2026-11-22"},
        },
    },
    "licence": {
        "wording": {
            "state": "free",
            "holder": "nobody",
            "terms": "none",
            "evidence": "none",
            "checked_on": "2026-11-22",
        },
    },
}


def calm() -> Document:
    """Nine items like those of the PHQ-9: two may be missing, the ninth is a safety item."""
    return deepcopy(HEAD) | {
        "id": "calm",
        "retake": {"not_before_days": 14},
        "options": {"often": options(0, 1, 2, 3), "hard": options(0, 1)},
        "items": [
            {"ids": "q1..q9", "kind": "choice", "options": "often"},
            {"id": "hard", "kind": "choice", "options": "hard", "unscored": True, "optional": True},
        ],
        "texts": {name: words(name) for name in [*(f"q{number}" for number in range(1, 10)), "hard"]},
        "scores": {
            "total": {"label": words(), "sum": "q1..q9", "missing": {"allow": 2, "then": "prorate"}},
        },
        "bands": {
            "total": {
                "source": "invented",
                "edges": [
                    band(0, "minimal"),
                    band(5, "mild"),
                    band(10, "moderate", at_risk=True),
                    band(15, "high", at_risk=True),
                    band(20, "severe", at_risk=True),
                ],
            },
        },
        "flags": [{"id": "safety", "when": "q9 >= 1", "level": "urgent", "card": "crisis"}],
        "advice": [
            advice("keep", "total.band == minimal"),
            advice("talk", "total >= 10", "counselling", "clinic"),
            advice("rest", "q3 >= 2 or q4 >= 2"),
        ],
        "tests": [
            {"name": "all lowest", "answers": {"q1..q9": 0}, "expect": {"total": 0, "total.band": "minimal"}},
        ],
    }


def winding() -> Document:
    """Branches, keys, weights, means, two band sets and scores of scores, all in one."""
    return deepcopy(HEAD) | {
        "id": "winding",
        "options": {"five": options(1, 2, 3, 4, 5), "uneven": options(0, 2, 4)},
        "items": [
            {"ids": "a1..a4", "kind": "choice", "options": "five"},
            {
                "id": "a5",
                "kind": "choice",
                "options": "five",
                "show_if": "a4 != 1",
                "when_hidden": 1,
                "interview_skip": True,
            },
            {
                "id": "b1",
                "kind": "choice",
                "options": "uneven",
                "show_if": "profile.sex == 'female' or a1 + a2 >= 8",
                "when_hidden": "missing",
            },
            {"id": "b2", "kind": "choice", "options": "uneven"},
        ],
        "texts": {name: words(name) for name in ("a1", "a2", "a3", "a4", "a5", "b1", "b2")},
        "keying": [
            {"items": "a1, a3", "reverse": [1, 5], "for": "ease"},
            {"items": "b2", "map": {0: 0, 2: 2.5, 4: 10}},
        ],
        "scores": {
            "both": {"label": words(), "weighted": {"of": ["ease", "load"], "by": [1, 0.5]}},
            "ease": {
                "label": words(),
                "mean": "a1..a5",
                "missing": {"allow": 3, "then": "mean_of_answered"},
            },
            "load": {
                "label": words(),
                "weighted": {"of": "b1..b2, a1", "by": 2},
                "show": {"round": {"mode": "half_up", "to": 0}},
            },
            "inner": {
                "label": words(),
                "mean": "a1..a4",
                "round": {"mode": "half_up", "to": 1},
                "show": False,
            },
        },
        "bands": {
            "ease": {
                "shown": "wide",
                "sets": {
                    "narrow": {
                        "source": "invented",
                        "edges": [band(1, "low"), band(2.5, "mid"), band(4.25, "top")],
                    },
                    "wide": {"source": "invented", "edges": [band(1, "calm"), band(3, "tense")]},
                },
            },
        },
        "flags": [{"id": "notice", "when": "b1 == 4 and not a1 < 3", "level": "caution"}],
        "advice": [
            advice("tense", "ease.band in [tense] and profile.sex != 'male'"),
            advice("born", "profile.birth_year >= 1990", "counselling"),
        ],
        "tests": [
            {
                "name": "skipped",
                "profile": {"sex": "male"},
                "answers": {"a1..a4": 1, "b2": 4},
                "expect": {"ease": 2.6, "ease.band": "calm", "ease.band.narrow": "mid", "missing": ["b1"]},
            },
        ],
    }


def nightly() -> Document:
    """Clock times, minutes, a count, cuts, a formula, an item for women only, bands by sex: one of each."""
    return deepcopy(HEAD) | {
        "id": "nightly",
        "options": {"often": options(0, 1, 2, 3), "yes": options(0, 1), "reasons": options(1, 2, 4)},
        "items": [
            {"id": "intro", "kind": "notice"},
            {"id": "bed", "kind": "time"},
            {"id": "rise", "kind": "time"},
            {"id": "slept", "kind": "number", "range": [0, 1200], "whole": True, "unit": words("分钟")},
            {"id": "cups", "kind": "number", "range": [0, 6], "step": 0.5},
            {"ids": "n1..n3", "kind": "choice", "options": "often"},
            {
                "id": "n4",
                "kind": "choice",
                "options": "often",
                "applies_if": "profile.sex == 'female'",
                "when_na": 0,
            },
            {"id": "n5", "kind": "choice", "options": "often", "when_missing": 0},
            {"id": "why", "kind": "multi", "options": "reasons"},
            {"id": "gate", "kind": "choice", "options": "yes"},
            {"id": "since", "kind": "date", "unscored": True, "optional": True},
            {"id": "note", "kind": "text", "longest": 20, "optional": True, "show_if": "why includes 4"},
        ],
        "texts": {
            name: words(name)
            for name in (
                *(
                    "intro",
                    "bed",
                    "rise",
                    "slept",
                    "cups",
                    "n1",
                    "n2",
                    "n3",
                    "n4",
                    "n5",
                    "why",
                    "gate",
                    "since",
                    "note",
                ),
            )
        },
        "scores": {
            "in_bed": {"label": words("在床"), "formula": "(rise - bed) % 1440", "show": False},
            "efficiency": {"label": words("效率"), "formula": "slept * 100 / in_bed"},
            "restless": {
                "label": words("不安"),
                "cut": {"of": "efficiency", "edges": [65, 75, 85], "gives": [3, 2, 1, 0], "edge_goes": "up"},
            },
            "late": {
                "label": words("晚"),
                "cut": {"of": "cups", "edges": [1.5, 3], "gives": [0, 1, 2], "edge_goes": "down"},
            },
            "often": {"label": words("次数"), "count": {"of": "n1..n5", "at_least": [1, 1, 2, 2, 2]}},
            "never": {"label": words("没有"), "count": {"of": "n1..n5", "at_most": 0}},
            "worst": {"label": words("最重"), "max": ["restless", "late"]},
            "best": {"label": words("最轻"), "min": ["restless", "late"]},
            "reasons": {"label": words("原因"), "sum": "why"},
            "total": {"label": words("总分"), "sum": "n1..n5", "missing": {"allow": 0.4, "then": "prorate"}},
            "strict": {
                "label": words("完整"),
                "mean": "n1..n3",
                "missing": {"allow": 2, "then": "mean_of_answered"},
                "valid_if_missing_share_at_most": 0.2,
            },
            "gated": {"label": words("有门"), "formula": "gate * (total >= 3 and not late == 2)"},
        },
        "bands": {
            "total": {
                "source": "invented",
                "by": "sex",
                "edges": [band(0, "low"), band({"female": 4, "male": 6}, "high", at_risk=True)],
            },
        },
        "flags": [{"id": "short", "when": "slept < 180 or why includes [2, 4]", "level": "caution"}],
        "advice": [advice("rest", "restless >= 2"), advice("talk", "total.band == high", "counselling")],
        "tests": [
            {
                "name": "a night over midnight",
                "answers": {
                    "bed": "23:30",
                    "rise": "07:30",
                    "slept": 408,
                    "cups": 1.5,
                    "n1..n3": 1,
                    "why": [1, 2],
                    "gate": 1,
                },
                "profile": {"sex": "male"},
                "expect": {
                    "in_bed": 480,
                    "efficiency": 85,
                    "restless": 0,
                    "late": 0,
                    "often": 2,
                    "reasons": 3,
                    "total": 3,
                    "total.band": "low",
                    "gated": 1,
                    "missing": [],
                    "flags": ["short"],
                },
            },
        ],
    }


def restricted() -> Document:
    """The calm scale as it ships where its wording is restricted: no words of items and options."""
    document = without(edited(calm(), "licence", "wording", "state", to="restricted"), "texts")
    document["options"] = {name: [{"v": each["v"]} for each in found] for name, found in calm()["options"].items()}
    return document


def overlay() -> Document:
    """The words of it, as an operator with a licence has them."""
    return {
        "schema": "heartport-wording/1",
        "scale": "calm",
        "version": "1.0.0",
        "licence": {"holder": "nobody", "terms": "none", "evidence": "a letter", "checked_on": "2026-11-22"},
        "texts": calm()["texts"],
        "options": {name: {each["v"]: each["label"] for each in found} for name, found in calm()["options"].items()},
        "instruction": words("请按原版作答"),
        "credit": words("© nobody"),
        "translation": {
            "zh-CN": {"state": "published", "by": "nobody", "evidence": "the form", "checked_on": "2026-11-22"}
        },
    }


def edited(document: Document, *path: str | int, to: object) -> Document:
    """Give a copy in which one place holds something else."""
    copy: Any = deepcopy(document)
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return copy


def without(document: Document, *path: str | int) -> Document:
    """Give a copy from which one place is gone."""
    copy: Any = deepcopy(document)
    place = copy
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return copy


class _Plain(yaml.SafeDumper):
    """Writes what stands in two places twice."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def data_of(document: Document) -> bytes:
    return yaml.dump(document, Dumper=_Plain, allow_unicode=True, sort_keys=False).encode()


def scale_of(document: Document) -> Scale:
    return load_scale(data_of(document), "invented.yaml")


def problems_of(document: Document) -> list[str]:
    """Give the problems without file and line, or none."""
    try:
        scale_of(document)
    except ScalesRefused as refused:
        return [str(problem).split(": ", 1)[1] for problem in refused.problems]
    return []


def outcome_of(scale: Scale, answers: Mapping[str, object], **profile: object) -> Any:
    return scale.plan.score(read_loosely(scale, answers, profile))


def nine(*values: int | None) -> dict[str, int | None]:
    """Give answers to the items of the calm scale."""
    return {f"q{at}": value for at, value in enumerate(values, start=1)}
