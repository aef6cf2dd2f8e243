"""Who each filter removed, and how many of them only because a value was missing."""

import textwrap
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from workbench.catalog.criteria import Criterion
from workbench.catalog.repository import Repository

_WIDEST = 60  # characters of a step in the table of text; the table itself holds it whole


@dataclass(frozen=True)
class Attrition:
    """The steps from the whole repository to a cohort; the first row is the input.

    Attributes
    ----------
    repository : Repository
        What was selected from.
    criteria : tuple of Criterion
        In the order they were given.
    """

    repository: Repository
    criteria: tuple[Criterion, ...]

    @cached_property
    def table(self) -> pl.DataFrame:
        """One row a step: what is left, what the step lost, and of that what was lost for a missing value only."""
        everything = pl.repeat(True, len(self.repository.column("series", "patient_key")), eager=True)
        left, rows = everything, [("all", *_count(self.repository, everything), 0, 0, 0)]
        for criterion in self.criteria:
            selected, lost = criterion.selected(self.repository), criterion.lost(self.repository)
            before, left = left, left & selected
            patients, studies, series = _count(self.repository, left)
            kept, _, _ = _count(self.repository, left | (before & lost))
            rows.append(
                (
                    criterion.label,
                    patients,
                    studies,
                    series,
                    rows[-1][1] - patients,
                    kept - patients,
                    rows[-1][2] - studies,
                )
            )
        schema = ["step", "patients", "studies", "series", "patients_lost", "patients_lost_missing", "studies_lost"]
        return pl.DataFrame(rows, schema=schema, orient="row")

    @property
    def sentences(self) -> list[str]:
        """Every step in words; the step that emptied the cohort says so."""
        lines, empty = [], False
        for step in self.table.iter_rows(named=True):
            if step["step"] == "all":
                lines.append(f"{self.repository.name} {self.repository.version} holds {step['patients']:,} patients.")
                continue
            missing = step["patients_lost_missing"]
            because = f", {missing:,} of them only because the value is missing" if missing else ""
            lines.append(
                f"{step['step']}: {step['patients_lost']:,} patients lost{because}; {step['patients']:,} left."
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


def _count(repository: Repository, mask: pl.Series) -> tuple[int, int, int]:
    patients = repository.column("series", "patient_key").filter(mask)
    studies = repository.column("series", "study_key").filter(mask)
    return patients.n_unique(), studies.n_unique(), len(patients)
