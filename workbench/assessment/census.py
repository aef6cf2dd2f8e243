"""Count patients by any attributes, with denominators, intervals and everyone who is missing."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

from workbench.assessment.cells import count_cells
from workbench.assessment.intervals import wilson_interval
from workbench.assessment.standouts import find_standouts
from workbench.assessment.units import attribute_names, require_categories, require_frame
from workbench.assessment.wording import counted, percentage, plain_words, some_of
from workbench.errors import listed, unknown_name
from workbench.vocabulary.demographics import MISSING, definitions_of

Unit = Literal["patients", "studies", "series", "instances"]


@dataclass(frozen=True, eq=False, repr=False)
class Census:
    """Counts by one or several attributes, with their denominator.

    Attributes
    ----------
    table : polars.DataFrame
        One row a cell: the attributes as Enums, n_patients, n_total, fraction, fraction_low, fraction_high (95 %
        Wilson). With another unit the count is called after it, such as n_studies. Numbers that may not be shown are
        null.
    missing : polars.DataFrame
        One row an attribute and reason: attribute, reason, n_patients.
    by : tuple of str
        The attributes.
    unit : {"patients", "studies", "series", "instances"}
        What was counted.
    n_total : int or None
        The denominator: everyone, missing or not; None where it may not be shown.
    overlapping : bool
        Whether one patient may count in several cells, as one with CT and X-ray does; cells then add up to more than
        the denominator.
    stamp : str
        What has to be said about disclosure wherever the census is shown; empty for an open source.
    """

    table: pl.DataFrame
    missing: pl.DataFrame
    by: tuple[str, ...]
    unit: Unit
    n_total: int | None
    overlapping: bool = False
    stamp: str = ""

    @property
    def definitions(self) -> tuple[str, ...]:
        """What the categories mean that do not explain themselves, such as "Multiple or Other"."""
        return tuple(
            text
            for attribute in self.by
            for text in definitions_of(attribute, self.table[attribute].unique().cast(pl.String))
        )

    @property
    def standouts(self) -> tuple[str, ...]:
        """Up to three plain sentences of what stands out, by the rules of `find_standouts`."""
        return find_standouts(self.table, self.missing, by=self.by, unit=self.unit)

    @property
    def sentence(self) -> str:
        """One plain sentence: for how many the attributes are recorded, and which group is largest."""
        if self.n_total == 0:
            return f"There are no {self.unit} to count."
        subject = listed(plain_words(attribute) for attribute in self.by)
        subject = subject[0].upper() + subject[1:]
        count = f"n_{self.unit}"
        known = self.table.filter(~pl.any_horizontal(pl.col(self.by).cast(pl.String).is_in(MISSING)))
        if self.n_total is None or self.table[count].null_count():
            return self._sentence_of_shown(subject, known)
        n_known = int(known[count].sum())
        verb = "is recorded" if len(self.by) == 1 else "are recorded together"
        if n_known == 0:
            return f"{subject} {verb} for none of {counted(self.n_total, self.unit)}."
        n_largest, cells, several = self._largest(known)
        if self.overlapping:
            return (
                f"By {listed(plain_words(attribute) for attribute in self.by)}, "
                f"{percentage(n_largest / self.n_total)} of {counted(self.n_total, self.unit)} are in "
                f"{'each of the largest groups' if several else 'the largest group'}, {cells}; each counts in every "
                "group it belongs to."
            )
        return (
            f"{subject} {verb} for {n_known:,} of {counted(self.n_total, self.unit)} "
            f"({percentage(n_known / self.n_total)}); "
            f"of those {percentage(n_largest / n_known)} {'each ' * several}are {cells}."
        )

    def _sentence_of_shown(self, subject: str, known: pl.DataFrame) -> str:
        """Say only what is shown; sums over what is hidden would be wrong or give it away."""
        of = f" of {counted(self.n_total, self.unit)}" if self.n_total is not None else f" of {self.unit}"
        count = f"n_{self.unit}"
        shown = known.filter(pl.col(count) > 0)
        if shown.is_empty():
            return f"{subject}{of}: no group can be shown."
        n_largest, cells, several = self._largest(shown)
        group = "groups shown are" if several else "group shown is"
        return f"{subject}{of}: the largest {group} {cells}, with {n_largest:,}{' each' * several}."

    def _largest(self, known: pl.DataFrame) -> tuple[int, str, bool]:
        """Return the size of the largest group, the name of all groups of that size, and whether they are several."""
        n_largest: int = known[f"n_{self.unit}"].sort()[-1]
        cells = known.filter(pl.col(f"n_{self.unit}") == n_largest).select(self.by).rows()
        return n_largest, some_of([", ".join(cell) for cell in cells]), len(cells) > 1

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to stand beside the numbers: how they add up, the interval, definitions, disclosure."""
        several = f"Counts are of distinct {self.unit}, who may be in several groups: they add up to more than all."
        of_patients = "" if self.unit == "patients" else f", as if the {self.unit} of one patient were independent"
        interval = f"Intervals: 95 % Wilson{of_patients}."
        return tuple(filter(None, (several if self.overlapping else "", interval, *self.definitions, self.stamp)))

    def __repr__(self) -> str:
        return "\n".join([self.sentence, str(self.table), *self.standouts, *self.notes])

    def _repr_html_(self) -> str:
        below = "".join(f"<p>{html.escape(text)}</p>" for text in (*self.standouts, *self.notes))
        return f"<p>{html.escape(self.sentence)}</p>{self.table._repr_html_()}{below}"


