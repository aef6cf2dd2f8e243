"""``workbench index``: what it prints and writes."""

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from pydicom.data import get_testdata_file


@pytest.fixture
def images(in_a_new_folder: None) -> Path:
    """Return a folder with two images and a note, beside which the command runs."""
    folder = Path("images")
    folder.mkdir()
    for name in ("CT_small.dcm", "rtplan_truncated.dcm"):
        shutil.copy(str(get_testdata_file(name)), folder)
    (folder / "notes.txt").write_text("Dear colleague")
    return folder


def test_a_folder_is_indexed_by_reader_and_reason(done: Callable[..., str], images: Path) -> None:
    printed = done("index", "images", "--out", "index").splitlines()
    assert printed == [
        "2 patients, 2 studies, 2 series",
        "2 files, 0.000 GB",
        "  1 read by the walk over first bytes",
        "  1 read by pydicom",
        "1 files refused",
        "  1: It does not begin as a DICOM file does.",
        "Tables: index",
    ]
    assert pl.read_parquet("index/series.parquet")["modality"].to_list() == ["CT", "RTPLAN"]


def test_a_second_run_goes_on_from_the_first(done: Callable[..., str], images: Path) -> None:
    first = done("index", "images", "--out", "index")
    assert done("index", "images", "--out", "index", "--known", "index") == first


def test_a_folder_that_is_not_there_is_said(fails: Callable[..., str]) -> None:
    assert fails("index", "absent", "--out", "index", exit_code=1) == (
        "absent was received, and nothing lies there. A folder of DICOM files, or one file, would be right. "
        "Check the path."
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--out", "index", "--workers", "0"),
            "--workers 0 was received. One or more would be right. Or leave it out.",
        ),
        (
            ("--out", "images/notes.txt"),
            "--out images/notes.txt was received, which is a file. A folder would be right. Name another.",
        ),
    ],
)
def test_words_that_are_off_are_refused(
    fails: Callable[..., str], images: Path, words: tuple[str, ...], said: str
) -> None:
    assert fails("index", "images", *words) == said


@pytest.mark.parametrize("when", ["before", "while"])
def test_a_place_that_cannot_be_written_is_said(
    fails: Callable[..., str], images: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    if when == "before":
        monkeypatch.setattr("os.access", lambda *_: False)
    else:
        monkeypatch.setattr("workbench.imaging.headers.index.write_index", full)
    why = "the disk or the folder is read-only" if when == "before" else "No space left on device"
    assert fails("index", "images", "--out", "index") == (
        f"--out index was received, and nothing can be written there ({why}). A folder on a disk that has room and can "
        "be written to would be right. Name another."
    )
