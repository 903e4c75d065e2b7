"""Production offers only the files that a professional signed off; the demonstration says that they are unsigned."""

import pytest
from flask import Flask

from heartport.assessments.commands import scales_commands
from heartport.assessments.models import ScaleReview
from heartport.assessments.reviews import ReviewedFiles, sign_off
from heartport.assessments.scale_schemas import UNSIGNED_NOTE
from heartport.assessments.shelf import ScaleUnknown, Shelf
from heartport.scoring.library import load_library
from heartport.stores import Store, reading
from tests.conftest import Person


def production_shelf(app: Flask) -> Shelf:
    settings = app.extensions["heartport.settings"]
    return Shelf(
        load_library(settings.scale_dirs), app.extensions["heartport.crisis_card"], ReviewedFiles(), demo=False
    )


def test_production_offers_nothing_unsigned(app: Flask) -> None:
    shelf = production_shelf(app)
    assert shelf.list("zh-CN", None, None) == []
    with pytest.raises(ScaleUnknown):
        shelf.offered("phq9")
    with pytest.raises(ScaleUnknown):
        shelf.page("phq9", "zh-CN")


def test_production_offers_the_very_file_that_was_signed(app: Flask) -> None:
    phq9 = app.extensions["heartport.shelf"].offered("phq9")
    assert sign_off(phq9, "王医师", "精神科副主任医师")
    shelf = production_shelf(app)
    assert [scale["id"] for scale in shelf.list("zh-CN", None, None)] == ["phq9"]
    assert UNSIGNED_NOTE.encode() not in shelf.page("phq9", "zh-CN").body


def test_a_changed_file_needs_a_new_signature(app: Flask) -> None:
    phq9 = app.extensions["heartport.shelf"].offered("phq9")
    sign_off(phq9, "王医师", "精神科副主任医师")
    reviewed = ReviewedFiles()
    assert reviewed.holds(phq9.hash)
    assert not reviewed.holds("0" * 64)


def test_signing_twice_keeps_the_first_signature(app: Flask) -> None:
    phq9 = app.extensions["heartport.shelf"].offered("phq9")
    assert [sign_off(phq9, name, "心理治疗师") for name in ("王", "李")] == [True, False]
    with reading(Store.MAIN) as session:
        assert [row.reviewer for row in session.query(ScaleReview)] == ["王"]


def test_the_demonstration_says_that_a_scale_is_unsigned(employee: Person) -> None:
    assert UNSIGNED_NOTE in employee.get("scales/gad7").json["notes"]


def test_the_command_signs_and_an_unknown_scale_is_refused(app: Flask) -> None:
    runner = app.test_cli_runner()
    arguments = ["--reviewer", "王医师", "--credential", "心理治疗师"]
    assert "is signed off" in runner.invoke(scales_commands, ["sign", "k10", *arguments]).output
    assert "was signed off before" in runner.invoke(scales_commands, ["sign", "k10", *arguments]).output
    refused = runner.invoke(scales_commands, ["sign", "nothing", *arguments])
    assert refused.exit_code == 1
    assert "no such scale" in refused.output
