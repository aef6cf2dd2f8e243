"""What enhanced multi-frame objects share: functional groups, dimensions; and a chest CT as one of them.

References
----------
DICOM PS3.3 2025c: A.38 and C.8.15 (Enhanced CT Image), C.7.6.16 (Multi-frame Functional Groups), C.7.6.17
(Multi-frame Dimension).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import EnhancedCTImageStorage

from workbench.phantoms.ct_series import CtSeries, Scan, scanned
from workbench.phantoms.dicom_files import coded, decimals, phantom_header, phantom_uid, save_phantom, set_pixels
from workbench.phantoms.geometry import Grid
from workbench.phantoms.thorax import Chest, make_chest

_INTERCEPT = -1024


def write_enhanced_ct(path: Path, chest: Chest | None = None, *, scan: Scan | None = None) -> CtSeries:
    """Write a chest as one Enhanced CT object with a frame a slice.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    chest : Chest, optional
        What `workbench.phantoms.thorax.make_chest` returns; a healthy small one when left out.
    scan : Scan, optional
        How it is scanned and stored; nothing is left out, written twice, moved or shuffled.

    Returns
    -------
    CtSeries
        With one path.
    """
    chest, scan = chest or make_chest(), scan or Scan()
    series = scanned(chest, replace(scan, padded=False))
    image = phantom_header(EnhancedCTImageStorage, "CT", seed=chest.seed, number=1, series=("enhanced", chest.hu.shape))
    image.SeriesDescription = "Chest, enhanced, made up"
    _describe_kind(image)
    image.ContentQualification = "RESEARCH"
    image.LossyImageCompression, image.PresentationLUTShape = "00", "IDENTITY"
    image.FrameOfReferenceUID = phantom_uid("frame", image.PatientID)
    image.PositionReferenceIndicator = ""
    add_dimensions(image, chest.seed)
    shared = shared_groups(series.grid, center=40, width=400, region=coded("816094009", "SCT", "Chest"))
    transformation = shared.PixelValueTransformationSequence[0]
    transformation.RescaleIntercept, transformation.RescaleType = _INTERCEPT, "HU"
    frame_type = Dataset()
    frame_type.FrameType = image.ImageType
    _describe_kind(frame_type)
    del frame_type.ImageType
    shared.CTImageFrameTypeSequence = [frame_type]
    irradiation = Dataset()
    irradiation.IrradiationEventUID = phantom_uid("irradiation", chest.seed)
    shared.IrradiationEventIdentificationSequence = [irradiation]
    image.SharedFunctionalGroupsSequence = [shared]
    image.PerFrameFunctionalGroupsSequence = frame_groups(series.grid)
    set_pixels(image, series.hu - np.int16(_INTERCEPT), bits=12)
    save_phantom(image, path, transfer_syntax=scan.transfer_syntax)
    return replace(series, paths=(path,), slices=(0,))


def add_dimensions(image: Dataset, seed: int) -> None:
    """Add the dimension by which frames are ordered: their place in the stack.

    Parameters
    ----------
    image : pydicom.Dataset
        Changed.
    seed : int
        Of the UID.
    """
    organization, index = Dataset(), Dataset()
    organization.DimensionOrganizationUID = phantom_uid("dimensions", seed)
    index.DimensionOrganizationUID = organization.DimensionOrganizationUID
    index.DimensionIndexPointer = Tag("InStackPositionNumber")
    index.FunctionalGroupPointer = Tag("FrameContentSequence")
    image.DimensionOrganizationSequence, image.DimensionIndexSequence = [organization], [index]
    image.InstanceCreationDate = image.ContentDate = image.AcquisitionDateTime = "20200101"
    image.InstanceCreationTime = image.ContentTime = "000000"
    image.AcquisitionDuration = 1.0
    image.BurnedInAnnotation = "NO"  # the only value here (C.8.15.2, C.8.13.1): the label identifies nobody
    image.PatientPosition = "HFS"
    image.AcquisitionContextSequence = []
    image.DeviceSerialNumber, image.SoftwareVersions = "phantom", "1"


def shared_groups(grid: Grid, *, center: float, width: float, region: Dataset) -> Dataset:
    """Return the functional groups that all frames share.

    Parameters
    ----------
    grid : Grid
        Of the frames.
    center, width : float
        Of the window.
    region : pydicom.Dataset
        Code of the anatomic region.

    Returns
    -------
    pydicom.Dataset
        Pixel measures, orientation, anatomy, identity as pixel value transformation, window.
    """
    shared, measures, orientation, anatomy, transformation, window = (Dataset() for _ in range(6))
    measures.PixelSpacing = decimals(grid.spacing_mm[1:])
    measures.SliceThickness = measures.SpacingBetweenSlices = decimals(grid.spacing_mm)[0]
    orientation.ImageOrientationPatient = decimals([*grid.direction[2], *grid.direction[1]])
    anatomy.FrameLaterality, anatomy.AnatomicRegionSequence = "U", [region]
    transformation.RescaleIntercept, transformation.RescaleSlope = 0, 1
    window.WindowCenter, window.WindowWidth = center, width
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [orientation]
    shared.FrameAnatomySequence, shared.FrameVOILUTSequence = [anatomy], [window]
    shared.PixelValueTransformationSequence = [transformation]
    return shared


def frame_groups(grid: Grid) -> list[Dataset]:
    """Return the functional groups of each frame: its place in the stack and in the patient.

    Parameters
    ----------
    grid : Grid
        A frame a slice.

    Returns
    -------
    list of pydicom.Dataset
        In order of position.
    """
    groups = []
    for at in range(grid.shape[0]):
        group, content, position = Dataset(), Dataset(), Dataset()
        content.StackID, content.InStackPositionNumber, content.DimensionIndexValues = "1", at + 1, at + 1
        content.FrameReferenceDateTime = content.FrameAcquisitionDateTime = "20200101"
        content.FrameAcquisitionDuration = 1.0
        step_mm = at * grid.spacing_mm[0] * np.array(grid.direction[0])
        position.ImagePositionPatient = decimals(np.array(grid.origin_mm) + step_mm)
        group.FrameContentSequence, group.PlanePositionSequence = [content], [position]
        groups.append(group)
    return groups


def _describe_kind(item: Dataset) -> None:
    item.ImageType = ["DERIVED", "PRIMARY", "VOLUME", "NONE"]
    item.PixelPresentation, item.VolumetricProperties = "MONOCHROME", "VOLUME"
    item.VolumeBasedCalculationTechnique = "NONE"
