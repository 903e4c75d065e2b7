import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartport.scoring.batch import LONGEST_LINE_BYTES, lines_of, score_lines
from tests.scoring.invented import calm, edited, nine, scale_of, winding

CALM = scale_of(calm())


def lines(*data, scale=CALM):
    return [json.loads(line.text) for line in score_lines(scale, data)]


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
    text = next(score_lines(CALM, [response(nine(1, 1, 1, 1, 1, 1, 1, 0))])).text
    assert '"total": 7.875' in text
    assert '"total": 9}' in next(score_lines(CALM, [response(nine(*[1] * 9))])).text


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
    found = list(score_lines(CALM, [b'{"answers": {"q9": 3, secret}}', b'{"answers": "secret"}']))
    assert not any(line.scored for line in found)
    assert "secret" not in "".join(line.text for line in found)


def test_a_byte_order_mark_is_passed_over_at_the_start_only():
    good = response(nine(*[0] * 9))
    found = lines(b"\xef\xbb\xbf" + good, b"\xef\xbb\xbf" + good)
    assert "scores" in found[0]
    assert found[1]["error"]["line"] == 2


def test_lines_are_read_in_constant_memory():
    stream = io.BytesIO(b"a\n" + b"x" * (3 * LONGEST_LINE_BYTES) + b"\nb\nc")
    found = list(lines_of(stream))
    assert [len(line) for line in found] == [2, LONGEST_LINE_BYTES + 1, 2, 1]


@given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"")), max_size=5))
def test_no_row_is_ever_lost(rows):
    data = [row + b"\n" for row in rows]
    assert len(list(score_lines(CALM, lines_of(io.BytesIO(b"".join(data)))))) == len(rows)


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
