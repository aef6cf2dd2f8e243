"""Why no sample lies within a tolerance of a target, in words."""

import math

import numpy as np

from workbench.sampling.quotas import Strata, find_obstacles, smallest_tolerance
from workbench.sampling.raking import rake_weights
from workbench.sampling.targets import Pool, Target


def why_no_sample(pool: Pool, strata: Strata, target: Target, *, tolerance: float) -> str:
    """Return why no sample lies within a tolerance, and what would do.

    Parameters
    ----------
    pool : Pool
        Who can be chosen.
    strata : Strata
        The combinations they fall into.
    target : mapping of str to mapping of str to float
        Attribute to category to share, as it was given.
    tolerance : float
        At which there is no sample.

    Returns
    -------
    str
        Who is too few or too many, the smallest tolerance that would do, and whether weights would.

    Examples
    --------
    >>> import polars as pl
    >>> from workbench.sampling.quotas import make_strata
    >>> from workbench.sampling.targets import make_pool
    >>> target = {"sex": {"F": 0.5, "M": 0.5}}
    >>> pool = make_pool(pl.DataFrame({"sex": ["F"]}), target, missing="excluded")
    >>> why_no_sample(pool, make_strata(pool.codes, pool.wanted)[0], target, tolerance=0.1).split(". ")[1]
    'Too few are M (sex: 0 of 1, wanted 50.0 %)'
    """
    enough, n = smallest_tolerance(strata)
    reasons = " ".join(_reasons(pool, strata, tolerance))
    weights = "add rows, or weight them, which drops nobody: rake_weights, or wb.weigh for a cohort"
    advice = weights if _is_weighable(pool, target) else "or add rows"
    return (
        f"No subset of the {pool.rows.height:,} rows lies within {points(tolerance)} of the target. {reasons} The "
        f"smallest tolerance at which one exists is {enough:g}, with at most {n:,} rows. Pass tolerance={enough:g} or "
        f"more, {advice}."
    )


def points(share: float) -> str:
    """Return a difference of shares in words.

    Parameters
    ----------
    share : float
        Such as 0.05.

    Returns
    -------
    str
        With as many digits as it needs.

    Examples
    --------
    >>> points(0.05), points(0.001)
    ('5 percentage points', '0.1 percentage points')
    """
    return f"{100 * share:.6g} percentage point{'' if math.isclose(share, 0.01) else 's'}"


def _reasons(pool: Pool, strata: Strata, tolerance: float) -> list[str]:
    found = find_obstacles(strata, tolerance)
    names = [(name.replace("_", " "), kind) for name, shares in pool.shares.items() for kind in shares]
    counts = np.concatenate(pool.counts())
    said = []
    for how_many, categories in (("few", found.few), ("many", found.many)):
        named = (
            f"{names[i][1]} ({names[i][0]}: {counts[i]:,} of {pool.rows.height:,}, wanted {strata.wanted[i]:.1%})"
            for i in categories
        )
        said += [f"Too {how_many} are {' and '.join(named).replace('%', ' %')}."] if categories else []
    if found.together:
        attributes = [list(pool.shares)[i].replace("_", " ") for i in found.together]
        attributes += ["another attribute"] * (len(attributes) == 1)
        said.append(f"The shares of {', '.join(attributes[:-1])} and {attributes[-1]} cannot be had together.")
    return said or ["Parts of rows would do, whole rows do not."]


def _is_weighable(pool: Pool, target: Target) -> bool:
    """Whether weights meet the target: raking refuses where they do not."""
    try:
        rake_weights(pool.rows, target)
    except ValueError:
        return False
    return True
