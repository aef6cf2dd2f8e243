"""Small series of slices, made in the test."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

ROWS, COLUMNS = 6, 8

SliceWriter = Callable[..., list[Path]]


def one_slice(nth: int, position: Sequence[float], **attributes: Any) -> Dataset:
    """Return a CT slice of 6 × 8 pixels whose stored values are 100 · nth + 10 · row + column."""
    image = Dataset()
    image.SOPClassUID, image.SOPInstanceUID = CTImageStorage, f"1.2.3.4.{nth + 1}"
    image.StudyInstanceUID, image.SeriesInstanceUID, image.FrameOfReferenceUID = "1.2.3.1", "1.2.3.2", "1.2.3.3"
    image.ImageType, image.Modality = ["ORIGINAL", "PRIMARY", "AXIAL"], "CT"
    image.PatientName, image.PatientID, image.SeriesDescription = "SECRET^NAME", "SECRET-ID", "SECRET TEXT"
    image.SeriesNumber, image.InstanceNumber = 1, nth + 1
    image.ImagePositionPatient, image.ImageOrientationPatient = list(position), [1, 0, 0, 0, 1, 0]
    image.PixelSpacing, image.SliceThickness = [0.5, 0.75], 3
    image.RescaleIntercept, image.RescaleSlope, image.RescaleType = -1024, 1, "HU"
    image.WindowCenter, image.WindowWidth = [40, -600], [400, 1500]
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.Rows, image.Columns = ROWS, COLUMNS
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 12, 11, 0
    values = 100 * nth + 10 * np.arange(ROWS)[:, None] + np.arange(COLUMNS)
    for keyword, value in attributes.items():
        if keyword == "values":
            values = np.asarray(value)
        elif keyword == "syntax":
            continue
        elif value is None:
            delattr(image, keyword)
        else:
            setattr(image, keyword, value)
    order = ">" if attributes.get("syntax") == ExplicitVRBigEndian else "<"
    kind = f"{order}{'i' if image.PixelRepresentation else 'u'}{image.BitsAllocated // 8}"
    image.PixelData = np.ascontiguousarray(values).astype(kind).tobytes()
    return image


def save(image: Dataset, path: Path, syntax: str = ExplicitVRLittleEndian) -> Path:
    """Write one data set as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = syntax
    image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    big, implicit = syntax == ExplicitVRBigEndian, syntax == ImplicitVRLittleEndian
    image.save_as(path, implicit_vr=implicit, little_endian=not big, enforce_file_format=True)
    return path


@pytest.fixture
def write_slices(tmp_path: Path) -> SliceWriter:
    """Return a function that writes slices at positions along z, or anywhere, and returns their files in that order."""

    def write(
        positions: Sequence[Any],
        *,
        each: Mapping[int, Mapping[str, Any]] | None = None,
        folder: str = "series",
        syntax: str = ExplicitVRLittleEndian,
        **attributes: Any,
    ) -> list[Path]:
        paths = []
        for nth, place in enumerate(positions):
            position = [0, 0, place] if np.isscalar(place) else place
            its_own = {**attributes, **(each or {}).get(nth, {})}
            image = one_slice(nth, position, **its_own, **({"syntax": syntax} if syntax == ExplicitVRBigEndian else {}))
            paths.append(save(image, tmp_path / folder / f"{nth:03d}.dcm", syntax))
        return paths

    return write


@pytest.fixture
def make_slice() -> Callable[..., Dataset]:
    """Return the function that makes one slice."""
    return one_slice


@pytest.fixture
def save_slice() -> Callable[..., Path]:
    """Return the function that writes one data set as a file."""
    return save
