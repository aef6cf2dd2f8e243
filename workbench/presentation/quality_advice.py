"""What to do about what is not known: for those who contribute, and for those who use the data until then.

References
----------
DICOM PS3.15 2024b, annex E.3: the options of de-identification that keep patient characteristics (E.3.7), device
identity (E.3.8) and longitudinal dates (E.3.6). PS3.3 2024b, C.7: the attributes by their modules.
"""

from collections.abc import Mapping

_CLINICAL = 'Send it with the clinical table: images do not carry it. Say "declined" apart from "not asked".'
_SHARES = "Say of how many it is known beside each share, and compare those with it to those without."

#: What is not known -> what contributors do, and what users do.
ADVICE: Mapping[str, tuple[str, str]] = {
    "Age": (
        "Keep PatientAge (0010,1010), by the option that retains patient characteristics; write it like 042Y.",
        f'{_SHARES} A filter on age drops whoever has none: missing="keep" keeps them.',
    ),
    "Sex": (
        "Keep PatientSex (0010,0040) when identity is removed, by the option that retains patient characteristics.",
        _SHARES,
    ),
    "Race": (_CLINICAL, _SHARES),
    "Ethnicity": (_CLINICAL, _SHARES),
    "COVID-19 status": (_CLINICAL, "Leave those without a test out of both groups; they are no negatives."),
    "State": (
        "Send the first three digits of the postal code, where more than 20,000 people live.",
        _SHARES,
    ),
    "Age at the study": (
        "Keep PatientAge in every study, or send the day of birth as an offset from the index event.",
        "Ask the age of the patient instead where one study a patient is enough.",
    ),
    "Day of the study": (
        "Shift dates by one number a patient instead of removing them: intervals stay.",
        "near_test cannot place these studies; count them as lost.",
    ),
    "Body part in the header": (
        "Fill BodyPartExamined (0018,0015) from the protocol, with the terms of PS3.16 annex L.",
        "Select by body_region: it reads the descriptions and the collection too, and says from where.",
    ),
    "Body region by any means": (
        "Describe the study, or state the anatomy of the collection.",
        "Look at a sample before these are taken for either region.",
    ),
    "Manufacturer": (
        "Keep Manufacturer (0008,0070) when identity is removed, by the option that retains device identity.",
        "Count unknown scanners as a group of their own in any comparison of devices.",
    ),
    "Model": (
        "Keep ManufacturerModelName (0008,1090), by the option that retains device identity.",
        "Compare by manufacturer where models are missing.",
    ),
    "License": (
        "State a license for every series.",
        "Ask before any use: without a license nothing is permitted.",
    ),
}
