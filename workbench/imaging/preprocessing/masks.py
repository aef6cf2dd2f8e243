"""Steps that find where the patient is: foreground, body, breast, sector; and steps that use such a mask."""

from typing import TypeVar

import numpy as np

from workbench.imaging.arrays import array_module, to_host
from workbench.imaging.images import Array, Cine, Image
from workbench.imaging.kernels.histograms import histogram
from workbench.imaging.kernels.labeling import largest_components
from workbench.imaging.kernels.morphology import close
from workbench.imaging.kernels.morphology import fill_holes as fill
from workbench.imaging.kernels.resampling import grid_matrix, resample
from workbench.imaging.preprocessing.geometry import cut
from workbench.imaging.preprocessing.limits import held_value
from workbench.imaging.preprocessing.mapping import pull
from workbench.imaging.preprocessing.padding import measured_pixels, resampled
from workbench.imaging.preprocessing.records import flagged, recorded
from workbench.imaging.preprocessing.scales import need_gray, need_units
from workbench.imaging.preprocessing.space import space_shape

_Kind = TypeVar("_Kind", bound=Image)
_BINS = 256


def find_foreground(
    image: Image,
    *,
    method: str = "otsu",
    threshold: float | None = None,
    units: str | None = None,
    largest: int = 1,
    close_pixels: int = 0,
    fill_holes: bool = True,
    reduce: int = 1,
) -> Array:
    """Return where the patient is: brighter than a threshold, largest parts only, gaps closed, holes filled.

    Parameters
    ----------
    image : Image
        Gray. Of a cine the mean over the frames is taken, or what changes, and one mask serves all frames.
    method : {"otsu", "threshold", "above_lowest", "changing"}
        The threshold that separates two classes best, a given one, the lowest value (or the padding), or any change
        over the frames of a cine.
    threshold : float, optional
        With "threshold", which needs it: values above it are foreground.
    units : str, optional
        Of the threshold.
    largest : int
        How many connected parts to keep; 0 keeps all.
    close_pixels : int
        Radius of the closing, in each slice.
    fill_holes : bool
        Whether holes are filled, in each slice.
    reduce : int
        Work on the means of n pixels along each axis, which is up to n³ times faster in a volume and as much coarser.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        bool, of the image's shape (of a cine's frames); never padding, which no threshold counts either.

    Raises
    ------
    ValueError
        For color, a threshold that is missing, or one in other units.

    References
    ----------
    Otsu, A threshold selection method from gray-level histograms (1979), doi:10.1109/TSMC.1979.4310076.
    """
    need_gray(image, "find_foreground")
    values = _still(image, method)
    coarse, inside = _coarse(image, values, reduce)
    if method == "threshold":
        level = _given(image, threshold, units)
    elif method == "otsu":
        level = otsu_threshold(coarse, mask=inside)
    else:
        level = float(coarse.min())
        if image.padding_value is not None and method == "above_lowest":
            level = max(level, image.padding_value)
    mask = coarse > level
    if inside is not None:
        mask &= inside
    if largest:
        mask = largest_components(mask, largest)
    if close_pixels:
        mask = close(mask, max(1, round(close_pixels / max(1, reduce))))
    if fill_holes:
        mask = fill(mask, per_slice=True)
    mask = mask.astype(bool, copy=False)
    if reduce <= 1:
        return mask
    return pull(mask, grid_matrix(tuple(mask.shape), tuple(values.shape)), values.shape, axes=range(values.ndim))


