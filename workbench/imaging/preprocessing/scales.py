"""What the values of an image may be called: the units that steps know, and the bounded scales that they make."""

import math
import re
from typing import Literal

from workbench.errors import unknown_name
from workbench.imaging.images import UNKNOWN_UNITS, Array, Image
from workbench.imaging.preprocessing.space import space_axes

#: Kinds of number that a window makes.
Numbers = Literal["float32", "uint8", "uint16"]

#: After z-scoring.
DEVIATIONS = "standard deviations"

#: What a window makes, by the kind of number.
SCALES = {"float32": "0 to 1", "uint8": "0 to 255", "uint16": "0 to 65535"}

#: Units that a pipeline may name: those of images as read (DICOM PS3.3 2025c C.11.1.1.2 and, of PET, C.8.9.1.1.3), and
#: those that steps make.
UNITS = ("HU", "Bq/ml", "g/ml", "counts", DEVIATIONS, *SCALES.values(), UNKNOWN_UNITS)

_BOUNDED = re.compile(r"(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?) to (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)")


def check_units(units: str) -> str:
    """Return units that a pipeline may name.

    Parameters
    ----------
    units : str
        As written in a pipeline.

    Returns
    -------
    str
        The same.

    Raises
    ------
    UnknownNameError
        When they are none of `UNITS` and no scale such as ``"-1024 to 1024"``.

    Examples
    --------
    >>> check_units("HU")
    'HU'
    """
    if units in UNITS or ends_of(units):
        return units
    raise unknown_name("units", units, UNITS, where="the units that steps know", then="Correct the pipeline.")


def need_units(image: Image, units: str, what: str) -> None:
    """Raise unless the image has the units that numbers are given in.

    Parameters
    ----------
    image : Image
        Before a step.
    units : str
        Of the step's numbers.
    what : str
        The step, for the message.

    Raises
    ------
    ValueError
        When the image has other units.
    """
    if image.units != units:
        kind = type(image).__name__.lower()
        raise ValueError(
            f"The {kind}'s values are in {image.units}, and {what} gives its numbers in {units}. {units} would be "
            f"right. If you know that they are {units}, say so: image.replace(units={units!r})."
        )


def bounds(image: Image, what: str) -> tuple[float, float]:
    """Return the ends of an image's scale.

    Parameters
    ----------
    image : Image
        With units such as ``"0 to 1"``.
    what : str
        The step that needs them, for the message.

    Returns
    -------
    tuple of float
        Lowest and highest value.

    Raises
    ------
    ValueError
        When the units are no such scale.
    """
    ends = ends_of(image.units)
    if ends is None:
        raise ValueError(
            f"{what} came on values in {image.units}. A bounded scale such as '0 to 1' would be right. "
            "Put a window before it."
        )
    return ends


def ends_of(units: str) -> tuple[float, float] | None:
    """Return the ends of a bounded scale, or None for other units.

    Parameters
    ----------
    units : str
        Of an image.

    Returns
    -------
    tuple of float or None
        Lowest and highest value, the first below the second.

    Examples
    --------
    >>> ends_of("-1024 to 1024")
    (-1024.0, 1024.0)
    """
    found = _BOUNDED.fullmatch(units)
    if not found:
        return None
    low, high = float(found[1]), float(found[2])
    return (low, high) if -math.inf < low < high < math.inf else None


def need_gray(image: Image, what: str) -> None:
    """Raise for a color image.

    Parameters
    ----------
    image : Image
        Before a step.
    what : str
        The step, for the message.

    Raises
    ------
    ValueError
        When the last axis holds colors.
    """
    if is_color(image):
        raise ValueError(
            f"{what} came on a color image of shape {' × '.join(map(str, image.shape))}. Gray values would be right. "
            "Put the step to_gray before it."
        )


def is_color(image: Image) -> bool:
    """Return whether the last axis holds red, green and blue.

    Parameters
    ----------
    image : Image
        Any.

    Returns
    -------
    bool
        A volume never does.
    """
    return len(image.shape) > max(space_axes(image)) + 1


def not_padding(image: Image) -> Array | None:
    """Return where the image is no padding.

    Parameters
    ----------
    image : Image
        Gray.

    Returns
    -------
    numpy.ndarray, cupy.ndarray or None
        bool, of the array's shape; None where the image has no padding, or nothing else.
    """
    if image.padding_value is None:
        return None
    inside = image.array != image.padding_value
    return inside if bool(inside.any()) and not bool(inside.all()) else None
