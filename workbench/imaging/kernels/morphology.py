"""Masks grown, shrunk, closed, opened and filled: slice by slice in 2-D, or in 3-D.

What lies outside the array is left out of account: it is background to a dilation and foreground to an erosion, so
that closing never takes a voxel away and opening never adds one, at the border as elsewhere.
"""

from workbench.imaging.images import Array

Radius = float | tuple[float, ...]


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
    raise NotImplementedError


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
    raise NotImplementedError


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
    raise NotImplementedError


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
    raise NotImplementedError


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
    raise NotImplementedError
