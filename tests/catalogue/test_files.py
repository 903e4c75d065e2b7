"""The file of topics: what is shipped, and what is refused, with its place."""

from pathlib import Path
from typing import Any

import pytest

from heartport.catalogue.files import read_catalogue
from heartport.catalogue.rules import Format
from heartport.content import ContentRefused
from tests.catalogue.shelves import SHIPPED, topic, written


def problems(path: Path) -> list[str]:
    with pytest.raises(ContentRefused) as caught:
        read_catalogue(path)
    return [problem.removeprefix(f"{path} › ") for problem in caught.value.problems]


def test_seven_themes_and_34_topics_are_shipped_all_of_them_offered() -> None:
    catalogue = read_catalogue(SHIPPED)
    assert [each.code for each in catalogue.themes] == list("ABCDEFG")
    assert [len(each.topics) for each in catalogue.themes] == [5, 5, 5, 5, 5, 5, 4]
    assert not [each.code for each in catalogue.topics if each.withdrawn_on]
    assert {each.format for each in catalogue.topics} == set(Format)


def test_every_qualification_is_asked_for_and_groups_are_led_by_who_can_lead_groups() -> None:
    catalogue = read_catalogue(SHIPPED)
    asked_for = {each for topic in catalogue.topics for each in topic.qualifications}
    assert asked_for == {each.id for each in catalogue.qualifications}
    for each in catalogue.topics:
        assert ("group_work" in each.qualifications) == (each.format is not Format.LECTURE), each.code
    for code, needed in {"G01": "crisis", "G02": "crisis", "F02": "insomnia", "B05": "mindfulness"}.items():
        assert needed in next(each.qualifications for each in catalogue.topics if each.code == code)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"code": "a1"}, "code: Must be a letter"),
        ({"code": "B01"}, "code: B01 does not begin with the code of its theme, A."),
        ({"title": " "}, "title: Must not be empty."),
        ({"title": "长" * 41}, "title: Longer than maximum length 40."),
        ({"format": "course"}, "format: Must be one of"),
        ({"duration_min": 50}, "duration_min: Must be a multiple of 15 minutes."),
        ({"duration_min": "90"}, "duration_min: Not a valid integer."),
        ({"duration_min": 100_000}, "duration_min: Must be greater than or equal to 30"),
        ({"min_people": 0}, "min_people: Must be greater"),
        ({"max_people": 10**9}, "max_people: Must be greater"),
        ({"min_people": 41}, "max_people: Must not be less than min_people."),
        ({"qualifications": ["magic"]}, "qualifications: There is no qualification magic."),
        ({"qualifications": []}, "qualifications: Shorter"),
        ({"qualifications": ["sleep", "sleep"]}, "qualifications: One is there twice."),
        ({"outline": []}, "outline: Length must be"),
        ({"withdrawn_on": "2026-02-32"}, "withdrawn_on: Not a valid date."),
        ({"colour": "red"}, "colour: Unknown field."),
    ],
)
def test_a_wrong_topic_is_refused_with_its_place(tmp_path: Path, wrong: dict[str, Any], place: str) -> None:
    path = written(tmp_path, topic("A02"), topic("A03", **wrong))
    assert any(each.startswith(f"themes › 1 › topics › 2 › {place}") for each in problems(path)), problems(path)


def test_no_code_and_no_title_is_there_twice(tmp_path: Path) -> None:
    assert problems(written(tmp_path, topic(title="同名"), topic(title="另一个"), topic("A02", title="同名"))) == [
        "themes › 1 › topics › 2 › code: A01 is there twice.",
        "themes › 1 › topics › 3 › title: A01 has this title already.",
    ]


def test_a_file_that_is_not_there_is_a_problem_and_not_a_crash(tmp_path: Path) -> None:
    assert problems(tmp_path / "topics.yaml") == [f"{tmp_path}/topics.yaml: cannot be opened"]
