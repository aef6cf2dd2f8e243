"""Frames of one file are slices where the file says where they lie."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import EnhancedCTImageStorage, NuclearMedicineImageStorage, RLELossless, RTDoseStorage

from workbench.imaging.volumes.findings import SeriesError
from workbench.imaging.volumes.series import read_series

RIGHT = "A volume is read from parallel slices of one kind, each at a place of its own, evenly spaced."


def _item(**attributes) -> Sequence:
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return Sequence([item])


@pytest.fixture
def enhanced(make_slice, save_slice, tmp_path):
    """Return a function that writes the parts of an enhanced CT that matter: 6 × 8 pixels, 100 · frame."""

    def write(places, *, slopes=None, phases=None, types=None, without=()) -> Path:
        image = make_slice(0, [0, 0, 0])
        for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness"):
            delattr(image, keyword)
        del image.RescaleIntercept, image.RescaleType, image.RescaleSlope
        image.SOPClassUID, image.NumberOfFrames = EnhancedCTImageStorage, len(places)
        shared = Dataset()
        shared.PixelMeasuresSequence = _item(PixelSpacing=[0.5, 0.75], SliceThickness=3)
        shared.PlaneOrientationSequence = _item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
        image.SharedFunctionalGroupsSequence = Sequence([shared])
        frames = []
        for nth, place in enumerate(places):
            frame = Dataset()
            frame.PlanePositionSequence = _item(ImagePositionPatient=[0, 0, place])
            slope = slopes[nth] if slopes else 1
            kind = types[nth] if types else "HU"
            if nth not in without:
                frame.PixelValueTransformationSequence = _item(
                    RescaleIntercept=-1024, RescaleSlope=slope, RescaleType=kind
                )
            frame.FrameContentSequence = _item(TemporalPositionIndex=phases[nth] if phases else 1)
            frames.append(frame)
        image.PerFrameFunctionalGroupsSequence = Sequence(frames)
        image.PixelData = (100 * np.arange(len(places))[:, None] + np.arange(48)).astype("<u2").tobytes()
        return save_slice(image, tmp_path / "enhanced.dcm")

    return write


@pytest.fixture
def nuclear(make_slice, save_slice, tmp_path):
    """Return a function that writes a nuclear medicine image: its first frame's place, and steps."""

    def write(kind: str, **attributes) -> Path:
        image = make_slice(0, [0, 0, 0], Modality="NM", ImagePositionPatient=None, ImageOrientationPatient=None)
        image.SOPClassUID, image.NumberOfFrames = NuclearMedicineImageStorage, 3
        image.ImageType = ["ORIGINAL", "PRIMARY", kind, "EMISSION"]
        image.SpacingBetweenSlices, image.SliceVector = -4, [1, 2, 3]
        image.DetectorInformationSequence = _item(
            ImagePositionPatient=[1, 2, 30], ImageOrientationPatient=[1, 0, 0, 0, 1, 0]
        )
        del image.RescaleIntercept, image.RescaleSlope, image.RescaleType
        for keyword, value in attributes.items():
            setattr(image, keyword, value)
        n = int(image.NumberOfFrames)
        image.PixelData = (100 * np.arange(n)[:, None] + np.arange(48)).astype("<u2").tobytes()
        return save_slice(image, tmp_path / "nuclear.dcm")

    return write


def test_frames_of_an_enhanced_ct_are_sorted_by_their_positions(enhanced):
    volume = read_series(enhanced([6, 0, 3]))
    assert volume.array[:, 0, 0].tolist() == [100 - 1024, 200 - 1024, -1024]
    assert volume.array.dtype == np.int16
    assert (volume.units, volume.spacing_mm, volume.flags) == ("HU", (3.0, 0.5, 0.75), ())
    assert volume.source.sop_uids == ("1.2.3.4.1",) * 3


def test_slopes_of_each_frame_are_applied(enhanced):
    volume = read_series(enhanced([0, 3, 6], slopes=[1, 2, 0.5]))
    assert volume.array[:, 0, 0].tolist() == [-1024, 200 - 1024, 100 - 1024]
    assert volume.array.dtype == np.float32


def test_phases_of_an_enhanced_image_are_told_apart_and_one_is_chosen(enhanced):
    path = enhanced([0, 3, 0, 3], phases=[1, 1, 2, 2])
    with pytest.raises(SeriesError) as caught:
        read_series(path)
    assert str(caught.value) == (
        "Up to 2 different images lie at 2 of 2 places. They differ in TemporalPositionIndex (1, 2). "
        f'{RIGHT} Choose with where={{"TemporalPositionIndex": 1}} or another of these.'
    )
    assert read_series(path, where={"TemporalPositionIndex": 2}).array[:, 0, 0].tolist() == [200 - 1024, 300 - 1024]


