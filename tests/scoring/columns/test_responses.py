"""JSON lines: each becomes one line, and one that cannot be read an error in its place."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartport.scoring.columns.blocks import Lines
from heartport.scoring.responses import LONGEST_LINE_BYTES
from tests.scoring.columns.one_by_one import together
from tests.scoring.invented import calm, edited, nine, scale_of, winding

CALM = scale_of(calm())


def lines(*data, scale=CALM):
    return [json.loads(line) for line in texts(*data, scale=scale)]


def texts(*data, scale=CALM):
    return together(scale, b"".join(line.removesuffix(b"\n") + b"\n" for line in data), source_table=False).splitlines()


def response(answers, **more):
    return json.dumps({"answers": answers, **more}).encode() + b"\n"


def test_a_response_becomes_one_line():
    assert lines(response(nine(1, 1, 1, 1, 1, 1, 1, 1))) == [
        {
            "scores": {"total": 9},
            "bands": {"total": "mild"},
            "flags": [],
            "missing": ["q9"],
            "invalid": [],
        }
    ]


def test_whole_scores_are_integers_and_others_the_nearest_double():
    (text,) = texts(response(nine(1, 1, 1, 1, 1, 1, 1, 0)))
    assert '"total": 7.875' in text
    assert '"total": 9}' in texts(response(nine(*[1] * 9)))[0]


def test_hidden_scores_are_left_out_and_values_behind_a_branch_named():
    found = lines(response({"a1": 1, "a2": 1, "b1": 4}, profile={"sex": "male"}), scale=scale_of(winding()))[0]
    assert list(found["scores"]) == ["both", "ease", "load"]
    assert found["ignored"] == ["b1"]


def test_an_invalid_value_leaves_no_score():
    found = lines(response(nine(1, 1, 1, 1, 1, 1, 1, 1, 9)))[0]
    assert found["scores"] == {"total": None}
    assert found["invalid"] == ["q9"]


@pytest.mark.parametrize(
    ("line", "column", "detail"),
    [
        (b'{"answers": {"q1": 0,}}', 22, "not JSON: Expecting property name enclosed in double quotes"),
        (b'{"answers": {}} x', 17, "not JSON: Extra data"),
        (b'{"answers": "\xff"}', 14, "not UTF-8"),
        ("{'心': 1}".encode(), 2, "not JSON: Expecting property name enclosed in double quotes"),
        (b"", 1, "empty line"),
        (b"  \r\n", 1, "empty line"),
        (b"[]", 1, "a response is an object with answers"),
        (b"{}", 1, "answers must be an object"),
        (b'{"answers": [1]}', 1, "answers must be an object"),
        (b'{"answers": {}, "profile": 3}', 1, "profile must be an object"),
        (b'{"answers": {"q1": 1, "q1": 2}}', 1, "a key stands twice in one object"),
        (b'{"answers": {"q1": NaN}}', 1, "NaN and Infinity are not JSON"),
        (b'{"answers": {"q1": ' + b"9" * 5000 + b"}}", 1, "a number is too long"),
        (b"[" * 100_000, 1, "nested too deeply"),
        (b'"' + b"a" * LONGEST_LINE_BYTES + b'"', 1, "longer than 1048576 bytes"),
    ],
)
def test_a_line_that_cannot_be_read_becomes_an_error_in_its_place(line, column, detail):
    good = response(nine(*[0] * 9))
    found = lines(good, line, good)
    assert found[1] == {"error": {"line": 2, "column": column, "detail": detail}}
    assert found[0] == found[2] == lines(good)[0]


def test_messages_hold_no_answers():
    found = texts(b'{"answers": {"q9": 3, secret}}', b'{"answers": "secret"}')
    assert all(line.startswith('{"error": ') for line in found)
    assert "secret" not in "".join(found)


def test_a_byte_order_mark_is_passed_over_at_the_start_only():
    good = response(nine(*[0] * 9))
    found = lines(b"\xef\xbb\xbf" + good, b"\xef\xbb\xbf" + good)
    assert "scores" in found[0]
    assert found[1]["error"]["line"] == 2


def test_lines_are_read_in_constant_memory():
    stream = io.BytesIO(b"a\n" + b"x" * (3 * LONGEST_LINE_BYTES) + b"\nb\nc")
    found = list(Lines(stream).each())
    assert [min(len(line), LONGEST_LINE_BYTES) for line in found] == [2, LONGEST_LINE_BYTES, 2, 1]
    assert max(map(len, found)) <= 2 * LONGEST_LINE_BYTES


@given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"")), max_size=5))
def test_no_row_is_ever_lost(rows):
    assert len(texts(*rows)) == len(rows)


def test_a_name_that_json_cannot_carry_as_text_does_no_harm():
    assert lines(b'{"answers": {"\\ud800": 1}}')[0]["invalid"] == ["\ud800"]


def test_the_other_band_sets_stay_out():
    two = edited(
        calm(),
        "bands",
        "total",
        to={"shown": "a", "sets": {"a": calm()["bands"]["total"], "b": calm()["bands"]["total"]}},
    )
    assert lines(response(nine(*[0] * 9)), scale=scale_of(two))[0]["bands"] == {"total": "minimal"}


def test_answers_that_only_look_alike_are_told_apart():
    found = lines(*(response(nine(*[1] * 8, answer)) for answer in (1, True, 1.0, "1", [1], {"a": 1}, "", None)))
    assert [each["scores"]["total"] for each in found] == [9, None, None, None, None, None, 9, 9]
    assert [each["invalid"] for each in found] == [[], *[["q9"]] * 5, [], []]


def test_the_respondent_stands_at_the_beginning_of_its_line():
    found = texts(response(nine(*[1] * 9), respondent='心 "7"'), response({}))
    assert json.loads(found[0])["respondent"] == '心 "7"'
    assert found[0].startswith('{"respondent"')
    assert "respondent" not in json.loads(found[1])
    assert lines(response({}, respondent=7))[0]["error"]["detail"] == "respondent must be a text"


def test_a_table_that_comes_of_json_lines_carries_names_that_are_no_items():
    data = response({"q1": 1, "a, b": 1, "\ud800": 2}, respondent="r, 1")
    found = together(CALM, data, table=True).splitlines()
    assert found[0] == "respondent,total,total.band,flags,missing,invalid,ignored,error"
    assert found[1] == '"r, 1",,,,q2 q3 q4 q5 q6 q7 q8 q9,"a, b \\ud800",,'
