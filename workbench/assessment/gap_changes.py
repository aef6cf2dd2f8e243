"""Whether a gap to a reference population narrowed or widened between two releases, and what moved."""

import html
from dataclasses import dataclass
from typing import Literal

import polars as pl

from workbench.assessment.comparison import Comparison
from workbench.assessment.sides import CROSS
from workbench.assessment.wording import LEAST_CHANGE, percentage, plain_words
from workbench.errors import listed

Verdict = Literal["narrowed", "widened", "nearly unchanged", "not comparable"]

_ALIKE = 1e-9  # a difference of 0.01 but for rounding
_NUMBERS = ("n_patients", "fraction")
_MOST_NAMED = 2


@dataclass(frozen=True, eq=False, repr=False)
class GapChange:
    """One attribute's distance from a reference, before and after.

    Attributes
    ----------
    table : polars.DataFrame
        One row a category, without the missing: category, n_before, fraction_before, n_after, fraction_after,
        reference_fraction.
    attribute : str
        What is compared.
    before, after : float or None
        The total variation: the share of patients who would have to belong to another group. None where it is hidden
        or nobody is counted.
    missing_before, missing_after : int or None
        Patients without a value.
    reference : str
        The population, with its year.
    problem : str
        Why the two cannot be compared; empty where they can.
    """

    table: pl.DataFrame
    attribute: str
    before: float | None
    after: float | None
    missing_before: int | None
    missing_after: int | None
    reference: str
    problem: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether the gap narrowed or widened by `LEAST_CHANGE` or more."""
        if self.problem or self.before is None or self.after is None:
            return "not comparable"
        change = self.after - self.before
        return "nearly unchanged" if abs(change) < LEAST_CHANGE - _ALIKE else "narrowed" if change < 0 else "widened"

    @property
    def sentence(self) -> str:
        """Whether the gap narrowed or widened, from what to what, and which groups moved most."""
        words = CROSS.join(map(plain_words, self.attribute.split(CROSS)))
        subject = f"{words[0].upper()}{words[1:]}"
        if self.verdict == "not comparable" or self.before is None or self.after is None:
            return (
                f"{subject}: {self.problem or 'a distance is not known on both sides'}, so nothing is said of the gap."
            )
        now, then = (f"{100 * distance:.1f}" for distance in (self.after, self.before))
        same = self.after == self.before
        verb = "is unchanged" if same else f"is {self.verdict}" if self.verdict.startswith("nearly") else self.verdict
        share = f"{now} of 100 patients would have to belong to another group"
        before = "as before" if now == then else f"{then} before"
        return f"{subject}: the gap to {self.reference} {verb}: {share}, {before}. {self._moved()}".strip()

    def _moved(self) -> str:
        """The groups whose shares moved most, up or down, by `LEAST_CHANGE` or more."""
        moves = self.table.with_columns(move=pl.col("fraction_after") - pl.col("fraction_before"))
        size = pl.col("move").abs().round(9)  # two groups that trade places move alike, but for rounding
        large = moves.filter(size >= LEAST_CHANGE).sort(size, descending=True, maintain_order=True)
        told = [
            f"{row['category']} {'rose' if row['move'] > 0 else 'fell'} from {percentage(row['fraction_before'])} to "
            f"{percentage(row['fraction_after'])} (there {_share(row['reference_fraction'])})"
            for row in large.head(_MOST_NAMED).iter_rows(named=True)
        ]
        return f"{listed(told)}." if told else ""

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.table}"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.sentence)}</p>{self.table._repr_html_()}"


def change_of_gap(
    before: Comparison | tuple[pl.DataFrame, pl.DataFrame], after: Comparison, *, attribute: str
) -> GapChange:
    """Return whether the gap in one attribute narrowed or widened.

    Parameters
    ----------
    before : Comparison or tuple of polars.DataFrame
        The earlier one; or its ``table`` and ``contributions``, as an earlier report wrote them.
    after : Comparison
        The later one, with the same population.
    attribute : str
        That both compare.

    Returns
    -------
    GapChange
        Not comparable where another population was compared with, where hidden counts were summed to other groups, or
        where an attribute was compared only once.

    Examples
    --------
    >>> from workbench.assessment.references import read_reference
    >>> from workbench.assessment.representativeness import compare_to_reference
    >>> people = read_reference("us_census")
    >>> sides = [compare_to_reference({"sex": {"Male": n, "Female": 100 - n}}, people) for n in (60, 55)]
    >>> change_of_gap(*sides, attribute="sex").verdict
    'narrowed'
    """
    table, contributions = (before.table, before.contributions) if isinstance(before, Comparison) else before
    asked = (pl.col("attribute") == attribute) & (pl.col("missing") == "excluded")
    then, now = table.filter(asked), after.table.filter(asked)
    was, groups = contributions.filter(asked), after.contributions.filter(asked)
    joined = groups.select("category", *_NUMBERS, "reference_fraction").join(
        was.select(pl.col("category").cast(pl.String), *_NUMBERS), on="category", how="left", suffix="_before"
    )
    names = {"fraction": "fraction_after", "n_patients": "n_after", "n_patients_before": "n_before"}
    order = ("category", "n_before", "fraction_before", "n_after", "fraction_after", "reference_fraction")
    year = after.reference.year
    reference = after.reference.title + (f" ({year})" if year != "unknown" else "")
    return GapChange(
        joined.rename(names).select(order),
        attribute,
        _first(then, "total_variation"),
        _first(now, "total_variation"),
        _whole(_first(then, "n_missing")),
        _whole(_first(now, "n_missing")),
        reference,
        _problem(then, now, was, groups),
    )


def _problem(then: pl.DataFrame, now: pl.DataFrame, was: pl.DataFrame, groups: pl.DataFrame) -> str:
    if then.is_empty() or now.is_empty():
        return "it was compared only once"
    if then.select("reference", "year").cast(pl.String).row(0) != now.select("reference", "year").cast(pl.String).row(
        0
    ):
        return "the earlier one was compared with another population"
    if set(was["category"]) != set(groups["category"]):
        return "other groups are told apart now"
    return ""


def _first(rows: pl.DataFrame, name: str) -> float | None:
    return None if rows.is_empty() or rows[name][0] is None else float(rows[name][0])


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _share(fraction: float | None) -> str:
    return "unknown" if fraction is None else percentage(fraction)
