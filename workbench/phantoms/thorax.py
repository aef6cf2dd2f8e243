"""A made-up chest with its truth: attenuation, five lobes, airways, vessels, and disease of known volume and place.

References
----------
Ground-glass keeps vessels visible, consolidation hides them: Hansell et al., Fleischner Society: glossary of terms for
thoracic imaging, Radiology 2008; 246: 697, doi:10.1148/radiol.2462070712.
"""

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from workbench.errors import unknown_name
from workbench.phantoms.anatomy import FIELD_MM, HEIGHT_MM, Parts, chest_parts

#: Label of each lobe in `Chest.lobes`; 0 is outside the lungs.
LOBES = {"right upper": 1, "right middle": 2, "right lower": 3, "left upper": 4, "left lower": 5}

# The oblique fissure runs from the back at the height of the fifth rib down to the front of the diaphragm; the
# horizontal one, on the right only, from it straight to the front. In mm, in a body of average size.
_OBLIQUE_MM, _OBLIQUE_RISE, _OBLIQUE_BULGE = -34.0, 1.15, 0.003
_HORIZONTAL_MM = 4.0

_GROUND_GLASS_HU = 270  # above the lung it lies in; chosen here
_CONSOLIDATION_HU = 35  # chosen here
_FRAYED = 0.35  # how far the edge of a finding wanders, as a share of its radius

Volume = npt.NDArray[np.float32]
Labels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


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

    kind: Literal["ground-glass", "consolidation"]
    lobe: str
    volume_ml: float


@dataclass(frozen=True, eq=False)
class Chest:
    """A chest on an even grid: slices from the bases up, rows from front to back, columns from the patient's right.

    Attributes
    ----------
    hu : numpy.ndarray
        ``(slices, rows, columns)``, float32, HU.
    lobes, findings : numpy.ndarray
        Labels of the same shape, uint8: `LOBES`; the n-th finding is n, counted from 1.
    lungs, airways, vessels : numpy.ndarray
        Masks of the same shape; the lungs hold their vessels.
    spacing_mm : tuple of float
        Between slices, rows, columns.
    drawn : tuple of Finding
        What was drawn, each with its volume by voxel count.
    seed : int
        What it was made from.
    """

    hu: Volume
    lobes: Labels
    findings: Labels
    lungs: Mask
    airways: Mask
    vessels: Mask
    spacing_mm: tuple[float, float, float]
    drawn: tuple[Finding, ...] = ()
    seed: int = 0

    def volume_ml(self, mask: npt.NDArray[Any]) -> float:
        """Return the volume of a mask on this grid, in ml.

        Parameters
        ----------
        mask : numpy.ndarray
            Nonzero inside.

        Returns
        -------
        float
            The number of voxels inside times the volume of one.
        """
        return int(np.count_nonzero(mask)) * math.prod(self.spacing_mm) / 1000


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
        Disease to draw, in this order; none overlaps another.

    Returns
    -------
    Chest
        Voxels and masks.

    Raises
    ------
    UnknownNameError
        When a lobe has no such name.
    ValueError
        When a lobe has no room for a finding.

    Examples
    --------
    >>> chest = make_chest(findings=(Finding("consolidation", "left lower", 40.0),))
    >>> round(chest.volume_ml(chest.findings == 1)), round(chest.drawn[0].volume_ml)
    (40, 40)
    """
    parts = chest_parts(seed=seed, n_slices=n_slices, n_pixels=n_pixels)
    spacing_mm = (HEIGHT_MM / n_slices, FIELD_MM / n_pixels, FIELD_MM / n_pixels)
    nothing = np.zeros(parts.hu.shape, dtype=np.uint8)
    chest = Chest(parts.hu, _lobes_of(parts), nothing, parts.lungs, parts.airways, parts.vessels, spacing_mm, (), seed)
    random = np.random.default_rng([seed, 1])
    for finding in findings:
        _draw(chest, finding, len(chest.drawn) + 1, random)
        volume_ml = chest.volume_ml(chest.findings == len(chest.drawn) + 1)
        chest = replace(chest, drawn=(*chest.drawn, replace(finding, volume_ml=volume_ml)))
    return chest


def _lobes_of(parts: Parts) -> Labels:
    aside = np.abs(parts.left_mm) - 70  # from the middle of a lung
    fissure = _OBLIQUE_MM + _OBLIQUE_RISE * parts.behind_mm - _OBLIQUE_BULGE * aside**2
    below = parts.above_mm < fissure
    right = parts.left_mm < 0
    under_horizontal = parts.above_mm < _HORIZONTAL_MM
    on_the_right = np.where(below, 3, np.where(under_horizontal, 2, 1))
    on_the_left = np.where(below, 5, 4)
    labels: Labels = (np.where(right, on_the_right, on_the_left) * parts.lungs).astype(np.uint8)
    return labels


def _draw(chest: Chest, finding: Finding, number: int, random: np.random.Generator) -> None:
    """Draw a finding into voxels and labels that this module has just made."""
    if finding.lobe not in LOBES:
        raise unknown_name("lobe", finding.lobe, LOBES, where="the lungs", then="Name one of these.")
    free = (chest.lobes == LOBES[finding.lobe]) & (chest.findings == 0)
    n_voxels = round(finding.volume_ml * 1000 / math.prod(chest.spacing_mm))
    room = np.flatnonzero(free)
    if not 0 < n_voxels <= room.size:
        raise ValueError(
            f"A finding of {finding.volume_ml:g} ml in the {finding.lobe} lobe. At this spacing that lobe has room for "
            f"{math.prod(chest.spacing_mm) / 1000:.3g} to {chest.volume_ml(free):.0f} ml. Ask for a volume in between."
        )
    where = np.stack(np.unravel_index(room, free.shape), axis=1) * np.array(chest.spacing_mm)
    middle = where.mean(axis=0) + random.uniform(-0.35, 0.35, 3) * where.std(axis=0)
    offset = where - middle
    away = np.linalg.norm(offset, axis=1) * (1 + _FRAYED * _ripple(offset, random))
    chosen = room[np.argpartition(away, n_voxels - 1)[:n_voxels]]
    chest.findings.flat[chosen] = number
    texture = chest.hu.flat[chosen] - np.median(chest.hu.flat[chosen])
    if finding.kind == "consolidation":
        chest.hu.flat[chosen] = _CONSOLIDATION_HU + np.clip(0.3 * texture, -40, 40)
    else:
        hazy = chest.hu.flat[chosen] + _GROUND_GLASS_HU
        chest.hu.flat[chosen] = np.where(chest.vessels.flat[chosen], chest.hu.flat[chosen], np.minimum(hazy, -300))


def _ripple(offset: npt.NDArray[np.float64], random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return a smooth function of direction within -1 and 1, so that no finding is a ball."""
    unit = offset / np.maximum(np.linalg.norm(offset, axis=1, keepdims=True), 1e-6)
    waves = random.normal(0, 2.2, (5, 3))
    ripple: npt.NDArray[np.float64] = np.cos(unit @ waves.T + random.uniform(0, 2 * np.pi, 5)).mean(axis=1)
    return ripple
