"""What keeps files from being a volume is corrected and flagged, or refused with what to do."""

import numpy as np
import pytest
from pydicom.uid import MRImageStorage, SecondaryCaptureImageStorage

from workbench.imaging.volumes.findings import SeriesError
from workbench.imaging.volumes.series import read_series

RIGHT = "A volume is read from parallel slices of one kind, each at a place of its own, evenly spaced."
CORRECT = 'Pass on_problem="correct" to have this corrected and flagged.'
LOCALIZER = {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"], "ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}


def _refusal(paths, **options) -> str:
    with pytest.raises(SeriesError) as caught:
        read_series(paths, **options)
    return str(caught.value)


def _flags_and_refusal(paths, words: str, correction: str) -> None:
    """Hold both ways of meeting one finding to their whole sentences."""
    assert read_series(paths).flags == (f"{words} {correction}",)
    assert _refusal(paths, on_problem="refuse") == f"{words} {RIGHT} {CORRECT}"


def test_a_tilted_gantry_is_sheared_and_its_padding_fills_the_corners(write_slices):
    # 26.565° has a tangent of 0.5: one 0.5 mm row more for every mm along the normal.
    places = [[0, 0.5 * nth, nth] for nth in range(3)]
    paths = write_slices(places, PixelPaddingValue=0)
    words = "The slices lie along a line tilted 26.6° against their normal, as with a tilted gantry."
    correction = "Each was shifted in its plane (linear interpolation), so that the axes are at right angles."
    _flags_and_refusal(paths, words, correction)
    volume = read_series(paths)
    assert volume.shape == (3, 8, 8)
    for nth in range(3):
        expected = 100 * nth + 10 * np.arange(6)[:, None] + np.arange(8) - 1024
        assert (volume.array[nth, nth : nth + 6] == expected).all()
    assert volume.array[2, 0, 0] == volume.padding_value == -1024
    assert volume.provenance["slice_shifts_pixels"] == ((0.0, 0.0), (1.0, 0.0), (2.0, 0.0))
    assert volume.provenance["slice_positions_mm"] == (0.0, 1.0, 2.0)


def test_a_missing_slice_is_interpolated_between_its_neighbors(write_slices):
    paths = write_slices([0, 3, 6, 12])
    words, correction = "1 slice of 5 is missing, in 1 gap.", "They were interpolated between their neighbors (linear)."
    _flags_and_refusal(paths, words, correction)
    volume = read_series(paths)
    assert volume.spacing_mm == (3.0, 0.5, 0.75)
    assert volume.array[:, 0, 0].tolist() == [-1024, -924, -824, -774, -724]  # 100 a file, half of it for the gap


def test_an_exact_copy_is_taken_once_whatever_its_uid(write_slices):
    second, fourth = (100 * nth + 10 * np.arange(6)[:, None] + np.arange(8) for nth in (1, 3))
    each = {2: {"SOPInstanceUID": "1.2.3.4.2", "values": second}, 4: {"values": fourth}}
    paths = write_slices([0, 3, 3, 6, 6], each=each)
    _flags_and_refusal(paths, "Files 3, 5: exact copies of other slices.", "Each slice was taken once.")
    assert read_series(paths).shape == (3, 6, 8)


@pytest.mark.parametrize(
    "other", [{"values": np.full((6, 8), 7)}, {"RescaleIntercept": -500}], ids=["pixels", "rescale"]
)
def test_images_that_differ_are_no_copies_though_they_share_a_uid(write_slices, other):
    values = 100 + 10 * np.arange(6)[:, None] + np.arange(8)
    each = {2: {"SOPInstanceUID": "1.2.3.4.2", "values": values, **other}}
    assert _refusal(write_slices([0, 3, 3, 6], each=each, InstanceNumber=1)) == (
        "Up to 2 different images lie at 1 of 3 places. "
        f"{RIGHT} No kept attribute tells them apart. Pass a list of the files of one volume."
    )


