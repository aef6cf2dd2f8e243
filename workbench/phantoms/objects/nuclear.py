"""Emission images of the made-up chest: a PET series in Bq/ml and a planar scintigram in counts.

References
----------
DICOM PS3.3 2025c: A.21 and C.8.9 (PET Image), A.5 and C.8.4 (NM Image).
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import (
    ExplicitVRLittleEndian,
    NuclearMedicineImageStorage,
    PositronEmissionTomographyImageStorage,
)

from workbench.phantoms.dicom_files import coded, decimals, phantom_header, phantom_uid, save_phantom, set_pixels
from workbench.phantoms.geometry import Grid
from workbench.phantoms.labels import burn_label
from workbench.phantoms.thorax import Chest, make_chest

# Activity concentration in Bq/ml by tissue: invented, of a plausible order (300 MBq spread evenly over 75 kg, as water,
# are 4,000 Bq/ml).
_LUNG, _SOFT, _BLOOD, _DISEASE = 1800.0, 3600.0, 7200.0, 26000.0


def write_chest_pet(folder: Path, chest: Chest | None = None) -> tuple[Path, ...]:
    """Write the chest as a PET series, each slice with a slope of its own, and return its files, the lowest first.

    Parameters
    ----------
    folder : pathlib.Path
        Made when absent.
    chest : Chest, optional
        What `workbench.phantoms.thorax.make_chest` returns; findings take up most.

    Returns
    -------
    tuple of pathlib.Path
        A file a slice; attenuation corrected, decay corrected to the start.
    """
    chest = chest or make_chest(n_slices=20, n_pixels=48)
    grid = Grid.around_zero(chest.hu.shape, chest.spacing_mm)
    activity = chest_activity(chest)
    paths = []
    for at, unlabeled in enumerate(activity):
        plane = burn_label(unlabeled[None], max(float(unlabeled.max()), 1.0), dark=0)[0]
        image = phantom_header(
            PositronEmissionTomographyImageStorage, "PT", seed=chest.seed, number=at + 1, series=chest.hu.shape
        )
        _describe_pet(image, len(activity), at)
        image.FrameOfReferenceUID = phantom_uid("frame", image.PatientID)
        image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        x, y, z = grid.origin_mm
        image.ImagePositionPatient = decimals([x, y, z + at * grid.spacing_mm[0]])
        image.PixelSpacing, image.SliceThickness = decimals(grid.spacing_mm[1:]), decimals(grid.spacing_mm)[0]
        slope = float(decimals([float(plane.max()) / 32767])[0])
        image.RescaleIntercept, image.RescaleSlope = 0, decimals([slope])[0]
        image.WindowCenter, image.WindowWidth = 5000, 10000
        set_pixels(image, np.rint(plane / slope), bits=16)
        paths.append(save_phantom(image, folder / f"{at + 1:04d}.dcm"))
    return tuple(paths)


def chest_activity(chest: Chest) -> npt.NDArray[Any]:
    """Return the activity concentration that the PET series holds, without its label.

    Parameters
    ----------
    chest : Chest
        Its tissues are told by HU.

    Returns
    -------
    numpy.ndarray
        ``(slices, rows, columns)``, float32, Bq/ml.
    """
    soft = np.where(chest.hu > -300, _SOFT, np.where(chest.lungs, _LUNG, 0.0))
    blood = np.where((chest.hu > 20) & (chest.hu < 75) & ~chest.lungs, _BLOOD, soft)
    taken_up = np.where(chest.findings > 0, _DISEASE, blood)
    random = np.random.default_rng([chest.seed, 5])
    noisy: npt.NDArray[Any] = np.clip(taken_up * random.normal(1, 0.06, taken_up.shape), 0, None).astype(np.float32)
    return noisy


def write_scintigram(
    path: Path, chest: Chest | None = None, *, transfer_syntax: str = str(ExplicitVRLittleEndian)
) -> Path:
    """Write a planar scintigram of the chest, seen from the front and from the back, and return its path.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    chest : Chest, optional
        What `workbench.phantoms.thorax.make_chest` returns.
    transfer_syntax : str
        A UID of `workbench.phantoms.encoding.WRITABLE`.

    Returns
    -------
    pathlib.Path
        Two frames of counts, one a detector.
    """
    chest = chest or make_chest(n_slices=40, n_pixels=64)
    emitted = chest_activity(chest)[::-1]
    thickness_mm = np.arange(emitted.shape[1])[None, :, None] * chest.spacing_mm[1]
    seen = [(emitted * np.exp(-0.008 * way)).sum(axis=1) for way in (thickness_mm, thickness_mm[:, ::-1])]
    seen[1] = seen[1][:, ::-1]  # from the back the patient's left is on the left
    expected = np.stack(seen) * (180 / np.max(seen))
    counts = np.random.default_rng([chest.seed, 6]).poisson(expected)
    image = phantom_header(NuclearMedicineImageStorage, "NM", seed=chest.seed, number=1, series=chest.hu.shape)
    _describe_scintigram(image)
    image.PixelSpacing = decimals([chest.spacing_mm[0], chest.spacing_mm[2]])
    set_pixels(image, burn_label(counts, 255, dark=0), bits=16)
    return save_phantom(image, path, transfer_syntax=transfer_syntax)


def _describe_pet(image: Dataset, n_slices: int, at: int) -> None:
    image.SeriesDescription = "Chest PET, made up"
    image.ImageType = ["ORIGINAL", "PRIMARY"]
    image.StudyDate = image.SeriesDate = image.AcquisitionDate = "20200101"
    image.StudyTime = image.SeriesTime = image.AcquisitionTime = "100000"
    image.PatientWeight, image.PatientSize, image.PositionReferenceIndicator = 75, 1.75, ""
    image.Units, image.CountsSource, image.SeriesType = "BQML", "EMISSION", ["STATIC", "IMAGE"]  # C.8.9.1
    image.NumberOfSlices, image.ImageIndex = n_slices, at + 1
    image.CorrectedImage = ["DECY", "ATTN", "SCAT", "DTIM", "RAN", "NORM"]
    image.DecayCorrection, image.CollimatorType = "START", "NONE"
    image.AttenuationCorrectionMethod, image.ScatterCorrectionMethod = "measured, made up", "made up"
    image.RandomsCorrectionMethod, image.ReconstructionMethod = "DLYD", "none, made up"
    image.FrameReferenceTime, image.ActualFrameDuration, image.DecayFactor = 60000, 120000, 1.0
    isotope = Dataset()
    isotope.Radiopharmaceutical = "FDG"
    isotope.RadiopharmaceuticalStartTime, isotope.RadionuclideTotalDose = "090000", 300e6
    isotope.RadionuclideHalfLife, isotope.RadionuclidePositronFraction = 6586.2, 0.967
    isotope.RadionuclideCodeSequence = [coded("77004003", "SCT", "^18^Fluorine")]  # PS3.16 CID 4020
    image.RadiopharmaceuticalInformationSequence = [isotope]
    _orient(image)


def _describe_scintigram(image: Dataset) -> None:
    """Add what a static NM image asks for (C.8.4): two detectors, one energy window."""
    image.SeriesDescription = "Chest scintigram, made up"
    image.ImageType = ["ORIGINAL", "PRIMARY", "STATIC", "EMISSION"]
    image.FrameIncrementPointer = [Tag("EnergyWindowVector"), Tag("DetectorVector")]
    image.EnergyWindowVector, image.NumberOfEnergyWindows = [1, 1], 1
    image.DetectorVector, image.NumberOfDetectors = [1, 2], 2
    window, energies, isotope = Dataset(), Dataset(), Dataset()
    energies.EnergyWindowLowerLimit, energies.EnergyWindowUpperLimit = 126, 154
    window.EnergyWindowName, window.EnergyWindowRangeSequence = "Tc-99m", [energies]
    image.EnergyWindowInformationSequence = [window]
    isotope.RadionuclideCodeSequence = []
    image.RadiopharmaceuticalInformationSequence = [isotope]
    detectors = [Dataset(), Dataset()]
    for detector in detectors:
        detector.CollimatorType = "PARA"
        detector.ImagePositionPatient = detector.ImageOrientationPatient = None
    image.DetectorInformationSequence = detectors
    image.ActualFrameDuration, image.CountsAccumulated = 300000, 0
    _orient(image)


def _orient(image: Dataset) -> None:
    """Add the NM/PET Patient Orientation module (C.8.4.6): head first, recumbent, supine."""
    lying = coded("102538003", "SCT", "recumbent")
    lying.PatientOrientationModifierCodeSequence = [coded("40199007", "SCT", "supine")]
    image.PatientOrientationCodeSequence = [lying]
    image.PatientGantryRelationshipCodeSequence = [coded("102540008", "SCT", "headfirst")]
