"""Dilation of packed masks: rows are widened a step at a time and laid over their neighbors, 64 voxels an operation."""

from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.kernels.compiled import compiled
from workbench.imaging.kernels.labeling_runs_cpu import Packed, pack, unpack
from workbench.imaging.threads import over_slabs

_WORTH_A_THREAD = 1 << 20  # voxels


def change(
    mask: npt.NDArray[np.bool_], offsets: npt.NDArray[np.int64], *, steps: tuple[str, ...]
) -> npt.NDArray[np.bool_]:
    """Return a 3-D mask after dilations and erosions; what lies outside has no say in either.

    Parameters
    ----------
    mask : numpy.ndarray
        ``(slices, rows, columns)``, bool.
    offsets : numpy.ndarray
        (n, 3), int64: slices, rows and how many columns to either side, narrowest first.
    steps : tuple of str
        ``"dilate"`` or ``"erode"``, one after the other.

    Returns
    -------
    numpy.ndarray
        bool, of the mask's shape.
    """
    n_columns = mask.shape[-1]
    packed = pack(mask)
    for step in steps:
        # To erode is to dilate the background.
        packed = _complement(packed, n_columns) if step == "erode" else packed
        packed = _dilated(packed, offsets, n_columns)
        packed = _complement(packed, n_columns) if step == "erode" else packed
    return unpack(packed, n_columns)


def _dilated(packed: Packed, offsets: npt.NDArray[np.int64], n_columns: int) -> Packed:
    out = np.zeros_like(packed)
    least = max(1, _WORTH_A_THREAD // (packed.shape[1] * n_columns))
    source, target, n_words = packed.reshape(len(packed), -1), out.reshape(len(packed), -1), packed.shape[-1]
    over_slabs(
        lambda begin, end: dilate_slab(source, n_words, offsets, target, begin, end), packed.shape[0], least=least
    )
    out[..., -1] &= _last_word(n_columns)
    return out


def _complement(packed: Packed, n_columns: int) -> Packed:
    out: Packed = ~packed
    out[..., -1] &= _last_word(n_columns)
    return out


def _last_word(n_columns: int) -> np.uint64:
    return np.uint64((1 << ((n_columns - 1) % 64 + 1)) - 1)


@compiled
def dilate_slab(packed: Any, n_words: int, offsets: Any, out: Any, begin: int, end: int) -> None:
    """Fill slices `begin` to `end` of `out`, which holds zeros.

    Parameters
    ----------
    packed : numpy.ndarray
        ``(slices, rows · words)``, from `workbench.imaging.kernels.labeling_runs_cpu.pack`.
    n_words : int
        Words in a row.
    offsets : numpy.ndarray
        As for `change`.
    out : numpy.ndarray
        Like `packed`; bits after a row's end are set too.
    begin, end : int
        The slab.
    """
    n_slices, n_in_slice = packed.shape
    reach = 0
    for n in range(len(offsets)):
        reach = max(reach, offsets[n, 0])
    widened, spare = np.empty(n_in_slice, np.uint64), np.empty(n_in_slice, np.uint64)
    for z in range(max(0, begin - reach), min(n_slices, end + reach)):
        for k in range(n_in_slice):
            widened[k] = packed[z, k]
        width = 0
        for n in range(len(offsets)):
            target, shift = z + offsets[n, 0], offsets[n, 1] * n_words
            while width < offsets[n, 2]:
                _widen(widened, spare, n_words)
                widened, spare = spare, widened
                width += 1
            if begin <= target < end:
                onto = out[target]
                for k in range(max(0, -shift), n_in_slice - max(0, shift)):
                    onto[k + shift] |= widened[k]


@compiled
def _widen(source: Any, out: Any, n_words: int) -> None:
    """Set every voxel that has a set one beside it in its row."""
    one, last = np.uint64(1), np.uint64(63)
    for k in range(len(source)):
        out[k] = source[k] | (source[k] << one) | (source[k] >> one)
    if n_words > 1:
        for row in range(len(source) // n_words):
            for k in range(row * n_words + 1, (row + 1) * n_words):
                out[k] |= source[k - 1] >> last
                out[k - 1] |= source[k] << last
