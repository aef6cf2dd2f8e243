"""What a message may show of a header: numbers and known codes, never text that somebody may have typed.

References
----------
DICOM PS3.16 2025c: CID 33 (Modality). PS3.3 2025c: C.7.3.1.1.1 (Modality), C.7.6.1.1.2 and C.8.2.1.1.1 (Image Type),
C.7.6.3.1.2 (Photometric Interpretation), C.8.9.1.1.3 (Units), C.11.1.1.2 (Rescale Type).
"""

import re
from collections.abc import Sequence

from workbench.imaging.pixels.groups import MODALITIES

_MOST_LISTED = 12


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Of Image Type, and what vendors often write in its later values; our own list, others are not shown.
_IMAGE_TYPES = _words(
    "ORIGINAL DERIVED MIXED PRIMARY SECONDARY AXIAL LOCALIZER VOLUME OTHER NONE M P R I MAGNITUDE PHASE REAL IMAGINARY "
    "ND NORM DIS2D DIS3D MPR MIP AVERAGE DIXON WATER FAT IN_PHASE OUT_PHASE OPP_PHASE W F IP OP ADC TRACEW FFE SE "
    "M_FFE M_SE M_IR P_FFE STATIC DYNAMIC GATED"
)
_KERNEL_NAMES = "STANDARD|SOFT|LUNG|BONE|BONEPLUS|DETAIL|EDGE|CHEST|ULTRA"
_CODES = {
    "Modality": MODALITIES,
    "ImageType": _IMAGE_TYPES,
    "FrameType": _IMAGE_TYPES,
    "PhotometricInterpretation": frozenset({"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "YBR_FULL"}),
    "RescaleType": frozenset({"HU", "US", "OD", "MGML", "PCT"}),
    "Units": frozenset({"BQML", "CNTS", "CPS", "GML", "PROPCNTS", "PROPCPS"}),
}
_KERNEL = re.compile(rf"({_KERNEL_NAMES}|(FC|[ABDHIJQTU][cflprsv]?)\d{{2}}[a-z]?|\d)")
_NUMBERS = _words(
    "TemporalPositionIdentifier EchoNumbers EchoTime InversionTime RepetitionTime AcquisitionNumber KVP InstanceNumber "
    "DiffusionBValue TriggerTime FlipAngle Rows Columns PixelSpacing ImageOrientationPatient ImagePositionPatient "
    "SliceThickness SpacingBetweenSlices SliceLocation RescaleSlope RescaleIntercept BitsStored SamplesPerPixel "
    "TemporalPositionIndex EffectiveEchoTime FrameAcquisitionNumber NominalCardiacTriggerDelayTime StackID "
    "EnergyWindowVector DetectorVector TimeSlotVector PhaseVector RRIntervalVector"
)


def known_modality(text: str | None) -> str:
    """Return a modality that DICOM knows, and nothing for any other text.

    Parameters
    ----------
    text : str or None
        As the file states it.

    Returns
    -------
    str
        A code string, or empty.

    Examples
    --------
    >>> known_modality("CT"), known_modality("SMITH^ANNA")
    ('CT', '')
    """
    return text if text in MODALITIES else ""


def may_be_shown(keyword: str, values: Sequence[str | None]) -> bool:
    """Return whether a message may hold these values of an attribute.

    Parameters
    ----------
    keyword : str
        DICOM keyword.
    values : sequence of str or None
        Several values of one image are joined by backslashes.

    Returns
    -------
    bool
        False where any value might be a name, a date or an identifier.

    Examples
    --------
    >>> may_be_shown("EchoTime", ["5.0"]), may_be_shown("ConvolutionKernel", ["B30f"]), may_be_shown("StudyDate", ["5"])
    (True, True, False)
    """
    parts = {part for value in values if value for part in value.split("\\")}
    if keyword in _NUMBERS:
        return all(as_number(part) is not None for part in parts)
    if keyword == "ConvolutionKernel":
        return all(_KERNEL.fullmatch(part) for part in parts)
    return keyword in _CODES and parts <= _CODES[keyword]


def shown(value: str | None) -> str:
    """Return a value as a message writes it.

    Parameters
    ----------
    value : str or None
        One that may be shown.

    Returns
    -------
    str
        Numbers as they are, texts in quotes.
    """
    return str(value) if value is not None and as_number(value) is not None else repr(value)


def listed(keyword: str, values: Sequence[str | None]) -> str:
    """Return the different values of an attribute for a message, or only how many there are.

    Parameters
    ----------
    keyword : str
        DICOM keyword.
    values : sequence of str or None
        Of every image.

    Returns
    -------
    str
        At most twelve of them.

    Examples
    --------
    >>> listed("EchoTime", ["5", "30", "5"]), listed("ConvolutionKernel", ["Dr Smith", "Dr Jones"])
    ('5, 30', '2 values that are not shown')
    """
    distinct = list(dict.fromkeys(values))
    if not may_be_shown(keyword, distinct):
        return f"{len(distinct)} value{'' if len(distinct) == 1 else 's'} that are not shown"
    words = ", ".join(shown(value) for value in distinct[:_MOST_LISTED])
    return words + (f", … {len(distinct)} in all" if len(distinct) > _MOST_LISTED else "")


def as_number(text: str) -> float | None:
    """Return the number that a text states.

    Parameters
    ----------
    text : str
        Of one value.

    Returns
    -------
    float or None
        None where it is no number.
    """
    try:
        return float(text)
    except ValueError:
        return None
