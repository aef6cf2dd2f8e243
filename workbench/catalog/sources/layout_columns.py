"""Make the columns that a layout maps: constants, joins, values, ages in other units, what a patient has once."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from workbench.catalog.sources.assemble import QualityRow
from workbench.catalog.sources.headers import no_header, shown_names
from workbench.errors import brief

_PER_YEAR = {"months": 12.0, "weeks": 365.25 / 7, "days": 365.25}
_MOST_SHOWN = 12


def lacking_columns(names: Iterable[str], rules: Mapping[str, Mapping[str, Any]], also: Iterable[str]) -> list[str]:
    """Return which columns a table lacks that a layout reads, each in quotation marks, alternatives joined by or.

    Parameters
    ----------
    names : iterable of str
        Of the table.
    rules : mapping
        What the columns are made from.
    also : iterable of str
        Further columns that must be there.

    Returns
    -------
    list of str
        Each once; empty when nothing is lacking.
    """
    there = set(names)
    asked = [rule["column"] for rule in rules.values() if "column" in rule and not rule.get("optional")]
    parts = [[*rule["join"], *([rule["else"]] if "else" in rule else [])] for rule in rules.values() if "join" in rule]
    asked += [[name] for name in [*(name for part in parts for name in part), *also]]
    return list(dict.fromkeys(" or ".join(map(repr, each)) for each in asked if not there & set(each)))


def found_columns(names: list[str]) -> str:
    """Return the columns of a table as a message may show them.

    Parameters
    ----------
    names : list of str
        The header.

    Returns
    -------
    str
        Without what may be an identifier.
    """
    shown = shown_names(names)
    if not shown:
        return no_header(len(names))
    more = f", … ({len(names)} in all)" if len(names) > min(len(shown), _MOST_SHOWN) else ""
    return f"its columns are {', '.join(shown[:_MOST_SHOWN])}{more}"


def make_columns(table: pl.DataFrame, rules: Mapping[str, Mapping[str, Any]]) -> tuple[pl.DataFrame, list[QualityRow]]:
    """Return the columns of a layout, and how often something had to be left out.

    Parameters
    ----------
    table : polars.DataFrame
        Strings, with every column that is not optional.
    rules : mapping
        Name to what the column is made from.

    Returns
    -------
    polars.DataFrame
        In the order of the rows.
    list of tuple
        Rows of data quality.
    """
    made, quality = {}, []
    for name, rule in rules.items():
        values = _values(table, rule)
        if values is None:
            continue
        text = table.select(values.alias(name)).to_series()
        if rule.get("number"):
            number = text.cast(pl.Float64, strict=False)
            number = number.set(number.is_finite().not_().fill_null(value=False), None)
            n_none = number.null_count() - text.null_count()
            quality.append((f"{name} is no number", "rows", n_none, table.height, "left out"))
            text = number
        made[name] = text
    columns = pl.DataFrame(made)
    for name, rule in rules.items():
        if "first_of" in rule and name in made:
            columns, n_several = _of_patients(columns, name, rule["first_of"])
            n = columns["patient_id"].n_unique()
            order = " before ".join(rule["first_of"])
            quality.append((f"Several values of one patient: {name}", "patients", n_several, n, order))
    return columns, quality


def label_columns(table: pl.DataFrame, labels: Mapping[str, Any]) -> tuple[pl.DataFrame, QualityRow]:
    """Return a column of true and false for each label, null where nothing is written.

    Parameters
    ----------
    table : polars.DataFrame
        Strings.
    labels : mapping
        ``column``, ``separator`` and ``names``, as a layout states them.

    Returns
    -------
    polars.DataFrame
        In the order of the rows.
    tuple
        How many rows have a label that the layout does not name.
    """
    stated = labels["column"]
    column = next(each for each in ([stated] if isinstance(stated, str) else stated) if each in table.columns)
    parts = pl.col(column).str.split(labels["separator"]).list.eval(pl.element().str.strip_chars())
    names: Mapping[str, str] = labels["names"]
    made = table.select(parts.list.contains(pl.lit(label)).alias(name) for name, label in names.items())
    unknown = parts.list.eval(~pl.element().is_in(list(names.values())) & (pl.element() != "")).list.any()
    n_unknown = int(table.select(unknown.fill_null(value=False).sum()).item())
    return made, ("Label that the layout does not name", "rows", n_unknown, table.height, "left out")


def wrong_extract(pattern: str) -> str | None:
    """Return why a regular expression cannot give the value of a column.

    Parameters
    ----------
    pattern : str
        As a layout states it.

    Returns
    -------
    str or None
        A sentence; None when its first group gives one.

    Examples
    --------
    >>> wrong_extract("([0-9]+)"), wrong_extract(r"\\(")
    (None, "'\\\\\\\\(' has no group; one in parentheses, such as ([0-9]+), would be right.")
    """
    shown = brief(repr(pattern))
    try:
        groups = pl.select(pl.lit("").str.extract_groups(pattern)).to_series().struct.fields
    except pl.exceptions.ComputeError as problem:
        why = next((line[7:] for line in str(problem).splitlines() if line.startswith("error: ")), "unreadable")
        return f"{shown} is no regular expression ({brief(why)}). One such as ([0-9]+) would be right."
    return None if groups else f"{shown} has no group; one in parentheses, such as ([0-9]+), would be right."


def _values(table: pl.DataFrame, rule: Mapping[str, Any]) -> pl.Expr | None:
    if "constant" in rule:
        return pl.repeat(rule["constant"], table.height, dtype=pl.String)
    if "join" in rule:
        joined = pl.concat_str(rule["join"], separator="/")
        return pl.coalesce(joined, rule["else"]) if "else" in rule else joined
    column = next((each for each in rule["column"] if each in table.columns), None)
    if column is None:
        return None
    text = pl.col(column)
    if "extract" in rule:
        text = text.str.extract(rule["extract"], 1)
    if "values" in rule:
        leave_out = rule.get("others") == "leave out"
        text = text.replace_strict(rule["values"], default=None if leave_out else text, return_dtype=pl.String)
    if rule.get("unit", "years") != "years":
        years = text.cast(pl.Float64, strict=False) / _PER_YEAR[rule["unit"]]
        text = pl.coalesce(years.cast(pl.String), text)
    return text


def _of_patients(columns: pl.DataFrame, name: str, order: list[str]) -> tuple[pl.DataFrame, int]:
    """Give every row of a patient the first value in `order` that one of them has, so that none contradicts."""
    found = [pl.when((pl.col(name) == value).any().over("patient_id")).then(pl.lit(value)) for value in order]
    several = columns.group_by("patient_id").agg(pl.col(name).drop_nulls().n_unique())
    return columns.with_columns(pl.coalesce(found).alias(name)), several.filter(pl.col(name) > 1).height
