"""The commands of scales, called as at a terminal; they need neither an app nor a database."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from heartport.assessments import commands
from heartport.assessments.commands import scales_commands
from heartport.config import ROOT
from heartport.scoring.columns.running import Batch
from tests.scoring.invented import calm, data_of, edited, nine, overlay, restricted
from tests.scoring.test_lookups import BY_BOTH

GOOD = json.dumps({"answers": nine(*[1] * 9)}) + "\n"
TABLE = "respondent,q1,q2,q3,q4,q5,q6,q7,q8,q9\nr1,1,1,1,1,1,1,1,1,1\nr2,,,,0,0,0,0,0,0\n"
BAD = '{"answers": {"q1": 0,}}\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of scales with one invented scale, in place of all others."""
    place = tmp_path / "scales"
    place.mkdir()
    (place / "calm.yaml").write_bytes(data_of(calm()))
    monkeypatch.setattr(commands, "scale_directories", lambda environ: (place,))
    return place


def run(*arguments, **more):
    return CliRunner().invoke(scales_commands, [str(each) for each in arguments], **more)


def test_lint_of_clean_files_says_so(folder):
    result = run("lint")
    assert (result.exit_code, result.output) == (0, "1 file, no problems\n")


def test_lint_tells_every_problem_with_its_path_and_fails(folder):
    (folder / "calm.yaml").write_bytes(data_of(edited(edited(calm(), "minutes", to=0), "category", to="A")))
    result = run("lint")
    assert result.exit_code == 1
    assert "calm 1.0.0 › minutes: a whole number from 1 to 240 is expected" in result.output
    assert result.output.endswith("1 file, 2 problems\n")


