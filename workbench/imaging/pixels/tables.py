"""Lookup tables of a file: modality, VOI and palette, plain or segmented, of 8 or 16 bits."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.groups import value_of
from workbench.imaging.pixels.layout import PixelDataError

_MOST_ENTRIES = 65_536  # a descriptor of 0 means so many (PS3.3 C.11.1.1.1)
_MOST_NESTED = 1  # an indirect segment copies others, never another indirect one (PS3.3 C.7.9.2.3)


class LookupTable(NamedTuple):
    """Values for whole numbers from `first` on; those before take the first value, those behind the last.

    Attributes
    ----------
    first : int
        The stored value that maps to the first entry.
    bits : int
        Of each entry, as the descriptor states.
    entries : numpy.ndarray
        (n,) uint8 or uint16.
    """

    first: int
    bits: int
    entries: npt.NDArray[Any]

    def look_up(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the entries for an array of values.

        Parameters
        ----------
        values : numpy.ndarray
            Whole numbers; floats are rounded down.

        Returns
        -------
        numpy.ndarray
            Same shape, of the entries' type.
        """
        places = np.clip(np.asarray(values).astype(np.int64) - self.first, 0, len(self.entries) - 1)
        found: npt.NDArray[Any] = self.entries[places]
        return found


def table_of(item: Any, *, signed: bool) -> LookupTable:
    """Return the table of an item of a Modality or VOI LUT Sequence.

    Parameters
    ----------
    item : pydicom.Dataset
        With LUTDescriptor and LUTData.
    signed : bool
        Whether the first mapped value is signed, as the pixels are (PS3.3 C.11.1.1.1, C.11.2.1.1).

    Returns
    -------
    LookupTable
        Its entries unsigned.

    Raises
    ------
    PixelDataError
        The descriptor and the data do not fit.
    """
    n, first, bits = _descriptor(value_of(item, "LUTDescriptor"), signed=signed)
    return LookupTable(first, bits, _entries(value_of(item, "LUTData"), n, bits, big=_is_big(item)))


def palette_of(dataset: Any, *, signed: bool) -> tuple[LookupTable, LookupTable, LookupTable]:
    """Return the red, green and blue tables of a file (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9 for segmented ones).

    Parameters
    ----------
    dataset : pydicom.Dataset
        The header of one file.
    signed : bool
        Whether the pixels are.

    Returns
    -------
    tuple of LookupTable
        Red, green and blue.

    Raises
    ------
    PixelDataError
        A table is missing or does not fit its descriptor.
    """
    tables = []
    for color in ("Red", "Green", "Blue"):
        n, first, bits = _descriptor(value_of(dataset, f"{color}PaletteColorLookupTableDescriptor"), signed=signed)
        keyword = f"{color}PaletteColorLookupTableData"
        big = _is_big(dataset)
        if value_of(dataset, keyword) is not None:
            entries = _entries(value_of(dataset, keyword), n, bits, big=big)
        else:
            packed = value_of(dataset, f"Segmented{keyword}")
            if packed is None:
                raise PixelDataError(_missing())
            entries = _expanded(np.frombuffer(packed, _kind(bits, big=big)).tolist(), n, bits)
        tables.append(LookupTable(first, bits, entries))
    return tables[0], tables[1], tables[2]


def _descriptor(value: Any, *, signed: bool) -> tuple[int, int, int]:
    try:
        n, first, bits = (int(one) for one in value)
    except (TypeError, ValueError):
        raise PixelDataError(_missing()) from None
    n = n % _MOST_ENTRIES or _MOST_ENTRIES
    if signed and first >= 1 << 15:
        first -= 1 << 16  # stored as unsigned though the pixels are signed
    if not 8 <= bits <= 16:
        raise PixelDataError(
            f"A lookup table has entries of {bits} bits. 8 to 16 are allowed (PS3.3 C.11.2.1.1). Leave the file out, "
            "or correct "
            "its header at the source."
        )
    return n, first, bits


def _entries(value: Any, n: int, bits: int, *, big: bool) -> npt.NDArray[Any]:
    if isinstance(value, bytes):
        # Entries of 8 bits may be packed two a word, or lie in a word each (PS3.3 C.7.6.3.1.5, C.11.1.1.1).
        kind = _kind(8 if bits == 8 and len(value) < 2 * n else 16, big=big)
        found = np.frombuffer(value[: len(value) // kind.itemsize * kind.itemsize], kind)
    else:
        found = np.atleast_1d(np.asarray(value if value is not None else [], np.int64) & 0xFFFF)
    if len(found) < n:
        raise PixelDataError(
            f"A lookup table has {len(found):,} entries of {n:,} that its descriptor states. As many were expected "
            "(PS3.3 C.11.1.1). Leave the file out, or correct its header at the source."
        )
    return found[:n].astype(np.uint8 if bits == 8 and found[:n].max() < 256 else np.uint16)


def _expanded(words: list[int], n: int, bits: int) -> npt.NDArray[Any]:
    entries: list[int] = []
    _expand(words, 0, None, entries, bits, 0)
    if len(entries) < n:
        raise PixelDataError(
            f"A segmented palette gives {len(entries):,} entries of {n:,}. As many were expected (PS3.3 C.7.9). "
            "Leave the file out, or correct its header at the source."
        )
    return np.asarray(entries[:n], np.uint8 if bits == 8 else np.uint16)


def _expand(words: list[int], at: int, segments: int | None, entries: list[int], bits: int, depth: int) -> None:
    """Append the entries of discrete, linear and indirect segments (PS3.3 C.7.9.2)."""
    while at + 1 < len(words) and (segments is None or segments > 0) and len(entries) <= _MOST_ENTRIES:
        kind, length = words[at], words[at + 1]
        at += 2
        if kind == 0:  # C.7.9.2.1
            entries.extend(words[at : at + length])
            at += length
        elif kind == 1 and entries and at < len(words):  # C.7.9.2.2
            last, end = entries[-1], words[at]
            steps = np.arange(1, length + 1) / max(length, 1)
            entries.extend(int(value) for value in np.around(last + steps * (end - last)))
            at += 1
        elif kind == 2 and depth < _MOST_NESTED:  # C.7.9.2.3: the offset counts bytes, in two halves, low first
            n_words = 4 if bits == 8 else 2
            parts = [value << (bits * place) for place, value in enumerate(words[at : at + n_words])]
            _expand(words, sum(parts) // (bits // 8), length, entries, bits, depth + 1)
            at += n_words
        else:
            raise PixelDataError(
                "A segmented palette has a segment that may not stand where it does. Discrete, linear and indirect "
                "ones are known "
                "(PS3.3 C.7.9.2). Leave the file out, or correct its header at the source."
            )
        segments = None if segments is None else segments - 1


def _kind(bits: int, *, big: bool) -> np.dtype[Any]:
    return np.dtype(np.uint8) if bits == 8 else np.dtype(np.uint16).newbyteorder(">" if big else "<")


def _is_big(item: Any) -> bool:
    return getattr(item, "original_encoding", (None, None))[1] is False


def _missing() -> str:
    return (
        "A lookup table has no descriptor of three numbers, or no data. Both were expected (PS3.3 C.11.1.1, "
        "C.7.6.3.1.5). "
        "Leave the file out, or correct its header at the source."
    )
