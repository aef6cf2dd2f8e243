"""Images kept in files of other forms than DICOM: a name's ending says which."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from workbench.imaging.images import Image
from workbench.imaging.volumes.arrays_on_disk import read_numpy, read_zarr, write_numpy, write_zarr
from workbench.imaging.volumes.nifti import read_nifti, write_nifti

#: Ending to what reads it.
READERS: Mapping[str, Callable[[Path], Image]] = {
    ".nii": read_nifti,
    ".nii.gz": read_nifti,
    ".npy": read_numpy,
    ".npz": read_numpy,
    ".zarr": read_zarr,
}
_WRITERS: Mapping[str, Callable[[Any, Path], Path]] = {
    ".nii": write_nifti,
    ".nii.gz": write_nifti,
    ".npz": write_numpy,
    ".zarr": write_zarr,
}


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
        Of the finished file; it appears whole or not at all.

    Raises
    ------
    OSError
        When the folder may not be written to, or is full.
    ValueError
        When the ending names no form, or the form cannot hold the image.
    """
    path = Path(path)
    writer = _WRITERS.get(ending_of(path))
    if writer is None:
        raise ValueError(
            f"The name ends with {path.suffix or 'nothing'!r}. Valid endings: {', '.join(_WRITERS)}. "
            f"Give the file one of these."
        )
    try:
        return writer(image, path)
    except OSError as failed:  # whose own message repeats the path
        raise OSError(
            f"The image could not be written ({failed.strerror or type(failed).__name__}). A folder that may be "
            "written to, with space, was expected. Save it elsewhere."
        ) from None


def read_kept(path: Path) -> Image:
    """Return the image of a file that is no DICOM, by its ending.

    Parameters
    ----------
    path : pathlib.Path
        Ends with ``.nii``, ``.nii.gz``, ``.npy``, ``.npz`` or ``.zarr``.

    Returns
    -------
    Image
        Of the class that the file holds.
    """
    if not path.exists():
        raise FileNotFoundError(
            f"There is no such {ending_of(path)} here. Right would be an existing one. Check its path."
        )
    return READERS[ending_of(path)](path)


def ending_of(path: Path) -> str:
    """Return a name's ending, with ``.nii.gz`` as one.

    Parameters
    ----------
    path : pathlib.Path
        Any.

    Returns
    -------
    str
        Lower case, with its dot; empty where there is none.

    Examples
    --------
    >>> ending_of(Path("head.NII.gz")), ending_of(Path("chest.npz"))
    ('.nii.gz', '.npz')
    """
    name = path.name.lower()
    return ".nii.gz" if name.endswith(".nii.gz") else path.suffix.lower()
