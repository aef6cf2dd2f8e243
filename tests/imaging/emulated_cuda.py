"""A stand-in for the part of CuPy that the package uses, so that CUDA sources run and are checked without a GPU.

It is a test harness and proves nothing about speed. Kernels are compiled with g++ behind a header that defines what
CUDA C adds; every thread of every block runs, one after the other, threads that meet at ``__syncthreads`` as fibers.
Not emulated: warp intrinsics, dynamic shared memory, textures, races between threads.

It is strict where CuPy is: arrays do not turn into NumPy arrays unasked, kernels refuse NumPy arrays and arguments of
another type than their parameters, and copies on a stream happen only when the stream is waited for or used again, so
that a missing wait shows as wrong values.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

COMPILER = shutil.which("g++")
#: Why tests that need it are skipped.
WITHOUT_COMPILER = "g++ is missing: CUDA sources cannot run in emulation"

_HEADER = r"""
#include <cmath>
#include <cstring>
#include <climits>
#include <algorithm>
#include <memory>
#include <type_traits>
#include <vector>
#include <setjmp.h>
#include <ucontext.h>
#define __global__
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline
#define __restrict__ __restrict
#define __align__(n) alignas(n)
#define __launch_bounds__(...)
#define __shared__ static
struct dim3 { unsigned int x, y, z; };
static dim3 blockIdx, blockDim, threadIdx, gridDim;
using std::min; using std::max; using std::isnan; using std::isinf; using std::isfinite;
template <class T, class U> static T atomicAdd(T *p, U v) { T old = *p; *p = (T)(old + v); return old; }
template <class T, class U> static T atomicMin(T *p, U v) { T old = *p; if ((T)v < old) *p = (T)v; return old; }
template <class T, class U> static T atomicMax(T *p, U v) { T old = *p; if ((T)v > old) *p = (T)v; return old; }
template <class T, class U> static T atomicOr(T *p, U v) { T old = *p; *p = old | (T)v; return old; }
template <class T, class U> static T atomicAnd(T *p, U v) { T old = *p; *p = old & (T)v; return old; }
template <class T, class U> static T atomicExch(T *p, U v) { T old = *p; *p = (T)v; return old; }
template <class T, class U, class V> static T atomicCAS(T *p, U expected, V v) {
  T old = *p; if (old == (T)expected) *p = (T)v; return old; }
template <class T> static T __ldg(const T *p) { return *p; }
static inline int __popc(unsigned int v) { return __builtin_popcount(v); }
static inline int __popcll(unsigned long long v) { return __builtin_popcountll(v); }
static inline int __clz(int v) { return v ? __builtin_clz((unsigned)v) : 32; }
static inline int __ffs(int v) { return __builtin_ffs(v); }
static inline void __threadfence() {}

#ifdef EMULATED_BARRIER
static jmp_buf _hub; static jmp_buf *_self;
static void __syncthreads() { if (!_setjmp(*_self)) _longjmp(_hub, 1); }
#else
static inline void __syncthreads() {}
#endif
"""

_LAUNCHER = r"""
template <class Call> static void _emulate(const unsigned int *grid, const unsigned int *block, Call call) {
  gridDim = {grid[0], grid[1], grid[2]}; blockDim = {block[0], block[1], block[2]};
#ifdef EMULATED_BARRIER
  static Call *current; current = &call;
  static unsigned int t, left;  // static: they outlive the jumps
  static char *finished;
  const unsigned int n = block[0] * block[1] * block[2];
  const size_t stack = 64 << 10;
  std::unique_ptr<char[]> stacks(new char[n * stack]);
  std::unique_ptr<jmp_buf[]> selves(new jmp_buf[n]);
  std::vector<char> started(n), over(n);
  ucontext_t fresh, fiber;
  getcontext(&fresh);
#endif
  for (unsigned int z = 0; z < grid[2]; ++z) for (unsigned int y = 0; y < grid[1]; ++y)
  for (unsigned int x = 0; x < grid[0]; ++x) {
    blockIdx = {x, y, z};
#ifdef EMULATED_BARRIER
    std::fill(started.begin(), started.end(), 0); std::fill(over.begin(), over.end(), 0);
    for (left = n; left;) for (t = 0; t < n; ++t) {
      if (over[t]) continue;
      threadIdx = {t % block[0], t / block[0] % block[1], t / (block[0] * block[1])};
      _self = &selves[t]; finished = &over[t];
      if (!_setjmp(_hub)) {
        if (started[t]) _longjmp(selves[t], 1);
        started[t] = 1;
        fiber = fresh;
        fiber.uc_stack.ss_sp = &stacks[t * stack]; fiber.uc_stack.ss_size = stack;
        makecontext(&fiber, (void (*)())+[] { (*current)(); *finished = 1; _longjmp(_hub, 1); }, 0);
        setcontext(&fiber);
      }
      if (over[t]) --left;
    }
#else
    for (unsigned int c = 0; c < block[2]; ++c) for (unsigned int b = 0; b < block[1]; ++b)
    for (unsigned int a = 0; a < block[0]; ++a) { threadIdx = {a, b, c}; call(); }
#endif
  }
}

