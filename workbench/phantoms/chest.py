"""A made-up patient in two calls: a chest CT series and a radiograph of it, labeled as phantoms wherever one looks.

The label is burned into the pixels, stands in place of the patient's name, and the attribute for phantom images says
so too, so that no program and no reader can take them for a patient. `workbench.phantoms.ct_series` and
`workbench.phantoms.radiographs` have more to choose from.
"""

from pathlib import Path

from workbench.phantoms.ct_series import write_ct_series
from workbench.phantoms.radiographs import Exposure, write_radiograph
from workbench.phantoms.thorax import make_chest


def write_chest_ct(folder: Path, *, seed: int = 0, n_slices: int = 24, n_pixels: int = 256) -> tuple[Path, ...]:
    """Write a made-up chest CT as one DICOM series and return its files, the lowest slice first.

    Parameters
    ----------
    folder : pathlib.Path
        Made when absent.
    seed : int
        The same seed gives the same files, byte for byte.
    n_slices : int
        Over 300 mm.
    n_pixels : int
        Rows and columns.

    Returns
    -------
    tuple of pathlib.Path
        One file a slice, uncompressed.

    Examples
    --------
    >>> import pydicom, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first, _ = write_chest_ct(Path(folder), n_slices=2, n_pixels=64)
    ...     pydicom.dcmread(first).PatientName
    'PHANTOM^NOT A PATIENT'
    """
    return write_ct_series(folder, make_chest(seed=seed, n_slices=n_slices, n_pixels=n_pixels)).paths


def write_chest_radiograph(folder: Path, *, seed: int = 0, n_pixels: int = 512) -> Path:
    """Write a made-up chest radiograph: a made-up chest, seen through from the back to the front.

    Parameters
    ----------
    folder : pathlib.Path
        Made when absent.
    seed : int
        The same seed gives the same file, byte for byte.
    n_pixels : int
        Columns; the rows follow from the shape of the chest.

    Returns
    -------
    pathlib.Path
        One uncompressed CR file, bone white.
    """
    chest = make_chest(seed=seed, n_slices=140, n_pixels=168)
    return write_radiograph(folder / "0001.dcm", chest, exposure=Exposure(modality="CR", marker="", n_pixels=n_pixels))
