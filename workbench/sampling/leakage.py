"""Does a split leak? Look for anybody, and anything, that stands on two sides of it."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from workbench.errors import unknown_name

#: What must not be on two sides: our names, those of Gen3 exports, and DICOM keywords.
IDENTIFIERS = (
    *("person_id", "person_key", "patient_key", "patient_id", "case_ids", "submitter_id", "PatientID"),
    *("study_key", "study_uid", "StudyInstanceUID", "series_uid", "SeriesInstanceUID", "sop_uid", "SOPInstanceUID"),
)
_TABLE = {"column": pl.String, "n": pl.Int64, "n_on_several_sides": pl.Int64, "n_rows": pl.Int64, "n_empty": pl.Int64}
_LEAKED = {"column": pl.String, "value": pl.String, "parts": pl.String, "n_rows": pl.Int64}


@dataclass(frozen=True, eq=False, repr=False)
class LeakageReport:
    """What stands on several sides of a split; shown without identifiers.

    Attributes
    ----------
    table : polars.DataFrame
        One row a column that was checked: column, n (different values), n_on_several_sides, n_rows (that hold such a
        value), n_empty (rows without a value, which nobody can check).
    leaked : polars.DataFrame
        One row a value on several sides: column, value, parts, n_rows. It holds identifiers; keep it with the data.
    parts : tuple of str
        The sides.
    n_rows : int
        Rows of the split.
    n_unassigned : int
        Rows in no part.
    """

    table: pl.DataFrame
    leaked: pl.DataFrame
    parts: tuple[str, ...]
    n_rows: int
    n_unassigned: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing that was checked is on two sides."""
        return self.leaked.is_empty()

    @property
    def sentence(self) -> str:
        """The verdict in plain words, with what was checked."""
        checked = ", ".join(self.table["column"])
        if self.is_clean:
            found = f"No leakage between {', '.join(self.parts) or 'no parts'}: no value of {checked} is on two sides."
        else:
            worst = self.table.filter(pl.col("n_on_several_sides") > 0)
            found = "Leakage: " + "; ".join(
                f"{n:,} of {total:,} values of {column} are on several sides, in {rows:,} rows"
                for column, total, n, rows, _ in worst.iter_rows()
            )
            found += f". Checked: {checked}."
        if self.n_unassigned:
            found += f" {self.n_unassigned:,} of {self.n_rows:,} rows are in no part."
        empty = self.table.filter(pl.col("n_empty") > 0)
        return found + "".join(
            f" {n:,} rows have no {name}." for name, n in empty.select("column", "n_empty").iter_rows()
        )

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.table}"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.sentence)}</p>{self.table._repr_html_()}"


def find_leakage(
    split: pl.DataFrame, *, unit: str = "person_id", part: str = "part", columns: Sequence[str] = ()
) -> LeakageReport:
    """Return which patients, studies or series are on several sides of any given split.

    Every column of `IDENTIFIERS` that the split has is checked, besides `unit` and `columns`: a split that keeps
    patients apart by one name may share a study by another. Identifiers are compared as text, without outer blanks.

    Parameters
    ----------
    split : polars.DataFrame
        One row a patient, study, series or image, such as `read_split` returns.
    unit : str
        The column that should not be divided. "person_id" need not exist where another identifier does.
    part : str
        The column that names the sides.
    columns : sequence of str
        Further columns that should be on one side only, such as "site_id".

    Returns
    -------
    LeakageReport
        ``is_clean``, ``table`` without identifiers and ``leaked`` with them.

    Raises
    ------
    UnknownNameError
        When a column is missing, or the split has no identifier at all.

    Examples
    --------
    >>> split = pl.DataFrame({"PatientID": ["a", "a", "b"], "part": ["train", "test", "test"]})
    >>> find_leakage(split).sentence
    'Leakage: 1 of 2 values of PatientID are on several sides, in 2 rows. Checked: PatientID.'
    """
    known = [name for name in IDENTIFIERS if name in split.columns]
    asked = [unit] if unit != "person_id" or not known else []
    for name, argument in [
        (part, "part"),
        *((name, "unit") for name in asked),
        *((name, "columns") for name in columns),
    ]:
        if name not in split.columns:
            raise unknown_name("column", name, split.columns, where="the split", then=f"Name it in {argument}=.")
    checked = [name for name in dict.fromkeys([unit, *columns, *known]) if name in split.columns]
    sides = split.select(pl.col(part).cast(pl.String).alias("_part"), *[_text(name) for name in checked])
    rows, leaked = [], []
    for name in checked:
        present = sides.filter(pl.col(name).is_not_null())
        by_value = present.group_by(value=pl.col(name)).agg(
            pl.col("_part").drop_nulls().unique().sort().alias("sides"), pl.len().cast(pl.Int64).alias("n_rows")
        )
        several = by_value.filter(pl.col("sides").list.len() > 1).sort("value")
        rows.append((name, by_value.height, several.height, several["n_rows"].sum(), sides.height - present.height))
        leaked.append(
            several.select(
                pl.lit(name).alias("column"), "value", pl.col("sides").list.join(", ").alias("parts"), "n_rows"
            )
        )
    return LeakageReport(
        pl.DataFrame(rows, _TABLE, orient="row"),
        pl.concat([pl.DataFrame(schema=_LEAKED), *leaked]),
        tuple(_parts_in_order(split[part])),
        split.height,
        split[part].null_count(),
    )


def _text(name: str) -> pl.Expr:
    stripped = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(stripped != "").then(stripped).alias(name)


def _parts_in_order(part: pl.Series) -> list[str]:
    named = part.drop_nulls().unique()
    return (named.sort() if isinstance(part.dtype, pl.Enum) else named.cast(pl.String).sort()).cast(pl.String).to_list()
