"""Tables as people have them: what is read, what is refused, and where an error stands."""

import csv
import io
import json
from random import Random

import pytest

from heartport.scoring.columns import blocks
from heartport.scoring.columns.blocks import LONGEST_LINE_BYTES
from heartport.scoring.headers import TableRefused
from tests.scoring.columns.one_by_one import as_json_lines, as_table, responses, together
from tests.scoring.invented import calm, nightly, scale_of, winding
from tests.scoring.test_lookups import SCALE as BY_BOTH

CALM, WINDING, NIGHTLY = scale_of(calm()), scale_of(winding()), scale_of(nightly())
HEADER = ",".join(f"q{at}" for at in range(1, 10)) + "\n"
ONES = "1,1,1,1,1,1,1,1,1\n"


def read(text, scale=CALM, **more):
    """Give the JSON lines of a table."""
    data = text if isinstance(text, bytes) else text.encode()
    return [json.loads(line) for line in together(scale, data, source_table=True, **more).splitlines()]


def totals(text, **more):
    return [each["scores"]["total"] if "scores" in each else each["error"]["line"] for each in read(text, **more)]


def error_of(text, **more):
    (found,) = [each["error"] for each in read(text, **more) if "error" in each]
    return found["line"], found["column"], found["detail"]


def refused(text, **more):
    with pytest.raises(TableRefused) as caught:
        read(text, **more)
    return str(caught.value)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("scale", [CALM, WINDING, NIGHTLY], ids=lambda scale: scale.id)
def test_a_table_comes_to_what_json_lines_come_to(scale, mark, separator, end):
    some = list(responses(scale, Random(1), 40, wrong=(-1, 77, "x")))
    data = mark.encode() + as_table(scale, some, separator, end)
    assert together(scale, data, source_table=True) == together(scale, as_json_lines(some))


@pytest.mark.parametrize("size", [1, 50, 4000])
def test_the_size_of_a_block_makes_no_difference(size, monkeypatch):
    some = list(responses(NIGHTLY, Random(2), 60, wrong=(-1, 77, "x")))
    for row, name in ((3, '"q"'), (30, 'a "b"'), (31, "心")):
        some[row] = {**some[row], "respondent": name}
    rows = list(csv.reader(io.StringIO(as_table(NIGHTLY, some).decode().replace('"', "'"))))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[cell.replace("'", '"') for cell in row] for row in rows])
    monkeypatch.setattr(blocks, "BLOCK_BYTES", size)
    assert together(NIGHTLY, text.getvalue().encode(), source_table=True) == together(NIGHTLY, as_json_lines(some))


def test_rows_with_quotes_and_rows_without_come_to_the_same():
    plain = ONES + "0,0,0,0,,0,0,0,3\n"
    quoted = plain.replace("1,", '"1",').replace("3\n", '"3"\n')
    assert read(HEADER + quoted) == read(HEADER + plain)


def test_a_quoted_newline_is_part_of_its_cell_and_lines_are_still_counted():
    text = "respondent," + HEADER + '"a\nb",' + ONES + '"c ""d"", e",' + ONES + "f,1\n"
    found = read(text)
    assert [each.get("respondent") for each in found] == ["a\nb", 'c "d", e', None]
    assert found[2]["error"] == {"line": 5, "column": 3, "detail": "2 cells where the header has 10"}
    again = list(csv.DictReader(io.StringIO(together(CALM, text.encode(), source_table=True, table=True))))
    assert [row["respondent"] for row in again] == ["a\nb", 'c "d", e', ""]
    assert again[2]["error"] == "line 5, column 3: 2 cells where the header has 10"


@pytest.mark.parametrize(
    ("row", "column", "detail"),
    [
        ("1,1,1", 4, "3 cells where the header has 9"),
        (ONES.strip() + ",1" * 200, 10, "209 cells where the header has 9"),
        ('1,"1,1,1,1,1,1,1,1', 2, "a quoted cell does not end, or goes on after its closing quote"),
        ('1,1,"1"1,1,1,1,1,1,1', 3, "a quoted cell does not end, or goes on after its closing quote"),
        ("", 1, "empty line"),
        ("x" * LONGEST_LINE_BYTES, 1, "longer than 1048576 bytes"),
        ("x" * (3 * LONGEST_LINE_BYTES), 1, "longer than 1048576 bytes"),
    ],
    ids=range(7),
)
def test_a_malformed_row_is_an_error_in_its_place_and_loses_no_other(row, column, detail):
    text = HEADER + ONES + row + "\n" + ONES + ONES
    assert totals(text) == [9, 3, 9, 9]
    assert error_of(text) == (3, column, detail)


