import re
from hashlib import sha256

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heartport.config import ROOT
from heartport.scoring.constructs import Content
from heartport.scoring.language import Scale
from heartport.scoring.loader import load_scale
from heartport.scoring.problems import ScalesRefused
from tests.killing import FULL
from tests.scoring.invented import calm, data_of, edited, options, problems_of, scale_of, winding, without, words

CALM = data_of(calm())
WINDING = data_of(winding())
PIECES = [b"", b"0", b"-1", b"null", b"[]", b"{}", b": ", b"'", b"\n", b"q1", b"99"]


def test_a_sound_file_becomes_a_scale():
    scale = scale_of(calm())
    assert (scale.id, scale.version, scale.minutes) == ("calm", "1.0.0", 3)
    assert scale.hash == sha256(CALM).hexdigest()
    assert scale.title["zh-CN"] == "平静"
    assert [item.id for item in scale.items] == [f"q{at}" for at in range(1, 10)] + ["hard"]
    assert scale.items[8].values == (0, 1, 2, 3)
    assert scale.items[9].optional
    assert scale.items[9].unscored
    assert (scale.scores[0].min, scale.scores[0].max) == (0, 27)
    assert [band.at_risk for band in scale.bands[0].shown.bands] == [False, False, True, True, True]
    assert scale.flags[0].when.source == "q9 >= 1"
    assert scale.advice[1].offer == ("counselling", "clinic")
    assert scale.retake is not None
    assert scale.retake.not_before_days == 14
    assert scale.has_wording


def test_advice_and_flags_may_offer_workshops_and_things_to_read():
    document = edited(calm(), "advice", 1, "offer", to=["clinic", {"workshop": "F"}, {"workshop": "B04"}])
    document = edited(document, "advice", 1, "content", to={"topics": ["sleep"], "kinds": ["track"], "limit": 2})
    scale = scale_of(edited(document, "flags", 0, "offer", to=["call_back"]))
    assert (scale.advice[1].offer, scale.advice[1].workshops) == (("clinic",), ("F", "B04"))
    assert scale.advice[1].content == Content(("sleep",), ("track",), 2)
    assert scale.flags[0].offer == ("call_back",)


def test_a_scale_may_look_back_on_no_time_and_be_for_some_people():
    document = edited(without(calm(), "recall"), "audience", to=words("新手父母"))
    scale = scale_of(document)
    assert (scale.recall, scale.audience) == (None, words("新手父母"))


def test_the_shown_band_set_and_the_others_are_told_apart():
    bands = scale_of(winding()).bands[0]
    assert bands.shown.name == "wide"
    assert [each.name for each in bands.others] == ["narrow"]


