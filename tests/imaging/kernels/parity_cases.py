"""Every public kernel with small images that reach its corners, and how far the GPU may be from the CPU.

The tests run them in emulation and, where there is one, on a GPU; ``tests/benchmarks/gpu.py`` runs them before it
takes the time of anything. Needs NumPy and the package only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.imaging.arrays import Device, is_on_gpu, to_device, to_host
from workbench.imaging.kernels import adaptive, affine, histograms, intensity, labeling, morphology, resampling


@dataclass(frozen=True)
class Case:
    """A call, its images, and the largest difference allowed, relative to the result's largest value; 0 is bits."""

    name: str
    run: Callable[..., Any]
    images: tuple[np.ndarray, ...]
    tolerance: float = 0.0

    def check(self, device: Device) -> None:
        """Run the call on the CPU and on the device and raise an AssertionError where the results differ."""
        there = [to_device(image, device) for image in self.images]
        before = [image.copy() for image in self.images]
        expected, got = self.run(*self.images), self.run(*there)
        if isinstance(expected, np.ndarray) and self.name.split()[0] not in ON_HOST:
            assert is_on_gpu(got), f"{self.name}: the result is not on {device.name}"
        expected, got = (np.asarray(one) if isinstance(one, tuple) else one for one in (expected, got))
        found = to_host(got)
        assert found.dtype == expected.dtype, f"{self.name}: {found.dtype} instead of {expected.dtype}"
        assert found.shape == expected.shape, f"{self.name}: {found.shape} instead of {expected.shape}"
        largest = float(np.nanmax(np.abs(expected.astype(np.float64)), initial=0.0)) if self.tolerance else 0.0
        np.testing.assert_allclose(
            found.astype(np.float64),
            expected.astype(np.float64),
            rtol=0,
            atol=self.tolerance * largest,
            err_msg=f"{self.name}: {device.label} differs from the CPU",
        )
        for image, same in zip(self.images, before, strict=True):
            np.testing.assert_array_equal(image, same, err_msg=f"{self.name} changed its input")
        for image, same in zip(there, before, strict=True):
            np.testing.assert_array_equal(to_host(image), same, err_msg=f"{self.name} changed its input on the GPU")


#: What gives its result on the host, since it is small.
ON_HOST = ("histogram", "percentiles", "moments", "component_sizes")

_DRAW = np.random.default_rng(20)
_HU = _DRAW.normal(0, 700, (3, 37, 41)).clip(-1024, 3071).astype(np.int16)
_XRAY = (_DRAW.normal(1800, 500, (2, 50, 61)) + 900 * np.sin(np.arange(61) / 9)).clip(0, 4095).astype(np.uint16)
_BYTES = (_XRAY >> 4).astype(np.uint8)
_REAL = (_HU + _DRAW.random(_HU.shape)).astype(np.float32)
_REAL[0, 0, :3] = np.nan, np.inf, -np.inf
_FINITE = np.where(np.isfinite(_REAL), _REAL, 0).astype(np.float32)
_WIDE = _HU.astype(np.int32) * 1000
_MASK = _DRAW.random(_HU.shape) < 0.4
_BODY = np.add.outer(np.hypot(*np.ogrid[-18:19, -20:21]) < 15, np.zeros(3, bool)).transpose(2, 0, 1) & (
    _MASK | (_HU > -400)
)
_TURNED = np.array([[0.9, 0.1, 0.05, 0.2], [0.2, 1.1, 0.1, -1.3], [0.05, -0.1, 0.95, 0.4]])
_SHARES = (0, 0.5, 50, 99.5, 100)


def _window(dtype: Any, **options: Any) -> Callable[[Any], Any]:
    return lambda image: intensity.rescale_window(image, low=-160, high=240, dtype=dtype, **options)


