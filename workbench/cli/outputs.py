"""What verbs print and write: tables of text, and files that are whole or not there."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

#: What to know of a file that begins with its provenance, in a help text and after writing one.
COMMENTS = "lines that begin with # are comments"
COMMENTS_READ = f"{COMMENTS[0].upper()}{COMMENTS[1:]}. To read it: pl.read_csv(FILE, comment_prefix='#')"


def print_table(table: Any, *, width: int = 160) -> None:
    """Print a frame with every row and column.

    Parameters
    ----------
    table : polars.DataFrame or object
        A frame, or what prints as one.
    width : int
        Characters in a line.
    """
    import polars as pl

    with pl.Config(tbl_rows=-1, tbl_cols=-1, fmt_str_lengths=60, tbl_width_chars=width) as config:
        config.set_tbl_hide_dataframe_shape(True).set_tbl_hide_column_data_types(True)
        print(table)


def write_table(table: "pl.DataFrame", path: Path) -> Path:
    """Write a frame as CSV.

    Parameters
    ----------
    table : polars.DataFrame
        Without nested columns.
    path : pathlib.Path
        A file; its folder is made when absent.

    Returns
    -------
    pathlib.Path
        The file.
    """
    return write_text(table.write_csv(), path)


def write_text(text: str, path: Path) -> Path:
    """Write a text, whole or not at all.

    Parameters
    ----------
    text : str
        All of it.
    path : pathlib.Path
        A file; its folder is made when absent.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    IsADirectoryError
        When the path is a folder.
    """
    staging = ready(path).with_name(f".{path.name}.part")
    try:
        staging.write_text(text, encoding="utf-8", newline="\n")
        staging.replace(path)
    finally:
        staging.unlink(missing_ok=True)
    return path


def ready(path: Path) -> Path:
    """Return the path of a file to write, its folder made when absent.

    Parameters
    ----------
    path : pathlib.Path
        Where to write.

    Returns
    -------
    pathlib.Path
        The same.

    Raises
    ------
    IsADirectoryError
        When it is a folder.
    """
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder. A file name would be right. Add one: {path / 'NAME'}")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
