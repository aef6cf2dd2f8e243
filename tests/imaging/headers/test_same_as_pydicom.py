"""Every kept attribute of every file that pydicom reads is what pydicom says it is."""

import os
from pathlib import Path

import pydicom
import pytest

from tests.imaging.headers.same_as_pydicom import differences, read
from workbench.imaging.headers import read_headers
from workbench.imaging.headers.folders import list_files

BUNDLED = Path(pydicom.__file__).parent / "data"


def compare(folder: Path) -> tuple[int, dict[str, list[str]], list[str]]:
    """Return how many files are equal, what differs by file, and what only pydicom reads."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    headers = read_headers(files)
    rows = {path: row for row, path in enumerate(headers.paths)}
    n_equal, differing, refused = 0, {}, []
    for path in files:
        dataset = read(path)
        if dataset is None:
            continue
        if path not in rows:
            refused.append(path.name)
            continue
        found = differences(headers, rows[path], dataset)
        n_equal += not found
        if found:
            differing[path.name] = found
    return n_equal, differing, refused


def test_on_the_files_that_come_with_pydicom() -> None:
    n_equal, differing, refused = compare(BUNDLED)
    assert differing == {}
    assert refused == []
    assert n_equal > 150


def test_hardly_any_of_them_is_left_to_pydicom() -> None:
    headers = read_headers(list_files(BUNDLED))
    left = {path.name for path, reader in zip(headers.paths, headers.readers, strict=True) if reader == "pydicom"}
    assert left == {"SC_rgb_jpeg.dcm", "meta_missing_tsyntax.dcm", "nested_priv_SQ.dcm", "rtplan_truncated.dcm"}


@pytest.mark.real_data
@pytest.mark.skipif("WORKBENCH_TEST_DATA" not in os.environ, reason="WORKBENCH_TEST_DATA names no folder")
def test_on_downloaded_files() -> None:
    n_equal, differing, refused = compare(Path(os.environ["WORKBENCH_TEST_DATA"]))
    assert differing == {}
    assert refused == []
    assert n_equal > 200