def test_a_missing_frame_is_interpolated(enhanced):
    volume = read_series(enhanced([0, 3, 6, 12]))
    assert volume.array[:, 0, 0].tolist() == [-1024, -924, -824, -774, -724]


def test_a_reconstructed_nm_image_steps_from_its_first_frame_against_the_normal(nuclear):
    # SpacingBetweenSlices −4: frames at z = 30, 26, 22 (PS3.3 C.8.4.15); sorted, the last comes first.
    volume = read_series(nuclear("RECON TOMO"))
    assert volume.array[:, 0, 0].tolist() == [200, 100, 0]
    assert (volume.origin_mm, volume.spacing_mm) == ((1.0, 2.0, 22.0), (4.0, 0.5, 0.75))
    assert volume.flags == (
        "The file states the place of the first frame only. The others follow along the normal, -4 mm apart.",
    )


def test_gated_nm_frames_are_told_apart_by_their_time_slot(nuclear):
    path = nuclear("RECON GATED TOMO", NumberOfFrames=4, SliceVector=[1, 2, 1, 2], TimeSlotVector=[1, 1, 2, 2])
    with pytest.raises(SeriesError, match=r"They differ in TimeSlotVector \(1, 2\)"):
        read_series(path)
    assert read_series(path, where={"TimeSlotVector": 2}).array[:, 0, 0].tolist() == [300, 200]


def test_projections_of_a_gamma_camera_are_no_volume(nuclear):
    with pytest.raises(SeriesError) as caught:
        read_series(nuclear("TOMO"))
    assert str(caught.value) == (
        "The frames are projections or a time series of a gamma camera, not slices. "
        "A volume is read from frames that are slices of the patient. "
        "Read them with read_image, which gives a Cine."
    )


def test_frames_without_places_are_no_volume():
    with pytest.raises(SeriesError) as caught:
        read_series(get_testdata_file("examples_ybr_color.dcm"))
    assert str(caught.value) == (
        "None of the 30 frames of this US states where it lies in the patient. "
        "A volume is read from frames that are slices of the patient. "
        "Read them with read_image, which gives a Cine."
    )


def test_several_files_of_frames_are_refused(enhanced):
    path = enhanced([0, 3])
    other = path.with_name("other.dcm")
    image = pydicom.dcmread(path)
    image.SOPInstanceUID = "1.2.3.4.99"
    image.save_as(other)
    with pytest.raises(SeriesError) as caught:
        read_series([path, other])
    assert str(caught.value) == (
        "2 of the 2 files of this series hold frames of their own. "
        "A volume is read from one such file. Pass its path instead of the folder."
    )


def test_a_dose_grid_is_scaled_and_placed_by_its_offsets():
    path = get_testdata_file("rtdose.dcm")
    volume, image = read_series(path), pydicom.dcmread(path)
    offsets = np.array(image.GridFrameOffsetVector, dtype=float)
    expected = image.pixel_array * float(image.DoseGridScaling)
    assert volume.array == pytest.approx(expected[np.argsort(offsets)], rel=1e-6)
    assert (volume.units, volume.spacing_mm[0]) == ("unknown units", pytest.approx(abs(offsets[1] - offsets[0])))


def test_a_dose_of_one_plane_is_scaled_too():
    volume = read_series(get_testdata_file("rtdose_1frame.dcm"))
    image = pydicom.dcmread(get_testdata_file("rtdose_1frame.dcm"))
    assert volume.array[0] == pytest.approx(image.pixel_array * float(image.DoseGridScaling), rel=1e-6)


def test_a_value_that_is_no_number_is_refused_without_showing_it(tmp_path):
    whole = Path(get_testdata_file("rtdose.dcm")).read_bytes()
    offsets = pydicom.dcmread(get_testdata_file("rtdose.dcm")).GridFrameOffsetVector
    told = "\\".join(str(one.original_string) for one in offsets).encode()
    assert told in whole
    (tmp_path / "one.dcm").write_bytes(whole.replace(told, told.replace(b"10", b"1X", 1)))
    with pytest.raises(SeriesError) as caught:
        read_series(tmp_path / "one.dcm")
    assert "1X" not in str(caught.value)
    assert str(caught.value) == (
        "A value that says where the frames lie, or what they mean, cannot be read (ValueError). "
        "Every such value has to be of its representation. Fetch the file again, or correct its header at the source."
    )