def test_scores_know_how_far_they_reach():
    reach = {score.id: (score.min, score.max) for score in scale_of(winding()).scores}
    assert reach == {"both": (2, 24), "ease": (1, 5), "load": (2, 38), "inner": (1, 5)}


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("schema",), "heartport-scale/2", "calm 1.0.0 › schema: heartport-scale/1 is expected"),
        (("id",), "Calm", "id: an id is made of small letters, digits and _, begins with a letter and is no keyword"),
        (("version",), "1.0", "version: a version such as 1.0.0 is expected"),
        (("version",), 1.5, "version: text (in quotes, if it looks like a number) is expected"),
        (("status",), "live", "calm 1.0.0 › status: one of draft, published, retired is expected"),
        (("title",), {"en": "calm"}, "calm 1.0.0 › title: the words in zh-CN are missing"),
        (("title", "zh-CN"), "", "calm 1.0.0 › title › zh-CN: value missing"),
        (("title", "zh-CN"), 9, "calm 1.0.0 › title › zh-CN: text (in quotes, if it looks like a number) is expected"),
        (("title", "Chinese"), "x", "calm 1.0.0 › title › Chinese: not a language such as zh-CN or en"),
        (("title",), "平静", "calm 1.0.0 › title: keys with values is expected"),
        (("minutes",), 0, "calm 1.0.0 › minutes: a whole number from 1 to 240 is expected"),
        (("minutes",), 2.5, "calm 1.0.0 › minutes: a whole number from 1 to 240 is expected"),
        (("minutes",), True, "calm 1.0.0 › minutes: a whole number from 1 to 240 is expected"),
        (("recall", "unit"), "fortnight", "calm 1.0.0 › recall › unit: one of day, week, month, year is expected"),
        (
            ("licence", "wording", "checked_on"),
            "yesterday",
            "calm 1.0.0 › licence › wording › checked_on: a date such as 2026-11-22 is expected",
        ),
        (("trends",), [], "calm 1.0.0 › trends: unknown construct; known here"),
        (("instruktion",), {}, "calm 1.0.0 › instruktion: unknown construct; did you mean instruction?"),
        (("options", "often", 1), {"v": 1}, "calm 1.0.0 › options › often › 2 › label: value missing"),
        (("options", "often", 1, "v"), None, "calm 1.0.0 › options › often › 2 › v: value missing"),
        (("options", "often"), options(0, 0, 1), "calm 1.0.0 › options › often: the value 0 stands twice"),
        (("options", "often"), options(0), "calm 1.0.0 › options › often: at least two options are expected"),
        (("options", "rarely"), options(0, 1), "calm 1.0.0 › options › rarely: no item uses these options"),
        (("items", 1, "kind"), "slider", "calm 1.0.0 › items › hard › kind: one of choice, multi, number"),
        (("items", 1, "options"), "hardly", "calm 1.0.0 › items › hard › options: no options of this name"),
        (("items", 1, "ids"), "r1..r2", "calm 1.0.0 › items › hard: either id or ids is expected"),
        (("items", 0, "ids"), "q1..p9", "an id such as q4 or a range such as q1..q9 is expected"),
        (("items", 0, "ids"), "q1, not", "an id such as q4 or a range such as q1..q9 is expected"),
        (("items", 0, "ids"), "q9..q1", "a range runs upwards, over 500 names at most"),
        (("items", 0, "ids"), "q1..q9999", "a range runs upwards, over 500 names at most"),
        (("items", 0, "ids"), "q1..q3, q2", "the same name stands twice"),
        (("items", 1, "id"), "q3", "calm 1.0.0 › items: the id q3 stands twice"),
        (("items", 1, "range"), [0, 1], "calm 1.0.0 › items › hard › range: only with kind: number"),
        (("items", 1, "when_hidden"), 0, "calm 1.0.0 › items › hard › when_hidden: only with show_if"),
        (("items", 1, "show_if"), "q1 >", "calm 1.0.0 › items › hard › show_if: not a condition: "),
        (("texts", "q10"), words(), "calm 1.0.0 › texts › q10: no item of this id"),
        (
            ("scores", "total", "kount"),
            {},
            "calm 1.0.0 › scores › total › kount: unknown construct; did you mean count?",
        ),
        (
            ("scores", "total", "mean"),
            "q1..q9",
            "calm 1.0.0 › scores › total: exactly one of sum, mean, weighted, max, min",
        ),
        (("scores", "total", "missing", "allow"), 0, "calm 1.0.0 › scores › total › missing › allow: a whole number"),
        (
            ("scores", "total", "round"),
            {"to": 1},
            "calm 1.0.0 › scores › total › round › mode: value missing",
        ),
        (("scores", "profile"), {"label": words(), "sum": "q1"}, "calm 1.0.0 › scores › profile: an id is made of"),
        (("bands", "total", "edges", 1, "from"), "5", "calm 1.0.0 › bands › total › edges › mild › from: a number"),
        (("bands", "total", "edges", 1, "to"), 9, "calm 1.0.0 › bands › total › edges › mild › to: unknown construct"),
        (("flags", 0, "level"), "high", "calm 1.0.0 › flags › safety › level: one of caution, urgent is expected"),
        (
            ("advice", 1, "offer"),
            [{"workshop": "sleep"}],
            "advice › talk › offer › 1 › workshop: a theme such as B or a topic such as B04 is expected",
        ),
        (("flags", 0, "offer"), [{"workshop": "F"}], "flags › safety › offer › 1: text"),
        (("advice", 1, "offer"), [{}], "advice › talk › offer › 1 › workshop: value missing"),
        (("advice", 1, "content"), {"topics": "sleep", "limit": 0}, "content › limit: a whole number from 1 to 10"),
        (("advice", 1, "offer"), ["doctor"], "calm 1.0.0 › advice › talk › offer › 1: one of counselling"),
        (
            ("advice", 1, "contents"),
            {},
            "calm 1.0.0 › advice › talk › contents: unknown construct; did you mean content?",
        ),
        (
            ("tests", 0, "answers"),
            {"q1..q9": 0, "q3": 1},
            "calm 1.0.0 › tests › all lowest › answers › q3: q3 is answered twice",
        ),
        (("keying",), [{"items": "q1"}], "calm 1.0.0 › keying › 1: either reverse or map is expected"),
        (
            ("keying",),
            [{"items": "q1", "reverse": [3, 0]}],
            "calm 1.0.0 › keying › 1 › reverse: the lowest and the highest value are expected, as in [0, 3]",
        ),
        (
            ("keying",),
            [{"items": "q1", "map": {"a": 0}}],
            "calm 1.0.0 › keying › 1 › map › a: the key is not a number",
        ),
    ],
)
def test_each_slip_is_told_once_with_its_path(path, value, problem):
    problems = problems_of(edited(calm(), *path, to=value))
    assert len(problems) == 1, problems
    assert problem in problems[0]


