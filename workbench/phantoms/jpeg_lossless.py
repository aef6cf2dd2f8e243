"""JPEG lossless, first-order prediction: the default of lossless JPEG in DICOM (PS3.5 2025c 10.2).

No package that the workbench depends on writes it, so the phantoms bring their own writer; readers are held to it and
it to them.

References
----------
ITU-T T.81 (1992): Annex B (markers), F.1.2.3 (byte stuffing), H.1.2.1 (prediction), H.1.2.2 (coding of differences).
DICOM PS3.5 2025c: 8.2.1 and A.4.1 (process 14, selection value 1).
"""

import struct
from typing import Any

import numpy as np
import numpy.typing as npt

# Lengths of the codes of the categories 0 to 16, shortest first; no code is all ones (T.81 Annex C).
_LENGTHS = (*[3] * 6, *[4] * 2, *[5] * 2, *[6] * 2, *[7] * 2, *[8] * 2, 9)


def encode_jpeg_lossless(plane: npt.NDArray[Any], *, bits: int) -> bytes:
    """Return one gray plane as a JPEG lossless stream.

    Parameters
    ----------
    plane : numpy.ndarray
        ``(rows, columns)``, integers; of negative ones the two's complement in `bits` bits is stored.
    bits : int
        Precision, 2 to 16.

    Returns
    -------
    bytes
        From SOI to EOI.

    Examples
    --------
    >>> encode_jpeg_lossless(np.zeros((2, 2), dtype="u2"), bits=12)[:4].hex()
    'ffd8ffc3'
    """
    values = plane.astype(np.int64) & (2**bits - 1)
    rows, columns = values.shape
    tables = bytes(_LENGTHS.count(length) for length in range(1, 17)) + bytes(range(len(_LENGTHS)))
    return b"".join(
        (
            b"\xff\xd8",
            b"\xff\xc3" + struct.pack(">HBHHBBBB", 11, bits, rows, columns, 1, 1, 0x11, 0),
            b"\xff\xc4" + struct.pack(">HB", 3 + len(tables), 0) + tables,
            b"\xff\xda" + struct.pack(">HBBBBBB", 8, 1, 1, 0, 1, 0, 0),
            _entropy_coded(_differences(values, bits)),
            b"\xff\xd9",
        )
    )


def _differences(values: npt.NDArray[np.int64], bits: int) -> npt.NDArray[np.int64]:
    """Subtract the left neighbor; of a row's first value the one above; of the very first half the range."""
    before = np.empty_like(values)
    before[:, 1:] = values[:, :-1]
    before[1:, 0] = values[:-1, 0]
    before[0, 0] = 2 ** (bits - 1)
    wrapped: npt.NDArray[np.int64] = ((values - before + 32767) & 0xFFFF) - 32767  # H.1.2.1: modulo 2 to the 16th
    return wrapped.ravel()


def _entropy_coded(differences: npt.NDArray[np.int64]) -> bytes:
    codes, code = [], 0
    for length, before in zip(_LENGTHS, (_LENGTHS[0], *_LENGTHS), strict=False):
        code <<= length - before
        codes.append(code)
        code += 1
    category = np.ceil(np.log2(np.abs(differences) + 1)).astype(np.int64)
    n_extra = np.where(category == 16, 0, category)  # of 32768 nothing follows
    extra = (differences - (differences < 0)) & ((1 << n_extra) - 1)
    words = (np.array(codes)[category] << n_extra) | extra
    lengths = np.array(_LENGTHS)[category] + n_extra
    symbol = np.repeat(np.arange(len(words)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(symbol)) - 1  # bits of the symbol still to come
    stream = ((words[symbol] >> left) & 1).astype(np.uint8)
    filled = np.concatenate([stream, np.ones(-len(stream) % 8, dtype=np.uint8)])
    packed = np.packbits(filled)
    return np.insert(packed, np.flatnonzero(packed == 0xFF) + 1, 0).tobytes()
