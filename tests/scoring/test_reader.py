from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from heartport.scoring.problems import Report
from heartport.scoring.reader import LARGEST_FILE_BYTES, Listing, Mapping, Scalar, read_nodes, resolve


def problems_of(data):
    report = Report("x.yaml")
    read_nodes(data, report)
    return [str(problem) for problem in report.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("0", 0),
        ("-7", -7),
        ("0.1", Fraction(1, 10)),
        ("2.50", Fraction(5, 2)),
        ("3.0", 3),
    ],
)
def test_few_scalars_are_resolved(text, value):
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    ["no", "yes", "on", "True", "NULL", "~", "23:30", "010", "+1", "1e3", ".5", "1.", "0x1F", "1_000", "９", "9" * 19],
)
def test_everything_else_is_text(text):
    assert resolve(text) == text


def test_quoted_scalars_are_text():
    node = read_nodes(b"a: '1'\nb: \"true\"\n", Report("x"))
    assert isinstance(node, Mapping)
    assert [each.value for _, each in node.entries.values()] == ["1", "true"]


def test_nodes_keep_their_lines():
    node = read_nodes(b"a: 1\nb:\n  - x\n  - y\n", Report("x"))
    assert isinstance(node, Mapping)
    line, listing = node.entries["b"]
    assert line == 2
    assert isinstance(listing, Listing)
    assert [each.line for each in listing.nodes] == [3, 4]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a: 1\nb: 2\na: 3\n", "x.yaml:3: a: the key stands twice, first on line 1"),
        (b"x:\n  - {k: 1}\n  - k: 1\n    k: 2\n", "x.yaml:4: x › 2 › k: the key stands twice, first on line 3"),
        (b"a: &x 1\nb: *x\n", "x.yaml:1: anchors and aliases are not allowed"),
        (b"a: 1\nb: *x\n", "x.yaml:2: anchors and aliases are not allowed"),
        (b"a: !!int 1\n", "x.yaml:1: tags are not allowed"),
        (b"a: !!python/object:os.system x\n", "x.yaml:1: tags are not allowed"),
        (b"a: 1\n---\nb: 2\n", "x.yaml:2: a second document; one file holds one scale"),
        (b"? [a]\n: b\n", "x.yaml:1: a key is a single word or number"),
        (b"", "x.yaml:1: the file is empty"),
        (b"a: 1\nb: \xff\n", "x.yaml:2: not UTF-8"),
        (b"a: \x00\n", "x.yaml:1: a character that YAML does not allow"),
        (b"a:\n\t- b\n", "x.yaml:2: a tab; YAML is indented with spaces"),
        (b"[" * 60, "x.yaml:1: nested deeper than 24 levels"),
        (b"#" * (LARGEST_FILE_BYTES + 1), "x.yaml:1: larger than 1 MiB"),
    ],
)
def test_what_cannot_be_read_gives_one_clear_problem(data, problem):
    assert problems_of(data) == [problem]


def test_a_syntax_error_names_its_line():
    assert problems_of(b"a: 1\nb: [1, 2\nc: 3\n")[0].startswith("x.yaml:3: not YAML: ")


def test_a_million_brackets_are_refused_at_once():
    assert problems_of(b"[" * 1_000_000) == ["x.yaml:1: nested deeper than 24 levels"]


def test_a_byte_order_mark_is_passed_over():
    assert problems_of(b"\xef\xbb\xbfa: 1\n") == []


@given(st.binary(max_size=300) | st.text(alphabet="a:-[]{}'\"#&*!|>%@`, \n\t?0", max_size=200).map(str.encode))
@example(b"'\xc2\x85")
@example(b"a:\r\t- b")
@example(b"\xe2\x80\xa8\t'")
def test_no_bytes_make_the_reader_stumble(data):
    report = Report("x.yaml")
    node = read_nodes(data, report)
    assert report.problems or isinstance(node, Scalar | Listing | Mapping)