def test_lint_of_named_files_looks_at_these_alone(folder, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text("a: [", encoding="utf-8")
    assert run("lint", folder / "calm.yaml").output == "1 file, no problems\n"
    result = run("lint", folder / "calm.yaml", other, tmp_path / "nowhere.yaml")
    assert result.exit_code == 1
    assert result.output.endswith("3 files, 2 problems\n")


def test_the_published_scales_are_clean():
    result = run("lint")
    assert result.exit_code == 0, result.output
    assert result.output.endswith("files, no problems\n")


def test_show_and_edges_print_a_scale(folder):
    assert "calm 1.0.0 (published)  平静" in run("show", "calm").output
    assert json.loads(run("edges", "calm@1.0.0").output)[0]["name"] == "all lowest"


@pytest.mark.parametrize("command", ["show", "edges"])
def test_an_unknown_scale_is_refused_with_those_that_there_are(folder, command):
    result = run(command, "phq10")
    assert result.exit_code == 1
    assert "no such scale; there are calm" in result.output
    assert run(command, "calm@9.9.9").exit_code == 1


def test_a_broken_library_is_told_by_every_command(folder):
    (folder / "calm.yaml").write_text("a: [", encoding="utf-8")
    result = run("show", "calm")
    assert result.exit_code == 1
    assert "not YAML" in result.output


def test_score_writes_one_line_for_each_in_order(folder, tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(GOOD * 3, encoding="utf-8")
    result = run("score", "calm", "--in", source, "--out", target)
    assert result.exit_code == 0
    assert result.stderr == "3 lines, no errors\n"
    assert [json.loads(line)["scores"] for line in target.read_text().splitlines()] == [{"total": 9}] * 3


def test_a_malformed_line_loses_no_other_and_fails_at_the_end(folder, tmp_path):
    target = tmp_path / "out.jsonl"
    result = run("score", "calm", "--in", "-", "--out", target, input=GOOD + BAD + GOOD)
    assert result.exit_code == 1
    assert result.stderr == "3 lines, 1 error\n"
    found = [json.loads(line) for line in target.read_text().splitlines()]
    detail = "not JSON: Expecting property name enclosed in double quotes"
    assert found[1] == {"error": {"line": 2, "column": 22, "detail": detail}}
    assert found[0] == found[2]


def test_score_reads_standard_input_and_writes_standard_output(folder):
    result = run("score", "calm", "--in", "-", "--out", "-", input=GOOD)
    assert json.loads(result.stdout)["bands"] == {"total": "mild"}


def test_a_table_comes_to_a_table_and_json_lines_to_json_lines(folder, tmp_path):
    source, table, lines = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "out.jsonl"
    source.write_text(TABLE, encoding="utf-8")
    result = run("score", "calm", "--in", source, "--out", table)
    assert (result.exit_code, result.stderr) == (0, "no column for hard: missing in every row\n2 lines, no errors\n")
    assert table.read_text(encoding="utf-8") == (
        "respondent,total,total.band,flags,missing,invalid,ignored,error\nr1,9,mild,safety,,,,\nr2,,,,q1 q2 q3,,,\n"
    )
    assert run("score", "calm", "--in", source, "--out", lines).exit_code == 0
    first, second = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert (first["respondent"], first["scores"], first["flags"]) == ("r1", {"total": 9}, ["safety"])
    assert second["missing"] == ["q1", "q2", "q3"]


def test_what_comes_in_without_a_name_is_known_by_how_it_begins(folder):
    table = run("score", "calm", "--in", "-", "--out", "-", input=TABLE)
    assert table.stdout.count('"respondent"') == 2
    assert run("score", "calm", "--in", "-", "--out", "-", input="\ufeff \n" + GOOD).exit_code == 1
    assert run("score", "calm", "--in", "-", "--out", "-", input="").stderr == "no lines, no errors\n"


def test_a_table_that_does_not_fit_is_refused_and_nothing_written(folder, tmp_path):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(TABLE.replace("q3", "q33"), encoding="utf-8")
    result = run("score", "calm", "--in", source, "--out", target)
    assert result.exit_code == 1
    assert "Error: --in: line 1: column 4, q33, is no item of this scale; near to it: q3" in result.stderr
    assert not target.exists()


def test_gbk_is_refused_with_the_way_out_and_read_where_it_is_asked_for(folder, tmp_path):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(TABLE.replace("r1", "王").encode("gbk"))
    result = run("score", "calm", "--in", source, "--out", target)
    assert result.exit_code == 1
    assert "line 2: this is not UTF-8 but looks like GBK" in result.stderr
    assert not target.exists()
    assert run("score", "calm", "--in", source, "--out", target, "--encoding", "gbk").exit_code == 0
    assert "王,9,mild" in target.read_text(encoding="utf-8")


def test_a_row_that_cannot_be_read_fails_at_the_end_and_loses_no_other(folder, tmp_path):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(TABLE + "r3,1\n" + TABLE.splitlines()[1], encoding="utf-8")
    result = run("score", "calm", "--in", source, "--out", target)
    assert result.exit_code == 1
    assert result.stderr.endswith("4 lines, 1 error\n")
    rows = target.read_text(encoding="utf-8").splitlines()
    assert rows[3] == ',,,,,,,"line 4, column 3: 2 cells where the header has 10"'
    assert rows[4] == rows[1]


def test_the_year_of_the_answers_makes_ages_of_years_of_birth(folder, tmp_path):
    (folder / "calm.yaml").write_bytes(data_of(BY_BOTH))
    table = TABLE.replace("\n", ",sex,birth_year\n", 1).replace(",1\n", ",1,female,2000\n")
    (tmp_path / "in.csv").write_text(table.splitlines()[0] + "\n" + table.splitlines()[1] + "\n", encoding="utf-8")
    for year, t in ((None, None), (2025, 48)):
        asked = () if year is None else ("--year", year)
        result = run("score", "calm", "--in", tmp_path / "in.csv", "--out", "-", *asked)
        assert json.loads(result.stdout)["scores"]["t"] == t


def test_an_interrupted_run_leaves_no_half_file(folder, tmp_path, monkeypatch):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(GOOD * 3, encoding="utf-8")
    target.write_text("what was there before", encoding="utf-8")

    def interrupted(batch):
        yield from list(real(batch))[:2]
        raise KeyboardInterrupt

    real = Batch.parts
    monkeypatch.setattr(Batch, "parts", interrupted)
    result = run("score", "calm", "--in", source, "--out", target)
    assert result.exit_code == 1
    assert target.read_text() == "what was there before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl", "scales"]


def test_a_run_that_wrote_to_its_place_at_once_would_leave_a_half_file(folder, tmp_path, monkeypatch):
    @contextmanager
    def careless(target):
        with open(target, "wb") as file:
            yield file

    monkeypatch.setattr(commands, "_output", careless)
    with pytest.raises(AssertionError):
        test_an_interrupted_run_leaves_no_half_file(folder, tmp_path, monkeypatch)


def test_an_output_that_cannot_be_written_is_told(folder, tmp_path):
    result = run("score", "calm", "--in", "-", "--out", tmp_path / "nowhere" / "out.jsonl", input=GOOD)
    assert result.exit_code == 1
    assert "--out: No such file or directory" in result.output


def test_a_wrong_setting_is_told_in_one_line(monkeypatch):
    monkeypatch.setenv("HEARTPORT_SCALE_DIRS", "nowhere")
    result = run("lint")
    assert result.exit_code == 1
    assert result.output == "Error: HEARTPORT_SCALE_DIRS: folder number 1 does not exist\n"


SCORING = """
import sys
from pathlib import Path
from heartport.assessments import commands
commands.scale_directories = lambda environ: (Path(sys.argv[1]),)
commands.scales_commands(["score", "calm", "--in", sys.argv[2], "--out", sys.argv[3]], standalone_mode=False)
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


def scoring(folder, source, target):
    """Score in a process of its own, so that it can be killed and its memory be told."""
    command = [sys.executable, "-c", SCORING, str(folder), str(source), str(target)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def test_a_run_that_is_killed_half_way_leaves_nothing_under_the_final_name(folder, tmp_path):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    os.mkfifo(source)
    process = scoring(folder, source, target)
    try:
        with source.open("w", encoding="utf-8") as pipe:
            pipe.write(TABLE + "r3,1,1,1,1,1,1,1,1,1\n" * 200_000)
            pipe.flush()
            assert [path.name for path in tmp_path.glob(".out.csv.*")]
            process.kill()
            process.wait()
    except BrokenPipeError:
        pass
    finally:
        process.kill()
        process.communicate()
    assert not target.exists()


def peak_mib(folder, source, target):
    """Score in a process of its own and give the most memory that it had, as the kernel knows it."""
    process = scoring(folder, source, target)
    told, _ = process.communicate()
    assert process.returncode == 0
    return int(told) / 1024


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_ten_times_the_rows_take_no_more_memory(folder, tmp_path, kind):
    row = "r3,1,1,1,,1,3,1,1,1\n" if kind == "csv" else GOOD
    rows = 150_000 if kind == "csv" else 20_000
    found = []
    for times in (1, 4):
        source, target = tmp_path / f"in{times}.{kind}", tmp_path / f"out{times}.csv"
        source.write_text((TABLE if kind == "csv" else "") + row * rows * times, encoding="utf-8")
        found.append(peak_mib(folder, source, target))
    assert found[1] < found[0] + 8
    assert found[1] < 300


def test_edges_are_frozen_beside_the_scale_and_mutate_finds_them_there(folder):
    assert "there are no frozen edges" in run("mutate", "calm").output
    assert run("edges", "calm", "--freeze").output.startswith(f"{folder / 'edges' / 'calm.json'}: ")
    result = run("mutate", "calm")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == "1 scale, no mutants alive"
    assert run("mutate", "--all").output == result.output
    listed = run("mutate", "calm", "--list").output
    assert "  edges: bands › total › default › mild from 6\n" in listed


def test_mutate_lists_what_lives_and_fails(folder):
    run("edges", "calm", "--freeze")
    frozen = folder / "edges" / "calm.json"
    frozen.write_text("\n".join([*frozen.read_text(encoding="utf-8").splitlines()[:2]]).rstrip(",") + "\n]\n", "utf-8")
    result = run("mutate", "calm")
    assert result.exit_code == 1
    assert "  lives: flags › safety › gone\n" in result.output


def test_mutate_refuses_edges_that_are_not_those_of_the_file(folder):
    run("edges", "calm", "--freeze")
    (folder / "calm.yaml").write_bytes(data_of(edited(calm(), "bands", "total", "edges", 1, "from", to=6)))
    result = run("mutate", "calm")
    assert result.exit_code == 1
    assert "no longer as frozen, first" in result.output
    (folder / "edges" / "calm.json").write_text("{", encoding="utf-8")
    assert "not a list of cases" in run("mutate", "calm").output


@pytest.mark.parametrize("command", ["mutate", "edges"])
@pytest.mark.parametrize("arguments", [(), ("calm", "--all")])
def test_one_scale_is_named_or_all(folder, command, arguments):
    result = run(command, *arguments)
    assert result.exit_code == 1
    assert "name one scale, or write --all" in result.output


def test_a_new_scale_is_a_draft_that_the_linter_accepts(folder):
    result = run("new", "evening", "--folder", folder)
    assert (result.exit_code, result.output.split(":")[0]) == (0, str(folder / "evening.yaml"))
    assert run("lint").output == "2 files, no problems\n"
    assert "evening 0.1.0 (draft)" in run("show", "evening@0.1.0").output
    assert "there are calm\n" in run("show", "evening").output


def test_a_new_scale_is_written_into_the_current_folder_if_none_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("new", "evening").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["evening.yaml"]


def test_a_new_scale_overwrites_no_file(folder):
    before = (folder / "calm.yaml").read_bytes()
    result = run("new", "calm", "--folder", folder)
    assert (result.exit_code, result.output) == (1, f"Error: {folder / 'calm.yaml'}: there is such a file already\n")
    assert (folder / "calm.yaml").read_bytes() == before


@pytest.mark.parametrize("name", ["Calm", "../calm", "a b", "and", "9q", "calm\n", ""])
def test_a_new_scale_needs_an_id(folder, name):
    result = run("new", name, "--folder", folder)
    assert result.exit_code == 1
    assert "an id is made of small letters" in result.output
    assert [path.name for path in folder.iterdir()] == ["calm.yaml"]


def test_what_the_tests_of_a_file_notice_alone_is_told_without_frozen_edges(folder):
    result = run("mutate", "calm", "--tests")
    assert result.exit_code == 1
    assert " 0 noticed by edges, " in result.output
    assert "  lives: " in result.output


def test_the_schemas_are_printed(folder):
    assert json.loads(run("schema").output)["properties"]["schema"] == {"const": "heartport-scale/1"}
    assert json.loads(run("schema", "--wording").output)["properties"]["schema"] == {"const": "heartport-wording/1"}


def test_lint_of_an_overlay_looks_at_it_together_with_its_scale(folder):
    (folder / "calm.yaml").write_bytes(data_of(restricted()))
    wording = folder / "calm.wording.yaml"
    wording.write_bytes(data_of(overlay()))
    assert run("lint", wording).output == "1 file, no problems\n"
    assert run("lint").output == "1 file, no problems\n"
    wording.write_bytes(data_of(edited(overlay(), "texts", "q10", to={"zh-CN": "字"})))
    result = run("lint", wording)
    assert result.exit_code == 1
    assert "calm.wording.yaml:" in result.output
    assert "calm 1.0.0 › wording › texts › q10: calm 1.0.0 has no item of this id" in result.output
    assert run("lint").output == result.output
    (folder / "calm.yaml").unlink()
    assert "there is no scale file for this wording" in run("lint", wording).output


HEAD = "schema: heartport-scale/1\n"
ITEM = {"id": "q1", "kind": "choice", "options": "often"}
BAD_FILES = {
    "a bomb": (HEAD + "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", ":2: anchors and aliases are not allowed"),
    "a key twice": (HEAD + "id: calm\nid: calm\n", ":3: id: the key stands twice, first on line 2"),
    "a tab": (HEAD + "title:\n\tzh-CN: x\n", ":3: a tab; YAML is indented with spaces"),
    "an anchor of another file": (HEAD + "title: *other\n", ":2: anchors and aliases are not allowed"),
    "ten megabytes": (HEAD + "# " + "x" * 10_000_000, ":1: larger than 1 MiB"),
    "an unknown construct": (
        edited(calm(), "scores", "total", "median", to="q1..q9"),
        "scores › total › median: unknown",
    ),
    "scores in a circle": (
        edited(calm(), "scores", "total", "sum", to="q1..q9, total"),
        "scores › total: rests on itself: total → total",
    ),
    "a band that cannot be reached": (
        edited(calm(), "bands", "total", "edges", 4, "from", to=28),
        "bands › total › edges › severe: no answers can lead to this band",
    ),
    "a scored item in no score": (
        edited(calm(), "scores", "total", "sum", to="q1..q8"),
        "items › q9: no score uses this item; write unscored: true if that is meant",
    ),
    "a subscale of an item that does not exist": (
        edited(calm(), "scores", "sub", to={"label": {"zh-CN": "字"}, "sum": "q1, q77"}),
        "scores › sub: no item and no score is called q77",
    ),
    "a formula that divides by zero": (
        edited(calm(), "scores", "share", to={"label": {"zh-CN": "字"}, "formula": "total / (q1 - q1)"}),
        "scores › share › formula: divides by zero, whatever is answered",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_with_its_place_and_nothing_of_the_folder_is_taken(folder, name):
    content, problem = BAD_FILES[name]
    file = folder / "bad.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else data_of(edited(content, "id", to="bad")))
    result = run("lint")
    assert result.exit_code == 1
    assert problem in result.output
    assert f"{file}:" in result.output
    assert "Traceback" not in result.output
    assert "the scale files have problems" in run("show", "calm").output
