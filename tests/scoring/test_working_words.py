"""The sentences of a working, word for word, with full-width punctuation."""

import re

import pytest

from heartport.scoring.constructs import Missing
from heartport.scoring.sheets import read_loosely
from heartport.scoring.working import Working, workings_of
from heartport.scoring.working_words import (
    calculation,
    told_display,
    told_entry,
    told_keys,
    told_missing,
    told_missing_rule,
    told_place,
    told_rounding,
)
from tests.scoring.invented import calm, edited, nine, scale_of, winding

ANSWERS = {"a1": 1, "a2": 2, "a3": 2, "a4": 3, "a5": 2, "b1": 4, "b2": 2}


def one(score: str, document: dict | None = None, answers: dict | None = None, **profile: object) -> Working:
    scale = scale_of(document or winding())
    found = workings_of(scale, read_loosely(scale, answers or ANSWERS, {"sex": "female", **profile}))
    return next(each for each in found.scores if each.score.id == score)


def total(*values: int | None) -> Working:
    return one("total", calm(), nine(*values))


def test_keys_are_said_for_the_answers_that_they_turn() -> None:
    assert told_keys(one("ease")) == {
        "zh-CN": "反向计分：第 1、3 题按 6 减去答案计。",
        "en": "Reverse-keyed: questions 1, 3, 6 minus the answer.",
    }
    assert told_keys(one("load"))["zh-CN"] == "换算计分：第 7 题按 0→0，2→2.5，4→10 计。"
    plain = "没有反向计分，也没有换算：选项是几分，就计几分。"
    assert told_keys(one("both"))["zh-CN"] == told_keys(total(*[1] * 9))["zh-CN"] == plain


def test_rules_are_said_by_their_formula() -> None:
    assert {score: one(score).score.formula.told()["zh-CN"] for score in ("both", "ease", "load")} == {
        "both": "把下列各项的计分分别乘以权重（依次为 1、0.5），再相加。",
        "ease": "把下列各项的计分相加，再除以项数 5。",
        "load": "把下列各项的计分相加，再乘以 2。",
    }
    assert total(*[1] * 9).score.formula.told()["zh-CN"] == "把下列各项的计分相加。"


def test_calculations_are_written_out() -> None:
    assert calculation(one("ease")) == "(5 + 2 + 4 + 3 + 2) / 5 = 3.2"
    assert calculation(one("load")) == "2 × (4 + 2.5 + 1) = 15"
    assert calculation(total(*[1] * 9)) == "1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 = 9"
    assert calculation(total(*[None] * 9)) is None


def test_missing_rules_are_said() -> None:
    assert told_missing_rule(None)["zh-CN"] == "每一项都要有答案；缺一项，就不计算这个分数。"
    assert told_missing_rule(Missing(2, "prorate"))["zh-CN"] == (
        "最多可以缺 2 项；缺的每一项，按已答各项计分的平均数计。"
    )


@pytest.mark.parametrize(
    ("values", "here"),
    [
        ([1] * 9, "没有缺项，这条规则没有用到。"),
        ([1, 1, 1, 1, 1, 1, 2, None, None], "缺 2 项（第 8、9 题），每项按已答 7 项的平均数 8/7 计。"),
        ([None, 2, 2, 2, 2, 2, 2, 2, 2], "缺 1 项（第 1 题），每项按已答 8 项的平均数 2 计。"),
        ([1, 1, 1, 1, 1, 1, None, None, None], "缺 3 项（第 7、8、9 题），超过允许的 2 项，所以没有这个分数。"),
    ],
)
def test_what_the_missing_rule_did_is_said(values: list, here: str) -> None:
    assert told_missing(total(*values))["zh-CN"] == here


def test_a_missing_score_is_named_by_its_label() -> None:
    document = edited(winding(), "scores", "load", "label", to={"zh-CN": "负担", "en": "Load"})
    both = one("both", document, ANSWERS | {"b2": None})
    assert told_missing(both) == {
        "zh-CN": "缺 1 项（“负担”），所以没有这个分数。",
        "en": "1 missing (“Load”), so there is no score.",
    }
    assert told_entry(both.entries[1])["zh-CN"] == "没有算出这个分数。"


