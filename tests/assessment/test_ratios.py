import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.assessment.ratios import participation_ratio


def ratio(n: int, total: int, other: int, other_total: int, *, sampled: bool) -> dict:
    row = {"n_patients": n, "n_total": total, "n_reference": other, "n_reference_total": other_total}
    row["reference_fraction"] = other / other_total if other_total else None
    frame = pl.DataFrame([row], schema_overrides={"reference_fraction": pl.Float64})
    return frame.select(participation_ratio(sampled=sampled)).row(0, named=True)


def test_against_a_population_the_bounds_are_those_of_wilson_divided_by_its_share() -> None:
    told = ratio(40, 100, 1, 5, sampled=False)
    # Wilson 95 % of 40 of 100: 0.3094 to 0.4980.
    assert (told["ppr"], told["ppr_low"], told["ppr_high"]) == pytest.approx((2, 1.547, 2.490), abs=1e-3)


def test_against_another_cohort_both_intervals_widen_the_ratio() -> None:
    # Wilson 0.3094 to 0.4980 and 0.1334 to 0.2888, joined by hand:
    # a = 0.08; low: X = 0.3094 * 0.4906 * 0.2888 * 0.1112; high: X = 0.4980 * 0.3020 * 0.1334 * 0.2666.
    low = (0.08 - (0.08**2 - 0.3094 * 0.4906 * 0.2888 * 0.1112) ** 0.5) / (0.2888 * 0.1112)
    high = (0.08 + (0.08**2 - 0.4980 * 0.3020 * 0.1334 * 0.2666) ** 0.5) / (0.1334 * 0.2666)
    told = ratio(40, 100, 20, 100, sampled=True)
    assert (told["ppr_low"], told["ppr_high"]) == pytest.approx((low, high), rel=2e-3)


@settings(max_examples=examples(60), deadline=None)
@given(
    n=st.integers(0, 50),
    more=st.integers(0, 50),
    other=st.integers(0, 50),
    others=st.integers(0, 50),
    sampled=st.booleans(),
)
def test_the_interval_holds_the_ratio_and_a_missing_ratio_has_its_reason(n, more, other, others, sampled) -> None:
    told = ratio(n, n + more, other, other + others, sampled=sampled)
    if told["ppr"] is None:
        assert told["ppr_missing"] == (
            "Nobody is counted." if n + more == 0 else "The reference has nobody in this group."
        )
        assert told["ppr_low"] is None
        assert told["ppr_high"] is None
    else:
        assert told["ppr_missing"] is None
        assert 0 <= told["ppr_low"] <= told["ppr"] + 1e-9
        assert told["ppr"] - 1e-9 <= told["ppr_high"] < float("inf")