def test_a_quote_that_nobody_closes_swallows_no_rows():
    text = HEADER + ONES + '"' + ONES + ONES * 300
    assert totals(text) == [9, 3, *[9] * 300]


def test_a_row_that_is_not_utf_8_is_told_by_its_cell():
    data = (HEADER + ONES).encode() + b"1,1,\xff,1,1,1,1,1,1\n" + ONES.encode()
    assert error_of(data) == (3, 3, "not UTF-8")
    assert totals(data) == [9, 3, 9]


def test_empty_lines_at_the_end_are_no_responses():
    assert totals(HEADER + ONES + "\n\r\n\n") == [9]
    assert totals(HEADER + ONES + "\n\n" + ONES) == [9, 3, 4, 9]
    assert totals(HEADER + ONES.strip()) == [9]
    assert totals(HEADER) == totals(HEADER.strip()) == []


def test_empty_lines_between_blocks_are_told_once(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 10)
    assert totals(HEADER + ONES + "\n\n" + ONES + "\n\n") == [9, 3, 4, 9]


def test_in_a_table_of_one_column_an_empty_line_is_no_response():
    assert [each["missing"][:1] for each in read("q1\n1\n2\n\n")] == [["q2"], ["q2"]]
    assert error_of("q1\n1\n\n2\n") == (3, 1, "empty line")


def test_spaces_and_decimals_as_programs_write_them_are_read():
    assert totals(HEADER + " 1 ,1.0,1,1,1,1,1,1, \n") == [9]
    assert read(HEADER + "1.5,１,1,1,1,1,1,1,one\n")[0]["invalid"] == ["q1", "q2", "q9"]


def test_items_without_a_column_are_missing():
    assert read("q1,q2,q3,q4,q5,q6,q7\n1,1,1,1,1,1,1\n")[0]["missing"] == ["q8", "q9"]
    assert totals("q1,q2,q3,q4,q5,q6,q7\n1,1,1,1,1,1,1\n") == [9]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("q1,q2,q10,Q3,alter", "line 1: column 3, q10, is no item of this scale; near to it: q1"),
        ("q1,q2,Q3", "column 3, Q3, is no item of this scale; near to it: q3"),
        ("q1,respondant", "near to it: respondent"),
        ("q1,q2,q1", "line 1: column q1 stands twice"),
        ("q1,,q2", "line 1: column 2 has no name"),
        ("q1,birth_year,birth_date", "birth_year and birth_date say the same; keep one"),
        ("q1,sex,sex", "column sex stands twice"),
        ("respondent,sex", "line 1: no column is an item of this scale; it has q1, q2"),
        ("", "line 1: a header with the ids of items is expected"),
        ('q1,"q2', "line 1: a quoted name does not end"),
        ("q1,q2\r1,1\rq3", "lines end in a lone carriage return"),
        (HEADER.strip() + "".join(f",extra{at}" for at in range(200)), "line 1: and 195 more"),
        ("q1," + "x" * 4000, f"column 2, {'x' * 40}…, is no item"),
    ],
)
def test_a_header_that_does_not_fit_is_refused_with_its_place(header, message):
    assert message in refused(header + "\n" + ONES)


def test_everything_that_is_wrong_in_a_header_is_told_at_once():
    assert len(refused("q1,q1,Q2,q33\n").splitlines()) == 3


@pytest.mark.parametrize(
    "data",
    [
        ("respondent," + HEADER + "王," + ONES + "李," + ONES).encode("gbk"),
        (HEADER.replace("q1", "编号,q1", 1) + "9," + ONES).encode("gbk"),
    ],
)
def test_gbk_is_recognised_and_the_person_told_how_to_save_the_file(data):
    message = refused(data)
    assert message.startswith("line ")
    assert "looks like GBK" in message
    assert "CSV UTF-8" in message
    assert "--encoding gbk" in message


