"""Each test by its name, on tables whose p-values are worked out by hand."""

import math
import sys
from itertools import pairwise

import pytest

from workbench.assessment.significance import compare_categories, compare_numbers
from workbench.errors import MissingPackageError


def test_expected_counts_of_five_and_more_take_chi_squared() -> None:
    # (20 - 15)² / 15 in four cells is 6.667 with one degree of freedom: p = erfc(sqrt(6.667 / 2))
    found = compare_categories([[20, 10], [10, 20]])
    assert found.test == "chi-squared"
    assert found.p == pytest.approx(math.erfc(math.sqrt(20 / 3 / 2)))


def test_a_small_expected_count_takes_fishers_exact_test() -> None:
    # The lady tasting tea: all four right has a chance of 1 in 70, in both directions 2 in 70.
    assert compare_categories([[4, 0], [0, 4]]) == (pytest.approx(2 / 70), "Fisher's exact")


def test_small_counts_beyond_two_by_two_take_random_tables_and_repeat_themselves() -> None:
    first, second = compare_categories([[3, 0, 2], [1, 4, 5]]), compare_categories([[3, 0, 2], [1, 4, 5]])
    assert first == second
    assert first.test == "Fisher-Freeman-Halton, 9,999 tables"
    assert first.p is not None
    assert 0.05 < first.p < 0.12


@pytest.mark.parametrize("counts", [[[3, 4]], [[3, 0], [4, 0]], [[3, 4], [0, 0]]])
def test_without_two_groups_and_two_levels_there_is_no_p_value(counts: list[list[int]]) -> None:
    assert compare_categories(counts).p is None


def test_the_test_of_numbers_depends_on_groups_and_on_normality() -> None:
    two, three = [[1.0, 2, 3], [4.0, 5, 7]], [[1.0, 2, 3], [4.0, 5, 7], [9.0, 11, 12]]
    names = [compare_numbers(groups, normal=normal) for normal in (False, True) for groups in (two, three)]
    assert [found.test for found in names] == ["Mann-Whitney U", "Kruskal-Wallis", "Welch's t", "analysis of variance"]
    # All three below all three others: one of 20 orders, in both directions 2 of 20.
    assert names[0].p == pytest.approx(0.1)
    assert all(found.p is not None and 0 < found.p <= 0.1 for found in names)


@pytest.mark.parametrize("normal", [False, True])
@pytest.mark.parametrize("samples", [[], [[1.0, 2]], [[1.0, 1], [1.0, 1]], [[1.0, 2], []]])
def test_where_no_test_is_possible_there_is_no_p_value(samples: list[list[float]], normal: bool) -> None:
    assert compare_numbers(samples, normal=normal).p is None


def test_means_of_single_values_cannot_be_compared() -> None:
    assert compare_numbers([[1.0], [2.0, 3.0]], normal=True).p is None
    assert compare_numbers([[float(a)] for a, _ in pairwise(range(5))], normal=True).p is None


def test_without_scipy_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(MissingPackageError) as caught:
        compare_categories([[1, 2], [3, 4]])
    assert str(caught.value) == (
        "Tests of Table 1 need scipy, which is not installed. Counts and standardized differences do not. "
        "Run: pip install 'imaging-workbench[stats]'"
    )
