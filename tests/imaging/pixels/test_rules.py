"""Modality, VOI and photometric rules: hand-checked numbers, pydicom's answers, and laws."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut, convert_color_space

from tests.thorough import examples
from workbench.imaging.pixels.colors import ybr_to_rgb
from workbench.imaging.pixels.decoding import decode_frames
from workbench.imaging.pixels.files import open_dataset
from workbench.imaging.pixels.layout import PixelDataError
from workbench.imaging.pixels.modality import apply_modality, padding_values, rescale, rescale_of
from workbench.imaging.pixels.photometric import grey_of_rgb, invert, to_rgb
from workbench.imaging.pixels.tables import palette_of, table_of
from workbench.imaging.pixels.voi import PRESETS, Window, apply_voi, apply_window, voi_windows

Bundled = Callable[[str], Path]


def _header(**attributes: Any) -> pydicom.Dataset:
    dataset = pydicom.Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def _table(first: int, entries: list[int], bits: int = 16, **more: Any) -> pydicom.Dataset:
    return _header(LUTDescriptor=[len(entries), first, bits], LUTData=entries, **more)


def _grey_files() -> list[Path]:
    folder = Path(pydicom.__file__).parent / "data" / "test_files"
    return [path for path in sorted(folder.glob("*.dcm")) if path.name != "badVR.dcm"]


def test_hu_of_stored_values_stay_whole() -> None:
    values, units = apply_modality(
        np.array([0, 1024, 4095], np.uint16), _header(Modality="CT", RescaleSlope=1, RescaleIntercept=-1024)
    )
    assert (values.tolist(), values.dtype, units) == ([-1024, 0, 3071], np.int16, "HU")


@pytest.mark.parametrize(
    ("stored", "slope", "intercept", "kind", "expected"),
    [
        (np.array([7], np.uint8), 1, 0, "uint8", 7),  # identity keeps the type
        (np.array([65_535], np.uint16), 1, -32_768, "int16", 32_767),
        (np.array([65_535], np.uint16), 1, -32_767, "int32", 32_768),
        (np.array([-32_768], np.int16), 1, -1, "int32", -32_769),
        (np.array([3], np.uint16), 0.5, 1, "float32", 2.5),
        (np.array([3], np.uint16), 1, 0.25, "float32", 3.25),
        (np.array([2**31 + 1], np.uint32), 2, 0, "float64", 2**32 + 2),
    ],
)
def test_the_type_is_the_smallest_that_holds_the_values(
    stored: np.ndarray, slope: float, intercept: float, kind: str, expected: float
) -> None:
    values = rescale(stored, slope, intercept)
    assert (values.dtype.name, values.tolist()) == (kind, [expected])


@settings(max_examples=examples(40), deadline=None)
@given(arrays(np.uint16, 8), st.integers(-70_000, 70_000))
def test_whole_intercepts_never_wrap(stored: np.ndarray, intercept: int) -> None:
    assert rescale(stored, 1, intercept).tolist() == [int(one) + intercept for one in stored]


@pytest.mark.filterwarnings("ignore")
def test_rescaled_values_of_bundled_files_are_pydicoms() -> None:
    compared = 0
    for path in _grey_files():
        try:
            dataset, description = open_dataset(path)
            stored = decode_frames(path, description)
        except PixelDataError:
            continue
        if dataset.get("Modality") == "RTDOSE":
            continue  # pydicom leaves dose unscaled; DoseGridScaling gives it (PS3.3 C.8.8.3)
        if description.samples == 1 and description.photometric.startswith("MONO") and description.n_frames == 1:
            values, _ = apply_modality(stored, dataset)
            np.testing.assert_allclose(values, apply_modality_lut(stored, dataset), rtol=1e-6, err_msg=path.name)
            compared += 1
    assert compared > 15


@pytest.mark.parametrize(
    ("attributes", "units"),
    [
        ({"Modality": "CT", "RescaleSlope": 1, "RescaleIntercept": 0}, "HU"),
        ({"Modality": "CT", "RescaleSlope": 1, "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "unknown units"),
        ({"Modality": "CT"}, "unknown units"),
        ({"Modality": "CT", "RescaleSlope": 1, "RescaleType": "US"}, "unknown units"),
        ({"Modality": "PT", "RescaleSlope": 2, "Units": "BQML"}, "Bq/ml"),
        ({"Modality": "PT", "RescaleSlope": 2, "Units": "1CM"}, "unknown units"),
        ({"Modality": "MR", "RescaleSlope": 2}, "unknown units"),
        ({"Modality": "RTDOSE", "DoseUnits": "GY", "DoseGridScaling": 0.5}, "Gy"),
    ],
)
def test_units_are_those_that_the_file_states(attributes: dict[str, Any], units: str) -> None:
    assert rescale_of(_header(**attributes)).units == units


def test_dose_is_scaled_by_its_own_attribute() -> None:
    dose = _header(Modality="RTDOSE", DoseUnits="GY", DoseGridScaling=0.25)
    values, units = apply_modality(np.array([4], np.uint32), dose)
    assert (values.tolist(), units) == ([1.0], "Gy")


def test_a_slope_of_zero_is_refused() -> None:
    with pytest.raises(PixelDataError) as raised:
        rescale_of(_header(RescaleSlope=0, RescaleIntercept=1))
    assert str(raised.value) == (
        "RescaleSlope is 0, which makes every value the same. Any other number was expected (PS3.3 C.11.1). "
        "Leave the file out, or correct its header at the source."
    )


def _enhanced(*pairs: tuple[float, float, str]) -> pydicom.Dataset:
    frames = [
        _header(
            PixelValueTransformationSequence=[
                _header(RescaleSlope=slope, RescaleIntercept=intercept, RescaleType=kind)
            ],
            FrameVOILUTSequence=[_header(WindowCenter=slope * 10, WindowWidth=20)],
        )
        for slope, intercept, kind in pairs
    ]
    return _header(Modality="MR", PerFrameFunctionalGroupsSequence=frames)


def test_each_frame_of_an_enhanced_object_has_its_own_slope() -> None:
    dataset = _enhanced((2, 0, "US"), (3, 1, "US"))
    values, _ = apply_modality(np.array([[[1]], [[1]]], np.uint16), dataset)
    assert values.ravel().tolist() == [2, 4]
    assert [voi_windows(dataset, frame)[0].center for frame in (0, 1)] == [20, 30]


def test_a_shared_group_holds_for_every_frame() -> None:
    shared = _header(PixelValueTransformationSequence=[_header(RescaleSlope=2, RescaleIntercept=-1, RescaleType="HU")])
    dataset = _header(Modality="CT", SharedFunctionalGroupsSequence=[shared])
    values, units = apply_modality(np.array([[[1]], [[2]]], np.uint16), dataset)
    assert (values.ravel().tolist(), units) == ([1, 3], "HU")


def test_frames_of_differing_units_are_refused() -> None:
    with pytest.raises(PixelDataError, match=r"^The frames have differing units: HU, unknown units\. One for all was "):
        apply_modality(np.zeros((2, 1, 1), np.uint16), _enhanced((1, 0, "HU"), (1, 0, "US")))


def test_a_modality_table_clamps_at_both_ends() -> None:
    dataset = _header(ModalityLUTSequence=[_table(10, [100, 200, 300], ModalityLUTType="OD")], PixelRepresentation=0)
    values, units = apply_modality(np.array([0, 10, 11, 12, 99], np.uint16), dataset)
    assert (values.tolist(), units) == ([100, 100, 200, 300, 300], "0.001 optical density")


def test_a_first_mapped_value_is_signed_as_the_pixels_are() -> None:
    assert table_of(_table(65_534, [1, 2, 3]), signed=True).look_up(np.array([-2, -1, 0])).tolist() == [1, 2, 3]


def test_entries_of_eight_bits_may_be_packed_in_words() -> None:
    item = _header(LUTDescriptor=[4, 0, 8])
    item.add_new("LUTData", "OW", bytes([1, 2, 3, 4]))
    assert table_of(item, signed=False).entries.tolist() == [1, 2, 3, 4]
    item.add_new("LUTData", "OW", bytes([1, 0, 2, 0, 3, 0, 4, 0]))
    assert table_of(item, signed=False).entries.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("item", "begins"),
    [
        (_table(0, [1, 2], bits=32), "A lookup table has entries of 32 bits. 8 to 16 are allowed (PS3.3 C.11.2.1.1)."),
        (_header(LUTDescriptor=[3, 0, 16], LUTData=[1, 2]), "A lookup table has 2 entries of 3 that its descriptor"),
        (_header(LUTData=[1, 2]), "A lookup table has no descriptor of three numbers, or no data."),
    ],
)
def test_a_damaged_table_says_how(item: pydicom.Dataset, begins: str) -> None:
    with pytest.raises(PixelDataError) as raised:
        table_of(item, signed=False)
    assert str(raised.value).startswith(begins)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, None),
        ({"PixelPaddingValue": 5}, (5, 5)),
        ({"PixelPaddingValue": 5, "PixelPaddingRangeLimit": 2}, (2, 5)),
        ({"PixelPaddingValue": 63_536, "PixelRepresentation": 1}, (-2000, -2000)),  # written unsigned
    ],
)
def test_padding_is_a_value_or_a_range_of_stored_values(attributes: dict[str, Any], expected: Any) -> None:
    assert padding_values(_header(BitsAllocated=16, **attributes)) == expected


@pytest.mark.parametrize(
    ("window", "value", "share"),
    [
        # c = 2048, w = 4096 maps 0 to 0 and 4095 to 1, as the note in PS3.3 C.11.2.1.2.1 says
        (Window(2048, 4096), 0, 0),
        (Window(2048, 4096), 4095, 1),
        (Window(2048, 1), 2047, 0),
        (Window(2048, 1), 2048, 1),
        (Window(0, 100), 10, (10 - -0.5) / 99 + 0.5),
        (Window(0, 100, "LINEAR_EXACT"), 10, 0.6),
        (Window(0, 100, "LINEAR_EXACT"), 50, 1),
        (Window(0, 100, "SIGMOID"), 0, 0.5),
        (Window(0, 100, "SIGMOID"), 25, 1 / (1 + np.exp(-1))),
        (Window(0, 1e-3, "SIGMOID"), -10_000, 0),
    ],
)
def test_windows_give_the_shares_of_the_standard(window: Window, value: float, share: float) -> None:
    result = apply_window(np.array([value], np.int16), window)
    assert result.dtype == np.float32
    assert result[0] == pytest.approx(share, abs=1e-6)


@settings(max_examples=examples(40), deadline=None)
@given(st.floats(-500, 500), st.floats(1, 3000), st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]))
def test_windows_agree_with_pydicom(center: float, width: float, function: str) -> None:
    values = np.arange(-1000, 1000, 37, dtype=np.int16)
    dataset = _header(PhotometricInterpretation="MONOCHROME2", BitsStored=8, PixelRepresentation=0)
    dataset.WindowCenter, dataset.WindowWidth, dataset.VOILUTFunction = f"{center:.6g}", f"{width:.6g}", function
    (window,) = voi_windows(dataset)
    with np.errstate(over="ignore"):  # pydicom's sigmoid far below the center
        expected = apply_voi_lut(values, dataset) / 255
    np.testing.assert_allclose(apply_window(values, window), expected, atol=2e-4)


def test_windows_that_cannot_be_are_left_out() -> None:
    dataset = _header(WindowCenter=[40, 50, 60], WindowWidth=[0.5, 400, -1])
    assert voi_windows(dataset) == (Window(50, 400),)
    assert voi_windows(_header(WindowCenter=40, WindowWidth=400, VOILUTFunction="CUBIC")) == ()
    with pytest.raises(
        ValueError, match=r"^A window of width 0\.5 and function 'LINEAR'\. Widths are above 0, of LINEAR at "
    ):
        apply_window(np.zeros(1), Window(0, 0.5))


def test_a_voi_table_comes_before_a_window() -> None:
    dataset = _header(VOILUTSequence=[_table(0, [0, 1023], bits=10)], WindowCenter=0, WindowWidth=1)
    assert apply_voi(np.array([0, 1, 9], np.uint16), dataset).tolist() == [0, 1, 1]
    with pytest.raises(IndexError) as raised:
        apply_voi(np.zeros(1, np.uint16), dataset, index=1)
    assert str(raised.value).startswith("No alternative 1 among the 1 of the file. Valid: 0 to 0. ")


def test_a_voi_table_of_signed_values_begins_below_zero() -> None:
    dataset = _header(VOILUTSequence=[_table(65_535, [0, 0, 255], bits=8)], RescaleSlope=1, RescaleIntercept=-1)
    assert apply_voi(np.array([-1, 0, 1], np.int16), dataset).tolist() == [0, 0, 1]


def test_without_table_and_window_the_range_without_padding_is_shown() -> None:
    dataset = _header(PixelPaddingValue=0, BitsAllocated=16, PixelRepresentation=0)
    assert apply_voi(np.array([0, 100, 150, 200], np.uint16), dataset).tolist() == [0, 0, 0.5, 1]
    assert apply_voi(np.zeros(3, np.uint16), dataset).max() == 0  # all padding


def test_presets_are_windows_in_hu() -> None:
    assert PRESETS["lung"] == Window(-600, 1500)
    assert all(window.width >= 1 for window in PRESETS.values())


def test_ybr_becomes_the_rgb_of_pydicom_to_the_value() -> None:
    ybr = np.random.default_rng(1).integers(0, 256, (60, 500, 3), np.uint8)
    np.testing.assert_array_equal(ybr_to_rgb(ybr), convert_color_space(ybr, "YBR_FULL", "RGB"))
    wide = ybr.astype(np.uint16) << 4  # 12 bits
    assert np.abs(ybr_to_rgb(wide, 12).astype(int) - (ybr_to_rgb(ybr).astype(int) << 4)).max() <= 16


@settings(max_examples=examples(30), deadline=None)
@given(arrays(np.int16, 6, elements=st.integers(-2048, 2047)))
def test_inverting_twice_gives_the_image_back(values: np.ndarray) -> None:
    np.testing.assert_array_equal(invert(invert(values, -2048, 2047), -2048, 2047), values)
    floats = values.astype(np.float32)
    np.testing.assert_array_equal(invert(invert(floats, -2048, 2047), -2048, 2047), floats)


def test_values_beyond_the_stored_range_do_not_wrap_when_inverted() -> None:
    assert invert(np.array([0, 4095, 5000], np.uint16), 0, 4095).tolist() == [4095, 0, 0]


@pytest.mark.filterwarnings("ignore")
def test_a_palette_gives_pydicoms_colors(bundled: Bundled) -> None:
    dataset, description = open_dataset(bundled("examples_palette.dcm"))
    indexes = decode_frames(bundled("examples_palette.dcm"), description)[0]
    np.testing.assert_array_equal(to_rgb(indexes, description, dataset), apply_color_lut(indexes, dataset))


def _palette(segments: list[int], n: int, bits: int) -> pydicom.Dataset:
    dataset = pydicom.Dataset()
    for color in ("Red", "Green", "Blue"):
        setattr(dataset, f"{color}PaletteColorLookupTableDescriptor", [n, 0, bits])
        data = np.asarray(segments, np.uint8 if bits == 8 else "<u2").tobytes()
        dataset.add_new(f"Segmented{color}PaletteColorLookupTableData", "OW", data)
    return dataset


@pytest.mark.parametrize("bits", [8, 16])
def test_segments_are_discrete_linear_or_indirect(bits: int) -> None:
    # discrete 0 10; linear, 4 steps to 50; indirect: the first two segments again (offset 0), from 50
    offset = [0, 0, 0, 0] if bits == 8 else [0, 0]
    dataset = _palette([0, 2, 0, 10, 1, 4, 50, 2, 2, *offset], 12, bits)
    red, _, _ = palette_of(dataset, signed=False)
    assert red.entries.tolist() == [0, 10, 20, 30, 40, 50, 0, 10, 20, 30, 40, 50]


def test_a_segment_out_of_place_is_refused() -> None:
    with pytest.raises(PixelDataError, match=r"^A segmented palette has a segment that may not stand where it does\. "):
        palette_of(_palette([1, 4, 50], 4, 8), signed=False)
    with pytest.raises(PixelDataError, match=r"^A segmented palette gives 2 entries of 9\. As many were expected "):
        palette_of(_palette([0, 2, 1, 2], 9, 8), signed=False)


def _described(bundled: Bundled, **changes: Any) -> Any:
    import dataclasses

    return dataclasses.replace(open_dataset(bundled("CT_small.dcm"))[1], **changes)


def test_grey_asks_before_it_drops_color() -> None:
    rgb = np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)
    with pytest.raises(PixelDataError) as raised:
        grey_of_rgb(rgb, from_color=False)
    assert str(raised.value) == (
        "The image is in color, where grey was expected. Grey are MONOCHROME1, MONOCHROME2 and color of three equal "
        "samples. "
        "Pass color='grey' to convert it to luminance, or leave it out."
    )
    grey, done = grey_of_rgb(rgb, from_color=True)
    assert grey.tolist() == [[76, 29]]  # 0.299 · 255 = 76.2, 0.114 · 255 = 29.1
    assert done == "Color was converted to luminance (0.299 R + 0.587 G + 0.114 B)."


def test_equal_samples_are_grey_without_asking() -> None:
    grey, done = grey_of_rgb(np.full((2, 2, 3), 9, np.uint8), from_color=False)
    assert (grey.tolist(), done) == ([[9, 9], [9, 9]], "The three equal samples of each pixel became one.")


def test_inverting_mirrors_the_stored_range() -> None:
    assert invert(np.array([[0, 4095]], np.uint16), 0, 4095).tolist() == [[4095, 0]]


def test_a_supplemental_palette_colors_the_values_from_its_first_on(bundled: Bundled) -> None:
    dataset = _header(PixelPresentation="COLOR", WindowCenter=1, WindowWidth=2, VOILUTFunction="LINEAR_EXACT")
    for color, value in (("Red", 65_280), ("Green", 256), ("Blue", 0)):
        setattr(dataset, f"{color}PaletteColorLookupTableDescriptor", [1, 2, 16])
        dataset.add_new(f"{color}PaletteColorLookupTableData", "OW", np.array([value], "<u2").tobytes())
    rgb = to_rgb(np.array([[0, 1, 2]], np.uint16), _described(bundled, photometric="MONOCHROME2"), dataset)
    assert rgb.tolist() == [[[0, 0, 0], [128, 128, 128], [255, 1, 0]]]


def test_grey_becomes_color_by_the_files_own_window(bundled: Bundled) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = _header(WindowCenter=50, WindowWidth=100, VOILUTFunction="LINEAR_EXACT")
    rgb = to_rgb(np.array([[0, 100]], np.int16), _described(bundled, photometric="MONOCHROME1"), dataset)
    assert rgb.tolist() == [[[255] * 3, [0] * 3]]
