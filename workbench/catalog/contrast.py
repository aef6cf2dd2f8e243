"""Two cohorts side by side: who is in each, in both, and how far apart they are."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from workbench.assessment.table_one import count_table_one
from workbench.catalog.cohort import Cohort
from workbench.markup import html_table

_DESCRIBED = ("collection_id", "sex", "age_years", "race", "ethnicity", "covid19_positive")
_SMALL = 0.1  # Austin 2009, doi:10.1002/sim.3697: a standardized difference below 0.1 is taken as negligible


@dataclass(frozen=True, eq=False, repr=False)
class Contrast:
    """Two cohorts compared patient by patient; prints as a table with standardized differences.

    Attributes
    ----------
    table : polars.DataFrame
        One row a level, as text: attribute, level, one column a cohort, and the standardized difference.
    smd : polars.DataFrame
        One row an attribute: ``attribute``, ``smd``, ``n_missing``.
    n_both : int
        Patients in both cohorts; they count on both sides.
    """

    table: pl.DataFrame
    smd: pl.DataFrame
    n_both: int

    @property
    def apart(self) -> pl.DataFrame:
        """Rows of `smd` of 0.1 or more, the largest first."""
        return self.smd.filter(pl.col("smd") >= _SMALL).sort("smd", descending=True, maintain_order=True)

    @property
    def sentence(self) -> str:
        """How many patients are in both, and what differs most."""
        both = f"{self.n_both:,} patients are in both."
        n_known, apart = self.smd["smd"].count(), self.apart
        if not n_known:
            return f"{both} There is nothing to compare."
        if apart.is_empty():
            return f"{both} No attribute differs by {_SMALL} or more."
        words = f"{apart.height} of {n_known} attributes differ by {_SMALL} or more"
        return f"{both} {words}; {apart['attribute'][0]} differs most."

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.table.fill_null('')}"

    def _repr_html_(self) -> str:
        table = html_table(self.table.columns, self.table.iter_rows(), numbers=self.table.columns[2:])
        return f"<p><strong>{html.escape(self.sentence)}</strong></p>{table}"


def contrast(
    first: Cohort, second: Cohort, *, names: tuple[str, str] = ("A", "B"), attributes: Sequence[str] | None = None
) -> Contrast:
    """Return how two cohorts of one source differ.

    Parameters
    ----------
    first, second : Cohort
        Selected from the same catalog; a patient of both counts on both sides.
    names : tuple of str
        What to call them; two equal names become A and B.
    attributes : sequence of str, optional
        Columns of `Cohort.patients`; by default collection, sex, age, race, ethnicity and
        COVID-19 status, where there are.

    Returns
    -------
    Contrast
        Standardized differences are defined also where one cohort lacks a level.

    Raises
    ------
    ValueError
        When the cohorts come from different data.
    """
    if (first.repository.key, first.repository.build) != (second.repository.key, second.repository.build):
        sources = [f"{each.repository.name} ({each.repository.build})" for each in (first, second)]
        raise ValueError(
            f"Cohorts of {sources[0]} and {sources[1]} were received. Two of the same source and data version would be "
            "right, so that a patient in both is known. Select both from one catalog."
        )
    sides = ("A", "B") if names[0] == names[1] else names
    patients = [cohort.patients for cohort in (first, second)]
    both = patients[0].join(patients[1], on="patient_key", how="semi").height
    table = pl.concat(each.with_columns(cohort=pl.lit(side)) for each, side in zip(patients, sides, strict=True))
    if attributes is None:
        attributes = [name for name in _DESCRIBED if name in table.columns]
    counted = count_table_one(table, by="cohort", attributes=attributes, groups=sides)
    display = counted.display
    overall = display.columns[2]  # after attribute and level; it would count the patients of both cohorts twice
    once = pl.when(pl.col("attribute").is_first_distinct()).then("attribute").alias("attribute")
    shown = display.with_columns(once).select(name for name in display.columns if name not in (overall, "between"))
    return Contrast(shown, counted.smd.select("attribute", "smd", "n_missing"), both)
