"""Two states of one image as pictures: in matching windows, and the later one laid where it came from."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import Image
from workbench.imaging.preprocessing.scales import ends_of
from workbench.imaging.preprocessing.space import space_axes, to_source
from workbench.presentation.viewer.masks import is_color, space_shape
from workbench.presentation.viewer.pictures import LARGEST_SIDE, LEAST_SIDE, drawn
from workbench.presentation.viewer.planes import Plane, planes_of
from workbench.presentation.viewer.windows import windows_of

_Pair = tuple[float, float]


def matching_windows(before: Image, after: Image) -> tuple[_Pair | None, _Pair | None, bool]:
    """Return the windows in which two states of an image look alike as far as they are alike.

    Parameters
    ----------
    before, after : Image
        As read, and as a pipeline returned it.

    Returns
    -------
    tuple
        Center and width of each, None of colors; and whether that of `before` is the one that the pipeline applied.
    """
    ends = None if is_color(before) or is_color(after) else ends_of(after.units)
    if ends is not None and before.units != after.units:
        # In order: only what a step found before the units changed is in those of the image as read.
        for entry in after.provenance.get("preprocessing", after.provenance).get("steps", ()):
            low, high = (entry.get("measured", {}).get(end) for end in ("low", "high"))
            if entry.get("before", {}).get("units") != before.units:
                continue
            if isinstance(low, int | float) and isinstance(high, int | float) and -np.inf < low < high < np.inf:
                return _pair(low, high), _pair(*ends), True
    return _own(before), _own(after), False


def same_place(before: Image, after: Image, position: int) -> int | None:
    """Return which slice of the later state of an image lies where one of the earlier state does.

    Parameters
    ----------
    before, after : Image
        Of one source; ``index_to_source`` says where each pixel came from.
    position : int
        Index of the slice along the first plane's stepped axis of `before`.

    Returns
    -------
    int or None
        Index along the same plane's stepped axis of `after`; None when their places are not known, or not in one plane.
    """
    there = _corners(before, after, position)
    return there[0] if there else None


def laid_over(
    before: Image, after: Image, *, position: int, shape: tuple[int, ...], window: Any
) -> npt.NDArray[np.uint8] | None:
    """Return the later state of an image as it lies over a slice of the earlier one; black where it does not reach.

    Parameters
    ----------
    before, after : Image
        Of one source; ``index_to_source`` says where each pixel came from.
    position : int
        Index of the slice along the first plane's stepped axis of `before`.
    shape : tuple of int
        Rows and columns of the picture of `before`.
    window : tuple of float or None
        Center and width of `after`.

    Returns
    -------
    numpy.ndarray or None
        Of this shape, perhaps with colors; None when their places are not known, or not in one plane.
    """
    from PIL import Image as Picture

    there = _corners(before, after, position)
    if there is None:
        return None
    at, plane, corners = there  # of the picture of `before`: upper left, upper right, lower left; rows and columns
    rows, columns = (space_shape(after)[axis] for axis in (plane.down, plane.right))
    dense = max(shape) / max(np.abs(corners[k] - corners[0]).max() for k in (1, 2))
    fine = int(np.clip(round(dense * max(rows, columns)), LEAST_SIDE, LARGEST_SIDE))
    picture = drawn(after, size=fine, position=at, window=window, plane=plane.key)
    corners = corners * (picture.shape[0] / rows, picture.shape[1] / columns)
    (down, right), height, width = corners[0], *shape
    across, along = (corners[1] - corners[0]) / width, (corners[2] - corners[0]) / height
    matrix = (across[1], along[1], right, across[0], along[0], down)
    moved = Picture.fromarray(picture).transform(
        (width, height), Picture.Transform.AFFINE, matrix, Picture.Resampling.BILINEAR
    )
    return np.asarray(moved)


def _corners(before: Image, after: Image, position: int) -> tuple[int, Plane, npt.NDArray[np.float64]] | None:
    """Where three corners of a slice of `before` lie on the page of `after`, in its rows and columns, and in which."""
    if type(before) is not type(after) or after.index_to_source is None or not _of_one_source(before, after):
        return None
    plane, first = planes_of(before)[0], space_axes(before)[0]
    other = next((each for each in planes_of(after) if each.key == plane.key), None)
    if other is None:
        return None
    onto = np.linalg.inv(to_source(after)) @ to_source(before)
    steps = plane.step >= first
    points = np.zeros((3, len(onto)))
    points[:, -1] = 1
    if steps:
        points[:, plane.step - first] = position
    shape = space_shape(before)
    for axis, flipped, ends in (
        (plane.down, plane.flipped[1], (0, 0, shape[plane.down])),
        (plane.right, plane.flipped[2], (0, shape[plane.right], 0)),
    ):
        points[:, axis - first] = [shape[axis] - 0.5 - end if flipped else end - 0.5 for end in ends]
    found = points @ onto.T
    sides = space_shape(after)
    at = position
    if steps:
        depths = found[:, other.step - first]
        at = round(float(depths.mean()))
        if any(abs(a - b) > 1 for a, b in pairwise(depths)) or not 0 <= at < sides[other.step]:
            return None
    if not 0 <= at < (sides[other.step] if other.step >= 0 else 1):
        return None
    places = [
        sides[axis] - 0.5 - found[:, axis - first] if flipped else found[:, axis - first] + 0.5
        for axis, flipped in ((other.down, other.flipped[1]), (other.right, other.flipped[2]))
    ]
    return at, other, np.stack(places, axis=1)


def _of_one_source(before: Image, after: Image) -> bool:
    """Whether both were read from the same files, and the earlier one lies on the grid that the later one tells of."""
    read = after.source.shape
    if replace(before.source, shape=read) != after.source:
        return False
    if before.index_to_source is not None:
        return before.source.shape == read
    axes, frames = space_axes(before), len(read) - len(before.shape)  # a file of one frame says so in front
    return not read or all(axis + frames >= 0 and before.shape[axis] == read[axis + frames] for axis in axes)


def _own(image: Image) -> _Pair | None:
    if is_color(image):
        return None
    ends = ends_of(image.units)
    if ends is not None:
        return _pair(*ends)
    first = windows_of(image)[0]
    return first.center, first.width


def _pair(low: float, high: float) -> _Pair:
    return (low + high) / 2, high - low
