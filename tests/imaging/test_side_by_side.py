"""CPU and GPU side by side: every step is timed, both results are held against each other, and no GPU is said."""

import numpy as np
import pytest

from workbench.imaging.arrays import choose_device
from workbench.imaging.images import Volume
from workbench.imaging.side_by_side import (
    DeviceComparison,
    _compared,
    _longest,
    _tabulated,
    _timed,
    compare_devices,
)

STEPS = ["orient", "resample", "window", "all, with transfers"]


@pytest.fixture(scope="module")
def volume() -> Volume:
    values = np.random.default_rng(0).integers(-1000, 400, (8, 32, 32)).astype(np.int16)
    return Volume(values, spacing_mm=(2.0, 1.0, 1.0), units="HU", modality="CT")


def test_every_step_is_timed(volume: Volume) -> None:
    compared = compare_devices(volume, "chest_ct", repeats=2)
    assert compared.table["step"].to_list() == STEPS
    assert (compared.table["cpu_ms"] >= 0).all()
    *steps, whole = compared.table["cpu_ms"]
    assert whole >= 0.9 * max(steps)


@pytest.mark.skipif(choose_device("auto").is_gpu, reason="this machine has a GPU")
def test_without_a_gpu_it_is_said(volume: Volume) -> None:
    compared = compare_devices(volume, "chest_ct", repeats=1)
    said = f"No GPU on this machine: figures are of its CPU ({choose_device('cpu').label}). The longest step on the "
    assert compared.sentence.startswith(said)
    assert compared.largest_difference is None
    assert compared.table["gpu_ms"].null_count() == len(STEPS)
    assert repr(compared).startswith("No GPU")


def test_two_runs_are_held_against_each_other(volume: Volume) -> None:
    result, times = _timed(volume, "chest_ct", "cpu", 1)
    other = result.replace(array=result.array + np.float32(0.25))
    compared = _compared((result, times), (other, {step: taken / 2 for step, taken in times.items()}))
    assert compared.largest_difference == pytest.approx(0.25)
    assert compared.table["cpu_to_gpu"][-1] == pytest.approx(2, abs=0.1)
    assert "2.0 times as long. The results differ by at most 0.25 (0 to 1)." in compared.sentence


@pytest.mark.gpu
@pytest.mark.skipif(not choose_device("auto").is_gpu, reason="needs a CUDA device and CuPy")
def test_a_gpu_agrees_with_the_cpu(volume: Volume) -> None:
    compared = compare_devices(volume, "chest_ct", repeats=1)
    assert compared.largest_difference is not None
    assert compared.largest_difference < 1e-3
    assert compared.table["gpu_ms"].null_count() == 0


def test_the_longest_step_is_named_with_its_share() -> None:
    times = {"orient": 1.0, "resample": 29.0, "all, with transfers": 40.0}
    assert _longest(times) == "The longest step on the CPU is resample, with 72 % of the time."  # 29 / 40 = 72.5 %
    assert _longest({"all, with transfers": 1.0}) == ""


def test_the_table_is_shown_with_one_digit_and_without_columns_that_nothing_filled() -> None:
    shown = DeviceComparison(_tabulated({"orient": 0.48, "all": 16.0}, {}), None, "").shown
    assert shown.columns == ["step", "cpu_ms"]
    assert [str(each) for each in shown["cpu_ms"]] == ["0.5", "16.0"]
    both = DeviceComparison(_tabulated({"all": 16.0}, {"all": 4.0}), 0.0, "").shown
    assert [str(each) for each in both.row(0)] == ["all", "16.0", "4.0", "4.0"]


def test_no_repeat_is_refused(volume: Volume) -> None:
    with pytest.raises(ValueError, match="repeats") as caught:
        compare_devices(volume, "chest_ct", repeats=0)
    assert str(caught.value) == "repeats=0 was received. At least 1 would be right. Write repeats=3."
