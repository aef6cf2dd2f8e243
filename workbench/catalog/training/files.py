"""Find the files of a cohort's series on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from workbench.catalog.repository import INSTANCES
from workbench.errors import brief

if TYPE_CHECKING:
    from workbench.catalog.described import Described
    from workbench.catalog.repository import Repository

#: Modalities whose every file is an image that stands for itself (PS3.3 C.7.3.1.1.1).
_PROJECTIONS = ("CR", "DX", "IO", "MG", "PX", "RF", "RG", "US", "XA", "XC")
_DESCRIBED = ("collection_id", "patient_id", "study_uid", "series_uid", "modality")


def images_with_files(cohort: "Described", images: str | Path | None = None) -> pl.DataFrame:
    """Return the cohort's images, each with its files: a volume has those of its series, a projection one.

    Parameters
    ----------
    cohort : Cohort
        Any.
    images : str or pathlib.Path, optional
        The folder that holds the files, such as one that ``cohort.fetch`` filled; by default the folder that the
        catalog was opened from.

    Returns
    -------
    polars.DataFrame
        One row an image, in the order of `cohort.series`: ``series_key``, ``patient_key``, what describes it, and
        ``paths``, a list that is empty where no file of a series is there.

    Raises
    ------
    FileNotFoundError
        When the source holds no images and no folder is named, or none of the cohort's files lie there.
    """
    series = cohort.series()
    described = series.select(name for name in _DESCRIBED if name in series.columns)
    keyed = described.with_columns(
        series_key=pl.Series(cohort.rows, dtype=pl.UInt32),
        patient_key=cohort.repository.column("series", "patient_key").gather(cohort.rows),
    )
    files = _indexed(Path(images)) if images is not None else _of_source(cohort.repository)
    grouped = files.group_by("series_uid", maintain_order=True).agg(paths=pl.col("url"))
    found = keyed.join(grouped, on="series_uid", how="left", maintain_order="left")
    if found.height and not found["paths"].drop_nulls().len():
        raise FileNotFoundError(
            f"None of the cohort's {found.height:,} series {'lies' if found.height == 1 else 'lie'} in "
            f"{images if images is not None else 'the folder of the catalog'}. The folder that cohort.fetch(folder) "
            "filled would be right. Fetch the images first, and name that folder: images=folder."
        )
    return _apart(found.with_columns(pl.col("paths").fill_null([])))


def _apart(series: pl.DataFrame) -> pl.DataFrame:
    """Give each file of a series of projections a row of its own."""
    ordered = series.with_row_index("order")
    several = (pl.col("modality").is_in(_PROJECTIONS) & (pl.col("paths").list.len() > 1)).fill_null(False)
    single = ordered.filter(several).explode("paths").with_columns(paths=pl.concat_list("paths"))
    together = pl.concat([ordered.filter(~several), single]).sort("order", maintain_order=True)
    return together.drop("order")


def _of_source(repository: "Repository") -> pl.DataFrame:
    path = repository.folder / INSTANCES
    if not path.is_file():
        raise FileNotFoundError(
            f"The source {brief(repository.name)} lists images but does not hold them. A folder of DICOM files would. "
            "Fetch the cohort first, and name the folder: fetched = cohort.fetch(folder); images=folder."
        )
    return pl.read_parquet(path, columns=["series_uid", "url"])


def _indexed(folder: Path) -> pl.DataFrame:
    from workbench.imaging.headers.index import index_folder

    if not folder.is_dir():
        raise FileNotFoundError(f"No folder {folder}. A folder of DICOM files would be right. Check images=.")
    instances = index_folder(folder, progress=False)["instances"]
    return instances.select("series_uid", "url").sort("series_uid", "url")
