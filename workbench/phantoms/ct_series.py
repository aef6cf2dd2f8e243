"""A made-up chest CT as a DICOM series, as even or as awkward as asked for, with its truth beside it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydicom.uid import ExplicitVRLittleEndian

from workbench.phantoms.thorax import Chest


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
        Outside a circle the value is -2000 (stored as GE does, PixelPaddingValue set); the values are signed.
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
        ``(slices, rows, columns)``, int16, as stored after rescaling, padding included.
    lobes, findings : numpy.ndarray
        Labels of the same shape, as in `Chest`.
    spacing_mm : tuple of float
        Along the normal, between rows, between columns.
    origin_mm : tuple of float
        Patient coordinates (LPS) of voxel (0, 0, 0).
    direction : tuple of tuple of float
        For each axis of the arrays the unit vector along which its index grows. With a tilt the first is z, not the
        normal.
    """

    paths: tuple[Path, ...]
    slices: tuple[int, ...]
    hu: npt.NDArray[np.int16]
    lobes: npt.NDArray[np.uint8]
    findings: npt.NDArray[np.uint8]
    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float]
    direction: tuple[tuple[float, float, float], ...]


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
        Paths, voxels, masks and geometry.
    """
    raise NotImplementedError


def write_enhanced_ct(
    path: Path, chest: Chest | None = None, *, transfer_syntax: str = str(ExplicitVRLittleEndian)
) -> CtSeries:
    """Write a chest as one Enhanced CT object with a frame a slice.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    chest : Chest, optional
        As for `write_ct_series`.
    transfer_syntax : str
        A UID of `workbench.phantoms.encoding.WRITABLE`.

    Returns
    -------
    CtSeries
        With one path.
    """
    raise NotImplementedError