// CUDA copies arguments byte for byte: one of another type than its parameter is refused here, where it would go wrong.
template <class E> struct _Array {
  void *p;
  template <class T> operator T *() const { return (T *)p; }
};
template <class P, class A> struct _Fits {
  static const bool value = std::is_same<P, A>::value || (std::is_integral<P>::value && std::is_integral<A>::value &&
      sizeof(P) == sizeof(A) && std::is_signed<P>::value == std::is_signed<A>::value);
};
template <class P, class E> struct _Fits<P *, _Array<E>> {
  typedef typename std::remove_cv<P>::type T;
  static const bool value = std::is_same<T, E>::value || (std::is_integral<T>::value && std::is_integral<E>::value &&
      sizeof(typename std::conditional<std::is_void<T>::value, E, T>::type) == sizeof(E));
};
template <class... P, class... A>
static void _checked(const unsigned int *grid, const unsigned int *block, void (*kernel)(P...), A... arguments) {
  static_assert(sizeof...(P) == sizeof...(A), "the kernel takes another number of arguments");
  static_assert((_Fits<typename std::remove_cv<P>::type, A>::value && ...), "an argument has not its parameter's type");
  _emulate(grid, block, [&] { kernel(P(arguments)...); });
}
"""


class OutOfMemoryError(MemoryError):
    """What CuPy raises when an allocation fails."""


class _State:
    """What a test may set: how much memory there is, how many devices; and what ran."""

    def __init__(self) -> None:
        self.free_bytes: int | None = None
        self.largest_bytes: int | None = None
        self.n_devices = 1
        self.driver = True
        self.launches: list[str] = []
        self.compiled: set[tuple[str, tuple[str, ...]]] = set()
        self.streams: list[Stream] = []
        self.pinned: dict[int, int] = {}


state = _State()


class Stream:
    """Copies wait here until something else happens on the stream."""

    null: "Stream"
    _current: "Stream"

    def __init__(self, *, null: bool = False, **_: bool) -> None:
        self.ptr = 0 if null else id(self)
        self._pending: list[Callable[[], None]] = []
        self._before: list[Stream] = []

    def __enter__(self) -> "Stream":
        self._before.append(Stream._current)
        Stream._current = self
        return self

    def __exit__(self, *_: object) -> None:
        Stream._current = self._before.pop()

    def use(self) -> "Stream":
        """Make this the current stream."""
        Stream._current = self
        return self

    def synchronize(self) -> None:
        """Do what waits."""
        pending, self._pending = self._pending, []
        for copy in pending:
            copy()

    def record(self, event: "Event | None" = None) -> "Event":
        """Mark this place in the stream."""
        event = event or Event()
        event.record(self)
        return event

    def wait_event(self, event: "Event") -> None:
        """Do what waits before the event."""
        event.synchronize()

    def _later(self, copy: Callable[[], None]) -> None:
        self._pending.append(copy)
        state.streams.append(self)


Stream.null = Stream(null=True)
Stream._current = Stream.null


class Event:
    """A place in a stream."""

    def __init__(self, **_: bool) -> None:
        self._stream: Stream | None = None

    def record(self, stream: Stream | None = None) -> None:
        """Mark the place where the stream is now."""
        self._stream = stream or Stream._current

    def synchronize(self) -> None:
        """Wait for it."""
        if self._stream is not None:
            self._stream.synchronize()


class Device:
    """A device as a context."""

    def __init__(self, index: int = 0) -> None:
        if index >= state.n_devices:
            raise RuntimeError("cudaErrorInvalidDevice: invalid device ordinal")
        self.id = index

    def __enter__(self) -> "Device":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __int__(self) -> int:
        return self.id

    def use(self) -> None:
        """Make this the current device."""

    def synchronize(self) -> None:
        """Do everything that waits on any stream."""
        waiting, state.streams = state.streams, []
        for stream in waiting:
            stream.synchronize()

    @property
    def mem_info(self) -> tuple[int, int]:
        """Free and all bytes."""
        return (state.free_bytes if state.free_bytes is not None else 1 << 34, 1 << 34)


def _settle() -> None:
    Stream._current.synchronize()


def _claim(n_bytes: int) -> None:
    """Refuse memory as a test has set it."""
    if state.largest_bytes is not None and n_bytes > state.largest_bytes:
        raise OutOfMemoryError(f"Out of memory allocating {n_bytes} bytes")
    if state.free_bytes is not None and n_bytes > state.free_bytes:
        raise OutOfMemoryError(f"Out of memory allocating {n_bytes} bytes")


def _host(value: Any) -> Any:
    """Return what NumPy computes with for an argument."""
    if isinstance(value, ndarray):
        return value._array
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return value
        raise TypeError(f"Unsupported type {type(value)}: an array of NumPy reached CuPy; use to_device")
    if isinstance(value, list | tuple):
        return type(value)(_host(one) for one in value)
    if isinstance(value, dict):
        return {name: _host(one) for name, one in value.items()}
    return value


def _wrap(value: Any) -> Any:
    """Return what CuPy would: arrays, also where NumPy gives a scalar."""
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        _claim(array.nbytes)
        return ndarray._of(array)
    if isinstance(value, tuple | list):
        return type(value)(_wrap(one) for one in value)
    return value


class ndarray:  # noqa: N801 - CuPy's name
    """An array that only this module can look into."""

    __module__ = "cupy"
    __array_priority__ = 100
    _array: np.ndarray

    def __init__(self, shape: Any, dtype: Any = float, **_: Any) -> None:
        self._array = empty(shape, dtype)._array

    @classmethod
    def _of(cls, array: np.ndarray) -> "ndarray":
        made = cls.__new__(cls)
        made._array = array
        return made

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. Please use `.get()` to construct one explicitly."
        )

    @property
    def device(self) -> Device:
        """The only one."""
        return Device(0)

    @property
    def data(self) -> Any:
        """An object with the pointer."""
        return types.SimpleNamespace(ptr=self._array.ctypes.data)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape."""
        return self._array.shape

    @shape.setter
    def shape(self, shape: tuple[int, ...]) -> None:
        self._array.shape = shape

    def set(self, array: np.ndarray, stream: Stream | None = None) -> None:
        """Copy from the host: on a stream, when the stream goes on."""
        if not isinstance(array, np.ndarray):
            raise TypeError("Only numpy.ndarray can be set to cupy.ndarray")
        if array.shape != self.shape or array.dtype != self._array.dtype:
            raise ValueError("Shape or dtype mismatch")
        if stream is None:
            _settle()
            self._array[...] = array
        else:
            stream._later(lambda: np.copyto(self._array, array))

    def get(self, stream: Stream | None = None, *, out: np.ndarray | None = None, blocking: bool = True) -> np.ndarray:
        """Copy to the host: at once, or when the stream goes on."""
        used = stream or Stream._current
        target = np.empty(self.shape, self._array.dtype) if out is None else out
        if target.shape != self.shape or target.dtype != self._array.dtype or not target.flags.c_contiguous:
            raise ValueError("The output array does not fit")
        if blocking:
            used.synchronize()
            np.copyto(target, self._array)
        else:
            used._later(lambda: np.copyto(target, self._array))
        return target

    def item(self, *place: int) -> Any:
        """Return a Python number, waiting for the stream."""
        _settle()
        return self._array.item(*place)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        _settle()
        found = getattr(self._array, name)
        if not callable(found):
            return _wrap(found) if isinstance(found, np.ndarray) else found

        def method(*arguments: Any, **options: Any) -> Any:
            return _wrap(found(*_host(arguments), **_host(options)))

        return method

    def __getitem__(self, key: Any) -> Any:
        _settle()
        return _wrap(self._array[_host(key)])

    def __setitem__(self, key: Any, value: Any) -> None:
        _settle()
        self._array[_host(key)] = _host(value)

    def __len__(self) -> int:
        return len(self._array)

    def __iter__(self) -> Iterator[Any]:
        return (_wrap(one) for one in self._array)

    def __bool__(self) -> bool:
        _settle()
        return bool(self._array)

    def __int__(self) -> int:
        return int(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __index__(self) -> int:
        return self.item().__index__()

    def __repr__(self) -> str:
        return repr(self._array)


def _operators() -> None:
    """Give the array NumPy's operators, each as one step on the current stream."""
    plain = "lt le eq ne gt ge neg pos abs invert"
    both = "add sub mul truediv floordiv mod pow and or xor lshift rshift matmul"
    names = [*plain.split(), *both.split(), *(f"r{name}" for name in both.split())]

    def made(name: str) -> Callable[..., Any]:
        def operator(self: ndarray, *others: Any) -> Any:
            _settle()
            return _wrap(getattr(self._array, name)(*_host(others)))

        return operator

    def made_in_place(name: str) -> Callable[..., Any]:
        def operator(self: ndarray, other: Any) -> Any:
            _settle()
            getattr(self._array, name)(_host(other))
            return self

        return operator

    for name in names:
        setattr(ndarray, f"__{name}__", made(f"__{name}__"))
    for name in both.split():
        setattr(ndarray, f"__i{name}__", made_in_place(f"__i{name}__"))
    ndarray.__hash__ = object.__hash__  # type: ignore[method-assign]


_operators()


def empty(shape: Any, dtype: Any = float, order: str = "C") -> ndarray:
    """Return an array of odd values: nobody may count on zeros."""
    n_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
    _claim(n_bytes)
    array = np.empty(shape, dtype, order=order)
    array.reshape(-1).view(np.uint8)[...] = 0xA5 if np.dtype(dtype) != bool else 1
    return ndarray._of(array)


def empty_like(array: ndarray, dtype: Any = None, **_: Any) -> ndarray:
    """Return one of the same shape."""
    return empty(array.shape, dtype or array.dtype)


def asarray(value: Any, dtype: Any = None, order: str | None = None, **_: Any) -> ndarray:
    """Return the array on the device."""
    if isinstance(value, ndarray):
        return value if dtype is None or value.dtype == np.dtype(dtype) else value.astype(dtype)
    array = np.array(value, dtype=dtype, order="C")
    _claim(array.nbytes)
    return ndarray._of(array.astype(array.dtype.newbyteorder("=")))


def asnumpy(value: Any, stream: Stream | None = None, **options: Any) -> np.ndarray:
    """Return a copy on the host."""
    return value.get(stream=stream, **options) if isinstance(value, ndarray) else np.asarray(value)


class RawKernel:
    """A kernel of a CUDA source, compiled by g++ and kept in a folder of temporary files."""

    def __init__(self, code: str, name: str, options: tuple[str, ...] = (), **_: Any) -> None:
        self.code, self.name, self.options = code, name, tuple(options)
        self.attributes: dict[str, int] = {}

    def __call__(
        self, grid: tuple[int, ...], block: tuple[int, ...], arguments: tuple[Any, ...], *, shared_mem: int = 0
    ) -> None:
        """Run every thread of every block."""
        if shared_mem:
            raise NotImplementedError("Dynamic shared memory is not emulated.")
        if min(*grid, *block) < 1 or int(np.prod(block)) > 1024:
            raise RuntimeError("CUDA_ERROR_INVALID_VALUE: the grid or block is empty or too large")
        _settle()
        values, kinds = zip(*(_passed(one) for one in arguments), strict=True)
        launch = _library(self.code, self.name, self.options, kinds)
        sizes = [(ctypes.c_uint * 3)(*(*size, 1, 1)[:3]) for size in (grid, block)]
        state.launches.append(self.name)
        state.compiled.add((self.code, self.options))
        launch(*sizes, *values)


_C_NAMES = {
    "b1": "bool", "i1": "signed char", "u1": "unsigned char", "i2": "short", "u2": "unsigned short", "i4": "int",
    "u4": "unsigned int", "i8": "long long", "u8": "unsigned long long", "f4": "float", "f8": "double",
}  # fmt: skip


def _passed(value: Any) -> tuple[Any, str]:
    """Return an argument for C and its type there."""
    if isinstance(value, ndarray):
        if not value._array.flags.c_contiguous:
            raise ValueError("The emulation passes contiguous arrays only.")
        return ctypes.c_void_p(value._array.ctypes.data), f"_Array<{_C_NAMES[value._array.dtype.str[1:]]}>"
    if isinstance(value, bool | np.bool_):
        return ctypes.c_bool(bool(value)), "bool"
    if isinstance(value, np.ndarray):
        raise TypeError(f"Unsupported type {type(value)}")
    scalar = value if isinstance(value, np.generic) else np.asarray(value)[()]
    kind = np.ctypeslib.as_ctypes_type(scalar.dtype)
    return kind(scalar.item()), _C_NAMES[scalar.dtype.str[1:]]


_loaded: dict[str, Any] = {}


def _library(code: str, name: str, options: tuple[str, ...], kinds: tuple[str, ...]) -> Any:
    """Return the function that launches a kernel; one shared object for each source, set of options and kernel."""
    defined = [option for option in options if option.startswith(("-D", "-std"))]
    barrier = ["-DEMULATED_BARRIER"] if "__syncthreads" in code else []
    taken = "".join(f", {'void *' if kind.startswith('_Array') else kind} a{at}" for at, kind in enumerate(kinds))
    given = "".join(f", {kind}{{a{at}}}" if "<" in kind else f", a{at}" for at, kind in enumerate(kinds))
    launcher = (
        f"{_LAUNCHER}\n"
        f'extern "C" void _launch(const unsigned int *g, const unsigned int *b{taken}) {{\n'
        f"  _checked(g, b, {name}{given});\n}}\n"
    )
    text = f'{_HEADER}\n#line 1 "{name}"\n{code}\n{launcher}'
    command = [str(COMPILER), "-O2", "-ffp-contract=off", "-w", "-fPIC", "-shared", *defined, *barrier]
    key = hashlib.sha256("\0".join([text, *command]).encode()).hexdigest()[:20]
    if key not in _loaded:
        folder = Path(tempfile.gettempdir()) / f"emulated-cuda-{os.getuid()}"
        folder.mkdir(exist_ok=True, mode=0o700)
        made = folder / f"{key}.so"
        if not made.exists():
            with tempfile.TemporaryDirectory(dir=folder) as own:
                draft = Path(own) / "kernel.so"
                ran = subprocess.run(
                    [*command, "-x", "c++", "-", "-o", str(draft)],
                    input=text,
                    text=True,
                    capture_output=True,
                    check=False,
                )
                if ran.returncode:
                    raise RuntimeError(f"The CUDA source of {name} does not compile:\n{ran.stderr}")
                draft.rename(made)
        _loaded[key] = ctypes.CDLL(str(made))._launch
        _loaded[key].restype = None
    return _loaded[key]


class PinnedMemory(bytearray):
    """Host memory that counts as pinned."""


def _alloc_pinned_memory(n_bytes: int) -> PinnedMemory:
    memory = PinnedMemory(n_bytes)
    place = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    state.pinned[place] = n_bytes
    return memory


def _pointer_attributes(pointer: int) -> Any:
    pinned = any(place <= pointer < place + size for place, size in state.pinned.items())
    return types.SimpleNamespace(type=1 if pinned else 0, device=0)


class _Pool:
    def free_all_blocks(self) -> None:
        """Give memory back."""

    def used_bytes(self) -> int:
        """Return 0."""
        return 0


def _module() -> types.ModuleType:
    """Return the stand-in; functions that it does not define itself are NumPy's, on wrapped arrays."""
    cupy = types.ModuleType("cupy")
    cupy.__version__ = "0 (emulated)"
    own = {
        "ndarray": ndarray, "RawKernel": RawKernel, "empty": empty, "empty_like": empty_like, "asarray": asarray,
        "array": asarray, "asnumpy": asnumpy, "get_default_memory_pool": _Pool, "get_default_pinned_memory_pool": _Pool,
    }  # fmt: skip
    vars(cupy).update(own)
    cupy.get_array_module = lambda *arrays: cupy if any(isinstance(one, ndarray) for one in arrays) else np
    cupy.cuda = types.SimpleNamespace(
        Stream=Stream,
        Event=Event,
        Device=Device,
        is_available=lambda: state.driver,
        get_current_stream=lambda: Stream._current,
        alloc_pinned_memory=_alloc_pinned_memory,
        memory=types.SimpleNamespace(OutOfMemoryError=OutOfMemoryError),
        runtime=types.SimpleNamespace(
            getDeviceCount=lambda: state.n_devices,
            getDeviceProperties=lambda _: {"name": b"Emulated device"},
            pointerGetAttributes=_pointer_attributes,
        ),
    )

    def lookup(name: str) -> Any:
        found = getattr(np, name)
        if isinstance(found, type) or not callable(found):
            return found

        def function(*arguments: Any, **options: Any) -> Any:
            _settle()
            return _wrap(found(*_host(arguments), **_host(options)))

        return function

    cupy.__getattr__ = lookup
    return cupy


@contextmanager
def emulated() -> Iterator[Any]:
    """Put the stand-in where ``import cupy`` finds it; yield what a test may set.

    Yields
    ------
    object
        ``largest_bytes`` refuses larger arrays, ``n_devices``, ``driver``; ``launches`` are the kernels that ran.
    """
    if COMPILER is None:
        raise RuntimeError(WITHOUT_COMPILER)
    before = sys.modules.get("cupy")
    vars(state).update(vars(_State()))
    sys.modules["cupy"] = _module()
    try:
        yield state
    finally:
        vars(state).update(vars(_State()))
        if before is None:
            del sys.modules["cupy"]
        else:
            sys.modules["cupy"] = before
