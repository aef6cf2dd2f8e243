"""One object of every modality: labeled as phantoms, readable by pydicom, with the values that were drawn."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from workbench.phantoms.ct_series import write_ct_series
from workbench.phantoms.modality_objects import write_every_modality
from workbench.phantoms.objects.heads import head_signal, write_head_mr
from workbench.phantoms.objects.multiframe import write_enhanced_ct
from workbench.phantoms.objects.nuclear import chest_activity, write_chest_pet
from workbench.phantoms.objects.slide import slide_picture, write_slide
from workbench.phantoms.objects.ultrasound import vessel_frames, write_ultrasound
from workbench.phantoms.thorax import make_chest


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[pydicom.Dataset]]:
    where = write_every_modality(tmp_path_factory.mktemp("every"))
    return {name: [pydicom.dcmread(path) for path in sorted(folder.iterdir())] for name, folder in where.items()}


def test_every_modality_is_there(written: dict[str, list[pydicom.Dataset]]) -> None:
    modalities = {name: {image.Modality for image in images} for name, images in written.items()}
    assert modalities == {name: {name.split()[0]} for name in written}
    assert {"CT", "CR", "DX", "MG", "MR", "US", "PT", "NM", "SM"} <= set(written)


def test_every_object_says_that_it_is_a_phantom(written: dict[str, list[pydicom.Dataset]]) -> None:
    for image in [image for images in written.values() for image in images]:
        assert "PHANTOM" in str(image.PatientName)
        assert "PHANTOM" in image.ImageComments
        assert image.QualityControlImage == "YES"
        assert image.file_meta.MediaStorageSOPInstanceUID == image.SOPInstanceUID


def test_no_uid_of_an_object_stands_twice(written: dict[str, list[pydicom.Dataset]]) -> None:
    uids = [image.SOPInstanceUID for images in written.values() for image in images]
    assert len(set(uids)) == len(uids)
    series = {name: {image.SeriesInstanceUID for image in images} for name, images in written.items()}
    assert all(len(each) == 1 for each in series.values())
    assert len(set.union(*series.values())) == len(series)


def test_an_enhanced_ct_holds_the_same_voxels_as_a_series(tmp_path: Path) -> None:
    chest = make_chest(n_slices=12, n_pixels=48)
    series, enhanced = write_ct_series(tmp_path, chest), write_enhanced_ct(tmp_path / "1.dcm", chest)
    image = pydicom.dcmread(enhanced.paths[0])
    assert np.array_equal(image.pixel_array.astype(int) - 1024, series.hu)
    places = [group.PlanePositionSequence[0].ImagePositionPatient for group in image.PerFrameFunctionalGroupsSequence]
    expected = [pydicom.dcmread(path).ImagePositionPatient for path in series.paths]
    assert np.allclose(np.array(places, dtype=float), np.array(expected, dtype=float))


def test_pet_slices_have_slopes_of_their_own_and_give_activity_back(tmp_path: Path) -> None:
    chest = make_chest(n_slices=8, n_pixels=48)
    slices = [pydicom.dcmread(path) for path in write_chest_pet(tmp_path, chest)]
    assert {image.Units for image in slices} == {"BQML"}
    assert len({str(image.RescaleSlope) for image in slices}) > 1
    values = np.stack([image.pixel_array * float(image.RescaleSlope) for image in slices])
    # below the label; half a step of rounding
    assert np.allclose(values[:, 14:], chest_activity(chest)[:, 14:], atol=0.5 * 33000 / 32767)


def test_two_echoes_share_positions_and_the_later_one_leaves_fluid_brightest(tmp_path: Path) -> None:
    images = [pydicom.dcmread(path) for path in write_head_mr(tmp_path, echo_times_ms=(30.0, 90.0))]
    assert [float(image.EchoTime) for image in images] == [30.0] * 16 + [90.0] * 16
    assert images[3].ImagePositionPatient == images[19].ImagePositionPatient
    early, late = head_signal(echo_time_ms=30), head_signal(echo_time_ms=90)
    fluid, white = (8, 32, 28), (8, 32, 44)
    assert late[fluid] / late[white] > 1.5 * early[fluid] / early[white]


def test_ultrasound_is_color_frames_with_a_calibrated_region(tmp_path: Path) -> None:
    image = pydicom.dcmread(write_ultrasound(tmp_path / "1.dcm"))
    assert np.array_equal(image.pixel_array, vessel_frames(0, 6))
    region = image.SequenceOfUltrasoundRegions[0]
    assert (region.PhysicalDeltaX, region.PhysicalUnitsXDirection) == (0.1, 3)  # cm
    assert float(image.FrameTime) == 40.0


def test_a_compressed_loop_says_ybr_and_is_near_the_drawn_one(written: dict[str, list[pydicom.Dataset]]) -> None:
    (image,) = written["US"]
    assert image.PhotometricInterpretation == "YBR_FULL_422"
    assert np.abs(image.pixel_array.astype(int) - vessel_frames(0, 6)).mean() < 6


def test_the_scintigram_shows_front_and_back(written: dict[str, list[pydicom.Dataset]]) -> None:
    (image,) = written["NM"]
    front, back = image.pixel_array[:, 12:].astype(float)
    assert list(image.DetectorVector) == [1, 2]
    # the heart lies on the patient's left, in front: right of the picture from the front, left and fainter from behind
    heart, opposite = (slice(14, 24), slice(36, 46)), (slice(14, 24), slice(18, 28))
    assert front[heart].mean() > 1.15 * front[opposite].mean()
    assert front[heart].mean() / front[opposite].mean() > back[opposite].mean() / back[heart].mean()


def test_tiles_of_the_slide_put_together_are_the_picture(tmp_path: Path) -> None:
    base = pydicom.dcmread(write_slide(tmp_path, transfer_syntax="1.2.840.10008.1.2.1")[0])
    tiles = base.pixel_array.reshape(3, 4, 64, 64, 3)
    whole = tiles.swapaxes(1, 2).reshape(192, 256, 3)
    assert np.array_equal(whole, slide_picture(0))
    assert (base.TotalPixelMatrixRows, base.TotalPixelMatrixColumns) == (192, 256)
    assert base.LossyImageCompression == "00"


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_every_modality(tmp_path / name, make_chest(n_slices=4, n_pixels=32)) for name in "ab")
    for name in first:
        for one, other in zip(sorted(first[name].iterdir()), sorted(second[name].iterdir()), strict=True):
            assert one.read_bytes() == other.read_bytes(), name
