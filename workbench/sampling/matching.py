"""The largest part of a table that looks like a target population, and of those the one that looks most like it."""

import html
import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import polars as pl

from workbench.errors import unknown_name
from workbench.sampling.greedy import drop_greedily
from workbench.sampling.nearest import nearest_quotas, rows_apart
from workbench.sampling.quotas import TIME_LIMIT_SECONDS, Floats, Strata, largest_quotas, make_strata
from workbench.sampling.reasons import points, why_no_sample
from workbench.sampling.strata import Codes
from workbench.sampling.targets import Missing, Pool, Target, make_pool

Method = Literal["optimal", "greedy"]

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False, repr=False)
class Match:
    """A subset of a table whose shares lie near those of a target.

    Attributes
    ----------
    table : polars.DataFrame
        The rows chosen, in the order of the table they come from.
    shares : polars.DataFrame
        One row a category of an attribute: attribute, category, target, n_available, available (its share of who could
        be chosen), n, achieved (its share of who was chosen) and difference (achieved less target).
    n, n_available : int
        How many were chosen, and how many could be.
    tolerance : float
        The most by which a share was allowed to differ from its target.
    method : {"optimal", "greedy"}
        How they were chosen.
    n_at_most : int
        The size that no subset exceeds: `n` where that is proven. -1 with the greedy method, which proves nothing.
    is_nearest : bool
        Whether it is proven that no subset of this size within the tolerance has a smaller sum over the attributes of
        the total variation from the target.
    notes : tuple of str
        What was done to the target or the table, in sentences.
    unit : str
        What a row is called.
    stamp : str
        What has to stand under the numbers; empty where the rows are public.
    """

    table: pl.DataFrame
    shares: pl.DataFrame
    n: int
    n_available: int
    tolerance: float
    method: Method
    n_at_most: int
    is_nearest: bool = False
    notes: tuple[str, ...] = ()
    unit: str = "rows"
    stamp: str = ""

    @property
    def sentence(self) -> str:
        """One plain sentence: how many match, how near, and whether more could."""
        worst = self.shares.sort(pl.col("difference").abs(), descending=True, maintain_order=True).row(0, named=True)
        where = f"{worst['category']} ({worst['attribute'].replace('_', ' ')})"
        said = (
            f"{self.n:,} of {self.n_available:,} {self.unit} match the target: "
            f"each of {self.shares.height} shares lies within {points(self.tolerance)}. "
            f"Farthest is {where}, {worst['achieved']:.1%} where {worst['target']:.1%} is wanted."
        ).replace("%", " %")
        if self.method == "greedy":
            return f"{said} The greedy procedure does not tell whether more would."
        if self.n_at_most > self.n:
            return f"{said} The search was stopped; more than {self.n_at_most:,} cannot."
        if self.is_nearest:
            return f"{said} No larger subset does; of those of this size it is the nearest."
        return f"{said} No larger subset does; whether one of this size lies nearer is not known."

    def __repr__(self) -> str:
        return "\n".join([self.sentence, *self.notes, str(self.shares), *filter(None, [self.stamp])])

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{html.escape(words)}</p>" for words in (self.sentence, *self.notes))
        below = f"<p>{html.escape(self.stamp)}</p>" if self.stamp else ""
        return f"{said}{self.shares._repr_html_()}{below}"


