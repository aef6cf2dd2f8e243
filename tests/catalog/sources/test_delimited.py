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
