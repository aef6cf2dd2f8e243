"""Splits on disk: CSV with a comment on top, or Parquet; whoever made them."""

from pathlib import Path

import polars as pl

from workbench.errors import unknown_name


def write_split(split: pl.DataFrame, path: str | Path, *, comment: str = "") -> Path:
    """Write a split as CSV, or as Parquet where the name ends so.

    Parameters
    ----------
    split : polars.DataFrame
        What `stratified_split` returns.
    path : str or pathlib.Path
        Ends in .csv or .parquet; replaced only when the new file is whole.
    comment : str
        Where the split comes from, such as cohort hash and seed: lines with # on top of the CSV, metadata of Parquet.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ValueError
        When the name ends in something else.
    """
    file = _known_kind(Path(path))
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        if file.suffix.lower() == ".parquet":
            split.write_parquet(unfinished, metadata={"comment": comment})
        else:
            with unfinished.open("w", encoding="utf-8") as stream:
                stream.writelines(f"# {line}\n" for line in comment.splitlines())
                split.write_csv(stream)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return file


def read_split(path: str | Path, *, part: str = "part") -> pl.DataFrame:
    """Return a split file as a table; every column of a CSV is text, so that no identifier loses a leading zero.

    Parameters
    ----------
    path : str or pathlib.Path
        A CSV or Parquet file; lines with # on top of a CSV are passed over.
    part : str
        The column that names the sides.

    Returns
    -------
    polars.DataFrame
        The rows in their order.

    Raises
    ------
    ValueError
        When the name ends in neither, or the file is damaged.
    UnknownNameError
        When the file has no such column.
    """
    file = _known_kind(Path(path))
    try:
        if file.suffix.lower() == ".parquet":
            split = pl.read_parquet(file)
        else:
            split = pl.read_csv(file, infer_schema=False, skip_lines=_n_comment_lines(file))
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as problem:
        raise ValueError(
            f"The split file {file.name!r} cannot be read as {file.suffix[1:]}. It should be a table with a header and "
            "one row a patient, study, series or image. Write it again, such as with workbench.sampling.write_split."
        ) from problem
    if part not in split.columns:
        raise unknown_name("column", part, split.columns, where=file.name, then="Name the column of sides in part=.")
    return split


def _known_kind(file: Path) -> Path:
    if file.suffix.lower() not in {".csv", ".parquet"}:
        raise ValueError(f"Received the split file {file.name!r}. Its name must end in .csv or .parquet. Rename it.")
    return file


def _n_comment_lines(file: Path) -> int:
    n = 0
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            if not line.startswith("#"):
                break
            n += 1
    return n
