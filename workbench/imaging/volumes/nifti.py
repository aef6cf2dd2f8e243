"""Volumes as NIfTI files.

DICOM counts patient coordinates toward left, posterior and superior (LPS); NIfTI toward right, anterior and superior
(RAS). Between them x and y change sign, in the origin and in every direction; the voxels stay where they are, only the
order of the array's axes is turned: ``(slices, rows, columns)`` here are NIfTI's ``(k, j, i)``.

References
----------
DICOM PS3.3 2025c: C.7.6.2.1.1. NIfTI-1: Cox RW et al., "A (sort of) new image data format standard: NIfTI-1",
NeuroImage 22 (2004) e1440; its header file nifti1.h, "3D image (volume) orientation and location in space".
"""

import math
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import UNKNOWN_UNITS, Image, Source, Volume
from workbench.imaging.pixels.modality import KNOWN_UNITS
from workbench.imaging.volumes.beside import written_beside
from workbench.imaging.volumes.claimed import UnbelievedError, bytes_of, check_array
from workbench.imaging.volumes.showing import known_modality

_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0])
_RIGHT_ANGLE = 0.01  # cosine: beyond that the axes are no longer at right angles
_LONGEST = 32_767  # voxels along an axis: dim of nifti1.h is of 16 bits
_LEAST_MM, _MOST_MM = 1e-3, 100.0
_SAID = re.compile(r"units=(?P<units>[^;]*); modality=(?P<modality>[A-Z]*)")
_SCALE = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)? to -?\d+(\.\d+)?(e[+-]?\d+)?")  # units that a step has made
_IN_MM = {1: 1000.0, 2: 1.0, 3: 0.001}  # NIfTI-1, xyzt_units: meter, millimeter, micrometer


def read_nifti(path: str | Path, *, nth: int | None = None) -> Volume:
    """Return the volume that a NIfTI file holds, its geometry turned from RAS to LPS.

    Parameters
    ----------
    path : str or pathlib.Path
        ``.nii`` or ``.nii.gz``.
    nth : int, optional
        Which of several volumes of a four-dimensional file, from 0.

    Returns
    -------
    Volume
        int16 where the file's slope is 1 and its intercept whole, integers of another size as they are, else float32.

    Raises
    ------
    ValueError
        When the file is no NIfTI file or no single volume of numbers.
    """
    path = Path(path)
    held = bytes_of(path)
    try:
        array, image = _read(path, held, nth)
    except UnbelievedError:
        raise
    except _damage() as error:
        raise ValueError(
            f"The file cannot be read as NIfTI ({type(error).__name__}). Right would be a whole .nii or .nii.gz file. "
            f"Fetch or write it again."
        ) from error
    spacing, direction, origin, flags = _geometry(image)
    units, modality, unknown = _described(image)
    return Volume(
        array=array,
        spacing_mm=spacing,
        units=units,
        modality=modality,
        flags=flags + unknown,
        source=Source(path=str(path), shape=tuple(array.shape)),
        index_to_source=np.eye(4),
        provenance={"reader": "nibabel"},
        origin_mm=origin,
        direction=direction,
    )


