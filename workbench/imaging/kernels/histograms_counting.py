"""Count pixels where they lie: a loop over slabs on the CPU, a CUDA source on the GPU; results come to the host."""

from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.arrays import array_module, contiguous, is_on_gpu, run_kernel, to_host
from workbench.imaging.images import Array
from workbench.imaging.threads import over_slabs

Counts = npt.NDArray[np.int64]

_WORTH_A_THREAD = 1 << 20  # elements
_MOST_BLOCKS = 1056  # eight for each of 132 multiprocessors
_FLAVORS = {"uint32": 0, "int32": 1, "float32": 2}
_NEAR = 12_288  # bins of 4 bytes in the 48 KiB of shared memory that any block may take
_USUAL_LOW = -2_048  # CT values and most signed images lie in the bins from here on


def count_values(array: Array, mask: Array | None) -> tuple[int, Counts]:
    """Return how often each value of an 8- or 16-bit type occurs.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Whole numbers of 8 or 16 bits.
    mask : numpy.ndarray or cupy.ndarray or None
        Pixels that count; None for all.

    Returns
    -------
    tuple
        The lowest value of the type, and the counts of it and all above, on the host.
    """
    given, masked = contiguous(array), _mask(array, mask)
    limits = np.iinfo(given.dtype)
    lowest, n_values = int(limits.min), int(limits.max) - int(limits.min) + 1
    if is_on_gpu(given):
        first = max(0, _USUAL_LOW - lowest) if n_values > _NEAR else 0
        types = {"BINS": n_values, "WINDOW": min(n_values, _NEAR)}
        return lowest, _on_gpu("count_values", given, masked, (lowest, np.int32(first)), n_values, types)
    counts = _on_cpu("count_values", given.view(f"u{given.itemsize}"), masked, (), n_values)
    return lowest, np.roll(counts, n_values // 2) if lowest else counts  # bit patterns: negative numbers come last


def count_keys(array: Array, mask: Array | None, *, prefix: int = -1) -> Counts:
    """Return how often each upper, or lower, half of a 32-bit number occurs, in the order of the values.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        int32, uint32 or float32; NaN is left out.
    mask : numpy.ndarray or cupy.ndarray or None
        Pixels that count; None for all.
    prefix : int, optional
        Count the lower halves of the numbers with this upper half.

    Returns
    -------
    numpy.ndarray
        (65536,), int64, on the host.
    """
    given, masked = contiguous(array), _mask(array, mask)
    flavor = _FLAVORS[np.dtype(given.dtype).name]
    shift, bits = 16 if prefix < 0 else 0, given.view(np.uint32)
    if is_on_gpu(given):
        return _on_gpu("count_keys", bits, masked, (np.int32(shift), prefix), 65_536, {"FLAVOR": flavor})
    return _on_cpu("count_keys", bits, masked, (flavor, shift, prefix), 65_536)


def count_bins(array: Array, mask: Array | None, edges: npt.NDArray[np.float64]) -> Counts:
    """Return how many pixels lie between neighboring edges, the last edge included.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Numbers; NaN and what lies outside the edges is left out.
    mask : numpy.ndarray or cupy.ndarray or None
        Pixels that count; None for all.
    edges : numpy.ndarray
        Evenly spaced.

    Returns
    -------
    numpy.ndarray
        int64, one less than the edges, on the host.
    """
    given, masked, n_bins = contiguous(array), _mask(array, mask), len(edges) - 1
    if is_on_gpu(given):
        arguments = (array_module(given).asarray(edges), np.int32(n_bins))
        return _on_gpu("count_bins", given, masked, arguments, n_bins, {})
    return _on_cpu("count_bins", given, masked, (edges,), n_bins)


def sums(array: Array, mask: Array | None, *, center: float) -> tuple[int, float, float]:
    """Return the number of pixels, the sum of their differences to a value, and the sum of the squares.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Numbers; NaN is left out.
    mask : numpy.ndarray or cupy.ndarray or None
        Pixels that count; None for all.
    center : float
        What is subtracted.

    Returns
    -------
    tuple
        Summed in float64.
    """
    given, masked = contiguous(array), _mask(array, mask)
    if is_on_gpu(given):
        n_blocks = _blocks(given.size, 1)
        partial = array_module(given).empty((n_blocks, 3), np.float64)
        types = {"IN": given.dtype, "MASKED": int(masked is not None)}
        arguments = (given, _bytes(given, masked), given.size, float(center), partial)
        run_kernel(("histograms.cu", "sums"), arguments, size=n_blocks * 256, types=types)
        found = to_host(partial).sum(axis=0)
    else:
        from workbench.imaging.kernels.histograms_cpu import LOOPS

        parts = _slabs(given, masked, lambda one, of_mask: LOOPS["sums"](one, of_mask, masked is not None, center))
        found = np.asarray(parts).reshape(-1, 3).sum(axis=0)
    return int(found[0]), float(found[1]), float(found[2])


def _mask(array: Array, mask: Array | None) -> Array | None:
    """Return the mask as one byte a pixel, after seeing that it fits."""
    if mask is None:
        return None
    if mask.shape != array.shape or is_on_gpu(mask) != is_on_gpu(array) or np.dtype(mask.dtype).kind not in "biu":
        raise ValueError(
            f"A mask of {mask.dtype} {mask.shape} came for an image of {array.shape}. It must be boolean, of the same "
            "shape and on the same device. Resample it with the image, or move it with to_device."
        )
    return contiguous(mask if np.dtype(mask.dtype).itemsize == 1 else mask != 0)


def _bytes(given: Array, mask: Array | None) -> Array:
    """Return the mask, or some array of its type that no kernel reads."""
    return given.reshape(-1).view(np.uint8) if mask is None else mask


def _blocks(n: int, each: int) -> int:
    return max(1, min(_MOST_BLOCKS, -(-n // (256 * each))))


def _on_gpu(
    name: str, given: Array, mask: Array | None, arguments: tuple[Any, ...], n_counts: int, types: dict[str, Any]
) -> Counts:
    counts = array_module(given).zeros(n_counts, np.uint32)
    every = {"IN": given.dtype, "MASKED": int(mask is not None), **types}
    taken = (given, _bytes(given, mask), given.size, *arguments, counts)
    run_kernel(("histograms.cu", name), taken, size=_blocks(given.size, 8) * 256, types=every)
    return to_host(counts).astype(np.int64)


def _on_cpu(name: str, given: Array, mask: Array | None, arguments: tuple[Any, ...], n_counts: int) -> Counts:
    from workbench.imaging.kernels.histograms_cpu import LOOPS

    def count(one: Array, of_mask: Array) -> npt.NDArray[np.uint32]:
        counts = np.zeros(n_counts, np.uint32)
        LOOPS[name](one, of_mask, mask is not None, *arguments, counts)
        return counts

    parts = _slabs(given, mask, count)
    return np.sum(parts, axis=0, dtype=np.int64) if parts else np.zeros(n_counts, np.int64)


def _slabs(given: Array, mask: Array | None, work: Any) -> list[Any]:
    flat = given.reshape(-1)
    of_mask = np.empty(0, np.uint8) if mask is None else mask.view(np.uint8).reshape(-1)
    return over_slabs(lambda begin, end: work(flat[begin:end], of_mask[begin:end]), flat.size, least=_WORTH_A_THREAD)
