"""What lies over an image: a label for each pixel, with a name and a color for each label."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.arrays import to_host
from workbench.imaging.images import Image, Radiograph, Volume

_MOST_LABELS = 255
# Okabe & Ito (jfly.uni-koeln.de/color), safe for the common color-vision deficiencies, brightest on black first.
_COLORS = ("#e69f00", "#56b4e9", "#2fbf9b", "#f0e442", "#ff7f50", "#cc79a7", "#7aa6ff", "#c0c0c0")


@dataclass(frozen=True)
class Overlay:
    """A mask as it is drawn.

    Attributes
    ----------
    array : numpy.ndarray
        Of the image's axes of space, uint8; 0 where nothing lies.
    legend : tuple of dict
        ``value``, ``name``, ``color``, ``n`` (pixels) and, of volumes of known spacing, ``ml``.
    """

    array: npt.NDArray[np.uint8]
    legend: tuple[dict[str, Any], ...]


def overlay_of(image: Image, mask: Any, labels: Mapping[int, str] | None = None) -> Overlay | None:
    """Return what is laid over an image.

    Parameters
    ----------
    image : Image
        What lies below.
    mask : array, Image or mapping of str to array, optional
        True, or a whole number from 1 to 255, where a label is. Where two of a mapping meet, the later one is seen.
    labels : mapping of int to str, optional
        Names of the values.

    Returns
    -------
    Overlay or None
        None without a mask.

    Raises
    ------
    ValueError
        When the shape differs or the values are not labels.

    Examples
    --------
    >>> volume = Volume(np.zeros((2, 2, 2)), spacing_mm=(10.0, 10.0, 10.0))
    >>> overlay_of(volume, np.ones((2, 2, 2), bool), {1: "all"}).legend[0]["ml"]
    8.0
    """
    if mask is None:
        return None
    shape = space_shape(image)
    names = dict(labels or {})
    if isinstance(mask, Mapping):
        array = np.zeros(shape, dtype=np.uint8)
        for value, (name, part) in enumerate(mask.items(), start=1):
            array[_checked(part, shape) > 0] = value
            names[value] = name
    else:
        array = _checked(mask, shape)
    counts = np.zeros(_MOST_LABELS + 1, dtype=np.int64)
    for part in array:  # slice by slice: counting makes a copy of eight bytes a pixel
        counts += np.bincount(part.reshape(-1), minlength=len(counts))
    values = [int(value) for value in np.flatnonzero(counts[1:]) + 1]
    known = sorted({*values, *(value for value in names if 0 < value <= _MOST_LABELS)}) or [1]
    voxel_ml = float(np.prod(image.spacing_mm)) / 1000 if isinstance(image, Volume) and image.spacing_mm else 0.0
    legend = []
    for place, value in enumerate(known):
        n = int(counts[value])
        name = names.get(value) or ("Mask" if known == [1] else f"Label {value}")
        entry = {"value": value, "name": name, "color": _COLORS[place % len(_COLORS)], "n": n}
        legend.append(entry | ({"ml": n * voxel_ml} if 0 < voxel_ml < np.inf else {}))
    return Overlay(array, tuple(legend))


def space_shape(image: Image) -> tuple[int, ...]:
    """Return the shape of an image without its colors.

    Parameters
    ----------
    image : Image
        Gray or RGB.

    Returns
    -------
    tuple of int
        What a mask of it must have.
    """
    return image.shape[:-1] if is_color(image) else image.shape


def is_color(image: Image) -> bool:
    """Return whether the last axis of an image is red, green and blue.

    Parameters
    ----------
    image : Image
        A volume never is.

    Returns
    -------
    bool
        By the number of axes.
    """
    gray_axes = 2 if isinstance(image, Radiograph) else 3
    return not isinstance(image, Volume) and image.shape[-1:] == (3,) and len(image.shape) == gray_axes + 1


def _checked(mask: Any, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    array = np.asarray(to_host(mask.array if isinstance(mask, Image) else mask))
    if array.shape != shape:
        raise ValueError(
            f"A mask of shape {array.shape} was received. The image has {shape}. "
            "Bring it to the image's grid first, for instance with map_mask_forward(mask, image)."
        )
    if array.dtype == np.bool_:
        return array.view(np.uint8)
    lowest, highest = (float(array.min()), float(array.max())) if array.size else (0.0, 0.0)
    whole = array.dtype.kind in "iu" or bool((array == np.floor(array)).all())
    if not whole or not 0 <= lowest <= highest <= _MOST_LABELS:
        raise ValueError(
            f"A mask with values from {lowest:g} to {highest:g} was received. Whole numbers from 0 (nothing) to "
            f"{_MOST_LABELS} are labels. Make one of a probability, for instance mask = probability > 0.5."
        )
    return array.astype(np.uint8)
