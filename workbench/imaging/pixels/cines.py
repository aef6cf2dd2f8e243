"""Frames over time: US, XA, RF, NM and whatever has frames without a common geometry."""

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from workbench.imaging.images import Cine
from workbench.imaging.pixels.groups import number_of, numbers_of
from workbench.imaging.pixels.reading import Color, read_frames


def read_cine(path: str | Path, *, frames: Sequence[int] | None = None, color: Color = "keep") -> Cine:
    """Return the frames of one file with their times, spacing and what was found.

    Higher values are brighter; MONOCHROME1 values with units stay as they were measured, as `read_radiograph` says.

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

    References
    ----------
    DICOM PS3.3 2025c, C.7.6.5.1.1 and C.7.6.5.1.2 (times), C.7.6.6 (frames), C.8.5.5 (spacing of ultrasound).

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> cine = read_cine(get_testdata_file("examples_ybr_color.dcm"), frames=[0, 1])
    >>> cine.shape, cine.array.dtype.name, cine.frame_times_ms
    ((2, 240, 320, 3), 'uint8', (0.0, 33.333))
    """
    read = read_frames(path, frames=frames, color=color)
    times = _times_ms(read.dataset, read.description.n_frames)
    if times and frames is not None:
        times = tuple(times[frame] - times[frames[0]] for frame in frames)
    return Cine(array=read.array, flags=tuple(read.flags), frame_times_ms=times, **read.fields)


def _times_ms(dataset: Any, n_frames: int) -> tuple[float, ...]:
    """Return the time of each frame since the first: by Frame Time Vector, Frame Time, or the rate of acquisition."""
    steps = numbers_of(dataset, "FrameTimeVector")
    if len(steps) == n_frames and n_frames > 1 and min(steps) >= 0:
        return tuple(accumulate((0.0, *steps[1:])))  # the first is 0 whatever it says (PS3.3 C.7.6.5.1.2)
    step, rate = number_of(dataset, "FrameTime"), number_of(dataset, "CineRate")
    if step is None or step <= 0:
        step = 1000 / rate if rate and rate > 0 else None
    return tuple(step * frame for frame in range(n_frames)) if step else ()
