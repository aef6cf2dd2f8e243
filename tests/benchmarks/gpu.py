"""Does a GPU give what the CPU gives, and how fast are the chains of a chest CT and of X-rays on it?

Prints Markdown and ends with status 1 where a result differs. Needs NumPy, CuPy and this package; with numba the CPU's
times stand beside, without it the loops run as plain Python for the comparison alone. ``--emulate`` runs everything at
a small size without a GPU, to see that the script works; its times mean nothing.

CT, 300 × 512 × 512 stored int16: resample to 1 mm, linear; window −1000 to 400 HU with the rescale, float32; mask of
−950 to −320 HU at half resolution, its two largest components; histogram of HU in the mask, 350 bins.
X-rays, 2500 × 2048 uint16, 32 at a time: percentiles 1 and 99 from a histogram; window between them, inverted, to 8
bits; area resize to 1024 × 1024; CLAHE, 8 × 8 tiles, clip limit 2.

A step's time is the median of several runs, each waited for. The floor is the bytes that must move, at 4.8 TB/s in the
memory of an H200 and 63 GB/s over PCIe 5 × 16.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
import types
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

HBM_BYTES_PER_S, PCIE_BYTES_PER_S = 4.8e12, 63e9
INTERCEPT, LOW, HIGH, LUNG, BINS = -1024, -1000, 400, (-950, -320), 350
HAS_NUMBA = find_spec("numba") is not None


@dataclass(frozen=True)
class Sizes:
    """What is measured."""

    ct: tuple[int, int, int] = (300, 512, 512)
    resampled: tuple[int, int, int] = (300, 360, 360)
    xrays: tuple[int, int, int] = (32, 2500, 2048)
    resized: int = 1024
    repeats: int = 7
    n_batches: int = 8


SMALL = Sizes((6, 64, 64), (6, 45, 45), (2, 200, 160), 64, 1, 2)


def main() -> int:
    """Compare, take the times, print; return 1 where something differs."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--emulate", action="store_true", help="run at a small size in emulation")
    options.add_argument("--device", default="cuda:0")
    chosen = options.parse_args()
    if not HAS_NUMBA:
        sys.modules["numba"] = _plain_loops()
    with ExitStack() as stack:
        if chosen.emulate:
            from tests.imaging.emulated_cuda import emulated

            stack.enter_context(emulated())
        from workbench.imaging.arrays import choose_device

        device = choose_device(chosen.device)
        cpu = choose_device("cpu")
        print(f"# {device.label}, beside {cpu.label}{'' if HAS_NUMBA else ' (numba is missing: no CPU times)'}\n")
        problems = differences(device)
        sizes = SMALL if chosen.emulate else Sizes()
        if chosen.emulate:
            print("This is an emulation on the CPU: the times below mean nothing.\n")
        if not problems:
            problems += chest_ct(sizes, device) + xrays(sizes, device)
    print("\n".join(["", *problems, f"FAILED: {len(problems)} differ." if problems else "All results agree."]))
    return 1 if problems else 0


def differences(device: Any) -> list[str]:
    """Return a line for each public kernel that gives something else on the device."""
    from tests.imaging.kernels.parity_cases import CASES

    found, start = [], time.perf_counter()
    for case in CASES:
        try:
            case.check(device)
        except AssertionError as difference:
            found.append(f"- {' '.join(str(difference).split())[:400]}")
    print(f"Parity: {len(CASES) - len(found)} of {len(CASES)} cases agree ({time.perf_counter() - start:.0f} s).\n")
    return found


# ---- the chains: the same functions on the CPU and on the GPU


def resample_ct(raw: Any, sizes: Sizes) -> Any:
    """Return stored values at 1 mm."""
    from workbench.imaging.kernels.resampling import resample

    return resample(raw, sizes.resampled)


def window_ct(raw: Any) -> Any:
    """Return 0 to 1, float32."""
    from workbench.imaging.kernels.intensity import rescale_window

    return rescale_window(raw, intercept=INTERCEPT, low=LOW, high=HIGH)


