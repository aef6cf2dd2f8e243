"""Open a source as a catalog: the door to cohorts, data quality and the collections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from workbench.assessment.wording import counted, sized
from workbench.cache import say
from workbench.catalog.cohort import Cohort
from workbench.catalog.criteria.groups import Asked
from workbench.catalog.criteria.sql import run_sql
from workbench.catalog.definition import check_form, check_version, content_hash, read_definition
from workbench.catalog.disclosure import refuse_in_public
from workbench.catalog.entries import read_conditions
from workbench.catalog.membership import MembershipChange, compare_members, members_path, members_sentence
from workbench.catalog.repository import Repository
from workbench.catalog.sources.idc import open_idc
from workbench.errors import brief

#: The collections of the embedded index that hold COVID-19 patients (`program_id` ``covid_19``).
COVID_PROGRAM = "covid_19"


@dataclass(frozen=True)
class Catalog:
    """A repository seen whole: pick cohorts from it, ask what is in it and how clean it is.

    Attributes
    ----------
    repository : Repository
        The tables.
    join_report : object, optional
        How many rows matched, when a table of yours was joined.
    """

    repository: Repository
    join_report: Any = field(default=None, compare=False, repr=False)

    @property
    def everything(self) -> Cohort:
        """The cohort without criteria: every series of the repository."""
        return Cohort(self.repository)

    @property
    def counts(self) -> Any:
        """How many patients, studies, series and instances, and ``size_gb``."""
        return self.everything.counts

    def where(self, /, *groups: Asked, **criteria: Any) -> Cohort:
        """Return the cohort that meets the criteria; see `Cohort.where`.

        Parameters
        ----------
        *groups : Asked
            What ``wb.any_of``, ``wb.all_of`` and ``wb.none_of`` give.
        **criteria : object
            Attribute to scalar, list or 2-tuple; ``missing``, ``level`` and ``match`` as in `Cohort.where`.

        Returns
        -------
        Cohort
            Immutable and chainable.
        """
        return self.everything.where(*groups, **criteria)

    def exclude(self, /, **criteria: Any) -> Cohort:
        """Return everything but what meets the criteria; see `Cohort.exclude`.

        Parameters
        ----------
        **criteria : object
            As in `Cohort.exclude`.

        Returns
        -------
        Cohort
            Immutable and chainable.
        """
        return self.everything.exclude(**criteria)

    def near_test(self, result: str, **window: Any) -> Cohort:
        """Return the studies within a window of days around a test; see `Cohort.near_test`.

        Parameters
        ----------
        result : str
            Such as ``"Positive"``.
        **window : object
            ``days``, ``test``, ``which`` and ``level``.

        Returns
        -------
        Cohort
            Immutable and chainable.
        """
        return self.everything.near_test(result, **window)

    def where_sql(self, query: str) -> Cohort:
        """Return the cohort whose keys a query returns; see `Cohort.where_sql`.

        Parameters
        ----------
        query : str
            SQL over the tables of `sql`.

        Returns
        -------
        Cohort
            Immutable and chainable.
        """
        return self.everything.where_sql(query)

    def sql(self, query: str) -> pl.DataFrame:
        """Return the result of a query over ``patients``, ``studies``, ``series`` and perhaps ``measurements``.

        Parameters
        ----------
        query : str
            One SELECT in Polars' SQL; keys join the tables, such as ``series.study_key = studies.study_key``.

        Returns
        -------
        polars.DataFrame
            Whatever it selects.
        """
        return run_sql(self.repository, query)

    def join(
        self,
        table: pl.DataFrame | str | Path,
        *,
        on: str | Sequence[str],
        columns: Sequence[str] | Mapping[str, str] | None = None,
    ) -> "Catalog":
        """Return the catalog with a table of yours joined to it; one line says how many rows matched.

        Parameters
        ----------
        table : polars.DataFrame or path
            Your clinical data, labels or outcomes.
        on : str or sequence of str
            ``"patient_id"``, ``["collection_id", "patient_id"]``, ``"study_uid"`` or ``"series_uid"``.
        columns : sequence of str or mapping, optional
            Which of its columns, or new names to columns; all by default.

        Returns
        -------
        Catalog
            Its cohorts can be filtered and counted by those columns.

        Raises
        ------
        ValueError
            When rows of the table disagree about a key, or a column exists already.
        """
        from workbench.catalog.join import join_table

        repository, report = join_table(self.repository, table, on=on, columns=columns)
        say(str(report))
        refuse_in_public(repository)
        return Catalog(repository, join_report=report)

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
        known = self.repository.collections
        return sorted(known.filter(pl.col("program_id") == COVID_PROGRAM)["collection_id"])

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
        body = read_definition(Path(path))
        cohort = self._select(body, name=Path(path).name)
        if (saved := body["source"].get("version")) != (build := self.repository.build):
            said = f"The cohort was saved with data version {brief(saved)}; it is now selected from {build}."
            whole = body.get("sha256") == content_hash(body)  # else it was changed by hand, and its members are others
            say(f"{said} {members_sentence(lambda: self._compare(cohort, body, Path(path)))}" if whole else said)
        return cohort

    def cohort_from(self, definition: Mapping[str, Any], *, name: str = "The definition") -> Cohort:
        """Return the cohort that a definition describes, selected from this catalog.

        Parameters
        ----------
        definition : mapping
            What `Cohort.definition` gives.
        name : str
            What to call it in messages.

        Returns
        -------
        Cohort
            Equal to the one it was taken from.

        Raises
        ------
        UnknownNameError, ValueError
            For another source; when it is no definition, or has several problems, which are listed together.
        """
        return self._select(check_form(definition, name=name), name=name)

    def compare_members(self, path: str | Path) -> MembershipChange:
        """Return who a saved cohort has gained and lost, selected from this catalog.

        Parameters
        ----------
        path : str or pathlib.Path
            What `Cohort.save` wrote, the members file beside it.

        Returns
        -------
        MembershipChange
            Prints as a sentence; without a members file only counts are compared, and it says so.
        """
        body = read_definition(Path(path))
        return self._compare(self._select(body, name=Path(path).name), body, Path(path))

    def _select(self, body: dict[str, Any], *, name: str) -> Cohort:
        key = str(body["source"].get("key"))
        if key != self.repository.key:
            from workbench.catalog.sources.recognize import of_another_source

            raise of_another_source(key, opened=self.repository.key)
        check_version(self.repository, body, name=name)
        return Cohort(self.repository, read_conditions(self.repository, body, name=name))

    def _compare(self, cohort: Cohort, body: dict[str, Any], path: Path) -> MembershipChange:
        return compare_members(self.repository, cohort.patients["patient_key"], body, members_path(path))

    def __repr__(self) -> str:
        """Show what the catalog holds."""
        counts, collections = self.counts, counted(self.repository.collections.height, "collections")
        numbers = ", ".join(counted(int(counts[unit]), unit) for unit in ("patients", "studies", "series"))
        held = f"{numbers}, {sized(counts['size_gb'], n_series=int(counts['series']))} in {collections}"
        return f"{self.repository.name} {self.repository.version} ({self.repository.build})\n  {held}"


def open_catalog(
    source: str | Path = "idc", *, columns: Mapping[str, str] | None = None, layout: str | Path | None = None
) -> Catalog:
    """Return a catalog of the source; nothing is asked over a network unless an address is given.

    Parameters
    ----------
    source : str or pathlib.Path
        ``"idc"``: the embedded index of the NCI Imaging Data Commons. ``"synthetic"``: an invented commons with race,
        ethnicity and COVID-19 tests, ``"synthetic:1000000"`` one of any size, ``"synthetic:midrc_2021"`` one whose
        studies stand where MIDRC's stood. ``"s3://bucket/folder"`` (or ``gs://``, ``az://``, ``https://``): DICOM
        files there; ``"dicomweb+https://host/dicom-web"``: a DICOMweb server. Else a path, recognized by its content:
        DICOM files or an index of them, a release, a Gen3 export, a data set whose layout is known, or your table.
    columns : mapping of str to str, optional
        For a table: our name to its column, such as ``{"patient_id": "PatientID", "sex": "Gender"}``.
    layout : str or pathlib.Path, optional
        For a folder: how it must lie, such as ``"nih-chestx-ray14"``; or a layout of your own, as a YAML file.

    Returns
    -------
    Catalog
        Pick cohorts from it with ``where``.

    Raises
    ------
    UnknownNameError, MissingPackageError, PermissionError
        For a source or layout that does not exist; for want of the index package; for a controlled source in public.
    """
    if source == "idc" and layout is None:
        return Catalog(open_idc())
    from workbench.catalog.sources.recognize import open_source

    repository = open_source(source, columns=columns, layout=layout)
    refuse_in_public(repository)
    return Catalog(repository)
