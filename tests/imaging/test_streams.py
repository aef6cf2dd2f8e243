"""Streams of batches: the right results in order, whether or not a copy is still under way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np
import pytest

from workbench.imaging import streams
from workbench.imaging.arrays import choose_device, empty_pinned, is_on_gpu, stream_batches
from workbench.imaging.kernels.histograms import histogram
from workbench.imaging.kernels.intensity import rescale_window


def batches(n: int) -> Iterator[np.ndarray]:
    """Yield stacks of images that hold their own number."""
    for number in range(n):
        yield np.full((2, 5, 7), number, np.int16)


def window_and_count(batch: Any) -> dict[str, Any]:
    """Return the batch windowed, on the device, and counts, on the host."""
    return {"image": rescale_window(batch, low=0, high=8), "counts": histogram(batch, low=0, high=8, bins=8)}


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_results_come_in_order_and_on_the_host(emulation: Any, n: int) -> None:
    found = list(stream_batches(batches(n), window_and_count, choose_device()))
    assert len(found) == n
    for number, (result, device) in enumerate(found):
        assert device.name == "cuda:0"
        assert not is_on_gpu(result["image"])
        assert (result["image"] == number / 8).all()
        assert result["counts"][number] == 70


def test_the_cpu_runs_the_same_function() -> None:
    found = list(stream_batches(batches(3), window_and_count, choose_device("cpu")))
    assert [float(result["image"].max()) * 8 for result, _ in found] == [0, 1, 2]


def test_pinned_batches_are_not_copied_on_the_host(emulation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    device = choose_device()
    pinned = [empty_pinned((2, 5, 7), np.int16, device) for _ in range(4)]
    for number, batch in enumerate(pinned):
        batch[...] = number
    made = len(emulation.pinned)
    found = list(stream_batches(pinned, lambda batch: rescale_window(batch, low=0, high=8), device))
    assert [float(result[0, 0, 0]) * 8 for result, _ in found] == [0, 1, 2, 3]
    assert len(emulation.pinned) - made == 4  # the results' buffers alone


class AtOnce(ThreadPoolExecutor):
    """Makes every batch before it is asked for, as a quick source does."""

    def submit(self, *arguments: Any, **options: Any) -> Any:
        """Return what is done already."""
        coming = super().submit(*arguments, **options)
        wait([coming])
        return coming


def test_a_buffer_is_filled_again_only_after_it_was_read(emulation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "ThreadPoolExecutor", AtOnce)
    device, kept = choose_device(), []
    for _ in stream_batches(batches(5), kept.append, device):  # nothing here makes a stream go on
        pass
    device.module.cuda.Device().synchronize()
    assert [int(batch.get().max()) for batch in kept] == [0, 1, 2, 3, 4]


def test_a_batch_that_does_not_fit_runs_on_the_cpu_with_one_line(
    emulation: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    device = choose_device()
    emulation.largest_bytes = 1000

    def mixed() -> Iterator[np.ndarray]:
        yield np.zeros((2, 5, 7), np.int16)
        yield np.ones((20, 50, 7), np.int16)
        yield np.full((2, 5, 7), 2, np.int16)

    found = list(stream_batches(mixed(), lambda batch: rescale_window(batch, low=0, high=8), device))
    assert [on.name for _, on in found] == ["cuda:0", "cpu", "cuda:0"]
    assert [float(result[0, 0, 0]) * 8 for result, _ in found] == [0, 1, 2]
    assert capsys.readouterr().err == (
        f"A batch did not fit the memory of {device.label} and ran on the CPU ({device.other().label}).\n"
    )


def test_lists_and_tuples_of_results_keep_their_kind(emulation: Any) -> None:
    [(result, _)] = stream_batches(batches(1), lambda batch: ([batch, 3], (batch,)), choose_device())
    assert isinstance(result, tuple)
    assert result[0][1] == 3
    assert (result[1][0] == 0).all()


def test_memory_for_a_cpu_is_ordinary() -> None:
    assert empty_pinned((2, 3), "uint8", choose_device("cpu")).shape == (2, 3)


def test_an_error_of_the_source_is_raised(emulation: Any) -> None:
    def broken() -> Iterator[np.ndarray]:
        yield np.zeros((1, 2, 2), np.int16)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(stream_batches(broken(), lambda batch: batch * 1, choose_device()))
