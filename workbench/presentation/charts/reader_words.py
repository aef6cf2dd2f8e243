"""Words below a chart for whoever reads it without the method: notes of a comparison, codes of modalities."""

import re
from collections.abc import Iterable, Sequence

from workbench.vocabulary.dicom import MODALITY_NAMES

_SUMMED = re.compile(r"^\d+ bands of the \w+ were summed to (\d+), whose edges both sides have\.$")


def plain_notes(notes: Sequence[str], attribute: str, *, missing: str = "excluded") -> list[str]:
    """Return what a reader of a chart needs of the notes of a comparison.

    Parameters
    ----------
    notes : sequence of str
        Each begins with the name of its attribute.
    attribute : str
        That of the chart.
    missing : str
        Whether the chart leaves patients without a value out, or keeps them as a group of their own.

    Returns
    -------
    list of str
        Sentences; how bands were summed is told once, what holds of the other policy for missing values not at all.

    Examples
    --------
    >>> plain_notes(["age: 11 bands of the cohort were summed to 9, whose edges both sides have."], "age")
    ['Ages are told in the 9 bands that both sides have.']
    """
    own = [note.removeprefix(f"{attribute}: ") for note in notes if note.startswith(f"{attribute}: ")]
    kept = [note for note in own if missing != "excluded" or not note.startswith("with missing kept")]
    told = [_SUMMED.sub(r"ages are told in the \1 bands that both sides have.", note) for note in kept]
    return list(dict.fromkeys(f"{note[:1].upper()}{note[1:]}" for note in told))


def modality_names(codes: Iterable[str]) -> str:
    """Return what codes of modalities stand for, as a line below a chart.

    Parameters
    ----------
    codes : iterable of str
        In the order of the chart.

    Returns
    -------
    str
        Those with a known name; empty where there is none.

    Examples
    --------
    >>> modality_names(["CT", "Not Reported", "SM"])
    'CT: computed tomography; SM: slide microscopy.'
    """
    named = [f"{code}: {MODALITY_NAMES[code]}" for code in dict.fromkeys(codes) if code in MODALITY_NAMES]
    return f"{'; '.join(named)}." if named else ""
