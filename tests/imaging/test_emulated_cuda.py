"""The stand-in for CuPy is as strict as CuPy, so that what passes here has a chance there."""

from typing import Any

import numpy as np
import pytest

from workbench.imaging.arrays import Device

ADD = """
extern "C" __global__ void add(const short *given, int n, float *taken) { taken[threadIdx.x] = given[0] + n; }
"""
TURN = """
extern "C" __global__ void turn(int *values) {
  __shared__ int kept[64];
  kept[threadIdx.x] = values[blockIdx.x * 64 + threadIdx.x];
  __syncthreads();
  values[blockIdx.x * 64 + threadIdx.x] = kept[63 - threadIdx.x];
}
"""


def test_threads_wait_for_each_other(emulated_device: Device) -> None:
    cupy = emulated_device.module
    values = cupy.asarray(np.arange(128, dtype=np.int32))
    cupy.RawKernel(TURN, "turn")((2,), (64,), (values,))
    np.testing.assert_array_equal(values.get(), np.arange(128).reshape(2, 64)[:, ::-1].ravel())


@pytest.mark.parametrize("n", [3, np.float32(3), np.uint32(3)])
def test_an_argument_of_another_type_is_refused(emulated_device: Device, n: Any) -> None:
    cupy = emulated_device.module
    arguments = (cupy.zeros(1, np.int16), n, cupy.zeros(4, np.float32))
    with pytest.raises(RuntimeError, match="an argument has not its parameter's type"):
        cupy.RawKernel(ADD, "add")((1,), (4,), arguments)


def test_an_array_of_another_type_is_refused(emulated_device: Device) -> None:
    cupy = emulated_device.module
    arguments = (cupy.zeros(1, np.float32), np.int32(3), cupy.zeros(4, np.float32))
    with pytest.raises(RuntimeError, match="an argument has not its parameter's type"):
        cupy.RawKernel(ADD, "add")((1,), (4,), arguments)


def test_arrays_of_numpy_and_of_the_device_do_not_mix(emulated_device: Device) -> None:
    there = emulated_device.module.zeros(2)
    with pytest.raises(TypeError, match="Implicit conversion"):
        np.asarray(there)
    with pytest.raises(TypeError, match="Unsupported type"):
        there + np.ones(2)


def test_a_copy_happens_when_its_stream_is_waited_for(emulated_device: Device) -> None:
    stream = emulated_device.module.cuda.Stream(non_blocking=True)
    out = np.zeros(2)
    emulated_device.module.full(2, 7.0).get(stream=stream, out=out, blocking=False)
    assert out.tolist() == [0, 0]
    stream.synchronize()
    assert out.tolist() == [7, 7]
