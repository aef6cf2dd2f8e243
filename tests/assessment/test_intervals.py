import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.assessment.intervals import wilson_interval


def _bounds(n: int, total: int, confidence: float = 0.95) -> tuple[float | None, float | None]:
    low, high = wilson_interval(pl.lit(n), pl.lit(total), confidence=confidence)
    return pl.select(low.alias("low"), high.alias("high")).row(0)


def test_five_of_ten_gives_the_published_interval() -> None:
    # z² = 3.8415: center 0.5, half = sqrt(3.8415 (0.025 + 0.0096)) / 1.38415 = 0.2634
    assert _bounds(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)


def test_nobody_of_nobody_has_no_interval() -> None:
    assert _bounds(0, 0) == (None, None)


@given(st.integers(1, 10**7).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_interval_contains_the_share_and_stays_within_zero_and_one(counts: tuple[int, int]) -> None:
    n, total = counts
    low, high = _bounds(n, total)
    assert low is not None
    assert high is not None
    assert 0 <= low <= n / total <= high <= 1


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_outside_zero_and_one_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="Received") as caught:
        _bounds(1, 2, confidence)
    assert str(caught.value) == (
        f"Received confidence={confidence}. It must lie between 0 and 1, both excluded. "
        "Pass confidence=0.95 for the usual interval."
    )
