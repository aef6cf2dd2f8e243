"""Devices for tests: an emulated one wherever g++ is, and the real one where there is one."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.imaging.emulated_cuda import COMPILER, WITHOUT_COMPILER, emulated
from workbench.imaging.arrays import Device, choose_device


@pytest.fixture
def emulation() -> Iterator[Any]:
    """Put the stand-in for CuPy in place and return what can be set."""
    if COMPILER is None:
        pytest.skip(WITHOUT_COMPILER)
    with emulated() as state:
        yield state


@pytest.fixture
def emulated_device(emulation: Any) -> Device:
    """Return the emulated device."""
    return choose_device("cuda:0")


@pytest.fixture
def gpu() -> Device:
    """Return the real device, or skip with what is missing."""
    try:
        return choose_device("cuda:0")
    except (ImportError, LookupError) as missing:
        pytest.skip(str(missing))
