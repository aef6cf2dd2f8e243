"""Write a figure, a drawing or a table to a file, in the form that its ending asks for."""

import html
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

_PAGE = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head>'
    "<body>\n{body}\n</body></html>\n"
)
_STYLE = (
    'body{max-width:52rem;margin:2rem auto;padding:0 1rem;font:15px/1.5 "Segoe UI","DejaVu Sans",Helvetica,Arial,'
    "sans-serif;color:#24303b;background:#fff}"
    "figure table,body>table{border-collapse:collapse;font-size:12.5px}"
    "figure :is(td,th),body>table :is(td,th){padding:.2rem .6rem;border-bottom:1px solid #e3e7eb;text-align:left}"
)


class Savable:
    """What can be written to a file by itself; `Figure` and its siblings are."""

    title: str

    def save(self, path: str | Path) -> Path:
        """Write it whole or not at all, in the form that the ending of the name asks for.

        Parameters
        ----------
        path : str or pathlib.Path
            Ends in ``.svg`` or ``.png`` for the picture, ``.html`` for a page that fetches nothing, or ``.csv`` for
            the table; a table set as text has no picture. Its folder is made when absent; a file there is replaced.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        ValueError
            For another ending.
        IsADirectoryError
            When the path is a folder.
        """
        file = Path(path)
        forms = self._forms()
        if file.suffix.lower() not in forms:
            raise ValueError(
                f"{file.name!r} was received. A name that ends in {_either(list(forms))} would be right. "
                f"Rename it, for instance {file.stem + next(iter(forms))!r}."
            )
        if file.is_dir():
            raise IsADirectoryError(f"{file} is a folder. A file name would be right. Add one: {file / 'NAME'}")
        return _write(file, forms[file.suffix.lower()])

    def page(self) -> str:
        """Return a whole web page of it, which fetches nothing.

        Returns
        -------
        str
            HTML in UTF-8.
        """
        return _PAGE.format(title=html.escape(self.title), style=_STYLE, body=self._repr_html_())

    def _forms(self) -> dict[str, Callable[[], str | bytes]]:
        """Endings, the usual one first, and what each writes."""
        return {".html": self.page, ".csv": lambda: as_csv(self._rows())}

    def _rows(self) -> pl.DataFrame:
        raise NotImplementedError

    def _repr_html_(self) -> str:
        raise NotImplementedError


class SavablePicture(Savable):
    """What can also be written as a picture."""

    table: pl.DataFrame

    def png(self, *, scale: float = 2.0) -> bytes:
        """Return it as PNG.

        Parameters
        ----------
        scale : float
            Pixels per point.

        Returns
        -------
        bytes
            A PNG file on white.
        """
        raise NotImplementedError

    def _forms(self) -> dict[str, Callable[[], str | bytes]]:
        return {".svg": self._titled_svg, ".png": self.png, **super()._forms()}

    def _rows(self) -> pl.DataFrame:
        return self.table

    def _titled_svg(self) -> str:
        raise NotImplementedError


def as_csv(table: pl.DataFrame) -> str:
    """Return a table as CSV text.

    Parameters
    ----------
    table : polars.DataFrame
        Lists in it become one cell each, their members joined by ``|``.

    Returns
    -------
    str
        The header and one line a row.

    Examples
    --------
    >>> as_csv(pl.DataFrame({"modalities": [["CT", "SEG"]]}))
    'modalities\\nCT|SEG\\n'
    """
    lists = pl.selectors.list()
    return table.with_columns(lists.list.eval(pl.element().cast(pl.String)).list.join("|")).write_csv()


def _write(file: Path, make: Callable[[], Any]) -> Path:
    made = make()  # before anything is touched
    file.parent.mkdir(parents=True, exist_ok=True)
    staging = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        staging.write_bytes(made.encode("utf-8") if isinstance(made, str) else made)
        staging.replace(file)
    finally:
        staging.unlink(missing_ok=True)
    return file


def _either(endings: list[str]) -> str:
    return f"{', '.join(endings[:-1])} or {endings[-1]}"
