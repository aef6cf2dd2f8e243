"""Which attributes are missing together."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from workbench.assessment.census import Census, Unit, count_census, require_unit
from workbench.assessment.units import attribute_names, require_columns, require_frame
from workbench.assessment.wording import plain_words
from workbench.errors import listed
from workbench.vocabulary.demographics import COVID_STATUS, MISSING

_YES = COVID_STATUS[0]  # how a census spells a flag


@dataclass(frozen=True, eq=False, repr=False)
class Missingness:
    """How many patients lack each combination of attributes.

    Attributes
    ----------
    table : polars.DataFrame
        One row a combination that occurs, the most frequent first: one Boolean column an attribute, true where it is
        missing, n_patients, fraction of all. The row without a true one counts who lacks nothing. Numbers that may not
        be shown are null.
    attributes : tuple of str
        What was looked at.
    unit : {"patients", "studies", "series", "instances"}
        What was counted.
    n_total : int or None
        The denominator; None where it may not be shown.
    stamp : str
        What has to be said about disclosure; empty for an open source.
    """

    table: pl.DataFrame
    attributes: tuple[str, ...]
    unit: Unit
    n_total: int | None
    stamp: str = ""

    @property
    def sentence(self) -> str:
        """One plain sentence: how many lack nothing, what is most often missing, and what most often together."""
        if self.n_total == 0:
            return f"There are no {self.unit} to count."
        count = f"n_{self.unit}"
        shown = self.table.drop_nulls(count)
        complete, lacking = (shown.filter(pl.any_horizontal(self.attributes) == some) for some in (False, True))
        words = [plain_words(name) for name in self.attributes]
        every = "both" if len(words) == 2 else "all"
        known = f"{words[0]} is" if len(words) == 1 else f"{listed(words)} are {every}"
        of = f"{self.n_total:,} {self.unit}" if self.n_total is not None else self.unit
        said = [f"For {int(complete[count].sum()):,} of {of}, {known} recorded"] if complete.height else []
        if shown.height < self.table.height:
            said.append(f"not every combination of {self.unit} may be shown")
        elif lacking.height and len(words) > 1:
            said += self._most_often(lacking)
        sentence = "; ".join(said) or f"{known} recorded for none of {of}"
        return f"{sentence[0].upper()}{sentence[1:]}."

    def _most_often(self, lacking: pl.DataFrame) -> list[str]:
        """Say which attribute most lack, and which several at once, whatever else they lack."""
        count = f"n_{self.unit}"
        n_lacking = {name: int(lacking.filter(name)[count].sum()) for name in self.attributes}
        most = max(n_lacking.values())
        first = [plain_words(name) for name, n in n_lacking.items() if n == most]
        verb, each = ("is", "") if len(first) == 1 else ("are", " each")
        said = [f"{listed(first)} {verb} most often missing, for {most:,}{each}"]
        pairs = {pair: int(lacking.filter(*pair)[count].sum()) for pair in combinations(self.attributes, 2)}
        if n := max(pairs.values()):
            # With a pair go all attributes that everyone lacks who lacks the pair.
            together = dict.fromkeys(
                tuple(name for name in self.attributes if lacking.filter(*pair, name)[count].sum() == n)
                for pair, n_both in pairs.items()
                if n_both == n
            )
            one = next(iter(together))
            others = ", among others," if len(together) > 1 else ""
            said.append(f"most often together{others} are {listed(map(plain_words, one))}, for {n:,}")
        return said

    def __repr__(self) -> str:
        return "\n".join(filter(None, [self.sentence, str(self.table), self.stamp]))

    def _repr_html_(self) -> str:
        stamp = f"<p>{html.escape(self.stamp)}</p>" if self.stamp else ""
        return f"<p>{html.escape(self.sentence)}</p>{self.table._repr_html_()}{stamp}"


def count_missing_together(rows: pl.DataFrame, *, attributes: Sequence[str], unit: Unit = "patients") -> Missingness:
    """Return which attributes are missing together, and for how many.

    Parameters
    ----------
    rows : polars.DataFrame
        One row a patient, or one row of what `unit` names.
    attributes : sequence of str
        Columns of any kind, at least one. A value is missing when it is null, not a number, or says "Unknown",
        "Not Reported" or "Not Applicable".
    unit : {"patients", "studies", "series", "instances"}
        What a row is; names the count column.

    Returns
    -------
    Missingness
        ``.table`` has one row a combination; none for an empty frame.

    Raises
    ------
    UnknownNameError
        When `rows` has no such column.
    ValueError
        When `attributes` is empty.

    Examples
    --------
    >>> patients = pl.DataFrame({"sex": ["Male", "Unknown", "Female"], "age_years": [30.0, None, 41.0]})
    >>> count_missing_together(patients, attributes=["sex", "age_years"]).table.rows()
    [(False, False, 2, 0.6666666666666666), (True, True, 1, 0.3333333333333333)]
    """
    return missing_together(missing_census(rows, attributes=attributes, unit=unit))


def missing_census(rows: pl.DataFrame, *, attributes: Sequence[str], unit: Unit = "patients") -> Census:
    """Return the census of who lacks what: every attribute as a flag, Yes where it is missing.

    In this form the counts can be suppressed like any other.

    Parameters
    ----------
    rows : polars.DataFrame
        As for `count_missing_together`.
    attributes : sequence of str
        Columns of any kind.
    unit : {"patients", "studies", "series", "instances"}
        What a row is.

    Returns
    -------
    Census
        To be read by `missing_together`.
    """
    require_unit(unit, where="a census")
    require_frame(rows, unit=unit)
    names = attribute_names(attributes, argument="attributes")
    if not names:
        raise ValueError(
            "Received attributes=[]. At least one is needed. "
            f"Pass one or more of the columns: {', '.join(rows.columns)}."
        )
    require_columns(rows, names, argument="attributes", unit=unit)
    return count_census(rows.select(_absent(rows, name) for name in names), by=names, unit=unit)


def missing_together(census: Census) -> Missingness:
    """Return the table of `missing_census` as combinations, the most frequent first.

    Parameters
    ----------
    census : Census
        What `missing_census` gives, suppressed or not.

    Returns
    -------
    Missingness
        Combinations that nobody has are left out.
    """
    count = f"n_{census.unit}"
    flags = [(pl.col(name).cast(pl.String) == _YES).alias(name) for name in census.by]
    table = (
        census.table.filter(pl.col(count).is_null() | (pl.col(count) > 0))
        .select(*flags, count, "fraction")
        .sort([count, *census.by], descending=[True, *[False] * len(census.by)], nulls_last=True)
    )
    return Missingness(table, census.by, census.unit, census.n_total, census.stamp)


def _absent(rows: pl.DataFrame, name: str) -> pl.Expr:
    column, dtype = pl.col(name), rows.schema[name]
    if dtype in (pl.Enum, pl.Categorical, pl.String):
        return (column.is_null() | column.cast(pl.String).is_in(MISSING).fill_null(value=False)).alias(name)
    if dtype.is_float():
        return (column.is_null() | column.is_nan().fill_null(value=False)).alias(name)
    return column.is_null().alias(name)
