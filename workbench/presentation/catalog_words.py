"""The data catalog in plain words: what its short terms mean to a newcomer, and the groups its map and facets show."""

from collections.abc import Sequence

from workbench.catalog.registry.entries import Entry

#: What a license lets a company do, the most useful first; the last two say that nothing is promised.
LICENSE_USES = {
    "yes": "Commercial use allowed",
    "no": "No commercial use",
    "ask": "Terms must be read",
    "unknown": "License not confirmed",
}

#: Where an image comes from, in the order in which a hospital meets it.
IMAGE_KINDS = {
    "X-ray": ("CR", "DX"),
    "Mammography": ("MG",),
    "CT": ("CT",),
    "MRI": ("MR",),
    "PET and nuclear medicine": ("PT", "NM"),
    "Ultrasound": ("US",),
    "Angiography and fluoroscopy": ("XA", "RF"),
    "Microscope slides": ("SM", "GM"),
    "Eye": ("OP", "OPT"),
    "Endoscopy and photographs": ("ES", "XC"),
}
SEVERAL_KINDS, NO_IMAGES = "Many kinds of image", "Text and signals"
_MOST_KINDS = 3  # of a data set that has a main one; a platform has more

#: The short terms of the files, as the page says them.
TERMS: dict[str, dict[str, str]] = {
    "kind": {"dataset": "Data set", "model": "Model", "framework": "Software", "collection": "IDC collection"},
    "modality": {
        "CR": "X-ray (CR)",
        "DX": "X-ray (DX)",
        "CT": "CT",
        "MR": "MRI",
        "MG": "Mammography",
        "US": "Ultrasound",
        "PT": "PET",
        "NM": "Nuclear medicine",
        "XA": "Angiography",
        "RF": "Fluoroscopy",
        "SM": "Whole slide images",
        "GM": "Microscopy",
        "OP": "Eye photographs",
        "OPT": "Eye tomography (OCT)",
        "ES": "Endoscopy",
        "XC": "Photographs",
        "TEXT": "Text",
        "EEG": "EEG",
        "MEG": "MEG",
        "SEG": "Masks",
        "SR": "Structured reports",
        "RTSTRUCT": "Contours",
        "ANN": "Annotations",
        "PR": "Presentation states",
        "KO": "Key object notes",
        "OT": "Other images",
    },
    "access": {
        "open": "Open download",
        "registration": "After registration",
        "data_use_agreement": "After a data use agreement",
        "credentialed": "After training and approval",
        "unknown": "Access not confirmed",
    },
    "answer": {"yes": "Yes", "partly": "Partly", "no": "No", "unknown": "Not known"},
    "license_use": LICENSE_USES,
    "source": {
        "guide": "Guide",
        "creator": "Creators",
        "repository": "Repository",
        "paper": "Paper",
        "registry": "Registry",
        "third_party": "Somebody else",
        "idc": "Imaging Data Commons",
    },
    "verdict": {
        "agrees": "Agrees with its source",
        "third_party": "A third party says the same",
        "differs": "Differs from its source",
        "not_comparable": "Counts something else",
        "unchecked": "Not compared with another source",
        "counted": "Counted in IDC",
    },
    "relation": {
        "subset_of": "Part of",
        "edition_of": "Edition of",
        "derived_from": "Made from",
        "annotations_of": "Annotations of",
        "overlaps": "Shares images with",
        "same_patients": "Has other images of patients of",
        "hosted_on": "Hosted on",
    },
    "inverse": {
        "subset_of": "Contains",
        "edition_of": "Has the edition",
        "derived_from": "Source of",
        "annotations_of": "Annotated by",
        "overlaps": "Shares images with",
        "same_patients": "Has other images of patients of",
        "hosted_on": "Hosts",
    },
    "idc": {
        "same": "The Imaging Data Commons holds this data set.",
        "idc_has_more": "The Imaging Data Commons holds this data set and more.",
        "idc_has_part": "The Imaging Data Commons holds a part of this data set.",
        "parent": "The Imaging Data Commons holds the data set that this one was taken from.",
        "platform": "The Imaging Data Commons holds collections of this platform.",
    },
}

#: What stands for the size of an entry, the first that anybody states.
QUANTITIES: tuple[str, ...] = (
    *("patients", "images", "volumes", "slides", "studies", "series", "videos", "patches", "regions"),
    *("image_text_pairs", "image_report_pairs", "text_pairs", "reports", "tissue_samples", "sessions"),
    *("nuclei", "collections", "datasets", "parameters"),
)


def license_use(entry: Entry) -> str:
    """Return what the license of an entry lets a company do.

    Parameters
    ----------
    entry : Entry
        Of any kind.

    Returns
    -------
    str
        A key of `LICENSE_USES`.

    Examples
    --------
    >>> license_use(Entry("dataset", {"key": "x", "name": "X", "license": {"id": "unknown"}}))
    'unknown'
    """
    if not entry.license_confirmed:
        return "unknown"
    return {True: "yes", False: "no", None: "ask"}[entry.commercial_use]


def image_kind(modality: Sequence[str]) -> str:
    """Return the main group of images that modalities fall under.

    Parameters
    ----------
    modality : sequence of str
        DICOM terms, the main one first, and TEXT, EEG, MEG.

    Returns
    -------
    str
        That of the first image; PET with its CT counts as PET, and of more than three groups none is the main one.

    Examples
    --------
    >>> image_kind(["CR", "DX", "TEXT"]), image_kind(["PT", "CT"]), image_kind(["CT", "SM"]), image_kind(["TEXT"])
    ('X-ray', 'PET and nuclear medicine', 'CT', 'Text and signals')
    """
    found = [kind for term in modality for kind, members in IMAGE_KINDS.items() if term in members]
    kinds = list(dict.fromkeys(found))
    if set(kinds) == {"CT", "PET and nuclear medicine"}:
        return "PET and nuclear medicine"
    return NO_IMAGES if not kinds else kinds[0] if len(kinds) <= _MOST_KINDS else SEVERAL_KINDS


def plural(quantity: str, value: float = 2) -> str:
    """Return a counted thing in words.

    Parameters
    ----------
    quantity : str
        A quantity of the schema, such as ``"image_text_pairs"``.
    value : float
        How many.

    Returns
    -------
    str
        Words for people.

    Examples
    --------
    >>> plural("image_text_pairs"), plural("patients", 1), plural("nuclei", 1)
    ('image and text pairs', 'patient', 'nuclei')
    """
    words = {"image_text_pairs": "image and text pairs", "image_report_pairs": "image and report pairs"}
    said = words.get(quantity, quantity.replace("_", " "))
    return said[:-1] if value == 1 and said.endswith("s") and quantity != "series" else said