def test_echoes_at_the_same_places_are_told_apart_and_one_is_chosen(write_slices):
    echoes = {nth: {"EchoTime": 5 if nth < 3 else 30, "EchoNumbers": nth // 3 + 1} for nth in range(6)}
    paths = write_slices([0, 3, 6] * 2, each=echoes, Modality="MR", SOPClassUID=MRImageStorage)
    assert _refusal(paths) == (
        "Up to 2 different images lie at 3 of 3 places. They differ in EchoNumbers (1, 2). "
        f'{RIGHT} Choose with where={{"EchoNumbers": 1}} or another of these.'
    )
    volume = read_series(paths, where={"EchoTime": 30})
    assert volume.shape == (3, 6, 8)
    assert volume.source.sop_uids == ("1.2.3.4.4", "1.2.3.4.5", "1.2.3.4.6")


def test_two_attributes_are_named_where_one_does_not_tell_images_apart(write_slices):
    kinds = [(echo, part) for echo in (5, 30) for part in ("M", "P")]
    each = {
        2 * nth + place: {"EchoTime": echo, "ImageType": ["ORIGINAL", "PRIMARY", part], "InstanceNumber": 1}
        for nth, (echo, part) in enumerate(kinds)
        for place in range(2)
    }
    paths = write_slices([0, 3] * 4, each=each)
    refusal = _refusal(paths)
    assert (
        "They differ in EchoTime (5.0, 30.0) and ImageType ('ORIGINAL\\\\PRIMARY\\\\M', 'ORIGINAL\\\\PRIMARY\\\\P')."
        in refusal
    )
    assert read_series(paths, where={"EchoTime": 5, "ImageType": "ORIGINAL\\PRIMARY\\P"}).shape == (2, 6, 8)


def test_different_images_that_nothing_tells_apart_are_refused(write_slices):
    paths = write_slices([0, 3, 3], InstanceNumber=1)
    assert _refusal(paths) == (
        "Up to 2 different images lie at 1 of 2 places. "
        f"{RIGHT} No kept attribute tells them apart. Pass a list of the files of one volume."
    )


def test_a_value_that_no_image_has_names_those_that_are_there(write_slices):
    paths = write_slices([0, 3], EchoTime=5)
    with pytest.raises(LookupError) as caught:
        read_series(paths, where={"EchoTime": 7})
    assert str(caught.value) == "No image has EchoTime 7. There are 5.0. Pass where= with one of these."


def test_localizers_and_captures_among_the_slices_are_left_out(write_slices):
    each = {1: LOCALIZER, 3: {"SOPClassUID": SecondaryCaptureImageStorage}}
    paths = write_slices([0, 1, 3, 4, 6], each=each)
    volume = read_series(paths)
    assert volume.shape == (3, 6, 8)
    assert volume.flags == (
        "Among the slices is 1 localizer (file 2). Left out.",
        "Among the slices is 1 secondary capture (file 4). Left out.",
    )
    assert _refusal(paths, on_problem="refuse") == (
        f"Among the slices is 1 localizer (file 2). Among the slices is 1 secondary capture (file 4). {RIGHT} {CORRECT}"
    )


def test_a_series_of_localizers_only_is_read(write_slices):
    paths = write_slices([[0, 0, 0], [3, 0, 0]], **LOCALIZER)
    assert read_series(paths).direction[0] == (-1.0, 0.0, 0.0)


def test_mixed_orientations_are_listed_and_one_is_chosen(write_slices):
    each = {2: {"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}}
    paths = write_slices([0, 3, 6], each=each)
    assert _refusal(paths) == (
        "ImageOrientationPatient differs within the series: "
        "(1, 0, 0, 0, 1, 0) (2 files), (0, 1, 0, 0, 0, -1) (1 file). "
        f'{RIGHT} Choose with where={{"ImageOrientationPatient": (1, 0, 0, 0, 1, 0)}} or another of these.'
    )
    assert read_series(paths, where={"ImageOrientationPatient": (1, 0, 0, 0, 1, 0)}).shape == (2, 6, 8)


def test_mixed_sizes_and_spacings_are_refused_together(write_slices):
    other = {"Rows": 4, "PixelSpacing": [1, 1], "values": np.zeros((4, 8))}
    assert _refusal(write_slices([0, 3, 6], each={1: other})) == (
        "Rows differs within the series: 6 (2 files), 4 (1 file). "
        "PixelSpacing differs within the series: (0.5, 0.75) (2 files), (1, 1) (1 file). "
        f'{RIGHT} Choose with where={{"Rows": 6}} or another of these. '
        'Choose with where={"PixelSpacing": (0.5, 0.75)} or another of these.'
    )


def test_a_single_slice_has_its_thickness_as_spacing(write_slices):
    paths = write_slices([5])
    _flags_and_refusal(paths, "A single slice; SliceThickness gives the spacing.", "It is 3 mm.")
    assert read_series(paths).spacing_mm == (3.0, 0.5, 0.75)


def test_a_single_slice_without_thickness_has_no_spacing(write_slices):
    paths = write_slices([5], SliceThickness=None)
    _flags_and_refusal(paths, "A single slice, of unstated thickness.", "The spacing is left unknown.")
    assert read_series(paths).spacing_mm is None


def test_without_positions_slices_follow_their_numbers_and_nothing_is_claimed_of_space(write_slices):
    each = {0: {"InstanceNumber": 2}, 1: {"InstanceNumber": 1}}
    paths = write_slices([0, 3], each=each, ImagePositionPatient=None)
    words = "No file states a usable ImagePositionPatient and ImageOrientationPatient."
    correction = "The slices follow InstanceNumber; where they lie in the patient is unknown."
    _flags_and_refusal(paths, words, correction)
    volume = read_series(paths)
    assert volume.spacing_mm is None
    assert volume.array[:, 0, 0].tolist() == [100 - 1024, -1024]


def test_the_few_files_without_a_position_are_left_out(write_slices):
    paths = write_slices([0, 3, 6, 9, 12], each={4: {"ImagePositionPatient": None}})
    _flags_and_refusal(paths, "File 5 of 5 without a usable position or orientation.", "Left out.")
    assert read_series(paths).shape == (4, 6, 8)


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ([0, 0], "PixelSpacing is 0 × 0 mm, which no image can have."),
        ([1e9, 1e9], "PixelSpacing is 1e+09 × 1e+09 mm, which no image can have."),
        ([-0.5, 0.5], "PixelSpacing is -0.5 × 0.5 mm, which no image can have."),
        (None, "PixelSpacing is not stated, or is no number."),
    ],
    ids=["zero", "huge", "negative", "absent"],
)
def test_an_absurd_spacing_is_left_unknown(write_slices, stated, words):
    paths = write_slices([0, 3], PixelSpacing=stated)
    _flags_and_refusal(paths, words, "The spacing is left unknown.")
    assert read_series(paths).spacing_mm is None


def test_slices_a_million_kilometers_apart_have_no_spacing(write_slices):
    paths = write_slices([0, 1e9])
    _flags_and_refusal(
        paths, "The slices lie 1e+09 mm apart, which no volume can have.", "The spacing is left unknown."
    )


def test_slices_of_padding_only_are_flagged(write_slices):
    paths = write_slices([0, 3, 6], each={1: {"values": np.zeros((6, 8))}})
    _flags_and_refusal(paths, "1 of 3 slices holds a single value.", "Left as they are.")
    nothing = write_slices([0, 3], values=np.zeros((6, 8)), folder="nothing")
    _flags_and_refusal(nothing, "Every slice holds a single value: padding, no image.", "Left as it is.")


def test_a_slice_that_ends_early_is_left_out_and_its_gap_interpolated(write_slices):
    paths = write_slices([0, 3, 6, 9, 12])
    paths[2].write_bytes(paths[2].read_bytes()[:-50])
    volume = read_series(paths)
    assert volume.shape == (5, 6, 8)
    assert volume.flags == (
        "File 3 of 5 cannot be read: its pixels end early. Left out.",
        "1 slice of 5 is missing, in 1 gap. They were interpolated between their neighbors (linear).",
    )
    assert volume.array[2, 0, 0] == 200 - 1024
    assert (
        _refusal(paths, on_problem="refuse") == f"File 3 of 5 cannot be read: its pixels end early. {RIGHT} {CORRECT}"
    )


def test_a_series_of_which_most_cannot_be_read_is_refused(write_slices):
    paths = write_slices([0, 3, 6])
    for path in paths[:2]:
        path.write_bytes(path.read_bytes()[:-50])
    assert _refusal(paths) == (
        f"Files 1, 2 of 3 cannot be read: its pixels end early. {RIGHT} "
        "Fetch the files again, or pass a list of those that are whole."
    )


def test_a_file_with_the_ending_of_slices_that_is_no_dicom_is_flagged(write_slices):
    paths = write_slices([0, 3])
    (paths[0].parent / "broken.dcm").write_bytes(b"nothing")
    (paths[0].parent / "notes.txt").write_text("no slice by its name")
    volume = read_series(paths[0].parent)
    assert volume.flags[0].startswith("1 of 4 files cannot be read as DICOM: ")
    assert volume.flags[0].endswith(" (1). Left out.")


def test_a_header_that_claims_gigabytes_is_refused_without_taking_the_memory(write_slices):
    paths = write_slices([0, 3], Rows=65535, Columns=65535, values=np.zeros((6, 8)))
    assert "cannot be read" in _refusal(paths)


def test_color_slices_are_refused(write_slices):
    attributes = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0}
    paths = write_slices([0, 3], BitsAllocated=8, BitsStored=8, HighBit=7, values=np.zeros((6, 8, 3)), **attributes)
    assert _refusal(paths) == (
        f"Files 1, 2: color, with several samples a pixel. {RIGHT} Read such images one by one with read_image."
    )


def test_a_slope_of_zero_is_refused(write_slices):
    assert _refusal(write_slices([0, 3], each={1: {"RescaleSlope": 0}})) == (
        f"File 2: a RescaleSlope of 0. {RIGHT} Read the stored values with pydicom, if they are all that is wanted."
    )


def test_a_file_without_a_size_is_left_out(write_slices):
    paths = write_slices([0, 3, 6, 9, 12], each={4: {"Rows": None}})
    _flags_and_refusal(paths, "File 5 of 5 without Rows or Columns.", "Left out.")
    assert _refusal(write_slices([0], Rows=None, folder="one")) == (
        f"File 1 of 1 without Rows or Columns. {RIGHT} Leave such files out, or pass a list of those that are whole."
    )


def test_an_attribute_that_headers_do_not_keep_is_read_from_the_files(write_slices):
    b_values = {nth: {"DiffusionBValue": 0.0 if nth < 3 else 1000.0, "InstanceNumber": 1} for nth in range(6)}
    paths = write_slices([0, 3, 6] * 2, each=b_values)
    assert _refusal(paths) == (
        "Up to 2 different images lie at 3 of 3 places. They differ in DiffusionBValue (0.0, 1000.0). "
        f'{RIGHT} Choose with where={{"DiffusionBValue": 0.0}} or another of these.'
    )
    assert read_series(paths, where={"DiffusionBValue": 1000}).shape == (3, 6, 8)


def test_a_misspelled_attribute_names_the_nearest(write_slices):
    with pytest.raises(LookupError, match="Did you mean 'EchoTime'"):
        read_series(write_slices([0, 3]), where={"EchoTme": 5})


def test_two_acquisitions_between_each_other_are_not_mixed(write_slices):
    each = {nth: {"AcquisitionNumber": 1 if nth < 4 else 2} for nth in range(8)}
    paths = write_slices([0, 3, 6, 9, 1, 4, 7, 10], each=each)
    assert _refusal(paths) == (
        "The images of each AcquisitionNumber (1, 2) are an even stack of their own. "
        f'{RIGHT} Choose with where={{"AcquisitionNumber": 1}} or another of these.'
    )
    assert read_series(paths, where={"AcquisitionNumber": 2}).origin_mm == (0.0, 0.0, 1.0)
