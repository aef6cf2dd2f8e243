"""Small images whose every value is known."""

from collections.abc import Callable

import numpy as np
import pytest

from workbench.imaging.images import Cine, Radiograph, Volume


@pytest.fixture
def chest() -> Volume:
    """A CT of 12 × 20 × 24 voxels, 2 × 1 × 1 mm: air, a block of water and a bright corner that tells the sides."""
    array = np.full((12, 20, 24), -1000, np.int16)
    array[3:9, 5:15, 6:18] = 0
    array[8, 14, 17] = 400
    return Volume(
        array,
        spacing_mm=(2.0, 1.0, 1.0),
        units="HU",
        modality="CT",
        origin_mm=(10.0, 20.0, 30.0),
        windows=((40.0, 400.0),),
    )


@pytest.fixture
def radiograph() -> Radiograph:
    """A slope of 40 × 60 pixels of 0.5 mm: row · 60 + column."""
    array = np.arange(2400, dtype=np.uint16).reshape(40, 60)
    return Radiograph(array, spacing_mm=(0.5, 0.5), modality="DX", view_position="PA", patient_orientation=("L", "F"))


@pytest.fixture
def clip_of_us() -> Cine:
    """Three color frames of 30 × 40 with a sector in rows 5 to 24 and columns 10 to 29 that changes."""
    rng = np.random.default_rng(1)
    array = np.zeros((3, 30, 40, 3), np.uint8)
    array[:, 5:25, 10:30] = rng.integers(60, 200, (3, 20, 20, 1))
    array[:, 1:3, 1:9] = 255  # writing, which does not change
    return Cine(array, spacing_mm=(0.4, 0.4), modality="US", frame_times_ms=(0.0, 40.0, 80.0))


@pytest.fixture
def ball() -> Callable[..., np.ndarray]:
    """A filled ellipsoid in a grid of a given shape."""

    def filled(shape: tuple[int, ...], share: float = 0.35) -> np.ndarray:
        places = np.indices(shape)
        middles = [(n - 1) / 2 for n in shape]
        distance = sum(((at - middle) / (n * share)) ** 2 for at, middle, n in zip(places, middles, shape, strict=True))
        return distance <= 1

    return filled
