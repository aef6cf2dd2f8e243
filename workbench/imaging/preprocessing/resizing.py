"""Steps that change the size of pixels: resample to a spacing, resize to a shape.

A pixel is an area: index i covers i − ½ to i + ½, so an axis of n pixels that becomes m keeps its whole extent and
index j of the new axis lies at (j + ½) · n / m − ½ of the old one. Padding is mixed with nothing, see
`workbench.imaging.preprocessing.padding`.
"""

import math
from collections.abc import Sequence
from typing import Any, TypeVar

from workbench.imaging.images import Image
from workbench.imaging.kernels.resampling import Method, grid_matrix
from workbench.imaging.preprocessing.geometry import cut, moved
from workbench.imaging.preprocessing.limits import check_bytes
from workbench.imaging.preprocessing.padding import resampled
from workbench.imaging.preprocessing.space import space_axes, space_shape

_Kind = TypeVar("_Kind", bound=Image)


def resample(image: _Kind, *, spacing_mm: Sequence[float | None], method: Method = "linear") -> _Kind:
    """Return the image with another distance between pixel centers, its extent unchanged.

    The extent is kept whole, so the spacing that comes out differs from the one asked for by up to half a pixel over
    the length of the axis; the image says the true one. Whole numbers stay whole numbers of the same kind.

    Parameters
    ----------
    image : Image
        With known spacing.
    spacing_mm : sequence of float or None
        For each axis of space, slices first; None leaves an axis as it is.
    method : {"linear", "area", "cubic", "nearest"}
        "area" averages when it makes pixels larger, so fine structures do not alias.

    Returns
    -------
    Image
        Of the same class.

    Raises
    ------
    ValueError
        When the spacing is unknown or no distance, or the result would be too large.
    """
    parameters = {"spacing_mm": list(spacing_mm), "method": method}
    old = _usable_spacing(image)
    now = space_shape(image)
    wanted = [was if new is None else new for was, new in zip(old, spacing_mm, strict=True)]
    shape = tuple(max(1, round(n * was / new)) for n, was, new in zip(now, old, wanted, strict=True))
    check_bytes(image, shape, "resample")
    return _scaled(image, shape, "resample", parameters, method)


def resize(
    image: _Kind, *, shape: Sequence[int], aspect: str = "keep", method: Method = "area", fill: float | None = None
) -> _Kind:
    """Return the image on a grid of a given shape.

    Parameters
    ----------
    image : Image
        Any.
    shape : sequence of int
        Length of each axis of space.
    aspect : {"keep", "stretch"}
        "keep" scales all axes alike and pads the shorter ones evenly; "stretch" scales each axis to its length.
    method : {"area", "linear", "cubic", "nearest"}
        How values between pixels are found.
    fill : float, optional
        Value of the padding; by default the image's padding value, or else its lowest value.

    Returns
    -------
    Image
        Of the same class.

    Raises
    ------
    ValueError
        When the result would be too large.
    """
    parameters = {"shape": list(shape), "aspect": aspect, "method": method, "fill": fill}
    now = space_shape(image)
    check_bytes(image, shape, "resize")
    scale = min(m / n for n, m in zip(now, shape, strict=True))
    inner = tuple(shape) if aspect == "stretch" else tuple(max(1, round(n * scale)) for n in now)
    scaled = _scaled(image, inner, "resize", parameters, method)
    if inner == tuple(shape):
        return scaled
    start = [-((m - n) // 2) for n, m in zip(inner, shape, strict=True)]
    return cut(scaled, start, shape, step="pad", parameters={"shape": list(shape), "fill": fill})


def _scaled(image: _Kind, shape: tuple[int, ...], step: str, parameters: dict[str, Any], method: Method) -> _Kind:
    now = space_shape(image)
    matrix = grid_matrix(now, shape)
    whole = list(image.shape)
    for axis, length in zip(space_axes(image), shape, strict=True):
        whole[axis] = length
    array = image.array if shape == now else resampled(image, whole, method)
    return moved(image, matrix, shape, step, parameters, array=array)


def _usable_spacing(image: Image) -> tuple[float, ...]:
    if image.spacing_mm is None:
        raise ValueError(
            "The image has no known spacing, and resampling needs it. Millimeters between pixel centers would be "
            "right. State them: image.replace(spacing_mm=(…)), or use a pipeline that resizes to a shape."
        )
    if not all(math.isfinite(value) and value > 0 for value in image.spacing_mm):
        raise ValueError(
            f"The image's spacing is {_listed(image.spacing_mm)} mm. Positive, finite millimeters would be right. "
            "Correct them: image.replace(spacing_mm=(…))."
        )
    return image.spacing_mm


def _listed(values: Sequence[float]) -> str:
    return " × ".join(f"{value:g}" for value in values)
