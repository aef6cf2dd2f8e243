"""Made-up chest images as DICOM files: a CT series and a radiograph, both labeled as phantoms wherever one looks.

The label is burned into the pixels, stands in place of the patient's name, and the attribute for phantom images says
so too, so that no program and no reader can take them for a patient.

References
----------
DICOM PS3.3 2025c: A.3 and C.8.2 (CT Image), A.2 and C.8.1 (Computed Radiography Image), C.7.6 (General Image, Image
Plane, Image Pixel), C.11.1 and C.11.2 (Modality and VOI LUT). PS3.5 2025c: 9.1 (UIDs), 10 (file format).
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.uid import ComputedRadiographyImageStorage, CTImageStorage

from workbench.phantoms.anatomy import FIELD_MM, HEIGHT_MM, chest_volume
from workbench.phantoms.dicom_files import phantom_header, phantom_uid, save_phantom, set_pixels
from workbench.phantoms.labels import burn_label

_INTERCEPT = -1024
_LETTER_HU = 2000


def write_chest_ct(folder: Path, *, seed: int = 0, n_slices: int = 24, n_pixels: int = 256) -> tuple[Path, ...]:
    """Write a made-up chest CT as one DICOM series and return its files, the lowest slice first.

    Parameters
    ----------
    folder : pathlib.Path
        Made when absent.
    seed : int
        The same seed gives the same files, byte for byte.
    n_slices : int
        Over 300 mm.
    n_pixels : int
        Rows and columns.

    Returns
    -------
    tuple of pathlib.Path
        One file a slice, uncompressed.

    Examples
    --------
    >>> import pydicom, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first, _ = write_chest_ct(Path(folder), n_slices=2, n_pixels=64)
    ...     pydicom.dcmread(first).PatientName
    'PHANTOM^NOT A PATIENT'
    """
    volume = chest_volume(seed=seed, n_slices=n_slices, n_pixels=n_pixels)
    burned = burn_label(volume, _LETTER_HU)
    spacing_mm = FIELD_MM / n_pixels
    step_mm = HEIGHT_MM / n_slices
    paths = []
    for number, plane in enumerate(burned):
        image = phantom_header(CTImageStorage, "CT", seed=seed, number=number + 1)
        image.SeriesDescription = "Chest, made up"
        image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]  # C.8.2.1.1.1
        image.PatientPosition = "HFS"
        image.FrameOfReferenceUID = phantom_uid("frame", seed)
        image.PositionReferenceIndicator = ""
        image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        corner_mm = (spacing_mm - FIELD_MM) / 2
        image.ImagePositionPatient = [corner_mm, corner_mm, round((number + 0.5) * step_mm - HEIGHT_MM / 2, 3)]
        image.SliceThickness = step_mm
        image.PixelSpacing = [spacing_mm, spacing_mm]
        image.KVP = 120
        image.AcquisitionNumber = 1
        image.ConvolutionKernel = "STANDARD"
        image.RescaleIntercept, image.RescaleSlope, image.RescaleType = _INTERCEPT, 1, "HU"
        image.WindowCenter, image.WindowWidth = 40, 400
        set_pixels(image, np.round(plane) - _INTERCEPT, bits=12)
        paths.append(save_phantom(image, folder / f"{number + 1:04d}.dcm"))
    return tuple(paths)


def write_chest_radiograph(folder: Path, *, seed: int = 0, n_pixels: int = 512) -> Path:
    """Write a made-up chest radiograph: a made-up chest, seen through from the back to the front.

    Parameters
    ----------
    folder : pathlib.Path
        Made when absent.
    seed : int
        The same seed gives the same file, byte for byte.
    n_pixels : int
        Columns; the rows follow from the shape of the chest.

    Returns
    -------
    pathlib.Path
        One uncompressed file, bone white.
    """
    thorax = chest_volume(seed=seed, n_slices=140, n_pixels=168)
    # Water attenuates diagnostic X-rays by about 0.02 per mm (NIST XCOM, 60 keV); HU are relative to it.
    path_mm = FIELD_MM / thorax.shape[1] * np.clip(1 + thorax / 1000, 0, None).sum(axis=1)[::-1]
    shown = np.power(path_mm / path_mm.max(), 0.75)
    rows = round(n_pixels * HEIGHT_MM / FIELD_MM)
    enlarged = _enlarge(shown, rows, n_pixels)
    grain = np.random.default_rng(seed).normal(0, 0.006, enlarged.shape)
    values = np.clip((enlarged + grain) * 3600, 0, 4095)[None]
    image = phantom_header(ComputedRadiographyImageStorage, "CR", seed=seed, number=1)
    image.SeriesDescription = "Chest radiograph, made up"
    image.ImageType = ["ORIGINAL", "PRIMARY"]
    image.ViewPosition = "PA"
    image.PatientOrientation = ["L", "F"]
    image.ImagerPixelSpacing = [FIELD_MM / n_pixels, FIELD_MM / n_pixels]
    image.WindowCenter, image.WindowWidth = 2150, 3000
    set_pixels(image, np.round(burn_label(values.astype(np.float32), 4095)[0]), bits=12)
    return save_phantom(image, folder / "0001.dcm")


def _enlarge(image: npt.NDArray[Any], rows: int, columns: int) -> npt.NDArray[Any]:
    """Return the image at another size, linear between pixel centers."""
    for axis, length in enumerate((rows, columns)):
        old = image.shape[axis]
        at = (np.arange(length) + 0.5) * old / length - 0.5
        low = np.clip(np.floor(at).astype(int), 0, old - 2)
        share = np.clip(at - low, 0, 1)
        share = share[:, None] if axis == 0 else share[None, :]
        image = image.take(low, axis) * (1 - share) + image.take(low + 1, axis) * share
    return image
