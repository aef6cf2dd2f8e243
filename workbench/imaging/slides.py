"""Whole slides: their levels, a thumbnail of one, and its tiles one by one, read by wsidicom.

A slide holds more pixels than memory at its highest magnification, so that no function here returns all of it.

References
----------
DICOM PS3.3 2025c: A.32.8 and C.8.12 (VL Whole Slide Microscopy Image), C.7.6.17 (Multi-frame Dimension).
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import MissingPackageError
from workbench.imaging.images import UNKNOWN_UNITS, Radiograph, Source

if TYPE_CHECKING:
    import polars as pl

#: Modality (PS3.3 C.7.3.1.1.1) of what is read here.
SLIDE_MODALITY = "SM"

Files = str | Path | Sequence[str | Path]


def slide_levels(files: Files) -> "pl.DataFrame":
    """Return a row for each magnification of a slide, the highest first.

    Parameters
    ----------
    files : path or sequence of paths
        A folder of one slide, or its files.

    Returns
    -------
    polars.DataFrame
        ``level``, ``rows``, ``columns``, ``spacing_mm`` (between rows), ``tile_rows``, ``tile_columns``, ``n_tiles``.

    Raises
    ------
    MissingPackageError
        When wsidicom is not installed.
    ValueError
        When the files are no slide.
    """
    import polars as pl

    with _opened(files) as slide:
        levels = [
            {
                "level": level.level,
                "rows": level.size.height,
                "columns": level.size.width,
                "spacing_mm": float(level.pixel_spacing.height),
                "tile_rows": level.tile_size.height,
                "tile_columns": level.tile_size.width,
                "n_tiles": -(-level.size.height // level.tile_size.height)
                * -(-level.size.width // level.tile_size.width),
            }
            for level in slide.levels
        ]
    return pl.DataFrame(levels).sort("level")


def read_slide_thumbnail(files: Files, *, size: int = 512) -> Radiograph:
    """Return a whole slide as one small picture.

    Parameters
    ----------
    files : path or sequence of paths
        A folder of one slide, or its files.
    size : int
        The longer side, in pixels; a smaller slide is not enlarged.

    Returns
    -------
    Radiograph
        ``(rows, columns, 3)``, uint8, RGB; the spacing is that of its pixels on the glass.

    Raises
    ------
    MissingPackageError
        When wsidicom is not installed.
    ValueError
        When the files are no slide.
    """
    with _opened(files) as slide:
        whole, spacing = slide.size, slide.pixel_spacing
        longer = min(size, max(whole.width, whole.height))
        picture = np.asarray(slide.read_thumbnail((longer, longer), as_array=True))
        uids = slide.uids
    shrunk = whole.height / picture.shape[0], whole.width / picture.shape[1]
    return Radiograph(
        picture,
        spacing_mm=(float(spacing.height) * shrunk[0], float(spacing.width) * shrunk[1]),
        units=UNKNOWN_UNITS,
        modality=SLIDE_MODALITY,
        flags=(f"A thumbnail of a slide of {whole.height:,} × {whole.width:,} pixels.",),
        source=Source(str(uids.study_instance), str(uids.series_instance), (), _place(files), picture.shape),
        provenance={"reader": "wsidicom", "size": size},
    )


def read_slide_tiles(files: Files, *, level: int = 0) -> Iterator[tuple[tuple[int, int], Any]]:
    """Yield the tiles of one magnification, row by row.

    Parameters
    ----------
    files : path or sequence of paths
        A folder of one slide, or its files.
    level : int
        A value of `slide_levels`; 0 is the highest magnification.

    Yields
    ------
    tuple of ((int, int), numpy.ndarray)
        Row and column of the tile's first pixel, and ``(rows, columns, 3)``, uint8, RGB; smaller at the far edges.

    Raises
    ------
    MissingPackageError
        When wsidicom is not installed.
    ValueError
        When the files are no slide.
    LookupError
        When the slide has no such level.
    """
    with _opened(files) as slide:
        found = {each.level: each for each in slide.levels}
        if level not in found:
            raise LookupError(
                f"No level {level} in the slide. Levels: {', '.join(map(str, sorted(found)))}. Ask for one of these."
            )
        size, tile = found[level].size, found[level].tile_size
        for row in range(-(-size.height // tile.height)):
            for column in range(-(-size.width // tile.width)):
                pixels = np.asarray(slide.read_tile(level, (column, row), as_array=True))
                yield (row * tile.height, column * tile.width), pixels


def _opened(files: Files) -> AbstractContextManager[Any]:
    try:
        from wsidicom import WsiDicom, errors
    except ImportError as missing:
        raise MissingPackageError(
            "Reading a slide, without wsidicom. Slides are read with that package. "
            "Install it: pip install 'imaging-workbench[slides]'"
        ) from missing
    listed = _listed(files)
    # Theirs have no common base.
    theirs = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    refusals: tuple[type[Exception], ...] = (OSError, *theirs)
    try:
        slide: AbstractContextManager[Any] = WsiDicom.open(listed)
        slide.levels  # type: ignore[attr-defined]  # noqa: B018 (only when asked does it look for them)
    except refusals as refused:
        noun = "file" if len(listed) == 1 else "files"
        raise ValueError(
            f"{len(listed)} {noun} of which wsidicom can make no slide ({type(refused).__name__}). "
            "Right would be the files of one series of modality SM. Pass the folder of one slide."
        ) from refused
    return slide


def _listed(files: Files) -> list[Path]:
    if isinstance(files, str | Path):
        path = Path(files)
        return sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]
    return [Path(each) for each in files]


def _place(files: Files) -> str:
    return str(files) if isinstance(files, str | Path) else str(Path(files[0]).parent)
