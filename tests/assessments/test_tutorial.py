"""The tutorial tells the truth: whoever follows it word by word reads what it prints, and can take the scale."""

import json

import pytest

from heartport.assessments import commands
from tests.assessments.tutorial import FILE, PAGE, alike, blocks, followed
from tests.assessments.versions import shelf_in

TEXT = PAGE.read_text(encoding="utf-8")


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """The folder in which the reader sits; the shipped scales are left out, for speed."""
    monkeypatch.chdir(tmp_path)
    FILE.parent.mkdir()
    monkeypatch.setattr(commands, "scale_directories", lambda environ: (FILE.parent,))
    return tmp_path


def test_every_command_of_the_tutorial_answers_as_printed(desk):
    found = list(followed(TEXT))
    assert len(found) == 10
    for said, printed in found:
        assert alike(said, printed), f"the page prints\n{printed}\nand the terminal\n{said}"


@pytest.mark.parametrize(
    ("was", "spoiled"),
    [
        ("from: 21", "from: 20"),
        ("q5..q10, missing", "q5..q9, missing"),
        ("+  - {items: q4, reverse: [0, 3]}", "+  - {items: q3, reverse: [0, 3]}"),
        ("1 mutant alive", "2 mutants alive"),
    ],
)
def test_a_tutorial_that_does_not_tell_the_truth_is_caught(desk, was, spoiled):
    """The negative control."""
    assert was in TEXT
    assert not all(alike(said, printed) for said, printed in followed(TEXT.replace(was, spoiled)))


def test_the_reader_takes_the_scale_and_reads_what_the_page_prints(desk, app, employee):
    assert list(followed(TEXT))
    walk, printed = (block.text for block in blocks(TEXT)[-2:])
    answers = json.loads(walk.partition("<<END\n")[2].partition("END\n")[0])
    with shelf_in(app, FILE.parent):
        response = employee.post("scales/after_work/submissions", answers)
    assert response.status_code == 201, response.json
    found = response.json
    assert printed.splitlines() == [
        found["bands"][0]["label"],
        str([(each["label"], each["shown"]) for each in found["scores"]]),
        " ".join((found["advice"][0]["text"], found["advice"][0]["reason"])),
    ]
