"""Volumes of one file with frames: functional groups, NM reconstructions and dose grids.

References
----------
DICOM PS3.3 2025c: C.7.6.16 (Multi-frame Functional Groups), C.8.4.8 and C.8.4.15 (NM Multi-frame and NM
Reconstruction), C.8.8.3 (RT Dose).
"""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import Source, Volume
from workbench.imaging.volumes.building import Facts, Wishes, build_volume
from workbench.imaging.volumes.findings import Finding, SeriesError
from workbench.imaging.volumes.frames import Frames, check_frames
from workbench.imaging.volumes.geometry import axes_of
from workbench.imaging.volumes.opening import why_not
from workbench.imaging.volumes.showing import known_modality
from workbench.imaging.volumes.stack import Stack

if TYPE_CHECKING:
    from workbench.imaging.headers.reading import Headers

_SAME_MM = 0.01  # coordinates are often rounded
_NM = "1.2.840.10008.5.1.4.1.1.20"  # Nuclear Medicine Image Storage

# Keyword to the functional group that holds it (PS3.3 C.7.6.16.2).
_IN_GROUPS = {
    "ImagePositionPatient": "PlanePositionSequence",
    "ImageOrientationPatient": "PlaneOrientationSequence",
    "PixelSpacing": "PixelMeasuresSequence",
    "SpacingBetweenSlices": "PixelMeasuresSequence",
    "SliceThickness": "PixelMeasuresSequence",
    "TemporalPositionIndex": "FrameContentSequence",
    "StackID": "FrameContentSequence",
    "FrameAcquisitionNumber": "FrameContentSequence",
    "EffectiveEchoTime": "MREchoSequence",
    "DiffusionBValue": "MRDiffusionSequence",
    "NominalCardiacTriggerDelayTime": "CardiacSynchronizationSequence",
    "ConvolutionKernel": "CTReconstructionSequence",
}
_FRAME_TYPES = ("CTImageFrameTypeSequence", "MRImageFrameTypeSequence", "PETFrameTypeSequence")
# PS3.3 C.8.4.8.1: which frame belongs to what.
_VECTORS = ("EnergyWindowVector", "DetectorVector", "TimeSlotVector", "PhaseVector", "RRIntervalVector")
_DIMENSIONS = (
    "TemporalPositionIndex",
    "EffectiveEchoTime",
    "DiffusionBValue",
    "NominalCardiacTriggerDelayTime",
    "FrameAcquisitionNumber",
    "FrameType",
    "StackID",
    "ConvolutionKernel",
    *_VECTORS,
)


