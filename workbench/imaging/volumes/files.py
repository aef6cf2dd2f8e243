"""Any image file or folder: what lies there decides what comes back."""

from pathlib import Path
from typing import Any

import numpy as np

from workbench.imaging.images import Cine, Radiograph, Volume
from workbench.imaging.volumes.findings import SeriesError
from workbench.imaging.volumes.kept import READERS, ending_of, read_kept, save_image
from workbench.imaging.volumes.showing import known_modality
from workbench.imaging.volumes.stack import FRAMED

__all__ = ["read_image", "save_image"]

_PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
_SLICES = ("CT", "MR", "PT", "NM", "RTDOSE")  # modalities whose single images are slices (PS3.3 C.7.3.1.1.1)


def read_image(path: str | Path, **options: Any) -> Volume | Radiograph | Cine:
    """Return the volume, radiograph or cine that lies at a path.

    A folder gives the volume of its one series, or the radiograph or cine of its one file. A file gives a volume where
    its frames are slices, a cine where it has several frames otherwise, and a radiograph where it has one.

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

    Raises
    ------
    ValueError
        When it cannot be read; the message says why and what to do.
    LookupError
        When there is no image.
    """
    from workbench.imaging.headers.folders import list_names
    from workbench.imaging.headers.reading import read_headers
    from workbench.imaging.pixels.cines import read_cine
    from workbench.imaging.pixels.radiographs import read_radiograph
    from workbench.imaging.volumes.choosing import choose_series
    from workbench.imaging.volumes.series import read_series

    path = Path(path)
    if ending_of(path) in READERS:
        return read_kept(path)  # type: ignore[return-value]
    if path.suffix.lower() in _PICTURES and path.is_file():
        return read_radiograph(path)
    if not path.exists():
        raise FileNotFoundError(
            "There is nothing at this path. Right would be an image file or a folder of one series. Check its spelling."
        )
    if not path.is_dir() and not path.is_file():
        raise ValueError(
            "The path leads to a pipe or a device. Right would be an image file or a folder of one series. Pass the "
            "path of one."
        )
    headers = read_headers(list_names(path)[0])
    series = options.pop("series", None), options.pop("series_uid", None)
    headers = headers.select(choose_series(headers, *series))
    modality, frames = headers.text("Modality")[0], np.nan_to_num(headers.numbers("NumberOfFrames")[0, 0], nan=1)
    is_color = headers.numbers("SamplesPerPixel")[0, 0] > 1
    if len(headers) == 1 and not is_color and _are_slices(headers):
        try:
            return read_series(path, headers=headers, **options)
        except SeriesError as error:
            if frames <= 1 or "no slices" not in {one.kind for one in error.findings}:
                raise
    if len(headers) == 1:
        return read_cine(headers.paths[0]) if frames > 1 else read_radiograph(headers.paths[0])
    if modality in _SLICES or np.isfinite(headers.numbers("ImagePositionPatient")).all():
        return read_series(path, headers=headers, **options)
    raise ValueError(
        f"The folder holds {len(headers)} images ({known_modality(modality) or 'unknown modality'}) that are no slices "
        f"of one volume. Right would be one image, or slices that state where they lie. Pass the path of one file."
    )


def _are_slices(headers: Any) -> bool:
    """Return whether the images of one file may be slices of the patient."""
    return (headers.text("SOPClassUID")[0] or "") in FRAMED or headers.text("Modality")[0] in _SLICES
