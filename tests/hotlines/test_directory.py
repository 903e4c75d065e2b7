import re
from datetime import date
from pathlib import Path

import pytest

from heartport.content import ContentRefused
from heartport.hotlines.directory import load_clinics, load_directory
from heartport.hotlines.rules import clinic_problems_for_production, is_always, problems_for_production

CONTENT = Path(__file__).resolve().parents[2] / "content"
ENTRY = """
  - number: "12356"
    name: 心理援助热线
    kind: crisis
    hours: always
    verified_on: 2026-11-22
    verified_by: 王敏
"""
FILE = f"example: false\nhotlines:{ENTRY}"


def refusal(tmp_path: Path, text: str | bytes, load=load_directory) -> list[str]:
    path = tmp_path / "lines.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ContentRefused) as caught:
        load(path)
    assert all(problem.startswith(str(path)) for problem in caught.value.problems)
    return [problem.removeprefix(str(path)) for problem in caught.value.problems]


def test_a_good_file_loads(tmp_path):
    path = tmp_path / "lines.yaml"
    path.write_text(FILE, encoding="utf-8")
    (line,) = load_directory(path).hotlines
    assert (line.number, line.district, line.verified_on) == ("12356", None, date(2026, 11, 22))
    assert is_always(line.hours)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"12356"', "12356", " › hotlines › 1 › number: Not a valid string."),
        ('"12356"', '"12356a"', " › hotlines › 1 › number: Must be digits"),
        ("心理援助热线", '" "', " › hotlines › 1 › name: Must not be empty."),
        ("kind: crisis", "kind: friends", " › hotlines › 1 › kind: Must be one of"),
        ("hours: always", "hours: 8 to 5", " › hotlines › 1 › hours: Not opening hours: "),
        ("hours: always", "hours: 23:30", " › hotlines › 1 › hours: Not a valid string."),
        ("2026-11-22", "yesterday", " › hotlines › 1 › verified_on: Not a valid date."),
        ("2026-11-22", "2026-11-22 10:00:00", " › hotlines › 1 › verified_on: Must be a date without"),
        ("2026-11-22", "2026-13-41", ": is not YAML: "),
        ("    verified_by: 王敏\n", "", " › hotlines › 1 › verified_by: Missing data"),
        ("    kind: crisis", "    colour: red\n    kind: crisis", " › hotlines › 1 › colour: Unknown field."),
        (
            "    kind: crisis",
            "    kind: crisis\n    kind: city",
            ": is not YAML, line 6: the key kind is there twice",
        ),
        ("example: false\n", "", " › example: Missing data"),
        (ENTRY, " []", " › hotlines: Shorter than"),
        (ENTRY, ENTRY + ENTRY, " › hotlines › 2 › number: Is listed twice"),
        (FILE, "- a list", ": Invalid input type."),
        (FILE, "", ": Invalid input type."),
        (FILE, "a: [", ": is not YAML, line 2: "),
        (FILE, "!!python/object/apply:os.system [ls]", ": is not YAML, line 1: "),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path, old, new, problem):
    problems = refusal(tmp_path, FILE.replace(old, new))
    assert any(each.startswith(problem) for each in problems), problems


def test_all_problems_come_at_once(tmp_path):
    text = FILE.replace("crisis", "x").replace("always", "x") + ENTRY.replace("12356", "x").lstrip("\n")
    assert len(refusal(tmp_path, text)) == 3


def test_a_file_that_is_not_utf_8_or_not_there_is_refused(tmp_path):
    assert refusal(tmp_path, FILE.encode("gb18030")) == [": is not UTF-8"]
    with pytest.raises(ContentRefused, match=r"nowhere\.yaml: cannot be opened"):
        load_directory(tmp_path / "nowhere.yaml")


def test_clinics_are_checked_the_same_way(tmp_path):
    text = (CONTENT / "clinics.yaml").read_text(encoding="utf-8").replace("district: 示例东区", "district: null")
    assert refusal(tmp_path, text, load_clinics) == [" › clinics › 1 › district: Field may not be null."]


def test_the_shipped_hotlines_load_and_production_refuses_them():
    directory = load_directory(CONTENT / "hotlines.yaml")
    numbers = {each.number for each in directory.hotlines}
    assert numbers == {"120", "110", "12356", "12351", "12355", "12338"}
    assert directory.example
    assert problems_for_production(directory, date(2026, 11, 22))


def test_the_shipped_clinics_are_invented_say_so_and_carry_no_phone_number():
    clinics = load_clinics(CONTENT / "clinics.yaml")
    assert clinic_problems_for_production(clinics)
    for clinic in clinics:
        assert clinic.example
        assert "虚构" in clinic.name
        assert clinic.phone is None
        assert not re.search(r"[0-9]{3}", clinic.address)
