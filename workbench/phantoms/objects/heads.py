"""A made-up head as magnetic resonance images: one or two echoes, a file a slice or one file for all.

References
----------
DICOM PS3.3 2025c: A.4 and C.8.3 (MR Image), A.36 and C.8.13 (Enhanced MR Image), C.7.6.16 (Multi-frame Functional
Groups).
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedMRImageStorage, ExplicitVRLittleEndian, MRImageStorage

from workbench.phantoms.dicom_files import coded, decimals, phantom_header, phantom_uid, save_phantom, set_pixels
from workbench.phantoms.geometry import Grid
from workbench.phantoms.labels import burn_label
from workbench.phantoms.objects.multiframe import add_dimensions, frame_groups, shared_groups

_SHAPE, _SPACING_MM = (16, 64, 64), (8.0, 3.5, 3.5)
# Proton density and T2 in ms: invented, of a plausible order, so that a second echo looks different.
_TISSUES = {
    "scalp": (0.9, 60.0),
    "skull": (0.05, 5.0),
    "fluid": (1.0, 800.0),
    "gray": (0.82, 95.0),
    "white": (0.7, 75.0),
}


def head_signal(*, seed: int = 0, echo_time_ms: float = 30.0) -> npt.NDArray[Any]:
    """Return a made-up head as an MR magnitude image, noise included.

    Parameters
    ----------
    seed : int
        Changes shape and noise.
    echo_time_ms : float
        Longer ones leave fluid brightest.

    Returns
    -------
    numpy.ndarray
        ``(16, 64, 64)``, slices, rows and columns, float32, arbitrary units from 0 to about 1,100.
    """
    random = np.random.default_rng(seed)
    z, y, x = np.ogrid[tuple(slice(-1, 1, n * 1j) for n in _SHAPE)]
    away = np.sqrt((z / 1.25) ** 2 + (y / 0.76) ** 2 + (x / 0.62) ** 2)
    folds = 0.03 * np.cos(17 * np.arctan2(y, x) + 5 * z) + 0.02 * np.cos(11 * z + 9 * y)
    ventricle = np.minimum(*(np.hypot((x - side * 0.13) / 0.07, (y + 0.02) / 0.26) for side in (-1, 1))) + 1.5 * z**2
    signal = np.zeros(away.shape)
    for tissue, reach in (("scalp", 1.0), ("skull", 0.93), ("fluid", 0.87), ("gray", 0.83), ("white", 0.68)):
        density, t2_ms = _TISSUES[tissue]
        edge = reach + (folds if tissue in ("gray", "white") else 0)
        signal = np.where(away < edge, 1100 * density * np.exp(-echo_time_ms / t2_ms), signal)
    signal = np.where((ventricle < 1) & (away < 0.8), 1100 * np.exp(-echo_time_ms / _TISSUES["fluid"][1]), signal)
    coil = 1 + 0.15 * x - 0.1 * y  # the bias of a surface coil
    noise = random.normal(0, 12, (2, *signal.shape))
    magnitude: npt.NDArray[Any] = np.hypot(signal * coil + noise[0], noise[1]).astype(np.float32)
    return magnitude


def write_head_mr(folder: Path, *, seed: int = 0, echo_times_ms: tuple[float, ...] = (30.0,)) -> tuple[Path, ...]:
    """Write a made-up head as an MR series and return its files, echo by echo, the lowest slice first.

    Parameters
    ----------
    folder : pathlib.Path
        Made when absent.
    seed : int
        The same seed gives the same files.
    echo_times_ms : tuple of float
        With several, each position has as many slices.

    Returns
    -------
    tuple of pathlib.Path
        A file a slice and echo.
    """
    grid = Grid.around_zero(_SHAPE, _SPACING_MM)
    paths: list[Path] = []
    for echo, time_ms in enumerate(echo_times_ms, start=1):
        signal = burn_label(head_signal(seed=seed, echo_time_ms=time_ms), 1400, dark=0)
        for at, plane in enumerate(signal):
            number = len(paths) + 1
            image = phantom_header(MRImageStorage, "MR", seed=seed, number=number, series=("head", echo_times_ms))
            _describe_slice(image, grid, at)
            image.EchoTime, image.EchoNumbers = time_ms, echo
            set_pixels(image, np.rint(plane), bits=12)
            paths.append(save_phantom(image, folder / f"{number:04d}.dcm"))
    return tuple(paths)


def write_enhanced_mr(path: Path, *, seed: int = 0, transfer_syntax: str = str(ExplicitVRLittleEndian)) -> Path:
    """Write a made-up head as one Enhanced MR object and return its path.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    seed : int
        The same seed gives the same file.
    transfer_syntax : str
        A UID of `workbench.phantoms.encoding.WRITABLE`.

    Returns
    -------
    pathlib.Path
        With a frame a slice.
    """
    grid = Grid.around_zero(_SHAPE, _SPACING_MM)
    signal = burn_label(head_signal(seed=seed), 1400, dark=0)
    image = phantom_header(EnhancedMRImageStorage, "MR", seed=seed, number=1, series="enhanced head")
    image.SeriesDescription, image.BodyPartExamined = "Head, enhanced, made up", "HEAD"
    _describe_enhanced(image)
    image.FrameOfReferenceUID = phantom_uid("frame", image.PatientID)
    image.PositionReferenceIndicator = ""
    add_dimensions(image, seed)
    shared = shared_groups(grid, center=500, width=1000, region=coded("12738006", "SCT", "Brain"))
    frame_type = Dataset()
    frame_type.FrameType = ["DERIVED", "PRIMARY", "VOLUME", "NONE"]
    _say_contrast(frame_type)
    shared.MRImageFrameTypeSequence = [frame_type]
    shared.PixelValueTransformationSequence[0].RescaleType = "US"
    image.SharedFunctionalGroupsSequence = [shared]
    image.PerFrameFunctionalGroupsSequence = frame_groups(grid)
    set_pixels(image, np.rint(signal), bits=12)
    return save_phantom(image, path, transfer_syntax=transfer_syntax)


def _describe_slice(image: Dataset, grid: Grid, at: int) -> None:
    image.SeriesDescription, image.BodyPartExamined = "Head, made up", "HEAD"
    image.ImageType = ["ORIGINAL", "PRIMARY", "OTHER"]
    image.ScanningSequence, image.SequenceVariant, image.ScanOptions = "SE", "NONE", ""
    image.MRAcquisitionType, image.EchoTrainLength, image.RepetitionTime = "2D", 1, 2500
    image.PatientPosition = "HFS"
    image.FrameOfReferenceUID = phantom_uid("frame", image.PatientID)
    image.PositionReferenceIndicator = ""
    image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    x, y, z = grid.origin_mm
    image.ImagePositionPatient = decimals([x, y, z + at * grid.spacing_mm[0]])
    image.PixelSpacing = decimals(grid.spacing_mm[1:])
    image.SliceThickness = image.SpacingBetweenSlices = grid.spacing_mm[0]
    image.WindowCenter, image.WindowWidth = 500, 1000


def _describe_enhanced(image: Dataset) -> None:
    """Add what the Enhanced MR Image module asks for (C.8.13.1) of an object that was derived from nothing."""
    image.ImageType = ["DERIVED", "PRIMARY", "VOLUME", "NONE"]
    _say_contrast(image)
    image.ContentQualification = "RESEARCH"
    image.ApplicableSafetyStandardAgency = "IEC"
    image.LossyImageCompression = "00"
    image.PresentationLUTShape = "IDENTITY"


def _say_contrast(item: Dataset) -> None:
    item.PixelPresentation, item.VolumetricProperties = "MONOCHROME", "VOLUME"
    item.VolumeBasedCalculationTechnique = "NONE"
    item.ComplexImageComponent, item.AcquisitionContrast = "MAGNITUDE", "PROTON_DENSITY"
