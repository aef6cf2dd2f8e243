"""A made-up chest with its truth: attenuation, five lobes, airways, vessels, and disease of known volume and place."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

#: Label of each lobe in `Chest.lobes`; 0 is outside the lungs.
LOBES = {"right upper": 1, "right middle": 2, "right lower": 3, "left upper": 4, "left lower": 5}

Kind = Literal["ground-glass", "consolidation"]


@dataclass(frozen=True)
class Finding:
    """Disease to be drawn: its kind, its lobe and its volume.

    Attributes
    ----------
    kind : str
        ``"ground-glass"`` or ``"consolidation"``.
    lobe : str
        A key of `LOBES`.
    volume_ml : float
        Drawn to the nearest whole voxel.
    """

    kind: Kind
    lobe: str
    volume_ml: float


@dataclass(frozen=True, eq=False)
class Chest:
    """A chest on an even grid: slices from the lung bases up, rows from front to back, columns from the patient's right.

    Attributes
    ----------
    hu : numpy.ndarray
        ``(slices, rows, columns)``, float32, HU.
    lobes, findings : numpy.ndarray
        Labels of the same shape, uint8: `LOBES`; the n-th finding is n, counted from 1.
    lungs, airways, vessels : numpy.ndarray
        Masks of the same shape.
    spacing_mm : tuple of float
        Between slices, rows, columns.
    drawn : tuple of Finding
        What was drawn, with the volume by voxel count.
    seed : int
        What it was made from.
    """

    hu: npt.NDArray[np.float32]
    lobes: npt.NDArray[np.uint8]
    findings: npt.NDArray[np.uint8]
    lungs: npt.NDArray[np.bool_]
    airways: npt.NDArray[np.bool_]
    vessels: npt.NDArray[np.bool_]
    spacing_mm: tuple[float, float, float]
    drawn: tuple[Finding, ...] = ()
    seed: int = 0

    def volume_ml(self, mask: npt.NDArray[Any]) -> float:
        """Return the volume of a mask on this grid, in ml."""
        raise NotImplementedError


def make_chest(*, seed: int = 0, n_slices: int = 40, n_pixels: int = 64, findings: tuple[Finding, ...] = ()) -> Chest:
    """Return a made-up chest with its truth.

    Parameters
    ----------
    seed : int
        Changes size, heart, vessels, noise and where in its lobe a finding lies.
    n_slices : int
        Over 300 mm.
    n_pixels : int
        Rows and columns, over 360 mm.
    findings : tuple of Finding
        Disease to draw, in this order.

    Returns
    -------
    Chest
        With masks.

    Raises
    ------
    ValueError
        When a lobe has no room for a finding.
    """
    raise NotImplementedError
