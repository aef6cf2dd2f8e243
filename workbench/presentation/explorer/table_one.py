"""Table 1 of the cohort on the screen, by the grouping chosen there, as HTML in the page's own colors."""

import dataclasses
import html
from typing import Any

import polars as pl

from workbench.assessment.table_one import TableOne, count_table_one
from workbench.catalog.cohort import Cohort
from workbench.catalog.disclosure import stamp_of
from workbench.presentation.explorer.wording import collection_names, title
from workbench.vocabulary.demographics import MISSING

_DESCRIBED = ("age_years", "sex", "race", "ethnicity", "covid19_positive", "species")
_GROUPINGS = ("collection_id", "sex", "age_group", "race", "ethnicity", "covid19_positive", "species")
_MOST_GROUPS = 8


def described(patients: pl.DataFrame) -> list[str]:
    """Return what is told of patients: their species only where there is more than one.

    Parameters
    ----------
    patients : polars.DataFrame
        One row a patient.

    Returns
    -------
    list of str
        Columns of it.
    """
    names = [name for name in _DESCRIBED if name in patients.columns]
    return [name for name in names if name != "species" or patients["species"].n_unique() > 1]


def count_groups(cohort: Cohort, by: str) -> TableOne:
    """Return Table 1 of a cohort's patients.

    Parameters
    ----------
    cohort : Cohort
        What is selected.
    by : str
        What makes the columns: at most eight groups, the largest, those of unknown value last. Empty, or a name the
        source does not have, gives one column.

    Returns
    -------
    TableOne
        Everyone is in the column of all.
    """
    patients = cohort.patients
    known = by in _GROUPINGS and by in patients.columns
    names = [name for name in described(patients) if name != by]
    if not known:
        return cohort.table_one(attributes=names)
    if by == "collection_id":
        patients = _named(cohort, patients)
    sizes = patients.group_by(pl.col(by).cast(pl.String)).len().sort("len", by, descending=[True, False])
    groups = sorted(sizes[by].drop_nulls().head(_MOST_GROUPS), key=lambda group: group in MISSING)
    counted = count_table_one(patients, by=by, attributes=names, groups=groups)
    return dataclasses.replace(counted, stamp=stamp_of(cohort.repository))


def table_one_panel(cohort: Cohort, by: str) -> dict[str, Any]:
    """Return the view of Table 1.

    Parameters
    ----------
    cohort : Cohort
        What is selected.
    by : str
        The grouping chosen.

    Returns
    -------
    dict
        HTML, the grouping and the possible ones.
    """
    made = count_groups(cohort, by)
    choices = [[name, title(name)] for name in _GROUPINGS if name in cohort.repository.columns("patients")]
    choices += [["age_group", title("age_group")]]
    return {"html": _html(made), "by": made.by or "", "choices": [["", "Nothing: one column"], *choices]}


def _named(cohort: Cohort, patients: pl.DataFrame) -> pl.DataFrame:
    """Write collections as the facets do, by name; by id where two bear the same."""
    names = collection_names(cohort.repository)
    if len({*names.values()}) < len(names):
        return patients
    return patients.with_columns(pl.col("collection_id").cast(pl.String).replace(names))


def _html(made: TableOne) -> str:
    shown = made.display.with_columns(
        pl.when(pl.col("attribute").is_first_distinct()).then("attribute").alias("attribute")
    )
    titles = ["Characteristic", "Level", *shown.columns[2:]]
    head = "".join(f'<th scope="col">{_whole_size(html.escape(name))}</th>' for name in titles)
    rows = "".join(
        f'<tr class="{"is-first" if row[0] else ""}">'
        f'<th scope="row">{html.escape(row[0] or "")}</th>'
        + "".join(f"<td>{html.escape(cell or '')}</td>" for cell in row[1:])
        + "</tr>"
        for row in shown.iter_rows()
    )
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in made.notes)
    table = f'<table class="wx-one"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    scroll = f'<div class="wx-scroll" tabindex="0" role="region" aria-label="Table 1">{table}</div>'
    return f"<p>{html.escape(made.sentence)}</p>{scroll}<ul>{notes}</ul>"


def _whole_size(head: str) -> str:
    """Keep the size of a group on one line below its name."""
    name, found, n = head.rpartition(" (n = ")
    return f"{name} <span>(n = {n}</span>" if found else head
