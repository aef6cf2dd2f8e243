"""Choose where arrays are computed, move them there and back, and run CUDA sources on them: the only door to CuPy.

Everywhere else takes the array module from the array that came. Importable with NumPy alone.
"""

import platform
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.errors import MissingPackageError, brief
from workbench.imaging.batches import Batched, in_batches
from workbench.imaging.devices import Device
from workbench.imaging.images import Array
from workbench.imaging.streams import empty_pinned, stream_batches
from workbench.imaging.threads import thread_count

__all__ = [
    "Batched", "Device", "array_module", "choose_device", "contiguous", "empty_pinned", "in_batches", "is_on_gpu",
    "run_kernel", "stream_batches", "to_device", "to_host",
]  # fmt: skip

_VALID = "Valid: 'auto', 'cpu', 'cuda:0' (or another number)."
_SOURCES = Path(__file__).parent / "kernels"
# No contraction to fused multiply-add: a GPU rounds where a CPU does, so that both give the same bits.
_OPTIONS = ("-std=c++17", "-fmad=false")
_C_TYPES = {
    "bool": "bool", "int8": "signed char", "uint8": "unsigned char", "int16": "short", "uint16": "unsigned short",
    "int32": "int", "uint32": "unsigned int", "int64": "long long", "uint64": "unsigned long long",
    "float32": "float", "float64": "double",
}  # fmt: skip


def choose_device(name: str = "auto") -> Device:
    """Return the device of that name, after seeing that it is there.

    Parameters
    ----------
    name : str, default "auto"
        ``"auto"`` takes the first GPU if CuPy and a driver are installed, else the CPU; ``"cpu"``; ``"cuda:0"``.

    Returns
    -------
    Device
        Its label says what it is, for a provenance.

    Raises
    ------
    ValueError
        When the name is none of these.
    MissingPackageError
        When a GPU is asked for and CuPy is not installed.
    LookupError
        When a GPU is asked for and there is no driver, or no device of that number.

    Examples
    --------
    >>> choose_device("cpu").name
    'cpu'
    """
    kind, _, number = str(name).partition(":")
    if name not in {"auto", "cpu"} and not (kind == "cuda" and number.isdecimal()):
        raise ValueError(f"device={brief(repr(name))} is no device. {_VALID} Take device='auto'.")
    cpu = Device("cpu", f"{_cpu_name()}, {thread_count()} threads")
    if name == "cpu" or (name == "auto" and not _gpu_is_there()):
        return cpu
    cupy, index = _cupy_for(name), int(number or 0)
    n_devices = cupy.cuda.runtime.getDeviceCount()
    if index >= n_devices:
        raise LookupError(
            f"No device {brief(repr(name))}: this machine has {n_devices} CUDA device{'s' * (n_devices != 1)}, "
            f"'cuda:0'{f' to {chr(39)}cuda:{n_devices - 1}{chr(39)}' if n_devices > 1 else ''}. "
            "Take one of these, or device='auto'."
        )
    found = cupy.cuda.runtime.getDeviceProperties(index)["name"]
    label = f"{found.decode() if isinstance(found, bytes) else found}, CuPy {cupy.__version__}"
    return Device(f"cuda:{index}", label, is_gpu=True, module=cupy, fallback=cpu)


def to_device(array: Array, device: Device) -> Array:
    """Return the array on the device: itself if it is there already.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Of any shape and type.
    device : Device
        From :func:`choose_device`.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of the same shape and type, in the machine's byte order.
    """
    if not device.is_gpu:
        return to_host(array)
    with device.active():
        return device.module.asarray(array)


def to_host(array: Array) -> npt.NDArray[Any]:
    """Return the array as one of NumPy: itself if it is one.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Of any shape and type.

    Returns
    -------
    numpy.ndarray
        Of the same shape and type.

    Examples
    --------
    >>> to_host(np.zeros(2)).tolist()
    [0.0, 0.0]
    """
    found: npt.NDArray[Any] = array_module(array).asnumpy(array) if is_on_gpu(array) else np.asarray(array)
    return found


def array_module(array: Array) -> Any:
    """Return ``cupy`` for an array on a GPU and ``numpy`` for anything else, without importing CuPy for it.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Or anything that NumPy takes.

    Returns
    -------
    module
        The one whose functions take the array.

    Examples
    --------
    >>> array_module(np.zeros(2)).__name__
    'numpy'
    """
    return sys.modules["cupy"] if is_on_gpu(array) else np


