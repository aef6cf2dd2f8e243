"""Rows are explored only of open sources, by their kind and by a list whose seal fits; never beside one file."""

import json

import pytest

from workbench.presentation.manifest import MANIFEST, write_pages
from workbench.presentation.page import PageProblem
from workbench.presentation.serving.live import live_pages

PAGE = {"schema": "workbench-page/2", "title": "A", "groups": [], "figures": []}


@pytest.fixture
def pages(tmp_path):
    def written(disclosure):
        folder = tmp_path / disclosure
        folder.mkdir()
        write_pages(folder, {"overview": PAGE}, source={"name": "A", "disclosure": disclosure}, identity={})
        return folder

    return written


@pytest.mark.parametrize(
    ("disclosure", "source", "rows"),
    [
        ("public_rows", "idc", True),
        ("synthetic", "synthetic:300", True),
        ("controlled", "synthetic:300", False),  # the commons closed it
        ("public_rows", "registry.csv", False),  # a source that is controlled by its kind
        ("synthetic", "idc", False),  # invented pages beside real rows
        ("synthetic", "", False),
    ],
)
def test_rows_are_there_only_where_source_and_pages_are_open(pages, disclosure, source, rows):
    assert ("rows" in live_pages(pages(disclosure), source=source)) is rows


def test_beside_one_file_there_are_no_rows(pages):
    assert list(live_pages(pages("synthetic") / "overview.json", source="synthetic:300")) == ["overview"]


def test_a_list_that_was_opened_by_hand_is_refused(pages):
    folder = pages("controlled")
    told = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(told | {"source": {"disclosure": "synthetic"}}))
    with pytest.raises(PageProblem, match="seal"):
        live_pages(folder, source="synthetic:300")
