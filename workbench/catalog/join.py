"""Join a user's clinical, label or outcome table to any source, and count what matched on both sides."""

import hashlib
import io
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from workbench.cache import sealed_folder
from workbench.catalog.criteria.attributes import attributes
from workbench.catalog.repository import Repository
from workbench.catalog.sources import assemble, duplicates
from workbench.catalog.sources.assemble import filterable, quality_table
from workbench.catalog.sources.duplicates import merge_rows
from workbench.catalog.sources.headers import no_column
from workbench.catalog.sources.kinds import refuse_kinds
from workbench.catalog.sources.sealed import rules_of
from workbench.catalog.sources.table import RESERVED, identifier_text, read_table
from workbench.errors import unknown_name
from workbench.vocabulary import spellings
from workbench.vocabulary.demographics import MISSING
from workbench.vocabulary.spellings import CLOSED, closed_category, is_unknown_spelling

#: What rows of a source can be told by, and the table and key that go with it.
_LEVELS = {
    ("patient_id",): ("patients", "patient_key"),
    ("collection_id", "patient_id"): ("patients", "patient_key"),
    ("study_uid",): ("studies", "study_key"),
    ("series_uid",): ("series", None),
}
_SLICE_ROWS = 50_000


@dataclass(frozen=True)
class JoinReport:
    """How many rows found a partner, on both sides.

    Attributes
    ----------
    unit : {"patients", "studies", "series"}
        What was joined to.
    on : tuple of str
        What rows are told by.
    columns : tuple of str
        The new attributes.
    n_matched, n_total : int
        Of the source's patients, studies or series: those with a partner, and all.
    n_rows, n_rows_matched : int
        Of the table's rows, identical ones counted once: all, and those with a partner.
    n_merged : int
        Rows of the table that said what another said.
    n_unknown : mapping of str to int
        Of each attribute with closed categories, the table's rows that mean none; they are "Unknown".
    """

    unit: str
    on: tuple[str, ...]
    columns: tuple[str, ...]
    n_matched: int
    n_total: int
    n_rows: int
    n_rows_matched: int
    n_merged: int
    n_unknown: Mapping[str, int]

    @property
    def table(self) -> pl.DataFrame:
        """The counts as a table: ``side``, ``n_matched``, ``n_without_partner``, ``n_total``."""
        sides = [
            (f"{self.unit} of the source", self.n_matched, self.n_total - self.n_matched, self.n_total),
            ("rows of the table", self.n_rows_matched, self.n_rows - self.n_rows_matched, self.n_rows),
        ]
        return pl.DataFrame(sides, schema=["side", "n_matched", "n_without_partner", "n_total"], orient="row")

    def __repr__(self) -> str:
        """Say in sentences what matched."""
        n_alone = self.n_rows - self.n_rows_matched
        said = (
            f"Joined {', '.join(self.columns)} on {' and '.join(self.on)}: {self.n_matched:,} of {self.n_total:,} "
            f"{self.unit} have a row in the table; {n_alone:,} of the table's {self.n_rows:,} rows have no partner."
        )
        lines = [said]
        if self.n_merged:
            lines.append(f"{self.n_merged:,} repeated row{'s' * (self.n_merged != 1)} merged.")
        lines += [f"{n:,} rows hold no category of {name}: Unknown." for name, n in self.n_unknown.items() if n]
        return " ".join(lines)


