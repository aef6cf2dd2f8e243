"""Chest radiographs of a made-up chest: rays through the same voxels that the CT series holds.

References
----------
DICOM PS3.3 2025c: A.2 and C.8.1 (CR Image), A.26 and C.8.11 (DX Image), C.7.6.1.1.1 (Patient Orientation). Attenuation
of water: Hubbell & Seltzer, NIST Standard Reference Database 126, doi:10.18434/T4D01F.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
)

from workbench.phantoms.dicom_files import coded, decimals, phantom_header, save_phantom, set_pixels
from workbench.phantoms.labels import burn_label, burn_marker
from workbench.phantoms.thorax import Chest, make_chest

_WATER_PER_MM = 0.0206  # at 60 keV: 0.2059 cm2/g, NIST table 4
_SCATTER = 0.012  # of the primary beam, everywhere; chosen here
_PHOTONS = 90_000.0  # on a pixel in the open beam; chosen here
_HIGHEST = 4095
_AXES = {"PA": 1, "LL": 2}  # along which the rays run
_VIEWS = {"PA": ("272479007", "SCT", "postero-anterior"), "LL": ("399173006", "SCT", "left lateral")}  # PS3.16 CID 4010
_LEADS = {"PA": ["L", "F"], "LL": ["P", "F"]}


@dataclass(frozen=True)
class Exposure:
    """How a radiograph is taken and stored.

    Attributes
    ----------
    view : str
        ``"PA"`` or ``"LL"`` (left lateral), PS3.3 C.8.1.1.
    modality : str
        ``"DX"`` (Digital X-Ray Image Storage - For Presentation) or ``"CR"``.
    photometric : str
        ``"MONOCHROME1"`` stores bone low, ``"MONOCHROME2"`` bone high.
    marker : str
        ``"R"`` or ``"L"``: the side marker, drawn at that side of the patient; empty for none.
    n_pixels : int
        Columns; rows follow from the shape of the chest.
    border : int
        Pixels at each edge that a shutter leaves black.
    transfer_syntax : str
        A UID of `workbench.phantoms.encoding.WRITABLE`.
    """

    view: Literal["PA", "LL"] = "PA"
    modality: Literal["DX", "CR"] = "DX"
    photometric: Literal["MONOCHROME1", "MONOCHROME2"] = "MONOCHROME2"
    marker: Literal["R", "L", ""] = "R"
    n_pixels: int = 256
    border: int = 0
    transfer_syntax: str = str(ExplicitVRLittleEndian)


def write_radiograph(path: Path, chest: Chest | None = None, *, exposure: Exposure | None = None) -> Path:
    """Write a radiograph of a chest and return its path.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    chest : Chest, optional
        What `workbench.phantoms.thorax.make_chest` returns; a healthy one when left out. Its voxels bound what is
        resolved: 140 slices of 168 pixels look like a radiograph, 40 of 64 are quick.
    exposure : Exposure, optional
        How it is taken and stored.

    Returns
    -------
    pathlib.Path
        12 bits stored in 16. The same chest and exposure give the same file, byte for byte.

    Examples
    --------
    >>> import pydicom, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     image = pydicom.dcmread(write_radiograph(Path(folder) / "1.dcm"))
    >>> image.Modality, image.ViewPosition, (image.Rows, image.Columns)
    ('DX', 'PA', (213, 256))
    """
    chest, exposure = chest or make_chest(), exposure or Exposure()
    sop_class = DigitalXRayImageStorageForPresentation if exposure.modality == "DX" else ComputedRadiographyImageStorage
    image = phantom_header(sop_class, exposure.modality, seed=chest.seed, number=1, series=(chest.hu.shape, exposure))
    image.SeriesDescription = f"Chest radiograph {exposure.view}, made up"
    image.ImageType = ["ORIGINAL", "PRIMARY", ""]
    image.ViewPosition = exposure.view
    image.PatientOrientation = _LEADS[exposure.view]
    width_mm = chest.hu.shape[2] * chest.spacing_mm[2]
    image.ImagerPixelSpacing = decimals([width_mm / exposure.n_pixels] * 2)
    shown = _shown(chest, exposure)
    inverted = exposure.photometric == "MONOCHROME1"
    image.PhotometricInterpretation = exposure.photometric
    image.WindowCenter, image.WindowWidth = (_HIGHEST - 2250, 3300) if inverted else (2250, 3300)
    set_pixels(image, _HIGHEST - shown if inverted else shown, bits=12)
    if exposure.modality == "DX":
        _describe_dx(image)
    return save_phantom(image, path, transfer_syntax=exposure.transfer_syntax)


def attenuation(chest: Chest, view: str = "PA") -> npt.NDArray[np.float32]:
    """Return the negative logarithm of the share of a parallel beam that passes the chest (Beer and Lambert).

    Parameters
    ----------
    chest : Chest
        Its voxels attenuate in proportion to their HU: water 0.0206 per mm, air nothing.
    view : str
        ``"PA"`` or ``"LL"``.

    Returns
    -------
    numpy.ndarray
        ``(rows, columns)``, float32, the head up; columns run to the patient's left (PA) or back (LL).
    """
    axis = _AXES[view]
    relative = np.clip(1 + chest.hu / 1000, 0, None)
    along: npt.NDArray[np.float32] = relative.sum(axis=axis)[::-1] * np.float32(_WATER_PER_MM * chest.spacing_mm[axis])
    return along


def _shown(chest: Chest, exposure: Exposure) -> npt.NDArray[np.int64]:
    """Return values from 0 to 4095, more for what lets less through, with label and marker."""
    n_columns = exposure.n_pixels
    n_rows = round(n_columns * chest.hu.shape[0] * chest.spacing_mm[0] / (chest.hu.shape[2] * chest.spacing_mm[2]))
    passed = np.exp(-enlarge(attenuation(chest, exposure.view), n_rows, n_columns)) + _SCATTER
    grain = np.random.default_rng([chest.seed, 4]).standard_normal(passed.shape)
    counted = passed * _PHOTONS + grain * np.sqrt(passed * _PHOTONS)
    exposed = -np.log(np.clip(counted / _PHOTONS, _SCATTER / 2, 1)) / -np.log(_SCATTER)
    values = np.clip(np.rint(exposed * 3900), 0, _HIGHEST).astype(np.int64)
    if exposure.border:
        edge = np.ones(values.shape, dtype=bool)
        edge[exposure.border : -exposure.border, exposure.border : -exposure.border] = False
        values[edge] = 0
    if exposure.marker:
        on_the_left = exposure.marker == "R" and exposure.view == "PA"
        inner = slice(exposure.border, n_rows - exposure.border), slice(exposure.border, n_columns - exposure.border)
        values[inner] = burn_marker(values[inner], exposure.marker, _HIGHEST, on_the_left=on_the_left)
    labeled: npt.NDArray[np.int64] = burn_label(values[None], _HIGHEST, dark=0)[0]
    return labeled


def _describe_dx(image: Dataset) -> None:
    """Add what the DX modules ask for (PS3.3 A.26.3)."""
    image.PresentationIntentType = "FOR PRESENTATION"  # C.8.11.1
    image.ImageLaterality = "U"  # C.8.11.2: unpaired
    image.AnatomicRegionSequence = [coded("816094009", "SCT", "Chest")]
    image.PixelIntensityRelationship = "LOG"  # C.8.11.3
    image.PixelIntensityRelationshipSign = -1 if image.PhotometricInterpretation == "MONOCHROME2" else 1
    image.RescaleIntercept, image.RescaleSlope, image.RescaleType = 0, 1, "US"
    image.PresentationLUTShape = "IDENTITY" if image.PhotometricInterpretation == "MONOCHROME2" else "INVERSE"
    image.LossyImageCompression = "00"
    image.DetectorType = "SCINTILLATOR"  # C.8.11.4
    image.PositionerType = ""  # C.8.11.5
    image.ViewCodeSequence = [coded(*_VIEWS[image.ViewPosition])]
    image.AcquisitionContextSequence = []


def enlarge(image: npt.NDArray[np.float32], rows: int, columns: int) -> npt.NDArray[np.float32]:
    """Return the image at another size, linear between pixel centers.

    Parameters
    ----------
    image : numpy.ndarray
        ``(rows, columns)``.
    rows, columns : int
        Of the result.

    Returns
    -------
    numpy.ndarray
        Float32.
    """
    for axis, length in enumerate((rows, columns)):
        old = image.shape[axis]
        at = np.clip((np.arange(length) + 0.5) * old / length - 0.5, 0, old - 1)
        low = np.minimum(at.astype(int), old - 2)
        share = (at - low)[:, None] if axis == 0 else (at - low)[None, :]
        image = (image.take(low, axis) * (1 - share) + image.take(low + 1, axis) * share).astype(np.float32)
    return image
