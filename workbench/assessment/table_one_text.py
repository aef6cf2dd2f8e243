"""Table 1 as people print it: strings, one row a level, with notes below."""

import math
from collections.abc import Sequence
from typing import Any

import polars as pl

_UNITS = ("years", "days", "mm", "mb", "gb", "hu", "mgy")
_UNIT_WORDS = {"mb": "MB", "gb": "GB", "hu": "HU", "mgy": "mGy"}
_HAIR = 1e-9  # percent; more than floats err, less than one person in a population
_NAMES = {"covid19": "COVID-19", "loinc": "LOINC", "zip3": "ZIP3", "n": "number of"}


def attribute_words(attribute: str) -> str:
    """Return an attribute in words, its unit after a comma.

    Parameters
    ----------
    attribute : str
        A column name.

    Returns
    -------
    str
        In lower case, but for names.

    Examples
    --------
    >>> attribute_words("slice_thickness_mm"), attribute_words("collection_id"), attribute_words("covid19_positive")
    ('slice thickness, mm', 'collection', 'COVID-19 positive')
    """
    words = attribute.removesuffix("_id").split("_")
    unit = ""
    if len(words) > 1 and words[-1] in _UNITS:
        last = words.pop()
        unit = f", {_UNIT_WORDS.get(last, last)}"
    return " ".join(_NAMES.get(word, word) for word in words) + unit


def in_percent(fraction: float, *, digits: int = 1) -> str:
    """Return a share in percent, without the sign: the one rounding of all tables and sentences.

    Parameters
    ----------
    fraction : float
        0 to 1.
    digits : int
        Decimals.

    Returns
    -------
    str
        A half is rounded up, also where a float lies a hair below it.

    Examples
    --------
    >>> in_percent(9490 / 20000), in_percent(0.125, digits=0)
    ('47.5', '13')
    """
    return f"{100 * fraction + _HAIR:.{digits}f}"


def display_table(
    table: pl.DataFrame, smd: pl.DataFrame, *, groups: Sequence[str], normal: Sequence[str]
) -> pl.DataFrame:
    """Return the wide table of strings.

    Parameters
    ----------
    table, smd : polars.DataFrame
        Those of a `TableOne`.
    groups : sequence of str
        The columns, "Overall" first.
    normal : sequence of str
        Numbers shown as mean and standard deviation.

    Returns
    -------
    polars.DataFrame
        attribute, level, one column a group headed by its size; with groups also SMD and, of more than two groups, the
        pair it lies between; with tests p and test. These are null but for the first row of an attribute.
    """
    numeric = pl.col("kind").eq("number").any().over("attribute").alias("numeric")
    rows = list(table.with_columns(numeric).iter_rows(named=True))
    width = len(groups)
    firsts = rows[::width]
    shown: dict[str, list[str | None]] = {
        "attribute": [_label(row) for row in firsts],
        "level": [_level(row, normal) for row in firsts],
    }
    for i, row in enumerate(rows[:width]):
        shown[f"{row['group']} (n = {row['n_total']:,})"] = [_cell(cell, normal) for cell in rows[i::width]]
    if width > 1:
        names = pl.Series([row["attribute"] for row in firsts])
        shown |= _comparisons(names, names.is_first_distinct(), smd, width - 1)
    return pl.DataFrame(shown, schema=dict.fromkeys(shown, pl.String))


def notes(
    table: pl.DataFrame, smd: pl.DataFrame, *, groups: Sequence[str], normal: Sequence[str], unit: str
) -> list[str]:
    """Return what has to stand below the table.

    Parameters
    ----------
    table, smd : polars.DataFrame
        Those of a `TableOne`.
    groups : sequence of str
        The columns, "Overall" first.
    normal : sequence of str
        Numbers shown as mean and standard deviation.
    unit : str
        What was counted.

    Returns
    -------
    list of str
        Whole sentences, only those that apply.
    """
    numbers = table.filter(pl.col("kind") == "number")["attribute"].unique(maintain_order=True)
    lines = []
    if (table["kind"] != "number").any():
        lines.append(f"n (%): {unit} and their share of all {unit} of the column, the missing included.")
    if set(numbers) - set(normal):
        lines.append("IQR: first to third quartile, by linear interpolation; the missing are left out.")
    if set(numbers) & set(normal):
        lines.append("SD: standard deviation of the sample; the missing are left out.")
    if len(groups) > 1:
        largest = ", the largest between any two groups, named beside it" if len(groups) > 3 else ""
        lines.append(
            f"SMD: standardized mean difference without its sign{largest}; the missing are left out. Numbers: "
            "difference of means over the pooled standard deviation. Categories: Mahalanobis distance (Yang & Dalton "
            "2012), defined also where a group lacks a level; ∞ where two groups share no level."
        )
    if smd["test"].null_count() < smd.height:
        lines.append("p: of the test named beside it; the missing are left out; not adjusted for the number of tests.")
    return lines


def _comparisons(names: pl.Series, starts: pl.Series, smd: pl.DataFrame, n_groups: int) -> dict[str, list[str | None]]:
    of = {row["attribute"]: row for row in smd.iter_rows(named=True)}
    shown = [of[name] if start else None for name, start in zip(names, starts, strict=True)]
    columns = {"SMD": [_number(row["smd"], ".3f") if row else None for row in shown]}
    if n_groups > 2:
        columns["between"] = [_pair(row["first"], row["second"]) if row else None for row in shown]
    if smd["test"].null_count() < smd.height:
        columns["p"] = [_p(row["p"]) if row else None for row in shown]
        columns["test"] = [row["test"] if row else None for row in shown]
    return columns


def _pair(first: str | None, second: str | None) -> str:
    return f"{first}, {second}" if first else "–"


def _p(p: float | None) -> str:
    return "<0.001" if p is not None and p < 0.001 else _number(p, ".3f")


def _label(row: dict[str, Any]) -> str:
    words = attribute_words(row["attribute"])
    return words[0].upper() + words[1:] + ("" if row["numeric"] else ", n (%)")


def _level(row: dict[str, Any], normal: Sequence[str]) -> str:
    if row["kind"] == "number":
        return "mean (SD)" if row["attribute"] in normal else "median [IQR]"
    return f"{row['level'] or '–'}, n (%)" if row["numeric"] else row["level"] or "–"


def _cell(row: dict[str, Any], normal: Sequence[str]) -> str:
    if row["kind"] != "number":
        return f"{row['n']:,} ({'–' if row['fraction'] is None else in_percent(row['fraction'])})"
    if row["n"] == 0:
        return "–"
    if row["attribute"] in normal:
        return f"{_rounded(row['mean'])} ({_rounded(row['sd'])})"
    return f"{_rounded(row['median'])} [{_rounded(row['q1'])}, {_rounded(row['q3'])}]"


def _rounded(value: float | None) -> str:
    """One decimal, none from a thousand on, two significant digits below one."""
    size = abs(value or 1)
    return _number(value, ",.0f" if size >= 1000 else ".2g" if size < 1 else ".1f")


def _number(value: float | None, form: str) -> str:
    if value is None:
        return "–"
    return "∞" if math.isinf(value) else format(value, form)
