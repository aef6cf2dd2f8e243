"""The attributes that an index keeps of every file, with their tags and value representations."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from workbench.errors import unknown_name


@dataclass(frozen=True)
class Kept:
    """One attribute that is kept.

    Attributes
    ----------
    tag : int
        Group and element in one number: ``0x00280010``.
    vr : str
        Value representation of PS3.6, used where the file states none; ``"XS"`` is US or SS, as
        PixelRepresentation says.
    most : int
        How many values `Headers.numbers` gives.
    """

    tag: int
    vr: str
    most: int = 1

    @property
    def kind(self) -> Literal["text", "numbers"]:
        """Whether the values are numbers."""
        return "numbers" if self.vr in _NUMBERS else "text"


_NUMBERS = ("DS", "IS", "US", "SS", "UL", "SL", "FL", "FD", "XS", "UV", "SV")

# DICOM PS3.6 2025c section 6, "Registry of DICOM Data Elements", one line each: keyword, tag, VR, most values kept.
_ROWS = """
MediaStorageSOPClassUID 00020002 UI
TransferSyntaxUID 00020010 UI
SpecificCharacterSet 00080005 CS
ImageType 00080008 CS
SOPClassUID 00080016 UI
SOPInstanceUID 00080018 UI
StudyDate 00080020 DA
SeriesDate 00080021 DA
AcquisitionDate 00080022 DA
ContentDate 00080023 DA
AcquisitionDateTime 0008002A DT
StudyTime 00080030 TM
SeriesTime 00080031 TM
AcquisitionTime 00080032 TM
ContentTime 00080033 TM
AccessionNumber 00080050 SH
Modality 00080060 CS
ConversionType 00080064 CS
PresentationIntentType 00080068 CS
Manufacturer 00080070 LO
InstitutionName 00080080 LO
StudyDescription 00081030 LO
SeriesDescription 0008103E LO
ManufacturerModelName 00081090 LO
PatientID 00100020 LO
PatientBirthDate 00100030 DA
PatientSex 00100040 CS
PatientAge 00101010 AS
PatientSize 00101020 DS
PatientWeight 00101030 DS
EthnicGroup 00102160 SH
PatientSpeciesDescription 00102201 LO
PatientIdentityRemoved 00120062 CS
BodyPartExamined 00180015 CS
ScanningSequence 00180020 CS
SequenceVariant 00180021 CS
MRAcquisitionType 00180023 CS
SliceThickness 00180050 DS
KVP 00180060 DS
RepetitionTime 00180080 DS
EchoTime 00180081 DS
InversionTime 00180082 DS
EchoNumbers 00180086 IS
MagneticFieldStrength 00180087 DS
SpacingBetweenSlices 00180088 DS
ProtocolName 00181030 LO
FrameTime 00181063 DS
CineRate 00180040 IS
GantryDetectorTilt 00181120 DS
XRayTubeCurrent 00181151 IS
ImagerPixelSpacing 00181164 DS 2
ConvolutionKernel 00181210 SH
PatientPosition 00185100 CS
ViewPosition 00185101 CS
StudyInstanceUID 0020000D UI
SeriesInstanceUID 0020000E UI
StudyID 00200010 SH
SeriesNumber 00200011 IS
AcquisitionNumber 00200012 IS
InstanceNumber 00200013 IS
PatientOrientation 00200020 CS
ImagePositionPatient 00200032 DS 3
ImageOrientationPatient 00200037 DS 6
FrameOfReferenceUID 00200052 UI
Laterality 00200060 CS
ImageLaterality 00200062 CS
TemporalPositionIdentifier 00200100 IS
SliceLocation 00201041 DS
SamplesPerPixel 00280002 US
PhotometricInterpretation 00280004 CS
PlanarConfiguration 00280006 US
NumberOfFrames 00280008 IS
Rows 00280010 US
Columns 00280011 US
PixelSpacing 00280030 DS 2
PixelAspectRatio 00280034 IS 2
BitsAllocated 00280100 US
BitsStored 00280101 US
HighBit 00280102 US
PixelRepresentation 00280103 US
SmallestImagePixelValue 00280106 XS
LargestImagePixelValue 00280107 XS
PixelPaddingValue 00280120 XS
PixelPaddingRangeLimit 00280121 XS
BurnedInAnnotation 00280301 CS
WindowCenter 00281050 DS 8
WindowWidth 00281051 DS 8
RescaleIntercept 00281052 DS
RescaleSlope 00281053 DS
RescaleType 00281054 LO
VOILUTFunction 00281056 CS
LossyImageCompression 00282110 CS
Units 00541001 CS
DecayCorrection 00541102 CS
PresentationLUTShape 20500020 CS
"""


def _read_rows(text: str) -> dict[str, Kept]:
    rows = (line.split() for line in text.split("\n") if line)
    return {row[0]: Kept(int(row[1], 16), row[2], int(row[3]) if len(row) > 3 else 1) for row in rows}


#: Keyword to what is kept, in the order of the tags.
KEPT: Mapping[str, Kept] = MappingProxyType(dict(sorted(_read_rows(_ROWS).items(), key=lambda row: row[1].tag)))
_PLACES = {keyword: place for place, keyword in enumerate(KEPT)}


def place_of(keyword: str) -> int:
    """Return the column of a kept attribute.

    Parameters
    ----------
    keyword : str
        DICOM keyword.

    Returns
    -------
    int
        Its place in `KEPT`.

    Raises
    ------
    UnknownNameError
        When the attribute is not kept.

    Examples
    --------
    >>> place_of("SpecificCharacterSet"), KEPT["Rows"].kind, hex(KEPT["Rows"].tag)
    (2, 'numbers', '0x280010')
    """
    if keyword not in _PLACES:
        then = "Read the file with pydicom.dcmread for any other."
        raise unknown_name("attribute", keyword, KEPT, where="the kept attributes", then=then)
    return _PLACES[keyword]
