"""Other sampling grids over the same extent: axis by axis, with pixels as areas, on NumPy or CuPy arrays alike."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import Array

Method = Literal["linear", "area", "nearest", "cubic"]


def resample(array: Array, shape: tuple[int, ...], *, method: Method = "linear", dtype: npt.DTypeLike = None) -> Array:
    """Return the image on a grid of another shape that covers the same extent.

    Pixels are areas: pixel ``i`` of ``n`` has its center at ``(i + 0.5) / n`` of the extent, so that the outer edges of
    the image stay where they are (see `grid_matrix`). Beyond the outermost centers the outermost pixels go on. Axes
    are treated one after the other, and axes whose size stays the same are not touched.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Any number of axes, such as ``(slices, rows, columns)``, ``(rows, columns)`` or ``(rows, columns, 3)``.
        Integers of 8 or 16 bits and float32 are read as they are, other numbers are made float32 first.
    shape : tuple of int
        One size for each axis, each at least 1.
    method : {"linear", "area", "nearest", "cubic"}
        ``"linear"`` interpolates between the two nearest centers (trilinear over three axes). ``"area"`` averages each
        new pixel's area exactly, so that nothing is skipped when pixels get larger. ``"nearest"`` takes the pixel in
        which the new center lies (the later one on an edge), for masks and labels. ``"cubic"`` is the interpolating
        cubic convolution with a = −1/2 (Catmull–Rom) [1]_, which overshoots at edges and needs no prefilter.
    dtype : dtype, optional
        Of the result. By default integers of 8 or 16 bits stay what they are, rounded half to even and clipped to
        their range, and everything else becomes float32; ``"nearest"`` keeps any dtype.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of `shape`, a new array of the same kind as `array`. Arithmetic is float32.

    Raises
    ------
    ValueError
        For a shape with another number of axes or a size below 1, an empty array, or an unknown method.
    TypeError
        For arrays that are not of numbers, or booleans with another method than ``"nearest"``.

    References
    ----------
    .. [1] Keys RG. Cubic convolution interpolation for digital image processing. IEEE Trans Acoust Speech Signal
       Process 1981;29(6):1153–1160. https://doi.org/10.1109/TASSP.1981.1163711

    Examples
    --------
    >>> row = np.array([[0, 10, 20, 30]], dtype=np.int16)
    >>> resample(row, (1, 2), method="area").tolist()
    [[5, 25]]
    """
    raise NotImplementedError


def grid_matrix(source_shape: tuple[int, ...], shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Return what turns an index of the resampled array into the index of the array it was made from.

    Parameters
    ----------
    source_shape : tuple of int
        Sizes of the axes of space before.
    shape : tuple of int
        And after.

    Returns
    -------
    numpy.ndarray
        (n + 1, n + 1), float64, homogeneous: index ``i`` becomes ``(i + 0.5) · before / after − 0.5``.

    Examples
    --------
    >>> (grid_matrix((4,), (2,)) @ [0, 1]).tolist()
    [0.5, 1.0]
    """
    raise NotImplementedError