def count_census(
    rows: pl.DataFrame, *, by: Sequence[str], unit: Unit = "patients", key: str | None = None, weight: str | None = None
) -> Census:
    """Return how many patients fall in each category, or in each combination of categories.

    With one attribute every category of its vocabulary is a row, at zero too: an absent
    group is a finding. With several, only combinations that occur are rows. Missing
    categories come last and stay in the denominator. A null is counted under
    the reason in ``<attribute>_missing`` where the frame has such a column, else as "Not Reported".

    Parameters
    ----------
    rows : polars.DataFrame
        One row a patient, or one row of what `unit` names; with `key` any number of rows each.
    by : sequence of str
        Columns of categories, at least one. Enums keep their order, numbers and dates ascend, other texts go by the
        units counted, the most first.
    unit : {"patients", "studies", "series", "instances"}
        What is counted; names the count column.
    key : str, optional
        The column that tells one patient (or study …) from another: each counts once in every cell it has a row in,
        so a patient with CT and X-ray counts in both, and the denominator is the number of distinct patients.
    weight : str, optional
        A column of how many units a row stands for, such as ``"n_instances"`` of series; not together with `key`.

    Returns
    -------
    Census
        ``.table`` with the attributes, n_patients, n_total, fraction, fraction_low and fraction_high (95 % Wilson);
        without rows where `rows` has none.

    Raises
    ------
    UnknownNameError
        When `rows` has no such column, or `unit` is not one of the four.
    TypeError
        When `rows` is no frame, or `by` no names.
    ValueError
        When `by` is empty or names a column of decimal numbers or of lists, or one called as a column of the result;
        when a row has no key or weight.

    Examples
    --------
    >>> patients = pl.DataFrame({"sex": ["Male", "Male", "Female", "Not Reported"]})
    >>> census = count_census(patients, by=["sex"])
    >>> census.sentence
    'Sex is recorded for 3 of 4 patients (75.0 %); of those 66.7 % are Male.'
    >>> census.table.row(0, named=True)["fraction"]
    0.5

    A patient with images of two kinds counts in both groups:

    >>> series = pl.DataFrame({"patient": [1, 1, 2], "modality": ["CT", "DX", "CT"]})
    >>> count_census(series, by=["modality"], key="patient").table.select("modality", "n_patients", "n_total").rows()
    [('CT', 2, 2), ('DX', 1, 2)]
    """
    require_unit(unit, where="a census")
    require_frame(rows, unit=unit)
    attributes = attribute_names(by, argument="by")
    _check(rows, attributes, unit)
    count = f"n_{unit}"
    counted = count_cells(rows, attributes, unit=unit, key=key, weight=weight)
    cells = counted.table
    vocabulary = cells.schema[attributes[0]]
    if len(attributes) == 1 and cells.height and isinstance(vocabulary, pl.Enum):
        every = pl.DataFrame({attributes[0]: vocabulary.categories}, schema={attributes[0]: vocabulary})
        cells = every.join(cells, on=attributes[0], how="left", maintain_order="left").fill_null(0)
    return Census(
        shares(cells, count, counted.n_total),
        counted.missing.rename({"n_units": count}),
        attributes,
        unit,
        counted.n_total,
        overlapping=int(cells["n_units"].sum()) > counted.n_total,
    )


def shares(cells: pl.DataFrame, count: str, n_total: int) -> pl.DataFrame:
    """Return cells with their denominator, share and 95 % Wilson interval.

    Parameters
    ----------
    cells : polars.DataFrame
        Attributes and ``n_units``.
    count : str
        What to call the number, such as ``n_patients``.
    n_total : int
        The denominator.

    Returns
    -------
    polars.DataFrame
        The table of a `Census`.
    """
    low, high = wilson_interval(pl.col(count), pl.col("n_total"))
    return (
        cells.rename({"n_units": count})
        .with_columns(pl.lit(n_total, pl.Int64).alias("n_total"))
        .with_columns(fraction=pl.col(count) / pl.col("n_total"), fraction_low=low, fraction_high=high)
    )


def require_unit(unit: str, *, where: str) -> None:
    """Raise unless what is to be counted is one of the four.

    Parameters
    ----------
    unit : str
        What was received.
    where : str
        Where it was asked for, such as ``"a census"``.

    Raises
    ------
    UnknownNameError
        For anything else.
    """
    if unit not in get_args(Unit):
        raise unknown_name("unit", unit, get_args(Unit), where=where, then="Say what one row of the frame is.")


def _check(rows: pl.DataFrame, attributes: tuple[str, ...], unit: str) -> None:
    own = {"n_units", f"n_{unit}", "n_total", "fraction", "fraction_low", "fraction_high"}
    if not attributes:
        raise ValueError(
            "Received by=[]. A census needs at least one attribute. "
            f"Pass one or more of the columns: {', '.join(rows.columns)}."
        )
    require_categories(rows, attributes, argument="by", unit=unit, own=own)