def test_entries_that_do_not_simply_count_say_why() -> None:
    notes = [told_entry(entry) for entry in total(1, 1, 1, 1, 1, 1, 2, None, None).entries]
    assert notes[0] is None
    assert notes[8]["zh-CN"] == "没有答案，按已答各项的平均数 8/7 计。"
    assert told_entry(total(*[None] * 9).entries[0])["zh-CN"] == "没有答案。"
    hidden = one("load", answers=ANSWERS, sex="male").entries[0]
    assert told_entry(hidden)["zh-CN"] == "根据前面的回答，这一题没有显示。"
    skipped = one("ease", answers=ANSWERS | {"a4": 1, "a5": None}).entries[4]
    assert told_entry(skipped)["zh-CN"] == "根据前面的回答，这一题不用答，按 1 计。"


@pytest.mark.parametrize(
    ("rounding", "said"),
    [
        ({"mode": "half_up", "to": 1}, "计算后四舍五入到小数点后 1 位：2.25 → 2.3。"),
        ({"mode": "half_even", "to": 1}, "计算后四舍六入五成双到小数点后 1 位：2.25 → 2.2。"),
        ({"mode": "floor", "to": 0}, "计算后向下舍到整数：2.25 → 2。"),
        ({"mode": "ceil", "to": 0}, "计算后向上进到整数：2.25 → 3。"),
    ],
)
def test_rounding_is_said_with_both_numbers(rounding: dict, said: str) -> None:
    document = edited(edited(winding(), "scores", "inner", "round", to=rounding), "scores", "inner", "show", to=True)
    assert told_rounding(one("inner", document, ANSWERS | {"a3": 3}))["zh-CN"] == said
    absent = told_rounding(one("inner", document, ANSWERS | {"a3": None}))["zh-CN"]
    assert absent == said.partition("：")[0] + "。"


def test_display_is_said_apart_from_rounding() -> None:
    assert told_rounding(one("load"))["zh-CN"] == "不取整，按精确值计算。"
    assert told_display(one("load"))["zh-CN"] == "显示时四舍五入到整数；只影响显示，不影响分级。"
    assert told_display(one("ease"))["zh-CN"] == "显示时向下舍到小数点后 1 位；只影响显示，不影响分级。"
    assert told_display(total(*[1] * 9))["zh-CN"] == "整数，原样显示。"
    assert told_display(total(*[None] * 9))["zh-CN"] == "没有分数，所以不显示数字。"


def test_a_score_that_only_serves_another_says_so() -> None:
    document = edited(winding(), "scores", "load", "show", to=False)
    assert told_display(one("load", document))["zh-CN"] == "这个分数只用于计算，不单独显示。"


def test_the_place_among_the_bands_is_said() -> None:
    assert told_place(total(*[1] * 9))["zh-CN"] == "分数 9 不低于 5，低于 10，所以是“mild”。"
    assert told_place(total(*[3] * 9))["zh-CN"] == "分数 27 不低于 20，这是最高一级的起点，所以是“severe”。"
    assert told_place(total(*[None] * 9)) is None
    assert told_place(one("load")) is None


def test_no_sentence_mixes_half_width_punctuation_into_chinese() -> None:
    for each in (one("ease"), one("load"), one("both"), total(1, 1, 1, 1, 1, 1, 2, None, None), total(*[None] * 9)):
        notes = [told_entry(entry) for entry in each.entries]
        said = [told_keys(each), told_missing(each), told_rounding(each), told_display(each), told_place(each), *notes]
        said += [each.score.formula.told(), told_missing_rule(each.score.missing)]
        for words in filter(None, said):
            assert not re.search(r"[,;:!?()](?!\d)", words["zh-CN"]), words
            assert words["zh-CN"].endswith("。")
            assert words["en"].endswith(".")