def otsu_threshold(array: Array, *, mask: Array | None = None) -> float:
    """Return the value that separates an array's values into two classes with the least variance within.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Any numbers.
    mask : numpy.ndarray or cupy.ndarray, optional
        Where they count: bool, of the array's shape, not empty.

    Returns
    -------
    float
        The upper edge of a bin of 256 between lowest and highest; the value itself where all are equal.

    References
    ----------
    Otsu (1979), doi:10.1109/TSMC.1979.4310076.

    Examples
    --------
    >>> otsu_threshold(np.array([0, 1, 2, 100, 101, 102], dtype=np.int16)) < 100
    True
    """
    values = array if mask is None else array[mask]
    low, high = float(values.min()), float(values.max())
    if not high > low:
        return low
    counts = np.asarray(histogram(values, low=low, high=high, bins=_BINS), dtype=np.float64)
    middles = low + (np.arange(_BINS) + 0.5) * (high - low) / _BINS
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    best = np.flatnonzero(between == np.nanmax(between))  # a gap makes a plateau: its middle
    return float(low + (best[len(best) // 2] + 1) * (high - low) / _BINS)


def crop_to_foreground(image: _Kind, *, margin: int = 0, mask: Array | None = None) -> _Kind:
    """Return the smallest box that holds the mask, with a margin.

    Parameters
    ----------
    image : Image
        Any.
    margin : int
        Pixels on each side, as far as the image goes.
    mask : numpy.ndarray or cupy.ndarray, optional
        Of the image's shape (of a cine's frames); by default what is brighter than the lowest value.

    Returns
    -------
    Image
        Of the same class; the whole image, flagged, where the mask is empty.
    """
    where = find_foreground(image, method="above_lowest", largest=0, fill_holes=False) if mask is None else mask
    if where.ndim > len(space_shape(image)):
        where = where.any(axis=0)  # one box for all frames
    start, shape = box_of(where, margin)
    parameters = {"margin": margin}
    if not shape:
        whole = space_shape(image)
        kept = cut(image, [0] * len(whole), whole, step="crop_to_foreground", parameters=parameters)
        return flagged(kept, "No foreground was found: the image was not cropped.")
    return cut(image, start, shape, step="crop_to_foreground", parameters=parameters)


def blank_outside(image: _Kind, *, value: float = 0, mask: Array | None = None) -> _Kind:
    """Return the image with one value wherever the mask is not.

    Parameters
    ----------
    image : Image
        Gray.
    value : float
        In the image's units.
    mask : numpy.ndarray or cupy.ndarray, optional
        Of the image's shape (of a cine's frames); without one nothing changes.

    Returns
    -------
    Image
        Of the same class; `value` is its padding value.
    """
    need_gray(image, "blank_outside")
    xp = array_module(image.array)
    outside = held_value(value, image.array.dtype, "blank_outside")
    array = image.array if mask is None else xp.where(mask, image.array, outside)
    return recorded(image, "blank_outside", {"value": value}, array=array, padding_value=float(value))


def box_of(mask: Array, margin: int = 0) -> tuple[list[int], list[int]]:
    """Return the first index and the length of the box that holds a mask, axis by axis.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        bool or labels.
    margin : int
        Added on each side, as far as the array goes.

    Returns
    -------
    tuple of list of int
        Starts and lengths; two empty lists for an empty mask.

    Examples
    --------
    >>> box_of(np.array([[0, 0, 0], [0, 1, 1]], dtype=bool))
    ([1, 1], [1, 2])
    """
    start, shape = [], []
    for axis in range(mask.ndim):
        others = tuple(other for other in range(mask.ndim) if other != axis)
        lines = np.flatnonzero(to_host(mask.any(axis=others)))
        if lines.size == 0:
            return [], []
        first = max(0, int(lines[0]) - margin)
        last = min(mask.shape[axis] - 1, int(lines[-1]) + margin)
        start.append(first)
        shape.append(last - first + 1)
    return start, shape


def _coarse(image: Image, values: Array, reduce: int) -> tuple[Array, Array | None]:
    """Return the values that decide, of larger pixels where asked, and where they are no padding."""
    inside = None if isinstance(image, Cine) else measured_pixels(image)
    if reduce <= 1:
        return values, inside
    shape = tuple(-(-n // reduce) for n in values.shape)
    if inside is None:
        return resample(values, shape, method="area"), None
    coarse = resampled(image, shape, "area")
    return coarse, coarse != image.padding_value


def _given(image: Image, threshold: float | None, units: str | None) -> float:
    """Return the threshold that a pipeline gives, after seeing that it is there and in the image's units."""
    if threshold is None:
        raise ValueError(
            "find_foreground came with the method 'threshold' and without one. A number in the image's units would be "
            "right. Add 'threshold: …', or take the method otsu."
        )
    need_units(image, units or image.units, "find_foreground")
    return threshold


def _still(image: Image, method: str) -> Array:
    """Return the values that decide, without frames."""
    if not isinstance(image, Cine):
        return image.array
    xp = array_module(image.array)
    if method == "changing" and image.shape[0] > 1:
        span = image.array.max(axis=0).astype(xp.float32) - image.array.min(axis=0)
        return span
    return image.array.mean(axis=0, dtype=xp.float32)
