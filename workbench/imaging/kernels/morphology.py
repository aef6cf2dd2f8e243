"""Masks grown, shrunk, closed, opened and filled: slice by slice in 2-D, or in 3-D.

What lies outside the array is left out of account: it is background to a dilation and foreground to an erosion, so
that closing never takes a voxel away and opening never adds one, at the border as elsewhere.
"""

from importlib import import_module
from types import ModuleType

import numpy as np
import numpy.typing as npt

from workbench.errors import brief
from workbench.imaging.arrays import is_on_gpu
from workbench.imaging.images import Array
from workbench.imaging.kernels.labeling_masks import three_axes

Radius = float | tuple[float, ...]

_LARGEST_RADIUS = 63  # voxels: one word of the packed mask
_ROUNDING = 1e-9  # so that an offset of just the radius counts whatever the division left over


def dilate(mask: Array, radius: Radius, *, per_slice: bool = True) -> Array:
    """Return the mask grown by a disc in each slice, or by a ball.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        ``(rows, columns)`` or ``(slices, rows, columns)``, bool or integers of which anything but 0 counts.
    radius : float or tuple of float
        In voxels, from 0 to 63: the offsets whose length is at most the radius. One radius for each axis makes an
        ellipsoid, as a ball in millimeters is on voxels that are not cubes; then `per_slice` says nothing.
    per_slice : bool
        Whether each slice is treated for itself in 2-D (a disc), or the volume in 3-D (a ball).

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        bool, of the mask's shape.

    Raises
    ------
    ValueError
        For a radius below 0 or above 63, radii that do not match the axes, or an array with neither two nor three axes.
    TypeError
        For a mask of floating-point numbers.

    Examples
    --------
    >>> import numpy as np
    >>> dilate(np.array([[0, 0, 1, 0]], dtype=bool), 1).tolist()
    [[False, True, True, True]]
    """
    return _change(mask, radius, ("dilate",), "dilate", per_slice=per_slice)


def erode(mask: Array, radius: Radius, *, per_slice: bool = True) -> Array:
    """Return the mask shrunk by a disc in each slice, or by a ball.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        As for `dilate`.
    radius : float or tuple of float
        As for `dilate`.
    per_slice : bool
        As for `dilate`.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        bool, of the mask's shape.

    Raises
    ------
    ValueError
        As for `dilate`.
    TypeError
        As for `dilate`.

    Examples
    --------
    >>> import numpy as np
    >>> erode(np.array([[0, 1, 1, 1]], dtype=bool), 1).tolist()
    [[False, False, True, True]]
    """
    return _change(mask, radius, ("erode",), "erode", per_slice=per_slice)


def close(mask: Array, radius: Radius, *, per_slice: bool = True) -> Array:
    """Return the mask with its gaps and notches closed: dilated, then eroded.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        As for `dilate`.
    radius : float or tuple of float
        As for `dilate`.
    per_slice : bool
        As for `dilate`.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        bool, of the mask's shape.

    Raises
    ------
    ValueError
        As for `dilate`.
    TypeError
        As for `dilate`.

    Examples
    --------
    >>> import numpy as np
    >>> close(np.array([[1, 1, 0, 1, 1]], dtype=bool), 1).tolist()
    [[True, True, True, True, True]]
    """
    return _change(mask, radius, ("dilate", "erode"), "close", per_slice=per_slice)


def open(mask: Array, radius: Radius, *, per_slice: bool = True) -> Array:  # noqa: A001 - the field's word
    """Return the mask without its specks and spurs: eroded, then dilated.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        As for `dilate`.
    radius : float or tuple of float
        As for `dilate`.
    per_slice : bool
        As for `dilate`.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        bool, of the mask's shape.

    Raises
    ------
    ValueError
        As for `dilate`.
    TypeError
        As for `dilate`.

    Examples
    --------
    >>> import numpy as np
    >>> open(np.array([[0, 1, 0, 1, 1]], dtype=bool), 1).tolist()
    [[False, False, False, True, True]]
    """
    return _change(mask, radius, ("erode", "dilate"), "open", per_slice=per_slice)


def fill_holes(mask: Array, *, per_slice: bool = True) -> Array:
    """Return the mask with the background that does not reach the border filled in.

    Background is connected through faces (4 neighbors in 2-D, 6 in 3-D).

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        As for `dilate`.
    per_slice : bool
        Whether holes are looked for in each slice for itself in 2-D, or in the volume in 3-D, where a hole must be
        closed in on all sides.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        bool, of the mask's shape.

    Raises
    ------
    ValueError
        For an array with neither two nor three axes.
    TypeError
        For a mask of floating-point numbers.

    Examples
    --------
    >>> import numpy as np
    >>> fill_holes(np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=bool)).all()
    np.True_
    """
    volume = three_axes(mask, "fill_holes")
    if volume.size == 0:
        return volume.reshape(mask.shape)
    return _kernels("labeling", volume).fill_background(volume, per_slice=per_slice).reshape(mask.shape)


def _kernels(name: str, volume: Array) -> ModuleType:
    """Return the loops for where this mask lies."""
    return import_module(f"workbench.imaging.kernels.{name}_{'gpu' if is_on_gpu(volume) else 'cpu'}")


def _change(mask: Array, radius: Radius, steps: tuple[str, ...], caller: str, *, per_slice: bool) -> Array:
    volume = three_axes(mask, caller)
    offsets = _offsets(_radii(radius, mask.ndim, caller, per_slice=per_slice))
    if volume.size == 0:
        return volume.reshape(mask.shape)
    return _kernels("morphology", volume).change(volume, offsets, steps=steps).reshape(mask.shape)


def _radii(radius: Radius, n_axes: int, caller: str, *, per_slice: bool) -> tuple[float, float, float]:
    """Return the radius along slices, rows and columns."""
    given = tuple(np.atleast_1d(np.asarray(radius, dtype=float)).tolist())
    if isinstance(radius, tuple | list):
        if len(given) != n_axes:
            raise ValueError(
                f"{caller} got {len(given)} radii for a mask of {n_axes} axes. One for each axis makes an ellipsoid, "
                "a single number a disc or a ball. Give one of these."
            )
        radii = (0.0,) * (3 - n_axes) + given
    else:
        radii = (0.0 if per_slice else given[0], given[0], given[0])
    if not all(0 <= one <= _LARGEST_RADIUS for one in radii):
        raise ValueError(
            f"{caller} got radius={brief(radius)}. Valid: 0 to {_LARGEST_RADIUS} voxels. Divide millimeters by the "
            "spacing; for more, resample the mask to larger voxels first."
        )
    return radii[0], radii[1], radii[2]


def _offsets(radii: tuple[float, float, float]) -> npt.NDArray[np.int64]:
    """Return (n, 3): slices, rows and columns to either side of every row of the ellipsoid, narrowest first."""
    axes = [np.arange(-int(one), int(one) + 1) for one in radii]
    # Squares of shares of the radius; an axis of radius 0 has the offset 0 alone.
    parts = [(axis / (one or 1.0)) ** 2 for axis, one in zip(axes, radii, strict=True)]
    inside = parts[0][:, None, None] + parts[1][:, None] + parts[2] <= 1 + _ROUNDING
    widths = inside.sum(-1) // 2
    z, y = np.nonzero(inside.any(-1))
    rows = np.column_stack([axes[0][z], axes[1][y], widths[z, y]])
    return rows[np.argsort(rows[:, 2], kind="stable")].astype(np.int64)
