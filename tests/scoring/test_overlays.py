"""Wording of an operator: taken whole or refused with its place, and never a scale without all of its words."""

import pytest

from heartport.scoring.library import load_file, load_library, scale_of_overlay
from heartport.scoring.loader import Source, load_scale
from heartport.scoring.problems import ScalesRefused
from tests.scoring.invented import (
    calm,
    data_of,
    edited,
    options,
    outcome_of,
    overlay,
    restricted,
    scale_of,
    without,
    words,
)

RESTRICTED = data_of(restricted())


def worded(document=None):
    return load_scale(RESTRICTED, "calm.yaml", Source(data_of(document or overlay()), "calm.wording.yaml"))


def problems_of(document):
    with pytest.raises(ScalesRefused) as refused:
        worded(document)
    return [str(problem).split(": ", 1)[1] for problem in refused.value.problems]


def test_a_scale_without_its_words_cannot_be_taken_and_with_an_overlay_it_can():
    assert not scale_of(restricted()).has_wording
    scale = worded()
    assert scale.has_wording
    assert scale.items[0].text == words("q1")
    assert [option.label for option in scale.items[0].options] == [words(f"选项{value}") for value in (0, 1, 2, 3)]
    assert scale.instruction == words("请按原版作答")
    assert scale.licence.wording.credit == words("© nobody")
    assert scale.provenance.translation["zh-CN"].state == "published"


def test_an_overlay_changes_words_and_no_score():
    answers = {f"q{at}": at % 4 for at in range(1, 10)}
    assert outcome_of(worded(), answers) == outcome_of(scale_of(restricted()), answers)


def test_labels_alone_missing_keep_a_scale_from_being_taken():
    labelled = without(overlay(), "options")
    assert len(problems_of(labelled)) == 6
    unlabelled = edited(calm(), "licence", "wording", "state", to="unknown")
    assert not scale_of(without(edited(unlabelled, "options", to=restricted()["options"]), "texts")).has_wording


def test_a_restricted_file_may_carry_labels_and_then_the_overlay_need_not():
    document = edited(restricted(), "options", to={"often": options(0, 1, 2, 3), "hard": options(0, 1)})
    scale = load_scale(data_of(document), "calm.yaml", Source(data_of(without(overlay(), "options")), "x"))
    assert scale.has_wording


def test_whoever_signs_signs_for_the_words_too_and_results_name_the_file_that_scores():
    plain, scale = scale_of(restricted()), worded()
    other = worded(edited(overlay(), "texts", "q1", to=words("别的题面")))
    assert plain.hash == scale.hash == other.hash
    assert len({plain.reviewed_hash, scale.reviewed_hash, other.reviewed_hash}) == 3
    assert plain.reviewed_hash == plain.hash
    assert len(scale.reviewed_hash) == 64


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("texts", "q10"), words(), "wording › texts › q10: calm 1.0.0 has no item of this id"),
        (("texts", "q1"), {"en": "one"}, "wording › texts › q1: the words in zh-CN are missing"),
        (("texts", "q1"), {"zh-CN": ""}, "wording › texts › q1 › zh-CN: value missing"),
        (("options", "rarely"), {0: words()}, "wording › options › rarely: calm 1.0.0 has no options of this name"),
        (("options", "often", 7), words(), "wording › options › often › 7: no option has this value"),
        (("options", "often", "x"), words(), "wording › options › often › x: the key is not a number"),
        (("scale",), "serene", "wording › scale: calm is expected"),
        (("version",), "1.0.1", "wording › version: 1.0.0 is expected"),
        (("schema",), "heartport-scale/1", "wording › schema: heartport-wording/1 is expected"),
        (("licence", "evidence"), "", "wording › licence › evidence: value missing"),
        (("licence", "checked_on"), "soon", "wording › licence › checked_on: a date such as 2026-11-22 is expected"),
        (("scores",), {}, "wording › scores: unknown construct; known here"),
        (("texts",), [], "wording › texts: keys with values is expected"),
    ],
)
def test_what_does_not_fit_the_scale_is_refused_with_its_place(path, value, problem):
    problems = problems_of(edited(overlay(), *path, to=value))
    assert any(problem in each for each in problems), problems


@pytest.mark.parametrize("path", [("texts", "q4"), ("options", "often", 2), ("licence",), ("texts",), ("version",)])
def test_an_incomplete_overlay_is_refused(path):
    assert problems_of(without(overlay(), *path))


