"""Single projections and pictures: CR, DX, MG, XA of one frame; PNG, JPEG and TIFF with unknown units."""

from pathlib import Path

from workbench.imaging.images import Radiograph


def read_radiograph(path: str | Path, *, color: str = "keep") -> Radiograph:
    """Return one projection with higher values brighter, its spacing, windows and what was found.

    Parameters
    ----------
    path : str or pathlib.Path
        A DICOM file of one frame, or a PNG, JPEG or TIFF file.
    color : {'keep', 'grey', 'refuse'}
        What to do with a color image: keep RGB, convert to luminance with a flag, or refuse it.

    Returns
    -------
    Radiograph
        ``(rows, columns)`` or ``(rows, columns, 3)``.

    Raises
    ------
    PixelDataError
        Not an image of one frame, or its pixels cannot be decoded.
    """
    raise NotImplementedError