def test_frames_of_another_meaning_are_refused(enhanced):
    with pytest.raises(SeriesError) as caught:
        read_series(enhanced([0, 3, 6], types=["HU", "US", "HU"]))
    assert str(caught.value) == (
        "The unit of the values differs within the series: HU (2 frames), unknown units (1 frame). "
        f"{RIGHT} Pass a list of the files of one kind."
    )


def test_a_frame_without_rescale_among_frames_with_one_is_refused(enhanced):
    with pytest.raises(SeriesError) as caught:
        read_series(enhanced([0, 3, 6], without=[1]))
    words = "Frame 2 of 3 without the RescaleSlope or RescaleIntercept that others state."
    assert str(caught.value).startswith(words)


def test_a_compressed_file_that_claims_more_frames_than_bytes_is_refused(enhanced):
    path = enhanced([0, 3])
    image = pydicom.dcmread(path)
    image.compress(RLELossless, generate_instance_uid=False)
    image.NumberOfFrames = 99_999
    image.save_as(path)
    with pytest.raises(SeriesError) as caught:
        read_series(path)
    assert str(caught.value) == (
        f"The file claims 99,999 frames, more than its {path.stat().st_size:,} bytes can hold. Each takes 8 or more. "
        "Fetch it again, or leave it out."
    )


def test_frames_of_places_in_a_table_of_colors_are_refused(enhanced):
    path = enhanced([0, 3])
    image = pydicom.dcmread(path)
    image.PhotometricInterpretation = "PALETTE COLOR"
    image.save_as(path)
    with pytest.raises(SeriesError, match=r"^Frames 1, 2: color, with a palette\."):
        read_series(path)


@pytest.fixture
def dose(make_slice, save_slice, tmp_path):
    """Return a function that writes three planes of dose: 100 · plane, the first at z = 100."""

    def write(offsets, *, down=False) -> Path:
        image = make_slice(
            0, [0, 0, 100], Modality="RTDOSE", RescaleSlope=None, RescaleIntercept=None, RescaleType=None
        )
        image.SOPClassUID, image.NumberOfFrames = RTDoseStorage, len(offsets)
        image.ImageOrientationPatient = [1, 0, 0, 0, -1 if down else 1, 0]
        image.DoseGridScaling, image.DoseUnits, image.GridFrameOffsetVector = 1, "GY", list(offsets)
        image.PixelData = (100 * np.arange(len(offsets))[:, None] + np.arange(48)).astype("<u2").tobytes()
        return save_slice(image, tmp_path / "dose.dcm")

    return write


@pytest.mark.parametrize(
    ("offsets", "down", "expected"),
    [
        ([0, 5, 10], False, {100: 0, 105: 100, 110: 200}),
        ([0, 5, 10], True, {100: 0, 95: 100, 90: 200}),  # along the normal, which points to −z
        ([100, 105, 110], False, {100: 0, 105: 100, 110: 200}),
        ([100, 105, 110], True, {100: 0, 105: 100, 110: 200}),  # z of each plane
        ([100, 95, 90], False, {100: 0, 95: 100, 90: 200}),
    ],
)
def test_planes_of_dose_lie_at_their_offsets_or_at_their_coordinates(dose, offsets, down, expected):
    # PS3.3 C.8.8.3.2: offsets from the first plane where they begin with 0, else the z of each plane.
    volume = read_series(dose(offsets, down=down))
    z = [volume.origin_mm[2] + nth * volume.spacing_mm[0] * volume.direction[0][2] for nth in range(3)]
    assert dict(zip(z, volume.array[:, 0, 0].tolist(), strict=True)) == expected
    assert volume.flags == (
        (
            "GridFrameOffsetVector holds coordinates, which DICOM allows only where the normal points along z. "
            "They were taken as the z of each plane.",
        )
        if down and offsets[0]
        else ()
    )


def test_planes_of_dose_whose_offsets_begin_anywhere_are_refused(dose):
    with pytest.raises(SeriesError) as caught:
        read_series(dose([3, 8, 13]))
    assert str(caught.value).startswith(
        "GridFrameOffsetVector begins neither with 0 nor, in transverse planes, with the z of ImagePositionPatient, so "
        "that it is unknown where the planes lie."
    )
