"""Single projections and pictures: CR, DX, MG, XA of one frame; PNG, JPEG and TIFF with unknown units."""

from pathlib import Path

from workbench.imaging.images import Radiograph
from workbench.imaging.pixels.groups import text_of, value_of
from workbench.imaging.pixels.layout import PixelDataError
from workbench.imaging.pixels.pictures import is_picture, read_picture
from workbench.imaging.pixels.reading import Color, read_frames


def read_radiograph(path: str | Path, *, color: Color = "keep") -> Radiograph:
    """Return one projection with higher values brighter, its spacing, windows and what was found.

    MONOCHROME1 is inverted where the units are unknown. Values with units, such as HU, stay as they were measured, and
    a flag says that the file asks for low values to be shown bright.

    Parameters
    ----------
    path : str or pathlib.Path
        A DICOM file of one frame, or a PNG, JPEG or TIFF file.
    color : {'keep', 'grey', 'refuse'}
        What to do with a color image: keep RGB, convert to luminance with a flag, or refuse it. Color whose three
        samples are equal becomes grey in the latter two.

    Returns
    -------
    Radiograph
        ``(rows, columns)`` or ``(rows, columns, 3)``.

    Raises
    ------
    PixelDataError
        Not an image of one frame, or its pixels cannot be decoded.

    References
    ----------
    DICOM PS3.3 2025c, C.7.6.3.1.2 (photometric interpretation), C.11.1 (modality), 10.7.1.3 (spacing).

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> picture = read_radiograph(get_testdata_file("SC_rgb_rle.dcm"), color="grey")
    >>> picture.shape, picture.units, picture.flags
    ((100, 100), 'unknown units', ('Color was converted to luminance (0.299 R + 0.587 G + 0.114 B).',))
    """
    if is_picture(path):
        return read_picture(path, color=color)
    read = read_frames(path, color=color)
    if read.description.n_frames != 1:
        raise PixelDataError(
            f"The file holds {read.description.n_frames} frames. A radiograph has one. Read it with read_cine or "
            "read_series."
        )
    orientation = value_of(read.dataset, "PatientOrientation") or ()
    return Radiograph(
        array=read.array[0],
        flags=tuple(read.flags),
        view_position=text_of(read.dataset, "ViewPosition"),
        laterality=text_of(read.dataset, "ImageLaterality") or text_of(read.dataset, "Laterality"),
        patient_orientation=tuple(str(one) for one in orientation),
        **read.fields,
    )
