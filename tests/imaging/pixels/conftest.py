"""Small DICOM files of every layout, written with pydicom."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"


@pytest.fixture
def bundled() -> Callable[[str], Path]:
    """Return the path of a file in pydicom's wheel; never one that it would download."""
    return lambda name: BUNDLED / name


@pytest.fixture
def write_dicom(tmp_path: Path) -> Callable[..., Path]:
    """Write an image; attributes are given by keyword, pixels as an array or as bytes."""

    def write(
        pixels: Any,
        *,
        name: str = "image.dcm",
        syntax: str = ExplicitVRLittleEndian,
        vr: str = "OW",
        **attributes: Any,
    ) -> Path:
        meta = FileMetaDataset()
        meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = syntax, "1.2.840.10008.5.1.4.1.1.7"
        meta.MediaStorageSOPInstanceUID = "1.2.3"
        little = syntax != ExplicitVRBigEndian
        dataset = FileDataset(
            None, {}, file_meta=meta, preamble=b"\0" * 128, is_implicit_VR=False, is_little_endian=little
        )
        dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.Modality = meta.MediaStorageSOPClassUID, "1.2.3", "OT"
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        if isinstance(pixels, np.ndarray):
            dataset.Rows, dataset.Columns = pixels.shape[:2]
            bits = 8 * pixels.dtype.itemsize
            dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
            dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
            pixels = pixels.tobytes()
        dataset.PixelData = pixels + b"\0" * (len(pixels) % 2)
        for keyword, value in attributes.items():
            if value is None:
                delattr(dataset, keyword)
            else:
                setattr(dataset, keyword, value)
        if "PixelData" in dataset:
            dataset["PixelData"].VR = vr
        path = tmp_path / name
        dataset.save_as(path, enforce_file_format=True)
        return path

    return write
