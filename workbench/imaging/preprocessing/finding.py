"""Which images lie at some paths: each series of slices, and each file that is an image of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from workbench.imaging.images import Image

_KEPT = (".nii", ".nii.gz", ".npy", ".npz", ".zarr", ".png", ".jpg", ".jpeg", ".tif", ".tiff")


@dataclass(frozen=True)
class FoundImage:
    """An image that can be read: a file, or the slices of one series.

    Attributes
    ----------
    path : pathlib.Path
        The file, or the first of the series.
    n_files : int
        How many files make it.
    """

    path: Path
    n_files: int = 1
    headers: Any = field(default=None, repr=False, compare=False)

    def read(self) -> Image:
        """Return the image.

        Returns
        -------
        Volume, Radiograph or Cine
            By what it is.

        Raises
        ------
        ValueError
            When it cannot be read; the message says why.
        """
        from workbench.imaging.volumes.files import read_image
        from workbench.imaging.volumes.series import read_series

        if self.headers is None:
            return read_image(self.path)
        return read_series([Path(path) for path in self.headers.paths], headers=self.headers)


def find_images(paths: Iterable[str | Path]) -> tuple[list[FoundImage], int]:
    """Return the images at some paths, and how many files there are none.

    A series whose files are gray slices that say where they lie in the patient is one image; of any other each file is
    one, since radiographs, stills, clips and files of many frames belong to no stack.

    Parameters
    ----------
    paths : iterable of str or path
        Files, and folders that are searched with their subfolders.

    Returns
    -------
    tuple
        The images, in the order of the paths, series by series; and the number of files that are no images.

    Raises
    ------
    FileNotFoundError
        When there is nothing at a path.
    """
    found: list[FoundImage] = []
    n_others = 0
    for path in map(Path, paths):
        if not path.exists():
            raise FileNotFoundError(
                f"There is nothing at {path}. An image file or a folder would be right. Check the path."
            )
        if path.is_file() or _is_kept(path):
            found.append(FoundImage(path))
            continue
        images, n_refused = _in_folder(path)
        found += images
        n_others += n_refused
    return found, n_others


def _in_folder(folder: Path) -> tuple[list[FoundImage], int]:
    from workbench.imaging.headers.folders import list_files
    from workbench.imaging.headers.reading import read_headers

    stores = sorted(store for store in folder.rglob("*.zarr") if store.is_dir())
    files = [file for file in list_files(folder) if not any(store in file.parents for store in stores)]
    kept = [file for file in files if _is_kept(file)]
    headers = read_headers([file for file in files if not _is_kept(file)])
    images = [*_by_series(headers), *map(FoundImage, [*stores, *kept])]
    return images, len(headers.refused) + len(headers.paths) - sum(image.n_files for image in images) + len(
        [*stores, *kept]
    )


def _by_series(headers: Any) -> Iterator[FoundImage]:
    """Yield each series of slices, and each file of the others that has pixels."""
    has_pixels = np.isfinite(headers.numbers("Rows")[:, 0])
    placed = np.isfinite(headers.numbers("ImagePositionPatient")).all(axis=1)
    placed &= ~(headers.numbers("SamplesPerPixel")[:, 0] > 1) & ~(headers.numbers("NumberOfFrames")[:, 0] > 1)
    rows_of: dict[str, list[int]] = {}
    for row, uid in enumerate(headers.text("SeriesInstanceUID")):
        if has_pixels[row]:
            rows_of.setdefault(uid or f"file {row}", []).append(row)
    for rows in rows_of.values():
        if len(rows) > 1 and placed[rows].all():
            yield FoundImage(Path(headers.paths[rows[0]]), len(rows), headers.select(rows))
        else:
            yield from (FoundImage(Path(headers.paths[row])) for row in rows)


def _is_kept(path: Path) -> bool:
    return path.name.lower().endswith(_KEPT)
