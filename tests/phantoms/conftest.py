"""MIDRC's published counts by the last batch, from a table of their own."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

_LAST = Path(__file__).parent.parent / "assessment" / "midrc_2024_03_04_counts.csv"


@pytest.fixture(scope="session")
def published() -> Callable[[str], dict[str, int]]:
    """Return a function that gives the published count of each category of an attribute."""

    def counts(attribute: str) -> dict[str, int]:
        lines = (line for line in _LAST.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
        rows = csv.DictReader(lines)
        return {row["category"]: int(row["n_patients"]) for row in rows if row["attribute"] == attribute}

    return counts
