"""Batches on a device: halved when memory runs out, on the CPU in the end, and never silently."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from workbench.imaging.arrays import choose_device, in_batches, to_device, to_host
from workbench.imaging.devices import Device

IMAGES = [np.full((4, 4), value, np.float32) for value in range(10)]  # 64 bytes each


def twice(images: Sequence[Any], device: Device) -> list[Any]:
    """Return each image doubled, computed as one stack."""
    return list(to_host(to_device(np.stack(images), device) * 2))


def test_everything_fits_and_nothing_is_noted(emulation: Any, capsys: pytest.CaptureFixture[str]) -> None:
    found = in_batches(twice, IMAGES, choose_device(), size=4)
    assert [float(one[0, 0]) for one in found.results] == [2.0 * value for value in range(10)]
    assert {device.name for device in found.devices} == {"cuda:0"}
    assert found.notes == ()
    assert capsys.readouterr().err == ""


def test_a_batch_too_large_is_halved(emulation: Any, capsys: pytest.CaptureFixture[str]) -> None:
    emulation.largest_bytes = 3 * 64
    found = in_batches(twice, IMAGES, choose_device(), size=8)
    assert [float(one[0, 0]) for one in found.results] == [2.0 * value for value in range(10)]
    assert {device.name for device in found.devices} == {"cuda:0"}
    assert found.notes == (
        "The memory of Emulated device, CuPy 0 (emulated) did not suffice for 8 items at a time; 2 fitted.",
    )
    assert capsys.readouterr().err == ""


def test_what_does_not_fit_alone_runs_on_the_cpu_with_one_line(
    emulation: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    device = choose_device()
    images = [*IMAGES[:3], np.ones((40, 4), np.float32), *IMAGES[3:]]
    emulation.largest_bytes = 2 * 64

    def alone(some: Sequence[Any], on: Device) -> list[Any]:
        return [to_host(to_device(image, on) * 2) for image in some]

    found = in_batches(alone, images, device, size=4)
    assert [one.name for one in found.devices] == ["cuda:0"] * 3 + ["cpu"] + ["cuda:0"] * 7
    line = f"1 of 11 items did not fit the memory of {device.label} and ran on the CPU ({device.other().label})."
    assert found.notes[-1] == line
    assert capsys.readouterr().err == line + "\n"


def test_no_items_give_no_results() -> None:
    assert in_batches(twice, [], choose_device("cpu")).results == []


def test_memory_that_ends_on_the_cpu_is_an_error() -> None:
    def fail(images: Sequence[Any], device: Device) -> list[Any]:
        raise MemoryError

    with pytest.raises(MemoryError):
        in_batches(fail, IMAGES, choose_device("cpu"))
