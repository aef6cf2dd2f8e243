"""Open a table that a user has, with a mapping from the common data model's names to its columns."""

import hashlib
import io
import json
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from workbench.cache import sealed_folder
from workbench.catalog.repository import Repository
from workbench.catalog.sources import ages, assemble, delimited, duplicates, persons, places, regions, table_rows
from workbench.catalog.sources.assemble import write_entities
from workbench.catalog.sources.delimited import UnreadableTableError, read_delimited, refuse_files
from workbench.catalog.sources.headers import no_column
from workbench.catalog.sources.kinds import refuse_kinds
from workbench.catalog.sources.sealed import one_line, repository_of, rules_of
from workbench.catalog.sources.table_rows import TEXT_NAMES, interpret_table
from workbench.errors import unknown_name
from workbench.tables import PATIENTS, SERIES, STUDIES
from workbench.vocabulary import anatomy, demographics, dicom, geography, spellings
from workbench.vocabulary.column_names import OTHER_NAMES, PATIENT_NAMES, SERIES_NAMES, STUDY_NAMES

#: Words of `Catalog.where`, bands, and columns that every source has: no user's column can bear these names.
RESERVED = {
    *("missing", "level", "match", "age_decade", "age_group", "listed", "first_version"),
    *PATIENTS,
    *STUDIES,
    *SERIES,
}

_NAMES = (*PATIENT_NAMES, *STUDY_NAMES, *SERIES_NAMES)
_ALL = f"Map one of these, or none. All names: {', '.join(_NAMES)}."
_WHO = (
    "Say which column identifies patients: columns={'patient_id': '…'}, in commons.toml "
    'columns = { patient_id = "…" }, in a shell --columns patient_id=….'
)
_VOCABULARY = (anatomy, demographics, dicom, geography, spellings)
_RULES = (ages, assemble, delimited, duplicates, persons, places, regions, table_rows, *_VOCABULARY)
_CONSTANT = "="
_LEADING_ZERO, _WHOLE = r"^-?0\d", r"^[+-]?\d+$"
_EXACT = 2.0**53  # whole numbers up to this are told apart as floats


def open_table(
    source: str | Path | pl.DataFrame, *, columns: Mapping[str, str] | None = None, name: str | None = None
) -> Repository:
    """Return a user's table as a repository.

    A row is a series when ``series_uid`` is mapped, else a study when ``study_uid`` is, else a patient. Columns
    that bear our names need no mapping; columns that are not mapped become attributes to filter by. Sex, race,
    ethnicity and COVID-19 status are read in many spellings; what means no category is "Unknown", and counted.

    Parameters
    ----------
    source : str, pathlib.Path or polars.DataFrame
        Parquet, CSV, TSV, or a frame.
    columns : mapping of str to str, optional
        Our name to the table's column, or to a constant for all rows, written with an equals sign:
        ``{"patient_id": "subject", "collection_id": "=my_site"}``. ``patient_id`` must be there.
    name : str, optional
        For titles and, without a ``collection_id``, for the one collection; the file's name unless given.

    Returns
    -------
    Repository
        Disclosure ``controlled``.

    Raises
    ------
    UnknownNameError
        For a name that is not ours, or a column that the table lacks.
    ValueError
        When the file cannot be read, or rows of one patient, study or series disagree.
    TypeError
        When a column holds something to which no value can be compared, such as durations.

    Examples
    --------
    >>> import polars as pl
    >>> registry = pl.DataFrame({"subject": ["a", "b"], "gender": ["F", "m"], "smoker": ["yes", None]})
    >>> repository = open_table(registry, columns={"patient_id": "subject", "sex": "gender"})
    >>> repository.column("patients", "sex").to_list(), repository.column("patients", "smoker").to_list()
    (['Female', 'Male'], ['yes', 'Not Reported'])
    """
    columns = {OTHER_NAMES.get(ours, ours): theirs for ours, theirs in (columns or {}).items()}
    title = one_line(name or ("table" if isinstance(source, pl.DataFrame) else Path(source).stem))
    named = [theirs for ours, theirs in columns.items() if ours in TEXT_NAMES]
    table = source if isinstance(source, pl.DataFrame) else read_table(source, identifiers=named)
    if not table.height:
        raise ValueError(
            f"The table {title} has no rows. A table has one row a patient, study or series. Export it again."
        )
    chosen = _mapping(table, columns)
    refuse_kinds(table, lists=set(table.columns) - set(chosen.values()))
    build = _digest(table, {**chosen, "name": title})

    def _build(folder: Path) -> None:
        renamed, own = _renamed(table, chosen, title)
        write_entities(interpret_table(renamed, own=own), folder)

    rules = rules_of((*_RULES, sys.modules[__name__], sys.modules["workbench.tables"]))
    folder = sealed_folder(f"table-{build}-{rules}", _build)
    return repository_of(folder, name=f"Table {title}", key="table", build=build)


