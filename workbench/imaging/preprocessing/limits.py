"""What an array can hold: how many bytes a step may make, and which values its kind of number has."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.imaging.images import Image
from workbench.imaging.preprocessing.space import space_axes

# Chosen here: twice a CT of the whole body at 1 mm as float32 (2000 × 512 × 512), and within what a workstation has.
_MOST_GIB = 4


def check_bytes(image: Image, shape: Sequence[int], step: str) -> None:
    """Raise when an image on another grid would take more memory than anyone means.

    Parameters
    ----------
    image : Image
        Before the step.
    shape : sequence of int
        Lengths of the axes of space after it.
    step : str
        Its name, for the message.

    Raises
    ------
    ValueError
        Above 4 GiB, and more than the image itself.
    """
    whole = list(image.shape)
    for axis, length in zip(space_axes(image), shape, strict=True):
        whole[axis] = length
    gib = math.prod(whole) * image.array.dtype.itemsize / 2**30
    if gib > _MOST_GIB and math.prod(whole) > math.prod(image.shape):
        raise ValueError(
            f"{step} would make {' × '.join(f'{length:,}' for length in whole)} pixels, {gib:,.1f} GiB. At most "
            f"{_MOST_GIB} GiB would be right. Ask for fewer pixels, and see whether the image's spacing is right."
        )


def held_value(value: float, dtype: np.dtype[Any], step: str) -> Any:
    """Return a value as a kind of number that has it.

    Parameters
    ----------
    value : float
        What pixels are filled with.
    dtype : numpy.dtype
        Of the image.
    step : str
        Its name, for the message.

    Returns
    -------
    numpy.generic
        Of the dtype.

    Raises
    ------
    ValueError
        When the value lies outside the dtype's range, or between its whole numbers.

    Examples
    --------
    >>> int(held_value(255.0, np.dtype("uint8"), "pad"))
    255
    """
    low, high = _range(dtype)
    if not low <= value <= high or (dtype.kind != "f" and value % 1):
        whole = "number" if dtype.kind == "f" else "whole number"
        raise ValueError(
            f"{step} fills with {value:g}, and the image holds numbers of the kind {dtype}. A {whole} from {low:g} to "
            f"{high:g} would be right. Give one, or put the step before the window or the cast."
        )
    return dtype.type(value)


def outside_value(image: Image) -> float:
    """Return what stands where an image is enlarged: its padding value, or else its lowest value.

    Parameters
    ----------
    image : Image
        Any.

    Returns
    -------
    float
        One that the array can hold.
    """
    padding, dtype = image.padding_value, image.array.dtype
    if padding is not None:
        low, high = _range(dtype)
        if low <= padding <= high and (dtype.kind == "f" or padding % 1 == 0):
            return padding
    return float(image.array.min())


def _range(dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return the lowest and the highest number of a kind."""
    if dtype.kind == "f":
        most = float(np.finfo(dtype).max)
        return -most, most
    return (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