CASES = (
    *(
        Case(f"rescale_window {image.dtype} to {dtype}", _window(dtype), (image,))
        for image in (_HU, _BYTES, _REAL, _WIDE)
        for dtype in ("float32", "uint8")
    ),
    Case(
        "rescale_window inverted and padded", _window("uint16", slope=2, invert=True, padding=int(_HU[0, 0, 0])), (_HU,)
    ),
    Case("rescale_window of an odd slice", lambda a: _window("float32")(a.reshape(-1)[1:]), (_HU,)),
    Case("rescale_window as a threshold", lambda a: intensity.rescale_window(a, low=9.5, high=9.5), (_HU,)),
    Case("standardize int16", lambda a: intensity.standardize(a, 12.5, 700), (_HU,)),
    Case("standardize float32", lambda a: intensity.standardize(a, 12.5, 700), (_REAL,)),
    Case("clip", lambda a: intensity.clip(a, -100.5, 99), (_HU,)),
    Case("look_up", lambda a: intensity.look_up(a, np.arange(4096, dtype=np.float32) / 7, lowest=-1024), (_HU,)),
    *(
        Case(
            f"histogram {image.dtype}",
            lambda a: histograms.histogram(a, low=-500, high=1500, bins=37),
            (image,),
        )
        for image in (_HU, _BYTES, _XRAY, _REAL, _WIDE)
    ),
    Case(
        "histogram in a mask", lambda a, m: histograms.histogram(a, low=-500, high=900, bins=37, mask=m), (_HU, _MASK)
    ),
    Case(
        "histogram of reals in a mask",
        lambda a, m: histograms.histogram(a, low=0, high=9, bins=5, mask=m),
        (_REAL, _MASK),
    ),
    *(
        Case(f"percentiles {image.dtype}", lambda a: histograms.percentiles(a, _SHARES), (image,))
        for image in (_HU, _BYTES, _XRAY, _REAL[1:], _WIDE)
    ),
    Case("percentiles in a mask", lambda a, m: histograms.percentiles(a, _SHARES, mask=m), (_FINITE, _MASK)),
    Case("moments int16", histograms.moments, (_HU, _MASK)),
    Case("moments float32", histograms.moments, (_FINITE,), 1e-13),  # sums in another order
    Case("moments in a mask", histograms.moments, (_FINITE, _MASK), 1e-13),
    Case("match_histogram of counts", histograms.match_histogram, (_BYTES, _XRAY)),
    Case("match_histogram of reals", histograms.match_histogram, (_REAL, _XRAY), 1e-6),
    *(
        Case(f"equalize_adaptive {image.dtype}", lambda a: adaptive.equalize_adaptive(a, tiles=(4, 5)), (image,))
        for image in (_BYTES, _XRAY)
    ),
    Case("equalize_adaptive without a limit", lambda a: adaptive.equalize_adaptive(a, clip_limit=0), (_BYTES[0],)),
    *(
        Case(f"resample {method}", lambda a, method=method: resampling.resample(a, (4, 20, 55), method=method), (_HU,))
        for method in ("linear", "area", "nearest", "cubic")
    ),
    Case("resample a stack of X-rays", lambda a: resampling.resample(a, (2, 32, 32), method="area"), (_BYTES,)),
    *(
        Case(
            f"transform {method}",
            lambda a, method=method: affine.transform(a, _TURNED, (3, 30, 45), method=method, fill=-1024),
            (_HU,),
        )
        for method in ("linear", "nearest", "cubic")
    ),
    Case("label", labeling.label, (_BODY,)),
    Case("largest_components", lambda m: labeling.largest_components(m, 2, connectivity="corners"), (_BODY,)),
    Case("component_sizes", labeling.component_sizes, (_BODY,)),
    *(
        Case(f"{change.__name__} per_slice={flat}", lambda m, f=change, flat=flat: f(m, 2.5, per_slice=flat), (_BODY,))
        for change in (morphology.dilate, morphology.erode, morphology.close, morphology.open)
        for flat in (True, False)
    ),
    Case("fill_holes", morphology.fill_holes, (_BODY,)),
    Case("fill_holes in 3-D", lambda m: morphology.fill_holes(m, per_slice=False), (_BODY,)),
)
