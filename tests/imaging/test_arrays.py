"""The door to CuPy: which device is chosen, what is said when there is none, and what moves."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from workbench.errors import MissingPackageError
from workbench.imaging.arrays import array_module, choose_device, contiguous, is_on_gpu, run_kernel, to_device, to_host
from workbench.imaging.threads import limit_threads


@pytest.fixture
def no_cupy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make ``import cupy`` fail."""
    monkeypatch.setitem(sys.modules, "cupy", None)


def test_the_module_needs_numpy_alone() -> None:
    code = (
        "import sys; import workbench.imaging.arrays, workbench.imaging.kernels.intensity, "
        "workbench.imaging.kernels.histograms, workbench.imaging.kernels.adaptive; "
        "print([n for n in ('numba', 'polars', 'pydicom', 'scipy', 'cupy') if n in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.usefixtures("no_cupy")
def test_auto_takes_the_cpu_without_cupy_and_says_its_threads() -> None:
    with limit_threads(1):
        device = choose_device()
    assert (device.name, device.is_gpu, device.label.endswith(", 1 threads")) == ("cpu", False, True)


def test_auto_takes_the_first_gpu(emulation: Any) -> None:
    device = choose_device()
    assert (device.name, device.label, device.is_gpu) == ("cuda:0", "Emulated device, CuPy 0 (emulated)", True)


def test_auto_takes_the_cpu_without_a_driver(emulation: Any) -> None:
    emulation.driver = False
    assert choose_device().name == "cpu"


@pytest.mark.parametrize("name", ["gpu", "cuda", "cuda:x", 0, None])
def test_an_unknown_device_is_refused(name: Any) -> None:
    with pytest.raises(ValueError, match="is no device") as caught:
        choose_device(name)
    assert str(caught.value) == (
        f"device={name!r} is no device. Valid: 'auto', 'cpu', 'cuda:0' (or another number). Take device='auto'."
    )


@pytest.mark.usefixtures("no_cupy")
def test_a_gpu_without_cupy_names_the_install_line() -> None:
    with pytest.raises(MissingPackageError) as caught:
        choose_device("cuda:0")
    assert str(caught.value) == (
        "device='cuda:0' needs CuPy, which is not installed here. CUDA 12 needs the extra 'gpu', CUDA 13 'gpu13'. "
        "Install it: pip install 'imaging-workbench[gpu]', or take device='cpu'."
    )


def test_a_gpu_without_a_driver_is_told_apart(emulation: Any) -> None:
    emulation.driver = False
    with pytest.raises(LookupError) as caught:
        choose_device("cuda:0")
    assert str(caught.value) == (
        "device='cuda:0': CuPy 0 (emulated) is installed but finds no NVIDIA driver with a device. "
        "A GPU needs a driver at least as new as CuPy's CUDA. Run nvidia-smi to see it, or take device='cpu'."
    )


@pytest.mark.parametrize(
    ("n", "there"), [(1, "1 CUDA device, 'cuda:0'."), (3, "3 CUDA devices, 'cuda:0' to 'cuda:2'.")]
)
def test_a_number_that_no_device_has_is_refused(emulation: Any, n: int, there: str) -> None:
    emulation.n_devices = n
    with pytest.raises(LookupError) as caught:
        choose_device("cuda:7")
    assert str(caught.value) == (f"No device 'cuda:7': this machine has {there} Take one of these, or device='auto'.")


def test_arrays_go_there_and_back(emulation: Any) -> None:
    image = np.arange(6, dtype=">i2").reshape(2, 3)
    there = to_device(image, choose_device())
    assert is_on_gpu(there)
    assert array_module(there).__name__ == "cupy"
    assert not is_on_gpu(image)
    np.testing.assert_array_equal(to_device(there, choose_device("cpu")), image)
    np.testing.assert_array_equal(to_host(there), image)
    assert to_host(image) is image


def test_loops_get_contiguous_arrays_in_native_order() -> None:
    image = np.arange(6, dtype=">i2").reshape(2, 3).T
    found = contiguous(image)
    assert found.flags.c_contiguous
    assert found.dtype.isnative
    np.testing.assert_array_equal(found, image)
    assert contiguous(found) is found
    assert contiguous(np.ones(2, np.float16)).dtype == np.float32


@pytest.mark.parametrize("kind", ["complex64", "U3", "O"])
def test_what_is_no_number_is_refused(kind: str) -> None:
    with pytest.raises(TypeError) as caught:
        contiguous(np.zeros(2, kind))
    assert str(caught.value) == (
        f"An array of {np.dtype(kind).name} came where pixels are expected. Pixels are booleans, whole numbers or "
        "real numbers of up to 64 bits. Convert it: array.astype('float32')."
    )


def test_a_kernel_of_nothing_does_not_start(emulation: Any) -> None:
    run_kernel(("intensity.cu", "linear"), (), size=0)
    assert emulation.launches == []
