"""One kept attribute of many files at once, as text or as numbers.

References
----------
DICOM PS3.5 2025c, section 6.2 (value representations: what pads a value) and 6.1 (character sets); PS3.3 2025c,
C.12.1.1.2 (Specific Character Set).
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.headers.layout import VR_CODES
from workbench.imaging.kernels.compiled import compiled

#: (n,) where the value begins in the blob, and (n,) its bytes, −1 where absent.
Extent = tuple[npt.NDArray[np.int64], npt.NDArray[np.int16]]

_DS, _IS, _US, _SS, _UL, _SL, _FL, _FD, _UV, _SV = range(1, 11)
_SEPARATOR = b"\x1e"  # no text of DICOM holds it (PS3.5 6.1.3)
_BACKSLASH = "\\"
_PADDING = " \0"
# PS3.5 6.2: the value representations whose characters depend on Specific Character Set.
_OF_CHARSET = ("LO", "SH", "PN", "LT", "ST", "UC", "UT")
_EXACT = 1 << 53  # whole numbers up to this are exact as float64, and so are the powers of ten up to 10^22
_POWERS = np.array([10.0**power for power in range(23)])


def text_column(
    blob: npt.NDArray[np.uint8], extent: Extent, vr: str, charset: Callable[[], list[str | None]]
) -> list[str | None]:
    """Return the text of an attribute in each file, its values joined by a backslash.

    Parameters
    ----------
    blob : numpy.ndarray
        Bytes of all values.
    extent : tuple of numpy.ndarray
        Where each file's value lies in it.
    vr : str
        Value representation of the attribute.
    charset : callable
        Returns Specific Character Set of each file; asked only where a value is not plain ASCII.

    Returns
    -------
    list of str or None
        Without padding; None where absent.
    """
    starts, lengths = extent
    present = lengths >= 0
    out = np.empty(int(lengths[present].sum(dtype=np.int64)) + len(lengths), np.uint8)
    odd = np.zeros(len(lengths), np.bool_)
    used = _gather(blob, starts, lengths, out, odd)
    joined = out[:used].tobytes().decode("latin-1")
    texts: list[str | None] = list(joined.split(_SEPARATOR.decode())[:-1])
    for row in np.flatnonzero(~present).tolist():
        texts[row] = None
    rows = np.flatnonzero(odd).tolist()
    if rows:
        sets = charset() if vr in _OF_CHARSET else []
        for row in rows:
            start = int(starts[row])
            value = blob[start : start + int(lengths[row])].tobytes()
            texts[row] = _decode(value, sets[row] if sets else None)
    return texts


def number_column(
    blob: npt.NDArray[np.uint8],
    extent: Extent,
    codes: npt.NDArray[np.uint8],
    big: npt.NDArray[np.bool_],
    most: int,
) -> npt.NDArray[np.float64]:
    """Return the numbers of an attribute in each file.

    Parameters
    ----------
    blob : numpy.ndarray
        Bytes of all values.
    extent : tuple of numpy.ndarray
        Where each file's value lies in it.
    codes : numpy.ndarray
        (n,) uint8, see `workbench.imaging.headers.walker.VR_CODES`; none is 0.
    big : numpy.ndarray
        (n,) bool: whether the file is big endian.
    most : int
        How many values; further ones are left out.

    Returns
    -------
    numpy.ndarray
        (n, most) float64; NaN where absent, empty or no number.
    """
    starts, lengths = extent
    numbers = np.full((len(lengths), most), np.nan)
    slow = np.zeros(len(lengths), np.bool_)
    _parse(blob, starts, lengths, codes, big, numbers, slow)
    for row in np.flatnonzero(slow).tolist():
        start = int(starts[row])
        written = blob[start : start + int(lengths[row])].tobytes().decode("latin-1").split(_BACKSLASH)
        numbers[row] = [_number(text) for text in [*written, *[""] * most][:most]]
    return numbers


def vr_code(vr: str, n: int, signed: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.uint8]:
    """Return the code of a value representation for files that state none.

    Parameters
    ----------
    vr : str
        Of the attribute; ``"XS"`` is US or SS.
    n : int
        Number of files.
    signed : numpy.ndarray or None
        (n,) bool, PixelRepresentation = 1, for ``"XS"``.

    Returns
    -------
    numpy.ndarray
        (n,) uint8.
    """
    if vr == "XS" and signed is not None:
        return np.where(signed, _SS, _US).astype(np.uint8)
    return np.full(n, VR_CODES.get(vr, _DS), np.uint8)


def _number(text: str) -> float:
    try:
        return float(text.strip(_PADDING))
    except ValueError:
        return float("nan")


def _decode(value: bytes, charset: str | None) -> str:
    """Decode as pydicom does, which knows the spellings of character sets and their code extensions."""
    if charset is None:
        return _stripped(value.decode("latin-1"))
    from pydicom.charset import convert_encodings, decode_bytes
    from pydicom.valuerep import TEXT_VR_DELIMS

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a misspelled or unknown character set is replaced as pydicom replaces it
        encodings: Any = convert_encodings(charset.split(_BACKSLASH))
        return _stripped(decode_bytes(value, encodings, TEXT_VR_DELIMS))


def _stripped(text: str) -> str:
    return _BACKSLASH.join(value.rstrip(_PADDING) for value in text.split(_BACKSLASH))


@compiled
def _gather(blob, starts, lengths, out, odd):  # type: ignore[no-untyped-def]
    """Write every value without padding, a separator after each; mark those that are not plain ASCII."""
    used = 0
    for row in range(starts.size):
        begin, previous_end = used, used
        for step in range(lengths[row]):
            byte = blob[starts[row] + step]
            if byte == 92:  # a backslash: what comes before it is a value
                used = previous_end
                out[used] = byte
                used += 1
                previous_end = used
                continue
            if byte >= 128 or byte == 27 or byte == 30:
                odd[row] = True
                break
            out[used] = byte
            used += 1
            if byte != 32 and byte != 0:
                previous_end = used
        used = begin if odd[row] else previous_end
        out[used] = 30
        used += 1
    return used


@compiled
def _decimal(blob, start, end):  # type: ignore[no-untyped-def]
    """Return a decimal number and whether it is exact; correctly rounded by Clinger's fast path.

    W. D. Clinger, How to read floating point numbers accurately, PLDI 1990, doi:10.1145/93542.93557.
    """
    while start < end and blob[start] == 32:
        start += 1
    while end > start and (blob[end - 1] == 32 or blob[end - 1] == 0):
        end -= 1
    if start == end:
        return np.nan, True
    negative = blob[start] == 45
    if negative or blob[start] == 43:
        start += 1
    digits, power, n_digits, seen_point = np.int64(0), np.int64(0), 0, False
    while start < end:
        byte = blob[start]
        if 48 <= byte <= 57:
            digits = digits * 10 + np.int64(byte - 48)
            n_digits += 1
            if seen_point:
                power -= np.int64(1)
        elif byte == 46 and not seen_point:
            seen_point = True
        else:
            break
        start += 1
        if n_digits > 18:
            return np.nan, False
    if n_digits == 0:
        return np.nan, False
    if start < end and (blob[start] == 69 or blob[start] == 101):
        start += 1
        sign, exponent, n_exponent = 1, np.int64(0), 0
        if start < end and (blob[start] == 43 or blob[start] == 45):
            sign = -1 if blob[start] == 45 else 1
            start += 1
        while start < end and 48 <= blob[start] <= 57 and n_exponent < 4:
            exponent = exponent * 10 + np.int64(blob[start] - 48)
            n_exponent += 1
            start += 1
        if n_exponent == 0:
            return np.nan, False
        power += sign * exponent
    if start != end or digits > _EXACT or power < -22 or power > 22:
        return np.nan, False
    value = digits / _POWERS[-power] if power < 0 else digits * _POWERS[power]
    return -value if negative else value, True


@compiled
def _binary(blob, at, code, big):  # type: ignore[no-untyped-def]
    size = 2 if code <= _SS else 4 if code <= _FL else 8
    bits = np.uint64(0)
    for step in range(size):
        byte = np.uint64(blob[at + step])
        bits |= byte << np.uint64(8 * (size - 1 - step) if big else 8 * step)
    if code == _SS:
        return np.float64(np.int16(np.uint16(bits)))
    if code == _SL:
        return np.float64(np.int32(np.uint32(bits)))
    if code == _SV:
        return np.float64(np.int64(bits))
    if code == _FL:
        return np.float64(np.array([np.uint32(bits)]).view(np.float32)[0])
    if code == _FD:
        return np.array([bits]).view(np.float64)[0]
    return np.float64(bits)


@compiled
def _parse(blob, starts, lengths, codes, big, numbers, slow):  # type: ignore[no-untyped-def]
    most = numbers.shape[1]
    for row in range(starts.size):
        start, length, code = starts[row], np.int64(lengths[row]), codes[row]
        if length <= 0:
            continue
        if _US <= code <= _SV:
            size = 2 if code <= _SS else 4 if code <= _FL else 8
            if length % size == 0:
                for which in range(min(most, length // size)):
                    numbers[row, which] = _binary(blob, start + which * size, code, big[row])
            continue
        begin, which = start, 0
        for at in range(start, start + length + 1):
            if at == start + length or blob[at] == 92:
                if which < most:
                    numbers[row, which], exact = _decimal(blob, begin, at)
                    slow[row] = slow[row] or not exact
                begin, which = at + 1, which + 1
