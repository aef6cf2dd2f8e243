"""Who is in a cohort: its patients, and their census, trend, missing attributes and Table 1."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

import polars as pl

from workbench.assessment.census import Census, Unit
from workbench.assessment.missingness import Missingness, missing_census, missing_together
from workbench.assessment.periods import Step
from workbench.assessment.table_one import TableOne, count_table_one
from workbench.assessment.trend import Trend, count_trend
from workbench.catalog.counted import PUBLISHED, count_exactly, read_counted
from workbench.catalog.criteria.attributes import attributes
from workbench.catalog.delivery import Delivery
from workbench.catalog.disclosure import stamp_of
from workbench.catalog.people import read_patients
from workbench.errors import UnknownNameError, unknown_name

TrendUnit = Literal["patients", "studies", "series"]

_DESCRIBED = ("sex", "age_years", "race", "ethnicity", "covid19_positive")


class Described(Delivery):
    """A selection whose patients, studies, series and images can be counted."""

    @property
    def patients(self) -> pl.DataFrame:
        """One row a patient: keys, collection, species, sex, age at the cohort's studies with bands, and the rest."""
        return read_patients(self.repository, self.mask)

    def census(self, *, by: Sequence[str], unit: Unit = "patients") -> Census:
        """Return how many patients each group has, with what is not known.

        Parameters
        ----------
        by : sequence of str
            Columns of `patients`, such as ``["sex", "age_group"]``, and any attribute that can be filtered, such as
            ``modality``. A patient with CT and X-ray counts once in each.
        unit : {"patients", "studies", "series", "instances"}
            What is counted. Patients have the age of `patients`, the others that at the study.

        Returns
        -------
        Census
            Of a controlled source it says that its counts are exact; on a public page they are suppressed.

        Raises
        ------
        UnknownNameError
            For an attribute or unit that does not exist.
        ValueError
            When a number is to be counted, or on a public page what cannot be proven safe there.
        """
        return count_exactly(self.repository, self.mask, by=by, unit=unit)

    def trend(self, *, by: str, over: str, unit: TrendUnit = "patients", every: Step | None = None) -> Trend:
        """Return how many patients of each group were new in each period, and how many there were by then.

        Parameters
        ----------
        by : str
            A column of `patients`, or any attribute that can be filtered.
        over : str
            What orders the periods: ``first_version`` or ``published`` of IDC, ``batch``, a year, any ordered column.
        unit : {"patients", "studies", "series"}
            What is counted; each belongs to its first period.
        every : {"month", "quarter", "year"}, optional
            Gathers dates.

        Returns
        -------
        Trend
            ``.at(period)`` is the census of a period.

        Raises
        ------
        UnknownNameError
            For an attribute, unit or step that does not exist.
        ValueError
            When the periods have no order, or decimal numbers are to be counted.
        """
        if unit not in get_args(TrendUnit):
            then = "Take a census of instances instead."
            raise unknown_name("unit", unit, get_args(TrendUnit), where="a trend", then=then)
        columns = self.patients.columns
        if over in get_args(Step) and over not in {*columns, *attributes(self.repository)}:
            dates = "batch" if "batch" in columns else PUBLISHED
            raise UnknownNameError(
                f"No column {over!r} to order the periods by. A column of dates, gathered by every=, would be right. "
                f"Pass over={dates!r}, every={over!r}."
            )
        counted = read_counted(self.repository, self.mask, [by, over], unit)
        trend = count_trend(counted.rows, by=by, over=over, unit=unit, key=counted.key, every=every)
        return replace(trend, stamp=stamp_of(self.repository))

    def missing_together(self, *, attributes: Sequence[str] | None = None) -> Missingness:
        """Return which attributes are missing together, and for how many patients.

        Parameters
        ----------
        attributes : sequence of str, optional
            Columns of `patients`; by default sex, age, race, ethnicity and COVID-19 status where there are.

        Returns
        -------
        Missingness
            One row a combination.
        """
        patients = self.patients.drop("patient_key", "person_key")
        names = [name for name in _DESCRIBED if name in patients.columns] if attributes is None else attributes
        census = missing_census(patients, attributes=names)
        return missing_together(replace(census, stamp=stamp_of(self.repository)))

    def table_one(
        self,
        *,
        by: str | None = None,
        attributes: Sequence[str] | None = None,
        tests: bool = False,
        groups: Sequence[str] | None = None,
        normal: Sequence[str] = (),
    ) -> TableOne:
        """Return Table 1: patients overall and by group, with standardized differences.

        Parameters
        ----------
        by : str, optional
            A column of `patients` that makes the groups.
        attributes : sequence of str, optional
            Columns of `patients` to describe; by default sex, age, race, ethnicity and COVID-19 status where there are.
        tests : bool
            Whether to add p-values, the tests named.
        groups : sequence of str, optional
            The groups to show, in order; all that occur by default.
        normal : sequence of str
            Numbers to show as mean and standard deviation.

        Returns
        -------
        TableOne
            ``wb.charts.table_one`` sets it for print; ``to_csv`` writes it.
        """
        patients = self.patients
        if attributes is None:
            attributes = [name for name in _DESCRIBED if name in patients.columns and name != by]
        counted = count_table_one(patients, by=by, attributes=attributes, tests=tests, groups=groups, normal=normal)
        return replace(counted, stamp=stamp_of(self.repository))
