"""Stored values turned into units while they are read: one pass over the array, in place where the type allows it.

A plane is rescaled right after it was read, when it still lies in the processor's cache; that costs a fifth of a second
pass over the finished array.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.volumes.stack import Stack

_SLAB = 16  # slices that are held beside the volume while their type or their grid changes
_WORTH_THREADS = 1 << 23  # bytes: below, starting threads costs more than they save


class BeyondInt16Error(ArithmeticError):
    """A value lies beyond int16 after rescale."""


@dataclass(eq=False)
class Values:
    """How stored values become values with units.

    Attributes
    ----------
    slopes, intercepts : list of float
        One for each image of the stack.
    dtype : numpy.dtype
        int16, where every slope is 1 and every intercept whole, else float32.
    checked : bool
        Whether int16 may be too small and each plane has to be looked at.
    padding : list of tuple
        The first and the last stored value of each image that means padding; empty where that is one value in units.
    padding_value : float or None
        What padding is in units, or is set to.
    constant : list of int
        Filled while reading: the places whose pixels all have one value.
    """

    slopes: list[float]
    intercepts: list[float]
    dtype: np.dtype[Any]
    checked: bool
    padding: list[tuple[float, float]] = field(default_factory=list)
    padding_value: float | None = None
    constant: list[int] = field(default_factory=list)

    def convert(self, stored: npt.NDArray[Any], at: int, out: npt.NDArray[Any]) -> None:
        """Write one plane in units; `out` may be the memory of `stored`.

        Parameters
        ----------
        stored : numpy.ndarray
            (rows, columns) stored values.
        at : int
            Its place in the stack.
        out : numpy.ndarray
            (rows, columns) of `dtype`.

        Raises
        ------
        BeyondInt16Error
            A value lies beyond int16.
        """
        if stored[0, 0] == stored[-1, -1] and (stored == stored[0, 0]).all():
            self.constant.append(at)
        if not self.padding:
            self._convert(stored, at, out)
            return
        low, high = self.padding[at]
        outside = (stored >= low) & (stored <= high)  # before the conversion, which may be in place
        self._convert(stored, at, out)
        out[outside] = self.padding_value

    def _convert(self, stored: npt.NDArray[Any], at: int, out: npt.NDArray[Any]) -> None:
        intercept = self.intercepts[at]
        if self.dtype.kind == "f":
            _scale(stored, self.slopes[at], intercept, out, wide=stored.dtype.itemsize > 2)
            return
        if self.checked and (int(stored.min()) + intercept < -32768 or int(stored.max()) + intercept > 32767):
            raise BeyondInt16Error
        if stored.dtype.itemsize == 2:
            # Two's complement: the sum is right whenever it fits, however the stored values are signed.
            np.add(stored.view(np.int16), np.int16(intercept), out=out)
        else:
            np.add(stored, np.int16(intercept), out=out, dtype=np.int64, casting="unsafe")


def _scale(stored: npt.NDArray[Any], slope: float, intercept: float, out: npt.NDArray[Any], *, wide: bool) -> None:
    if wide:  # a product in float32 would lose what the intercept leaves
        values = np.multiply(stored, slope, dtype=np.float64)
        values += intercept
        out[...] = values
        return
    np.multiply(stored, np.float32(slope), out=out, dtype=np.float32, casting="same_kind")
    if intercept:
        np.add(out, np.float32(intercept), out=out)


def values_of(stack: Stack, padding: npt.NDArray[np.float64], *, as_float: bool = False) -> Values:
    """Return how the stored values of a stack become values with units.

    Parameters
    ----------
    stack : Stack
        In the order of the slices.
    padding : numpy.ndarray
        (n, 2) the first and the last stored value that means padding, NaN where an image states none.
    as_float : bool
        float32, whatever the slopes are.

    Returns
    -------
    Values
        int16 where that is exact.
    """
    stored, (lowest, highest) = stack.pixels.stored_type()
    slopes, intercepts = stack.rescale[:, 0], stack.rescale[:, 1]
    whole = stored.kind in "iu" and (slopes == 1).all() and (intercepts == np.rint(intercepts)).all()
    whole = bool(whole and np.abs(intercepts).max() <= 32767 and not as_float)
    fits = lowest + intercepts.min() >= -32768 and highest + intercepts.max() <= 32767
    dtype = np.dtype(np.int16 if whole else np.float32)
    values = Values(slopes.tolist(), [*map(int if whole else float, intercepts)], dtype, checked=not fits)
    _pad(values, padding, stored)
    if whole and values.padding and not -32768 <= (values.padding_value or 0) <= 32767:
        return values_of(stack, padding, as_float=True)
    return values


def _pad(values: Values, padding: npt.NDArray[np.float64], stored: np.dtype[Any]) -> None:
    """Say what padding is in units, and where it has to be made one value."""
    stated = np.flatnonzero(np.isfinite(padding).all(axis=1))
    if not len(stated):
        return
    first = int(stated[0])
    slopes, intercepts = np.array(values.slopes)[stated, None], np.array(values.intercepts)[stated, None]
    ends = padding[stated] * slopes + intercepts
    values.padding_value = float(ends[0, 0])
    if values.dtype.kind == "f":  # by the same arithmetic as the pixels, so that they are equal
        one, wide = np.full((1, 1), padding[first, 0]), stored.itemsize > 2
        scaled = np.empty((1, 1), np.float32)
        _scale(
            one if wide else one.astype(np.float32), values.slopes[first], values.intercepts[first], scaled, wide=wide
        )
        values.padding_value = float(scaled[0, 0])
    if np.ptp(ends) > 0:
        values.padding = [(low, high) for low, high in padding.tolist()]


def fill(
    stack: Stack,
    values: Values,
    out: npt.NDArray[Any],
    *,
    workers: int | None = 1,
    advance: Callable[[int], Any] | None = None,
) -> list[tuple[int, str]]:
    """Read every image of a stack into an array, in units.

    Parameters
    ----------
    stack : Stack
        In the order of the slices.
    values : Values
        From `values_of`.
    out : numpy.ndarray
        (slices, rows, columns) of ``values.dtype``, C-contiguous.
    workers : int or None
        Threads that read files which hold their pixels as they are.
    advance : callable, optional
        Called with the number of images just read.

    Returns
    -------
    list of tuple
        The place and the reason of each image that cannot be read.
    """
    stored = stack.pixels.stored_type()[0]
    in_place = stored.itemsize == 2 and values.dtype == np.int16

    def part(first: int) -> list[tuple[int, str]]:
        target = out[first : first + size]
        space = target.view(stored) if in_place else np.empty(target.shape, stored)

        def done(nth: int) -> None:
            values.convert(space[nth], first + nth, target[nth])

        unread = stack.pixels.read(stack.rows[first : first + size], space, done)
        if advance:
            advance(len(target))
        return [(first + nth, reason) for nth, reason in unread]

    threads = (workers or 1) if stack.pixels.is_direct and out.nbytes >= _WORTH_THREADS else 1
    size = -(-len(out) // threads) if in_place and not advance else _SLAB
    starts = range(0, len(out), max(1, size))
    if threads > 1 and len(starts) > 1:
        with ThreadPoolExecutor(threads) as pool:
            return [one for unread in pool.map(part, starts) for one in unread]
    return [one for first in starts for one in part(first)]


def planes(stack: Stack, values: Values, unread: list[tuple[int, str]], **options: Any) -> Iterator[npt.NDArray[Any]]:
    """Yield the images of a stack one after the other, in units; a few are held at a time.

    Parameters
    ----------
    stack : Stack
        In the order of the slices.
    values : Values
        From `values_of`.
    unread : list of tuple
        Receives the place and the reason of each image that cannot be read.
    **options : object
        Passed on to `fill`.

    Yields
    ------
    numpy.ndarray
        (rows, columns), valid until the next ones are read.
    """
    shape = tuple(int(n) for n in stack.sizes[0, :2])
    slab = np.empty((min(_SLAB, len(stack)), *shape), values.dtype)
    for first in range(0, len(stack), _SLAB):
        part = stack.select(np.arange(first, min(first + _SLAB, len(stack))))
        mine = {name: getattr(values, name)[first:] for name in ("slopes", "intercepts", "padding")}
        here = replace(values, **mine, constant=[])
        found = fill(part, here, slab[: len(part)], **options)
        unread += [(first + nth, reason) for nth, reason in found]
        values.constant += [first + nth for nth in here.constant]
        yield from slab[: len(part)]