def is_on_gpu(array: Array) -> bool:
    """Return whether the array is one of CuPy.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Or anything else, which is not.

    Returns
    -------
    bool
        Needs no CuPy to say no.

    Examples
    --------
    >>> is_on_gpu(np.zeros(2))
    False
    """
    cupy = sys.modules.get("cupy")
    return cupy is not None and isinstance(array, cupy.ndarray)


def contiguous(array: Array) -> Array:
    """Return the array as loops and CUDA sources take it, itself where it is so already.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Of booleans, whole or real numbers.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        C-contiguous, in the machine's byte order; booleans as uint8, float16 as float32.

    Raises
    ------
    TypeError
        For anything but numbers.

    Examples
    --------
    >>> contiguous(np.array([True, False])).dtype.name
    'uint8'
    """
    kind = np.dtype(array.dtype)
    if kind.kind not in "biuf" or kind.itemsize > 8:
        raise TypeError(
            f"An array of {kind.name} came where pixels are expected. "
            "Pixels are booleans, whole numbers or real numbers of up to 64 bits. Convert it: array.astype('float32')."
        )
    found = array_module(array).ascontiguousarray(array)
    if kind.kind == "b":
        return found.view(np.uint8)
    return found.astype(np.float32 if kind == np.float16 else kind.newbyteorder("="), copy=False)


def run_kernel(
    place: tuple[str, str],
    arguments: tuple[Any, ...],
    *,
    size: int,
    block: int = 256,
    types: Mapping[str, npt.DTypeLike | int] | None = None,
) -> None:
    """Start a kernel of a CUDA source on the current stream, one thread an element.

    Parameters
    ----------
    place : tuple of str
        The source beside the kernels' modules and the kernel in it: ``("intensity.cu", "rescale_window")``.
    arguments : tuple
        Contiguous CuPy arrays and numbers. An int arrives as ``long long``, a float as ``double``; NumPy's scalars as
        their own type.
    size : int
        How many threads are wanted: at least so many are started, in whole blocks, and none for 0.
    block : int, default 256
        Threads in a block.
    types : mapping of str to dtype or int, optional
        Names that the source leaves open: a NumPy type becomes its name in C, an int stays a number.

    Examples
    --------
    >>> run_kernel(("intensity.cu", "rescale_window"), (), size=0)
    """
    if size == 0:
        return
    defined = tuple(f"-D{name}={_in_c(value)}" for name, value in (types or {}).items())
    arrays = [one for one in arguments if is_on_gpu(one)]
    with arrays[0].device:
        _kernel(*place, defined, array_module(arrays[0]))((-(-size // block),), (block,), arguments)


@cache
def _kernel(source: str, name: str, defined: tuple[str, ...], cupy: ModuleType) -> Any:
    """Return the kernel; CuPy compiles it on its first use on each device and keeps the machine code on disk."""
    return cupy.RawKernel((_SOURCES / source).read_text(encoding="utf-8"), name, options=(*_OPTIONS, *defined))


def _in_c(value: npt.DTypeLike | int) -> str:
    return str(value) if isinstance(value, int) else _C_TYPES[np.dtype(value).name]


@cache
def _cpu_name() -> str:
    """Return what the machine calls its processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine() or "CPU"


def _gpu_is_there() -> bool:
    try:
        import cupy
    except ImportError:
        return False
    return bool(cupy.cuda.is_available())


def _cupy_for(name: str) -> ModuleType:
    """Return CuPy where it can be used, or raise what is missing."""
    try:
        import cupy
    except ImportError:
        raise MissingPackageError(
            f"device={name!r} needs CuPy, which is not installed here. CUDA 12 needs the extra 'gpu', CUDA 13 'gpu13'. "
            "Install it: pip install 'imaging-workbench[gpu]', or take device='cpu'."
        ) from None
    if not cupy.cuda.is_available():
        raise LookupError(
            f"device={name!r}: CuPy {cupy.__version__} is installed but finds no NVIDIA driver with a device. "
            "A GPU needs a driver at least as new as CuPy's CUDA. Run nvidia-smi to see it, or take device='cpu'."
        )
    module: ModuleType = cupy
    return module