def write_nifti(volume: Volume, path: str | Path) -> Path:
    """Write a volume as NIfTI and return its path.

    Parameters
    ----------
    volume : Volume
        Of numbers or yes and no; its geometry is turned from LPS to RAS. int16 stays int16.
    path : str or pathlib.Path
        ``.nii`` or ``.nii.gz``.

    Returns
    -------
    pathlib.Path
        Of the finished file; it appears whole or not at all.

    Raises
    ------
    ValueError
        When the volume's spacing is unknown, or the image is no volume.

    Examples
    --------
    >>> import tempfile
    >>> volume = Volume(np.zeros((2, 3, 4), np.int16), (5.0, 1.0, 1.0), units="HU", origin_mm=(10.0, 20.0, 30.0))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read_nifti(write_nifti(volume, Path(folder) / "one.nii")).origin_mm
    (10.0, 20.0, 30.0)
    """
    import nibabel as nib

    path = Path(path)
    affine = ras_affine(volume)
    array = np.asarray(volume.array)
    if max(array.shape) > _LONGEST:
        raise ValueError(
            f"An axis of the volume has {max(array.shape):,} voxels, and NIfTI-1 holds {_LONGEST:,} at most. "
            f"Save it as .npz or .zarr."
        )
    if array.dtype == bool:
        array = array.astype(np.uint8)
    elif array.dtype == np.float16:
        array = array.astype(np.float32)
    image: Any = nib.Nifti1Image(array.T, affine, dtype=array.dtype)  # type: ignore[no-untyped-call]
    image.header.set_xyzt_units("mm")
    image.header["descrip"] = f"units={volume.units}; modality={volume.modality}"[:79].encode("latin-1", "replace")
    image.set_sform(affine, code="scanner")
    image.set_qform(affine, code="scanner")
    with written_beside(path) as staging:
        nib.save(image, staging)
    return path


def ras_affine(volume: Image) -> npt.NDArray[np.float64]:
    """Return the affine from NIfTI's voxel indices ``(column, row, slice)`` to RAS coordinates in mm.

    Parameters
    ----------
    volume : Volume
        With known spacing.

    Returns
    -------
    numpy.ndarray
        (4, 4) float64.

    Raises
    ------
    ValueError
        When the spacing is unknown, or the image is no volume.

    Examples
    --------
    >>> ras_affine(Volume(np.zeros((2, 3, 4)), (5.0, 2.0, 1.0), origin_mm=(10.0, 20.0, 30.0)))[:3].tolist()
    [[-1.0, 0.0, 0.0, -10.0], [0.0, -2.0, 0.0, -20.0], [0.0, 0.0, 5.0, 30.0]]
    """
    if not isinstance(volume, Volume):
        raise ValueError(
            f"A {type(volume).__name__.lower()} was to be written as NIfTI, which holds volumes of slices. "
            f"Save it as .npz or .zarr."
        )
    if volume.spacing_mm is None:
        raise ValueError(
            "The volume's spacing is unknown, and a NIfTI file has to state it. "
            "Set it with volume.replace(spacing_mm=(slices, rows, columns)), or save as .npz."
        )
    steps = np.array(volume.direction).T * volume.spacing_mm
    affine = np.eye(4)
    affine[:3, :3] = _LPS_TO_RAS @ steps[:, ::-1]
    affine[:3, 3] = _LPS_TO_RAS @ volume.origin_mm
    return affine + 0.0  # no negative zeros


def _read(path: Path, held: int, nth: int | None) -> tuple[npt.NDArray[Any], Any]:
    import nibabel as nib

    image: Any = nib.load(path)
    stored = image.dataobj
    check_array(stored.shape, stored.dtype.itemsize, held, packed=path.suffix.lower() == ".gz")
    slope, intercept = float(stored.slope), float(stored.inter)
    if not (math.isfinite(slope) and math.isfinite(intercept)):
        raise UnbelievedError(
            "The file's slope or intercept is no finite number. Right would be numbers (NIfTI-1, scl_slope and "
            "scl_inter). Write the file again."
        )
    one = _one_volume(np.asanyarray(stored.get_unscaled()), nth)
    return _in_units(np.ascontiguousarray(one.T), slope, intercept), image


def _damage() -> tuple[type[Exception], ...]:
    """Return what nibabel, NumPy and the standard library raise on damaged files."""
    from nibabel.filebasedimages import ImageFileError
    from nibabel.spatialimages import HeaderDataError, HeaderTypeError
    from nibabel.wrapstruct import WrapStructError

    own = (ImageFileError, HeaderDataError, HeaderTypeError, WrapStructError)
    general = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, OSError, EOFError, MemoryError)
    return (*own, *general, zlib.error, struct.error)