@pytest.mark.parametrize(
    "key", [key for key in calm() if key not in {"recall", "retake", "texts", "bands", "flags", "advice"}]
)
def test_nothing_required_may_be_left_out(key):
    problems = problems_of(without(calm(), key))
    if key in {"id", "version"}:
        assert problems == [f"{key}: value missing"]
    elif key == "tests":
        assert problems == ["calm 1.0.0 › tests: a published scale carries worked examples"]
    else:
        assert f"calm 1.0.0 › {key}: value missing" in problems


def test_all_problems_of_a_file_come_at_once():
    document = edited(calm(), "minutes", to="three")
    document = edited(document, "items", 1, "kind", to="slider")
    document = edited(document, "flags", 0, "when", to="q9 >> 1")
    document = without(document, "limits")
    assert len(problems_of(document)) == 4


def test_cross_checks_still_run_where_the_parts_they_look_at_are_sound():
    document = edited(calm(), "minutes", to="three")
    document = edited(document, "bands", "total", "edges", 1, "from", to=0)
    assert len(problems_of(document)) == 3


def test_problems_name_file_and_line():
    data = CALM.replace(b"minutes: 3", b"minutes: three")
    line = data[: data.index(b"minutes")].count(b"\n") + 1
    with pytest.raises(ScalesRefused) as refused:
        load_scale(data, "scales/calm.yaml")
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.path) == ("scales/calm.yaml", line, ("calm 1.0.0", "minutes"))
    assert str(problem) == f"scales/calm.yaml:{line}: calm 1.0.0 › minutes: a whole number from 1 to 240 is expected"


def loads_or_refuses(data):
    problems = ()
    try:
        scale = load_scale(data, "any.yaml")
    except ScalesRefused as refused:
        scale, problems = None, refused.problems
    assert problems or isinstance(scale, Scale)
    lines = len(re.findall(rb"\r\n?|\n|\xc2\x85|\xe2\x80[\xa8\xa9]", data)) + 1
    for problem in problems:
        assert str(problem).startswith("any.yaml:")
        assert 0 <= problem.line <= lines
        assert problem.detail
        assert problem.path or problem.line  # Of a file that cannot be read there is no path.


@given(st.binary(max_size=400))
def test_the_loader_never_stumbles_over_bytes(data):
    loads_or_refuses(data)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([CALM, WINDING]), st.data())