def read_table(path: str | Path, *, identifiers: Collection[str] = ()) -> pl.DataFrame:
    """Return a Parquet, CSV or TSV file as a frame; columns of a text file that hold only numbers are numbers.

    Identifiers are not: 1.1 and 1.10 are two studies, and digits beyond what a number holds are two patients.

    Parameters
    ----------
    path : str or pathlib.Path
        The kind is told by the ending: ``.parquet``, or text for all others.
    identifiers : collection of str
        Columns of a text file that stay as they are written, beside those that bear a name of `TEXT_NAMES`.

    Returns
    -------
    polars.DataFrame
        Every row and column.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError
        When the file cannot be read; lists every problem.
    """
    file = Path(path).expanduser()
    if not file.is_file():
        raise FileNotFoundError(f"No file {file}. A table is a Parquet, CSV or TSV file. Check the path.")
    then = (
        "A table is Parquet, or CSV or TSV in UTF-8 whose lines all have as many fields as the header. Export it again."
    )
    try:
        if file.suffix.lower() != ".parquet":
            texts = TEXT_NAMES.union(identifiers)
            return pl.DataFrame([each if each.name in texts else _as_number(each) for each in read_delimited(file)])
        return pl.read_parquet(file)
    except UnreadableTableError as error:
        raise refuse_files("The table", {file.name: error.problems}, n_files=1, then=then) from None
    except pl.exceptions.ComputeError:
        raise refuse_files("The table", {file.name: ["This is no whole Parquet file."]}, n_files=1, then=then) from None


def identifier_text(column: pl.Series) -> pl.Series:
    """Return a column as text without outer spaces, in which values that differ stay different.

    Parameters
    ----------
    column : polars.Series
        Text or numbers.

    Returns
    -------
    polars.Series
        Strings. Whole numbers that a reader took for decimal ones have no point: 17.0 is patient 17. Blanks are null.

    Examples
    --------
    >>> identifier_text(pl.Series([17.0, 18.0, None])).to_list(), identifier_text(pl.Series([1.1, 2.0])).to_list()
    (['17', '18', None], ['1.1', '2.0'])
    """
    if column.dtype.is_float():
        column = column.fill_nan(None)
        numbers = column.drop_nulls()
        if ((numbers == numbers.round()) & (numbers.abs() <= _EXACT)).all():
            column = column.cast(pl.Int64)
    text = column.cast(pl.String).str.strip_chars()
    return text.set(text == "", None)


def _mapping(table: pl.DataFrame, columns: Mapping[str, str]) -> dict[str, str]:
    """Return our name to the table's column for every name of ours, checked."""
    for ours, theirs in columns.items():
        if ours not in _NAMES:
            raise unknown_name("name", ours, _NAMES, where="the common data model", then=_ALL)
        if not theirs.startswith(_CONSTANT) and theirs not in table.columns:
            raise no_column(theirs, table.columns, then=f"Map {ours} to one of its columns.")
    used = set(columns.values())
    chosen = dict(columns)
    chosen.update({name: name for name in table.columns if name in _NAMES and name not in chosen and name not in used})
    if "patient_id" not in chosen:
        raise no_column("patient_id", table.columns, then=_WHO)
    if "series_uid" in chosen and "study_uid" not in chosen:
        raise ValueError(
            "The table maps series_uid but not study_uid. A series belongs to a study. "
            "Map study_uid too, or leave out series_uid."
        )
    taken = sorted(((RESERVED - set(_NAMES)) | set(chosen)) & (set(table.columns) - set(chosen.values())))
    if taken:
        raise ValueError(
            f"The table has columns that the catalog makes itself: {', '.join(taken)}. "
            "A user's own column needs another name. Rename these before opening the table."
        )
    return chosen


def _renamed(table: pl.DataFrame, chosen: Mapping[str, str], title: str) -> tuple[pl.DataFrame, list[str]]:
    own = [name for name in table.columns if name not in chosen.values()]
    constants = {
        ours: theirs.removeprefix(_CONSTANT) for ours, theirs in chosen.items() if theirs.startswith(_CONSTANT)
    }
    read = {
        ours: pl.lit(constants[ours]) if ours in constants else identifier_text(table[theirs])
        for ours, theirs in chosen.items()
    }
    read.setdefault("collection_id", pl.lit(title))
    renamed = table.select(*own, **read)
    return renamed.with_columns(pl.col("collection_id").fill_null(demographics.MISSING[1])), own


def _as_number(column: pl.Series) -> pl.Series:
    """Return a column of a text file as numbers if every value is one; codes such as 021 stay text, and long ones."""
    written = column.drop_nulls()
    if not len(written) or written.str.contains(_LEADING_ZERO).any():
        return column
    whole = column.cast(pl.Int64, strict=False)
    if whole.null_count() == column.null_count():
        return whole
    number = column.cast(pl.Float64, strict=False)
    is_long = whole.is_null() & column.str.contains(_WHOLE).fill_null(False)
    return column if number.null_count() > column.null_count() or is_long.any() else number


def _digest(table: pl.DataFrame, mapping: Mapping[str, str]) -> str:
    buffer = io.BytesIO()
    table.write_ipc(buffer)
    digest = hashlib.sha256(buffer.getbuffer())
    digest.update(json.dumps(dict(mapping), sort_keys=True).encode())
    return digest.hexdigest()[:12]
