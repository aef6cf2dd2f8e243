"""Frames of a file as images show them: with units, higher values brighter, and what was found in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import UNKNOWN_UNITS, Source
from workbench.imaging.pixels.codecs import DECODERS
from workbench.imaging.pixels.decoding import decode_frames
from workbench.imaging.pixels.files import open_dataset
from workbench.imaging.pixels.frameheads import first_codestream
from workbench.imaging.pixels.groups import modality_of, text_of, value_of
from workbench.imaging.pixels.layout import PixelDescription, shown_photometric
from workbench.imaging.pixels.modality import apply_modality, padding_values, rescale_of
from workbench.imaging.pixels.photometric import grey_of_rgb, invert, to_rgb
from workbench.imaging.pixels.spacing import spacing_of, ultrasound_regions
from workbench.imaging.pixels.tables import table_of
from workbench.imaging.pixels.voi import voi_windows

#: What is done with color: kept as RGB, made luminance with a flag, or refused.
Color = Literal["keep", "grey", "refuse"]
_WITH_SIGN = tuple(uid for uid, one in DECODERS.items() if one.decoder == "OpenJPEG")


@dataclass
class Frames:
    """Frames that were read, and everything an image says of itself.

    Attributes
    ----------
    dataset : pydicom.Dataset
        The header.
    description : PixelDescription
        Of the pixels as stored.
    array : numpy.ndarray
        (frames, rows, columns) or (frames, rows, columns, 3).
    fields : dict
        Of `workbench.imaging.images.Image`: units, modality, spacing_mm, windows, padding_value, source, provenance.
    flags : list of str
        A sentence each.
    """

    dataset: Any
    description: PixelDescription
    array: npt.NDArray[Any]
    fields: dict[str, Any]
    flags: list[str] = field(default_factory=list)


def read_frames(path: str | Path, *, frames: Sequence[int] | None = None, color: Color = "keep") -> Frames:
    """Return frames in the order of PS3.4 N.2: decoded, modality, photometric; the window is told, not applied.

    PhotometricInterpretation says how values are shown after modality and VOI rules (PS3.3 2025c C.7.6.3.1.2), so that
    MONOCHROME1 inverts numbers only where no attribute gives them units: there only their order has a meaning, and
    higher becomes brighter. Values with units, such as HU, are never inverted; a flag says so.

    Parameters
    ----------
    path : str or pathlib.Path
        A DICOM file.
    frames : sequence of int, optional
        Which, counted from 0; all by default.
    color : {'keep', 'grey', 'refuse'}
        What is done with color.

    Returns
    -------
    Frames
        With everything an image says of itself.

    Raises
    ------
    PixelDataError
        Without pixels, they cannot be decoded, or in color where it is refused.
    """
    if color not in ("keep", "grey", "refuse"):
        raise ValueError(f"No way {str(color)[:20]!r} to treat color. Valid: keep, grey, refuse. Choose one of these.")
    dataset, description = open_dataset(path)
    decoded = decode_frames(path, description, frames=frames)
    first = int(frames[0]) if frames else 0
    spacing, flags = spacing_of(dataset, first)
    source = Source(
        study_uid=text_of(dataset, "StudyInstanceUID"),
        series_uid=text_of(dataset, "SeriesInstanceUID"),
        sop_uids=(text_of(dataset, "SOPInstanceUID"),),
        path=str(path),
        shape=tuple(decoded.shape),
    )
    decoder = DECODERS[description.transfer_syntax].decoder
    made: dict[str, Any] = {
        "reader": decoder,
        "transfer_syntax": description.transfer_syntax,
        "photometric": shown_photometric(description.photometric),
    }
    if regions := ultrasound_regions(dataset):
        made["ultrasound_regions"] = regions
    fields = {"modality": modality_of(dataset), "spacing_mm": spacing, "source": source, "provenance": made}
    read = Frames(dataset, description, decoded, fields, flags + _general_flags(dataset))
    if description.transfer_syntax in _WITH_SIGN:
        read.flags += _sign_flags(path, description)
    if made["photometric"] != description.photometric:
        read.flags.append("PhotometricInterpretation has a value that DICOM does not define; MONOCHROME2 was assumed.")
    if description.samples == 3 or description.photometric == "PALETTE COLOR":
        _finish_color(read, color)
    else:
        _finish_grey(read, frames, first)
    return read


def _finish_color(read: Frames, color: Color) -> None:
    read.array = to_rgb(read.array, read.description, read.dataset)
    read.fields |= {"units": UNKNOWN_UNITS, "windows": (), "padding_value": None}
    if read.description.photometric not in ("RGB", "PALETTE COLOR"):
        read.flags.append(f"{read.description.photometric} was converted to RGB (PS3.3 C.7.6.3.1.2).")
    if read.description.photometric == "PALETTE COLOR":
        read.flags.append("The palette was applied (PS3.3 C.7.9).")
    if color != "keep":
        read.array, done = grey_of_rgb(read.array, from_color=color == "grey")
        read.flags.append(done)


def _finish_grey(read: Frames, frames: Sequence[int] | None, first: int) -> None:
    dataset, description, stored = read.dataset, read.description, read.array
    chosen = dataset if frames is None else _of_frames(dataset, frames)
    read.array, units = apply_modality(stored, chosen)
    windows = [(window.center, window.width) for window in voi_windows(dataset, first)]
    padding, lowest, highest = padding_values(dataset), 0.0, 0.0
    if tables := value_of(dataset, "ModalityLUTSequence"):
        table = table_of(tables[0], signed=description.signed)
        lowest, highest = 0.0, float((1 << table.bits) - 1)
        ends = [float(one) for one in table.look_up(np.array(padding))] if padding else []
        read.flags.append("The Modality LUT was applied (PS3.3 C.11.1).")
    else:
        slope, intercept, _ = rescale_of(dataset, first)
        ends = [slope * one + intercept for one in padding] if padding else []
        lowest, highest = sorted(slope * one + intercept for one in description.stored_range)
    if padding and padding[0] != padding[1]:
        read.flags.append(f"Padding is a range of stored values, {padding[0]} to {padding[1]} (PS3.3 C.7.5.1.1.2).")
    if description.photometric == "MONOCHROME1" and units != UNKNOWN_UNITS:
        read.flags.append(
            f"MONOCHROME1 asks for low values to be shown bright; values in {units} stay as they were measured "
            "(PS3.3 C.7.6.3.1.2)."
        )
    elif description.photometric == "MONOCHROME1":
        read.array = invert(read.array, lowest, highest)
        mirror = lowest + highest
        linear = not windows or voi_windows(dataset, first)[0].function == "LINEAR"
        # LINEAR is not symmetric about its center: x ≤ c − 0.5 − (w − 1)/2 becomes y ≥ … of c' = mirror − c + 1.
        windows = [(mirror - center + (1 if linear else 0), width) for center, width in windows]
        ends = [mirror - one for one in ends]
        read.flags.append(
            "MONOCHROME1 was inverted over the range of stored values, so higher is brighter (PS3.3 C.7.6.3.1.2)."
        )
    padding_value = ends[0] if ends else None
    read.fields |= {"units": units, "windows": tuple(windows), "padding_value": padding_value}


def _of_frames(dataset: Any, frames: Sequence[int]) -> Any:
    """Return a header whose per-frame groups are those of the chosen frames."""
    own = value_of(dataset, "PerFrameFunctionalGroupsSequence")
    if not own:
        return dataset
    import copy

    chosen = copy.copy(dataset)
    chosen.PerFrameFunctionalGroupsSequence = [own[frame] for frame in frames if frame < len(own)]
    return chosen


def _sign_flags(path: str | Path, description: PixelDescription) -> list[str]:
    found = first_codestream(path, description)
    if found is None or found.kind != "jpeg 2000" or found.signed == description.signed:
        return []
    own, header = ("signed", 0) if found.signed else ("unsigned", 1)
    return [
        f"The JPEG 2000 frame says {own} and PixelRepresentation is {header}; its bits were read as the latter says."
    ]


def _general_flags(dataset: Any) -> list[str]:
    flags = []
    if text_of(dataset, "LossyImageCompression") == "01":
        flags.append("The image was once compressed with loss (LossyImageCompression 01).")
    if text_of(dataset, "BurnedInAnnotation") == "YES":
        flags.append("The header says that text is burned into the pixels (BurnedInAnnotation YES).")
    if text_of(dataset, "VOILUTFunction") in ("SIGMOID", "LINEAR_EXACT"):
        flags.append(f"The file's windows are meant with the function {text_of(dataset, 'VOILUTFunction')}.")
    return flags
