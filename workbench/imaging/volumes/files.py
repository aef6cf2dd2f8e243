"""Any image file or folder: what lies there decides what comes back."""

from pathlib import Path
from typing import Any

from workbench.imaging.images import Cine, Image, Radiograph, Volume


def read_image(path: str | Path, **options: Any) -> Volume | Radiograph | Cine:
    """Return the volume, radiograph or cine that lies at a path.

    Parameters
    ----------
    path : str or pathlib.Path
        A DICOM file, a folder of one series, NIfTI, NumPy, Zarr, PNG, JPEG or TIFF.
    **options : object
        Passed on to `read_series` where the path holds a volume.

    Returns
    -------
    Volume, Radiograph or Cine
        By what lies there.
    """
    raise NotImplementedError


def save_image(image: Image, path: str | Path) -> Path:
    """Write an image in the form that the path's ending names, and return its path.

    Parameters
    ----------
    image : Image
        Volume, Radiograph or Cine.
    path : str or pathlib.Path
        Ends with ``.nii``, ``.nii.gz``, ``.npz`` or ``.zarr``.

    Returns
    -------
    pathlib.Path
        Of the finished file.
    """
    raise NotImplementedError
