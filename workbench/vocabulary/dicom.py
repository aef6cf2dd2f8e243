"""DICOM terms that tables rely on: which objects are images, and which code strings mean what."""

import polars as pl

#: SOP Classes (PS3.6 Table A-1) whose objects are acquired images. Everything else that an index
#: lists (segmentations, reports, RT objects, annotations, presentation states …) is a derived object.
IMAGE_SOP_CLASSES = (
    "Breast Projection X-Ray Image Storage - For Presentation",
    "Breast Projection X-Ray Image Storage - For Processing",
    "Breast Tomosynthesis Image Storage",
    "CT Image Storage",
    "Computed Radiography Image Storage",
    "Digital Mammography X-Ray Image Storage - For Presentation",
    "Digital Mammography X-Ray Image Storage - For Processing",
    "Digital X-Ray Image Storage - For Presentation",
    "Digital X-Ray Image Storage - For Processing",
    "Enhanced CT Image Storage",
    "Enhanced MR Image Storage",
    "Enhanced PET Image Storage",
    "Enhanced US Volume Storage",
    "Enhanced XA Image Storage",
    "Legacy Converted Enhanced CT Image Storage",
    "Legacy Converted Enhanced MR Image Storage",
    "Legacy Converted Enhanced PET Image Storage",
    "MR Image Storage",
    "Multi-frame Grayscale Byte Secondary Capture Image Storage",
    "Multi-frame Grayscale Word Secondary Capture Image Storage",
    "Multi-frame True Color Secondary Capture Image Storage",
    "Nuclear Medicine Image Storage",
    "Positron Emission Tomography Image Storage",
    "Secondary Capture Image Storage",
    "Ultrasound Image Storage",
    "Ultrasound Multi-frame Image Storage",
    "VL Microscopic Image Storage",
    "VL Photographic Image Storage",
    "VL Whole Slide Microscopy Image Storage",
    "X-Ray 3D Angiographic Image Storage",
    "X-Ray Angiographic Image Storage",
    "X-Ray Radiofluoroscopic Image Storage",
)

#: Modality terms of objects that are no acquired images, whatever SOP Class they were stored as (CID 29).
DERIVED_MODALITIES = ("ANN", "KO", "M3D", "PR", "REG", "RTDOSE", "RTPLAN", "RTSTRUCT", "RWV", "SEG", "SR")

#: What the modality terms of acquired images stand for (PS3.3 C.7.3.1.1.1), in the words of a public page.
MODALITY_NAMES = {
    "CT": "computed tomography",
    "MR": "magnetic resonance imaging",
    "PT": "positron emission tomography (PET)",
    "NM": "nuclear medicine",
    "DX": "digital X-ray",
    "CR": "X-ray on a plate (computed radiography)",
    "MG": "mammography",
    "US": "ultrasound",
    "SM": "slide microscopy",
    "XA": "X-ray angiography",
    "RF": "moving X-ray (radiofluoroscopy)",
    "XC": "photograph",
    "OPT": "tomography of the eye",
    "OT": "other",
    "FUSION": "images laid over each other",
}

#: PatientSex (PS3.3 C.7.1.1) to the category shown; ``U`` is not a DICOM term but is written for "unknown".
PATIENT_SEX = {"F": "Female", "M": "Male", "O": "Other", "U": "Unknown"}

#: Days in a year and in a month, for ages written in days, weeks or months (PS3.5 6.2, VR AS).
AGE_UNITS_IN_YEARS = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}

#: Ages above this are shown as "90 and over" (HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i)(C)).
AGE_TOP_CODE_YEARS = 90

#: A threshold of ours, beyond any plausible life: a larger PatientAge is a typing error and counts as unknown.
AGE_LIMIT_YEARS = 122


def parse_age(text: pl.Expr) -> pl.Expr:
    """Return an age in years from DICOM Age String values and the misspellings seen in archives.

    ``nnnD``, ``nnnW``, ``nnnM`` and ``nnnY`` are the standard's forms. A lower-case unit is read as
    its capital; a bare number is read as years. Anything else, an age of zero years (a placeholder:
    archives write ``000Y`` for adults whose age was removed, infants have days, weeks or months) and
    an age beyond any plausible life give null.

    Parameters
    ----------
    text : polars.Expr
        Strings of VR AS.

    Returns
    -------
    polars.Expr
        Float32, years; not top-coded.

    References
    ----------
    DICOM PS3.5 section 6.2, value representation AS.

    Examples
    --------
    >>> import polars as pl
    >>> ages = pl.DataFrame({"age": ["042y", "018M", "90", "N-A", "000Y", None]})
    >>> ages.select(parse_age(pl.col("age"))).to_series().to_list()
    [42.0, 1.5, 90.0, None, None, None]
    """
    parts = text.str.strip_chars().str.to_uppercase().str.extract_groups(r"^([0-9]{1,3})([DWMY]?)$")
    number = parts.struct.field("1").cast(pl.Float64)
    unit = parts.struct.field("2").replace_strict(
        {**AGE_UNITS_IN_YEARS, "": 1.0}, default=None, return_dtype=pl.Float64
    )
    years = number * unit
    placeholder = (years == 0) & (unit == 1.0)
    return pl.when(placeholder | (years > AGE_LIMIT_YEARS)).then(None).otherwise(years).cast(pl.Float32)
