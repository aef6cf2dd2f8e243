"""The shipped entries, read once for all formats."""

import pytest

from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.reading import read_entries


@pytest.fixture(scope="session")
def shipped() -> tuple[Entry, ...]:
    """Return every entry of the shipped data catalog."""
    return read_entries()


@pytest.fixture
def invented() -> Entry:
    """Return an entry of which everything is known."""
    page = {"page": "https://example.org/data", "words": "under CC BY 4.0", "kind": "creator", "read": "2026-01-31"}
    return Entry(
        "dataset",
        {
            "key": "invented",
            "name": "Invented {X}",
            "summary": "Chest films that nobody ever took.",
            "modality": ["DX"],
            "body_region": ["Chest"],
            "tasks": ["classification"],
            "keywords": ["nothing"],
            "claims": [
                {
                    "quantity": "patients",
                    "value": 12,
                    "qualifier": "at_least",
                    "source": "guide",
                    "where": "radiology:1",
                    "words": "12+ patients",
                    "verdict": "unchecked",
                }
            ],
            "annotations": {"kinds": ["image labels"], "by": "experts", "text": "Two readers."},
            "access": {"kind": "open", "url": "https://example.org/files"},
            "license": {"id": "CC-BY-4.0", "evidence": page},
            "creator": {"names": ["Jane Doe", "University of Nowhere"]},
            "publisher": "Nowhere Press",
            "published": "2024-02-29",
            "version": "v2",
            "countries": ["Nowhere"],
            "doi": "10.1234/Invented",
            "formats": ["DICOM"],
            "relations": [{"kind": "subset_of", "of": "whole"}],
            "demographics": {"age": "yes", "sex": "partly", "race": "no", "ethnicity": "unknown"},
            "citation": {
                "text": "Doe J, et al. A set of 100% nothing. Nowhere 2024.",
                "authors": [["Doe", "JK"]],
                "year": "2024",
                "title": "A set of 100% nothing",
                "venue": "Nowhere",
                "doi": "10.1234/paper",
                "article": True,
            },
        },
    )
