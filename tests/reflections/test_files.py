"""The files of the reflections: our own words, one advice an answer, and no place for a number."""

import re
from pathlib import Path

import pytest
import yaml

from heartport.content import ContentRefused
from heartport.reflections.directory import CARDS
from heartport.reflections.files import load_cards, load_reflections
from heartport.reflections.rules import cards_raised, topics_of

CONTENT = Path(__file__).resolve().parents[2] / "content"
NUMBERS = ("110", "120", "12338", "12355", "12356")
ALL = load_reflections(CONTENT / "reflections", CARDS)


def with_change(tmp_path: Path, old: str, new: str, name: str = "sleep.yaml") -> list[str]:
    text = (CONTENT / "reflections" / "sleep.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentRefused) as caught:
        load_reflections(tmp_path, CARDS)
    return [problem.removeprefix(str(path)) for problem in caught.value.problems]


def test_five_reflections_of_eight_questions_with_an_advice_of_its_own_for_each_answer() -> None:
    assert sorted(each.id for each in ALL) == [
        "close_relationships",
        "parenting",
        "relationships",
        "sleep",
        "work_stress",
    ]
    for reflection in ALL:
        advice = [choice.advice for question in reflection.questions for choice in question.options]
        assert len(reflection.questions) == 8
        assert len(set(advice)) == len(advice)
        assert all(12 <= len(each) <= 120 for each in advice), [each for each in advice if not 12 <= len(each) <= 120]


def test_no_option_speaks_of_points_or_levels() -> None:
    for reflection in ALL:
        for question in reflection.questions:
            for choice in question.options:
                assert not re.search(r"分数|得分|等级|\d+\s*分(?!钟)", choice.text + choice.advice)


@pytest.mark.parametrize(
    ("reflection_id", "card", "least"), [("close_relationships", "violence", 4), ("parenting", "child_safety", 6)]
)
def test_every_answer_that_speaks_of_harm_raises_its_card(reflection_id: str, card: str, least: int) -> None:
    (reflection,) = (each for each in ALL if each.id == reflection_id)
    raising = [choice for question in reflection.questions for choice in question.options if choice.card]
    assert cards_raised(raising) == [card]
    assert len(raising) >= least


def test_topics_named_most_often_come_first() -> None:
    (sleep,) = (each for each in ALL if each.id == "sleep")
    choices = [question.options[-1] for question in sleep.questions]
    found = topics_of(choices)
    assert found[0] == "sleep"
    assert len(found) == len(set(found))
    assert topics_of([]) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("id: sleep\n", "id: dream\n", " › id: The file must be called dream.yaml."),
        ("version: 1.0.0", "version: 1.0", " › version: Not a valid string."),
        ("minutes: 4", "minutes: 4.5", " › minutes: Not a valid integer."),
        ("  - id: q2\n", "  - id: q1\n", " › questions › 2 › id: Is there twice."),
        ("      - id: waking\n", "      - id: falling\n", " › questions › 1 › options › 2 › id: Is there twice."),
        (
            "        topics: [sleep]\n",
            "        topics: [sleep]\n        score: 3\n",
            " › questions › 1 › options › 1 › score",
        ),
        (
            "        topics: [sleep]\n",
            "        card: horror\n",
            " › questions › 1 › options › 1 › card: Must be one of violence, child_safety.",
        ),
        ("opening: ", "opening: ' '\nx: ", " › opening: Must not be empty."),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert any(each.startswith(problem) for each in with_change(tmp_path, old, new)), with_change(tmp_path, old, new)


def test_seven_questions_are_too_few(tmp_path: Path) -> None:
    raw = yaml.safe_load((CONTENT / "reflections" / "sleep.yaml").read_text(encoding="utf-8"))
    raw["questions"].pop()
    (tmp_path / "sleep.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ContentRefused, match="questions: Length must be 8"):
        load_reflections(tmp_path, CARDS)


def test_an_archived_version_carries_it_in_its_name(tmp_path: Path) -> None:
    text = (CONTENT / "reflections" / "sleep.yaml").read_text(encoding="utf-8")
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "sleep@1.0.0.yaml").write_text(text, encoding="utf-8")
    (found,) = load_reflections(tmp_path, CARDS)
    assert found.archived
    assert with_change(tmp_path, "version: 1.0.0", "version: 1.0.1", "archive/sleep@9.9.9.yaml") == [
        " › id: The file must be called sleep@1.0.1.yaml."
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("id: violence", "id: harm", " › id: Must equal the name of the file."),
        ("没有人实时查看答案,系统不会自动联系您。", "请放心。", " › lines: One of them must say 没有人实时查看答案"),
        ('"12338"', '"12399"', " › hotlines › 2: Is not among the hotlines of this deployment."),
    ],
)
def test_a_card_must_say_that_nobody_watches_and_name_real_hotlines(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    for name in CARDS:
        text = (CONTENT / "cards" / f"{name}.yaml").read_text(encoding="utf-8")
        (tmp_path / f"{name}.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentRefused) as caught:
        load_cards(tmp_path, CARDS, NUMBERS)
    assert any(each.removeprefix(str(tmp_path / "violence.yaml")).startswith(problem) for each in caught.value.problems)
