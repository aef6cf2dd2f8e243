"""Phantom images: plausible, the same for the same seed, and labeled where pixels and header are read."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from workbench.phantoms.anatomy import chest_volume
from workbench.phantoms.chest import write_chest_ct, write_chest_radiograph
from workbench.phantoms.labels import LABEL


@pytest.fixture(scope="module")
def slices(tmp_path_factory: pytest.TempPathFactory) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(path) for path in write_chest_ct(tmp_path_factory.mktemp("ct"), n_slices=12, n_pixels=192)]


@pytest.fixture(scope="module")
def radiograph(tmp_path_factory: pytest.TempPathFactory) -> pydicom.Dataset:
    return pydicom.dcmread(write_chest_radiograph(tmp_path_factory.mktemp("cr"), n_pixels=384))


def hounsfield(image: pydicom.Dataset) -> np.ndarray:
    return image.pixel_array * float(image.RescaleSlope) + float(image.RescaleIntercept)


def test_the_tissues_have_their_attenuation() -> None:
    volume = chest_volume(n_slices=12, n_pixels=192)
    middle = volume[6]
    lung = (middle > -950) & (middle < -600)
    # lungs fill a fifth to two fifths of the body's section at mid-height
    body = middle > -950
    assert 0.2 < lung.sum() / body.sum() < 0.45
    assert -880 < np.median(middle[lung]) < -800
    assert (middle > 300).sum() > 200  # bone
    assert np.median(middle[:8]) == pytest.approx(-1000, abs=10)  # air around


def test_lungs_narrow_towards_the_apex() -> None:
    volume = chest_volume(n_slices=12, n_pixels=128)
    areas = [int(((plane > -950) & (plane < -600)).sum()) for plane in volume]
    assert areas[5] > areas[9] > areas[11]


def test_the_series_is_evenly_spaced_and_ordered(slices: list[pydicom.Dataset]) -> None:
    heights = [float(image.ImagePositionPatient[2]) for image in slices]
    assert np.allclose(np.diff(heights), 300 / 12)
    assert [int(image.InstanceNumber) for image in slices] == list(range(1, 13))
    assert len({image.SOPInstanceUID for image in slices}) == 12
    assert len({image.SeriesInstanceUID for image in slices}) == 1


def test_pixels_are_hounsfield_units_after_rescaling(slices: list[pydicom.Dataset]) -> None:
    values = hounsfield(slices[6])
    assert values.min() >= -1024
    assert -1010 < np.median(values[-6:]) < -990  # air below the patient


@pytest.mark.parametrize("attribute", ["PatientName", "PatientID", "StudyDescription", "ImageComments"])
def test_the_header_says_phantom(slices: list[pydicom.Dataset], radiograph: pydicom.Dataset, attribute: str) -> None:
    assert all("PHANTOM" in str(image[attribute].value) for image in [*slices, radiograph])


def test_the_attribute_for_phantom_images_is_set(slices: list[pydicom.Dataset], radiograph: pydicom.Dataset) -> None:
    # PS3.3 C.7.6.1, Quality Control Image: a quality control or phantom image
    assert {image.QualityControlImage for image in [*slices, radiograph]} == {"YES"}
    assert {image.BurnedInAnnotation for image in [*slices, radiograph]} == {"YES"}


def test_the_label_is_burned_into_every_image(slices: list[pydicom.Dataset], radiograph: pydicom.Dataset) -> None:
    for image in [*slices, radiograph]:
        top = image.pixel_array[: image.Rows // 8]
        letters = top == top.max()
        # the first letter, P, is a full upright stroke of seven dots with a bow at the top and nothing below right
        rows, columns = np.nonzero(letters)
        size = (rows.max() - rows.min() + 1) // 7
        left, first = columns.min(), rows.min()
        assert letters[first : first + 7 * size, left].all()
        assert letters[first, left : left + 4 * size].all()
        assert not letters[first + 6 * size, left + size : left + 5 * size].any()
        # 23 signs of five dots and a gap each, the last gap left out, stand in one line
        assert columns.max() - left + 1 == (len(LABEL) * 6 - 1) * size


@pytest.mark.parametrize("module", ["type_1", "type_2"])
def test_the_attributes_that_the_standard_asks_for_are_there(
    slices: list[pydicom.Dataset], radiograph: pydicom.Dataset, module: str
) -> None:
    # PS3.3 A.3-1 and A.2-1: what General Study, Series, Image Plane, Image Pixel, CT and CR Image require
    common = {
        "type_1": ["SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "Modality", "Rows"],
        "type_2": ["PatientBirthDate", "PatientSex", "StudyDate", "AccessionNumber", "StudyID", "SeriesNumber"],
    }[module]
    ct = {
        "type_1": ["ImageType", "PixelSpacing", "ImageOrientationPatient", "RescaleSlope", "FrameOfReferenceUID"],
        "type_2": ["SliceThickness", "KVP", "AcquisitionNumber", "PositionReferenceIndicator"],
    }[module]
    cr = {"type_1": ["PhotometricInterpretation", "BitsStored"], "type_2": ["ViewPosition", "BodyPartExamined"]}[module]
    for images, names in ((slices, common + ct), ([radiograph], common + cr)):
        for image in images:
            assert [name for name in names if name not in image] == []
            assert module == "type_2" or [name for name in names if image[name].is_empty] == []


def test_the_radiograph_shows_bone_bright_and_lung_dark(radiograph: pydicom.Dataset) -> None:
    values = radiograph.pixel_array.astype(float)
    rows, columns = values.shape
    spine = values[rows // 2, columns // 2 - 4 : columns // 2 + 4].mean()
    lung = values[rows // 2, columns // 4 : columns // 4 + 20].mean()
    assert spine > 1.3 * lung
    # the heart lies on the patient's left, which is the right of the picture
    low = values[round(rows * 0.68)]
    assert low[round(columns * 0.62)] > 1.1 * low[round(columns * 0.32)]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second, other = (
        write_chest_ct(tmp_path / name, seed=seed, n_slices=2, n_pixels=64)[1].read_bytes()
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert first == second
    assert first != other
