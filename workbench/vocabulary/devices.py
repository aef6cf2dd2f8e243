"""Closed lists of what images were made with: DICOM's terms of modality, and the makers of scanners."""

import re
from collections.abc import Mapping
from types import MappingProxyType

_TERMS = """
ANN AR ASMT AU BDUS BI BMD CFM CR CT CTPROTOCOL DG DMS DOC DX ECG EEG EMG EOG EPS ES FID GM HC HD IO IOL IVOCT IVUS KER
KO LEN LS M3D MG MR NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF RG RTDOSE RTIMAGE
RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF STAIN TEXTUREMAP TG US VA XA XAPROTOCOL XC
AS CD CF CP CS DD DF DM DS EC FA FS LP MA MS OPR ST VF FUSION
"""
#: Defined terms of Modality (DICOM PS3.3, C.7.3.1.1.1), retired ones too, and FUSION, which indexes know.
MODALITIES = frozenset(_TERMS.split())

#: A word by which a maker is known, to the maker. A name counts when it begins with one of the words.
MAKERS: Mapping[str, str] = MappingProxyType(
    {
        "agfa": "Agfa",
        "barco": "Barco",
        "bruker": "Bruker",
        "canon": "Canon",
        "carestream": "Carestream",
        "del medical": "Del Medical",
        "drgem": "DRGEM",
        "eastman kodak": "Kodak",
        "elscint": "Elscint",
        "esaote": "Esaote",
        "fuji": "Fujifilm",
        "ge": "GE",
        "general electric": "GE",
        "hamamatsu": "Hamamatsu",
        "hitachi": "Hitachi",
        "hologic": "Hologic",
        "imaging dynamics": "Imaging Dynamics",
        "kodak": "Kodak",
        "konica": "Konica Minolta",
        "leica": "Leica",
        "lorad": "Lorad",
        "marconi": "Marconi",
        "mindray": "Mindray",
        "neusoft": "Neusoft",
        "oldelft": "Oldelft",
        "philips": "Philips",
        "picker": "Picker",
        "samsung": "Samsung",
        "shimadzu": "Shimadzu",
        "siemens": "Siemens",
        "swissray": "Swissray",
        "toshiba": "Toshiba",
        "united imaging": "United Imaging",
        "varian": "Varian",
        "vidar": "Vidar",
    }
)

_WORDS = re.compile(r"[a-z0-9]+")
_NAMED = re.compile("|".join(rf"{word}\b" for word in (*MAKERS, "fujifilm")))


def maker_of(text: str) -> str | None:
    """Return the known maker that a text begins with.

    Parameters
    ----------
    text : str
        As a scanner writes it (Manufacturer).

    Returns
    -------
    str or None
        A value of `MAKERS`, never a part of the text; None where it names no known maker.

    Examples
    --------
    >>> maker_of("GE MEDICAL SYSTEMS"), maker_of("Philips Medical Systems"), maker_of("Room 3 of Dr. Siemens")
    ('GE', 'Philips', None)
    """
    found = _NAMED.match(" ".join(_WORDS.findall(text.casefold())))
    return MAKERS["fuji" if found[0] == "fujifilm" else found[0]] if found else None
