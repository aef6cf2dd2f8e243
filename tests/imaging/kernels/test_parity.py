"""The GPU gives what the CPU gives: the same cases in emulation everywhere, and on a real device where there is one."""

import inspect
import shutil
import subprocess
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from tests.imaging.emulated_cuda import state
from tests.imaging.kernels.parity_cases import CASES, Case
from workbench.imaging import kernels
from workbench.imaging.arrays import Device, to_device
from workbench.imaging.kernels.intensity import rescale_window

NVCC = shutil.which("nvcc")
PUBLIC = ("intensity", "histograms", "adaptive", "resampling", "affine", "labeling", "morphology")
#: Public functions of these modules that take no image.
OF_NUMBERS = {"window_range", "grid_matrix"}
#: What CuPy's own functions do.
OF_CUPY = {"clip", "match_histogram of reals", "resample nearest"}

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.mark.gpu
def test_the_gpu_is_really_used(gpu: Device) -> None:
    cupy = gpu.module
    start, stop = cupy.cuda.Event(), cupy.cuda.Event()
    before = cupy.get_default_memory_pool().used_bytes()
    image = to_device(np.zeros((64, 512, 512), np.int16), gpu)
    start.record()
    windowed = rescale_window(image, low=-1, high=1)
    stop.record()
    stop.synchronize()
    assert type(windowed).__module__.startswith("cupy")
    assert cupy.get_default_memory_pool().used_bytes() - before >= image.nbytes + windowed.nbytes
    assert cupy.cuda.get_elapsed_time(start, stop) > 0  # the device's own clock
    assert float(windowed.min()) == 0.5
    assert gpu.module.cuda.runtime.getDeviceProperties(0)["name"].decode() in gpu.label


@pytest.mark.gpu
@every_case
def test_a_gpu_gives_what_the_cpu_gives(gpu: Device, case: Case) -> None:
    case.check(gpu)


@every_case
def test_the_emulated_source_gives_what_the_cpu_gives(emulated_device: Device, case: Case) -> None:
    case.check(emulated_device)
    assert state.launches or case.name in OF_CUPY


def test_every_public_kernel_is_among_the_cases() -> None:
    names = {
        name
        for module in PUBLIC
        for name, function in inspect.getmembers(import_module(f"{kernels.__name__}.{module}"), inspect.isfunction)
        if not name.startswith("_") and function.__module__.endswith(module)
    }
    assert names - OF_NUMBERS == {case.name.split()[0] for case in CASES}


@pytest.mark.slow
@pytest.mark.skipif(NVCC is None, reason="nvcc is missing: CUDA sources cannot be compiled for a device")
def test_every_cuda_source_compiles_for_a_device(emulated_device: Device, tmp_path: Path) -> None:
    for case in CASES:
        case.check(emulated_device)
    seen = {}
    for code, options in state.compiled:
        seen.setdefault((code, *sorted(one.split("=")[0] for one in options)), options)
    assert {code for code, _ in state.compiled} == {
        path.read_text(encoding="utf-8") for path in Path(kernels.__file__).parent.glob("*.cu")
    }
    for number, ((code, *_), options) in enumerate(seen.items()):
        source = tmp_path / f"{number}.cu"
        source.write_text(code, encoding="utf-8")
        command = [str(NVCC), "-cubin", "-arch=sm_90", *options, str(source), "-o", str(source.with_suffix(".cubin"))]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
