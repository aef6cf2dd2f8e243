"""Rotated, sheared and shifted images: each voxel of the result is looked up where a matrix says it comes from."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import Array

Method = Literal["linear", "nearest", "cubic"]


def transform(
    array: Array,
    matrix: npt.ArrayLike,
    shape: tuple[int, ...],
    *,
    method: Method = "linear",
    fill: float = 0.0,
) -> Array:
    """Return the image pulled back through a matrix from index to index.

    Use it for oblique volumes, for the shear of a tilted gantry and for bringing a mask back to the grid of its
    source. For axis-aligned changes of size, `workbench.imaging.kernels.resampling.resample` is faster and averages.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        ``(rows, columns)`` or ``(slices, rows, columns)``.
    matrix : array_like
        (n, n + 1) or homogeneous (n + 1, n + 1) for n axes: index in the result → index in `array`.
    shape : tuple of int
        Of the result.
    method : {"linear", "nearest", "cubic"}
        ``"nearest"`` for masks and labels; ``"cubic"`` is the cubic convolution with a = −1/2 [1]_.
    fill : float
        Where an index lies outside the array, which is more than half a voxel beyond the outermost centers. Within
        that half voxel the outermost voxels go on.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of `shape`. ``"nearest"`` keeps the dtype. Otherwise integers of 8 or 16 bits stay what they are, rounded half
        to even and clipped to their range, and everything else becomes float32.

    Raises
    ------
    ValueError
        For a matrix or a shape that does not fit the array, or that is not finite, or a fill value that the dtype
        cannot hold.
    TypeError
        For arrays that are not of numbers.

    References
    ----------
    .. [1] Keys RG. Cubic convolution interpolation for digital image processing. IEEE Trans Acoust Speech Signal
       Process 1981;29(6):1153–1160. https://doi.org/10.1109/TASSP.1981.1163711

    Examples
    --------
    >>> square = np.array([[1, 2], [3, 4]], dtype=np.int16)
    >>> transform(square, [[0, 1, 0], [1, 0, 0]], (2, 2)).tolist()
    [[1, 3], [2, 4]]
    """
    raise NotImplementedError
