"""Where slices lie: their order along the normal, and what keeps them from being an even grid."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Finding:
    """Something about a stack that a reader has to know.

    Attributes
    ----------
    kind : str
        ``"tilt"``, ``"uneven"``, ``"missing"``, ``"duplicate"`` …
    words : str
        What was found, a sentence.
    correction : str
        What is done about it, a sentence; empty when nothing can be done and the stack is refused.
    """

    kind: str
    words: str
    correction: str = ""


@dataclass(frozen=True, eq=False)
class SliceOrder:
    """Slices in the order of their positions along the normal.

    Attributes
    ----------
    rows : numpy.ndarray
        (n,) int64, which of the given images comes first, second …
    along_mm : numpy.ndarray
        (n,) float64, position along the normal, ascending.
    sideways_mm : numpy.ndarray
        (n, 2) float64, how far each slice lies beside the first, along its (rows, columns) axes.
    spacing_mm : float
        Between slices of the even grid; NaN for a single slice.
    direction : tuple
        Unit vectors of the array axes (slices, rows, columns).
    origin_mm : tuple of float
        Center of the first voxel of the first slice.
    findings : tuple of Finding
        What was found.
    """

    rows: npt.NDArray[np.int64]
    along_mm: npt.NDArray[np.float64]
    sideways_mm: npt.NDArray[np.float64]
    spacing_mm: float
    direction: tuple[tuple[float, float, float], ...]
    origin_mm: tuple[float, float, float]
    findings: tuple[Finding, ...] = ()


OnProblem = Literal["correct", "refuse"]


def order_slices(positions: npt.NDArray[np.float64], orientation: npt.NDArray[np.float64]) -> SliceOrder:
    """Return slices in the order of their positions along the normal.

    Parameters
    ----------
    positions : numpy.ndarray
        (n, 3) ImagePositionPatient.
    orientation : numpy.ndarray
        (6,) ImageOrientationPatient.

    Returns
    -------
    SliceOrder
        With what keeps the stack from being even.
    """
    raise NotImplementedError
