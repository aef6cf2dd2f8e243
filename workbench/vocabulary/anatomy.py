"""Body regions: the closed list, and the tables that lead to it from what sites wrote.

Region names follow the code meanings of DICOM PS3.16 Annex L ("Abdomen and Pelvis"),
with limbs, the whole body and the missing categories added. `BODY_PART_REGION` maps
Body Part Examined terms of that annex, and the spellings seen beside them in the
index, to the region that holds the organ; which region that is, is our choice.
Descriptions are free text, so `DESCRIPTION_WORDS` looks for the words that
name a region in English, Dutch and German protocol names.
"""

from typing import Any

import polars as pl

#: Every body region, head to foot; combined regions stand beside their first part.
BODY_REGIONS = (
    "Head",
    "Head and Neck",
    "Neck",
    "Neck and Chest",
    "Neck, Chest and Abdomen",
    "Neck, Chest, Abdomen and Pelvis",
    "Chest",
    "Chest and Abdomen",
    "Chest, Abdomen and Pelvis",
    "Breast",
    "Abdomen",
    "Abdomen and Pelvis",
    "Pelvis",
    "Spine",
    "Upper limb",
    "Lower limb",
    "Extremity",
    "Whole body",
    "Not Applicable",
    "Unknown",
    "Not Reported",
)

#: Where a series' body region was read, in the order in which the places are tried.
BODY_REGION_SOURCES = ("BodyPartExamined", "StudyDescription", "SeriesDescription", "collection", "none")

_TERMS = {
    "Head": "HEAD SKULL BRAIN EYE EAR IAC OPTICCANAL INTRAOCULAR FACE ORBIT JAW",
    "Head and Neck": "HEADNECK HEAD-NECK",
    "Neck": "NECK THYROID LARYNX CAROTID",
    "Neck and Chest": "NECKCHEST",
    "Neck, Chest and Abdomen": "NECKCHESTABDOMEN",
    "Neck, Chest, Abdomen and Pelvis": "NECKCHESTABDPELV",
    "Chest": "CHEST THORAX LUNG HEART MEDIASTINUM ESOPHAGUS AORTA THYMUS MESOTHELIUM BRONCHUS",
    "Chest and Abdomen": "CHESTABDOMEN",
    "Chest, Abdomen and Pelvis": "CHESTABDPELVIS CHEST-ABDOMEN-PELVIS",
    "Breast": "BREAST",
    "Abdomen": "ABDOMEN LIVER KIDNEY PANCREAS STOMACH COLON ADRENAL SPLEEN GALLBLADDER RETROPERITONEUM",
    "Abdomen and Pelvis": "ABDOMENPELVIS",
    "Pelvis": "PELVIS PROSTATE BLADDER UTERUS OVARY CERVIX RECTUM BONYPELVIS COCCYX TESTICLES ANUS",
    "Spine": "SPINE CSPINE TSPINE LSPINE SSPINE TLSPINE LSSPINE CTSPINE",
    "Upper limb": "SHOULDER ELBOW ARM HAND WRIST FOREARM HUMERUS UPPERLIMB",
    "Lower limb": "HIP THIGH FEMUR FEMORALA KNEE LEG CALF ANKLE FOOT LOWERLIMB",
    "Extremity": "EXTREMITY EXTREMITIES",
    "Whole body": "WHOLEBODY BODY",
    "Not Applicable": "PHANTOM",
}
_PHRASES = {
    "LEFT BREAST": "Breast",
    "RIGHT BREAST": "Breast",
    "WHOLE BODY": "Whole body",
    "ADRENAL GLAND": "Abdomen",
    "ADRENAL GLANDS": "Abdomen",
    "BILE DUCT": "Abdomen",
    "PROSTATE GLAND": "Pelvis",
    "UTERINE CERVIX": "Pelvis",
    "BLADDER ORGAN": "Pelvis",
    "BODY OF UTERUS": "Pelvis",
    "LUNG PHANTOM": "Not Applicable",
    "LIVER PHANTOM": "Not Applicable",
    "BRAIN PHANTOM": "Not Applicable",
}
#: Body part term (upper case) to region, for BodyPartExamined and a collection's stated anatomy.
BODY_PART_REGION = {term: region for region, terms in _TERMS.items() for term in terms.split()} | _PHRASES

