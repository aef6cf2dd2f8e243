"""A folder of DICOM slices, read as one volume."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from workbench.imaging.images import Volume

#: Folder, file, list of files, or an index of files that were read before.
SeriesSource = str | Path | Sequence[str | Path]


def read_series(
    source: Any,
    *,
    series: int | None = None,
    series_uid: str | None = None,
    where: Mapping[str, Any] | None = None,
    headers: Any = None,
    index: Any = None,
    on_problem: Literal["correct", "refuse"] = "correct",
    workers: int | None = None,
    progress: bool = False,
) -> Volume:
    """Return one series as a volume.

    Parameters
    ----------
    source : str, pathlib.Path, sequence of paths, or object with ``headers``
        A folder, a list of files, one multi-frame file, or a ``.nii``, ``.nii.gz``, ``.npz``, ``.npy`` or ``.zarr`` volume.
    series : int, optional
        Which of several series, by the number that the message lists, from 1.
    series_uid : str, optional
        Which of several series, by SeriesInstanceUID.
    where : mapping, optional
        DICOM keyword to value, to choose among images that lie at the same place: ``{"EchoTime": 30}``.
    headers : workbench.imaging.headers.reading.Headers, optional
        What was read of these files before.
    index : workbench.imaging.headers.index.DicomIndex, optional
        An index that holds these files.
    on_problem : {"correct", "refuse"}
        Whether findings are corrected by a stated method or end in an error.
    workers : int, optional
        Threads and decoding processes; all cores when None.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Volume
        ``(slices, rows, columns)``.

    Raises
    ------
    ValueError
        When the files do not make one volume; the message names every finding.
    LookupError
        When there is no such file, or no such series in the folder.
    """
    raise NotImplementedError
