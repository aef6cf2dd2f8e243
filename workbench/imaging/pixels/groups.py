"""Attributes of one frame: its own functional group, else the shared one, else the data set's (PS3.3 C.7.6.16)."""

import math
import struct
import warnings
from typing import Any

#: Code strings of Modality (PS3.16 2025c CID 33); any other value may be free text.
MODALITIES = frozenset(
    """
    ANN AR AS ASMT AU BDUS BI BMD CD CF CFM CP CR CS CT CTPROTOCOL DD DF DG DM DMS DOC DS DX EC ECG EEG EMG EOG EPS ES
    FA FID FS GM HC HD IO IOL IVOCT IVUS KER KO LEN LP LS M3D MA MG MR MS NM OAM OCT OP OPM OPR OPT OPTBSV OPTENF OPV
    OSS OT PA PLAN POS PR PT PX REG RESP RF RG RTDOSE RTIMAGE RTPLAN RTRECORD RTSTRUCT RWV SEG SM SMR SR SRF ST STAIN
    TEXTUREMAP TG US VA VF XA XC
    """.split()  # noqa: SIM905 -- a list of so many would fill the screen
)


def value_of(item: Any, keyword: str) -> Any:
    """Return the value of an attribute; a damaged one counts as absent.

    Parameters
    ----------
    item : pydicom.Dataset
        A data set or an item; values are converted when they are asked for.
    keyword : str
        Of the attribute.

    Returns
    -------
    object
        None where absent or damaged.
    """
    from pydicom.errors import BytesLengthException

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's warnings hold values, which may identify a patient
        try:
            return item.get(keyword)
        # Whatever bytes may hold, pydicom answers damage with one of these.
        except (
            ValueError,
            TypeError,
            AttributeError,
            LookupError,
            NotImplementedError,
            ArithmeticError,
            struct.error,
            BytesLengthException,
        ):
            return None


def functional_item(dataset: Any, sequence: str, frame: int) -> Any | None:
    """Return the first item of a functional group macro that holds for a frame.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The header of one file.
    sequence : str
        Keyword of the macro's sequence.
    frame : int
        Counted from 0.

    Returns
    -------
    pydicom.Dataset or None
        None where neither group has it, as in every object that is not enhanced.
    """
    own = value_of(dataset, "PerFrameFunctionalGroupsSequence") or ()
    shared = value_of(dataset, "SharedFunctionalGroupsSequence") or ()
    for groups in (own[frame : frame + 1], shared[:1]):
        for group in groups:
            items = value_of(group, sequence)
            if items:
                return items[0]
    return None


def number_of(item: Any, keyword: str) -> float | None:
    """Return the first value of an attribute as a finite number.

    Parameters
    ----------
    item : pydicom.Dataset
        A data set or an item.
    keyword : str
        Of the attribute.

    Returns
    -------
    float or None
        None where absent, empty or no number.
    """
    values = numbers_of(item, keyword)
    return values[0] if values else None


def numbers_of(item: Any, keyword: str) -> tuple[float, ...]:
    """Return the values of an attribute as finite numbers.

    Parameters
    ----------
    item : pydicom.Dataset
        A data set or an item.
    keyword : str
        Of the attribute.

    Returns
    -------
    tuple of float
        Empty where absent or where any value is no finite number.
    """
    try:
        value = value_of(item, keyword)
        if value is None or value == "":
            return ()
        several = hasattr(value, "__iter__") and not isinstance(value, str)
        found = tuple(float(one) for one in (value if several else (value,)))
    except (TypeError, ValueError, OverflowError):
        return ()
    return found if all(math.isfinite(one) for one in found) else ()


def text_of(item: Any, keyword: str) -> str:
    """Return the first value of an attribute as text.

    Parameters
    ----------
    item : pydicom.Dataset
        A data set or an item.
    keyword : str
        Of the attribute.

    Returns
    -------
    str
        Stripped; empty where absent.
    """
    value = value_of(item, keyword)
    if value is None:
        return ""
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        value = next(iter(value), "")
    return str(value).strip()


def modality_of(dataset: Any) -> str:
    """Return the Modality of a file, which an image shows.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The header of one file.

    Returns
    -------
    str
        Empty where absent, and where DICOM defines no such code.
    """
    stated = text_of(dataset, "Modality")
    return stated if stated in MODALITIES else ""