def test_gbk_is_read_where_it_is_asked_for():
    data = ("respondent," + HEADER + "王," + ONES + "㐀," + ONES).encode("gb18030")
    found = read(data, encoding="gbk")
    assert [(each["respondent"], each["scores"]["total"]) for each in found] == [("王", 9), ("㐀", 9)]
    assert error_of(data.replace("王".encode("gbk"), b"\xff\xff"), encoding="gbk") == (2, 1, "not GBK")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (HEADER.encode("utf-16"), "this is UTF-16"),
        (b"PK\x03\x04 and so on", "this is a workbook and no CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "this is a workbook and no CSV"),
        (b"\xff\xff\xffq1,q2\n", "line 1, character 1: not UTF-8"),
    ],
)
def test_files_that_are_no_text_are_refused(data, message):
    assert message in refused(data)


@pytest.mark.parametrize(
    ("column", "value", "detail"),
    [
        ("sex", "女", "sex: female, male, other or nothing is expected"),
        ("birth_year", "85", "birth_year: a year with four digits or nothing is expected"),
        ("birth_date", "1985/2/1", "birth_date: a date such as 1988-02-29 or nothing is expected"),
        ("birth_date", "1985-02-30", "birth_date: a date such as 1988-02-29 or nothing is expected"),
    ],
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_word_about_the_person_that_says_nothing_is_an_error_in_its_place(column, value, detail, quote):
    text = (
        f"a1,{column}\n1,\n{quote}1{quote},{value}\n1,\n\n1,1\n"
        if column != "sex"
        else f"a1,sex\n1,\n{quote}1{quote},{value}\n1,\n"
    )
    found = read(text, scale=WINDING)
    errors = [each["error"] for each in found if "error" in each]
    assert errors[0] == {"line": 3, "column": 2, "detail": detail}
    assert "scores" in found[0]
    assert "scores" in found[2]


def test_a_date_of_birth_counts_by_its_year_and_an_age_as_it_stands():
    header = HEADER.strip() + ",sex,"
    row = ONES.strip() + ",female,"
    assert [each["scores"]["t"] for each in read(f"{header}age\n{row}34\n{row}35\n", scale=BY_BOTH)] == [48, 49]
    born = read(f"{header}birth_date\n{row}2000-05-01\n{row}1980-05-01\n", scale=BY_BOTH)
    assert [each["scores"]["t"] for each in born] == [48, 49]


def test_columns_about_the_person_that_the_scale_does_not_look_at_are_passed_over():
    assert totals("sex,age," + HEADER + "whatever,-1," + ONES) == [9]


def test_several_options_stand_in_one_cell():
    found = read("why\n1 4\nnone\n\n", scale=NIGHTLY)
    assert [each["scores"]["reasons"] for each in found] == [5, 0]
    assert read("why,gate\n1 3,1\n,1\n", scale=NIGHTLY)[0]["invalid"] == ["why"]


def test_no_message_repeats_what_stands_in_a_row():
    text = HEADER + "secret,1\n" + '"secret' + "\n"
    assert "secret" not in json.dumps([each for each in read(text) if "error" in each])


def test_rows_come_out_in_their_order():
    rows = "".join(f"r{at},{at % 4}{',1' * 8}\n" if at % 7 else f"r{at},1\n" for at in range(200))
    found = read("respondent," + HEADER + rows)
    assert [each.get("respondent") for each in found] == [f"r{at}" if at % 7 else None for at in range(200)]


def test_any_bytes_at_all_are_read_or_refused():
    random = Random(3)
    signs = [b"1", b",", b"\n", b'"', b"\r", b"x", b"\xff", "心".encode(), b" ", b"\x00"]
    for _ in range(300):
        body = b"".join(random.choices(signs, weights=[9, 9, 3, 1, 1, 1, 1, 1, 1, 1], k=60))
        try:
            found = read(b"q1,q2,q3\n" + body)
        except TableRefused:
            continue
        assert all(("scores" in each) != ("error" in each) for each in found)
