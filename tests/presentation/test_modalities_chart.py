"""The table of modalities: a picture before and after of whatever was read, and the reason where it was not."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from workbench.imaging.images import Radiograph, Volume
from workbench.imaging.modalities import ModalityTable, modality_table
from workbench.phantoms.ct_series import write_ct_series
from workbench.phantoms.radiographs import write_radiograph
from workbench.phantoms.thorax import make_chest
from workbench.presentation.charts.modalities import _duration, modalities


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> ModalityTable:
    folder = tmp_path_factory.mktemp("passed")
    chest = make_chest(n_slices=6, n_pixels=32)
    write_ct_series(folder / "ct", chest)
    write_radiograph(folder / "dx" / "1.dcm", chest)
    (folder / "<b>.txt").write_text("no image")
    return modality_table(folder, device="cpu", pipelines={"DX": "brain_mr"})


def test_words_say_what_was_read_and_what_came_of_it(passed: ModalityTable) -> None:
    shown = modalities(passed).table
    assert shown.row(0, named=True) == {
        "modality": "CT",
        "files": "6 files",
        "as_read": "volume, 6 × 32 × 32, 50 × 11.25 × 11.25 mm",
        "units": "HU",
        "pipeline": "chest_ct",
        "prepared": "300 × 360 × 360",
        "prepared_units": "0 to 1",
        "refused": None,
    }
    assert shown["files"].to_list() == ["6 files", "1 file", "1 file"]


def test_a_series_is_shown_before_and_after_and_a_refused_one_with_the_reason(passed: ModalityTable) -> None:
    page = modalities(passed).html
    rows = page.split("<tr>")[2:]
    assert [row.count("data:image/png;base64,") for row in rows] == [2, 1, 0]  # the DX was read, then refused
    assert ["Refused: " in row for row in rows] == [False, True, True]
    assert "1 of 3 passed through." in page
    assert "http" not in page


def test_what_a_message_holds_cannot_become_markup() -> None:
    columns = ["modality", "kind", "units", "pipeline", "prepared_units", "backend", "refused"]
    row = dict.fromkeys(columns, "<script>") | {
        "n_files": 1,
        "shape": [4, 4],
        "spacing_mm": None,
        "seconds": None,
        "enhanced": None,
    }
    picture = Radiograph(np.zeros((4, 4), np.uint8), spacing_mm=None)
    passed = ModalityTable(pl.DataFrame([row | {"prepared_shape": None}]), (picture,), (None,))
    assert "<script>" not in modalities(passed, title="<script>").html


def test_an_empty_table_says_so(tmp_path: Path) -> None:
    empty = modality_table(tmp_path, device="cpu")
    assert "0 of 0 passed through." in modalities(empty).html
    assert modalities(empty).table.height == 0


def test_a_volume_of_one_slice_has_a_picture(passed: ModalityTable) -> None:
    flat = Volume(np.zeros((1, 8, 8), np.int16), spacing_mm=(1.0, 1.0, 1.0), units="HU", modality="CT")
    one = ModalityTable(passed.table.head(1), (flat,), (flat,))
    assert modalities(one).html.count("<img") == 2


@pytest.mark.parametrize(
    ("seconds", "said"), [(None, ""), (0.0001, "less than 1 ms"), (0.0226, "23 ms"), (1.25, "1.2 s"), (12.0, "12.0 s")]
)
def test_a_time_has_the_unit_that_fits(seconds: float | None, said: str) -> None:
    assert _duration(seconds) == said


def test_an_enhanced_series_is_called_so(passed: ModalityTable) -> None:
    enhanced = ModalityTable(passed.table.with_columns(enhanced=True), passed.images, passed.prepared)
    assert modalities(enhanced).table["files"].to_list() == [
        "6 files, enhanced",
        "1 file, enhanced",
        "1 file, enhanced",
    ]
