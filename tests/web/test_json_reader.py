"""What the strict reader lets through is plain, finite, unambiguous data; everything else is a refusal."""

import io
import json
import math
import time
from contextlib import suppress

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from heartport.errors import Malformed, Refusal
from heartport.web import problems
from heartport.web.json_reader import MAX_BODY_BYTES, MAX_DEPTH, MAX_INTEGER, parse_json, read_json, salvage_json


def refusal_of(body: bytes) -> Malformed:
    with pytest.raises(Malformed) as caught:
        parse_json(body)
    return caught.value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b" [1, 2.5, true, false, null] ", [1, 2.5, True, False, None]),
        ('{"q1": "还好"}'.encode(), {"q1": "还好"}),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'{"a": {"b": 1}, "c": {"b": 2}}', {"a": {"b": 1}, "c": {"b": 2}}),
        (str(MAX_INTEGER).encode(), MAX_INTEGER),
        (str(-MAX_INTEGER - 1).encode(), -MAX_INTEGER - 1),
        (b"1e308", 1e308),
        (b'"\\\\ud800 is only text"', "\\ud800 is only text"),
    ],
)
def test_plain_json_is_read(body: bytes, value: object) -> None:
    assert parse_json(body) == value


def test_minus_zero_is_zero() -> None:
    assert parse_json(b"-0") == 0
    assert isinstance(parse_json(b"-0"), int)
    assert math.copysign(1, parse_json(b"-0.0")) == -1


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"a": 1, "a": 1}', "a"),
        (b'{"answers": {"q4": 1, "q5": 2, "q4": 3}}', "answers.q4"),
        (b'{"list": [{}, {"x": 1, "x": 1}]}', "list.1.x"),
        (b'[{"a": 1, "\\u0061": 2}]', "0.a"),
        (b'{"a": {"b": 1, "b": 2}, "a": 3}', "a"),
    ],
)
def test_a_repeated_key_is_refused_with_its_place(body: bytes, place: str) -> None:
    assert list(refusal_of(body).errors) == [place]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"a": "\\ud800"}', "a"),
        (b'{"a": ["ok", "x\\uDFFFy"]}', "a.1"),
        (b'{"a": {"\\udc00": 1}}', "a.?"),
        (b'{"a": "\\ude00\\ud83d"}', "a"),
    ],
)
def test_a_lone_surrogate_is_refused_with_its_place(body: bytes, place: str) -> None:
    assert list(refusal_of(body).errors) == [place]


def test_a_lone_surrogate_alone_in_the_body_is_refused() -> None:
    assert "代理" in refusal_of(b'"\\ud800"').detail


@pytest.mark.parametrize("body", [b'{"a": "\xff"}', b"\xed\xa0\x80", b'"\xc0\xaf"', '{"a": 1}'.encode("utf-16")])
def test_what_is_not_utf8_is_refused(body: bytes) -> None:
    assert "UTF-8" in refusal_of(body).detail


@pytest.mark.parametrize(
    "body",
    [
        b"9" * 10_000,
        b"-" + b"9" * 10_000,
        str(MAX_INTEGER + 1).encode(),
        str(-MAX_INTEGER - 2).encode(),
        b"1e400",
        b"-1e400",
        b"1e" + b"9" * 5_000,
        b"0." + b"1" * 5_000,
        b"NaN",
        b"Infinity",
        b'{"a": [-Infinity]}',
    ],
)
def test_a_number_that_no_machine_holds_is_refused(body: bytes) -> None:
    refusal_of(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b'\xef\xbb\xbf{"a": 1}',
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"[1] [2]",
        b"01",
        b"+1",
        b".5",
        b'"\x00"',
        b'"line\nbreak"',
        b"nul",
        b"// no",
    ],
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    assert "JSON" in refusal_of(body).detail


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_nesting_ends_at_its_limit(opening: bytes, closing: bytes) -> None:
    def nested(depth: int) -> bytes:
        return opening * depth + b"1" + closing * depth

    parse_json(nested(MAX_DEPTH))
    for depth in (MAX_DEPTH + 1, 1_000, 20_000):
        assert "嵌套" in refusal_of(nested(depth)).detail


def test_brackets_beside_each_other_or_within_a_text_are_no_nesting() -> None:
    assert len(parse_json(b"[" + b"[],{}," * 500 + b"0]")) == 1_001
    assert parse_json(b'["\\"' + b"[{" * 500 + b'"]') == ['"' + "[{" * 500]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 40 + b'"' + b'\\"' * 30_000,  # an open text full of escaped quotation marks
        b"[" * 40 + b'"' + b"\\" * (MAX_BODY_BYTES - 50),
        b"[" * 40 + b'"a",' * (MAX_BODY_BYTES // 4 - 50),
        b'{"' + b"k" * 120_000 + b'":[' + b"1," * 60_000 + b"1]}",  # a long path above many values
        b"[" * 32 + b"1," * 120_000 + b"1" + b"]" * 32,
        b"[" + b"{}," * 80_000 + b"{}]",
    ],
)
def test_no_body_takes_long_to_read(body: bytes) -> None:
    assert len(body) <= MAX_BODY_BYTES
    started = time.process_time()
    with suppress(Refusal):
        parse_json(body)
    assert time.process_time() - started < 2  # it is a tenth of that; what is quadratic takes minutes


def test_a_refusal_holds_no_received_value() -> None:
    for body in (b'{"a": "secret", "a": "secret"}', b'{"a": "secret\\ud800"}', b'["secret', b'{"a": "secret"'):
        refusal = refusal_of(body)
        assert "secret" not in f"{refusal} {refusal.detail} {refusal.errors}"


