"""Reproduce the distances of MIDRC-REACT as it computes them, to check published figures; not for new ones.

MIDRC-REACT (github.com/MIDRC/MIDRC-REACT, commit b70ab4a00cc2e72ddfb3410e49b2278308f5a310) counts only the categories
of the first source, so that the order of the two matters, and keeps "Not Reported" as a category, so that a distance
is often mostly what is missing. `workbench.assessment.representativeness.compare_to_reference` does neither.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.assessment.distances import Vector
from workbench.assessment.references_files import read_shipped, shipped_sources
from workbench.assessment.resampling import distances_of
from workbench.errors import brief, unknown_name
from workbench.vocabulary.demographics import MISSING

#: The populations that MIDRC-REACT ships.
REACT_SOURCES = ("midrc_open", "midrc_open_covid_positive", "cdc_covid", "us_census")

_NOT_REPORTED = MISSING[1]
_AGES = ("0–17", "18–49", "50–64", "65+")
_STARTS = (18.0, 50.0, 65.0)  # of all bands but the first
_Dates = npt.NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class _Counted:
    """One attribute of a source: a row of numbers a date; without dates one row that always holds."""

    dates: _Dates
    categories: tuple[str, ...]
    numbers: Vector

    def at(self, dates: _Dates, categories: Sequence[str]) -> Vector:
        """The last row that is not after each date, in the categories asked for; 0 where the source lacks one."""
        rows = np.searchsorted(self.dates, dates, side="right") - 1 if len(self.dates) else np.zeros(len(dates), int)
        columns = {category: self.numbers[:, i] for i, category in enumerate(self.categories)}
        nobody = np.zeros(len(self.numbers))
        return np.stack([columns.get(category, nobody) for category in categories], axis=1)[rows]


def react_distances(
    first: str,
    second: str,
    *,
    attributes: str | Sequence[str] | None = None,
    dates: Sequence[datetime.date | str] | None = None,
) -> pl.DataFrame:
    """Return the Jensen-Shannon distances that MIDRC-REACT shows between two of its populations over time.

    The categories are those of `first`; what only `second` has is dropped, so the two orders differ. "Not Reported" is
    a category. Ages are summed to 0–17, 18–49, 50–64 and 65+. At each date the last row that is not after it holds;
    a population without dates holds always. MIDRC-REACT itself answers a date before the first row with the last row
    of the table; here that is an error.

    Parameters
    ----------
    first, second : str
        Of `REACT_SOURCES`.
    attributes : str or sequence of str, optional
        By default all that both have, in the order of `first`.
    dates : sequence of datetime.date or str, optional
        Days, or texts such as ``"2024-03-04"``; by default every date of either from the day on which both have begun.

    Returns
    -------
    polars.DataFrame
        ``date``, ``attribute``, ``jsd``: one row a date and attribute, by attribute and date. Without rows where
        neither population has dates and none are given.

    Raises
    ------
    UnknownNameError
        When a population is not one of the four, or one of them lacks an attribute.
    ValueError
        When no attribute is asked for, a date is none, or it lies before the first row of a population.

    References
    ----------
    Whitney HM et al. Longitudinal assessment of demographic representativeness in the Medical Imaging and Data
    Resource Center open data commons. J Med Imaging 2023; 10: 061105. doi:10.1117/1.JMI.10.6.061105

    Examples
    --------
    >>> told = react_distances("midrc_open", "us_census", attributes=["race"])
    >>> told.tail(1).select("date", pl.col("jsd").round(6)).row(0)
    (datetime.date(2024, 3, 4), 0.337258)
    """
    sides = [_counted(name) for name in (first, second)]
    common = [name for name in sides[0] if name in sides[1]]
    names = common if attributes is None else [attributes] if isinstance(attributes, str) else list(attributes)
    if not names:
        raise ValueError(
            f"Received attributes={attributes!r}. At least one would be right. Pass some of: {', '.join(common)}."
        )
    parts = []
    for attribute in names:
        for name, side in zip((first, second), sides, strict=True):
            if attribute not in side:
                raise unknown_name("attribute", attribute, side, where=repr(name), then="Pass one that both have.")
        one, other = (side[attribute] for side in sides)
        days = _timeline(one, other) if dates is None else _checked(dates, one, other)
        distances, _ = distances_of(one.at(days, one.categories), other.at(days, one.categories))
        parts.append(pl.DataFrame({"date": days, "attribute": [attribute] * len(days), "jsd": distances}))
    return pl.concat(parts).with_columns(pl.col("date").cast(pl.Date), pl.col("jsd").fill_nan(None))


def _timeline(one: _Counted, other: _Counted) -> _Dates:
    dates = np.union1d(one.dates, other.dates)
    begun = [side.dates[0] for side in (one, other) if len(side.dates)]
    return dates[dates >= max(begun)] if begun else dates


def _checked(dates: Sequence[datetime.date | str], one: _Counted, other: _Counted) -> _Dates:
    days = np.array([_day(date) for date in dates], dtype="datetime64[D]")
    begun = max((side.dates[0] for side in (one, other) if len(side.dates)), default=None)
    if begun is not None and (early := days[days < begun]).size:
        raise ValueError(
            f"Received the date {early[0]}. Both populations have numbers from {begun} on; before it there is nothing "
            f"to compare. Pass {begun} or later."
        )
    return days


def _day(date: datetime.date | str) -> datetime.date:
    try:
        return date if isinstance(date, datetime.date) else datetime.date.fromisoformat(date)
    except (TypeError, ValueError):
        raise ValueError(
            f"Received the date {brief(repr(date))}. A datetime.date, or a text such as '2024-03-04', would be right. "
            "Pass days written so."
        ) from None


@cache
def _counted(name: str) -> Mapping[str, _Counted]:
    if name not in REACT_SOURCES:
        then = "Pass one of these."
        raise unknown_name("population", name, REACT_SOURCES, where="MIDRC-REACT's sources", then=then)
    rows = read_shipped(name, shipped_sources()[name]).rows
    assert rows is not None  # all four publish attribute by attribute
    rows = rows.with_columns(number=pl.coalesce("n", "percent"), category=_age_summed())
    attributes = rows["attribute"].unique(maintain_order=True)
    return MappingProxyType({attribute: _table(rows.filter(attribute=attribute)) for attribute in attributes})


def _age_summed() -> pl.Expr:
    start = pl.col("category").str.extract(r"^(\d+)").cast(pl.Float64)
    band = pl.lit(_AGES[0])
    for edge, label in zip(_STARTS, _AGES[1:], strict=True):
        band = pl.when(start >= edge).then(pl.lit(label)).otherwise(band)
    return pl.when((pl.col("attribute") == "age_group") & start.is_not_null()).then(band).otherwise("category")


def _table(rows: pl.DataFrame) -> _Counted:
    sums = rows.group_by("period", "category", maintain_order=True).agg(pl.col("number").sum())
    wide = sums.pivot("category", index="period", values="number").sort("period")
    if _NOT_REPORTED not in wide.columns:  # MIDRC-REACT appends it to every attribute
        wide = wide.with_columns(pl.lit(0.0).alias(_NOT_REPORTED))
    numbers = wide.drop("period").to_numpy()
    dates = wide["period"].drop_nulls().to_numpy().astype("datetime64[D]")
    return _Counted(dates, tuple(wide.columns[1:]), np.ascontiguousarray(numbers, dtype=np.float64))
