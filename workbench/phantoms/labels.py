"""The words that every phantom image carries in its pixels, and side markers."""

from typing import Any

import numpy as np
import numpy.typing as npt

#: What every phantom image says of itself, in its pixels and in its header.
LABEL = "PHANTOM - NOT A PATIENT"

# Letters of five by seven dots, a row each, the leftmost dot first.
_LETTERS = {
    "A": "01110 10001 10001 11111 10001 10001 10001",
    "E": "11111 10000 10000 11110 10000 10000 11111",
    "H": "10001 10001 10001 11111 10001 10001 10001",
    "I": "01110 00100 00100 00100 00100 00100 01110",
    "L": "10000 10000 10000 10000 10000 10000 11111",
    "M": "10001 11011 10101 10101 10001 10001 10001",
    "N": "10001 11001 10101 10011 10001 10001 10001",
    "O": "01110 10001 10001 10001 10001 10001 01110",
    "P": "11110 10001 10001 11110 10000 10000 10000",
    "R": "11110 10001 10001 11110 10100 10010 10001",
    "T": "11111 00100 00100 00100 00100 00100 00100",
    "-": "00000 00000 00000 01110 00000 00000 00000",
    " ": "00000 00000 00000 00000 00000 00000 00000",
}


def burn_label(planes: npt.NDArray[Any], value: float, *, dark: float | None = None) -> npt.NDArray[Any]:
    """Return the planes with the label near the upper edge, as wide as about two thirds of the image.

    Where the label does not fit, its first word stands alone.

    Parameters
    ----------
    planes : numpy.ndarray
        ``(planes, rows, columns)``.
    value : float
        Of the letters.
    dark : float, optional
        Behind the letters; the lowest value of the planes when left out.

    Returns
    -------
    numpy.ndarray
        A copy.
    """
    line = _letters(LABEL)
    if line.shape[1] > planes.shape[2]:
        line = _letters(LABEL.split(maxsplit=1)[0])
    size = max(1, planes.shape[2] * 2 // 3 // line.shape[1])
    big = line.repeat(size, axis=0).repeat(size, axis=1)[: planes.shape[1], : planes.shape[2]]
    top, left = max(0, planes.shape[1] // 40), max(0, (planes.shape[2] - big.shape[1]) // 2)
    strip = slice(max(0, top - size), top + big.shape[0] + size), slice(max(0, left - size), left + big.shape[1] + size)
    burned = planes.copy()
    burned[:, *strip] = planes.min() if dark is None else dark  # dark behind the letters, whatever lies there
    burned[:, top : top + big.shape[0], left : left + big.shape[1]][:, big] = value
    return burned


def burn_marker(plane: npt.NDArray[Any], sign: str, value: float, *, on_the_left: bool) -> npt.NDArray[Any]:
    """Return a plane with a side marker in the upper third, near an edge.

    Parameters
    ----------
    plane : numpy.ndarray
        ``(rows, columns)``.
    sign : str
        ``"R"`` or ``"L"``.
    value : float
        Of the letter.
    on_the_left : bool
        Of the picture.

    Returns
    -------
    numpy.ndarray
        A copy.
    """
    size = max(1, plane.shape[1] // 90)
    letter = _letters(sign).repeat(size, axis=0).repeat(size, axis=1)
    top, edge = plane.shape[0] // 6, max(1, plane.shape[1] // 24)
    left = edge if on_the_left else plane.shape[1] - edge - letter.shape[1]
    burned = plane.copy()
    burned[top : top + letter.shape[0], left : left + letter.shape[1]][letter] = value
    return burned


def _letters(words: str) -> npt.NDArray[np.bool_]:
    dots = np.array([[[int(dot) for dot in row] for row in _LETTERS[sign].split()] for sign in words], dtype=bool)
    line = np.concatenate([np.pad(letter, ((0, 0), (0, 1))) for letter in dots], axis=1)
    return line[:, :-1] if len(words) == 1 else line
