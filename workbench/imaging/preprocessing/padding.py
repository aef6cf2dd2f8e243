"""Other sizes of pixels without padding running into the patient: a pixel of the result is all padding or none.

Padding is no measurement: −3024 HU around the round field of a scanner, averaged with tissue, gives values that no
tissue has. Where a new pixel would be made of both, it therefore takes the nearest old pixel, as a mask of the image
does (`workbench.imaging.preprocessing.mapping.map_mask_forward`), so that what follows can tell padding by its value
and count only pixels that are wholly none.
"""

from collections.abc import Mapping, Sequence

from workbench.imaging.arrays import array_module
from workbench.imaging.images import Array, Image
from workbench.imaging.kernels.resampling import Method, resample
from workbench.imaging.kernels.resampling_taps import taps_of
from workbench.imaging.preprocessing.records import STEPS
from workbench.imaging.preprocessing.scales import is_color, not_padding
from workbench.imaging.preprocessing.space import spread

#: After these, pixels of the patient have the value of padding too: it is the dark end of a scale, and blends as such.
_MERGES = frozenset({"window", "percentile_window", "file_window", "clip", "percentile_clip", "equalize", "clahe"})

#: Gives a value that pixels inside the mask may have too.
_BLANKS = "blank_outside"


def resampled(image: Image, shape: Sequence[int], method: Method) -> Array:
    """Return the values of an image on a grid of another shape, in which padding is mixed with nothing.

    Parameters
    ----------
    image : Image
        Any; without padding, or after a window or a clip made other pixels equal to it, this is plain resampling.
    shape : sequence of int
        Of the whole array, frames and colors included.
    method : {"linear", "area", "cubic", "nearest"}
        How values between pixels are found; those that padding would enter are the nearest.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of `shape`.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.imaging.images import Radiograph
    >>> row = Radiograph(np.array([[-2000, -2000, -2000, 10, 20, 20]]), spacing_mm=None, padding_value=-2000.0)
    >>> resampled(row, (1, 3), "area").tolist()
    [[-2000.0, 10.0, 20.0]]
    """
    array = resample(image.array, tuple(shape), method=method)
    inside = measured_pixels(image)
    if inside is None or method == "nearest":
        return array
    xp = array_module(array)
    nearest = resample(image.array, tuple(shape), method="nearest", dtype=array.dtype)
    xp.copyto(array, nearest, where=~wholly(inside, shape, method))
    return array


def measured_pixels(image: Image) -> Array | None:
    """Return where an image is no padding, as long as its value is that of padding alone.

    Parameters
    ----------
    image : Image
        Any.

    Returns
    -------
    numpy.ndarray, cupy.ndarray or None
        bool, of the array's shape; None where there is no padding, nothing else, or where a step has given other
        pixels its value.
    """
    return None if is_color(image) or _MERGES & _done(image) else not_padding(image)


def counted_pixels(image: Image, mask: Array | None) -> Array | None:
    """Return which pixels a statistic counts: those of the mask, or all, that are wholly no padding.

    Parameters
    ----------
    image : Image
        Gray.
    mask : numpy.ndarray or cupy.ndarray or None
        Of the image's shape, or of rows and columns for all frames of a cine.

    Returns
    -------
    numpy.ndarray, cupy.ndarray or None
        bool, of the array's shape; None for all pixels. The mask itself where it holds nothing but padding.
    """
    if mask is None:
        return not_padding(image)
    where = spread(mask, image)
    inside = None if _BLANKS in _done(image) else measured_pixels(image)
    if inside is None:
        return where
    inside &= where != 0
    return inside if bool(inside.any()) else where


def wholly(inside: Array, shape: Sequence[int], method: Method) -> Array:
    """Return which pixels of a resampled array are made of pixels of a mask alone.

    Parameters
    ----------
    inside : numpy.ndarray or cupy.ndarray
        bool, before.
    shape : sequence of int
        After.
    method : {"linear", "area", "cubic"}
        How the array is resampled: old pixels of no weight do not count.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        bool, of `shape`.
    """
    xp = array_module(inside)
    for axis, (before, after) in enumerate(zip(inside.shape, shape, strict=True)):
        if before == after:
            continue
        first, weights = taps_of(before, after, method)
        along = (-1,) + (1,) * (inside.ndim - axis - 1)
        found = None
        for tap, weight in enumerate(weights):
            part = xp.take(inside, xp.asarray(first + tap), axis=axis) | xp.asarray(weight == 0).reshape(along)
            found = part if found is None else xp.logical_and(found, part, out=found)
        inside = found
    return inside


def _done(image: Image) -> frozenset[str]:
    """Return the names of the steps that an image has been through, now and in earlier runs, undone ones too."""
    entries = list(image.provenance.get(STEPS, ()))
    runs = [image.provenance.get("preprocessing"), image.provenance.get("undone")]
    while runs:
        run = runs.pop()
        if isinstance(run, Mapping):
            entries += run.get("steps", ())
            runs.append(run.get("earlier"))
    return frozenset(str(entry["step"]) for entry in entries)
