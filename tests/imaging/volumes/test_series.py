"""A folder of slices is read as one volume in physical units; pydicom and NumPy say what is right."""

import os
import tracemalloc

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian, RLELossless

from workbench.imaging.headers import index_folder, read_headers
from workbench.imaging.volumes.findings import SeriesError
from workbench.imaging.volumes.series import read_series
from workbench.phantoms.chest import write_chest_ct

RIGHT = "A volume is read from parallel slices of one kind, each at a place of its own, evenly spaced."


def _expected(paths) -> np.ndarray:
    """Return what pydicom and NumPy give: sorted along z, rescaled, in float64."""
    slices = sorted(map(pydicom.dcmread, paths), key=lambda one: float(one.ImagePositionPatient[2]))
    return np.stack([one.pixel_array * float(one.RescaleSlope) + float(one.RescaleIntercept) for one in slices])


def test_a_phantom_series_equals_pydicom_and_numpy_to_the_last_bit(tmp_path):
    paths = write_chest_ct(tmp_path, n_slices=5, n_pixels=64)
    volume = read_series(tmp_path)
    assert volume.array.dtype == np.int16
    assert (volume.array == _expected(paths)).all()
    assert (volume.units, volume.modality, volume.flags) == ("HU", "CT", ())


def test_everything_that_is_known_of_a_series_comes_with_it(write_slices):
    paths = write_slices([6, 0, 3])
    volume = read_series(paths[0].parent)
    assert volume.spacing_mm == (3.0, 0.5, 0.75)
    assert volume.origin_mm == (0.0, 0.0, 0.0)
    assert volume.direction == ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))
    assert volume.windows == ((40.0, 400.0), (-600.0, 1500.0))
    assert (volume.source.study_uid, volume.source.series_uid) == ("1.2.3.1", "1.2.3.2")
    assert volume.source.sop_uids == ("1.2.3.4.2", "1.2.3.4.3", "1.2.3.4.1")
    assert volume.source.shape == (3, 6, 8)
    assert (volume.index_to_source == np.eye(4)).all()
    assert volume.provenance["reader"] == "read by position"
    assert volume.provenance["headers"] == {"walker": 3}
    # Slice 0 is the second file: 100 · 1 + 10 · row + column − 1024.
    assert volume.array[0, 2, 3] == 100 + 20 + 3 - 1024


@pytest.mark.parametrize(
    ("syntax", "attributes"),
    [
        (ImplicitVRLittleEndian, {}),
        (ExplicitVRBigEndian, {}),
        (None, {"PixelRepresentation": 1, "BitsStored": 16, "HighBit": 15}),
        (None, {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "values": np.arange(48).reshape(6, 8)}),
        (None, {"BitsAllocated": 32, "BitsStored": 32, "HighBit": 31}),
    ],
    ids=["implicit", "big endian", "signed", "8 bits", "32 bits"],
)
def test_every_way_of_storing_pixels_as_they_are_equals_pydicom(write_slices, syntax, attributes):
    paths = write_slices([0, 3, 6], **({"syntax": syntax} if syntax else {}), **attributes)
    assert (read_series(paths).array == _expected(paths)).all()


def test_bits_above_the_stored_ones_are_no_part_of_the_value(write_slices):
    # 4095 is the greatest 12-bit value; older files keep an overlay in the bits above.
    paths = write_slices([0, 3], values=np.full((6, 8), 0xF000 + 7))
    assert (read_series(paths).array == 7 - 1024).all()


def test_negative_values_of_12_stored_bits_keep_their_sign(write_slices):
    # −3 in 12 bits is 0xFFD; the bits above are clear here.
    paths = write_slices([0, 3], PixelRepresentation=1, values=np.full((6, 8), 0x0FFD), RescaleIntercept=0)
    assert (read_series(paths).array == -3).all()


def test_a_compressed_series_equals_the_same_series_uncompressed(write_slices, tmp_path):
    plain = write_slices([0, 3, 6])
    for path in plain:
        image = pydicom.dcmread(path)
        image.compress(RLELossless, generate_instance_uid=False)
        (tmp_path / "coded").mkdir(exist_ok=True)
        image.save_as(tmp_path / "coded" / path.name)
    volume = read_series(tmp_path / "coded")
    assert (volume.array == read_series(plain).array).all()
    assert volume.provenance["reader"] == "decoded"


