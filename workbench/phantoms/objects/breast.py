"""A made-up mammogram: a breast that fills half the picture, glands, a few calcifications, and black beyond the skin.

References
----------
DICOM PS3.3 2025c: A.27 and C.8.11.7 (Digital Mammography X-Ray Image), C.8.11.1 to C.8.11.5 (DX
modules), C.8.11.6 (Mammography Series).
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.uid import DigitalMammographyXRayImageStorageForPresentation, ExplicitVRLittleEndian

from workbench.phantoms.dicom_files import coded, phantom_header, save_phantom, set_pixels
from workbench.phantoms.labels import burn_label, burn_marker

_ROWS, _COLUMNS, _PIXEL_MM = 240, 192, 1.0
_HIGHEST = 4095


def write_mammogram(
    path: Path, *, seed: int = 0, laterality: str = "L", transfer_syntax: str = str(ExplicitVRLittleEndian)
) -> Path:
    """Write a made-up mammogram, craniocaudal view, and return its path.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    seed : int
        The same seed gives the same file.
    laterality : str
        ``"L"`` or ``"R"``: of a left breast the chest wall is at the left edge.
    transfer_syntax : str
        A UID of `workbench.phantoms.encoding.WRITABLE`.

    Returns
    -------
    pathlib.Path
        12 bits stored in 16, MONOCHROME2.
    """
    image = phantom_header(
        DigitalMammographyXRayImageStorageForPresentation, "MG", seed=seed, number=1, series=("breast", laterality)
    )
    image.SeriesDescription, image.BodyPartExamined = "Mammogram, made up", "BREAST"
    image.ImageType = ["ORIGINAL", "PRIMARY", ""]
    image.ImagerPixelSpacing = [_PIXEL_MM, _PIXEL_MM]
    image.WindowCenter, image.WindowWidth = 1500, 2600
    _describe_projection(image, laterality)
    shown = _breast(seed)
    if laterality == "R":
        shown = shown[:, ::-1]
    marked = burn_marker(shown, laterality, _HIGHEST, on_the_left=laterality == "R")
    set_pixels(image, burn_label(marked[None], _HIGHEST, dark=0)[0], bits=12)
    return save_phantom(image, path, transfer_syntax=transfer_syntax)


def _breast(seed: int) -> npt.NDArray[np.int64]:
    random = np.random.default_rng(seed)
    y, x = np.ogrid[-1 : 1 : _ROWS * 1j, 0 : 1 : _COLUMNS * 1j]
    edge = 1 - np.hypot(y / 0.8, x / 0.72)  # 0 at the skin
    thickness = np.sqrt(np.clip(edge, 0, 0.25) * 4)
    glands = np.zeros((_ROWS, _COLUMNS))
    for _ in range(40):
        row, column, size = random.uniform(-0.5, 0.5), random.uniform(0.08, 0.5), random.uniform(0.03, 0.14)
        glands += random.uniform(0.2, 0.6) * np.exp(-(((y - row) / size) ** 2) - ((x - column) / size) ** 2)
    shown = thickness * (900 + 1500 * np.tanh(glands)) * (edge > 0)
    shown += (random.normal(0, 25, shown.shape)) * (edge > 0)
    for _ in range(9):  # a cluster of calcifications
        row, column = round(_ROWS * 0.42 + random.normal(0, 5)), round(_COLUMNS * 0.34 + random.normal(0, 5))
        shown[row, column] = 3600
    values: npt.NDArray[np.int64] = np.clip(np.rint(shown), 0, _HIGHEST).astype(np.int64)
    return values


def _describe_projection(image: Dataset, laterality: str) -> None:
    """Add what the DX and mammography modules ask for (C.8.11)."""
    image.PresentationIntentType = "FOR PRESENTATION"
    image.ImageLaterality, image.OrganExposed = laterality, "BREAST"
    image.AnatomicRegionSequence = [coded("76752008", "SCT", "Breast")]
    image.PixelIntensityRelationship, image.PixelIntensityRelationshipSign = "LOG", -1
    image.RescaleIntercept, image.RescaleSlope, image.RescaleType = 0, 1, "US"
    image.PresentationLUTShape, image.LossyImageCompression = "IDENTITY", "00"
    image.DetectorType, image.PositionerType = "SCINTILLATOR", "MAMMOGRAPHIC"
    image.ViewPosition = "CC"
    view = coded("399162004", "SCT", "cranio-caudal")  # PS3.16 CID 4014
    view.ViewModifierCodeSequence = []
    image.ViewCodeSequence = [view]
    image.PatientOrientation = ["A", "R"] if laterality == "L" else ["P", "L"]
    image.BreastImplantPresent, image.PartialView = "NO", "NO"
    image.AcquisitionContextSequence = []
