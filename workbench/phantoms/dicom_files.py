"""What every phantom file has in common: a header that says phantom, stable UIDs, pixels, and a way to disk.

References
----------
DICOM PS3.3 2025c: C.7.1.1 to C.7.6.3 (Patient, General Study, General Series, General Equipment, General Image, Image
Pixel), C.12.1 (SOP Common). PS3.5 2025c: 9.1 (UIDs). PS3.10 2025c: 7.1 (file meta information).
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from pydicom.valuerep import format_number_as_ds

from workbench.phantoms.encoding import encode_pixels
from workbench.phantoms.labels import LABEL


def phantom_header(sop_class: str, modality: str, *, seed: int, number: int, series: object = "series") -> Dataset:
    """Return the attributes that patient, study, series, equipment and SOP Common modules ask for.

    Parameters
    ----------
    sop_class : str
        Its UID.
    modality : str
        PS3.3 C.7.3.1.1.1.
    seed : int
        Names the patient and, with the rest, the UIDs.
    number : int
        Of the instance.
    series : object
        Tells series of one study and modality apart.

    Returns
    -------
    pydicom.Dataset
        Without pixels.
    """
    image = Dataset()
    image.SpecificCharacterSet = "ISO_IR 100"
    image.SOPClassUID = sop_class
    image.SOPInstanceUID = phantom_uid(modality, seed, *([] if series == "series" else [series]), number)
    image.StudyInstanceUID = phantom_uid(modality, seed, "study")
    image.SeriesInstanceUID = phantom_uid(modality, seed, series)
    image.PatientName = "PHANTOM^NOT A PATIENT"
    image.PatientID = f"PHANTOM-{seed}"
    image.PatientBirthDate = image.PatientSex = ""
    image.StudyDate = image.StudyTime = image.AccessionNumber = image.ReferringPhysicianName = ""
    image.StudyID = "1"
    image.StudyDescription = LABEL
    image.SeriesNumber, image.InstanceNumber = 1, number
    image.Modality = modality
    image.BodyPartExamined = "CHEST"
    image.Manufacturer = "imaging-workbench"
    image.ManufacturerModelName = "phantom"
    image.QualityControlImage = "YES"  # C.7.6.1: a quality control or phantom image
    image.BurnedInAnnotation = "YES"  # the label
    image.ImageComments = LABEL
    return image


def phantom_uid(*parts: object) -> str:
    """Return a UID that is always the same for the same words and numbers.

    Parameters
    ----------
    *parts : object
        What it identifies.

    Returns
    -------
    str
        Under pydicom's root.
    """
    return str(generate_uid(entropy_srcs=["imaging-workbench phantom", *map(str, parts)]))


def coded(value: str, scheme: str, meaning: str) -> Dataset:
    """Return the item of a code sequence (PS3.3 8.8).

    Parameters
    ----------
    value : str
        Of the code.
    scheme : str
        Its designator, such as ``"SCT"``.
    meaning : str
        In words.

    Returns
    -------
    pydicom.Dataset
        One item.
    """
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def decimals(values: Any) -> list[str]:
    """Return numbers as decimal strings of at most 16 characters (PS3.5 6.2, DS).

    Parameters
    ----------
    values : iterable of float
        Finite.

    Returns
    -------
    list of str
        What a DS attribute takes; zeros of rounding are cut.
    """
    return [format_number_as_ds(round(float(value), 10) + 0.0) for value in values]


def set_pixels(image: Dataset, values: npt.NDArray[Any], *, bits: int, signed: bool = False) -> None:
    """Put gray pixels into a header that this package has just made.

    Parameters
    ----------
    image : pydicom.Dataset
        Changed.
    values : numpy.ndarray
        ``(rows, columns)`` or ``(frames, rows, columns)``, cut to what the bits hold.
    bits : int
        Stored; up to 8 are allocated as 8, more as 16.
    signed : bool
        Two's complement.
    """
    image.SamplesPerPixel = 1
    if "PhotometricInterpretation" not in image:
        image.PhotometricInterpretation = "MONOCHROME2"
    if values.ndim == 3:
        image.NumberOfFrames = len(values)
    image.Rows, image.Columns = values.shape[-2:]
    image.BitsAllocated = 8 if bits <= 8 else 16
    image.BitsStored, image.HighBit = bits, bits - 1
    image.PixelRepresentation = int(signed)
    lowest, highest = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    kind = f"<{'i' if signed else 'u'}{image.BitsAllocated // 8}"
    stored = np.clip(values, lowest, highest).astype(kind)
    image.PixelData = stored.tobytes() + b"\0" * (stored.nbytes % 2)


def save_phantom(image: Dataset, path: Path, *, transfer_syntax: str = str(ExplicitVRLittleEndian)) -> Path:
    """Write a phantom and return its path.

    Parameters
    ----------
    image : pydicom.Dataset
        With uncompressed little-endian pixels; changed by the encoding.
    path : pathlib.Path
        Its folder is made when absent.
    transfer_syntax : str
        A UID of `workbench.phantoms.encoding.WRITABLE`.

    Returns
    -------
    pathlib.Path
        The path.

    Raises
    ------
    UnknownNameError
        When nothing here writes the transfer syntax.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    image.file_meta = FileMetaDataset()
    image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    encode_pixels(image, transfer_syntax)
    image.save_as(path, enforce_file_format=True)
    return path