def test_slopes_of_their_own_as_in_pet_give_float32(write_slices):
    each = {nth: {"RescaleSlope": 0.37 * (nth + 1)} for nth in range(3)}
    paths = write_slices([0, 3, 6], each=each, RescaleIntercept=0)
    volume = read_series(paths)
    assert volume.array.dtype == np.float32
    assert volume.array == pytest.approx(_expected(paths), rel=1e-6)
    assert volume.provenance["rescale"] == "slope and intercept, one pair a slice"


def test_whole_intercepts_of_their_own_stay_int16(write_slices):
    paths = write_slices([0, 3], each={1: {"RescaleIntercept": -1000}})
    volume = read_series(paths)
    assert volume.array.dtype == np.int16
    assert (volume.array == _expected(paths)).all()


def test_values_beyond_int16_give_float32_and_are_not_wrapped(write_slices):
    values = np.full((6, 8), 60_000)
    paths = write_slices([0, 3], BitsStored=16, HighBit=15, values=values)
    volume = read_series(paths)
    assert volume.array.dtype == np.float32
    assert (volume.array == 60_000 - 1024).all()


@pytest.mark.parametrize(("slope", "intercept"), [(1, -(10**9)), (0.001, -(10**6))])
def test_values_of_32_bits_are_exact_until_the_intercept_is_added(write_slices, slope, intercept):
    values = 10**9 + np.arange(48).reshape(6, 8) * 1001
    layout = {"BitsAllocated": 32, "BitsStored": 32, "HighBit": 31}
    paths = write_slices([0, 3], values=values, RescaleSlope=slope, RescaleIntercept=intercept, **layout)
    assert read_series(paths).array == pytest.approx(_expected(paths), rel=1e-6, abs=1e-4)


def _padded() -> dict:
    """Return slices whose first two rows are padding: −2000 and −1500 as stored."""
    values = 10 * np.arange(6)[:, None] + np.arange(8)
    values[0], values[1] = -2000, -1500
    return {"PixelRepresentation": 1, "BitsStored": 16, "HighBit": 15, "values": values}


def test_a_range_of_padding_becomes_one_value(write_slices):
    paths = write_slices([0, 3], PixelPaddingValue=-2000, PixelPaddingRangeLimit=-1000, **_padded())
    volume = read_series(paths)
    assert volume.padding_value == -3024
    assert (volume.array[:, :2] == -3024).all()
    assert (volume.array[:, 2:] == _expected(paths)[:, 2:]).all()
    assert volume.flags == ("Padding is a range of values (PixelPaddingRangeLimit). All of it was set to -3024.",)


@pytest.mark.parametrize("tilt", [0.0, 0.5], ids=["in place", "tilted"])
def test_padding_that_means_another_value_in_each_slice_becomes_one_value(write_slices, tilt):
    each = {nth: {"RescaleSlope": 1 + nth / 10} for nth in range(3)}
    paths = write_slices([[0, tilt * nth, nth] for nth in range(3)], PixelPaddingValue=-2000, each=each, **_padded())
    volume = read_series(paths)
    assert volume.padding_value == -3024
    for nth in range(3):
        assert (volume.array[nth, nth * (tilt > 0)] == -3024).all()
    assert volume.flags[-1] == ("Padding is another value in some slices than in others. All of it was set to -3024.")


def test_padding_equals_its_pixels_where_slopes_are_fractions(write_slices):
    paths = write_slices([0, 3], PixelPaddingValue=-2000, RescaleSlope="0.1", RescaleIntercept="-3.3", **_padded())
    volume = read_series(paths)
    assert (volume.array[:, 0] == volume.padding_value).all()
    assert volume.flags == ()


def test_16_bit_values_that_fit_stay_int16(write_slices):
    paths = write_slices([0, 3], BitsStored=16, HighBit=15)
    assert read_series(paths).array.dtype == np.int16


@pytest.mark.parametrize("known", ["headers", "index"])
def test_what_was_read_before_is_not_read_again(write_slices, known):
    paths = write_slices([0, 3, 6])
    folder = paths[0].parent
    given = read_headers(paths) if known == "headers" else index_folder(folder, progress=False)
    expected = read_series(folder).array
    assert (read_series(folder, **{known: given}).array == expected).all()


