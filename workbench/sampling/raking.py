"""Weights that make a table look like a target population and drop nobody."""

import html
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.sampling.quotas import Strata, make_strata
from workbench.sampling.targets import Shares, Target, as_categories, checked_target

WEIGHT = "weight"

_MOST_ROUNDS = 1_000
_EXACT = 1e-9  # of a share: where the rounds end


@dataclass(frozen=True, eq=False, repr=False)
class Weights:
    """One weight a row, in mean 1, so that weighted shares are those of a target.

    Attributes
    ----------
    table : polars.DataFrame
        All rows in their order, and `weight`.
    shares : polars.DataFrame
        One row a category of an attribute: attribute, category, target (the target's share, scaled down where
        categories that it does not name keep theirs), n, unweighted and weighted (its shares without and with weights).
    n : int
        How many rows there are.
    n_effective : float
        So many rows of equal weight would be as precise: the square of the sum of the weights by the sum of squares.
    design_effect : float
        `n` by `n_effective`: how much wider the weights make a variance.
    largest : float
        The largest weight.
    n_rounds : int
        After so many rounds over the attributes all shares were met.
    notes : tuple of str
        What was done to the target, in sentences.
    unit : str
        What a row is called.
    stamp : str
        What has to stand under the numbers; empty where the rows are public.
    """

    table: pl.DataFrame
    shares: pl.DataFrame
    n: int
    n_effective: float
    design_effect: float
    largest: float
    n_rounds: int
    notes: tuple[str, ...]
    unit: str = "rows"
    stamp: str = ""

    @property
    def sentence(self) -> str:
        """One plain sentence: what the weights cost."""
        return (
            f"{self.n:,} {self.unit} are weighted to the target; they are worth {self.n_effective:,.0f} of equal "
            f"weight (design effect {self.design_effect:.2f}), and the largest weight is {self.largest:.2f}."
        )

    def __repr__(self) -> str:
        return "\n".join([self.sentence, *self.notes, str(self.shares), *filter(None, [self.stamp])])

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{html.escape(words)}</p>" for words in (self.sentence, *self.notes))
        below = f"<p>{html.escape(self.stamp)}</p>" if self.stamp else ""
        return f"{said}{self.shares._repr_html_()}{below}"


def rake_weights(table: pl.DataFrame, target: Target, *, largest: float | None = None) -> Weights:
    """Return a weight for each row so that the weighted shares are those of a target; nobody is dropped.

    The weights are those nearest to equal ones that meet every attribute's shares (iterative proportional fitting).
    Rows whose value is missing, or a category that the target does not name, keep their share of the table; the
    others share what remains as the target says.

    Parameters
    ----------
    table : polars.DataFrame
        One row a patient, study or series.
    target : mapping of str to mapping of str to float
        Attribute to category to share. Shares that do not sum to 1 are divided by their sum, which a note says.
    largest : float, optional
        No weight exceeds it. Larger weights are cut and the others raised until all shares are met again.

    Returns
    -------
    Weights
        ``.table`` has the column `weight`, whose mean is 1.

    Raises
    ------
    UnknownNameError
        When the table lacks an attribute.
    ValueError
        When the target wants somebody whom nobody can stand for, or nobody where there is somebody; when the shares
        cannot all be met, or not with weights up to `largest`; and when the table is empty or has weights already.

    References
    ----------
    Deming WE, Stephan FF. On a least squares adjustment of a sampled frequency table when the expected marginal totals
    are known. Ann Math Stat 1940; 11: 427-444. doi:10.1214/aoms/1177731829. The effective size is that of Kish L.
    Survey Sampling. Wiley 1965.

    Examples
    --------
    >>> patients = pl.DataFrame({"sex": ["Female", "Male", "Male", "Male"]})
    >>> weights = rake_weights(patients, {"sex": {"Female": 0.5, "Male": 0.5}})
    >>> [round(weight, 3) for weight in weights.table["weight"]], round(weights.n_effective, 3)
    ([2.0, 0.667, 0.667, 0.667], 3.0)
    """
    shares, notes = checked_target(table, target)
    _check(table, largest)
    texts = table.select(as_categories(table, name) for name in shares)
    for name, wanted in shares.items():
        notes += _keep_others(name, wanted, texts[name])
    codes = [
        texts[name].cast(pl.Enum(list(wanted))).to_physical().to_numpy().astype(np.int64)
        for name, wanted in shares.items()
    ]
    strata, stratum = make_strata(codes, [np.array(list(wanted.values())) for wanted in shares.values()])
    by_stratum, n_rounds = _raked(strata, largest, shares)
    weights = by_stratum[stratum]
    n_effective = float(weights.sum() ** 2 / (weights**2).sum())
    return Weights(
        table=table.with_columns(pl.Series(WEIGHT, weights)),
        shares=_shares(strata, by_stratum, shares),
        n=table.height,
        n_effective=n_effective,
        design_effect=table.height / n_effective,
        largest=float(weights.max()),
        n_rounds=n_rounds,
        notes=tuple(notes),
    )


