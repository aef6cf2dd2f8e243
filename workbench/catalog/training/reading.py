"""The images of a cohort, one by one, each with the row that describes it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.catalog.training.files import images_with_files

if TYPE_CHECKING:
    from workbench.catalog.described import Described
    from workbench.imaging.images import Image

_OF_PATIENTS = ("sex", "age_years", "race", "ethnicity", "covid19_positive", "site_id")


class CohortImages:
    """The images of a cohort in order, each with its ``place``; iterating goes on where one cannot be read.

    Arrays go to a training program without being copied, through DLPack: ``torch.from_dlpack(image.array)``.

    Parameters
    ----------
    cohort : Cohort
        Any.
    images : str or pathlib.Path, optional
        The folder with the files; by default the one that the catalog was opened from.
    pipeline : str, pathlib.Path or Pipeline, optional
        How each image is prepared; as it was read when absent.
    device : str
        ``"auto"``, ``"cpu"`` or ``"cuda:0"``.
    parts : polars.DataFrame, optional
        What ``cohort.split`` gives; each row then has its ``part``.
    progress : bool
        Whether a bar is shown.

    Attributes
    ----------
    table : polars.DataFrame
        One row an image, a volume or a projection: what describes it and its patient, ``n_files``, perhaps ``part``.
    refused : polars.DataFrame
        ``image`` (its number in `table`, from 1) and ``reason`` of those that could not be read so far.
    """

    def __init__(
        self,
        cohort: "Described",
        images: str | Path | None = None,
        *,
        pipeline: Any = None,
        device: str = "auto",
        parts: pl.DataFrame | None = None,
        progress: bool = True,
    ) -> None:
        self._pipeline, self._device, self._progress = checked_pipeline(pipeline), device, progress
        found = images_with_files(cohort, images)
        self._paths: list[list[str]] = found["paths"].to_list()
        self.table = _described(cohort, found, parts)
        self._refused: dict[int, str] = {}

    @property
    def refused(self) -> pl.DataFrame:
        """Which images could not be read, and why."""
        rows = sorted(self._refused.items())
        return pl.DataFrame(rows, schema={"image": pl.Int64, "reason": pl.String}, orient="row")

    def __repr__(self) -> str:
        """Say how many images there are."""
        said = f"; {len(self._refused):,} could not be read (.refused says why)" if self._refused else ""
        return f"{len(self):,} images of {self.table['series_uid'].n_unique():,} series, to be read one by one{said}"

    def __len__(self) -> int:
        """Return the number of images, read or not."""
        return self.table.height

    def __iter__(self) -> "Iterator[tuple[Image, dict[str, Any]]]":
        """Yield each image that can be read, and its row of `table`."""
        from tqdm.auto import tqdm

        self._refused.clear()
        for place in tqdm(range(len(self)), desc="Images", unit="image", disable=not self._progress):
            try:
                image = self._read(place)
            except (ValueError, LookupError, TypeError, ArithmeticError, RuntimeError, MemoryError, OSError) as error:
                self._refused[place + 1] = str(error)
                continue
            yield image, self.table.row(place, named=True)

    def _read(self, place: int) -> "Image":
        from workbench.imaging.volumes.files import read_image
        from workbench.imaging.volumes.series import read_series

        paths = self._paths[place]
        if not paths:
            raise FileNotFoundError("No file of this series is there. Fetch the series, or leave it out.")
        image: Image = read_image(paths[0]) if len(paths) == 1 else read_series(list(paths))
        if self._pipeline is None:
            return image
        return self._pipeline.apply(image, device=self._device)  # type: ignore[no-any-return]


def checked_pipeline(pipeline: Any) -> Any:
    """Return a pipeline as an object.

    Parameters
    ----------
    pipeline : str, pathlib.Path, Pipeline or None
        By name, as a file, or read already.

    Returns
    -------
    Pipeline or None
        None when there is none.
    """
    if pipeline is None or hasattr(pipeline, "apply"):
        return pipeline
    from workbench.imaging.preprocessing.pipelines import read_pipeline

    return read_pipeline(pipeline)


def _described(cohort: "Described", found: pl.DataFrame, parts: pl.DataFrame | None) -> pl.DataFrame:
    people = cohort.patients
    known = [name for name in _OF_PATIENTS if name in people.columns]
    table = found.with_columns(n_files=pl.col("paths").list.len()).drop("paths").with_row_index("place", offset=1)
    table = table.join(people.select("patient_key", *known), on="patient_key", how="left", maintain_order="left")
    if parts is not None:
        dealt = parts.select(pl.col("collection_id", "patient_id").cast(pl.String), pl.col("part").cast(pl.String))
        _check_parts(table, dealt.unique())
        table = table.join(dealt.unique(), on=["collection_id", "patient_id"], how="left", maintain_order="left")
    return table


def _check_parts(table: pl.DataFrame, dealt: pl.DataFrame) -> None:
    """Refuse parts that leave a patient out or name one twice: an image would be lost, or learned and tested on."""
    people = table.select("collection_id", "patient_id").unique()
    n_twice = int(dealt.select("collection_id", "patient_id").is_duplicated().sum())
    n_without = people.join(dealt.drop_nulls("part"), on=["collection_id", "patient_id"], how="anti").height
    if n_twice or n_without:
        raise ValueError(
            f"{n_twice:,} rows of parts= name a patient who is in another part too, and {n_without:,} patients of the "
            "cohort are in no part. Each patient in one part would be right. Take what cohort.split(seed=1) gives."
        )
