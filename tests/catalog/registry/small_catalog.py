"""Small data catalogs in a folder: entries that are right, to be made wrong in one place."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

EVIDENCE = {"page": "https://example.org/data", "words": "free for everybody", "kind": "creator", "read": "2026-11-29"}
CLAIM = {
    "quantity": "patients",
    "value": 1200,
    "qualifier": "exact",
    "source": "creator",
    "where": "https://example.org/data",
    "words": "1200 patients",
    "verdict": "unchecked",
}
TERMS = {
    "name": "Terms of anywhere",
    "spdx": False,
    "commercial_use": "no",
    "derivatives": "yes",
    "redistribution": "unknown",
    "attribution": "yes",
    "url": "https://example.org/terms",
    "basis": "section 1",
}


def dataset(key: str, **fields: Any) -> dict[str, Any]:
    """Return the fields of a data set that is right."""
    return deepcopy(
        {
            "key": key,
            "name": f"The set {key}",
            "summary": "An invented data set of chest CT that nobody has ever acquired.",
            "modality": ["CT"],
            "body_region": ["Chest"],
            "tasks": ["segmentation"],
            "claims": [CLAIM],
            "annotations": {"kinds": ["masks"], "by": "experts", "text": "Masks of lungs."},
            "access": {"kind": "open"},
            "license": {"id": "CC-BY-4.0", "evidence": EVIDENCE},
            "demographics": {"age": "yes", "sex": "partly", "race": "unknown", "ethnicity": "no"},
            **fields,
        }
    )


def model(key: str, **fields: Any) -> dict[str, Any]:
    """Return the fields of a model that is right."""
    return {
        "key": key,
        "name": f"The model {key}",
        "summary": "An invented model that has never been trained by anybody.",
        "tasks": ["representation learning"],
        "license": {"id": "unknown"},
        "access": {"kind": "unknown"},
        **fields,
    }


def write(folder: Path, *entries: dict[str, Any], below: str = "datasets") -> Path:
    """Write entries into a data catalog and return its folder."""
    for entry in entries:
        write_text(folder, f"{below}/{entry['key']}.yaml", yaml.safe_dump(entry, sort_keys=False, width=1000))
    return folder


def write_text(folder: Path, name: str, text: str | bytes) -> Path:
    """Write one file of a data catalog and return it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
