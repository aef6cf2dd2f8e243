"""Which modality is read how: a table from the files of a folder to pictures with stated units, or a refusal."""

from pathlib import Path
from typing import Any


def modality_table(folder: Path, *, device: str = "auto") -> Any:
    """Return a row for every series under a folder: read, prepared by its modality's pipeline, with its units.

    Parameters
    ----------
    folder : pathlib.Path
        Of DICOM files, searched with its subfolders.
    device : str
        Where the pipelines run.

    Returns
    -------
    ModalityTable
        ``.table`` (``modality``, ``kind``, ``shape``, ``units``, ``spacing_mm``, ``pipeline``, ``backend``,
        ``refused``) and ``.pictures``: a uint8 picture for every row that was read.
    """
    raise NotImplementedError
