"""Every shipped pipeline gives on a GPU what it gives on a CPU: in emulation, and on a device where there is one."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.imaging.emulated_cuda import COMPILER, WITHOUT_COMPILER, emulated
from workbench.imaging.arrays import Device, choose_device, is_on_gpu, to_host
from workbench.imaging.images import Cine, Image, Radiograph, Volume
from workbench.imaging.preprocessing.pipelines import Pipeline, pipeline_names, read_pipeline


@pytest.fixture
def emulation() -> Iterator[Device]:
    if COMPILER is None:
        pytest.skip(WITHOUT_COMPILER)
    with emulated():
        yield choose_device("cuda:0")


@pytest.fixture
def gpu() -> Device:
    try:
        return choose_device("cuda:0")
    except (ImportError, LookupError) as missing:
        pytest.skip(str(missing))


def _image(name: str) -> Image:
    """Return an image that the pipeline takes."""
    rng = np.random.default_rng(0)
    pipeline = read_pipeline(name)
    if "MG" in pipeline.modalities:
        rows, columns = np.mgrid[:100, :80]
        breast = np.where((rows - 50) ** 2 + (columns - 79) ** 2 < 40**2, 3000, 0).astype(np.uint16)
        return Radiograph(breast, spacing_mm=(0.1, 0.1), modality="MG")
    if "US" in pipeline.modalities:
        frames = np.zeros((3, 30, 40, 3), np.uint8)
        frames[:, 5:25, 10:30] = rng.integers(60, 200, (3, 20, 20, 3))
        return Cine(frames, spacing_mm=None, modality="US")
    if pipeline.images == ("volume",):
        array = np.full((12, 20, 24), -1000, np.int16)
        array[3:9, 5:15, 6:18] = rng.integers(0, 300, (6, 10, 12))
        return Volume(
            array,
            spacing_mm=(2.0, 1.0, 1.0),
            units=pipeline.units or "unknown units",
            modality=pipeline.modalities[0],
        )
    return Radiograph(rng.integers(0, 4000, (80, 60)).astype(np.uint16), spacing_mm=(0.5, 0.5), view_position="PA")


def _check(name: str, device: Device) -> None:
    _alike(read_pipeline(name), _image(name), device)


def _alike(pipeline: Pipeline, image: Image, device: Device) -> None:
    here, mask_here = pipeline.apply_with_mask(image, device="cpu")
    there, mask_there = pipeline.apply_with_mask(image, device=device.name)
    assert is_on_gpu(there.array)
    assert there.provenance["preprocessing"]["device"] == device.name
    assert there.provenance["preprocessing"]["backend"] == device.label
    whole = here.array.dtype.kind in "iu"
    assert np.abs(to_host(there.array).astype(np.float64) - here.array).max() <= (1 if whole else 1e-5)
    assert (mask_here is None) == (mask_there is None)
    if mask_here is not None:
        assert (to_host(mask_there) == mask_here).all()
    assert (there.flags, there.units, there.padding_value) == (here.flags, here.units, here.padding_value)
    assert np.allclose(to_host(pipeline.invert(there).array), pipeline.invert(here).array, atol=1e-3)


@pytest.mark.gpu
@pytest.mark.parametrize("name", pipeline_names())
def test_a_gpu_gives_what_the_cpu_gives(gpu: Device, name: str) -> None:
    _check(name, gpu)


@pytest.mark.parametrize("name", ["chest_ct", "nih_chestxray14", "mammography", "ultrasound"])
def test_the_emulated_gpu_gives_what_the_cpu_gives(emulation: Device, name: str) -> None:
    _check(name, emulation)


def test_the_emulated_gpu_keeps_padding_apart_as_the_cpu_does(emulation: Device) -> None:
    image = _image("chest_ct")
    image.array[:, :4] = -3024
    steps = [
        {"find_foreground": {"reduce": 2}},
        {"resample": {"spacing_mm": [1, 1.5, 1.5]}},
        {"z_score": {"inside": "mask"}},
    ]
    pipeline = read_pipeline({"name": "mine", "version": 1, "steps": steps})
    _alike(pipeline, image.replace(padding_value=-3024.0), emulation)
