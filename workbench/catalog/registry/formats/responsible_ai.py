"""What an entry says for Croissant's vocabulary of responsible AI: how collected, by whom labeled, whom it leaves out.

References
----------
MLCommons, Croissant Responsible AI Vocabulary 1.0, http://mlcommons.org/croissant/RAI/1.0
"""

from collections.abc import Iterator
from typing import Any

from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.formats.evidence import quoted, shared_images


def responsible_ai(entry: Entry) -> dict[str, Any]:
    """Return the fields of the vocabulary that the entry answers.

    Parameters
    ----------
    entry : Entry
        A data set or a collection.

    Returns
    -------
    dict
        Names with the prefix ``rai:``; a field that no source answers is left out.

    Examples
    --------
    >>> responsible_ai(Entry("dataset", {"key": "a", "name": "A", "demographics": {"race": "no"}}))
    {'rai:dataBiases': ['race is not given per person, so its balance cannot be checked.']}
    """
    annotated = entry.fields.get("annotations", {})
    by = annotated.get("by", "unknown")
    missing = _answered(entry, "missing_data_explained")
    fields = {
        "rai:dataCollection": " ".join(_collection(entry)),
        "rai:dataCollectionMissingData": missing,
        "rai:dataAnnotationProtocol": [annotated["text"], *([f"Made by: {by}."] if by != "unknown" else [])]
        if annotated
        else [],
        "rai:dataBiases": list(_biases(entry)),
        "rai:dataLimitations": list(_limitations(entry)),
        "rai:dataUseCases": [
            *entry.tasks,
            *(f"The guides advise: {words}" for words in entry.fields.get("guide_advice", ())),
        ],
        "rai:personalSensitiveInformation": list(_personal(entry)),
    }
    return {name: value for name, value in fields.items() if value}


def _collection(entry: Entry) -> Iterator[str]:
    """Give what is known of where the data come from."""
    if countries := entry.fields.get("countries"):
        yield f"Collected in: {', '.join(countries)}."
    if origin := _answered(entry, "data_origin"):
        yield origin
    if chosen := _answered(entry, "inclusion_and_exclusion"):
        yield chosen
    for relation in entry.relations:
        if relation.kind in ("subset_of", "derived_from", "annotations_of"):
            yield f"{relation.said[0].upper()}{relation.said[1:]}."


def _biases(entry: Entry) -> Iterator[str]:
    if said := _answered(entry, "biases_and_limitations"):
        yield said
    for name, answer in entry.demographics.items():
        if answer == "no":
            yield f"{name} is not given per person, so its balance cannot be checked."


def _limitations(entry: Entry) -> Iterator[str]:
    for known in entry.fields.get("known_issues", ()):
        yield f"{known['issue']} ({known['evidence']['page']})"
    yield from (said for relation in entry.relations if (said := shared_images(relation)))
    if avoid := _answered(entry, "uses_to_avoid"):
        yield avoid


def _personal(entry: Entry) -> Iterator[str]:
    for name, answer in entry.demographics.items():
        if answer in ("yes", "partly"):
            yield name if answer == "yes" else f"{name} (for some)"
    if entry.conditions:
        yield f"Health conditions: {', '.join(entry.conditions)}"


def _answered(entry: Entry, item: str) -> str:
    """Return the words of the source that settle a question on documentation, when they settle it."""
    answered = entry.fields.get("standing_together", {}).get(item)
    if answered is None or answered["answer"] not in ("yes", "partly"):
        return ""
    return quoted(answered["evidence"])
