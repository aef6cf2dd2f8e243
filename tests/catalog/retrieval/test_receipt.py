"""Receipts that a crash cut short, or that somebody wrote by hand."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.catalog.retrieval import fetch
from workbench.catalog.retrieval.receipt import NAME, Entry, Receipt

GOOD = {"series_uid": "1.2.3.0.0", "path": "a/b.dcm", "size_bytes": 3, "sha256": "0" * 64}


def line(**changed: Any) -> str:
    return json.dumps({**GOOD, **changed})


UNUSABLE = [
    *(
        line(path=path)
        for path in (
            *(5, None, ["a"], "", "/etc/passwd", "../../../etc/passwd", "a/../../b", "..", ".", "a/.", "a//b", "a/"),
            *("..\\b", "C:/b", "a\0b", "\ud800", "a\n", "a b"),
        )
    ),
    *(line(size_bytes=size) for size in (-1, True, 3.0, "3", 1 << 70)),
    *(line(sha256=digest) for digest in ("", "0" * 63, 7)),
    line(series_uid=5),
    line(more=1),
    *(f'{{"series_uid": "1", "n_files": {number}}}' for number in ("-1", "true", '"2"', "1e3", "NaN")),
    *("[" * 100_000, "5", '"path"', "null", "[]", '{"path": "a"}', '{"series_uid": "1.2", "pa', "1" * 5_000),
]


@pytest.mark.parametrize("bad", UNUSABLE, ids=range(len(UNUSABLE)))
def test_a_line_that_cannot_be_used_is_passed_over(tmp_path: Path, bad: str) -> None:
    (tmp_path / NAME).write_text(f"{line()}\n{bad}\n" + '{"series_uid": "1.2.3.0.0", "n_files": 1}\n')
    receipt = Receipt(tmp_path)
    assert (list(receipt.entries.values()), receipt.n_unusable) == ([Entry(**GOOD)], 1)
    assert not receipt.is_complete("1.2.3.0.0")  # the file is not there
    assert not receipt.is_complete("1")


@given(st.binary(max_size=200))
def test_no_content_stops_a_receipt(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("receipt")
    (folder / NAME).write_bytes(content)
    assert not Receipt(folder).entries


def test_lines_that_cannot_be_used_are_said_once(
    make_selection: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.dcm").write_bytes(b"abc")
    written = [line(), line(path="../../../etc/passwd"), "5", '{"series_uid": "1.2.3.0.0", "n_files": 1}']
    (tmp_path / NAME).write_text("\n".join(written))
    fetched = fetch(make_selection({}), tmp_path, progress=False)
    assert fetched.files["path"].to_list() == ["a/b.dcm"]
    assert capsys.readouterr().err.splitlines() == [
        f"2 lines of the receipt in {tmp_path} cannot be used and are passed over.",
        f"Fetching 0 series, 0.0 MB, into {tmp_path}; 1 more are here already.",
    ]


def test_a_receipt_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(line())
    (tmp_path / NAME).chmod(0)
    if os.access(tmp_path / NAME, os.R_OK):
        (tmp_path / NAME).unlink()
        (tmp_path / NAME).mkdir()  # an administrator may read every file
    with pytest.raises(OSError, match="cannot be read") as caught:
        Receipt(tmp_path)
    why = "Is a directory" if (tmp_path / NAME).is_dir() else "Permission denied"
    assert str(caught.value) == (
        f"The receipt {tmp_path / NAME} cannot be read ({why}). A file that may be read would be right. "
        "Move it away, or choose another folder."
    )
