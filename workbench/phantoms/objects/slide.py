"""A made-up slide of stained tissue: tiles at two magnifications, as whole slide imaging stores them.

References
----------
DICOM PS3.3 2025c: A.32.8 and C.8.12 (VL Whole Slide Microscopy Image), C.7.6.17.3 (TILED_FULL), C.8.12.5 (Optical
Path), C.7.6.22 (Specimen), C.11.15 (ICC Profile).
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.uid import JPEGBaseline8Bit, VLWholeSlideMicroscopyImageStorage

from workbench.phantoms.dicom_files import coded, decimals, phantom_header, phantom_uid, save_phantom
from workbench.phantoms.labels import burn_label

_ROWS, _COLUMNS, _TILE = 192, 256, 64
_PIXEL_MM = 0.002
_SCALES = (1, 2)  # pixels of the base that a pixel of each level covers along a side
_DATE, _TIME = "20200101", "000000"


def write_slide(folder: Path, *, seed: int = 0, transfer_syntax: str = str(JPEGBaseline8Bit)) -> tuple[Path, ...]:
    """Write a made-up slide and return its files, the highest magnification first.

    Parameters
    ----------
    folder : pathlib.Path
        Made when absent.
    seed : int
        The same seed gives the same files.
    transfer_syntax : str
        A UID of `workbench.phantoms.encoding.WRITABLE`.

    Returns
    -------
    tuple of pathlib.Path
        A file a level: 192 rows of 256 pixels, 2 micrometers apart, and half as many; tiles of 64 pixels.
    """
    picture = slide_picture(seed)
    paths = []
    for number, scale in enumerate(_SCALES, start=1):
        level = picture[::scale, ::scale]
        image = phantom_header(VLWholeSlideMicroscopyImageStorage, "SM", seed=seed, number=number, series="slide")
        _describe(image, seed)
        _describe_matrix(image, level, scale, number)
        tiles = _tiles(level)
        image.SamplesPerPixel, image.PhotometricInterpretation, image.PlanarConfiguration = 3, "RGB", 0
        image.NumberOfFrames, image.Rows, image.Columns = tiles.shape[:3]
        image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 8, 8, 7, 0
        image.PixelData = tiles.tobytes()
        paths.append(save_phantom(image, folder / f"{number:04d}.dcm", transfer_syntax=transfer_syntax))
    return tuple(paths)


def slide_picture(seed: int) -> npt.NDArray[np.uint8]:
    """Return the slide at its highest magnification: pink stroma, violet nuclei, white glass, the label.

    Parameters
    ----------
    seed : int
        Of the cells.

    Returns
    -------
    numpy.ndarray
        ``(192, 256, 3)``, RGB.
    """
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:_ROWS, 0:_COLUMNS]
    picture = np.full((_ROWS, _COLUMNS, 3), 242.0)
    lobule = np.hypot((rows - 106) / 76, (columns - 128) / 112) + 0.06 * np.cos(
        6 * np.arctan2(rows - 106, columns - 128)
    )
    fibers = 10 * np.sin(columns / 5 + 3 * np.sin(rows / 17))
    picture[lobule < 1] = np.array([226, 166, 196]) + fibers[lobule < 1, None]
    for _ in range(170):
        row, column = random.uniform(0, _ROWS), random.uniform(0, _COLUMNS)
        nucleus = np.hypot((rows - row) / random.uniform(2, 3.4), (columns - column) / random.uniform(2, 3.4)) < 1
        picture[nucleus & (lobule < 0.96)] = [104, 66, 142]
    picture += random.normal(0, 3, picture.shape)
    labeled = burn_label(np.moveaxis(picture, 2, 0), 20, dark=245)
    return np.ascontiguousarray(np.clip(np.moveaxis(labeled, 0, 2), 0, 255).astype(np.uint8))


def _tiles(level: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Cut a picture into tiles, row by row; the last of a row or column is filled up with glass."""
    rows, columns = (-(-n // _TILE) for n in level.shape[:2])
    filled = np.full((rows * _TILE, columns * _TILE, 3), 242, dtype=np.uint8)
    filled[: level.shape[0], : level.shape[1]] = level
    cut = filled.reshape(rows, _TILE, columns, _TILE, 3).swapaxes(1, 2)
    return np.ascontiguousarray(cut.reshape(-1, _TILE, _TILE, 3))


def _describe(image: Dataset, seed: int) -> None:
    image.SeriesDescription = "Slide, made up"
    del image.BodyPartExamined
    image.BurnedInAnnotation = "NO"  # of the patient's name, which is meant: there is none
    image.AcquisitionDateTime, image.AcquisitionDuration = _DATE + _TIME, 1.0
    image.ContentDate, image.ContentTime = _DATE, _TIME
    image.DeviceSerialNumber, image.SoftwareVersions = "phantom", "1"
    image.FrameOfReferenceUID, image.PositionReferenceIndicator = phantom_uid("slide frame", seed), "SLIDE_CORNER"
    image.VolumetricProperties, image.LossyImageCompression = "VOLUME", "00"
    image.SpecimenLabelInImage, image.ExtendedDepthOfField, image.FocusMethod = "NO", "NO", "AUTO"
    image.AcquisitionContextSequence = []
    image.ContainerIdentifier = f"PHANTOM-{seed}"
    image.IssuerOfTheContainerIdentifierSequence = []
    image.ContainerTypeCodeSequence = [coded("433466003", "SCT", "Microscope slide")]
    specimen = Dataset()
    specimen.SpecimenIdentifier, specimen.SpecimenUID = f"PHANTOM-{seed}", phantom_uid("specimen", seed)
    specimen.IssuerOfTheSpecimenIdentifierSequence = specimen.SpecimenPreparationSequence = []
    image.SpecimenDescriptionSequence = [specimen]
    path = Dataset()
    path.OpticalPathIdentifier = "1"
    path.IlluminationTypeCodeSequence = [coded("111744", "DCM", "Brightfield illumination")]
    path.IlluminationColorCodeSequence = [coded("414298005", "SCT", "Full Spectrum")]
    path.ICCProfile = _srgb()
    image.OpticalPathSequence, image.NumberOfOpticalPaths = [path], 1


def _describe_matrix(image: Dataset, level: npt.NDArray[Any], scale: int, number: int) -> None:
    kind = "NONE" if scale == 1 else "RESAMPLED"
    image.ImageType = ["ORIGINAL" if scale == 1 else "DERIVED", "PRIMARY", "VOLUME", kind]
    image.DimensionOrganizationType = "TILED_FULL"
    organization, shared, measures, frame_type, origin = (Dataset() for _ in range(5))
    organization.DimensionOrganizationUID = phantom_uid("slide dimensions", number)
    image.DimensionOrganizationSequence = [organization]
    image.TotalPixelMatrixRows, image.TotalPixelMatrixColumns = level.shape[:2]
    image.TotalPixelMatrixFocalPlanes = 1
    image.ImagedVolumeHeight, image.ImagedVolumeWidth = _ROWS * _PIXEL_MM, _COLUMNS * _PIXEL_MM
    image.ImagedVolumeDepth, image.ImageOrientationSlide = 1.0, [0, -1, 0, -1, 0, 0]
    origin.XOffsetInSlideCoordinateSystem, origin.YOffsetInSlideCoordinateSystem = 10, 30
    image.TotalPixelMatrixOriginSequence = [origin]
    measures.PixelSpacing = decimals([_PIXEL_MM * scale] * 2)
    measures.SliceThickness = 0.001
    frame_type.FrameType = image.ImageType
    shared.PixelMeasuresSequence, shared.WholeSlideMicroscopyImageFrameTypeSequence = [measures], [frame_type]
    image.SharedFunctionalGroupsSequence = [shared]


def _srgb() -> bytes:
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes(12)  # the hour of its making, so that the same seed gives the same bytes
    return bytes(profile) + b"\0" * (len(profile) % 2)
