"""Batches in threads and processes: order, what is passed over, bad items, interrupts."""

import os
import signal
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from workbench.parallel import run_batches


def squares(batch: Sequence[int]) -> list[int]:
    """Return the squares of a batch."""
    return [item * item for item in batch]


def slow(batch: Sequence[int]) -> int:
    """Return how many there were, a millisecond each."""
    time.sleep(0.001 * len(batch))
    return len(batch)


def poison(batch: Sequence[int]) -> list[int]:
    """Die of one item."""
    if 7 in batch:
        os.kill(os.getpid(), signal.SIGKILL)
    return list(batch)


def broken(batch: Sequence[int]) -> None:
    """Raise."""
    raise ZeroDivisionError("division by zero")


def flat(results: Sequence[Sequence[int]]) -> list[int]:
    """Return all results in one list."""
    return [item for result in results for item in result]


def test_results_come_in_the_order_of_the_items() -> None:
    outcome = run_batches(squares, range(1_000), workers=3, kind="threads", progress=False)
    assert flat(outcome.results) == [item * item for item in range(1_000)]
    assert outcome.failures == []


def test_an_item_that_kills_its_process_is_found_and_all_others_are_done() -> None:
    outcome = run_batches(poison, range(20), workers=2, progress=False)
    assert flat(outcome.results) == [item for item in range(20) if item != 7]
    assert outcome.failures == [(7, "The worker process died on it.")]


def test_batches_grow_to_about_a_second_of_work() -> None:
    outcome = run_batches(slow, range(400), workers=1, kind="threads", progress=False)
    assert outcome.results[0] == 16
    assert max(outcome.results) > 100


def test_what_is_done_is_passed_over_and_what_is_finished_told() -> None:
    told: list[int] = []
    outcome = run_batches(
        squares,
        range(6),
        workers=1,
        kind="threads",
        done={1, 4},
        on_done=lambda batch, _: told.extend(batch),
        progress=False,
    )
    assert flat(outcome.results) == [0, 4, 9, 25]
    assert told == [0, 2, 3, 5]


def test_an_executor_of_the_callers_does_the_work_and_stays_open() -> None:
    with ThreadPoolExecutor(2) as client:
        outcome = run_batches(squares, range(100), client=client, progress=False)
        assert client.submit(int, 1).result() == 1
    assert flat(outcome.results) == [item * item for item in range(100)]


def test_an_error_of_the_function_ends_the_run() -> None:
    with pytest.raises(ZeroDivisionError, match=r"^division by zero$"):
        run_batches(broken, range(100), workers=2, kind="threads", progress=False)


def test_an_interrupt_ends_the_run_and_is_raised_again() -> None:
    told: list[int] = []
    n_before = threading.active_count()

    def interrupt(batch: Sequence[int], result: int) -> None:
        told.extend(batch)
        if len(told) > 50:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_batches(slow, range(100_000), workers=1, kind="threads", on_done=interrupt, progress=False)
    assert 50 < len(told) < 5_000
    assert threading.active_count() <= n_before


def test_no_items_give_no_results() -> None:
    assert run_batches(squares, [], progress=False).results == []


def test_a_bar_says_what_the_items_are(capsys: pytest.CaptureFixture[str]) -> None:
    run_batches(squares, range(5), workers=1, kind="threads", words="headers")
    assert "headers: 100%" in capsys.readouterr().err


def test_no_worker_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^workers=0") as caught:
        run_batches(squares, [1], workers=0)
    assert str(caught.value) == ("workers=0 was received. One or more would be right. Leave it out to use all cores.")


class Cluster:
    """Behaves as a client of dask whose workers die with the first tasks, and takes what it may of them along."""

    def __init__(self, *, finishes: bool) -> None:
        self.alive, self.finishes, self.cluster, self.asked = True, finishes, self, set[int]()

    def scale(self, n: int) -> None:
        self.asked.add(n)

    def scheduler_info(self) -> None:
        """Tell a client of dask from an executor."""

    def nthreads(self) -> dict[str, int]:
        return {"tcp://worker": 1} if self.alive else {}

    def submit(self, *_: Any, **options: Any) -> Any:
        assert options == {"pure": False}
        self.alive = False
        future = Lost() if self.finishes else Future()
        if self.finishes:
            future.set_result(None)
        return future


class Lost(Future[None]):
    """Has finished, but the worker that held the result is gone."""

    def result(self, timeout: float | None = None) -> Any:
        assert timeout is None
        return Future().result()


@pytest.mark.parametrize("finishes", [False, True])
def test_a_client_whose_workers_are_gone_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, finishes: bool) -> None:
    cluster = Cluster(finishes=finishes)
    monkeypatch.setattr("workbench.parallel.CHECK_S", 0.01)
    monkeypatch.setattr("workbench.parallel.pools.CHECK_S", 0.01)
    monkeypatch.setattr("workbench.parallel.pools.GONE_S", 0)
    with pytest.raises(ConnectionError) as caught:
        run_batches(squares, range(100), client=cluster, progress=False)
    assert cluster.asked == {1}
    assert str(caught.value) == (
        "The client has had no worker for 0 seconds: all died, and none was started again. A cluster with workers "
        "would be right. Start it again, and pass what is finished as done=."
    )


def test_a_function_that_times_out_ends_the_run() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(TimeoutError, match="of the function"):
        run_batches(late, range(3), client=pool, progress=False)


def late(_: Sequence[int]) -> None:
    raise TimeoutError("of the function")
