"""A cohort: a repository and an ordered list of conditions, nothing else; everything it tells is computed from them."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.assessment.wording import counted, sized
from workbench.catalog import listing, membership
from workbench.catalog.attrition import Attrition
from workbench.catalog.criteria.follow_up import follow_up
from workbench.catalog.criteria.group_condition import is_writable
from workbench.catalog.criteria.near_test import read_near_test
from workbench.catalog.definition import definition_text
from workbench.catalog.described import Described
from workbench.catalog.writing import write_together
from workbench.sampling import stratified_split
from workbench.vocabulary.licenses import UNSTATED

if TYPE_CHECKING:
    from workbench.catalog.training import CohortImages, TrainingExport

_UNITS = ("patients", "studies", "series", "instances")


@dataclass(frozen=True)
class Cohort(Described):
    """The series that meet every condition, with the studies and patients they belong to.

    Immutable: `where` gives a new cohort. Prints as patients, studies, series, instances, size and licenses.

    Attributes
    ----------
    repository : Repository
        What is selected from.
    conditions : tuple of Condition
        In the order they were given; all must hold for one series.
    """

    @property
    def licenses(self) -> pl.DataFrame:
        """The number of series and patients under each license, as ``license``, ``n_series``, ``n_patients``."""
        chosen = pl.Series(listing.listed(self.repository, self.mask))
        columns = [self.repository.column("series", name).filter(chosen) for name in ("license", "patient_key")]
        counted = (
            pl.DataFrame(columns)
            .group_by("license")
            .agg(n_series=pl.len(), n_patients=pl.col("patient_key").n_unique())
        )
        return counted.with_columns(pl.col("license").cast(pl.String)).sort(
            "n_series", "license", descending=[True, False]
        )

    @property
    def stated_licenses(self) -> pl.DataFrame:
        """`licenses`; where no series states one, the one that the publisher states for all of them."""
        counted, stated = self.licenses, self.repository.license
        if not stated or set(counted["license"]) - {*UNSTATED, None}:
            return counted
        return counted.with_columns(license=pl.lit(f"{stated}, stated by the publisher for all"))

    @cached_property
    def attrition(self) -> Attrition:
        """Who each condition removed, and how many only because a value was missing."""
        return Attrition(self.repository, self.conditions)

    def split(
        self,
        *,
        by: Sequence[str] = ("sex", "age_group"),
        fractions: Mapping[str, float] | Sequence[float] = (0.7, 0.15, 0.15),
        seed: int,
        groups: str | None = None,
    ) -> pl.DataFrame:
        """Return the patients divided into parts, no person in two of them, also across collections.

        Parameters
        ----------
        by : sequence of str
            Columns of `patients` whose shares the parts have in common.
        fractions : mapping or sequence of float
            Part to share; three shares without names are train, validation and test. Sums to 1.
        seed : int
            Fixes the result.
        groups : str, optional
            A column such as ``"site_id"`` whose values go to one part as a whole.

        Returns
        -------
        polars.DataFrame
            ``collection_id``, ``patient_id``, ``person_id``, the columns of `by` and ``part``; one row a patient.
        """
        by = [by] if isinstance(by, str) else by
        patients = self.patients
        named = listing.patient_ids(self.repository, patients["patient_key"])
        table = patients.with_columns(named["patient_id"], person_id=pl.col("person_key"))
        divided = stratified_split(table, by=by, fractions=fractions, seed=seed, unit="person_id", groups=groups)
        kept = dict.fromkeys(["collection_id", "patient_id", "person_id", *([groups] if groups else []), *by, "part"])
        return divided.select(pl.col(list(kept)))

    def images(self, folder: str | Path | None = None, **settings: Any) -> "CohortImages":
        """Return the cohort's images on this machine, to be read one by one, each with the row that describes it.

        Parameters
        ----------
        folder : str or pathlib.Path, optional
            Where they lie, such as a folder that `fetch` filled; by default the one the catalog was opened from.
        **settings : object
            ``pipeline``, ``device``, ``parts`` and ``progress`` of `workbench.catalog.training.CohortImages`.

        Returns
        -------
        CohortImages
            Yields ``(image, row)``; its ``refused`` lists those that cannot be read.
        """
        from workbench.catalog.training import CohortImages

        return CohortImages(self, folder, **settings)

    def export_training(
        self,
        folder: str | Path,
        *,
        by: Sequence[str] = ("sex", "age_group"),
        fractions: Mapping[str, float] | Sequence[float] = (0.7, 0.15, 0.15),
        seed: int = 0,
        **settings: Any,
    ) -> "TrainingExport":
        """Return the folder with the cohort's images in the layout of MONAI or nnU-Net, no person in two parts.

        Parameters
        ----------
        folder : str or pathlib.Path
            Must not exist yet, or be empty.
        by, fractions, seed : object
            How patients are divided, as in `split`; parts are named train, validation and test.
        **settings : object
            ``layout``, ``images``, ``pipeline``, ``device``, ``label``, ``masks``, ``labels`` and ``progress`` of
            `workbench.catalog.training.export_training`.

        Returns
        -------
        TrainingExport
            Says how many cases each part has, and what could not be read.
        """
        from workbench.catalog.training import export_training

        parts = self.split(by=by, fractions=fractions, seed=seed)
        divided = {"by": by, "fractions": fractions, "seed": seed}
        return export_training(self, folder, parts=parts, divided=divided, **settings)

    def follow_up(self, result: str = "Positive", *, test: str | None = None) -> pl.DataFrame:
        """Return the cohort's studies in the order in which each patient had them, counted from the first such test.

        Parameters
        ----------
        result : str
            The result of the test that time counts from.
        test : str, optional
            Its name; any test by default.

        Returns
        -------
        polars.DataFrame
            One row a study with a known day: ``collection_id``, ``patient_id``, ``study_uid``, ``visit`` (from 1),
            ``days_after_test`` (after the patient's first such test, negative before it), ``days_since_last_visit``,
            ``days_after_nearest_test`` (what `near_test` asks of any test).
        """
        read_near_test(self.repository, result, days=(None, 0), test=test)  # checks the names
        return follow_up(self.repository, self.mask, result=result, test=test)

    def save(self, path: str | Path, *, members: bool = True) -> Path:
        """Write the definition (conditions and data version, no patient) as YAML or JSON, by the name's ending.

        Parameters
        ----------
        path : str or pathlib.Path
            Where to write; both files are written whole or not at all.
        members : bool
            Whether to write salted digests of the patients beside it, so that reading it with another data version
            says who was gained or lost; without them, those of an older definition of that name are removed.

        Returns
        -------
        pathlib.Path
            The definition.
        """
        body = self.definition() | {"counts": {unit: self.counts[unit] for unit in ("patients", "studies", "series")}}
        file = Path(path)
        texts = {file: definition_text(body, file)}
        beside = membership.members_path(file)
        if members:
            patients = self.patients["patient_key"]
            texts = {beside: membership.members_text(self.repository, patients, sha256=self.sha256)} | texts
        write_together(texts)
        if not members:
            beside.unlink(missing_ok=True)  # those of the definition that this one replaced
        return file

    def to_python(self) -> str:
        """Return Python text that opens the source and rebuilds this cohort.

        Returns
        -------
        str
            Ends with the name ``cohort`` bound.
        """
        key = self.repository.key
        opened = f"commons = wb.open_catalog({'' if key == 'idc' else repr(key)})"
        if "+join" in self.repository.build or key.partition(":")[0] not in ("idc", "synthetic"):
            opened = f"# commons is the catalog you opened: {self.repository.name}, {self.repository.build}"
        lines = ["import workbench as wb", "", opened]
        if not all(map(is_writable, self.conditions)):
            return "\n".join([*lines, f"cohort = commons.cohort_from({self.definition()!r})"]) + "\n"
        receiver = "commons"
        for condition in self.conditions:
            lines.append(f"cohort = {condition.code(receiver)}")
            receiver = "cohort"
        return "\n".join(lines if self.conditions else [*lines, "cohort = commons.everything"]) + "\n"

    def explain(self) -> str:
        """Return the selection and its losses in plain English.

        Returns
        -------
        str
            One sentence a step.
        """
        return "\n".join(self.attrition.sentences)

    @property
    def _lacks_instances(self) -> bool:
        return bool(self.counts["series"]) and not self.counts["instances"]

    def _repr_html_(self) -> str:
        numbers = {unit: f"{self.counts[unit]:,}" for unit in _UNITS}
        if self._lacks_instances:
            numbers["instances"] = "not recorded"
        size = sized(self.counts["size_gb"], largest="GB", n_series=int(self.counts["series"]))
        numbers["size"] = size.removeprefix("size ").replace(" ", "\N{NO-BREAK SPACE}")
        tiles = "".join(f"<div><dt>{unit}</dt><dd>{number}</dd></div>" for unit, number in numbers.items())
        first, *rest = (html.escape(line) for line in repr(self).splitlines())
        return f'<p><strong>{first}</strong></p><dl class="numbers">{tiles}</dl>' + "".join(
            f"<p>{line}</p>" for line in rest[1:]
        )

    def __repr__(self) -> str:
        """Show the cohort's counts and licenses as text."""
        counts = self.counts
        stated = self.stated_licenses
        shown = ", ".join(f"{row[0]} ({row[1]:,} series)" for row in stated.iter_rows()) or "none"
        steps = "; ".join(condition.label for condition in self.conditions) or "everything"
        size = sized(counts["size_gb"], largest="GB", n_series=int(counts["series"]))
        numbers = [counted(int(counts[unit]), unit) for unit in _UNITS]
        if self._lacks_instances:
            numbers[-1] = "instances not recorded"
        lines = [
            f"Cohort of {self.repository.name} {self.repository.version}: {steps}",
            "  " + ", ".join([*numbers, size]),
            f"  licenses: {shown}",
        ]
        if counts["patients"] == 0:
            lines += [f"  {line}" for line in self.attrition.sentences if line.endswith("emptied the cohort.")]
        return "\n".join(lines)