def test_a_place_that_is_sent_back_is_short() -> None:
    place = next(iter(refusal_of(b'{"' + b"k" * 5_000 + b'": {"a": 1, "a": 2}}').errors))
    assert len(place) <= 100


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec=None)), inner),
    max_leaves=20,
)
TOKENS = ['"', "\\", "[", "]", "{", "}", ":", ",", "\\ud800", "\\udc00", "1", "-", "e9", ".", "NaN", "null", " ", "é"]


@given(st.binary() | st.lists(st.sampled_from(TOKENS)).map(lambda parts: "".join(parts).encode()))
def test_bytes_give_a_value_or_a_refusal_and_nothing_else(body: bytes) -> None:
    try:
        value = parse_json(body)
    except Refusal:
        return
    assert value == json.loads(body)
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


@given(JSON_VALUES)
def test_a_value_that_passes_comes_through_unchanged(value: object) -> None:
    body = json.dumps(value).encode()
    try:
        read = parse_json(body)
    except Refusal:
        assert not is_plain(value)
    else:
        assert is_plain(value)
        assert read == value


def is_plain(value: object) -> bool:
    """Say what the reader promises, in other words than its own."""
    if isinstance(value, dict):
        return all(is_plain(key) and is_plain(inner) for key, inner in value.items())
    if isinstance(value, list):
        return all(is_plain(inner) for inner in value)
    if isinstance(value, str):
        return not any(0xD800 <= ord(character) <= 0xDFFF for character in value)
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or -(2**63) <= value < 2**63


@pytest.mark.parametrize("body", [b'{"a": 1, "a": 2}', b'"\\ud800"', b"1e400", b"NaN", b"9" * 100])
def test_the_usual_reader_lets_these_through(body: bytes) -> None:
    json.loads(body)  # negative control: without our reader these would arrive
    refusal_of(body)


def test_the_usual_reader_fails_on_nines_and_brackets() -> None:
    with pytest.raises(ValueError, match="digits"):
        json.loads(b"9" * 10_000)
    with pytest.raises(RecursionError):
        json.loads(b"[" * 100_000)


# Over HTTP


@pytest.fixture
def echo() -> Flask:
    made = Flask(__name__)
    made.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    made.post("/")(lambda: {"read": read_json(request)})
    problems.init_app(made)
    return made


def post(app: Flask, data: bytes, content_type: str | None = "application/json") -> TestResponse:
    return app.test_client().post("/", data=data, content_type=content_type)


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'],
)
def test_json_in_utf8_is_taken(echo: Flask, content_type: str) -> None:
    answer = post(echo, '{"a": "好"}'.encode(), content_type)
    assert answer.json == {"read": {"a": "好"}}


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/json; charset=gbk",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded",
        "application/problem+json",
        "application/jsonp",
        "multipart/form-data; boundary=x",
    ],
)
def test_any_other_content_type_is_415(echo: Flask, content_type: str | None) -> None:
    answer = post(echo, b"{}", content_type)
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


SALVAGE = Flask("salvage")


@given(st.binary() | st.lists(st.sampled_from(TOKENS)).map(lambda parts: "".join(parts).encode()))
def test_a_refused_body_is_salvaged_or_not_and_never_fails(body: bytes) -> None:
    with SALVAGE.test_request_context("/", method="POST", data=body):
        readings = salvage_json(request)
    assert len(readings) in (0, 2)


@pytest.mark.parametrize(
    ("body", "readings"),
    [
        (b'{"q9": 3, "q9": 0}', [{"q9": 3}, {"q9": 0}]),
        (b'{"a": {"q9": 3, "q9": 0}}', [{"a": {"q9": 3}}, {"a": {"q9": 0}}]),
        (b'{"q9": 3, "x": "\xff"}', [{"q9": 3, "x": "\ufffd"}] * 2),
        (b'{"q9": 3, "x": ' + b"9" * 5_000 + b"}", [{"q9": 3, "x": None}] * 2),
        (b"[" * 33, []),
        (b"[" * 100_000, []),
        (b"{", []),
        (b'"' + b"x" * MAX_BODY_BYTES + b'"', []),
    ],
)
def test_both_readings_of_a_refused_body_are_salvaged(body: bytes, readings: list[object]) -> None:
    app = Flask("salvage")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    with app.test_request_context("/", method="POST", data=body):
        assert salvage_json(request) == readings


def test_an_empty_body_is_400(echo: Flask) -> None:
    answer = post(echo, b"")
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")


@pytest.mark.parametrize("spare", [0, 1, 750_000])
def test_a_body_beyond_the_limit_is_413(echo: Flask, spare: int) -> None:
    body = b'"' + b"x" * (MAX_BODY_BYTES - 2 + spare) + b'"'
    answer = post(echo, body)
    assert answer.status_code == (413 if spare else 200)
    assert not spare or answer.json["code"] == "body_too_large"


@pytest.mark.parametrize(("size", "status"), [(10, 200), (MAX_BODY_BYTES + 1, 413), (4 * MAX_BODY_BYTES, 413)])
def test_a_chunked_body_has_the_same_limit(echo: Flask, size: int, status: int) -> None:
    body = b'"' + b"x" * (size - 2) + b'"'
    answer = echo.test_client().post(
        "/",
        input_stream=io.BytesIO(body),
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == status


def test_every_place_is_named_at_once() -> None:
    body = b'{"answers": {"q1": ' + b"9" * 10_000 + b', "q2": NaN, "q3": 1e999, "q4": 1, "q4": 2}, "list": [[1e999]]}'
    with pytest.raises(Malformed) as refused:
        parse_json(body)
    assert set(refused.value.errors) == {"answers.q1", "answers.q2", "answers.q3", "answers.q4", "list.0.0"}