def match_target(
    table: pl.DataFrame,
    target: Target,
    *,
    tolerance: float,
    seed: int = 0,
    method: Method = "optimal",
    missing: Missing = "excluded",
    least: float = 0.0,
) -> Match:
    """Return the largest subset whose shares lie within the tolerance of a target, in every category.

    Of the subsets of that size it is the nearest: the sum over the attributes of the total variation from the target
    is least. Rows are grouped into strata, the combinations of the target's attributes; one whole-number program finds
    how many can be taken, a second how many of each stratum, and who is taken is drawn by the seed. A search that
    takes too long is stopped with the best found, which ``sentence`` says. Only each attribute's own shares are
    matched, not their combinations. Nobody is chosen twice: of a person (person_id, person_key or patient_key) one
    row counts.

    Parameters
    ----------
    table : polars.DataFrame
        One row a patient, study or series.
    target : mapping of str to mapping of str to float
        Attribute to category to share. Shares that do not sum to 1 are divided by their sum, which a note says; but
        the greedy method takes them as they are. A category that occurs and is not named has the share 0.
    tolerance : float
        The most by which a share in the subset may differ from the target: 0.05 is five percentage points.
    seed : int
        Fixes who is drawn, whatever order the rows come in. The greedy method draws nobody.
    method : {"optimal", "greedy"}
        ``"greedy"`` is MIDRC's procedure, so that published sizes can be checked; it finds fewer.
    missing : {"excluded", "included"}
        Whether rows without a value leave the pool before anything is counted, or stay as a category with the share 0,
        so that at most `tolerance` of the subset is missing, as MIDRC does. A missing category that the target names,
        such as ``{"Not Reported": 0}``, stays in any case.
    least : float
        The fraction of its wanted share that each category keeps at least, as far as anybody has it: with 0.5, a group
        of which 4 % are wanted is at least 2 % of the subset, where a tolerance of 0.05 alone would let it vanish.

    Returns
    -------
    Match
        ``.table`` holds the rows, ``.shares`` what was wanted, available and achieved.

    Raises
    ------
    UnknownNameError
        When the table lacks an attribute, or none of the target's categories occurs in it.
    ValueError
        When no subset lies within the tolerance; the message says which tolerance would do, and who is too few. Also
        for a tolerance or `least` outside 0 to 1, a share below 0 or a table in which nobody can be chosen.

    References
    ----------
    Baughan N et al. Task-based sampling of medical imaging data. J Imaging Inform Med 2026.
    doi:10.1007/s10278-026-01894-3. Huangfu Q, Hall JAJ. Parallelizing the dual revised simplex method. Math Program
    Comput 2018; 10: 119-142. doi:10.1007/s12532-017-0130-5

    Examples
    --------
    Within 10 points of one half, 10 women allow for 15 men: 10 / 25 is 40 %.

    >>> patients = pl.DataFrame({"sex": ["Female"] * 10 + ["Male"] * 30})
    >>> match = match_target(patients, {"sex": {"Female": 0.5, "Male": 0.5}}, tolerance=0.1)
    >>> match.n, match.shares["achieved"].to_list()
    (25, [0.4, 0.6])
    """
    _check(tolerance, seed, method, least)
    pool = make_pool(table, target, missing=missing, normalized=method == "optimal")
    if method == "greedy":
        chosen, n_at_most, is_nearest = _greedy(pool, tolerance), -1, False
    else:
        strata, stratum = make_strata(pool.codes, pool.wanted)
        found = largest_quotas(strata, tolerance, least=least)
        if found.values is None and found.status == "time limit":
            raise ValueError(_not_found(pool, tolerance))
        if found.values is None:
            raise ValueError(_why_none(pool, strata, target, tolerance, least))
        n_at_most = max(int(found.values[-1]), math.floor(found.bound + _ROUNDING))
        quotas, is_nearest = _nearest(strata, found.values[:-1], tolerance, least)
        chosen = _drawn(strata, stratum, quotas, seed)
    return Match(
        table=table[np.sort(pool.position[chosen])],
        shares=_shares(pool, chosen),
        n=len(chosen),
        n_available=pool.rows.height,
        tolerance=tolerance,
        method=method,
        n_at_most=n_at_most,
        is_nearest=is_nearest,
        notes=pool.notes,
    )


def _nearest(strata: Strata, quotas: Floats, tolerance: float, least: float) -> tuple[Floats, bool]:
    """Return the nearest sample of the size of another, and whether that is proven."""
    found = nearest_quotas(strata, int(quotas.sum()), tolerance=tolerance, least=least)
    if found.values is None:
        return quotas, False
    nearest = found.values[: len(quotas)]
    if rows_apart(strata, nearest) < rows_apart(strata, quotas):
        quotas = nearest
    return quotas, found.status == "optimal"


