"""Slices whose values mean something else than those of the others are never put into one volume."""

import numpy as np
import pytest

from workbench.imaging.volumes.findings import SeriesError
from workbench.imaging.volumes.series import read_series

RIGHT = "A volume is read from parallel slices of one kind, each at a place of its own, evenly spaced."
ONE_KIND = f"{RIGHT} Pass a list of the files of one kind."


def _refusal(paths, **options) -> str:
    with pytest.raises(SeriesError) as caught:
        read_series(paths, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    "lacking", [{"RescaleSlope": None, "RescaleIntercept": None}, {"RescaleIntercept": None}], ids=["both", "intercept"]
)
def test_a_slice_without_rescale_among_slices_with_one_is_refused(write_slices, lacking):
    words = "File 3 of 4 without the RescaleSlope or RescaleIntercept that others state."
    then = "Pass a list of the files that state both."
    paths = write_slices([0, 3, 6, 9], each={2: lacking})
    assert _refusal(paths) == f"{words} {RIGHT} {then}"
    assert read_series([*paths[:2], paths[3]]).shape[0] == 4  # the gap is interpolated


def test_slices_of_another_rescale_type_are_refused(write_slices):
    paths = write_slices([0, 3, 6], each={1: {"RescaleType": "US"}})
    assert _refusal(paths) == (
        f"The unit of the values differs within the series: HU (2 files), unknown units (1 file). {ONE_KIND}"
    )
    assert read_series(paths, where={"RescaleType": "US"}).units == "unknown units"


def test_slices_of_pet_in_other_units_are_refused(write_slices):
    paths = write_slices([0, 3, 6], Modality="PT", RescaleType=None, Units="BQML", each={2: {"Units": "CNTS"}})
    assert _refusal(paths) == (
        f"The unit of the values differs within the series: Bq/ml (2 files), counts (1 file). {ONE_KIND}"
    )


def test_slices_of_another_modality_are_refused_and_one_is_chosen(write_slices):
    paths = write_slices([0, 3, 6], each={0: {"Modality": "PT", "Units": "BQML"}})
    assert _refusal(paths).startswith("Modality differs within the series: CT (2 files), PT (1 file).")
    volume = read_series(paths, where={"Modality": "CT"})
    assert (volume.shape[0], volume.modality, volume.units) == (2, "CT", "HU")


def test_an_absent_rescale_type_means_the_same_as_hu_in_ct(write_slices):
    volume = read_series(write_slices([0, 3], each={1: {"RescaleType": None}}))
    assert (volume.units, volume.flags) == ("HU", ())


def test_places_in_a_table_of_colors_are_no_values(write_slices):
    words = "Files 1, 2: color, with a palette."
    paths = write_slices([0, 3], PhotometricInterpretation="PALETTE COLOR")
    assert _refusal(paths) == f"{words} {RIGHT} Read such images one by one with read_radiograph or read_cine."


def test_a_picture_with_a_palette_among_the_slices_is_left_out(write_slices):
    volume = read_series(write_slices([0, 3, 6], each={2: {"PhotometricInterpretation": "PALETTE COLOR"}}))
    assert volume.shape == (2, 6, 8)
    assert volume.flags == ("Among the slices is 1 secondary capture (file 3). Left out.",)


def test_inverted_display_leaves_physical_values_and_is_flagged(write_slices):
    paths = write_slices([0, 3], PhotometricInterpretation="MONOCHROME1")
    volume = read_series(paths)
    assert (volume.array[0] == 10 * np.arange(6)[:, None] + np.arange(8) - 1024).all()
    assert volume.flags == (
        "MONOCHROME1 in 2 of 2 files: low values are meant to be shown bright. The values are left as they are.",
    )