def _described(image: Any) -> tuple[str, str, tuple[str, ...]]:
    """Return units and modality as `write_nifti` states them; anything else there may be free text."""
    said = _SAID.fullmatch(bytes(image.header["descrip"]).rstrip(b"\0").decode("latin-1"))
    if said is None:
        return UNKNOWN_UNITS, "", ()
    units, modality = said["units"], known_modality(said["modality"])
    if units in (UNKNOWN_UNITS, "standard deviations", *KNOWN_UNITS) or _SCALE.fullmatch(units):
        return units, modality, ()
    return UNKNOWN_UNITS, modality, ("The file's description names units that are not known here; they were left out.",)


def _one_volume(stored: npt.NDArray[Any], nth: int | None) -> npt.NDArray[Any]:
    if stored.dtype.kind not in "iufb":
        raise UnbelievedError(
            f"The voxels of the file are {stored.dtype.kind!r} (color or complex), where numbers would be right. "
            f"Write one file for each channel."
        )
    while stored.ndim > 3 and stored.shape[-1] == 1:
        stored = stored[..., 0]
    if stored.ndim == 4 and nth is not None and 0 <= nth < stored.shape[3]:
        return stored[..., nth]
    if stored.ndim != 3 or not stored.size:
        raise UnbelievedError(
            f"The file holds an array of {' × '.join(map(str, stored.shape))}, where one volume of three axes would be "
            f"right. Pass read_nifti(path, nth=…) with a number from 0 for one of several."
        )
    return stored


def _in_units(stored: npt.NDArray[Any], slope: float, intercept: float) -> npt.NDArray[Any]:
    """Return the values the file means: ``slope · stored + intercept`` (NIfTI-1, scl_slope and scl_inter)."""
    if stored.dtype.byteorder not in "=|" or not stored.flags.writeable:
        stored = stored.astype(stored.dtype.newbyteorder("="))
    if slope == 1 and intercept == 0:
        return stored.astype(np.float32) if stored.dtype == np.float64 else stored
    if slope == 1 and intercept == round(intercept) and stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2:
        low, high = int(stored.min()) + int(intercept), int(stored.max()) + int(intercept)
        if low >= -32768 and high <= 32767:
            return (stored.astype(np.int32) + int(intercept)).astype(np.int16)
    return (stored * np.float64(slope) + intercept).astype(np.float32)


def _geometry(image: Any) -> tuple[Any, Any, Any, tuple[str, ...]]:
    affine = np.array(image.affine, dtype=np.float64)
    flags = []
    unit = int(image.header["xyzt_units"]) & 7  # the lower three bits are those of space
    affine[:3] *= _IN_MM.get(unit, 1.0)
    if not int(image.header["sform_code"]) and not int(image.header["qform_code"]):
        flags.append("The file states no orientation; its axes are taken as right, anterior and superior.")
    steps = (_LPS_TO_RAS @ affine[:3, :3])[:, ::-1]
    lengths = np.linalg.norm(steps, axis=0)
    origin = tuple((_LPS_TO_RAS @ affine[:3, 3] + 0.0).tolist())
    if not np.isfinite(affine).all() or not ((lengths >= _LEAST_MM) & (lengths <= _MOST_MM)).all():
        flags.append("The file states a spacing that no volume can have; spacing and orientation are left unknown.")
        return None, Volume.direction, Volume.origin_mm, tuple(flags)
    if unit not in _IN_MM:
        flags.append("The file states no unit of length; millimeters are assumed.")
    axes = steps / lengths
    if np.abs(axes.T @ axes - np.eye(3)).max() > _RIGHT_ANGLE:
        flags.append("The file's axes are not at right angles; resample it before measuring along them.")
    direction = tuple(tuple(axis) for axis in (axes.T + 0.0).tolist())
    return tuple(lengths.tolist()), direction, origin, tuple(flags)
