"""A cohort: a repository and an ordered list of criteria, nothing else; everything it tells is computed from them."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_
from pathlib import Path
from typing import Any

import polars as pl

from workbench.assessment.census import Census, count_census
from workbench.catalog import definition, listing
from workbench.catalog.attrition import Attrition
from workbench.catalog.criteria import Criterion, MissingPolicy, read_criterion
from workbench.catalog.repository import Repository
from workbench.vocabulary.demographics import AGE_DECADES, AGE_GROUPS, age_group

_UNITS = ("patients", "studies", "series", "instances")


@dataclass(frozen=True)
class Cohort:
    """The series that meet every criterion, with the studies and patients they belong to.

    Immutable: `where` gives a new cohort. Prints as patients, studies, series, instances, size and licenses.

    Attributes
    ----------
    repository : Repository
        What is selected from.
    criteria : tuple of Criterion
        In the order they were given; all must hold for one series.
    """

    repository: Repository
    criteria: tuple[Criterion, ...] = ()

    def where(self, /, *, missing: MissingPolicy = "exclude", **criteria: Any) -> "Cohort":
        """Return the cohort narrowed by further criteria, in the order written.

        Parameters
        ----------
        missing : {"exclude", "keep", "only"}
            What becomes of rows whose value is missing; what it costs is a column of `attrition`.
        **criteria : object
            Column to value: a scalar (equality), a list or set (membership), a 2-tuple (inclusive range, None
            leaves an end open). ``age_years`` is the age at the study; ``body_region="Chest"`` selects every
            region that includes the chest.

        Returns
        -------
        Cohort
            A new one.

        Raises
        ------
        UnknownNameError
            For a column or value that the repository does not have.
        """
        added = tuple(read_criterion(self.repository, name, value, missing=missing) for name, value in criteria.items())
        return Cohort(self.repository, self.criteria + added)

    @cached_property
    def _mask(self) -> pl.Series:
        if not self.criteria:
            return pl.repeat(True, len(self.repository.column("series", "patient_key")), eager=True)
        first, *others = (criterion.selected(self.repository) for criterion in self.criteria)
        return reduce(and_, others, first)

    def _column(self, name: str) -> pl.Series:
        return self.repository.column("series", name).filter(self._mask)

    @cached_property
    def counts(self) -> Mapping[str, int | float]:
        """How many patients, studies, series and instances, and ``size_gb`` (10^9 bytes)."""
        return {
            "patients": self._column("patient_key").n_unique(),
            "studies": self._column("study_key").n_unique(),
            "series": int(self._mask.sum()),
            "instances": int(self._column("n_instances").cast(pl.UInt64).sum()),
            "size_gb": float(self._column("size_mb").cast(pl.Float64).sum()) / 1000,
        }

    def keys(self) -> pl.DataFrame:
        """Return one row a series with its collection and the keys of its study and patient.

        Returns
        -------
        polars.DataFrame
            ``collection_id``, ``patient_key``, ``study_key``; keys mean nothing outside this data version.
        """
        return pl.DataFrame([self._column(name) for name in ("collection_id", "patient_key", "study_key")])

    @property
    def licenses(self) -> pl.DataFrame:
        """The number of series and patients under each license, as ``license``, ``n_series``, ``n_patients``."""
        rows = pl.DataFrame({"license": self._column("license"), "patient_key": self._column("patient_key")})
        counted = rows.group_by("license").agg(n_series=pl.len(), n_patients=pl.col("patient_key").n_unique())
        return counted.with_columns(pl.col("license").cast(pl.String)).sort(
            "n_series", "license", descending=[True, False]
        )

    @cached_property
    def attrition(self) -> Attrition:
        """Who each criterion removed, and how many only because a value was missing."""
        return Attrition(self.repository, self.criteria)

    @property
    def patients(self) -> pl.DataFrame:
        """One row a patient: collection, species, sex, age with its reason when missing, and age bands."""
        keys = self._column("patient_key").unique().sort()
        names = ("collection_id", "species", "sex", "age_years", "age_missing", "age_over_89")
        rows = pl.DataFrame([self.repository.column("patients", name).gather(keys) for name in names])
        reason = pl.col("age_missing").cast(pl.String)
        return rows.with_columns(
            age_group=age_group(pl.col("age_years"), reason, AGE_GROUPS),
            age_decade=age_group(pl.col("age_years"), reason, AGE_DECADES),
        )

    def census(self, *, by: Sequence[str]) -> Census:
        """Return how many patients each group has, with what is not known.

        Parameters
        ----------
        by : sequence of str
            Columns of `patients`, such as ``["sex", "age_group"]``.

        Returns
        -------
        Census
            Patients are counted, each once, by patient age and sex.
        """
        return count_census(self.patients, by=by)

    def series(self) -> pl.DataFrame:
        """Return one row a series with its identifiers and address, read from the source's original index.

        Returns
        -------
        polars.DataFrame
            In the order of collection, patient and study; sorted, so that two exports are equal.
        """
        return listing.list_series(self.repository, self._column("source_row"))

    def viewer_links(self) -> pl.DataFrame:
        """Return one row a study with a link to the public viewer; nothing is requested until it is clicked.

        Returns
        -------
        polars.DataFrame
            ``collection_id``, ``patient_id``, ``study_uid``, ``study_description``, ``modalities``, ``n_series``,
            ``viewer_url``.
        """
        return listing.list_studies(self.repository, self._column("source_row"))

    def save(self, path: str | Path) -> Path:
        """Write the definition (criteria and data version, no patient) as readable YAML.

        Parameters
        ----------
        path : str or pathlib.Path
            Where to write; written whole or not at all.

        Returns
        -------
        pathlib.Path
            The file.
        """
        return definition.save_definition(self.repository, self.criteria, Path(path))

    def explain(self) -> str:
        """Return the selection and its losses in plain English.

        Returns
        -------
        str
            One sentence a step.
        """
        return "\n".join(self.attrition.sentences)

    def _repr_html_(self) -> str:
        numbers = {unit: f"{self.counts[unit]:,}" for unit in _UNITS} | {"gigabytes": f"{self.counts['size_gb']:,.1f}"}
        tiles = "".join(f"<div><dt>{unit}</dt><dd>{number}</dd></div>" for unit, number in numbers.items())
        first, *rest = (html.escape(line) for line in repr(self).splitlines())
        return f'<p><strong>{first}</strong></p><dl class="numbers">{tiles}</dl>' + "".join(
            f"<p>{line}</p>" for line in rest[1:]
        )

    def __repr__(self) -> str:
        """Show the cohort's counts and licenses as text."""
        counts = self.counts
        shown = ", ".join(f"{row[0]} ({row[1]:,} series)" for row in self.licenses.iter_rows()) or "none"
        steps = "; ".join(criterion.label for criterion in self.criteria) or "everything"
        lines = [
            f"Cohort of {self.repository.name} {self.repository.version}: {steps}",
            "  " + ", ".join([*(f"{counts[unit]:,} {unit}" for unit in _UNITS), f"{counts['size_gb']:,.1f} GB"]),
            f"  licenses: {shown}",
        ]
        if counts["series"] == 0:
            lines.append("  " + next(line for line in self.attrition.sentences if line.endswith("emptied the cohort.")))
        return "\n".join(lines)
