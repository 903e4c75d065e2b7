import pytest

from heartport.scoring.library import load_library
from heartport.scoring.problems import ScalesRefused
from tests.scoring.invented import calm, data_of, edited, winding


def put(folder, name, document):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data_of(document))


def problems_of(*folders):
    with pytest.raises(ScalesRefused) as refused:
        load_library(folders)
    return [problem.detail for problem in refused.value.problems]


def test_the_current_version_is_told_from_the_older_ones(tmp_path):
    put(tmp_path, "calm.yaml", edited(calm(), "version", to="1.1.0"))
    put(tmp_path, "archive/calm@1.0.0.yaml", calm())
    library = load_library([tmp_path])
    assert library.current["calm"].version == "1.1.0"
    old = library.find("calm", "1.0.0")
    assert old is not None
    assert old.version == "1.0.0"
    assert library.find("calm", "2.0.0") is None
    assert library.find("other", "1.0.0") is None


def test_only_published_scales_are_current(tmp_path):
    put(tmp_path, "calm.yaml", edited(calm(), "status", to="draft"))
    put(tmp_path, "winding.yaml", edited(winding(), "status", to="retired"))
    library = load_library([tmp_path])
    assert library.current == {}
    assert library.find("winding", "1.0.0") is not None


def test_several_folders_make_one_library(tmp_path):
    put(tmp_path / "ours", "calm.yaml", calm())
    put(tmp_path / "theirs", "winding.yaml", winding())
    assert sorted(load_library([tmp_path / "ours", tmp_path / "theirs"]).current) == ["calm", "winding"]


def test_problems_of_all_files_come_together(tmp_path):
    put(tmp_path, "calm.yaml", edited(calm(), "minutes", to=0))
    put(tmp_path, "winding.yaml", edited(winding(), "minutes", to=0))
    (tmp_path / "broken.yaml").write_bytes(b"\xff")
    assert len(problems_of(tmp_path, tmp_path / "nowhere")) == 4


def test_a_file_is_called_by_its_id(tmp_path):
    put(tmp_path, "serene.yaml", calm())
    put(tmp_path, "winding.yml", winding())
    put(tmp_path, "archive/calm.yaml", edited(calm(), "version", to="0.9.0"))
    assert problems_of(tmp_path) == [
        "the file must be called calm.yaml",
        "the file must be called winding.yaml",
        "the file must be called calm@0.9.0.yaml",
    ]


def test_a_version_stands_in_one_file_only(tmp_path):
    put(tmp_path, "calm.yaml", calm())
    put(tmp_path, "archive/calm@1.0.0.yaml", calm())
    assert problems_of(tmp_path) == [f"the same version stands in {tmp_path / 'calm.yaml'}"]


def test_a_scale_has_one_current_version(tmp_path):
    put(tmp_path / "ours", "calm.yaml", calm())
    put(tmp_path / "theirs", "calm.yaml", edited(calm(), "version", to="2.0.0"))
    problems = problems_of(tmp_path / "ours", tmp_path / "theirs")
    assert problems == [f"another current version stands in {tmp_path / 'ours' / 'calm.yaml'}"]


def test_a_folder_named_like_a_file_is_a_problem_and_no_crash(tmp_path):
    (tmp_path / "calm.yaml").mkdir()
    assert len(problems_of(tmp_path)) == 1
