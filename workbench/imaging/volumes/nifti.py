"""Volumes as NIfTI files; RAS there, LPS here."""

from pathlib import Path

from workbench.imaging.images import Volume


def read_nifti(path: str | Path) -> Volume:
    """Return the volume that a NIfTI file holds, its geometry turned from RAS to LPS.

    Parameters
    ----------
    path : str or pathlib.Path
        ``.nii`` or ``.nii.gz``.

    Returns
    -------
    Volume
        int16 when the file's scaling is whole, else float32.
    """
    raise NotImplementedError


def write_nifti(volume: Volume, path: str | Path) -> Path:
    """Write a volume as NIfTI and return its path.

    Parameters
    ----------
    volume : Volume
        Any real type; its geometry is turned from LPS to RAS.
    path : str or pathlib.Path
        ``.nii`` or ``.nii.gz``.

    Returns
    -------
    pathlib.Path
        Of the finished file.
    """
    raise NotImplementedError
