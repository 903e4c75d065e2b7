"""Words that no employee may read here, looked for in all content and in what scales say of a person."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]

# Never, in any sentence.
FORBIDDEN = (
    "阳性",
    "重度抑郁",
    "重度焦虑",
    "极重度",
    "完全匿名",
    "绝对匿名",
    "隐私收据",
    "高危",
    "高风险人群",
    "重点人群",
    "预警名单",
    "风险率",
    "爽约",
    "患者",
    "病人",
    "心理医生",
    "封存块",
    "单位负责人",
    "无风险",
    "没有风险",
)
FORBIDDEN_FORMS = (re.compile(r"超过了?\s*[0-9]+\s*[%%]\s*的人"),)
# Counselling is never called 治疗; a sentence may say that a hospital or doctor gives one, or that we do not.
# 噪声 is our statisticians' word for 随机微调; a sentence about a loud workshop or a bad night may use it.
FORBIDDEN_UNLESS = {
    "治疗": re.compile(r"医院|医生|医师|门诊|精神科|急诊|药|(?:不是|不能代替|不替代|不等于|而非|并非).{0,6}治疗"),
    "噪声": re.compile(r"车间|机器|设备|环境|睡|耳|听力|交通"),
}
# What a scale file says to a person; the terms of the literature and the items' own wording are not ours.
PERSONAL_KEYS = {"person", "meaning", "advice", "title", "summary", "validity", "reason", "note"}


def problems_of(text: str) -> list[str]:
    found = [word for word in FORBIDDEN if word in text]
    found += [form.pattern for form in FORBIDDEN_FORMS if form.search(text)]
    for sentence in re.split(r"[。!?!?\n]", text):
        found += [
            word for word, allowed in FORBIDDEN_UNLESS.items() if word in sentence and not allowed.search(sentence)
        ]
    return found


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)


def personal_texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_of(inner) if key in PERSONAL_KEYS else personal_texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from personal_texts_of(inner)


def read(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    is_data = path.suffix in (".yaml", ".yml", ".json")
    return yaml.load(text, Loader=yaml.CSafeLoader) if is_data else text


def content_files() -> list[Path]:
    kinds = {".yaml", ".yml", ".json", ".md", ".txt", ".html", ".csv", ".vtt"}
    return sorted(path for path in (ROOT / "content").rglob("*") if path.suffix in kinds)


def scale_files() -> list[Path]:
    return sorted((ROOT / "scales").rglob("*.yaml"))


@pytest.mark.parametrize("path", content_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_content_holds_no_forbidden_word(path):
    found = {word: text[:60] for text in texts_of(read(path)) for word in problems_of(text)}
    assert not found


def test_what_scales_say_of_a_person_holds_no_forbidden_word():
    found = {
        (path.name, word): text[:60]
        for path in scale_files()
        for text in personal_texts_of(read(path))
        for word in problems_of(text)
    }
    assert not found


def test_our_own_files_are_among_those_looked_at():
    names = {path.relative_to(ROOT / "content").as_posix() for path in content_files()}
    assert names >= {
        "hotlines.yaml",
        "clinics.yaml",
        "cards/crisis.yaml",
        "policies/2026-11.yaml",
        "privacy_note.yaml",
        "articles/awake-at-two.md",
        "tracks/rain.yaml",
        "media/rain.vtt",
        "news/one-number-12356.md",
    }


@pytest.mark.parametrize(
    "text",
    [
        "本平台完全匿名。",
        "您的结果为阳性",
        "您超过了 80% 的人",
        "欢迎接受心理治疗。",
        "先去医院。欢迎接受心理治疗。",
        "数字加了噪声。",
        "请联系单位负责人",
    ],
)
def test_the_search_finds_what_it_must(text):
    assert problems_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "请听从医生的治疗建议。",
        "咨询不是医疗治疗。",
        "不越界：陪伴而非治疗",
        "车间噪声大，夜里容易睡不好。",
        "近期困扰较多，建议与专业人员谈谈。",
    ],
)
def test_the_search_leaves_honest_sentences_alone(text):
    assert not problems_of(text)


def test_the_search_reads_only_what_a_scale_says_to_a_person():
    scale = {
        "bands": {"total": {"edges": [{"professional": {"zh-CN": "重度抑郁"}, "person": {"zh-CN": "您属于高危"}}]}},
        "texts": {"q1": {"zh-CN": "您是否接受过治疗"}},
        "advice": [{"when": "x", "text": {"zh-CN": "患者"}}],
    }
    assert [word for text in personal_texts_of(scale) for word in problems_of(text)] == ["高危", "患者"]
