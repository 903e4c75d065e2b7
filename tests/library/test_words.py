"""What somebody who searches means: pure tables."""

import random

import pytest

from heartport.library.things import Synonyms
from heartport.library.words import FIRST_CODES, INITIALS, folded, in_parts, initials_of, understood

SYNONYMS = (
    Synonyms(("睡不着", "失眠"), ("失眠", "睡眠"), ("sleep",), crisis=False),
    Synonyms(("晚睡",), ("睡眠",), ("sleep",), crisis=False),
    Synonyms(("抑郁",), ("低落",), ("low_mood",), crisis=False),
    Synonyms(("产后抑郁", "坐月子"), ("母亲",), ("perinatal",), crisis=False),
    Synonyms(("困",), ("睡眠",), ("sleep",), crisis=False),
    Synonyms(("不想活",), ("求助",), ("safety",), crisis=True),
    Synonyms(("EMO",), ("低落",), ("low_mood",), crisis=False),
)


def needs(query: str) -> list[tuple[str, bool]]:
    return [(each.typed, each.main) for each in understood(query, SYNONYMS).needs]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("睡眠", [("睡眠", True)]),
        ("睡不着", [("睡不着", True)]),
        ("我最近总是睡不着怎么办", [("睡不着", True)]),
        ("加班到很晚睡不着", [("睡不着", True), ("加班到", False)]),
        ("产后抑郁", [("产后抑郁", True)]),
        ("产后抑郁，也抑郁", [("抑郁", True), ("产后抑郁", True)]),
        ("孩子 作业", [("孩子", True), ("作业", True)]),
        ("困", [("困", True)]),
        ("好困啊", [("困", True)]),
        ("家庭经济困难怎么办", [("家庭经济困难", True)]),
        ("emo了", [("emo", True)]),
        ("ＥＭＯ", [("emo", True)]),
        ("自己", [("自己", True)]),
        ("会计", [("会计", True)]),
        ("睡不着睡不着 睡不着", [("睡不着", True)]),
        ("12356", [("12356", True)]),
        ("🙂🙂🙂", []),
        ("？！…… \t", []),
        ("\u0000\u202e", []),
    ],
)
def test_a_query_is_understood(query: str, wanted: list[tuple[str, bool]]):
    assert needs(query) == wanted


def test_what_is_said_otherwise_and_its_topics_come_along():
    (need,) = understood("睡不着", SYNONYMS).needs
    assert need.words == ("睡不着", "失眠", "睡眠")
    assert need.topics == {"sleep"}


@pytest.mark.parametrize(
    ("query", "crisis"),
    [("不想活了", True), ("我不想活", True), ("结束生命", True), ("孩子自残", True), ("睡不着", False), ("🙂", False)],
)
def test_words_of_a_crisis_are_heard_in_any_sentence(query: str, crisis: bool):
    assert understood(query, SYNONYMS).crisis is crisis


def test_the_whole_falls_into_pairs_of_neighbours():
    assert [each.typed for each in in_parts(understood("车间噪声", ()).needs)] == ["车间", "间噪", "噪声"]
    assert in_parts(understood("abc 12", ()).needs) == ()


@pytest.mark.parametrize("text", ["Ａbc１２", "ﬁｘ½", "İß", "睡眠", "🙂é", "㍿", "x" * 3])
def test_folding_keeps_every_sign_at_its_place(text: str):
    assert len(folded(text)) == len(text)


def test_folding_any_text_keeps_its_length():
    signs = random.Random(7)
    for _ in range(300):
        text = "".join(
            chr(signs.choice([signs.randrange(32, 0xD7FF), signs.randrange(0x10000, 0x2FFFF)])) for _ in "123456"
        )
        assert len(folded(text)) == len(text)


@pytest.mark.parametrize(
    ("letters", "text", "found"),
    [
        ("sm", "睡眠", ["睡眠"]),
        ("jl", "焦虑与担忧", ["焦虑与担忧"]),
        ("ql", "去医院，情绪来了", []),
        ("qx", "去医院，情绪来了", ["情绪来了"]),
        ("zz", "职责", ["职责"]),
        ("aa", "阿安", ["阿安"]),
        ("sm", "龘眠", []),
        ("smm", "睡眠", []),
    ],
)
def test_initials_are_those_of_the_beginning_of_a_part(letters: str, text: str, found: list[str]):
    assert initials_of(text, letters) == found


def test_the_codes_of_the_letters_stand_in_their_order():
    codes = [FIRST_CODES[place : place + 2] for place in range(0, len(FIRST_CODES), 2)]
    assert len(codes) == len(INITIALS) == 23
    assert codes == sorted(codes)
    # The first sign of each letter, as every table of GB 2312 has them.
    assert "".join(code.decode("gb2312") for code in codes) == "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"
