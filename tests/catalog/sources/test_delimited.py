"""Delimited files are read as the standard library reads them, and uneven ones are refused by line."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.catalog.sources.delimited import UnreadableTableError, read_delimited

TEXT = st.text(st.sampled_from('ab"\t,;\n é'), max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=6), st.sampled_from("\t,;"))
def test_what_the_standard_library_writes_is_read_back(tmp_path: Path, rows: list[list[str]], separator: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\n")
    writer.writerows([["one", "two", "three"], *rows])
    (tmp_path / "t").write_text(buffer.getvalue(), newline="")
    # Blank fields are null, and a blank line at the end cannot be told from the end of the file.
    expected = [tuple(field.strip() or None for field in row) for row in rows]
    assert read_delimited(tmp_path / "t").rows() == expected


def test_quotation_marks_inside_plain_fields_are_kept(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text('text\tn\nCT 5" slab\t1\n"quoted\ttab"\t2\n')
    assert read_delimited(tmp_path / "t.tsv").rows() == [('CT 5" slab', "1"), ("quoted\ttab", "2")]


def test_line_numbers_count_the_lines_inside_quoted_fields(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('a,b\n"x\ny",1\nz\n1,2\n')
    with pytest.raises(UnreadableTableError) as error:
        read_delimited(tmp_path / "t.csv")
    assert str(error.value) == "Line 4 has 1 field, the header has 2."


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_byte_order_mark_and_either_line_end_are_read(tmp_path: Path, line_end: str) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbf" + line_end.join(["a,b", "1,2", ""]).encode())
    table = read_delimited(tmp_path / "t.csv")
    assert table.columns == ["a", "b"]
    assert table.rows() == [("1", "2")]


def test_a_field_without_an_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('a,b\n1,"' + "x" * 200_000)
    with pytest.raises(UnreadableTableError) as error:
        read_delimited(tmp_path / "t.csv")
    assert str(error.value) == "A quotation mark opened after line 2 is never closed."


def test_lines_that_end_in_carriage_returns_alone_are_lines(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a,b\r1,2\r3,4\r")
    assert read_delimited(tmp_path / "t.csv").rows() == [("1", "2"), ("3", "4")]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a\rb,c\n1,2\n", "The first line holds line ends of another kind, or a field of no end."),
        (b'"' + b"x" * 200_000 + b"\n1\n", "The first line holds line ends of another kind, or a field of no end."),
        (b"sex,age,age,sex\n", "The header names 'sex', 'age' more than once."),
        (b"sex,A-1,A-1\n", "The header names 1 column more than once."),
        (
            b"SECRET-1,SECRET NAME,F,F,SECRET-1\n",
            "The first line does not look like a header, and it repeats 2 of its 5 fields.",
        ),
    ],
)
def test_a_first_line_that_is_no_header_is_refused_without_being_repeated(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(UnreadableTableError) as error:
        read_delimited(tmp_path / "t.csv")
    assert str(error.value) == problem