def join_table(
    repository: Repository,
    table: pl.DataFrame | str | Path,
    *,
    on: str | Sequence[str],
    columns: Sequence[str] | Mapping[str, str] | None = None,
) -> tuple[Repository, JoinReport]:
    """Return the repository with a user's columns as further attributes, and the count of what matched.

    Sex, race, ethnicity and COVID-19 status joined to patients are read in many spellings and become the closed
    categories, so that a census counts them. Rows without a partner are "Not Reported", or null for numbers.

    Parameters
    ----------
    repository : Repository
        Any source.
    table : polars.DataFrame, str or pathlib.Path
        A frame, or a Parquet, CSV or TSV file; its key columns bear the names in `on`.
    on : str or sequence of str
        ``"patient_id"``, ``["collection_id", "patient_id"]``, ``"study_uid"`` or ``"series_uid"``. An identifier that
        several collections use matches in each.
    columns : sequence of str or mapping of str to str, optional
        The table's columns to add, or the new name to the table's column; all but the keys unless given.

    Returns
    -------
    Repository
        Its tables lie in a folder of their own and its build names the join. Disclosure ``controlled``, whatever the
        source's: nothing is known of who may see the user's columns.
    JoinReport
        Prints as sentences.

    Raises
    ------
    UnknownNameError
        For a key or column that is not there.
    ValueError
        When a name is taken, or rows of one key disagree.
    TypeError
        When a column holds something to which no value can be compared, such as durations.
    """
    keys = (on,) if isinstance(on, str) else tuple(on)
    frame = table if isinstance(table, pl.DataFrame) else read_table(table, identifiers=keys)
    unit, _ = _level(keys)
    chosen = _columns(repository, frame, keys, columns)
    refuse_kinds(frame.select(list(dict.fromkeys((*keys, *chosen.values())))), lists=set(chosen.values()) - set(keys))
    rows, n_merged, n_unknown = _rows(frame, keys, chosen, unit)
    n_keyless = frame.height - n_merged - rows.height
    partner, n_total = _partners(repository, keys, rows.select(keys))
    report = JoinReport(
        unit=unit,
        on=keys,
        columns=tuple(chosen),
        n_matched=len(partner) - partner.null_count(),
        n_total=n_total,
        n_rows=rows.height + n_keyless,
        n_rows_matched=partner.drop_nulls().n_unique(),
        n_merged=n_merged,
        n_unknown=n_unknown,
    )
    digest = _digest(repository, rows, keys)

    def _build(folder: Path) -> None:
        _write_joined(repository, folder, unit, rows.select(pl.col(list(chosen)).gather(partner)), report)

    folder = sealed_folder(f"{repository.key.replace(':', '-')}-join-{digest}", _build)
    original = folder / repository.original.name if _is_inside(repository) else repository.original
    build = f"{repository.build}+join.{digest}"
    return replace(repository, build=build, disclosure="controlled", folder=folder, original=original), report


def _level(keys: tuple[str, ...]) -> tuple[str, str | None]:
    if keys not in _LEVELS:
        options = [" and ".join(names) for names in _LEVELS]
        raise unknown_name("key", " and ".join(keys), options, where="the join", then="Join on one of these.")
    return _LEVELS[keys]


def _columns(
    repository: Repository,
    frame: pl.DataFrame,
    keys: tuple[str, ...],
    columns: Sequence[str] | Mapping[str, str] | None,
) -> dict[str, str]:
    """Return the new name to the table's column, checked against both sides."""
    if columns is None:
        columns = [name for name in frame.columns if name not in keys]
    chosen = dict(columns) if isinstance(columns, Mapping) else {name: name for name in columns}
    for name in (*keys, *chosen.values()):
        if name not in frame.columns:
            raise no_column(name, frame.columns, then="Rename or choose another column.")
    if not chosen:
        raise ValueError("The table has no column to join. It needs one beside the keys. Add a column.")
    taken = sorted(name for name in chosen if name in RESERVED or name in attributes(repository))
    if taken:
        raise ValueError(
            f"The source has {', '.join(taken)} already. A joined column needs a name of its own. "
            f"Name it: columns={{'{taken[0]}_of_mine': '{chosen[taken[0]]}'}}."
        )
    return chosen


