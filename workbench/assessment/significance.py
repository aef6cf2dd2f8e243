"""Tests of a difference between groups, each with its name: p-values for those who are asked for them."""

import importlib
from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.errors import MissingPackageError

_FEWEST_EXPECTED = 5.0  # Cochran's rule as journals apply it: any expected count below 5 asks for an exact test
_TABLES, _SEED = 9_999, 20120335


class NamedTest(NamedTuple):
    """A p-value and the test it came from; None where the test does not apply."""

    p: float | None
    test: str


def compare_categories(counts: npt.ArrayLike) -> NamedTest:
    """Return whether the levels of an attribute are spread alike over the groups.

    Parameters
    ----------
    counts : array_like
        Shape (groups, levels), whole numbers; empty groups and levels are left out.

    Returns
    -------
    NamedTest
        Pearson's chi-squared without continuity correction; where a count below 5 is expected, Fisher's exact test,
        beyond two by two in Freeman and Halton's form with 9,999 random tables (fixed seed). The p-value is None where
        fewer than two groups or levels are left.

    Raises
    ------
    MissingPackageError
        Without scipy.

    Examples
    --------
    >>> compare_categories([[10, 10], [10, 10]])
    NamedTest(p=1.0, test='chi-squared')
    """
    stats = _scipy_stats()
    table = np.asarray(counts, dtype=np.int64)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return NamedTest(None, "chi-squared")
    expected = stats.contingency.expected_freq(table)
    if expected.min() >= _FEWEST_EXPECTED:
        return NamedTest(float(stats.chi2_contingency(table, correction=False).pvalue), "chi-squared")
    if table.shape == (2, 2):
        return NamedTest(float(stats.fisher_exact(table).pvalue), "Fisher's exact")
    sampling = stats.MonteCarloMethod(n_resamples=_TABLES, rng=np.random.default_rng(_SEED))
    return NamedTest(float(stats.fisher_exact(table, method=sampling).pvalue), "Fisher-Freeman-Halton, 9,999 tables")


def compare_numbers(samples: Sequence[npt.ArrayLike], *, normal: bool = False) -> NamedTest:
    """Return whether the values of several groups differ.

    Parameters
    ----------
    samples : sequence of array_like
        One vector of values a group, without missing ones; empty groups are left out.
    normal : bool
        Whether to compare means instead of ranks.

    Returns
    -------
    NamedTest
        By ranks the Mann-Whitney U test for two groups and Kruskal and Wallis's for more; by means Welch's t test and
        the analysis of variance. The p-value is None where no test is possible.

    Raises
    ------
    MissingPackageError
        Without scipy.

    Examples
    --------
    >>> compare_numbers([[1, 2, 3], [1, 2, 3]]).test
    'Mann-Whitney U'
    """
    stats = _scipy_stats()
    groups = [np.asarray(sample, dtype=np.float64) for sample in samples]
    groups = [group for group in groups if group.size]
    two = len(groups) <= 2
    name = ("Welch's t" if two else "analysis of variance") if normal else "Mann-Whitney U" if two else "Kruskal-Wallis"
    pooled = np.concatenate([np.empty(0), *groups])
    if len(groups) < 2 or np.ptp(pooled) == 0 or (normal and not _can_compare_means(groups)):
        return NamedTest(None, name)
    if normal:
        test = stats.ttest_ind(*groups, equal_var=False) if two else stats.f_oneway(*groups)
    else:
        test = stats.mannwhitneyu(*groups) if two else stats.kruskal(*groups)
    return NamedTest(float(test.pvalue), name)


def _scipy_stats() -> ModuleType:
    try:
        return importlib.import_module("scipy.stats")
    except ImportError as problem:
        raise MissingPackageError(
            "Tests of Table 1 need scipy, which is not installed. Counts and standardized differences do not. "
            "Run: pip install 'imaging-workbench[stats]'"
        ) from problem


def _can_compare_means(groups: Sequence[npt.NDArray[np.float64]]) -> bool:
    """Two groups need two values each; in all of them something has to vary within a group."""
    enough = len(groups) > 2 or min(group.size for group in groups) > 1
    return enough and any(np.ptp(group) > 0 for group in groups) and sum(g.size for g in groups) > len(groups)
