"""What a download gave: the files on this machine, as tables; or a phantom that says it is one."""

import html
import inspect
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import polars as pl

from workbench.cache import rules_digest, sealed_folder
from workbench.catalog.retrieval.receipt import Receipt
from workbench.markup import html_table
from workbench.provenance import file_digest

#: How a phantom is called wherever a collection would stand.
PHANTOM = "Phantom, not a patient"

_FILES = {
    "collection_id": pl.String,
    "patient_id": pl.String,
    "study_uid": pl.String,
    "series_uid": pl.String,
    "modality": pl.String,
    "series_description": pl.String,
    "path": pl.String,
    "size_bytes": pl.Int64,
    "sha256": pl.String,
}


@dataclass(frozen=True, eq=False, repr=False)
class Fetched:
    """The images of a cohort on this machine; prints as one row a series.

    Attributes
    ----------
    folder : pathlib.Path
        Everything lies below it.
    files : polars.DataFrame
        One row a file: ``collection_id``, ``patient_id``, ``study_uid``, ``series_uid``, ``modality``,
        ``series_description``, ``path`` (below `folder`), ``size_bytes``, ``sha256``.
    expected : mapping
        Series Instance UID to the number of files its source promises.
    phantom : bool
        True when the images are made up because the real ones were out of reach.
    """

    folder: Path
    files: pl.DataFrame
    expected: dict[str, int]
    phantom: bool = False

    @classmethod
    def from_receipt(cls, folder: Path, series: pl.DataFrame, receipt: Receipt) -> "Fetched":
        """Return what is finished of some series.

        Parameters
        ----------
        folder : pathlib.Path
            Where the receipt lies.
        series : polars.DataFrame
            One row a series, with the original names.
        receipt : Receipt
            Read from `folder`.

        Returns
        -------
        Fetched
            In the order of `series`.
        """
        rows = [
            {**described, "path": entry.path, "size_bytes": entry.size_bytes, "sha256": entry.sha256}
            for described in series.select(list(_FILES)[:6]).iter_rows(named=True)
            for entry in receipt.of_series(described["series_uid"])
        ]
        expected = dict(series.select("series_uid", pl.col("n_instances").fill_null(0)).iter_rows())
        return cls(folder, pl.DataFrame(rows, schema=_FILES), expected)

    @classmethod
    def of_phantom(cls, modality: Literal["CT", "CR"] = "CT", *, seed: int = 0) -> "Fetched":
        """Return made-up images in the place of real ones; they lie in the cache, never among real images.

        Parameters
        ----------
        modality : {"CT", "CR"}
            A chest CT or a chest radiograph.
        seed : int
            The same seed gives the same images.

        Returns
        -------
        Fetched
            With `phantom` true; the images say so too.
        """
        from workbench.phantoms import anatomy, chest  # they need pydicom, which no catalog should wait for

        made_by = rules_digest(inspect.getsource(module) for module in (anatomy, chest))
        folder = sealed_folder(
            f"phantom-{modality}-{seed}-{made_by}", lambda into: _write_phantom(into, modality, seed)
        )
        paths = sorted(folder.glob("*.dcm"))
        described = {
            "collection_id": PHANTOM,
            "patient_id": f"PHANTOM-{seed}",
            "study_uid": "",
            "series_uid": "",
            "modality": modality,
            "series_description": "Chest, made up",
        }
        rows = [
            {**described, "path": path.name, "size_bytes": path.stat().st_size, "sha256": file_digest(path)}
            for path in paths
        ]
        return cls(folder, pl.DataFrame(rows, schema=_FILES), {}, phantom=True)

    @property
    def n_files(self) -> int:
        """How many files there are."""
        return len(self.files)

    @property
    def size_gb(self) -> float:
        """Their size, in 10^9 bytes."""
        return float(self.files["size_bytes"].sum()) / 1e9

    @cached_property
    def table(self) -> pl.DataFrame:
        """One row a series: collection, modality, description, number of files and promised number, MB."""
        by = ("collection_id", "series_uid", "modality", "series_description")
        counted = self.files.group_by(by, maintain_order=True).agg(
            n_files=pl.len(), size_mb=(pl.col("size_bytes").sum() / 1e6).round(3)
        )
        promised = pl.Series([self.expected.get(uid) for uid in counted["series_uid"]], dtype=pl.Int64)
        return counted.with_columns(n_expected=promised).select(*by, "n_files", "n_expected", "size_mb")

    def damaged(self) -> pl.DataFrame:
        """Return the files that are gone or no longer what was fetched, by reading each again.

        Returns
        -------
        polars.DataFrame
            Rows of `files`; empty when all is well.
        """
        kept = []
        for path, sha256 in self.files.select("path", "sha256").iter_rows():
            here = self.folder / path
            kept.append(not here.is_file() or file_digest(here) != sha256)
        return self.files.filter(pl.Series(kept, dtype=pl.Boolean))

    @property
    def _title(self) -> str:
        size = f"{self.n_files:,} files, {size_words(self.size_gb * 1e9)}, in {self.folder}"
        return f"{PHANTOM}: {size}" if self.phantom else f"Fetched {len(self.table):,} series: {size}"

    @property
    def _notes(self) -> list[str]:
        short = self.table.filter(pl.col("n_files") < pl.col("n_expected").fill_null(0))
        said = [f"{len(short):,} series hold fewer files than the source promises."] if len(short) else []
        if self.phantom:
            said.append("The real images are out of reach; these are made up and show no patient.")
        return said

    def __repr__(self) -> str:
        """Show one row a series as text."""
        return "\n".join([self._title, *self._notes, str(self.table)])

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self._notes)
        shown = self.table.head(20)
        named = shown.rename({name: name.replace("_", " ") for name in shown.columns})
        rows = (["–" if cell is None else cell for cell in row] for row in named.iter_rows())
        table = html_table(named.columns, rows, numbers=named.select(pl.selectors.numeric()).columns)
        more = f"<p>… {len(self.table) - 20:,} more series</p>" if len(self.table) > 20 else ""
        return f"<p><strong>{html.escape(self._title)}</strong></p>{notes}{table}{more}"


def _write_phantom(folder: Path, modality: str, seed: int) -> None:
    from workbench.phantoms import chest

    if modality == "CT":
        chest.write_chest_ct(folder, seed=seed)
    else:
        chest.write_chest_radiograph(folder, seed=seed)


def size_words(n_bytes: float) -> str:
    """Return a size in the unit that a reader can picture.

    Parameters
    ----------
    n_bytes : float
        How many bytes.

    Returns
    -------
    str
        In GB from a tenth of one on, else in MB.

    Examples
    --------
    >>> size_words(52_429), size_words(234e9)
    ('0.1 MB', '234.000 GB')
    """
    return f"{n_bytes / 1e9:,.3f} GB" if n_bytes >= 1e8 else f"{n_bytes / 1e6:,.1f} MB"
