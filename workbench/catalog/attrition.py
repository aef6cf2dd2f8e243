"""Who each condition removed, and how many of them only because a value was missing."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from workbench.assessment.references import ReferencePopulation
from workbench.assessment.wording import counted
from workbench.catalog.criteria.attributes import Mask
from workbench.catalog.criteria.criterion import Condition
from workbench.catalog.criteria.english import phrase
from workbench.catalog.criteria.levels import count_distinct, level_keys
from workbench.catalog.listing import listed, patient_ids
from workbench.catalog.people import read_patients
from workbench.catalog.price import Price, price_steps
from workbench.catalog.repository import Repository

_WIDEST = 60  # characters of a step in the table of text; the table itself holds it whole


@dataclass(frozen=True)
class Attrition:
    """The steps from the whole repository to a cohort; the first row is the input.

    Attributes
    ----------
    repository : Repository
        What was selected from.
    conditions : tuple of Condition
        In the order they were given.
    """

    repository: Repository
    conditions: tuple[Condition, ...]

    @cached_property
    def steps(self) -> list[tuple[str, Mask, Mask]]:
        """Each step's words, the series left after it, and those lost to it only for a missing value."""
        left = np.ones(len(self.repository.column("series", "patient_key")), dtype=np.bool_)
        steps = [("all", left, np.zeros_like(left))]
        for condition in self.conditions:
            selected = condition.selected(self.repository)
            missing = condition.selected(self.repository, "missing met") & ~selected & left
            left = left & selected
            steps.append((condition.label, left, missing))
        return steps

    @cached_property
    def table(self) -> pl.DataFrame:
        """One row a step: what is left, what the step lost, and of that what was lost for a missing value only."""
        rows = []
        for step, left, missing in self.steps:
            patients = count_distinct(self.repository, left, "patient")
            kept = count_distinct(self.repository, left | missing, "patient") if missing.any() else patients
            studies = count_distinct(self.repository, left, "study")
            rows.append(
                (step, patients, studies, int(np.count_nonzero(listed(self.repository, left))), kept - patients)
            )
        counted = pl.DataFrame(
            rows, schema=["step", "patients", "studies", "series", "patients_lost_missing"], orient="row"
        )
        lost = {f"{unit}_lost": -pl.col(unit).diff().fill_null(0) for unit in ("patients", "studies", "series")}
        order = ["step", "patients", "studies", "series"]
        order += ["patients_lost", "patients_lost_missing", "studies_lost", "series_lost"]
        return counted.with_columns(**lost).select(order)

    @cached_property
    def people(self) -> pl.DataFrame:
        """One row a step: how many of its patients are women, and their ages, the missing counted."""
        rows = []
        for step, left, _ in self.steps:
            patients = read_patients(self.repository, left).select(pl.col("sex").cast(pl.String), "age_years")
            rows.append(patients.select(pl.lit(step).alias("step"), *_SUMMARY))
        return pl.concat(rows)

    def dropped(self) -> pl.DataFrame:
        """Return every patient that was lost, with the step that lost the last of the patient's series.

        Returns
        -------
        polars.DataFrame
            ``collection_id``, ``patient_id``, ``step``, ``missing_only`` (whether a known value would have kept the
            patient at that step); one row a patient, sorted. It names patients: for the data holder, not for display.
        """
        keys, n = level_keys(self.repository, "patient")
        last = np.zeros(n, dtype=np.int32)
        missing_only = np.zeros(n, dtype=np.bool_)
        for number, (_, left, missing) in enumerate(self.steps):
            last[keys[left]] = number
            if number:
                would_stay = np.zeros(n, dtype=np.bool_)
                would_stay[keys[missing]] = True
                missing_only |= would_stay & (last == number - 1)
        names = pl.Series("step", [step for step, *_ in self.steps])
        gone = np.flatnonzero(last < len(self.steps) - 1)
        identified = patient_ids(self.repository, pl.Series(gone, dtype=pl.UInt32))
        return identified.with_columns(
            step=names.gather(last[gone] + 1), missing_only=pl.Series(missing_only[gone])
        ).sort("collection_id", "patient_id")

    def price(
        self, *, reference: str | Path | ReferencePopulation = "us_census", attributes: Sequence[str] | None = None
    ) -> Price:
        """Return what each step costs in representation: who is lost, and how far that leads from a population.

        Parameters
        ----------
        reference : str, pathlib.Path or ReferencePopulation
            What the distances are from.
        attributes : sequence of str, optional
            Categories of patients; by default sex, age group, race and ethnicity where the source has them.

        Returns
        -------
        Price
            What `workbench.catalog.price.price_steps` gives.
        """
        return price_steps(self, reference=reference, attributes=attributes)

    @property
    def phrases(self) -> list[str]:
        """What each step keeps, in plain English; the first is everything."""
        kept = [phrase(condition) for condition in self.conditions]
        return ["Everything", *(words[0].upper() + words[1:] for words in kept)]

    @property
    def sentences(self) -> list[str]:
        """Every step in words; the step that emptied the cohort says so."""
        lines: list[str] = []
        empty = False
        for words, step in zip(self.phrases, self.table.iter_rows(named=True), strict=True):
            if not lines:
                lines.append(
                    f"{self.repository.name} {self.repository.version} holds {counted(step['patients'], 'patients')}."
                )
                continue
            missing = step["patients_lost_missing"]
            because = f", {missing:,} of them only because the value is missing" if missing else ""
            lines.append(
                f"{words}: {counted(step['patients_lost'], 'patients')} lost{because}; {step['patients']:,} left."
                + (" This step emptied the cohort." if step["patients"] == 0 and not empty else "")
            )
            empty = empty or step["patients"] == 0
        return lines

    def __repr__(self) -> str:
        """Show the steps as a table of text."""
        width = min(max(len(name) for name in [*self.table["step"], "step"]), _WIDEST)
        lines = [f"{'step':<{width}} {'patients':>10} {'studies':>10} {'lost':>10} {'of it missing':>14}"]
        lines += [
            f"{textwrap.shorten(step, width, placeholder=' …'):<{width}} {patients:>10,} {studies:>10,}"
            f" {lost:>10,} {missing:>14,}"
            for step, patients, studies, lost, missing in self.table.select(
                "step", "patients", "studies", "patients_lost", "patients_lost_missing"
            ).iter_rows()
        ]
        emptied = [line for line in self.sentences if line.endswith("emptied the cohort.")]
        return "\n".join(lines + emptied)


_SUMMARY = (
    pl.len().alias("n_patients"),
    (pl.col("sex") == "Female").sum().alias("n_female"),
    pl.col("sex").is_in(["Female", "Male"]).sum().alias("n_sex_known"),
    ((pl.col("sex") == "Female").sum() / pl.col("sex").is_in(["Female", "Male"]).sum())
    .fill_nan(None)  # of nobody whose sex is known
    .alias("female_fraction"),
    pl.col("age_years").median().alias("age_median"),
    pl.col("age_years").quantile(0.25, "linear").alias("age_q1"),
    pl.col("age_years").quantile(0.75, "linear").alias("age_q3"),
    pl.col("age_years").null_count().alias("n_age_missing"),
)
