"""Which modality is read how: a table from the files of a folder to pictures with stated units, or a refusal.

Every series is read by the reader that its objects ask for, prepared by the pipeline of its modality, and shown as 8
bits; what cannot be is refused by name, with the reason, and the others go on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.errors import MissingPackageError
from workbench.imaging.images import UNKNOWN_UNITS, Cine, Image, Volume
from workbench.imaging.slides import SLIDE_MODALITY, read_slide_thumbnail

if TYPE_CHECKING:
    import polars as pl

#: The pipeline that prepares a modality (PS3.3 C.7.3.1.1.1) unless another is asked for; others get `_PICTURE`.
DEFAULT_PIPELINES = {
    "CT": "chest_ct",
    "CR": "chest_xray",
    "DX": "chest_xray",
    "MG": "mammography",
    "MR": "brain_mr",
    "US": "ultrasound",
}
_PICTURE = "display"
_IN_SLICES = ("CT", "MR", "NM", "PT")  # whose files are slices of one volume; others are images of their own
_REFUSALS = (ValueError, LookupError, TypeError, OSError, MissingPackageError)
_COUNTED = (("modality", "modalities"), ("pipeline", "pipelines"))
_SOP = "1.2.840.10008.5.1.4.1.1."
_ENHANCED = frozenset(  # PS3.4 2025c B.5: enhanced CT, MR, XA, XRF and PET, and what was converted to such
    _SOP + end for end in ("2.1", "2.2", "4.1", "4.3", "4.4", "12.1.1", "12.2.1", "128.1", "130")
)
_THUMBNAIL = 512  # pixels along the longer side of a slide


@dataclass(frozen=True, eq=False)
class ModalityTable:
    """What became of every series; prints as a table.

    Attributes
    ----------
    table : polars.DataFrame
        A row a series, or a file where files are images of their own: ``modality``, ``n_files``, ``enhanced`` (whether
        of an enhanced, multi-frame kind), ``kind`` (volume, radiograph, cine or slide), ``shape``, ``spacing_mm``,
        ``units``, ``pipeline``, ``prepared_shape``, ``prepared_units``, ``backend``, ``seconds`` (of the pipeline, its
        kernels compiled), ``refused`` (why, or null). A row without a kind and a modality stands for files that are no
        DICOM images.
    images : tuple of Image or None
        As read, for each row; of a stack the middle slice or frame.
    prepared : tuple of Image or None
        After the pipeline, for each row; of a stack the middle slice or frame.
    """

    table: "pl.DataFrame"
    images: tuple[Image | None, ...] = field(repr=False)
    prepared: tuple[Image | None, ...] = field(repr=False)

    def __repr__(self) -> str:
        """Show the table."""
        return repr(self.table)

    @property
    def sentence(self) -> str:
        """How many passed through, of which modalities, and where units are stated."""
        passed = self.table.filter(self.table["refused"].is_null())
        said = f"{passed.height:,} of {self.table.height:,} passed through."
        if not passed.height:
            return said
        several = passed["modality"].n_unique(), passed["pipeline"].drop_nulls().n_unique()
        counts = [f"{n} {one if n == 1 else many}" for n, (one, many) in zip(several, _COUNTED, strict=True)]
        stated = passed.filter(passed["units"] != UNKNOWN_UNITS).select("modality", "units").unique().sort("modality")
        units = ", ".join(f"{modality} ({unit})" for modality, unit in stated.iter_rows())
        return f"{said} They are of {' and took '.join(counts)}. Units are stated for {units or 'none of them'}."

    def pictures(self) -> dict[int, npt.NDArray[np.uint8]]:
        """Return an 8-bit picture for each row that was read: the middle slice or frame of what was prepared.

        Returns
        -------
        dict of int to numpy.ndarray
            Row to ``(rows, columns)`` or ``(rows, columns, 3)``.
        """
        return {row: picture_of(image) for row, image in enumerate(self.prepared) if image is not None}


def modality_table(
    folder: str | Path, *, device: str = "auto", pipelines: Mapping[str, str] | None = None
) -> ModalityTable:
    """Return a row for every series under a folder: read, prepared by its modality's pipeline, with its units.

    Files that are images of their own (projections, loops) have a row each. A single slice of CT or MR is prepared
    by the pipeline ``display``, since those of its modality work between slices. The first image of each kind goes
    through its pipeline twice, and the second time counts: the first use of a kernel compiles it.

    Parameters
    ----------
    folder : str or pathlib.Path
        Of DICOM files, searched with its subfolders.
    device : str
        Where the pipelines run.
    pipelines : mapping, optional
        Modality to the name of a pipeline, in place of `DEFAULT_PIPELINES`.

    Returns
    -------
    ModalityTable
        Sorted by modality and first file; an empty folder gives an empty table.

    Raises
    ------
    FileNotFoundError
        When there is no such folder.

    Examples
    --------
    >>> import tempfile
    >>> from workbench.phantoms.chest import write_chest_ct
    >>> with tempfile.TemporaryDirectory() as place:
    ...     _ = write_chest_ct(Path(place), n_slices=4, n_pixels=64)
    ...     modality_table(place, device="cpu").table.select("modality", "kind", "units", "prepared_units").row(0)
    ('CT', 'volume', 'HU', '0 to 1')
    """
    import polars as pl

    from workbench.imaging.headers.index import index_folder

    index = index_folder(str(folder), progress=False)
    prepare = _Preparing(device)
    found = [_passed(series, pipelines or {}, prepare) for series in _series_of(index)]
    reasons = index["refused"].group_by("reason").len().sort("reason").iter_rows()
    found += [({"n_files": n_files, "refused": reason}, None, None) for reason, n_files in reasons]
    table = pl.DataFrame([row for row, _, _ in found], schema=_columns(pl))
    return ModalityTable(table, tuple(image for _, image, _ in found), tuple(done for _, _, done in found))


def picture_of(image: Image) -> npt.NDArray[np.uint8]:
    """Return an image as one 8-bit picture: its middle slice or frame, in the window that it has.

    Parameters
    ----------
    image : Volume, Radiograph or Cine
        As read or as prepared.

    Returns
    -------
    numpy.ndarray
        ``(rows, columns)``, or ``(rows, columns, 3)`` of a color image.
    """
    from workbench.imaging.arrays import to_host
    from workbench.imaging.preprocessing import preprocess

    if isinstance(image, Volume | Cine):
        middle = slice(image.shape[0] // 2, image.shape[0] // 2 + 1)
        image = image.replace(array=image.array[middle], index_to_source=None)
    is_rgb = image.shape[-1] == 3 and len(image.shape) == (4 if isinstance(image, Cine) else 3)
    shown = image.array if is_rgb else preprocess(image, _PICTURE, device="cpu").array
    picture: npt.NDArray[np.uint8] = np.asarray(to_host(shown)).astype(np.uint8)
    return picture[0] if isinstance(image, Volume | Cine) else picture


def _columns(pl: Any) -> dict[str, Any]:
    numbers = pl.List(pl.Int64)
    return {
        "modality": pl.String,
        "n_files": pl.Int64,
        "enhanced": pl.Boolean,
        "kind": pl.String,
        "shape": numbers,
        "spacing_mm": pl.List(pl.Float64),
        "units": pl.String,
        "pipeline": pl.String,
        "prepared_shape": numbers,
        "prepared_units": pl.String,
        "backend": pl.String,
        "seconds": pl.Float64,
        "refused": pl.String,
    }


@dataclass(frozen=True, order=True)
class _Series:
    modality: str
    paths: list[Path]
    enhanced: bool


@dataclass(frozen=True)
class _Preparing:
    """Runs pipelines on a device, on the first image of each kind twice, since the first use compiles."""

    device: str
    warm: set[tuple[Any, ...]] = field(default_factory=set)

    def __call__(self, image: Image, pipeline: str) -> Image:
        from workbench.imaging.preprocessing import preprocess

        kind = pipeline, type(image), image.array.dtype.str, len(image.shape)
        if kind not in self.warm:
            preprocess(image, pipeline, device=self.device)
            self.warm.add(kind)
        return preprocess(image, pipeline, device=self.device)


def _series_of(index: Any) -> list[_Series]:
    """Return the files of each series, by modality and first file; projections and loops file by file."""
    headers = index.headers
    alone = np.nan_to_num(headers.numbers("NumberOfFrames")[:, 0], nan=1) > 1
    together: dict[tuple[str, str, bool], list[Path]] = {}
    for modality, uid, path, has_frames, kind in zip(
        headers.text("Modality"),
        headers.text("SeriesInstanceUID"),
        headers.paths,
        alone,
        headers.text("SOPClassUID"),
        strict=True,
    ):
        is_slice = modality == SLIDE_MODALITY or (modality in _IN_SLICES and not has_frames)
        name = uid or "" if is_slice else str(path)
        together.setdefault((modality or "", name, kind in _ENHANCED), []).append(path)
    return sorted(_Series(modality, sorted(paths), enhanced) for (modality, _, enhanced), paths in together.items())


def _passed(
    series: _Series, pipelines: Mapping[str, str], prepare: _Preparing
) -> tuple[dict[str, Any], Image | None, Image | None]:
    """Read and prepare one series; what cannot be gives a row that says why."""
    modality, paths = series.modality, series.paths
    row: dict[str, Any] = {"modality": modality or None, "n_files": len(paths), "enhanced": series.enhanced}
    image = prepared = None
    try:
        image = _reader_of(modality)(paths)
        row |= {
            "kind": "slide" if modality == SLIDE_MODALITY else type(image).__name__.lower(),
            "shape": list(image.shape),
            "spacing_mm": None if image.spacing_mm is None else [round(step, 6) for step in image.spacing_mm],
            "units": image.units,
        }
        if modality != SLIDE_MODALITY:
            row["pipeline"] = pipelines.get(modality) or _usual_pipeline(image, modality)
            prepared = prepare(image, row["pipeline"])
            done = prepared.provenance["preprocessing"]
            row |= {"backend": done["backend"], "seconds": round(done["seconds"], 3)}
        else:
            prepared = image
        row |= {"prepared_shape": list(prepared.shape), "prepared_units": prepared.units}
    except _REFUSALS as refused:
        row["refused"] = str(refused)
    return row, _middle(image), _middle(prepared)


def _middle(image: Image | None) -> Image | None:
    """Keep of a stack its middle slice or frame: whole volumes of every series are more than some machines hold."""
    if not isinstance(image, Volume | Cine) or image.shape[0] < 2:
        return image
    at = image.shape[0] // 2
    return image.replace(array=image.array[at : at + 1].copy(), index_to_source=None)


def _usual_pipeline(image: Image, modality: str) -> str:
    """Return the pipeline of a modality where it takes such an image; those of CT and MR work between slices."""
    is_stack = isinstance(image, Volume) and image.shape[0] > 1
    return DEFAULT_PIPELINES.get(modality, _PICTURE) if is_stack == (modality in _IN_SLICES) else _PICTURE


def _reader_of(modality: str) -> Callable[[Sequence[Path]], Image]:
    if modality == SLIDE_MODALITY:
        return _read_slide
    return _read_series


def _read_slide(paths: Sequence[Path]) -> Image:
    return read_slide_thumbnail(paths, size=_THUMBNAIL)


def _read_series(paths: Sequence[Path]) -> Image:
    from workbench.imaging.volumes.files import read_image
    from workbench.imaging.volumes.series import read_series

    return read_image(paths[0]) if len(paths) == 1 else read_series(list(paths))
