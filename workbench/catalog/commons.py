"""Open a source as a catalog: the door to cohorts, data quality and the collections."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from workbench.cache import say
from workbench.catalog.cohort import Cohort
from workbench.catalog.criteria import MissingPolicy, read_criterion
from workbench.catalog.definition import read_definition
from workbench.catalog.repository import Repository
from workbench.catalog.sources.idc import open_idc
from workbench.errors import unknown_name

_SOURCES = {"idc": open_idc}

#: The collections of the embedded index that hold COVID-19 patients (`program_id` ``covid_19``).
COVID_PROGRAM = "covid_19"


@dataclass(frozen=True)
class Catalog:
    """A repository seen whole: pick cohorts from it, ask what is in it and how clean it is.

    Attributes
    ----------
    repository : Repository
        The tables.
    """

    repository: Repository

    @property
    def everything(self) -> Cohort:
        """The cohort without criteria: every series of the repository."""
        return Cohort(self.repository)

    @property
    def counts(self) -> Any:
        """How many patients, studies, series and instances, and ``size_gb``."""
        return self.everything.counts

    def where(self, /, *, missing: MissingPolicy = "exclude", **criteria: Any) -> Cohort:
        """Return the cohort that meets the criteria; see `Cohort.where`.

        Parameters
        ----------
        missing : {"exclude", "keep", "only"}
            What becomes of rows whose value is missing.
        **criteria : object
            Column to scalar, list or 2-tuple.

        Returns
        -------
        Cohort
            Immutable and chainable.
        """
        return self.everything.where(missing=missing, **criteria)

    def data_quality(self) -> pl.DataFrame:
        """Return the count of every rule by which the source was cleaned.

        Returns
        -------
        polars.DataFrame
            ``rule``, ``unit``, ``n``, ``n_total``, ``fraction``, ``treatment``.
        """
        return self.repository.data_quality

    def covid_collections(self) -> list[str]:
        """Return the ids of the collections that the source files under its COVID-19 program.

        Returns
        -------
        list of str
            Sorted; empty when the source has none.
        """
        collections = self.repository.collections
        return sorted(collections.filter(pl.col("program_id") == COVID_PROGRAM)["collection_id"])

    def read_cohort(self, path: str | Path) -> Cohort:
        """Return the cohort that a definition file describes, selected from this catalog.

        Parameters
        ----------
        path : str or pathlib.Path
            What `Cohort.save` wrote.

        Returns
        -------
        Cohort
            Equal to the saved one when the data version is the same; one line is said when it is not.
        """
        source, version, criteria = read_definition(Path(path))
        if source != self.repository.key:
            raise unknown_name(
                "source",
                source,
                [self.repository.key],
                where="this catalog",
                then=f"Open it: open_catalog({source!r}).",
            )
        if version != self.repository.build:
            say(f"The cohort was saved with data version {version}; it is now selected from {self.repository.build}.")
        return Cohort(
            self.repository,
            tuple(
                read_criterion(self.repository, column, value, missing=missing)  # type: ignore[arg-type]  # checked there
                for column, value, missing in criteria
            ),
        )

    def __repr__(self) -> str:
        """Show what the catalog holds."""
        counts = self.counts
        return (
            f"{self.repository.name} {self.repository.version} ({self.repository.build})\n"
            f"  {counts['patients']:,} patients, {counts['studies']:,} studies, {counts['series']:,} series, "
            f"{counts['size_gb'] / 1000:,.1f} TB in {self.repository.collections.height} collections"
        )


def open_catalog(source: str = "idc") -> Catalog:
    """Return a catalog of the source, offline.

    Parameters
    ----------
    source : str
        ``"idc"``: the embedded index of the NCI Imaging Data Commons.

    Returns
    -------
    Catalog
        Pick cohorts from it with ``where``.

    Raises
    ------
    UnknownNameError
        For a source that does not exist.
    MissingPackageError
        When the package that carries the index is not installed.
    """
    if source not in _SOURCES:
        raise unknown_name("source", source, _SOURCES, where="the workbench", then="Use open_catalog('idc').")
    return Catalog(_SOURCES[source]())
