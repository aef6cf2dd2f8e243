"""A made-up ultrasound loop: a sector of speckle, a beating vessel with color flow, and a calibrated region.

References
----------
DICOM PS3.3 2025c: A.7 and C.8.5 (US Multi-frame Image), C.8.5.5 (US Region Calibration), C.7.6.5 (Cine).
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundMultiFrameImageStorage

from workbench.phantoms.dicom_files import phantom_header, save_phantom
from workbench.phantoms.labels import burn_label

_ROWS, _COLUMNS, _PIXEL_CM = 120, 160, 0.1
_FRAME_TIME_MS = 40.0
_REGION = (20, 16, 139, 115)  # left, top, right, bottom, in pixels


def write_ultrasound(
    path: Path, *, seed: int = 0, n_frames: int = 6, transfer_syntax: str = str(ExplicitVRLittleEndian)
) -> Path:
    """Write a made-up ultrasound loop in color and return its path.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    seed : int
        The same seed gives the same file.
    n_frames : int
        At 25 a second.
    transfer_syntax : str
        A UID of `workbench.phantoms.encoding.WRITABLE`; with baseline JPEG the colors are stored as YBR_FULL_422.

    Returns
    -------
    pathlib.Path
        8 bits, three samples.
    """
    image = phantom_header(UltrasoundMultiFrameImageStorage, "US", seed=seed, number=1, series=("vessel", n_frames))
    image.SeriesDescription, image.BodyPartExamined = "Vessel, made up", "NECK"
    image.ImageType = ["ORIGINAL", "PRIMARY", "VASCULAR", "0011"]  # C.8.5.6.1.1: 2D and color flow
    image.PatientOrientation = ""
    image.FrameTime, image.FrameIncrementPointer = _FRAME_TIME_MS, Tag("FrameTime")
    image.LossyImageCompression = "00"
    image.SequenceOfUltrasoundRegions = [_region()]
    frames = vessel_frames(seed, n_frames)
    image.SamplesPerPixel, image.PhotometricInterpretation, image.PlanarConfiguration = 3, "RGB", 0
    image.NumberOfFrames, image.Rows, image.Columns = frames.shape[:3]
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 8, 8, 7, 0
    image.PixelData = frames.tobytes()
    return save_phantom(image, path, transfer_syntax=transfer_syntax)


def vessel_frames(seed: int, n_frames: int) -> npt.NDArray[np.uint8]:
    """Return the frames of the loop.

    Parameters
    ----------
    seed : int
        Of the speckle.
    n_frames : int
        A heart beats once in 20 of them.

    Returns
    -------
    numpy.ndarray
        ``(frames, 120, 160, 3)``, RGB.
    """
    random = np.random.default_rng(seed)
    rows, columns = np.ogrid[0:_ROWS, 0:_COLUMNS]
    depth = np.hypot(rows - 4.0, columns - _COLUMNS / 2)
    angle = np.arctan2(columns - _COLUMNS / 2, rows - 4.0)
    inside = (np.abs(angle) < 0.62) & (depth > 14) & (depth < _ROWS - 8)
    speckle = np.hypot(*random.normal(0, 1, (2, _ROWS, _COLUMNS)))  # Rayleigh, as of many scatterers
    frames = []
    for number in range(n_frames):
        pulse = np.sin(2 * np.pi * number / 20)
        wall = np.hypot((rows - 66) / (15 + 1.5 * pulse), (columns - 80) / 46)
        tissue = np.where(wall < 1, 6, np.where(wall < 1.16, 175, 62 + 24 * np.cos(depth / 9)))
        gray = np.clip(tissue * (0.55 + 0.36 * speckle) * inside, 0, 255)
        flow = np.clip(1 - wall, 0, 1) * (0.6 + 0.4 * pulse) * inside * (np.abs(columns - 80) < 30)
        color: npt.NDArray[Any] = np.stack([gray + 330 * flow, gray + 90 * flow**2, gray * (flow == 0)], axis=-1)
        frames.append(color)
    stack = np.clip(np.stack(frames), 0, 255).astype(np.uint8)
    labeled = [burn_label(stack[..., channel], 255, dark=0) for channel in range(3)]
    return np.ascontiguousarray(np.stack(labeled, axis=-1))


def _region() -> Dataset:
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0  # 2D, tissue (C.8.5.5.1)
    left, top, right, bottom = _REGION
    region.RegionLocationMinX0, region.RegionLocationMinY0 = left, top
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = right, bottom
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3  # cm
    region.PhysicalDeltaX = region.PhysicalDeltaY = _PIXEL_CM
    return region
