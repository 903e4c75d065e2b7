"""The report to keep: words first, no name, the fixed sentence on every page, and a font that is embedded."""

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from heartport.assessments.report_facts import FOOTER
from heartport.assessments.report_pages import FONT, Pages
from tests.assessments.test_routes import PHQ9, submission
from tests.conftest import Person

DASS21 = {f"q{n}": n % 4 for n in range(1, 22)}


def taken(person: Person, scale: str, answers: dict[str, int]) -> str:
    return person.post(f"scales/{scale}/submissions", submission(answers)).json["id"]


def text_of(person: Person, result: str, **headers: str) -> list[str]:
    response = person.get(f"me/results/{result}/report.pdf", headers=headers)
    assert response.status_code == 200
    # Lines break between any two Chinese signs, so the text is compared without white space.
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(BytesIO(response.data)).pages]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_words_come_first_and_numbers_behind_them(employee: Person) -> None:
    result = taken(employee, "phq9", PHQ9 | {"q1": 2, "q2": 2, "q3": 2})
    band = employee.get(f"me/results/{result}").json["bands"][0]
    text = "".join(text_of(employee, result))
    places = [
        text.index(squeezed(part))
        for part in (band["label"], band["meaning"], "接下来可以做的", "在什么位置", "是怎么算出来的")
    ]
    assert places == sorted(places)
    assert "2+2+2+0+0+0+0+0+0=6" in text


def test_the_fixed_sentence_stands_on_every_page_and_no_name_on_any(employee: Person) -> None:
    employee.put("me", {"nickname": "开心的小林", "age_group": "18+", "sex": "female", "birth_year": 1987})
    pages = text_of(employee, taken(employee, "dass21", DASS21))
    assert len(pages) >= 2
    assert all(squeezed(FOOTER) in page for page in pages)
    whole = "".join(pages)
    assert not any(word in whole for word in ("小林", "1987", employee.account_id or "-"))


def test_subscales_stand_side_by_side_with_their_own_place(employee: Person) -> None:
    result = taken(employee, "dass21", DASS21)
    text = "".join(text_of(employee, result))
    for score in employee.get(f"me/results/{result}").json["scores"]:
        assert squeezed(f"{score['label']}{score['shown']}") in text


def test_an_open_question_is_told_and_is_no_zero(employee: Person) -> None:
    result = taken(employee, "phq9", PHQ9 | {"q3": None})
    assert "没有回答的题目：q3" in "".join(text_of(employee, result))


def test_it_speaks_english_too(employee: Person) -> None:
    text = text_of(employee, taken(employee, "gad7", {f"q{n}": 1 for n in range(1, 8)}), **{"Accept-Language": "en"})
    assert "Howitwascounted" in "".join(text)


def test_the_file_has_a_day_but_no_moment_and_no_author(employee: Person) -> None:
    response = employee.get(f"me/results/{taken(employee, 'phq9', PHQ9)}/report.pdf")
    about = PdfReader(BytesIO(response.data)).metadata
    assert about is not None
    assert (about.author, str(about.get("/CreationDate"))[-15:]) == (None, "000000Z00'00'") or about.author is None
    assert "000000" in str(about.get("/CreationDate"))
    assert response.headers["Content-Disposition"].startswith('attachment; filename="heartport-phq9-2')
    assert response.headers["Cache-Control"] == "no-store"


def test_the_font_is_embedded_and_only_as_far_as_it_is_used(employee: Person) -> None:
    response = employee.get(f"me/results/{taken(employee, 'phq9', PHQ9)}/report.pdf")
    assert b"/FontFile2" in response.data
    assert len(response.data) < 200_000 < FONT.stat().st_size


def test_a_sign_that_the_font_lacks_becomes_a_box() -> None:
    pages = Pages()
    pages.add_page()
    pages.set_font("Noto Sans SC", size=12)
    assert pages.fitting("好𠮷😀a") == "好□□a"
    pages.finish()  # Closes the font, which would else be found open whenever garbage is collected.


def test_another_persons_report_does_not_exist(employee: Person, stranger: Person) -> None:
    result = taken(employee, "phq9", PHQ9)
    assert stranger.get(f"me/results/{result}/report.pdf").status_code == 404
    assert employee.get("me/results/x/report.pdf").status_code == 404


@pytest.mark.parametrize("scale", ["phq9", "gad7", "k10", "dass21"])
def test_every_scale_of_the_shelf_makes_a_report(employee: Person, scale: str) -> None:
    items = employee.get(f"scales/{scale}").json["items"]
    answers = {item["id"]: item["options"][-1]["value"] for item in items}
    response = employee.post(f"scales/{scale}/submissions", submission(answers))
    if response.status_code == 422:  # Behind a branch nothing is answered.
        answers = {k: v for k, v in answers.items() if f"answers.{k}" not in response.json["errors"]}
        response = employee.post(f"scales/{scale}/submissions", submission(answers))
    assert text_of(employee, response.json["id"])