def test_an_index_gives_the_series_of_one_of_its_folders(write_slices):
    write_slices([0, 3], folder="both/one")
    second = write_slices([0, 3, 6], folder="both/two", SeriesInstanceUID="1.2.3.9")
    index = index_folder(second[0].parents[1], progress=False)
    assert read_series(second[0].parent, index=index).shape == (3, 6, 8)
    assert read_series(index, series_uid="1.2.3.9").shape == (3, 6, 8)
    with pytest.raises(LookupError) as caught:
        read_series(second[0].parents[2] / "elsewhere", index=index)
    assert str(caught.value) == (
        "None of the 5 files of the index lies at elsewhere. Right would be the folder that was indexed, or one in it, "
        "spelled the same way. Index it with index_folder."
    )


def test_threads_read_the_same(write_slices, monkeypatch):
    monkeypatch.setattr("workbench.imaging.volumes.filling._WORTH_THREADS", 0)
    paths = write_slices(range(0, 21, 3))
    assert (read_series(paths, workers=3).array == _expected(paths)).all()
    slopes = write_slices(range(0, 21, 3), RescaleSlope=0.5, folder="slopes")
    assert read_series(slopes, workers=3).array == pytest.approx(_expected(slopes))


def test_a_progress_bar_ends_at_the_number_of_slices(write_slices, capsys):
    read_series(write_slices([0, 3, 6]), progress=True)
    assert "3/3" in capsys.readouterr().err


def test_several_series_are_listed_without_names_and_one_is_chosen_by_number(write_slices):
    write_slices([0, 3], folder="both")
    paths = write_slices([0, 3, 6], folder="both/second", SeriesInstanceUID="1.2.3.9", Modality="PT", Units="BQML")
    folder = paths[0].parents[1]
    listing = "1: CT, 2 files, 6 × 8; 2: PT, 3 files, 6 × 8"
    with pytest.raises(SeriesError) as caught:
        read_series(folder)
    assert str(caught.value) == (
        f"There are 2 series here, and a volume is one. {listing}. "
        "Pass series= with one of these numbers, or series_uid=."
    )
    assert read_series(folder, series=1).shape == (2, 6, 8)
    with pytest.raises(LookupError) as caught:
        read_series(folder, series=3)
    assert str(caught.value) == f"There is no series 3. {listing}. Pass series= with one of these numbers."
    with pytest.raises(LookupError) as caught:
        read_series(folder, series_uid="9.9")
    assert str(caught.value) == (
        f"None of the 2 series here has the UID that was asked for. {listing}. Pass series= with one of these numbers."
    )