def _drawn(strata: Strata, stratum: Codes, quotas: Floats, seed: int) -> Codes:
    shuffled = np.random.default_rng(seed).permutation(len(stratum))
    by_stratum = shuffled[np.argsort(stratum[shuffled], kind="stable")]
    firsts = np.concatenate([[0], np.cumsum(strata.sizes)[:-1]])
    rank = np.arange(len(stratum)) - np.repeat(firsts, strata.sizes)
    chosen: Codes = by_stratum[rank < np.repeat(quotas, strata.sizes)]
    return chosen


def _not_found(pool: Pool, tolerance: float) -> str:
    return (
        f"No subset of the {pool.rows.height:,} rows within {points(tolerance)} of the target was found in "
        f"{TIME_LIMIT_SECONDS:g} seconds; whether there is one is not known. A larger tolerance or a target of fewer "
        "attributes is found sooner. Pass one of these."
    )


def _why_none(pool: Pool, strata: Strata, target: Target, tolerance: float, least: float) -> str:
    without = largest_quotas(strata, tolerance).values if least else None
    if without is None:
        return why_no_sample(pool, strata, target, tolerance=tolerance)
    return (
        f"No subset of the {pool.rows.height:,} rows lies within {points(tolerance)} of the target and keeps {least:g} "
        f"of each wanted share. Without that floor one of {without[-1]:,.0f} rows does. Pass a smaller least=, or a "
        "larger tolerance."
    )


def _greedy(pool: Pool, tolerance: float) -> Codes:
    chosen, nearest = drop_greedily(pool, tolerance)
    if not len(chosen):
        raise ValueError(
            f"The greedy procedure dropped all {pool.rows.height:,} rows without coming within {points(tolerance)} of "
            f"the target; the nearest it came is {points(nearest)}. A larger tolerance would be right, or a search "
            "that looks ahead. Pass method='optimal': it finds a subset wherever there is one."
        )
    return chosen


def _shares(pool: Pool, chosen: Codes) -> pl.DataFrame:
    available, achieved = pool.counts(), pool.counts(chosen)
    frames = [
        pl.DataFrame(
            {
                "attribute": [name] * len(shares),
                "category": list(shares),
                "target": list(shares.values()),
                "n_available": available[number],
                "available": available[number] / pool.rows.height,
                "n": achieved[number],
                "achieved": achieved[number] / max(len(chosen), 1),
            },
            schema_overrides={"target": pl.Float64},
        )
        for number, (name, shares) in enumerate(pool.shares.items())
    ]
    return pl.concat(frames).with_columns(difference=pl.col("achieved") - pl.col("target"))


def _check(tolerance: object, seed: object, method: str, least: object) -> None:
    if method not in get_args(Method):
        raise unknown_name("method", method, get_args(Method), where="match_target", then="Pass one of these.")
    if not (isinstance(tolerance, int | float) and 0 <= tolerance <= 1):
        raise ValueError(
            f"Received tolerance={tolerance!r}. A difference of shares from 0 to 1 would be right. "
            "Pass tolerance=0.05 for five percentage points."
        )
    if not (isinstance(seed, int) and seed >= 0):
        raise ValueError(f"Received seed={seed!r}. A seed is a whole number, 0 or more. Pass seed=0.")
    if not (isinstance(least, int | float) and 0 <= least <= 1):
        raise ValueError(
            f"Received least={least!r}. A fraction of each wanted share from 0 to 1 would be right. Pass least=0.5 to "
            "keep at least half of it."
        )
    if least and method == "greedy":
        raise ValueError(
            f"Received least={least!r} with the greedy procedure, which keeps no floor. A search that does would be "
            "right. Pass method='optimal', or leave out least=."
        )
