from datetime import date

import pytest

from heartport.library import rules
from heartport.library.rules import Review


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("今天 2 点，OK！", 3), ("一二三〇", 3), ("（括号）“引号”……", 4), ("12356[1]**热线**", 2)],
)
def test_only_chinese_characters_count(text, count):
    assert rules.chinese_characters(text) == count


@pytest.mark.parametrize(("characters", "right"), [(599, False), (600, True), (1200, True), (1201, False)])
def test_an_article_has_600_to_1200_characters(characters, right):
    assert (rules.length_problem(characters) is None) is right


@pytest.mark.parametrize(("characters", "minutes"), [(0, 1), (255, 1), (256, 2), (600, 3), (1200, 5)])
def test_reading_takes_whole_minutes(characters, minutes):
    assert rules.reading_minutes(characters) == minutes


@pytest.mark.parametrize(
    "text",
    [
        "有研究发现，睡得少的人更累。",
        "约有30%的人这样。",
        "世界卫生组织建议多动。",
        "《劳动法》写得明白。",
        "一项调查说",
    ],
)
def test_a_claim_without_a_source_is_told(text):
    assert len(list(rules.source_problems([text], 0))) == 1
    assert list(rules.source_problems([text + "[1]"], 1)) == []


def test_marks_and_sources_belong_together():
    assert list(rules.source_problems(["说法[1]，又一个[3]。"], 2)) == [
        "[3] is the mark of no source.",
        "Source 2 is never marked.",
    ]


def test_a_text_without_claims_needs_no_source():
    assert list(rules.source_problems(["下班先洗手，再抱孩子。"], 0)) == []


@pytest.mark.parametrize("word", rules.CRISIS_WORDS)
def test_whatever_speaks_of_self_harm_carries_the_hotlines(word):
    assert rules.crisis_problem([f"他说{word}。"], crisis=False)
    assert rules.crisis_problem([f"他说{word}。"], crisis=True) is None


def test_other_texts_need_no_hotlines():
    assert rules.crisis_problem(["今天很累，想早点睡。"], crisis=False) is None


def test_a_review_has_a_name_and_a_day_or_neither():
    day = date(2026, 11, 20)
    wrong = [Review("林医生", None), Review(None, day)]
    assert all(rules.review_problem(each) for each in wrong)
    assert not any(rules.review_problem(each) for each in (Review(None, None), Review("林医生", day)))


def test_what_nobody_reviewed_says_so():
    assert Review(None, None).note == "未经临床审阅的示例稿"
    assert Review("林医生", date(2026, 11, 20)).note is None
