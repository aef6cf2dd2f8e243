"""What an image is here: an array with its units, its place in the patient, and where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

#: A NumPy array, or a CuPy array of the same meaning.
Array = Any

#: What the units of an array are called; `UNKNOWN_UNITS` where no attribute of the file states them.
UNKNOWN_UNITS = "unknown units"


@dataclass(frozen=True)
class Source:
    """Where an image came from; none of it is shown by ``repr``.

    Attributes
    ----------
    study_uid, series_uid : str
        Empty for files that are not DICOM.
    sop_uids : tuple of str
        One for each file, in the order of the slices (or frames).
    path : str
        The file or folder that was read.
    shape : tuple of int
        Of the array as it was read, before any step.
    """

    study_uid: str = ""
    series_uid: str = ""
    sop_uids: tuple[str, ...] = ()
    path: str = ""
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Image:
    """An array with known units and geometry; steps return new ones and never change an old one.

    Attributes
    ----------
    array : numpy.ndarray or cupy.ndarray
        See the subclass for its axes.
    spacing_mm : tuple of float or None
        Between pixel centers along each axis of space, in the order of the array's axes; None when unknown.
    units : str
        ``"HU"``, ``"Bq/ml"`` …, or ``"unknown units"``; a step that leaves physical units says so (``"0 to 1"``).
    modality : str
        DICOM code string (PS3.3 C.7.3.1.1.1), empty when unknown.
    padding_value : float or None
        The value, in `units`, of pixels outside the image proper (PixelPaddingValue after rescale).
    windows : tuple of tuple of float
        The file's own (center, width) pairs in `units`, the first the default (PS3.3 C.11.2).
    flags : tuple of str
        What was found and corrected or left as it is, a sentence each.
    source : Source
        Where it came from.
    index_to_source : numpy.ndarray
        (n + 1, n + 1) float64 for n axes of space: homogeneous index of this array to index of the array as read.
    provenance : mapping
        What was done: reader, pipeline, parameters, backend.
    """

    array: Array
    spacing_mm: tuple[float, ...] | None
    units: str = UNKNOWN_UNITS
    modality: str = ""
    padding_value: float | None = None
    windows: tuple[tuple[float, float], ...] = ()
    flags: tuple[str, ...] = ()
    source: Source = field(default_factory=Source, repr=False)
    index_to_source: npt.NDArray[np.float64] | None = field(default=None, repr=False)
    provenance: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def replace(self, **changes: Any) -> Self:
        """Return the image with other values in some fields.

        Parameters
        ----------
        **changes : object
            Field to value.

        Returns
        -------
        Image
            Of the same class.
        """
        return replace(self, **changes)

    def __repr__(self) -> str:
        """Say what it is in a line, and what was found in a line each; no pixel and no identifier."""
        size = " × ".join(map(str, self.shape))
        spacing = (
            "spacing unknown" if self.spacing_mm is None else f"{' × '.join(f'{mm:g}' for mm in self.spacing_mm)} mm"
        )
        what = ", ".join(part for part in (self.modality, size, str(self.array.dtype), self.units, spacing) if part)
        return "\n".join([f"{type(self).__name__}: {what}", *(f"  {flag}" for flag in self.flags)])

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        return tuple(self.array.shape)


@dataclass(frozen=True, eq=False, repr=False)
class Volume(Image):
    """A stack of parallel slices: ``(slices, rows, columns)``, spacing in the same order.

    Attributes
    ----------
    origin_mm : tuple of float
        Patient coordinates (x, y, z; LPS, PS3.3 C.7.6.2.1.1) of the center of voxel (0, 0, 0).
    direction : tuple of tuple of float
        For each array axis (slices, rows, columns) the unit vector (x, y, z) along which its index grows.
    """

    origin_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    direction: tuple[tuple[float, float, float], ...] = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))


@dataclass(frozen=True, eq=False, repr=False)
class Radiograph(Image):
    """A single projection or picture: ``(rows, columns)``, or ``(rows, columns, 3)`` RGB.

    Higher is brighter, except where MONOCHROME1 values have units: these stay as measured, and a flag says so.

    Attributes
    ----------
    view_position : str
        PS3.3 C.8.1.1 (CR) or C.8.11.5 (DX), such as ``"PA"``; empty when unknown.
    laterality : str
        ``"R"``, ``"L"``, ``"B"``, ``"U"`` or empty.
    patient_orientation : tuple of str
        Where columns and rows lead (PS3.3 C.7.6.1.1.1), such as ``("L", "F")``; empty when unknown.
    """

    view_position: str = ""
    laterality: str = ""
    patient_orientation: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Cine(Image):
    """Frames over time, or frames without a common geometry: ``(frames, rows, columns)``, perhaps ``× 3`` RGB.

    Attributes
    ----------
    frame_times_ms : tuple of float
        Since the first frame; empty when unknown.
    """

    frame_times_ms: tuple[float, ...] = ()
