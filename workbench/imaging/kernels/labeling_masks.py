"""What counts as a mask: the array with its axes made three, or what is wrong with it."""

from workbench.errors import brief
from workbench.imaging.arrays import array_module
from workbench.imaging.images import Array


def three_axes(mask: Array, caller: str) -> Array:
    """Return the mask as contiguous bool ``(slices, rows, columns)``; a single image is one slice.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        As the user gave it.
    caller : str
        The function, for the message.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        A view where that does.

    Raises
    ------
    ValueError
        For an array with neither two nor three axes.
    TypeError
        For an array that is neither of bool nor of integers.

    Examples
    --------
    >>> import numpy as np
    >>> three_axes(np.zeros((4, 5), bool), "label").shape
    (1, 4, 5)
    """
    xp = array_module(mask)
    mask = xp.asarray(mask)
    if mask.ndim not in {2, 3}:
        raise ValueError(
            f"{caller} got an array of shape {brief(mask.shape)}. A mask is (rows, columns) or (slices, rows, "
            "columns). Give one image or volume at a time."
        )
    if mask.dtype.kind not in "biu":
        raise TypeError(
            f"{caller} got an array of {brief(mask.dtype)}. A mask is of bool, or of integers of which anything but 0 "
            "counts. Compare the image with a threshold first, as in array > 0.5."
        )
    mask = xp.ascontiguousarray(mask if mask.dtype.kind == "b" else mask != 0)
    return mask if mask.ndim == 3 else mask[None]