def test_the_loader_never_stumbles_over_a_file_with_bytes_changed(data, draw):
    for _ in range(draw.draw(st.integers(1, 3))):
        start = draw.draw(st.integers(0, len(data) - 1))
        end = min(len(data), start + draw.draw(st.integers(0, 12)))
        piece = draw.draw(st.sampled_from(PIECES))
        data = data[:start] + piece + data[end:]
    loads_or_refuses(data)


REAL = {path.stem: path.read_bytes() for path in sorted((ROOT / "scales").glob("*.yaml"))}
DOCUMENTS = {name: yaml.load(data, yaml.CSafeLoader) for name, data in REAL.items()}
YAMLISMS = [b"\x00", b"\x1b", b"\t", b"&a ", b"*a", b"!!x ", b"---\n", b"? ", b"|\n", b"%YAML 9\n"]
patiently = settings(
    max_examples=2000 if FULL else 40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@patiently
@given(st.sampled_from(sorted(REAL)), st.data())
def test_the_loader_never_stumbles_over_a_real_file_with_bytes_changed(name, draw):
    data = REAL[name]
    for _ in range(draw.draw(st.integers(1, 3))):
        start = draw.draw(st.integers(0, len(data) - 1))
        piece = draw.draw(st.sampled_from([*PIECES, *YAMLISMS]) | st.binary(max_size=4))
        data = data[:start] + piece + data[start + draw.draw(st.integers(0, 12)) :]
    loads_or_refuses(data)


@patiently
@given(st.sampled_from(sorted(REAL)), st.data())
def test_the_loader_never_stumbles_over_a_real_file_with_lines_moved(name, draw):
    """Lines go, come twice, change places, or move in and out: what an editor's hand does."""
    lines = REAL[name].splitlines(keepends=True)
    for _ in range(draw.draw(st.integers(1, 4))):
        one, other = (draw.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match draw.draw(st.sampled_from(["drop", "repeat", "swap", "in", "out"])):
            case "drop":
                del lines[one]
            case "repeat":
                lines.insert(other, lines[one])
            case "swap":
                lines[one], lines[other] = lines[other], lines[one]
            case "in":
                lines[one] = b"  " + lines[one]
            case "out":
                lines[one] = lines[one].removeprefix(b"  ")
    loads_or_refuses(b"".join(lines))


@patiently
@given(st.sampled_from(sorted(REAL)), st.data())
def test_the_loader_never_stumbles_over_a_real_file_with_odd_values(name, draw):
    document = DOCUMENTS[name]
    for _ in range(draw.draw(st.integers(1, 3))):
        path = draw.draw(st.sampled_from([path for path in places(document) if path]))
        document = edited(document, *path, to=draw.draw(st.sampled_from(ODD)))
    loads_or_refuses(yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False).encode())


def test_the_real_files_load_as_they_are():
    """The tests above begin with sound files."""
    assert len(REAL) >= 4
    assert all(load_scale(data, name).id == name for name, data in REAL.items())


def places(node, path=()):
    """Give every place of a document."""
    yield path
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, child in steps:
        yield from places(child, (*path, step))


ODD = [None, True, 0, -1, 1.5, 10**30, "", "x", "q1", "q1..q9", [], [1], ["q1", "q1"], {}, {"zh-CN": "x"}, {"q1": 1}]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([calm(), winding()]), st.data())
def test_the_loader_never_stumbles_over_a_document_with_odd_values(document, draw):
    for _ in range(draw.draw(st.integers(1, 3))):
        path = draw.draw(st.sampled_from([path for path in places(document) if path]))
        document = edited(document, *path, to=draw.draw(st.sampled_from(ODD)))
    loads_or_refuses(data_of(document))


def test_a_retired_file_knows_the_hash_under_which_it_was_published():
    published, retired = scale_of(calm()), scale_of(edited(calm(), "status", to="retired"))
    assert published.hash == published.published_hash == retired.published_hash
    assert retired.hash != published.hash


def test_any_other_change_makes_another_hash():
    changed = scale_of(edited(edited(calm(), "status", to="retired"), "minutes", to=4))
    assert scale_of(calm()).hash not in {changed.hash, changed.published_hash}
