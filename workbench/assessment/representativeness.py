"""Measure how far a cohort's composition is from a reference population, and how sure we are."""

import html
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.assessment.alignment import CohortCounts, category_counts, common_attributes, nest_age_bands
from workbench.assessment.references import ReferencePopulation
from workbench.vocabulary.demographics import MISSING

Vector = npt.NDArray[np.float64]

_TABLE = {"attribute": pl.String, "missing": pl.String, "jsd": pl.Float64, "jsd_low": pl.Float64}
_TABLE |= {"jsd_high": pl.Float64, "p_null": pl.Float64, "total_variation": pl.Float64}
_TABLE |= {"n_patients": pl.Int64, "n_missing": pl.Int64}
_PARTS = {"attribute": pl.String, "missing": pl.String, "category": pl.String, "n_patients": pl.Int64}
_PARTS |= {"fraction": pl.Float64, "reference_fraction": pl.Float64, "share_of_jsd2": pl.Float64}


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Distances of a cohort from a reference population, attribute by attribute.

    Attributes
    ----------
    table : polars.DataFrame
        One row an attribute and missing policy: attribute, missing, jsd, jsd_low, jsd_high, p_null, total_variation,
        n_patients (on whom the distance rests) and n_missing (patients without the attribute, under either policy).
    contributions : polars.DataFrame
        One row a category: attribute, missing, category, n_patients, fraction, reference_fraction, share_of_jsd2.
    notes : tuple of str
        What a reader has to know next to the numbers: sums normalized, bands summed, categories without a counterpart.
    reference : ReferencePopulation
        What the cohort was compared with.
    """

    table: pl.DataFrame
    contributions: pl.DataFrame
    notes: tuple[str, ...]
    reference: ReferencePopulation

    def __repr__(self) -> str:
        return "\n".join([f"Compared with {self.reference.title}", str(self.table), *self.notes])

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return f"<p>Compared with {html.escape(self.reference.title)}</p>{self.table._repr_html_()}{notes}"


def jensen_shannon(p: npt.ArrayLike, q: npt.ArrayLike) -> float:
    """Return the Jensen-Shannon distance of two count vectors over the same categories.

    The square root of the divergence with logarithms to base 2: 0 for equal shares,
    1 for groups that never overlap, the same in either order and at any scale.

    Parameters
    ----------
    p, q : array_like
        Counts or shares, shape (categories,), non-negative; each is normalized to sum to 1.

    Returns
    -------
    float
        Distance from 0 to 1; nan when either vector is all zero.

    Raises
    ------
    ValueError
        When the vectors differ in length or hold a negative or non-finite number.

    References
    ----------
    Endres DM, Schindelin JE. A new metric for probability distributions.
    IEEE Trans Inf Theory 2003; 49: 1858-1860. doi:10.1109/TIT.2003.813506

    Examples
    --------
    >>> jensen_shannon([10, 0], [0, 3])
    1.0
    >>> jensen_shannon([1, 1], [50, 50])
    0.0
    """
    first, second = _shares(p, q)
    return float(np.sqrt(_divergence_terms(first, second).sum()))


def total_variation(p: npt.ArrayLike, q: npt.ArrayLike) -> float:
    """Return the share of one group that would have to change category to match the other.

    Parameters
    ----------
    p, q : array_like
        Counts or shares, shape (categories,), non-negative; each is normalized to sum to 1.

    Returns
    -------
    float
        Half the summed absolute difference of shares, 0 to 1; nan when either vector is all zero.

    Raises
    ------
    ValueError
        When the vectors differ in length or hold a negative or non-finite number.

    Examples
    --------
    >>> total_variation([3, 1], [1, 1])
    0.25
    """
    first, second = _shares(p, q)
    return float(np.abs(first - second).sum() / 2)


def compare_to_reference(
    counts: CohortCounts,
    reference: ReferencePopulation,
    *,
    attributes: Sequence[str] | None = None,
    seed: int = 20210804,
    replicates: int = 2000,
) -> Comparison:
    """Return the distance of a cohort from a reference, with and without its missing patients.

    Distances run over the union of both sides' categories. Missing "included" keeps `MISSING` as categories, which
    the reference does not have; "excluded" leaves those patients out. Other and Conflicting sex are not missing.

    Parameters
    ----------
    counts : polars.DataFrame, Census or mapping
        One row a patient; or a census; or attribute to category to number of patients.
    reference : ReferencePopulation
        Made by `read_reference`.
    attributes : sequence of str, optional
        Which to compare; by default all that both sides have, in the reference's order.
    seed : int
        Fixes both resamplings; each attribute has its own stream, whichever others are asked for.
    replicates : int
        Size of both resamplings, at least 1.

    Returns
    -------
    Comparison
        ``jsd_low`` and ``jsd_high`` are the 2.5 and 97.5 percentiles of a multinomial bootstrap of the patients. A
        distance cannot be negative, so in a well-matched cohort they lie above the estimate; judge a match by
        ``p_null``: (r + 1) / (replicates + 1), r being equal-sized samples of the reference at least as far from it.
        With missing included no such sample can have a missing patient, so ``p_null`` is null as soon as one is
        missing. All are null where nobody is counted.

    Raises
    ------
    UnknownNameError
        When an attribute is asked for that one side lacks.
    ValueError
        When no attribute is common, when age bands do not nest, or when a count or `replicates` is out of range.

    Examples
    --------
    >>> from workbench.assessment.references import read_reference
    >>> comparison = compare_to_reference({"sex": {"Male": 4925, "Female": 5075}}, read_reference("us_census"))
    >>> comparison.table["total_variation"].round(6).to_list()
    [0.0, 0.0]
    """
    if replicates < 1:
        raise ValueError(f"Received replicates={replicates}. It must be 1 or more. Pass replicates=2000.")
    rows: list[dict[str, object]] = []
    parts: list[dict[str, object]] = []
    notes: list[str] = []
    for attribute in common_attributes(counts, reference, attributes):
        cohort = category_counts(counts, attribute)
        published = reference.table.filter(pl.col("attribute") == attribute)
        target: dict[str, float] = dict(published.select("category", "fraction").iter_rows())
        known = {category: n for category, n in cohort.items() if category not in MISSING}
        missing = {reason: cohort.get(reason, 0) for reason in MISSING}
        if attribute.startswith("age"):
            n_bands = len(known)
            known, target = nest_age_bands(known, target)
            if len(known) < n_bands:
                notes.append(f"{attribute}: {n_bands} bands of the cohort were summed to the reference's {len(known)}.")
        notes += _caveats(attribute, known, published, target)
        n_missing = sum(missing.values())
        for policy, sides in (("included", known | missing), ("excluded", known)):
            key: dict[str, object] = {"attribute": attribute, "missing": policy}
            categories = list(dict.fromkeys([*target, *sides]))
            n = np.array([sides.get(category, 0) for category in categories], dtype=np.int64)
            q = np.array([target.get(category, 0.0) for category in categories])
            rng = np.random.default_rng([seed, zlib.crc32(attribute.encode())])
            measured = _measured(n, q, rng, replicates)
            if policy == "included" and n_missing:
                measured["p_null"] = None
            rows.append(key | measured | {"n_patients": int(n.sum()), "n_missing": n_missing})
            parts += [key | part for part in _parts(categories, n, q)]
    return Comparison(pl.DataFrame(rows, _TABLE), pl.DataFrame(parts, _PARTS), tuple(notes), reference)


def _shares(p: npt.ArrayLike, q: npt.ArrayLike) -> tuple[Vector, Vector]:
    first, second = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(
            f"Received vectors of shape {first.shape} and {second.shape}. Both must count the same categories, in one "
            "order. Fill categories that one side lacks with 0."
        )
    for name, vector in (("p", first), ("q", second)):
        if not (np.isfinite(vector) & (vector >= 0)).all():
            raise ValueError(
                f"Received {name} with a smallest value of {vector.min()}. Counts and shares must be finite and 0 or "
                "more. Check the column that they come from."
            )
    return _normalized(first), _normalized(second)


def _normalized(weights: Vector) -> Vector:
    """Divide by the sum over the last axis; rows of zeros become nan."""
    total = weights.sum(axis=-1, keepdims=True)
    shares: Vector = np.divide(weights, total, out=np.full(weights.shape, np.nan), where=total > 0)
    return shares


def _divergence_terms(p: Vector, q: Vector) -> Vector:
    """What each category adds to the divergence; never negative, because p and q are weighed alike."""
    middle = (p + q) / 2
    terms = np.zeros(np.broadcast_shapes(p.shape, q.shape))
    for side in (p, q):
        ratio = np.divide(side, middle, out=np.ones(terms.shape), where=middle > 0)
        terms += side * np.log2(np.where(ratio > 0, ratio, 1.0)) / 2
    return np.maximum(terms, 0.0)  # keeps nan


def _measured(n: npt.NDArray[np.int64], q: Vector, rng: np.random.Generator, replicates: int) -> dict[str, object]:
    total = int(n.sum())
    if total == 0:
        return dict.fromkeys(("jsd", "jsd_low", "jsd_high", "p_null", "total_variation"))
    held = (n > 0) | (q > 0)  # a category that nobody is in must not shift the random stream
    p = n[held] / total
    q = _normalized(q[held])
    distance = float(np.sqrt(_divergence_terms(p, q).sum()))
    cohort, null = (
        np.sqrt(_divergence_terms(rng.multinomial(total, shares, size=replicates) / total, q).sum(axis=1))
        for shares in (p, q)
    )
    low, high = np.percentile(cohort, [2.5, 97.5])
    as_far = int((null >= distance - 1e-12).sum())  # ties differ in the last digits only
    return {
        "jsd": distance,
        "jsd_low": float(low),
        "jsd_high": float(high),
        "p_null": (as_far + 1) / (replicates + 1),
        "total_variation": total_variation(p, q),
    }


def _parts(categories: list[str], n: npt.NDArray[np.int64], q: Vector) -> list[dict[str, object]]:
    p = _normalized(n.astype(np.float64))
    terms = _divergence_terms(p, q)
    whole = terms.sum()
    return [
        {
            "category": category,
            "n_patients": int(n[i]),
            "fraction": float(p[i]) if n.sum() else None,
            "reference_fraction": float(q[i]),
            "share_of_jsd2": float(terms[i] / whole) if whole > 0 else None,
        }
        for i, category in enumerate(categories)
    ]


def _caveats(
    attribute: str, known: Mapping[str, int], published: pl.DataFrame, target: Mapping[str, float]
) -> list[str]:
    notes = []
    percent_sum = published["percent_sum"][0]
    if abs(percent_sum - 100) > 0.05:  # more than the rounding of the second digit
        notes.append(f"{attribute}: the published percentages sum to {percent_sum:.1f} and were normalized to 100.")
    if len(target) < published.height:
        notes.append(
            f"{attribute}: {published.height} bands of the reference were summed to the cohort's {len(target)}."
        )
    foreign = {category: n for category, n in known.items() if n and category not in target}
    if foreign:
        named = ", ".join(f"{category} ({n:,})" for category, n in foreign.items())
        notes.append(f"{attribute}: the reference has no {named}; these patients count as different.")
    return notes
