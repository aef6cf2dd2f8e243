"""YBR to RGB (PS3.3 2025c C.7.6.3.1.2), to the value that the standard's equation gives after rounding."""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

#: Rows Y, Cb, Cr; columns R, G, B: the inverse of the equation of YBR_FULL in PS3.3 C.7.6.3.1.2.
_FROM_YBR_FULL = np.array(
    [[1.000, 1.000, 1.000], [0.000, -0.114 * 1.772 / 0.587, 1.772], [1.402, -0.299 * 1.402 / 0.587, 0.000]]
)
#: Shares of R, G and B in Y of YBR_FULL (PS3.3 C.7.6.3.1.2).
LUMINANCE = (0.2990, 0.5870, 0.1140)


def ybr_to_rgb(ybr: npt.NDArray[Any], bits: int = 8) -> npt.NDArray[Any]:
    """Return the colors of YBR_FULL values; YBR_FULL_422 is the same after its chroma are spread.

    Parameters
    ----------
    ybr : numpy.ndarray
        (…, 3) uint8, or unsigned of more bits.
    bits : int
        BitsStored: the middle of the chroma is ``2 ** (bits − 1)``.

    Returns
    -------
    numpy.ndarray
        Same shape and type.

    Examples
    --------
    >>> ybr_to_rgb(np.array([[76, 85, 255]], np.uint8)).tolist()
    [[254, 0, 0]]
    """
    if bits != 8 or ybr.dtype != np.uint8:
        return _by_equation(ybr, bits)
    red, green, blue = _tables()
    y = ybr[..., 0].astype(np.int16)
    cb, cr = ybr[..., 1], ybr[..., 2]
    rgb = np.empty_like(ybr)
    np.clip(y + red[cr], 0, 255, out=rgb[..., 0], casting="unsafe")
    np.clip(y + green[cb.astype(np.uint16) << 8 | cr], 0, 255, out=rgb[..., 1], casting="unsafe")
    np.clip(y + blue[cb], 0, 255, out=rgb[..., 2], casting="unsafe")
    return rgb


def spread_422(stored: npt.NDArray[Any], rows: int, columns: int) -> npt.NDArray[Any]:
    """Return full YBR of uncompressed YBR_FULL_422: Y, Y, Cb, Cr for each two pixels (PS3.3 C.7.6.3.1.2).

    Parameters
    ----------
    stored : numpy.ndarray
        (2 · rows · columns,) values.
    rows, columns : int
        Columns are even, since rows do not share chroma.

    Returns
    -------
    numpy.ndarray
        (rows, columns, 3).
    """
    pairs = stored.reshape(-1, 4)
    ybr = np.empty((len(pairs), 2, 3), stored.dtype)
    ybr[:, 0, 0], ybr[:, 1, 0] = pairs[:, 0], pairs[:, 1]
    ybr[:, :, 1], ybr[:, :, 2] = pairs[:, 2, None], pairs[:, 3, None]
    return ybr.reshape(rows, columns, 3)


@cache
def _tables() -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int16], npt.NDArray[np.int16]]:
    # Y is whole, so floor(Y + x + 0.5) = Y + floor(x + 0.5): a table of x gives the equation's value exactly.
    offset = np.arange(256, dtype=np.float64) - 128
    red, blue = _FROM_YBR_FULL[2, 0] * offset, _FROM_YBR_FULL[1, 2] * offset
    green = _FROM_YBR_FULL[1, 1] * offset[:, None] + _FROM_YBR_FULL[2, 1] * offset[None, :]
    tables = [np.floor(one + 0.5).astype(np.int16).ravel() for one in (red, green, blue)]
    return tables[0], tables[1], tables[2]


def _by_equation(ybr: npt.NDArray[Any], bits: int) -> npt.NDArray[Any]:
    values = ybr.astype(np.float64)
    values[..., 1:] -= 1 << (bits - 1)
    rgb = values @ _FROM_YBR_FULL
    rounded: npt.NDArray[Any] = np.clip(np.floor(rgb + 0.5), 0, (1 << bits) - 1).astype(ybr.dtype)
    return rounded