def _rows(
    frame: pl.DataFrame, keys: tuple[str, ...], chosen: Mapping[str, str], unit: str
) -> tuple[pl.DataFrame, int, dict[str, int]]:
    """Return one row for each key, values as the catalog filters them."""
    values = {new: frame[theirs].alias(new) for new, theirs in chosen.items()}
    text_keys = [identifier_text(frame[name]) for name in keys]
    rows = pl.DataFrame([*text_keys, *values.values()]).drop_nulls(keys)
    closed = [name for name in chosen if name in CLOSED and unit == "patients"]
    n_unknown = {name: int(rows.select(is_unknown_spelling(pl.col(name), name).sum()).item()) for name in closed}
    rows = rows.with_columns(closed_category(pl.col(name), name) for name in closed)
    merged, n_merged, problem = merge_rows(rows, key=keys, values=list(chosen), what="keys of the table")
    if problem:
        raise ValueError(
            f"The table contradicts itself: {problem} A table to join says one thing about each key. "
            "Keep one row for each, or sum them up first."
        )
    open_ = [filterable(merged[name]) for name in chosen if name not in closed]
    return merged.with_columns(open_), n_merged, n_unknown


def _partners(repository: Repository, keys: tuple[str, ...], rows: pl.DataFrame) -> tuple[pl.Series, int]:
    """Return the row of the table for each row of the joined level, null where there is none, and how many count.

    A row of the series that stands for what the source does not list has no ``series_uid``, and does not count.
    """
    unit, key = _level(keys)
    named = pl.DataFrame([repository.original_column(name).cast(pl.String).alias(name) for name in keys])
    if key is not None:
        named = named.with_columns(repository.column("series", key)).drop_nulls(key)
        named = named.unique(key, keep="first").sort(key).drop(key)
    partner = named.join(rows.with_row_index("row"), on=list(keys), how="left", maintain_order="left")["row"]
    counted = repository.column("series", "listed").sum() if repository.has(unit, "listed") else len(partner)
    return partner, int(counted)


def _is_inside(repository: Repository) -> bool:
    return repository.original.parent == repository.folder


def _write_joined(repository: Repository, folder: Path, unit: str, values: pl.DataFrame, report: JoinReport) -> None:
    """Write the joined table and link the others, which stay as they are."""
    for path in repository.folder.glob("*.parquet"):
        if path.stem not in (unit, "data_quality"):
            _link(path, folder / path.name)
    joined = pl.read_parquet(repository.folder / f"{unit}.parquet")
    categories = [name for name in report.columns if values[name].dtype in (pl.Categorical, pl.Enum)]
    spelled = values.with_columns(pl.col(categories).fill_null(MISSING[1])) if categories else values
    joined.hstack(spelled).write_parquet(folder / f"{unit}.parquet", compression="zstd", row_group_size=2**21)
    of_table = f"the joined table ({', '.join(report.columns)})"
    n_without, n_alone = report.n_total - report.n_matched, report.n_rows - report.n_rows_matched
    rules = [
        (f"Without a row in {of_table}", unit, n_without, report.n_total, "Not Reported, or null for numbers"),
        (f"Row of {of_table} without a partner", "rows", n_alone, report.n_rows, "left out"),
    ]
    quality = pl.concat([repository.data_quality, quality_table(rules)])
    quality.write_parquet(folder / "data_quality.parquet")


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)


def _digest(repository: Repository, rows: pl.DataFrame, keys: tuple[str, ...]) -> str:
    """Digest what is joined, a slice at a time: a million identifiers need not lie in memory once more."""
    digest = hashlib.sha256()
    plain = rows.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    for part in plain.iter_slices(_SLICE_ROWS):
        buffer = io.BytesIO()
        part.write_ipc(buffer)
        digest.update(buffer.getbuffer())
    rules = rules_of((assemble, duplicates, spellings, sys.modules[read_table.__module__], sys.modules[__name__]))
    digest.update(json.dumps([repository.key, repository.build, repository.folder.name, keys, rules]).encode())
    return digest.hexdigest()[:12]