def _raked(strata: Strata, largest: float | None, shares: Shares) -> tuple[npt.NDArray[np.float64], int]:
    sizes, members, n = strata.sizes, strata.members, int(strata.sizes.sum())
    weights = np.ones(len(sizes))
    bound = np.inf if largest is None else largest
    for n_rounds in range(_MOST_ROUNDS + 1):
        apart = members @ (weights * sizes) / n - strata.wanted
        if np.abs(apart).max() <= _EXACT and weights.max() <= bound * (1 + _EXACT):
            return weights, n_rounds
        weights = np.minimum(weights, bound)
        for attribute in np.unique(strata.attribute):
            own = strata.attribute == attribute
            weights = weights * ((strata.wanted[own] * n / (members[own] @ (weights * sizes))) @ members[own])
    names = [f"{kind} ({name.replace('_', ' ')})" for name, wanted in shares.items() for kind in wanted]
    worst = names[int(np.abs(apart).argmax())]
    if largest is not None:
        raise ValueError(
            f"No weights up to {largest:g} were found that meet the target; {worst} is farthest from it. A larger "
            "bound would be right. Leave out largest= to see the largest weight that the target needs."
        )
    raise ValueError(
        f"After {_MOST_ROUNDS:,} rounds the weights do not meet the target; {worst} is farthest from it. Some "
        "combination of categories that the target needs has nobody. Merge categories, or name fewer attributes."
    )


def _keep_others(name: str, wanted: dict[str, float], texts: pl.Series) -> list[str]:
    """Give what the target does not name its own share, and say so."""
    counts = dict(texts.value_counts().sort(name).iter_rows())
    absent = [kind for kind, share in wanted.items() if share > 0 and kind not in counts]
    unwanted = [kind for kind, share in wanted.items() if share == 0 and kind in counts]
    if absent or unwanted:
        reason = f"wants {' and '.join(absent)}, and nobody is" if absent else f"wants no {' and '.join(unwanted)}"
        raise ValueError(
            f"The target of {name} {reason}. A share above 0 for each category that occurs, and for no other, would be "
            "right: weights can neither stand for nobody nor drop somebody. Merge the category with another in both "
            f"the table and the target, or leave {name} out."
        )
    for kind in [kind for kind, share in wanted.items() if share == 0]:
        del wanted[kind]
    others = {kind: n / len(texts) for kind, n in counts.items() if kind not in wanted}
    left = 1 - sum(others.values())
    for kind in wanted:
        wanted[kind] *= left
    wanted.update(others)
    n_others = sum(n for kind, n in counts.items() if kind in others)
    return (
        [f"{name}: {n_others:,} rows are {' or '.join(others)}; they keep their share of the table."] if others else []
    )


def _shares(strata: Strata, by_stratum: npt.NDArray[np.float64], shares: Shares) -> pl.DataFrame:
    counted = strata.members @ strata.sizes
    n = int(strata.sizes.sum())
    return pl.DataFrame(
        {
            "attribute": [name for name, wanted in shares.items() for _ in wanted],
            "category": [kind for wanted in shares.values() for kind in wanted],
            "target": strata.wanted,
            "n": counted,
            "unweighted": counted / n,
            "weighted": strata.members @ (by_stratum * strata.sizes) / n,
        }
    )


def _check(table: pl.DataFrame, largest: object) -> None:
    if table.is_empty():
        raise ValueError("Received a table without rows. At least one would be right. Check how the rows were chosen.")
    if WEIGHT in table.columns:
        raise ValueError(f"The table has a column '{WEIGHT}' already. Raking would overwrite it. Drop or rename it.")
    if largest is not None and not (isinstance(largest, int | float) and largest >= 1):
        raise ValueError(
            f"Received largest={largest!r}. The mean weight is 1, so a bound above 1 would be right. Pass largest=5."
        )
