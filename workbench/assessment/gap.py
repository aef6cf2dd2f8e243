"""What would close the gap: whom the next batch needs so that a cohort comes near a reference."""

import html
from dataclasses import dataclass
from numbers import Real
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.assessment.alignment import CohortCounts, ReferenceCohort, common_attributes, stamp_of
from workbench.assessment.comparison import warned
from workbench.assessment.distances import Vector, divergence_terms, jensen_shannon, shares, total_variation
from workbench.assessment.references import ReferencePopulation
from workbench.assessment.sides import lay_side_by_side
from workbench.assessment.wording import plain_words
from workbench.errors import unknown_name

Measure = Literal["total_variation", "jsd"]
_Counts = npt.NDArray[np.int64]

_NEAREST = 0.001  # nearer than one patient in a thousand is not asked of a sample
_ALIKE = 1e-12  # rounding: a distance that equals the target is near enough
_HALVINGS = 200  # more than doubles can tell apart
_DISTANCES = {"total_variation": total_variation, "jsd": jensen_shannon}


@dataclass(frozen=True, eq=False, repr=False)
class Gap:
    """The smallest batch that brings a cohort within a distance of a reference.

    Attributes
    ----------
    table : polars.DataFrame
        One row a category: category, n_now, fraction_now, reference_fraction, n_needed, n_after, fraction_after.
    attribute : str
        What is compared; patients without a value are left out.
    measure : {"total_variation", "jsd"}
        How the distance is measured.
    target : float
        How near the cohort is to come.
    n_needed : int
        Patients that the batch needs; 0 where the cohort is near enough.
    distance_now, distance_after : float or None
        The distance before and after; before is None where nobody is counted.
    n_missing : int
        Patients without a value.
    reference, year : str
        What the cohort is compared with.
    warnings : tuple of str
        Definitions that differ between the two sides, to be shown next to the numbers.
    notes : tuple of str
        What a reader has to know: sums normalized, bands summed, categories that the reference lacks.
    stamp : str
        What has to stand under the numbers, from the censuses they were counted from; empty where the rows are public.
    """

    table: pl.DataFrame
    attribute: str
    measure: Measure
    target: float
    n_needed: int
    distance_now: float | None
    distance_after: float
    n_missing: int
    reference: str
    year: str
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    stamp: str = ""

    @property
    def sentence(self) -> str:
        """How many patients of which groups the next batch needs, in plain words."""
        words = plain_words(self.attribute)
        year = "year unknown" if self.year == "unknown" else self.year
        n_now = int(self.table["n_now"].sum())
        basis = f"{n_now:,} patients counted" + (
            f", {self.n_missing:,} without {words} left out" * bool(self.n_missing)
        )
        goal = f"{self.reference} ({year}) by {words} to within {self._told(self.target)}"
        if not self.n_needed:
            return f"The cohort already matches {goal}: it is {self._told(self.distance_now)} away; {basis}."
        groups = [
            f"{n:,} {category}"
            for category, n in self.table.sort("n_needed", descending=True, maintain_order=True)
            .filter(pl.col("n_needed") > 0)
            .select("category", "n_needed")
            .iter_rows()
        ]
        now = "Nobody is counted yet" if self.distance_now is None else f"Now it is {self._told(self.distance_now)}"
        return f"To match {goal}, the next batch needs {self.n_needed:,} patients: {', '.join(groups)}. {now}; {basis}."

    def _told(self, distance: float | None) -> str:
        if self.measure == "jsd":
            return f"a Jensen–Shannon distance of {distance:.3f}"
        return f"{100 * (distance or 0):.3g} of 100 patients"

    def __repr__(self) -> str:
        warned_of = (f"  ⚠ {text}" for text in self.warnings)
        return "\n".join([self.sentence, *warned_of, str(self.table), *self.notes, *filter(None, [self.stamp])])

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return (
            f"<p>{html.escape(self.sentence)}</p>{''.join(map(warned, self.warnings))}{self.table._repr_html_()}"
            + (f"<p>Notes</p><ul>{notes}</ul>" if notes else "")
            + (f"<p>{html.escape(self.stamp)}</p>" if self.stamp else "")
        )


