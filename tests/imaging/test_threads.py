"""Loops over slabs: every index once, in order, and never more threads than allowed."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.imaging import threads
from workbench.imaging.threads import limit_threads, over_slabs, thread_count


@given(n=st.integers(0, 50), least=st.integers(1, 20))
@settings(max_examples=examples(30), deadline=None)
def test_slabs_cover_every_index_once_and_in_order(n: int, least: int) -> None:
    slabs = over_slabs(lambda begin, end: list(range(begin, end)), n, least=least)
    assert [index for slab in slabs for index in slab] == list(range(n))


def test_small_work_stays_in_the_calling_thread() -> None:
    assert over_slabs(lambda *_: threading.get_ident(), 10, least=10) == [threading.get_ident()]


def test_a_limit_holds_inside_threads_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads.os, "sched_getaffinity", lambda _: range(16))
    assert thread_count() == 8
    with limit_threads(3):
        assert over_slabs(lambda *_: thread_count(), 9) == [3, 3, 3]
    assert thread_count() == 8


def test_an_error_in_a_slab_is_raised() -> None:
    def fail(begin: int, end: int) -> None:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        over_slabs(fail, 4)


def test_less_than_one_thread_is_refused() -> None:
    with pytest.raises(ValueError, match="limit_threads") as caught, limit_threads(0):
        pass
    assert str(caught.value) == ("limit_threads got 0. A loop needs at least 1 thread. Give 1 for figures per core.")
