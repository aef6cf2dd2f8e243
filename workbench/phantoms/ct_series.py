"""A made-up chest CT as a DICOM series, as even or as awkward as asked for, with its truth beside it.

The label is burned into the pixels, stands in place of the patient's name, and the attribute for phantom images says
so too, so that no program and no reader can take the images for a patient.

References
----------
DICOM PS3.3 2025c: A.3 and C.8.2 (CT Image), C.7.6.2 (Image Plane), C.7.5.1.1.2 (Pixel Padding Value), C.11.1 and C.11.2
(Modality and VOI LUT).
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pydicom.valuerep import format_number_as_ds

from workbench.phantoms.dicom_files import decimals, phantom_header, phantom_uid, save_phantom, set_pixels
from workbench.phantoms.geometry import Grid, lean, orient
from workbench.phantoms.labels import burn_label
from workbench.phantoms.thorax import Chest, make_chest

_INTERCEPT = -1024
_PADDING_STORED = -2000  # as of some scanners: kaggle.com/gzuidhof/full-preprocessing-tutorial
_LETTER_HU, _BEHIND_HU = 2000, -1000


@dataclass(frozen=True)
class Scan:
    """How a chest is scanned and stored; every default is the plain case.

    Attributes
    ----------
    noise_hu : float
        Standard deviation of added white noise, before the kernel.
    kernel : str
        ``"soft"`` blurs, ``"standard"`` leaves, ``"sharp"`` enhances edges and noise.
    tilt_degrees : float
        Gantry tilt: planes lean, positions still move along z.
    orientation : str
        ``"axial"``, ``"coronal"``, ``"sagittal"``, or ``"oblique"`` (the body lies turned).
    missing, duplicated : tuple of int
        Slices (counted from 0, the lowest first) that are left out; that are written twice, with the same pixels.
    moved : tuple of (int, float)
        Slices and by how many mm each is moved along the normal in its header, for uneven gaps.
    padded : bool
        Outside a circle -2000 is stored, as some scanners do, PixelPaddingValue set and values signed: -3024 once
        rescaled.
    shuffled : bool
        File names and instance numbers tell nothing of the order.
    transfer_syntax : str
        A UID of `workbench.phantoms.encoding.WRITABLE`.
    """

    noise_hu: float = 0.0
    kernel: Literal["soft", "standard", "sharp"] = "standard"
    tilt_degrees: float = 0.0
    orientation: Literal["axial", "coronal", "sagittal", "oblique"] = "axial"
    missing: tuple[int, ...] = ()
    duplicated: tuple[int, ...] = ()
    moved: tuple[tuple[int, float], ...] = ()
    padded: bool = False
    shuffled: bool = False
    transfer_syntax: str = str(ExplicitVRLittleEndian)


@dataclass(frozen=True, eq=False)
class CtSeries:
    """What was written, and what is true of it; arrays hold every slice of the even grid, left out or not.

    Attributes
    ----------
    paths : tuple of pathlib.Path
        In order of position; a duplicated slice twice.
    slices : tuple of int
        For each path, its slice in the arrays.
    hu : numpy.ndarray
        ``(slices, rows, columns)``, int16, as stored after rescaling, padding and label included.
    lobes, findings : numpy.ndarray
        Labels of the same shape, as in `Chest`.
    grid : Grid
        Spacing, origin and direction of these arrays. With a tilt the first direction is z, not the normal.
    """

    paths: tuple[Path, ...]
    slices: tuple[int, ...]
    hu: npt.NDArray[np.int16]
    lobes: npt.NDArray[np.uint8]
    findings: npt.NDArray[np.uint8]
    grid: Grid


def write_ct_series(folder: Path, chest: Chest | None = None, *, scan: Scan | None = None) -> CtSeries:
    """Write a chest as a CT series, a file a slice, and return the files with their truth.

    Parameters
    ----------
    folder : pathlib.Path
        Made when absent.
    chest : Chest, optional
        What `workbench.phantoms.thorax.make_chest` returns; a healthy small one when left out.
    scan : Scan, optional
        How it is scanned and stored.

    Returns
    -------
    CtSeries
        Paths, voxels, masks and geometry. The same chest and scan give the same files, byte for byte.

    Examples
    --------
    >>> import pydicom, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     series = write_ct_series(Path(folder), scan=Scan(missing=(7,)))
    ...     len(series.paths), str(pydicom.dcmread(series.paths[0]).PatientName), series.grid.spacing_mm
    (39, 'PHANTOM^NOT A PATIENT', (7.5, 5.625, 5.625))
    """
    chest, scan = chest or make_chest(), scan or Scan()
    series = scanned(chest, scan)
    order = sorted([*(set(range(len(series.hu))) - set(scan.missing)), *scan.duplicated])
    random = np.random.default_rng([chest.seed, 2])
    numbers = (random.permutation(len(order)) if scan.shuffled else np.arange(len(order))) + 1
    words = hashlib.sha256(repr((chest.hu.shape, chest.drawn, scan)).encode()).hexdigest()
    paths = []
    for at, number in zip(order, numbers.tolist(), strict=True):
        image = phantom_header(CTImageStorage, "CT", seed=chest.seed, number=number, series=words)
        _describe(image, series.grid, scan, at)
        _store(image, series.hu[at], scan)
        name = f"{phantom_uid(image.SOPInstanceUID)[-12:]}.dcm" if scan.shuffled else f"{number:04d}.dcm"
        paths.append(save_phantom(image, folder / name, transfer_syntax=scan.transfer_syntax))
    return replace(series, paths=tuple(paths), slices=tuple(order))


def scanned(chest: Chest, scan: Scan) -> CtSeries:
    """Return what a scan of the chest gives, before anything is written.

    Parameters
    ----------
    chest : Chest
        What is scanned.
    scan : Scan
        How.

    Returns
    -------
    CtSeries
        Without paths.
    """
    hu = chest.hu
    if scan.noise_hu:
        noise = np.random.default_rng([chest.seed, 3]).standard_normal(hu.shape, dtype=np.float32)
        hu = hu + np.float32(scan.noise_hu) * noise
    if scan.kernel != "standard":
        blurred = _blur(hu)
        hu = blurred if scan.kernel == "soft" else hu + 0.8 * (hu - blurred)
    grid = Grid.around_zero(hu.shape, chest.spacing_mm)
    arrays: list[npt.NDArray[Any]] = [hu, chest.lobes, chest.findings]
    if scan.tilt_degrees:
        arrays = [lean(array, grid, scan.tilt_degrees, linear=array is hu) for array in arrays]
        grid = grid.leaning(scan.tilt_degrees)
    oriented, grid = orient(arrays, grid, scan.orientation)
    stored = np.clip(np.round(oriented[0]), -1024, 3071)
    if scan.padded:
        stored[:, _outside_circle(stored.shape)] = _PADDING_STORED + _INTERCEPT
    stored = burn_label(stored, _LETTER_HU, dark=_BEHIND_HU)
    return CtSeries((), (), stored.astype(np.int16), oriented[1], oriented[2], grid)


def _describe(image: Dataset, grid: Grid, scan: Scan, at: int) -> None:
    image.SeriesDescription = "Chest, made up"
    image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]  # C.8.2.1.1.1
    if scan.orientation in ("coronal", "sagittal"):
        image.ImageType = ["DERIVED", "SECONDARY", "MPR"]
    image.PatientPosition = "HFS"
    image.FrameOfReferenceUID = phantom_uid("frame", image.PatientID)
    image.PositionReferenceIndicator = ""
    normal, down, across = (np.array(axis) for axis in grid.direction)
    image.ImageOrientationPatient = decimals([*across, *down])
    moved_mm = dict(scan.moved).get(at, 0.0)
    image.ImagePositionPatient = decimals(np.array(grid.origin_mm) + (at * grid.spacing_mm[0] + moved_mm) * normal)
    image.SliceThickness = format_number_as_ds(grid.spacing_mm[0])
    image.PixelSpacing = decimals(grid.spacing_mm[1:])
    image.GantryDetectorTilt = scan.tilt_degrees
    image.KVP = 120
    image.AcquisitionNumber = 1
    image.ConvolutionKernel = scan.kernel.upper()
    image.RescaleIntercept, image.RescaleSlope, image.RescaleType = _INTERCEPT, 1, "HU"
    image.WindowCenter, image.WindowWidth = [40, -600], [400, 1500]
    image.WindowCenterWidthExplanation = ["Mediastinum", "Lung"]


def _store(image: Dataset, hu: npt.NDArray[np.int16], scan: Scan) -> None:
    set_pixels(image, hu - np.int16(_INTERCEPT), bits=16 if scan.padded else 12, signed=scan.padded)
    if scan.padded:
        image.PixelPaddingValue = _PADDING_STORED


def _outside_circle(shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    down, across = (np.abs(np.arange(n) - (n - 1) / 2) / (n / 2) for n in shape[1:])
    outside: npt.NDArray[np.bool_] = np.hypot(down[:, None], across[None, :]) > 1
    return outside


def _blur(hu: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Weigh each pixel with its neighbors in the slice, 1 to 2 to 1 along rows and columns."""
    for axis in (1, 2):
        wide = np.pad(hu, [(1, 1) if each == axis else (0, 0) for each in range(3)], mode="edge")
        before, after = (np.take(wide, np.arange(start, start + hu.shape[axis]), axis) for start in (0, 2))
        hu = ((before + 2 * hu + after) / 4).astype(np.float32)
    return hu
