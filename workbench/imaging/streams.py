"""Copy the next batch to a GPU, and the last result back, while this one is computed."""

import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.cache import say
from workbench.imaging.devices import Device
from workbench.imaging.images import Array
from workbench.imaging.threads import over_slabs

_WORTH_A_THREAD = 4 << 20  # bytes that are copied
_PINNED = 1  # cudaMemoryTypeHost


def stream_batches(
    batches: Iterable[npt.NDArray[Any]], function: Callable[[Array], Any], device: Device
) -> Iterator[tuple[Any, Device]]:
    """Yield the result of each batch on the host while the next one is made and copied to the device.

    Two streams take turns, each with its pinned buffer, so that copies in both directions overlap the computing; the
    batch after the next is made in a thread meanwhile. A batch that lies in pinned memory (:func:`empty_pinned`) is
    copied from where it lies and must stay unchanged until its result has come.

    Parameters
    ----------
    batches : iterable of numpy.ndarray
        Stacks of radiographs, ``(images, rows, columns)``, or volumes, ``(slices, rows, columns)``.
    function : callable
        Takes the batch as an array of the device; gives an array, or a tuple, list or dict of arrays and other things.
    device : Device
        From :func:`workbench.imaging.arrays.choose_device`.

    Yields
    ------
    tuple
        The result, with NumPy arrays, and the device that computed it: the CPU where the GPU's memory did not suffice,
        which one line says.
    """
    if not device.is_gpu:
        for batch in batches:
            yield function(batch), device
        return
    source = iter(batches)
    lanes = (_Lane(device), _Lane(device))
    waiting: _Pending | None = None
    with ThreadPoolExecutor(1) as maker:
        current, coming = next(source, None), maker.submit(next, source, None)
        if current is not None:
            lanes[0].upload(current)
        while current is not None:
            lanes = (lanes[1], lanes[0])
            if early := coming.done():  # on its way before the kernels start, since these may wait for each other
                current, coming = _send(coming, lanes[0], maker, source)
            computed = lanes[1].compute(function)
            if waiting is not None:
                yield waiting.result(), waiting.device
            if not early:
                current, coming = _send(coming, lanes[0], maker, source)
            waiting = computed
        if waiting is not None:
            yield waiting.result(), waiting.device


def empty_pinned(shape: tuple[int, ...], dtype: npt.DTypeLike, device: Device) -> npt.NDArray[Any]:
    """Return an array in memory that a GPU copies from at full speed, its values not set; an ordinary one for a CPU.

    Parameters
    ----------
    shape : tuple of int
        Of the array.
    dtype : dtype
        Of the array.
    device : Device
        From :func:`workbench.imaging.arrays.choose_device`.

    Returns
    -------
    numpy.ndarray
        C-contiguous.
    """
    n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
    if not device.is_gpu or n_bytes == 0:
        return np.empty(shape, dtype)
    memory = device.module.cuda.alloc_pinned_memory(n_bytes)
    return np.frombuffer(memory, dtype, math.prod(shape)).reshape(shape)


@dataclass(frozen=True)
class _Pending:
    """A result whose copies to the host are under way."""

    copies: Any
    device: Device
    done: Any = None
    kept: Any = None  # arrays of the device that must live until they are copied

    def result(self) -> Any:
        if self.done is not None:
            self.done.synchronize()
        return self.copies


class _Lane:
    """A stream with its pinned buffer and the batch that it carries."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.stream = device.module.cuda.Stream(non_blocking=True)
        self.sent = device.module.cuda.Event()
        self.buffer = np.empty(0, np.uint8)
        self.host: npt.NDArray[Any] = self.buffer
        self.array: Array = None

    def upload(self, batch: npt.NDArray[Any]) -> None:
        """Start to copy a batch; when there is no memory for it, leave it to :meth:`compute`."""
        self.array, self.host = None, batch
        try:
            self._copy(batch)
        except self.device.memory_error:
            self.array = None

    def compute(self, function: Callable[[Array], Any]) -> _Pending:
        """Start the function and the copies of its result."""
        for attempt in range(2):
            try:
                if self.array is None:
                    self._copy(self.host)
                with self.device.active(), self.stream:
                    found = function(self.array)
                    return self._download(found)
            except self.device.memory_error:
                self.array = None
            if attempt == 0:  # after the block, which holds arrays; what the other stream holds is given back too
                self.device.module.cuda.Device().synchronize()
                self.device.free()
        say(self.device.fell_back("A batch"))
        return _Pending(function(self.host), self.device.other())

    def _copy(self, batch: npt.NDArray[Any]) -> None:
        with self.device.active(), self.stream:
            array = self.device.module.empty(batch.shape, batch.dtype)
            array.set(self._pinned(batch), stream=self.stream)
            self.sent.record(self.stream)
        self.array = array

    def _pinned(self, batch: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the batch where it lies, if that is pinned memory, or copied into this lane's buffer."""
        attributes = self.device.module.cuda.runtime.pointerGetAttributes(batch.ctypes.data)
        if attributes.type == _PINNED and batch.flags.c_contiguous:
            return batch
        self.sent.synchronize()  # the buffer may still be read
        if self.buffer.nbytes < batch.nbytes:
            self.buffer = empty_pinned((batch.nbytes,), np.uint8, self.device)
        staged = self.buffer[: batch.nbytes].view(batch.dtype).reshape(batch.shape)
        least = max(1, _WORTH_A_THREAD * len(batch) // max(1, batch.nbytes)) if batch.ndim else 1

        def copy(begin: int, end: int) -> None:
            staged[begin:end] = batch[begin:end]

        over_slabs(copy, len(batch), least=least)
        return staged

    def _download(self, found: Any) -> _Pending:
        kept: list[Any] = []

        def download(part: Any) -> Any:
            if isinstance(part, dict):
                return {name: download(one) for name, one in part.items()}
            if isinstance(part, list | tuple):
                return type(part)(map(download, part))
            if not isinstance(part, self.device.module.ndarray):
                return part
            source = self.device.module.ascontiguousarray(part)
            kept.append(source)
            target = empty_pinned(source.shape, source.dtype, self.device)
            return source.get(stream=self.stream, out=target, blocking=False)

        copies = download(found)
        done = self.device.module.cuda.Event()
        done.record(self.stream)
        return _Pending(copies, self.device, done, kept)


def _send(
    coming: "Future[Any]", lane: _Lane, maker: ThreadPoolExecutor, source: Iterator[Any]
) -> tuple[Any, "Future[Any]"]:
    """Upload the batch that was being made and start to make the one after it."""
    batch = coming.result()
    if batch is None:
        return None, coming
    following = maker.submit(next, source, None)
    lane.upload(batch)
    return batch, following
