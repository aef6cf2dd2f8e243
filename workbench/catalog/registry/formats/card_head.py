"""The head of a card: what the Hugging Face hub can filter by, where its words mean the same as ours.

References
----------
Hugging Face, Dataset Cards, https://huggingface.co/docs/hub/datasets-cards
Hugging Face, Licenses, https://huggingface.co/docs/hub/repositories-licenses
"""

from typing import Any

from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.licenses import License

_LICENSES = {
    "CC0-1.0": "cc0-1.0", "CC-BY-3.0": "cc-by-3.0", "CC-BY-4.0": "cc-by-4.0", "CC-BY-SA-3.0": "cc-by-sa-3.0",
    "CC-BY-SA-4.0": "cc-by-sa-4.0", "CC-BY-NC-3.0": "cc-by-nc-3.0", "CC-BY-NC-4.0": "cc-by-nc-4.0",
    "CC-BY-NC-SA-4.0": "cc-by-nc-sa-4.0", "CC-BY-NC-ND-4.0": "cc-by-nc-nd-4.0", "Apache-2.0": "apache-2.0",
    "MIT": "mit", "BSD-3-Clause": "bsd-3-clause", "GPL-3.0-only": "gpl-3.0",
}  # fmt: skip
_TASKS = {
    "classification": "image-classification",
    "detection": "object-detection",
    "segmentation": "image-segmentation",
    "report generation": "image-to-text",
}
_ANNOTATORS = {
    "experts": ["expert-generated"],
    "algorithm": ["machine-generated"],
    "report mining": ["machine-generated"],
    "algorithm and experts": ["machine-generated", "expert-generated"],
    "crowd and experts": ["crowdsourced", "expert-generated"],
}
# What one row of a data set can be, the most usual first.
_UNITS = ("images", "slides", "volumes", "videos", "patches", "image_report_pairs", "image_text_pairs")
_NOT_IMAGES = {"TEXT", "EEG", "MEG"}


def card_head(entry: Entry) -> str:
    """Return the head of the card of an entry.

    Parameters
    ----------
    entry : Entry
        Any entry.

    Returns
    -------
    str
        YAML with a line break at its end; a property whose words on the hub mean something else is left out.

    Examples
    --------
    >>> print(card_head(Entry("dataset", {"key": "a", "name": "A", "license": {"id": "unknown"}})), end="")
    pretty_name: A
    license: unknown
    tags:
    - medical
    """
    import yaml

    head = {
        "pretty_name": entry.name,
        **_license(entry.license),
        **(_of_dataset(entry) if entry.kind == "dataset" else {}),
    }
    head["tags"] = list(dict.fromkeys(["medical", *entry.modality, *entry.keywords]))
    filled = {name: value for name, value in head.items() if value}
    text: str = yaml.safe_dump(filled, sort_keys=False, allow_unicode=True, width=100_000)
    return text


def _license(terms: License) -> dict[str, Any]:
    if not terms.confirmed:
        return {"license": "unknown"}
    if terms.id in _LICENSES and not terms.parts:
        return {"license": _LICENSES[terms.id]}
    return {"license": "other", "license_name": terms.id, "license_link": terms.url}


def _of_dataset(entry: Entry) -> dict[str, Any]:
    images = bool(set(entry.modality) - _NOT_IMAGES)
    return {
        "task_categories": [_TASKS[task] for task in entry.tasks if task in _TASKS] if images else [],
        "size_categories": _size(entry),
        "annotations_creators": _ANNOTATORS.get(entry.fields.get("annotations", {}).get("by", ""), []),
    }


def _size(entry: Entry) -> list[str]:
    """Return the class of size, as the hub names it: 1K<n<10K for 1,000 to 9,999."""
    held = entry.first_size(_UNITS)
    if held is None:
        return []
    names = ("1K", "10K", "100K", "1M", "10M", "100M", "1B")
    above = sum(held[1] >= 10 ** (3 + i) for i in range(len(names)))
    if above == len(names):
        return ["n>1B"]
    return [f"{names[above - 1]}<n<{names[above]}" if above else "n<1K"]
