"""Table 1: who is in each group, with everyone who is missing and how far apart the groups are."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import get_args

import polars as pl

from workbench.assessment.attribute_counts import OVERALL, TABLE, Groups, count_category, summarize_number
from workbench.assessment.census import Unit
from workbench.assessment.table_one_text import display_table, notes
from workbench.assessment.wording import percentage, plain_words
from workbench.errors import unknown_name
from workbench.markup import html_table

_SMD = {"attribute": pl.String, "smd": pl.Float64, "first": pl.String, "second": pl.String}
_SMD |= {"n_missing": pl.Int64, "p": pl.Float64, "test": pl.String}


@dataclass(frozen=True, eq=False, repr=False)
class TableOne:
    """Characteristics by group, counted once and shown as text, HTML or CSV.

    Attributes
    ----------
    table : polars.DataFrame
        One row an attribute, level and group: attribute, level (null for the values of a number), kind ("number",
        "category" or "missing"), group, n, n_total, fraction, mean, sd, median, q1, q3, smd. In the row of a number,
        n is how many values are known.
    smd : polars.DataFrame
        One row an attribute: attribute, smd, first and second (the pair of groups that lies furthest apart),
        n_missing, and p and test, null where no test was asked for or none applies.
    by : str or None
        The grouping attribute.
    groups : tuple of str
        The columns, "Overall" first.
    unit : str
        What a row of the counted frame was.
    normal : tuple of str
        The numbers shown as mean and standard deviation.
    stamp : str
        What the source of the counts demands to stand under them; the last of the notes.
    """

    table: pl.DataFrame
    smd: pl.DataFrame
    by: str | None
    groups: tuple[str, ...]
    unit: Unit
    normal: tuple[str, ...]
    stamp: str = ""

    @cached_property
    def display(self) -> pl.DataFrame:
        """One row a level, as strings: attribute, level, one column a group, and the SMD where there are groups."""
        return display_table(self.table, self.smd, groups=self.groups, normal=self.normal)

    @property
    def notes(self) -> list[str]:
        """What a reader has to know next to the numbers: denominators, quartiles, how differences were measured."""
        told = notes(self.table, self.smd, groups=self.groups, normal=self.normal, unit=self.unit)
        return [*told, *filter(None, [self.stamp])]

    @property
    def sentence(self) -> str:
        """One plain sentence: how many, in how many groups, which attribute differs most and which lacks most."""
        totals = self.table.filter(pl.col("group") == OVERALL)
        n_total = int(totals["n_total"][0])
        if n_total == 0:
            return f"There are no {self.unit} to count."
        n_groups = len(self.groups) - 1
        grouped = f" in {n_groups} group{'s' * (n_groups != 1)} by {plain_words(self.by)}" if self.by else ""
        parts = [f"{n_total:,} {self.unit}{grouped}"]
        apart = self.smd.drop_nulls("smd").sort("smd", descending=True, maintain_order=True)
        if apart.height:
            name, smd, first, second = apart.select("attribute", "smd", "first", "second").row(0)
            amount = f"{smd:.2f}" if math.isfinite(smd) else "without bound"
            parts.append(f"{plain_words(name)} differs most ({amount} between {first} and {second})")
        most = self.smd.sort("n_missing", descending=True, maintain_order=True).row(0, named=True)
        if n := most["n_missing"]:
            parts.append(f"{plain_words(most['attribute'])} is missing for {n:,} ({percentage(n / n_total)})")
        return "; ".join(parts) + "."

    def to_csv(self, path: str | Path) -> Path:
        """Write the displayed table as CSV, its notes below it.

        Parameters
        ----------
        path : str or pathlib.Path
            Where to write; replaced when it exists.

        Returns
        -------
        pathlib.Path
            The file.
        """
        columns = self.display.columns
        texts = pl.DataFrame([[note] + [None] * (len(columns) - 1) for note in self.notes], columns, orient="row")
        file = Path(path)
        pl.concat([self.display, texts.cast(self.display.schema)]).write_csv(file)
        return file

    def __repr__(self) -> str:
        with pl.Config(tbl_rows=-1, tbl_cols=-1, fmt_str_lengths=60, tbl_width_chars=4000) as config:
            config.set_tbl_hide_column_data_types(True).set_tbl_hide_dataframe_shape(True)
            named_once = pl.when(pl.col("attribute").is_first_distinct()).then("attribute").alias("attribute")
            shown = self.display.with_columns(named_once).fill_null("")
            return "\n".join([self.sentence, str(shown), *self.notes])

    def _repr_html_(self) -> str:
        texts = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        table = html_table(self.display.columns, self.display.iter_rows(), numbers=self.display.columns[2:])
        return f"<p>{html.escape(self.sentence)}</p>{table}{texts}"


def count_table_one(
    rows: pl.DataFrame,
    *,
    by: str | None = None,
    attributes: Sequence[str],
    unit: Unit = "patients",
    groups: Sequence[str] | None = None,
    tests: bool = False,
    normal: Sequence[str] = (),
) -> TableOne:
    """Return Table 1: each attribute overall and by group, with standardized differences.

    Categories are counted, numbers summarized. What is missing is a row of its own for each reason and stays in the
    denominator of every share; it is left out of summaries, differences and tests. A null counts under the reason in
    ``<attribute>_missing``, else as "Not Reported"; a number that is not one counts as "Unknown".

    Parameters
    ----------
    rows : polars.DataFrame
        One row a patient, or one row of what `unit` names.
    by : str, optional
        The column that makes the groups; everyone in one column without it.
    attributes : sequence of str
        Columns to describe, in order, at least one. Numbers are summarized, flags and everything else counted.
    unit : {"patients", "studies", "series", "instances"}
        What a row is.
    groups : sequence of str, optional
        The groups to show, in order, also those nobody is in. Rows of other groups then count in "Overall" alone.
        By default every group that occurs, what is missing last.
    tests : bool
        Whether to add p-values. They say whether groups differ by more than chance, not by how much.
    normal : sequence of str
        Numbers to show as mean and standard deviation, and to test by means, not by ranks.

    Returns
    -------
    TableOne
        Prints as a table; ``.table``, ``.smd`` and ``.display`` are frames.

    Raises
    ------
    UnknownNameError
        When `rows` has no such column, `unit` is not one of the four, or `normal` names no number among `attributes`.
    ValueError
        When `attributes` is empty or holds `by`, or `groups` names one twice.

    Examples
    --------
    >>> patients = pl.DataFrame({"site": ["A", "A", "B", "B"], "sex": ["Male", "Female", "Male", "Male"]})
    >>> table_one = count_table_one(patients, by="site", attributes=["sex"])
    >>> table_one.display.row(0)
    ('Sex, n (%)', 'Male', '3 (75.0)', '1 (50.0)', '2 (100.0)', '1.414')
    """
    attributes = tuple(dict.fromkeys([attributes] if isinstance(attributes, str) else attributes))
    _check(rows, by, attributes, unit, groups)
    numbers = [name for name in attributes if rows.schema[name].is_numeric()]
    for name in normal:
        if name not in numbers:
            raise unknown_name("number", name, numbers, where="attributes", then="Pass one of these in normal=.")
    columns = Groups.of(rows, by, groups)
    parts, differences = [], []
    for name in attributes:
        counted = (
            summarize_number(rows, name, columns, test=tests, normal=name in normal)
            if name in numbers
            else count_category(rows, name, columns, test=tests)
        )
        smd, first, second = counted.difference or (None, None, None)
        parts.append(counted.table.with_columns(smd=pl.lit(smd, pl.Float64)))
        pair = [None if i is None else columns.names[1 + i] for i in (first, second)]
        differences.append((name, smd, *pair, counted.n_missing, *(counted.test or (None, None))))
    table = pl.concat([pl.DataFrame(schema=TABLE), *parts], how="diagonal")
    return TableOne(table, pl.DataFrame(differences, _SMD, orient="row"), by, columns.names, unit, tuple(normal))


def _check(
    rows: pl.DataFrame, by: str | None, attributes: Sequence[str], unit: str, groups: Sequence[str] | None
) -> None:
    if unit not in get_args(Unit):
        raise unknown_name("unit", unit, get_args(Unit), where="a Table 1", then="Say what one row of the frame is.")
    if not attributes:
        raise ValueError(
            "Received attributes=[]. A Table 1 needs at least one attribute. "
            f"Pass one or more of the columns: {', '.join(rows.columns)}."
        )
    for argument, names in (("by", [by] if by else []), ("attributes", attributes)):
        for name in names:
            if name not in rows.columns:
                then = f"Pass one of these in {argument}=."
                raise unknown_name("column", name, rows.columns, where=unit, then=then)
    if by in attributes:
        raise ValueError(
            f"Received by={by!r}, which is also among the attributes. A group cannot be described by what made it. "
            f"Leave {by!r} out of attributes=."
        )
    if groups is not None and len(set(groups)) < len(groups):
        raise ValueError(f"Received groups={list(groups)}. Each group makes one column. Name each one once.")
