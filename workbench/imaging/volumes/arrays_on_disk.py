"""Images as NumPy archives and Zarr arrays, geometry beside the numbers."""

from pathlib import Path

from workbench.imaging.images import Image


def write_numpy(image: Image, path: str | Path) -> Path:
    """Write an image as ``.npz`` (array and a JSON of the rest) and return its path.

    Parameters
    ----------
    image : Image
        Volume, Radiograph or Cine.
    path : str or pathlib.Path
        Ends with ``.npz``.

    Returns
    -------
    pathlib.Path
        Of the finished file.
    """
    raise NotImplementedError


def read_numpy(path: str | Path) -> Image:
    """Return the image that a ``.npz`` of `write_numpy` or a bare ``.npy`` array holds.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.

    Returns
    -------
    Image
        Of the class that was written; a Volume with unknown units for a bare array.
    """
    raise NotImplementedError


def write_zarr(image: Image, path: str | Path) -> Path:
    """Write an image as a Zarr v3 array, chunked by slab, and return its path.

    Parameters
    ----------
    image : Image
        Volume, Radiograph or Cine.
    path : str or pathlib.Path
        Ends with ``.zarr``.

    Returns
    -------
    pathlib.Path
        Of the finished folder.
    """
    raise NotImplementedError


def read_zarr(path: str | Path) -> Image:
    """Return the image that a Zarr array of `write_zarr` holds.

    Parameters
    ----------
    path : str or pathlib.Path
        The folder.

    Returns
    -------
    Image
        Of the class that was written.
    """
    raise NotImplementedError