def test_a_folder_without_images_says_what_to_do(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(LookupError) as caught:
        read_series(tmp_path)
    assert str(caught.value) == (
        "No file of 1 is a DICOM image. It does not begin as a DICOM file does (1). "
        "Right would be a folder, a file or a list of files with pixels. "
        "Run `workbench index` on the folder to see every file's reason."
    )
    with pytest.raises(LookupError) as caught:
        read_series([])
    assert str(caught.value) == (
        "There is no file here. Right would be a folder, a file or a list of files with pixels. "
        "Run `workbench index` on the folder to see every file's reason."
    )


def test_a_source_that_is_no_path_says_what_would_be_one():
    with pytest.raises(TypeError) as caught:
        read_series(5)
    assert str(caught.value) == (
        "The source is int. Right would be a path, a list of paths or an index. Pass one of these."
    )


def test_a_path_without_anything_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        read_series(tmp_path / "nowhere")
    assert str(caught.value) == "There is nothing at nowhere. Right would be a folder or a file. Check the path."


def test_a_url_is_refused_with_the_way_to_fetch():
    with pytest.raises(ValueError, match="URL") as caught:
        read_series("s3://bucket/series")
    assert str(caught.value) == (
        "A volume is read from files on this machine, and this is a URL. "
        "Fetch the series first: `workbench cohort fetch`, or index_folder for its headers alone."
    )


def test_an_unknown_way_with_problems_is_refused(write_slices):
    with pytest.raises(ValueError, match="on_problem") as caught:
        read_series(write_slices([0]), on_problem="ignore")
    assert str(caught.value) == "on_problem is 'ignore'. Valid: 'correct', 'refuse'. Pass one of these."


def test_no_message_or_flag_holds_a_name_an_identifier_or_free_text(write_slices):
    paths = write_slices([0, 3, 3, 9], each={1: {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}})
    volume = read_series(paths)
    said = " ".join(volume.flags) + repr(volume)
    with pytest.raises(SeriesError) as caught:
        read_series(paths, on_problem="refuse")
    assert "SECRET" not in said + str(caught.value)
    assert "1.2.3" not in said + str(caught.value)


@pytest.mark.parametrize(
    ("attributes", "tilt"), [({}, 0.0), ({"RescaleSlope": 0.5}, 0.0), ({}, 0.5)], ids=["in place", "float32", "tilted"]
)
def test_a_series_is_never_held_twice(write_slices, attributes, tilt):
    # 96 slices of 64 × 64: beside the volume only a slab of 16 slices and a few planes are held.
    values = np.arange(64 * 64).reshape(64, 64) % 4096
    places = [[0, tilt * nth, nth] for nth in range(96)]
    headers = read_headers(write_slices(places, Rows=64, Columns=64, values=values, **attributes))
    read_series(None, headers=headers)
    tracemalloc.start()
    volume = read_series(None, headers=headers)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert volume.array.nbytes < peak < 1.5 * volume.array.nbytes


def test_a_compressed_series_with_a_tilt_and_a_gap_equals_the_uncompressed_one(write_slices, tmp_path):
    plain = write_slices([[0, 0.3 * nth, nth] for nth in (0, 1, 2, 4, 5)])
    for path in plain:
        image = pydicom.dcmread(path)
        image.compress(RLELossless, generate_instance_uid=False)
        (tmp_path / "coded").mkdir(exist_ok=True)
        image.save_as(tmp_path / "coded" / path.name)
    coded, expected = read_series(tmp_path / "coded"), read_series(plain)
    assert coded.shape[0] == 6
    assert (coded.array == expected.array).all()
    assert coded.flags == expected.flags


def test_values_through_a_lookup_table_are_refused(make_slice, save_slice, tmp_path):
    table = Dataset()
    table.LUTDescriptor, table.ModalityLUTType = [2, 0, 16], "US"
    table.add_new(0x00283006, "US", [0, 100])  # LUTData
    image = make_slice(0, [0, 0, 0], RescaleSlope=None, RescaleIntercept=None, RescaleType=None)
    image.ModalityLUTSequence = Sequence([table])
    save_slice(image, tmp_path / "one.dcm")
    with pytest.raises(SeriesError) as caught:
        read_series(tmp_path)
    assert str(caught.value) == (
        "The values go through a Modality LUT, where slope and intercept would be right for a volume. "
        "Read such images one by one with read_image."
    )


def test_pet_states_its_units_and_magnetic_resonance_has_none(write_slices):
    each = {nth: {"RescaleSlope": 0.5 + nth} for nth in range(2)}
    activity = write_slices([0, 3], Modality="PT", Units="BQML", RescaleIntercept=0, RescaleType=None, each=each)
    assert read_series(activity).units == "Bq/ml"
    signal = write_slices(
        [0, 3], Modality="MR", RescaleIntercept=None, RescaleSlope=None, RescaleType=None, folder="mr"
    )
    assert (read_series(signal).units, read_series(signal).array.dtype) == ("unknown units", np.int16)


@pytest.mark.real_data
@pytest.mark.skipif("WORKBENCH_TEST_DATA" not in os.environ, reason="WORKBENCH_TEST_DATA names no folder of images")
@pytest.mark.parametrize("patient", ["LIDC-IDRI-0001", "LIDC-IDRI-0002", "LIDC-IDRI-0003"])
def test_a_scanner_s_series_equals_pydicom(patient):
    from pathlib import Path

    folder = Path(os.environ["WORKBENCH_TEST_DATA"]) / "ct_lidc_slices" / patient
    volume = read_series(folder)
    assert (volume.array == _expected(folder.glob("*.dcm"))).all()