def read_frames(headers: "Headers", wishes: Wishes) -> Volume:
    """Return the volume whose slices are the frames of one file.

    Parameters
    ----------
    headers : workbench.imaging.headers.reading.Headers
        Of that file.
    wishes : Wishes
        Of the caller.

    Returns
    -------
    Volume
        Its frames sorted along their normal.

    Raises
    ------
    SeriesError
        When the frames state no place in the patient, or do not make one volume.
    """
    from workbench.imaging.pixels.files import open_dataset
    from workbench.imaging.pixels.layout import PixelDataError

    path = headers.paths[0]
    if reason := why_not(headers, 0):  # before a pipe is opened, which would wait
        words, then = f"The file cannot be read: {reason}.", "Read or index it again."
        raise SeriesError(
            f"{words} It has to be as its header was read. {then}", (Finding("changed", words, "", then),)
        )
    dataset, description = open_dataset(path)
    check_frames(description, int(headers.size_bytes[0]))
    if str(dataset.get("Modality", "")) == "SEG":  # frames without the segment are often left out
        raise _no_slices("The file is a segmentation: masks of segments, not slices.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom warns of values that it reads otherwise than stated
            stack, findings = _stack(dataset, Frames(path, description))
            facts = _facts(dataset, description.n_frames, path, headers)
    except (SeriesError, PixelDataError):
        raise
    except (ValueError, TypeError, OverflowError, AttributeError) as error:  # pydicom converts a value when it is used
        words = f"A value that says where the frames lie, or what they mean, cannot be read ({type(error).__name__})."
        then = "Fetch the file again, or correct its header at the source."
        finding = Finding("unreadable", words, "", then)
        raise SeriesError(f"{words} Every such value has to be of its representation. {then}", (finding,)) from None
    _refuse_without_geometry(stack, facts.modality)
    return build_volume(stack, facts, wishes, findings)


def _stack(dataset: Any, pixels: Frames) -> tuple[Stack, list[Finding]]:
    """Return the frames as a stack, and what was assumed of where they lie."""
    from workbench.imaging.pixels.modality import rescale_of

    description = pixels.description
    columns, findings = _columns(dataset, description.n_frames)
    columns["PhotometricInterpretation"] = [description.photometric] * description.n_frames
    rescales = [rescale_of(dataset, frame) for frame in range(description.n_frames)]
    rescale = np.array([(one.slope, one.intercept) for one in rescales], dtype=np.float64)
    rescale[_without_own(dataset, description.n_frames)] = np.nan
    stack = Stack(
        rows=np.arange(description.n_frames),
        positions=_numbers(columns["ImagePositionPatient"], 3),
        orientations=_numbers(columns["ImageOrientationPatient"], 6),
        pixel_mm=_numbers(columns["PixelSpacing"], 2),
        step_mm=np.hstack([_numbers(columns["SpacingBetweenSlices"], 1), _numbers(columns["SliceThickness"], 1)]),
        sizes=np.tile([float(description.rows), description.columns, description.samples], (description.n_frames, 1)),
        rescale=rescale,
        units_of=np.array([one.units for one in rescales]),
        pixels=pixels,
        value_of=lambda keyword: [_text(value) for value in columns.get(keyword, [None] * description.n_frames)],
        dimensions=_DIMENSIONS,
        noun="frame",
    )
    return stack, findings


def _without_own(dataset: Any, n: int) -> list[int]:
    """Return the frames without slope and intercept of their own, where others have them."""
    name = "PixelValueTransformationSequence"
    if name in (dataset.get("SharedFunctionalGroupsSequence") or [{}])[0]:
        return []
    frames = list(dataset.get("PerFrameFunctionalGroupsSequence") or [])
    lacking = [nth for nth in range(n) if nth >= len(frames) or name not in frames[nth]]
    return lacking if len(lacking) < n else []


def _columns(dataset: Any, n: int) -> tuple[dict[str, list[Any]], list[Finding]]:
    """Return keyword to the value for every frame, None where absent."""
    if "PerFrameFunctionalGroupsSequence" in dataset or "SharedFunctionalGroupsSequence" in dataset:
        return _of_groups(dataset, n), []
    columns: dict[str, list[Any]] = {
        keyword: [dataset.get(keyword)] * n
        for keyword in ("PixelSpacing", "SpacingBetweenSlices", "SliceThickness", "ImageOrientationPatient")
    }
    columns["ImagePositionPatient"] = [None] * n
    if str(dataset.get("SOPClassUID", "")) == _NM:
        return _of_nuclear_medicine(dataset, n, columns)
    if n == 1:
        columns["ImagePositionPatient"] = [dataset.get("ImagePositionPatient")]
        return columns, []
    return columns, _place_doses(columns, dataset, n)


def _of_groups(dataset: Any, n: int) -> dict[str, list[Any]]:
    shared = (dataset.get("SharedFunctionalGroupsSequence") or [{}])[0]
    frames = list(dataset.get("PerFrameFunctionalGroupsSequence") or [])
    frames += [{}] * (n - len(frames))
    columns = {
        keyword: [_in_group(frame, shared, group, keyword) for frame in frames[:n]]
        for keyword, group in _IN_GROUPS.items()
    }
    for group in _FRAME_TYPES:
        types = [_in_group(frame, shared, group, "FrameType") for frame in frames[:n]]
        if any(types):
            columns["FrameType"] = columns["ImageType"] = types
    return columns


def _in_group(frame: Any, shared: Any, group: str, keyword: str) -> Any:
    for groups in (frame, shared):
        items = groups.get(group)
        if items and items[0].get(keyword) is not None:
            return items[0].get(keyword)
    return None


def _of_nuclear_medicine(
    dataset: Any, n: int, columns: dict[str, list[Any]]
) -> tuple[dict[str, list[Any]], list[Finding]]:
    """Return the columns of a reconstructed NM image: the first frame's place, and steps along the normal."""
    types = list(dataset.get("ImageType") or [])
    if "RECON TOMO" not in types and "RECON GATED TOMO" not in types:
        raise _no_slices("The frames are projections or a time series of a gamma camera, not slices.")
    detector = (dataset.get("DetectorInformationSequence") or [{}])[0]
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient"):
        value = detector.get(keyword, dataset.get(keyword))
        columns[keyword] = [value] * n
    # The sign of SpacingBetweenSlices is the direction of stacking along the normal (C.8.4.15).
    step = dataset.get("SpacingBetweenSlices", dataset.get("SliceThickness"))
    slices = np.asarray(dataset.get("SliceVector") or np.arange(1, n + 1), dtype=float)[:n] - 1
    for keyword in _VECTORS:
        vector = dataset.get(keyword)
        if vector is not None and np.size(vector) == n:
            columns[keyword] = [vector] if n == 1 else list(vector)
    if step is None or columns["ImagePositionPatient"][0] is None:
        return columns, []
    _place(columns, {key: value[0] for key, value in columns.items()}, slices * float(step))
    words = "The file states the place of the first frame only."
    finding = Finding("steps", words, f"The others follow along the normal, {float(step):.4g} mm apart.")
    return columns, [] if n == 1 else [finding]


def _place(columns: dict[str, list[Any]], first: Any, offsets_mm: npt.NDArray[np.float64]) -> None:
    """Put frames at offsets along the normal from the first one's position."""
    position, orientation = first.get("ImagePositionPatient"), first.get("ImageOrientationPatient")
    direction = axes_of(_numbers([orientation], 6)[0])
    if position is not None and direction is not None:
        start = _numbers([position], 3)[0]
        columns["ImagePositionPatient"] = list(start + offsets_mm[:, None] * np.array(direction[0]))


def _place_doses(columns: dict[str, list[Any]], dataset: Any, n: int) -> list[Finding]:
    """Put the planes of a dose grid where they are: offsets from the first along the normal, or z (C.8.8.3.2)."""
    offsets = np.atleast_1d(np.asarray(dataset.get("GridFrameOffsetVector") or [], dtype=np.float64))
    if len(offsets) != n:
        return []
    direction = axes_of(_numbers([dataset.get("ImageOrientationPatient")], 6)[0])
    z = _numbers([dataset.get("ImagePositionPatient")], 3)[0, 2]
    if offsets[0] == 0 or direction is None or not np.isfinite(z):
        _place(columns, dataset, offsets)
        return []
    upward = direction[0][2]
    if abs(offsets[0] - z) > _SAME_MM or abs(abs(upward) - 1) > 1e-6:
        raise _no_slices(
            "GridFrameOffsetVector begins neither with 0 nor, in transverse planes, with the z of "
            "ImagePositionPatient, so that it is unknown where the planes lie."
        )
    _place(columns, dataset, (offsets - offsets[0]) * np.sign(upward))
    if upward > 0:
        return []
    words = "GridFrameOffsetVector holds coordinates, which DICOM allows only where the normal points along z."
    return [Finding("offsets", words, "They were taken as the z of each plane.")]


def _refuse_without_geometry(stack: Stack, modality: str) -> None:
    if len(stack) > 1 and not np.isfinite(stack.positions).all(axis=1).any():
        raise _no_slices(
            f"None of the {len(stack)} frames of this {known_modality(modality) or 'file'} "
            "states where it lies in the patient."
        )


def _no_slices(words: str) -> SeriesError:
    right = "A volume is read from frames that are slices of the patient."
    then = "Read them with read_image, which gives a Cine."
    return SeriesError(f"{words} {right} {then}", (Finding("no slices", words, "", then),))


def _facts(dataset: Any, n: int, path: Path, headers: "Headers") -> Facts:
    from workbench.imaging.pixels.modality import padding_values
    from workbench.imaging.pixels.voi import voi_windows

    padding = padding_values(dataset)
    return Facts(
        modality=str(dataset.get("Modality", "")),
        padding=np.tile(np.array(padding or (np.nan, np.nan), dtype=np.float64), (n, 1)),
        windows=lambda frame: tuple((one.center, one.width) for one in voi_windows(dataset, frame)),
        source=Source(
            str(dataset.get("StudyInstanceUID", "")), str(dataset.get("SeriesInstanceUID", "")), path=str(path)
        ),
        sop_uids=[str(dataset.get("SOPInstanceUID", ""))],
        provenance={"headers": {headers.readers[0]: 1}},
    )


def _numbers(values: Sequence[Any], width: int) -> npt.NDArray[np.float64]:
    """Return values as (n, width), NaN where absent, short or no number."""
    out = np.full((len(values), width), np.nan)
    for nth, value in enumerate(values):
        try:
            row = np.atleast_1d(np.asarray(value, dtype=np.float64)).ravel()
        except (TypeError, ValueError):
            continue
        if len(row) >= width:
            out[nth] = row[:width]
    return out


def _text(value: Any) -> str | None:
    if value is None:
        return None
    many = not isinstance(value, str) and (isinstance(value, Sequence | np.ndarray) or hasattr(value, "_list"))
    return "\\".join(str(part) for part in value) if many else str(value)
