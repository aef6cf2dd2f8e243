"""Count patients by any attributes, with denominators, intervals and everyone who is missing."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

from workbench.assessment.intervals import wilson_interval
from workbench.errors import unknown_name
from workbench.vocabulary.demographics import COVID_STATUS, MISSING

_UNKNOWN, _NOT_REPORTED, _NOT_APPLICABLE = MISSING
_FLAG = COVID_STATUS[:2]  # Yes, No

Unit = Literal["patients", "studies", "series", "instances"]


@dataclass(frozen=True, eq=False, repr=False)
class Census:
    """Counts by one or several attributes, with their denominator.

    Attributes
    ----------
    table : polars.DataFrame
        One row a cell: the attributes as Enums, n_patients, n_total, fraction, fraction_low, fraction_high.
        With another unit the count is called after it, such as n_studies.
    missing : polars.DataFrame
        One row an attribute and reason: attribute, reason, n_patients.
    by : tuple of str
        The attributes.
    unit : str
        What was counted.
    n_total : int
        The denominator: every row of the frame, missing or not.
    """

    table: pl.DataFrame
    missing: pl.DataFrame
    by: tuple[str, ...]
    unit: Unit
    n_total: int

    @property
    def sentence(self) -> str:
        """One plain sentence: for how many the attributes are recorded, and which group is largest."""
        if self.n_total == 0:
            return f"There are no {self.unit} to count."
        words = [attribute.removesuffix("_id").replace("_", " ") for attribute in self.by]
        subject = " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
        subject = subject[0].upper() + subject[1:]
        verb = "is recorded" if len(words) == 1 else "are recorded together"
        count = f"n_{self.unit}"
        known = self.table.filter(~pl.any_horizontal(pl.col(self.by).cast(pl.String).is_in(MISSING)))
        n_known = int(known[count].sum())
        if n_known == 0:
            return f"{subject} {verb} for none of {self.n_total:,} {self.unit}."
        largest = known.row(int(known[count].arg_max() or 0), named=True)
        cell = ", ".join(largest[attribute] for attribute in self.by)
        return (
            f"{subject} {verb} for {n_known:,} of {self.n_total:,} {self.unit} ({n_known / self.n_total:.1%}); "
            f"of those {largest[count] / n_known:.1%} are {cell}."
        ).replace("%", " %")

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.table}"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.sentence)}</p>{self.table._repr_html_()}"


def count_census(patients: pl.DataFrame, *, by: Sequence[str], unit: Unit = "patients") -> Census:
    """Return how many patients fall in each category, or in each combination of categories.

    With one attribute every category of its vocabulary is a row, at zero too: an absent
    group is a finding. With several, only combinations that occur are rows. Missing
    categories come last and stay in the denominator. A null is counted under
    the reason in ``<attribute>_missing`` where the frame has such a column, else as "Not Reported".

    Parameters
    ----------
    patients : polars.DataFrame
        One row a patient, or one row of what `unit` names.
    by : sequence of str
        Columns of categories, at least one. Enums keep their order, numbers ascend, other texts go by size.
    unit : {"patients", "studies", "series", "instances"}
        What a row is; names the count column.

    Returns
    -------
    Census
        ``.table`` with the attributes, n_patients, n_total, fraction, fraction_low and fraction_high (95 % Wilson);
        without rows where `patients` has none.

    Raises
    ------
    UnknownNameError
        When `patients` has no such column, or `unit` is not one of the four.
    ValueError
        When `by` is empty or names a column of decimal numbers.

    Examples
    --------
    >>> patients = pl.DataFrame({"sex": ["Male", "Male", "Female", "Not Reported"]})
    >>> census = count_census(patients, by=["sex"])
    >>> census.sentence
    'Sex is recorded for 3 of 4 patients (75.0 %); of those 66.7 % are Male.'
    >>> census.table.row(0, named=True)["fraction"]
    0.5
    """
    attributes = tuple(dict.fromkeys([by] if isinstance(by, str) else by))
    _check(patients, attributes, unit)
    count = f"n_{unit}"
    named = patients.select(categorized(patients, attribute) for attribute in attributes)
    cells = named.group_by(attributes).len(count)
    vocabulary = named.dtypes[0]
    if len(attributes) == 1 and named.height and isinstance(vocabulary, pl.Enum):
        every = pl.DataFrame({attributes[0]: vocabulary.categories}, schema=named.schema)
        cells = every.join(cells, on=attributes[0], how="left").with_columns(pl.col(count).fill_null(0))
    low, high = wilson_interval(pl.col(count), pl.col("n_total"))
    table = (
        cells.sort(attributes)
        .with_columns(pl.col(count).cast(pl.Int64), pl.lit(named.height, pl.Int64).alias("n_total"))
        .with_columns(fraction=pl.col(count) / pl.col("n_total"), fraction_low=low, fraction_high=high)
    )
    return Census(table, _missing(named, count), attributes, unit, named.height)


def categorized(patients: pl.DataFrame, attribute: str) -> pl.Series:
    """Return an attribute as categories in display order, nulls named by their reason, what is missing last.

    Parameters
    ----------
    patients : polars.DataFrame
        Has the column, and may have one with the reasons of its nulls, as `why_missing` says.
    attribute : str
        Enums keep their order, numbers ascend, flags become Yes and No, other texts go by size.

    Returns
    -------
    polars.Series
        An Enum without nulls; a null without a reason is "Not Reported".

    Examples
    --------
    >>> categorized(pl.DataFrame({"site": ["B", None, "B", "A"]}), "site").dtype.categories.to_list()
    ['B', 'A', 'Not Reported']
    """
    column = patients[attribute]
    text = pl.col(attribute).cast(pl.String)
    order: list[str] = []
    if isinstance(column.dtype, pl.Enum):
        order = column.dtype.categories.to_list()
    elif column.dtype.is_numeric():
        order = column.drop_nulls().unique().sort().cast(pl.String).to_list()
    elif column.dtype == pl.Boolean:
        order = list(_FLAG)
        text = pl.when(attribute).then(pl.lit(_FLAG[0])).when(~pl.col(attribute)).then(pl.lit(_FLAG[1]))
    named = patients.select(text.fill_null(why_missing(patients, attribute)).alias(attribute)).to_series()
    by_size = named.value_counts().sort(["count", attribute], descending=[True, False])[attribute].to_list()
    categories = dict.fromkeys([*order, *by_size])
    known = [category for category in categories if category not in MISSING]
    return named.cast(pl.Enum([*known, *(reason for reason in MISSING if reason in categories)]))


def why_missing(patients: pl.DataFrame, attribute: str) -> pl.Expr:
    """Return why each row lacks an attribute, were it null.

    Parameters
    ----------
    patients : polars.DataFrame
        May have ``<attribute>_missing``, or the same without the attribute's last words: ``age_missing`` holds the
        reasons of ``age_years`` and of ``age_at_study_years``.
    attribute : str
        A column name.

    Returns
    -------
    polars.Expr
        String, one of `MISSING`; "Not Reported" where no reason is given.

    Examples
    --------
    >>> patients = pl.DataFrame({"age_years": [None, None], "age_missing": ["Unknown", None]})
    >>> patients.select(why_missing(patients, "age_years")).to_series().to_list()
    ['Unknown', 'Not Reported']
    """
    words = attribute.split("_")
    names = ["_".join([*words[:n], "missing"]) for n in range(len(words), 0, -1)]
    given = [pl.col(name).cast(pl.String) for name in names if name in patients.columns][:1]
    return pl.coalesce(*given, pl.lit(_NOT_REPORTED))


def _check(patients: pl.DataFrame, attributes: tuple[str, ...], unit: str) -> None:
    if unit not in get_args(Unit):
        raise unknown_name("unit", unit, get_args(Unit), where="a census", then="Say what one row of the frame is.")
    if not attributes:
        raise ValueError(
            "Received by=[]. A census needs at least one attribute. "
            f"Pass one or more of the columns: {', '.join(patients.columns)}."
        )
    for attribute in attributes:
        if attribute not in patients.columns:
            raise unknown_name("column", attribute, patients.columns, where=unit, then="Pass one of these in by=.")
        if patients.schema[attribute].is_float():
            raise ValueError(
                f"Received by={attribute!r}, a column of decimal numbers. A census counts categories. "
                "Band it first, for ages with workbench.vocabulary.demographics.age_group."
            )


def _missing(named: pl.DataFrame, count: str) -> pl.DataFrame:
    reasons = [
        {"attribute": attribute, "reason": reason, count: int((named[attribute] == reason).sum())}
        for attribute in named.columns
        for reason in MISSING
    ]
    return pl.DataFrame(reasons, schema={"attribute": pl.String, "reason": pl.String, count: pl.Int64})
