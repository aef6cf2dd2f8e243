"""Frames over time: US, XA, RF, NM and whatever has frames without a common geometry."""

from collections.abc import Sequence
from pathlib import Path

from workbench.imaging.images import Cine


def read_cine(path: str | Path, *, frames: Sequence[int] | None = None, color: str = "keep") -> Cine:
    """Return the frames of one file with their times, spacing and what was found.

    Parameters
    ----------
    path : str or pathlib.Path
        A DICOM file of one or more frames.
    frames : sequence of int, optional
        Which, counted from 0; all by default.
    color : {'keep', 'grey', 'refuse'}
        What to do with color: keep RGB, convert to luminance with a flag, or refuse it.

    Returns
    -------
    Cine
        ``(frames, rows, columns)`` or ``(frames, rows, columns, 3)``.

    Raises
    ------
    PixelDataError
        Without pixels, or they cannot be decoded.
    """
    raise NotImplementedError