def close_gap(
    counts: CohortCounts,
    reference: ReferencePopulation | ReferenceCohort,
    *,
    attribute: str,
    target: float,
    measure: Measure = "total_variation",
) -> Gap:
    """Return the smallest number of added patients that brings a cohort within a distance of a reference.

    Nobody is removed. The best batch fills the groups that are shortest of their share of the reference up to a
    common level; no smaller batch, of whatever groups, comes as near. Every target can be reached:
    enough patients dilute even a group that the reference lacks.

    Parameters
    ----------
    counts : polars.DataFrame, Census, sequence of Census or mapping
        The cohort; patients without a value are left out.
    reference : ReferencePopulation or ReferenceCohort
        Whose shares are the goal.
    attribute : str
        One that both sides have.
    target : float
        The largest distance allowed, from 0.001 to 1.
    measure : {"total_variation", "jsd"}
        Total variation, or Jensen-Shannon distance.

    Returns
    -------
    Gap
        ``sentence`` says whom the next batch needs; ``table`` has one row a category.

    Raises
    ------
    TypeError
        When a side is nothing that can be compared, or `target` no number.
    UnknownNameError
        When a side lacks the attribute, or the measure does not exist.
    ValueError
        When `target` is out of range, the reference has nobody with a value, or counts are hidden.

    References
    ----------
    Boyd S, Vandenberghe L. Convex optimization. Cambridge University Press 2004, section 5.5.3 (water-filling).
    doi:10.1017/CBO9780511804441

    Examples
    --------
    >>> from workbench.assessment.references import read_reference
    >>> census = read_reference("us_census")
    >>> gap = close_gap({"sex": {"Male": 600, "Female": 400}}, census, attribute="sex", target=0.05)
    >>> gap.table.select("category", "n_needed", "n_after").rows()
    [('Female', 106, 506), ('Male', 0, 600)]
    """
    if measure not in get_args(Measure):
        raise unknown_name("measure", measure, get_args(Measure), where="close_gap", then="Pass one of these.")
    _require_target(target)
    common_attributes(counts, reference, [attribute])
    sides = lay_side_by_side(counts, reference, (attribute,))
    if sides is None or sides.mixed:
        raise ValueError(
            f"Received counts by {attribute} of which some are hidden, so it is unknown who has a value. "
            "Counts without hidden cells would be right. Pass the census before small counts were hidden."
        )
    categories, pair = sides.under("excluded")
    if not pair.second.sum():
        raise ValueError(
            f"The reference {reference.title!r} has nobody with a known {attribute}. Shares to aim at would be right. "
            "Pass another attribute or reference."
        )
    now, goal = pair.first, shares(pair.second)
    added = _smallest_batch(now, goal, target, measure)
    after = now + added
    distance = _DISTANCES[measure]
    columns = {
        "category": pl.Series(categories, dtype=pl.String),
        "n_now": now,
        "fraction_now": pl.Series(shares(now.astype(np.float64))).fill_nan(None),
        "reference_fraction": goal,
        "n_needed": added,
        "n_after": after,
        "fraction_after": shares(after.astype(np.float64)),
    }
    return Gap(
        pl.DataFrame(columns),
        attribute,
        measure,
        target,
        int(added.sum()),
        distance(now, goal) if now.sum() else None,
        distance(after, goal),
        sides.n_missing or 0,
        reference.title,
        reference.year,
        reference.warnings(attribute) if isinstance(reference, ReferencePopulation) else (),
        sides.notes,
        stamp_of(counts, reference.counts if isinstance(reference, ReferenceCohort) else {}),
    )


def _require_target(target: object) -> None:
    if not isinstance(target, Real) or not _NEAREST <= float(target) <= 1:
        kind = ValueError if isinstance(target, Real) else TypeError
        raise kind(
            f"Received target={target!r}. A distance from {_NEAREST} to 1 would be right. "
            "Pass target=0.05 for 5 of 100 patients."
        )


def _smallest_batch(now: _Counts, goal: Vector, target: float, measure: Measure) -> _Counts:
    distance = _DISTANCES[measure]
    target += _ALIKE
    if now.sum() and distance(now, goal) <= target:
        return np.zeros_like(now)
    n = max(1, int(np.floor(_filled(now, goal, target, measure).sum() - 1e-6)))
    while True:  # few steps: the whole-numbered optimum lies just above the fractional one
        added = _best_of_size(now, goal, n, measure)
        if distance(now + added, goal) <= target:
            return added
        n += 1


def _filled(now: _Counts, goal: Vector, target: float, measure: Measure) -> Vector:
    """Fractions of patients that fill groups to the lowest common level that is near enough."""

    def at(level: float) -> Vector:
        return np.maximum(0.0, level * goal - now)

    distance = _DISTANCES[measure]
    low, high = 0.0, max(1.0, float(now.sum()))
    while distance(now + at(high), goal) > target:
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        filled = now + at(middle)
        if filled.sum() and distance(filled, goal) <= target:
            high = middle
        else:
            low = middle
    return at(high)


def _best_of_size(now: _Counts, goal: Vector, n: int, measure: Measure) -> _Counts:
    """The best batch of a size, patient by patient: what each next one of a group costs only grows."""
    k = len(now)
    total = int(now.sum()) + n
    base = np.maximum(0, np.floor(_level_of_size(now, goal, n)).astype(np.int64) - k)
    rest = n - int(base.sum())
    steps = base[:, None] + now[:, None] + np.arange(rest + 1)
    terms = _terms(steps / total, goal[:, None], measure)
    costs = np.round(np.diff(terms, axis=1) * total, 9).ravel()
    level = np.divide(steps[:, 1:], goal[:, None], out=np.full((k, rest), np.inf), where=goal[:, None] > 0).ravel()
    chosen = np.lexsort([level, costs])[:rest]  # of patients that cost the same, the group that is furthest behind
    return base + np.bincount(chosen // rest, minlength=k) if rest else base


def _level_of_size(now: _Counts, goal: Vector, n: int) -> Vector:
    """Fractions of `n` patients that fill groups to a common level."""
    held = goal > 0
    ratios = np.full(len(goal), np.inf)
    ratios[held] = now[held] / goal[held]
    order = np.argsort(ratios, kind="stable")[: int(held.sum())]
    levels = (n + np.cumsum(now[order])) / np.cumsum(goal[order])
    level = levels[np.flatnonzero(levels > ratios[order])[-1]]
    filled: Vector = np.maximum(0.0, level * goal - now)
    return filled


def _terms(p: Vector, q: Vector, measure: Measure) -> Vector:
    return divergence_terms(p, q) if measure == "jsd" else np.abs(p - q) / 2