#: Part of the body to the pattern of words that name it in a study or series description.
#: ``LUNG`` counts in study descriptions only: in series descriptions it often names a kernel or window.
DESCRIPTION_WORDS = {
    "Whole body": r"WHOLE ?BODY|\bWB\b|GANZK|SKULL.*(THIGH|\bT\b|\bM\b)|EYES? ?(TO|-) ?THIGH",
    "Spine": r"SPINE|SPINAL|\b[CTL]-?SP\b|VERTEBRA|WIRBEL",
    "Breast": r"BREAST|MAMMO|\bMAM\b|TOMOSYNTHESIS|\bBRUST\b",
    "Head": r"BRAIN|\bHEAD|SKULL|CRANI|\bORBIT|PITUITARY|\bIAC\b|GLIOMA|NEURO\b|SCHAEDEL|HERSEN",
    "Neck": r"\bNECK|LARYN|THYROID|CAROTID|\bHALS\b",
    "Chest": r"CHEST|THORA[XC]|TORAX|PULMON|MEDIASTIN|CARDIAC|CORONARY|\bHEART|\bCAP\b|CTCAP|\bCH[ /]ABD|\bCH AND\b",
    "Abdomen": r"\bABD|ABDOM|LIVER|HEPAT|KIDNEY|RENAL\b|PANCREA|ENTEROG|UROGRA|COLONO|BAUCH|\bCAP\b|CTCAP",
    "Pelvis": r"PELV|PROSTA|BLADDER|\bUTER|\bOVAR|CERVIX|RECTUM|RECTAL|\bPEL\b|\bBECKEN|\bCAP\b|CTCAP",
    "Upper limb": r"SHOULDER|ELBOW|WRIST|FOREARM|HUMERUS|\bHAND\b",
    "Lower limb": r"\bKNEE|ANKLE|\bFOOT|\bFEET|FEMUR|\bHIPS?\b|\bTHIGH|\bCALF|TIBIA|\bLEGS?\b",
}
_COMBINED = {
    ("Head", "Neck"): "Head and Neck",
    ("Neck", "Chest"): "Neck and Chest",
    ("Neck", "Chest", "Abdomen"): "Neck, Chest and Abdomen",
    ("Neck", "Chest", "Abdomen", "Pelvis"): "Neck, Chest, Abdomen and Pelvis",
    ("Chest", "Abdomen"): "Chest and Abdomen",
    ("Chest", "Abdomen", "Pelvis"): "Chest, Abdomen and Pelvis",
    ("Abdomen", "Pelvis"): "Abdomen and Pelvis",
}
_TRUNK = ("Head", "Neck", "Chest", "Abdomen", "Pelvis")


def regions_covering(region: str) -> tuple[str, ...]:
    """Return every body region whose images show all of `region`.

    A scan of chest, abdomen and pelvis is a chest scan too, so selecting the
    chest selects it. Only regions that name the part count: "Whole body" is
    its own region.

    Parameters
    ----------
    region : str
        One of `BODY_REGIONS`.

    Returns
    -------
    tuple of str
        `region` first, then the combined regions that include it.

    Examples
    --------
    >>> regions_covering("Pelvis")
    ('Pelvis', 'Neck, Chest, Abdomen and Pelvis', 'Chest, Abdomen and Pelvis', 'Abdomen and Pelvis')
    """
    parts = {name: combination for combination, name in _COMBINED.items()}
    wanted = set(parts.get(region, (region,)))
    return (region, *(name for name in BODY_REGIONS if name != region and wanted <= set(parts.get(name, ()))))


def region_of_body_part(term: pl.Expr) -> pl.Expr:
    """Return the body region of a Body Part Examined term, null when the term names none.

    Parameters
    ----------
    term : polars.Expr
        Strings as sites wrote them; case and outer spaces do not matter.

    Returns
    -------
    polars.Expr
        Strings of `BODY_REGIONS` or null.

    References
    ----------
    DICOM PS3.16 Annex L, "Correspondence of Anatomic Region Codes and Body Part Examined Defined Terms".

    Examples
    --------
    >>> import polars as pl
    >>> pl.DataFrame({"term": ["Lung", "SEG"]}).select(region_of_body_part(pl.col("term")))["term"].to_list()
    ['Chest', None]
    """
    return term.str.strip_chars().str.to_uppercase().replace_strict(BODY_PART_REGION, default=None)


def region_of_description(text: pl.Expr, *, of_series: bool = False) -> pl.Expr:
    """Return the body region that a free-text description names, null when it names none.

    Words that name parts of the trunk combine ("chest abdomen pelvis"); a spine, breast or
    whole-body examination is that and nothing else, so "thoracic spine" is no chest scan.

    Parameters
    ----------
    text : polars.Expr
        Study or series descriptions.
    of_series : bool
        True for series descriptions, in which "lung" is not evidence (it names kernels and windows).

    Returns
    -------
    polars.Expr
        Strings of `BODY_REGIONS` or null.

    Examples
    --------
    >>> import polars as pl
    >>> words = pl.DataFrame({"text": ["THORAX/ABDOMEN/PELVIS + CONT", "MR THORACIC SPINE", "PE"]})
    >>> words.select(region_of_description(pl.col("text"))).to_series().to_list()
    ['Chest, Abdomen and Pelvis', 'Spine', None]
    """
    upper = text.str.to_uppercase().str.replace_all(r"[_^]", " ")
    names = {part: upper.str.contains(pattern) for part, pattern in DESCRIPTION_WORDS.items()}
    if not of_series:
        names["Chest"] = names["Chest"] | upper.str.contains(r"\bLUNG")
    region: Any = pl.when(upper.str.contains("PHANTOM")).then(pl.lit("Not Applicable"))
    for part in ("Whole body", "Spine", "Breast"):
        region = region.when(names[part]).then(pl.lit(part))
    for parts, combined in sorted(_COMBINED.items(), key=lambda item: -len(item[0])):
        region = region.when(pl.all_horizontal([names[part] for part in parts])).then(pl.lit(combined))
    for part in (*_TRUNK, "Upper limb", "Lower limb"):
        region = region.when(names[part]).then(pl.lit(part))
    found: pl.Expr = region.otherwise(None)
    return found
