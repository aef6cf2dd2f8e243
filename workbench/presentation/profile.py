"""What a cohort profile says on page one, and what changed in the cohort since an earlier release or report."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from workbench.assessment.representativeness import Comparison
from workbench.assessment.wording import counted
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.comparison import compare
from workbench.catalog.disclosure import stamp_of
from workbench.catalog.overview import everybody
from workbench.catalog.releases import Release, up_to_release
from workbench.presentation import charts
from workbench.presentation.change_since import change_since
from workbench.presentation.first_page import FirstPage, first_page
from workbench.presentation.identity import Identity
from workbench.presentation.release_figures import ReleaseCensus
from workbench.presentation.what_changed import WhatChanged

_FOR_HOLDER = (
    "This report is for the holder of the data: none of its counts is hidden. For the public: workbench report "
    "release_census."
)


@dataclass(frozen=True, eq=False, repr=False)
class CohortProfile:
    """A cohort as its report shows it.

    Attributes
    ----------
    cohort : Cohort
        Whose report it is.
    comparison : Comparison
        With the reference.
    people : ReleaseCensus
        Its people, each attribute alone.
    changed : WhatChanged or None
        Since an earlier release or report; None where nothing was compared with.
    """

    cohort: Cohort
    comparison: Comparison
    people: ReleaseCensus
    changed: WhatChanged | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is found, in three sentences: what changed, how many are left and who was lost, how far from whom."""
        changed = (self.changed.headline, self.changed.largest_gap) if self.changed else ()
        return tuple(filter(None, (*changed, self._size(), self._lost(), self._farthest())))[:3]

    def first_page(self, identity: Identity | None = None) -> FirstPage:
        """Return page one.

        Parameters
        ----------
        identity : Identity, optional
            Of whoever publishes the report.

        Returns
        -------
        FirstPage
            The three sentences; what changed as the picture, else who was lost.
        """
        drawn = self.changed.figures()[:1] if self.changed else []
        figure = drawn[0] if drawn else charts.attrition(self.cohort.attrition)
        repository = self.cohort.repository
        holder = _FOR_HOLDER if repository.disclosure == "controlled" else ""
        rule = " ".join(filter(None, (stamp_of(repository), holder)))
        return first_page(self.sentences, figure, repository=repository, identity=identity, rule=rule)

    def what_changed(self) -> list[Any]:
        """Return what changed, its pictures but the one on page one, and the table behind it.

        Returns
        -------
        list
            Empty where nothing was compared with.
        """
        return [] if self.changed is None else [self.changed, *self.changed.figures()[1:], *self.changed.shown_tables()]

    def save_tables(self, folder: str | Path) -> None:
        """Write what a later report needs to tell what changed, and what changed.

        Parameters
        ----------
        folder : str or pathlib.Path
            Exists.
        """
        target = Path(folder)
        for name, census in self.people.censuses.items():
            census.table.write_csv(target / f"census_{name}.csv")
        self.comparison.table.write_csv(target / "comparison.csv")
        self.comparison.contributions.write_csv(target / "comparison_groups.csv")
        for file, table in (self.changed.tables() if self.changed else {}).items():
            table.write_csv(target / file)

    def save_studies(self, folder: str | Path, *, asked: bool = False) -> None:
        """Write the list of studies, with the identifiers of patients.

        Parameters
        ----------
        folder : str or pathlib.Path
            Exists; ``studies.csv`` is written there.
        asked : bool
            Whether somebody asked for it; of a controlled source it is not written otherwise.
        """
        if asked or self.cohort.repository.disclosure != "controlled":
            self.cohort.viewer_links().write_csv(Path(folder) / "studies.csv")

    def _size(self) -> str:
        counts = self.cohort.counts
        numbers = [counted(int(counts[unit]), unit) for unit in ("patients", "studies", "series")]
        chosen = "; ".join(condition.label for condition in self.cohort.conditions) or "everything"
        return f"{numbers[0]}, {numbers[1]} and {numbers[2]} are in the cohort: {chosen}."

    def _lost(self) -> str:
        steps = self.cohort.attrition.table
        chosen = [condition.columns == {"collection_id"} for condition in self.cohort.conditions]
        told = steps.filter(
            pl.Series([False, *(not each for each in chosen)], dtype=pl.Boolean)
        )  # a choice loses nobody
        ranked = (told if told.height else steps).sort("patients_lost", descending=True, maintain_order=True)
        worst = ranked.row(0, named=True)
        if not worst["patients_lost"]:
            return (
                "Nobody was lost: the cohort is all there is." if steps.height == 1 else "No criterion lost a patient."
            )
        before = worst["patients"] + worst["patients_lost"]
        missing = worst["patients_lost_missing"]
        only = f", {missing:,} of them only for a missing value" if missing else ""
        return f"“{worst['step']}” lost most: {worst['patients_lost']:,} of {counted(before, 'patients')}{only}."

    def _farthest(self) -> str:
        far = self.comparison.table.filter(pl.col("missing") == "excluded").drop_nulls("total_variation")
        chosen = {name.partition("_")[0] for condition in self.cohort.conditions for name in condition.columns}
        far = far.filter(~pl.col("attribute").str.extract("^([^_]+)").is_in(chosen))  # the choice made it far
        if far.is_empty():
            return ""
        attribute = far.sort("total_variation", descending=True, maintain_order=True)["attribute"][0]
        return self.comparison.sentences[attribute]


def describe_cohort(catalog: Catalog, cohort: Cohort, *, reference: str, compare_to: str = "") -> CohortProfile:
    """Return a cohort as its report shows it; counts are exact, for its holder.

    Parameters
    ----------
    catalog : Catalog
        The source.
    cohort : Cohort
        Selected from it.
    reference : str
        A reference population by its name, or the path of a CSV of your own.
    compare_to : str
        An earlier release of the source, or the folder of an earlier profile of it; empty for nothing.

    Returns
    -------
    CohortProfile
        With sentences and page one.

    Raises
    ------
    UnknownNameError, ValueError
        As `workbench.presentation.change_since.change_since`.
    """
    comparison = compare(cohort, reference=reference)
    release, everyone = up_to_release(everybody(catalog)), everybody(catalog)
    # No animals, as in the comparison.
    people = dataclasses.replace(cohort, conditions=(*cohort.conditions, *everyone.conditions))
    counts = _counted(people, release, comparison)
    if not compare_to:
        return CohortProfile(cohort, comparison, counts)
    now = counts
    if release.n_waiting and not Path(compare_to).is_dir():  # beside an earlier release stand those who are in one
        came = dataclasses.replace(cohort, conditions=(*cohort.conditions, *release.cohort.conditions))
        n_waiting = int(people.counts["patients"] - came.counts["patients"])
        compared = compare(came, reference=reference)
        now = _counted(came, dataclasses.replace(release, n_waiting=n_waiting), compared)
    return CohortProfile(cohort, comparison, counts, change_since(now, compare_to, people=people, exactly=True))


def _counted(people: Cohort, release: Release, comparison: Comparison) -> ReleaseCensus:
    """The people of a cohort by what they are compared by."""
    names = comparison.table["attribute"].unique(maintain_order=True).to_list()
    return ReleaseCensus(
        release=dataclasses.replace(release, cohort=people),
        reference=comparison.reference,
        censuses={name: people.census(by=[name]) for name in names},
        comparisons=dict.fromkeys(names, comparison),
        trends={},
        missing=None,
        rule=stamp_of(people.repository),
        language="en",
    )