def lungs(raw: Any) -> Any:
    """Return the mask, made at half resolution, at the resolution of `raw`."""
    from workbench.imaging.kernels.labeling import largest_components
    from workbench.imaging.kernels.resampling import resample

    half = resample(raw, tuple(-(-n // 2) for n in raw.shape))
    mask = largest_components((half > LUNG[0] - INTERCEPT) & (half < LUNG[1] - INTERCEPT), 2)
    return resample(mask, raw.shape, method="nearest")


def count_ct(raw: Any, mask: Any) -> np.ndarray:
    """Return the histogram of HU in the mask."""
    from workbench.imaging.kernels.histograms import histogram

    return histogram(raw, low=LOW - INTERCEPT, high=HIGH - INTERCEPT, bins=BINS, mask=mask)


def whole_ct(raw: Any, sizes: Sizes) -> tuple[Any, np.ndarray]:
    """Return the windowed volume and the histogram."""
    small = resample_ct(raw, sizes)
    return window_ct(small), count_ct(small, lungs(small))


def window_xrays(stack: Any) -> Any:
    """Return the stack in 8 bits, each image between its own percentiles, inverted."""
    from workbench.imaging.arrays import array_module
    from workbench.imaging.kernels.histograms import percentiles
    from workbench.imaging.kernels.intensity import rescale_window

    taken = array_module(stack).empty(stack.shape, np.uint8)
    for image, out in zip(stack, taken, strict=True):
        low, high = percentiles(image, (1, 99))
        rescale_window(image, low=low, high=high, invert=True, dtype="uint8", out=out)
    return taken


def resize_xrays(stack: Any, sizes: Sizes) -> Any:
    """Return squares, averaged over areas."""
    from workbench.imaging.kernels.resampling import resample

    return resample(stack, (len(stack), sizes.resized, sizes.resized), method="area")


def equalize_xrays(stack: Any) -> Any:
    """Return CLAHE."""
    from workbench.imaging.kernels.adaptive import equalize_adaptive

    return equalize_adaptive(stack, clip_limit=2.0)


def whole_xrays(stack: Any, sizes: Sizes) -> Any:
    """Return what a model takes."""
    return equalize_xrays(resize_xrays(window_xrays(stack), sizes))


# ---- the measurements


def chest_ct(sizes: Sizes, device: Any) -> list[str]:
    """Print the CT's table; return what differs."""
    from workbench.imaging.arrays import empty_pinned, to_device

    raw = empty_pinned(sizes.ct, np.int16, device)
    raw[...] = _invented_ct(sizes.ct)
    there = to_device(raw, device)
    small, near = resample_ct(raw, sizes), resample_ct(there, sizes)
    mask, near_mask = lungs(small), lungs(near)
    n, m = raw.size, small.size
    table = Table(f"CT {' × '.join(map(str, sizes.ct))} int16", device, sizes.repeats)
    table.copies(raw, m * 4)
    table.add("window at full size → float32", n * 6, lambda a, _: window_ct(a), (raw, None), (there, None))
    table.add("resample to 1 mm", 2 * n + 2 * m, lambda a, _: resample_ct(a, sizes), (raw, None), (there, None))
    table.add("rescale and window", 6 * m, lambda a, _: window_ct(a), (small, None), (near, None))
    table.add("mask at half resolution", 3 * m, lambda a, _: lungs(a), (small, None), (near, None))
    table.add("histogram in the mask", 3 * m, count_ct, (small, mask), (near, near_mask))
    table.add("all kernels", 2 * n + 14 * m, lambda a, _: whole_ct(a, sizes), (raw, None), (there, None))
    table.stream([raw] * sizes.n_batches, lambda a: whole_ct(a, sizes), 1, "volume")
    table.show()
    return _unlike("CT", whole_ct(raw, sizes), whole_ct(there, sizes)) if HAS_NUMBA else []


def xrays(sizes: Sizes, device: Any) -> list[str]:
    """Print the X-rays' table, for one image; return what differs."""
    from workbench.imaging.arrays import empty_pinned, to_device

    raw = empty_pinned(sizes.xrays, np.uint16, device)
    raw[...] = _invented_xrays(sizes.xrays)
    there = to_device(raw, device)
    n, m = raw.size, len(raw) * sizes.resized**2
    windowed, near = window_xrays(raw), window_xrays(there)
    small, near_small = resize_xrays(windowed, sizes), resize_xrays(near, sizes)
    table = Table(
        f"X-rays {' × '.join(map(str, sizes.xrays[1:]))} uint16, {len(raw)} at a time, per image",
        device,
        sizes.repeats,
        per=len(raw),
    )
    table.copies(raw, m)
    table.add("percentiles and window", 5 * n, lambda a, _: window_xrays(a), (raw, None), (there, None))
    table.add("area resize", n + m, lambda a, _: resize_xrays(a, sizes), (windowed, None), (near, None))
    table.add("CLAHE", 3 * m, lambda a, _: equalize_xrays(a), (small, None), (near_small, None))
    table.add("all kernels", 6 * n + 4 * m, lambda a, _: whole_xrays(a, sizes), (raw, None), (there, None))
    table.stream([raw] * sizes.n_batches, lambda a: whole_xrays(a, sizes), len(raw), "image")
    table.show()
    return _unlike("X-rays", (whole_xrays(raw, sizes),), (whole_xrays(there, sizes),)) if HAS_NUMBA else []


class Table:
    """Steps with their floor and times."""

    def __init__(self, title: str, device: Any, repeats: int, per: int = 1) -> None:
        self.title, self.device, self.repeats, self.per = title, device, repeats, per
        self.rows: list[tuple[str, float | None, float | None, float | None, float | None]] = []

    def copies(self, raw: np.ndarray, n_back: int) -> None:
        """Add the reading of the raw bytes and the copies to and from the device."""
        cupy = self.device.module
        from workbench.imaging.arrays import empty_pinned

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "raw"
            raw.tofile(path)
            again = empty_pinned(raw.shape, raw.dtype, self.device)

            def read() -> None:
                with path.open("rb", buffering=0) as stream:
                    stream.readinto(again.reshape(-1).view(np.uint8).data)

            self.rows.append(("decode: read raw bytes (cached)", None, None, None, self._time(read)))
        there, stream = cupy.empty(raw.shape, raw.dtype), cupy.cuda.Stream(non_blocking=True)
        back, host = cupy.zeros(n_back, np.uint8), empty_pinned((n_back,), np.uint8, self.device)
        to, back_again = (
            self._time(lambda: there.set(raw, stream=stream)),
            self._time(lambda: back.get(stream=stream, out=host, blocking=False)),
        )
        self.rows.append(("host → device, pinned", raw.nbytes / PCIE_BYTES_PER_S, to, None, None))
        self.rows.append(("device → host, pinned", n_back / PCIE_BYTES_PER_S, back_again, None, None))

    def add(
        self, step: str, n_bytes: int, run: Callable[[Any, Any], Any], here: tuple[Any, Any], there: tuple[Any, Any]
    ) -> None:
        """Add a step, run on both."""
        from workbench.imaging.threads import limit_threads

        alone = every = None
        if HAS_NUMBA:
            with limit_threads(1):
                alone = self._time(lambda: run(*here), most=3)
            every = self._time(lambda: run(*here), most=3)
        self.rows.append((step, n_bytes / HBM_BYTES_PER_S, self._time(lambda: run(*there)), alone, every))

    def stream(self, batches: list[np.ndarray], run: Callable[[Any], Any], per: int, what: str) -> None:
        """Add the whole way from pinned memory and back, copies overlapped."""
        from workbench.imaging.arrays import stream_batches

        floor = batches[0].nbytes / PCIE_BYTES_PER_S
        for _ in range(2):  # the first time, buffers are made
            start = time.perf_counter()
            devices = {on.name for _, on in stream_batches(iter(batches), run, self.device)}
            seconds = (time.perf_counter() - start) / len(batches)
        if devices != {self.device.name}:
            raise SystemExit(f"FAILED: a batch ran on {devices}.")
        alone, every = (self.rows[-1][3], self.rows[-1][4])
        self.rows.append(("**end to end, from pinned memory and back**", floor, seconds, alone, every))
        print(f"{per / seconds:,.0f} {what}s a second, end to end.\n")

    def show(self) -> None:
        """Print the rows."""
        print(f"## {self.title}\n")
        print(
            "| step | floor ms | GPU ms | GPU ÷ floor | CPU, 1 thread, ms | CPU, all threads, ms | CPU 1 thread ÷ GPU |"
        )
        print("|---|---:|---:|---:|---:|---:|---:|")
        for step, floor, gpu, alone, every in self.rows:
            to_floor = gpu / floor if gpu and floor else None
            gain = alone / gpu if alone and gpu else None
            times = [_ms(one, self.per) for one in (floor, gpu)], [_ms(one, self.per) for one in (alone, every)]
            print(f"| {step} | {' | '.join(times[0])} | {_plain(to_floor)} | {' | '.join(times[1])} | {_plain(gain)} |")
        print()

    def _time(self, run: Callable[[], Any], most: int | None = None) -> float:
        """Return the median seconds of a run, after one that compiles and allocates."""
        took = []
        for _ in range(min(most or self.repeats, self.repeats) + 1):
            self.device.module.cuda.Device().synchronize()
            start = time.perf_counter()
            run()
            self.device.module.cuda.Device().synchronize()
            took.append(time.perf_counter() - start)
        return statistics.median(took[1:])


def _ms(seconds: float | None, per: int) -> str:
    return "–" if seconds is None else f"{seconds * 1e3 / per:.3f}"


def _plain(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:,.1f}"


def _unlike(name: str, here: tuple[Any, ...], there: tuple[Any, ...]) -> list[str]:
    """Return a line for each part of a chain's result that differs by more than a rounding of float32."""
    from workbench.imaging.arrays import to_host

    found = []
    for place, (one, other) in enumerate(zip(here, map(to_host, there), strict=True)):
        most = 1e-6 if one.dtype == np.float32 else 0
        if one.shape != other.shape or float(np.abs(one.astype(float) - other).max()) > most:
            found.append(f"- {name}: part {place} of the chain's result differs from the CPU's.")
    return found


def _invented_ct(shape: tuple[int, int, int]) -> np.ndarray:
    """Return a body with two lungs in air, as stored values with noise of 20 HU."""
    z, y, x = np.ogrid[tuple(slice(-1, 1, n * 1j) for n in shape)]
    volume = np.full(shape, -1000, np.float32)
    volume[np.broadcast_to((x / 0.9) ** 2 + (y / 0.7) ** 2 < 1, shape)] = 40
    for side in (-0.4, 0.4):
        volume[((x - side) / 0.3) ** 2 + (y / 0.5) ** 2 + (z / 0.9) ** 2 < 1] = -800
    volume += np.random.default_rng(0).standard_normal(shape, np.float32) * 20
    return np.rint(volume - INTERCEPT).clip(0, 4095).astype(np.int16)


def _invented_xrays(shape: tuple[int, int, int]) -> np.ndarray:
    """Return smooth shapes of 12 bits with noise."""
    draw = np.random.default_rng(1)
    rows, columns = np.ogrid[tuple(slice(0, 1, n * 1j) for n in shape[1:])]
    smooth = (2000 + 900 * np.sin(9 * rows) * np.cos(7 * columns)).astype(np.float32)
    return np.stack(
        [(smooth + 60 * draw.standard_normal(smooth.shape, np.float32)).clip(0, 4095) for _ in range(shape[0])]
    ).astype(np.uint16)


def _plain_loops() -> types.ModuleType:
    """Return what stands in for numba: loops stay plain Python, for the small images of the comparison."""

    class Loop:
        def __init__(self, function: Callable[..., Any]) -> None:
            self.function = function

        def __call__(self, *arguments: Any) -> Any:
            with np.errstate(over="ignore"):  # compiled loops wrap around silently
                return self.function(*arguments)

        def enable_caching(self) -> None:
            raise RuntimeError

    numba = types.ModuleType("numba")
    numba.config = types.SimpleNamespace(CACHE_DIR=os.devnull)
    numba.njit = lambda function, **_: Loop(function)
    return numba


if __name__ == "__main__":
    sys.exit(main())
