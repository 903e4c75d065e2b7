from pathlib import Path

import pytest

from heartport.assessments.cards import IN_DANGER, NOT_WATCHED, card_out, load_card, not_watched_out
from heartport.assessments.privacy_note import load_privacy_notes, privacy_note
from heartport.content import ContentRefused

CONTENT = Path(__file__).resolve().parents[2] / "content"
CARD = CONTENT / "cards" / "crisis.yaml"
NOTES = load_privacy_notes(CONTENT / "privacy_note.yaml")
HOTLINES = [{"number": "12356", "open_now": True}]


def test_the_card_has_the_contracts_shape_and_buttons():
    out = card_out(load_card(CARD), HOTLINES)
    assert list(out) == ["title", "lines", "buttons", "hotlines", "call_back"]
    assert [(each["label"], each["action"]) for each in out["buttons"]] == [
        ("我现在是安全的", "acknowledge"),
        ("我担心自己会做", "call"),
        ("暂时不想说", "close"),
    ]
    assert all(set(each) == {"id", "label", "action"} for each in out["buttons"])
    assert out["hotlines"] == HOTLINES


def test_the_card_says_the_fixed_sentences_word_for_word():
    lines = card_out(load_card(CARD), [])["lines"]
    assert (
        "没有人实时查看答案,系统不会自动联系您。如果您可能马上伤害自己,请拨打120或110,并请身边的人陪着您。"
        in "".join(lines)
    )
    assert NOT_WATCHED in lines
    assert IN_DANGER in lines
    assert not_watched_out(load_card(CARD)) == NOT_WATCHED


def test_the_card_is_short_and_neither_alarms_nor_diagnoses():
    out = card_out(load_card(CARD), [])
    assert len(out["lines"]) <= 6
    assert all(len(line) <= 60 for line in out["lines"])
    for word in ("危险", "警告", "立即", "必须", "抑郁", "疾病", "症状", "自杀", "为什么", "!", "!"):
        assert word not in out["title"] + "".join(out["lines"])


def test_the_card_speaks_english_and_falls_back_to_chinese():
    card = load_card(CARD)
    english = card_out(card, [], language="en")
    assert english["buttons"][0]["label"] == "I am safe now"
    assert len(english["lines"]) == len(card.lines)
    assert all(line.isascii() for line in english["lines"])
    assert card_out(card, [], language="fr") == card_out(card, [])


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (NOT_WATCHED, "没有人查看答案。", "not_watched › zh-CN: Must read exactly"),
        ("拨打120或110", "拨打120", "in_danger › zh-CN: Must read exactly"),
        ("  - *not_watched\n", "", "lines: The words of not_watched"),
        ("  - *in_danger\n", "", "lines: The words of in_danger"),
        ("action: close", "action: call", "buttons: Their actions must be"),
        ("action: close", "action: report", "buttons › 3 › action: Must be one of"),
        ("id: worried", "id: safe", "buttons: Two have the same id."),
        ("  zh-CN: 谢谢", "  zh: 谢谢", "title › zh › key: Must be one of"),
        ("  zh-CN: 谢谢您如实说出来，您不必一个人扛着\n", "", "title: The wording in zh-CN is missing."),
        (
            "label: {zh-CN: 暂时不想说, ",
            "label: {zh-CN: '', ",
            "buttons › 3 › label › zh-CN › value: Must not be empty.",
        ),
    ],
)
def test_a_card_without_its_fixed_words_does_not_load(tmp_path, old, new, problem):
    text = CARD.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "crisis.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentRefused) as caught:
        load_card(path)
    assert any(each.startswith(f"{path} › {problem}") for each in caught.value.problems), caught.value.problems


@pytest.mark.parametrize("aggregate", [True, False])
def test_a_kept_result_says_what_was_kept_for_whom_and_how_to_delete_it(aggregate):
    text = "".join(privacy_note(NOTES, kept=True, aggregate=aggregate)["lines"])
    for words in ("加密保存", "只有您自己", "单位永远看不到", "14 天", "删除"):
        assert words in text


def test_the_smallest_group_is_named_where_statistics_are_agreed_to():
    counted = "".join(privacy_note(NOTES, kept=True, aggregate=True)["lines"])
    assert "至少有 10 人" in counted
    assert "已发布的报告无法撤回" in counted
    assert "不会用于任何报告" not in counted
    assert "不会用于任何报告" in "".join(privacy_note(NOTES, kept=True, aggregate=False)["lines"])


@pytest.mark.parametrize("aggregate", [True, False])
def test_a_result_that_was_not_kept_is_never_said_to_be_stored_or_counted(aggregate):
    note = privacy_note(NOTES, kept=False, aggregate=aggregate)
    text = note["title"] + "".join(note["lines"])
    assert "没有保存" in text
    assert "不计入任何报告" in text
    assert "加密保存" not in text