def test_an_overlay_for_a_scale_with_words_of_its_own_is_refused():
    with pytest.raises(ScalesRefused) as refused:
        load_scale(data_of(calm()), "calm.yaml", Source(data_of(overlay()), "calm.wording.yaml"))
    assert "the scale carries its own wording" in str(refused.value)


def test_an_unreadable_overlay_is_refused_by_its_name():
    with pytest.raises(ScalesRefused) as refused:
        load_scale(RESTRICTED, "calm.yaml", Source(b"texts: &a {}\nmore: *a\n", "calm.wording.yaml"))
    assert str(refused.value) == "calm.wording.yaml:1: anchors and aliases are not allowed"


def test_the_library_finds_overlays_in_any_folder_and_for_older_versions(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours / "archive", theirs / "archive"):
        folder.mkdir(parents=True)
    (ours / "calm.yaml").write_bytes(data_of(edited(restricted(), "version", to="1.1.0")))
    (ours / "archive" / "calm@1.0.0.yaml").write_bytes(RESTRICTED)
    (theirs / "archive" / "calm@1.0.0.wording.yaml").write_bytes(data_of(overlay()))
    library = load_library([ours, theirs])
    assert library.find("calm", "1.0.0").has_wording
    assert not library.current["calm"].has_wording
    (theirs / "calm.wording.yaml").write_bytes(data_of(edited(overlay(), "version", to="1.1.0")))
    assert load_library([ours, theirs]).current["calm"].has_wording
    assert scale_of_overlay(theirs / "calm.wording.yaml", [ours, theirs]) == ours / "calm.yaml"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("serene.wording.yaml", "there is no scale file for this wording"),
        ("more/calm.wording.yaml", "another wording for the same file stands in"),
    ],
)
def test_an_overlay_that_belongs_nowhere_or_stands_twice_is_refused(tmp_path, name, problem):
    (tmp_path / "more").mkdir()
    (tmp_path / "calm.yaml").write_bytes(RESTRICTED)
    (tmp_path / "calm.wording.yaml").write_bytes(data_of(overlay()))
    (tmp_path / name).write_bytes(data_of(overlay()))
    with pytest.raises(ScalesRefused) as refused:
        load_library([tmp_path, tmp_path / "more"])
    assert [problem in each.detail for each in refused.value.problems] == [True]


def test_a_refused_overlay_refuses_the_whole_library(tmp_path):
    (tmp_path / "calm.yaml").write_bytes(RESTRICTED)
    (tmp_path / "calm.wording.yaml").write_bytes(data_of(without(overlay(), "texts", "q9")))
    with pytest.raises(ScalesRefused):
        load_library([tmp_path])
    assert not load_file(tmp_path / "calm.yaml").has_wording


def english():
    """A scale whose licence allows the words, of which none in Chinese were found."""
    document = edited(calm(), "provenance", "translation", "zh-CN", "state", to="none")
    document["texts"] = {name: {"en": name} for name in document["texts"]}
    document["options"] = {
        name: [{"v": option["v"], "label": {"en": "word"}} for option in each]
        for name, each in document["options"].items()
    }
    return document


def test_a_file_may_say_that_it_has_no_chinese_words_and_waits_for_them():
    scale = scale_of(english())
    assert not scale.has_wording
    assert scale.items[0].text == {"en": "q1"}


def test_an_overlay_brings_the_chinese_words_and_leaves_the_english_ones():
    spoken = {name: {"zh-CN": "字"} for name in overlay()["texts"]}
    document = edited(overlay(), "texts", to=spoken)
    scale = load_scale(data_of(english()), "calm.yaml", Source(data_of(document), "calm.wording.yaml"))
    assert scale.has_wording
    assert scale.items[0].text == {"zh-CN": "字", "en": "q1"}


def test_a_file_that_says_so_carries_no_chinese_words():
    with pytest.raises(ScalesRefused) as refused:
        scale_of(edited(english(), "texts", "q2", to=words()))
    assert "texts › q2 › zh-CN: provenance says that there are no words in this language" in str(refused.value)


def test_without_words_nothing_need_be_said_of_their_origin_until_an_overlay_brings_them():
    silent = data_of(without(restricted(), "provenance", "translation"))
    assert not load_scale(silent, "calm.yaml").has_wording
    source = Source(data_of(without(overlay(), "translation")), "calm.wording.yaml")
    with pytest.raises(ScalesRefused) as refused:
        load_scale(silent, "calm.yaml", source)
    assert "wording › translation › zh-CN: value missing" in str(refused.value)


def test_with_words_their_origin_must_be_told():
    with pytest.raises(ScalesRefused):
        scale_of(without(calm(), "provenance", "translation"))
