"""Groups that a patient can be in several of, as one group a patient: "CT + DX"."""

import polars as pl

from workbench.assessment.categories import categorized
from workbench.errors import unknown_name
from workbench.vocabulary.demographics import MISSING

_BETWEEN = " + "


def combine_groups(rows: pl.DataFrame, *, key: str, by: str) -> pl.DataFrame:
    """Return one row a patient with all groups that he or she is in, so that each counts once.

    Counts of groups that overlap tell how many patients are in two of them; counts of combinations add up, and can be
    suppressed like any other.

    Parameters
    ----------
    rows : polars.DataFrame
        Any number of rows a patient.
    key : str
        The column that tells one patient from another.
    by : str
        The column of groups; a missing value is a group.

    Returns
    -------
    polars.DataFrame
        `key` and `by`, text: the groups in alphabetical order with " + " between them. A missing value is left out
        where another is known.

    Raises
    ------
    UnknownNameError
        When `rows` has no such column.

    Examples
    --------
    >>> rows = pl.DataFrame({"patient": [1, 1, 2, 3], "modality": ["DX", "CT", "CT", None]})
    >>> combine_groups(rows, key="patient", by="modality")["modality"].to_list()
    ['CT + DX', 'CT', 'Not Reported']
    """
    for name in (key, by):
        if name not in rows.columns:
            raise unknown_name("column", name, rows.columns, where="the rows", then="Pass one of these.")
    named = rows.select(key, categorized(rows, by).cast(pl.String).alias(by))
    known = ~pl.col(by).is_in(MISSING)
    groups = pl.when(known.any()).then(pl.col(by).filter(known).unique().sort().str.join(_BETWEEN))
    return named.group_by(key, maintain_order=True).agg(groups.otherwise(pl.col(by).min()).alias(by))
