"""What pydicom reads of a file, and whether the columns of `Headers` say the same."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset

from workbench.imaging.headers import Headers
from workbench.imaging.headers.tags import KEPT


def read(path: Path) -> Dataset | None:
    """Return the header as pydicom reads it, or None where it refuses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = dcmread(path, stop_before_pixels=True)
            dataset.decode()
        except Exception:  # noqa: BLE001 - pydicom refuses with whatever comes
            return None
    return dataset


def differences(headers: Headers, row: int, dataset: Dataset) -> list[str]:
    """Return the keywords whose values differ, each with both values."""
    found = []
    for keyword, kept in KEPT.items():
        ours = headers.numbers(keyword)[row] if kept.kind == "numbers" else headers.text(keyword)[row]
        theirs = _theirs(dataset, keyword, kept)
        same = np.array_equal(ours, theirs, equal_nan=True) if kept.kind == "numbers" else ours == theirs
        if not same:
            found.append(f"{keyword}: {ours!r} is not {theirs!r}")
    return found


def _theirs(dataset: Dataset, keyword: str, kept: Any) -> Any:
    holder = dataset.file_meta if kept.tag >> 16 == 2 else dataset
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        element = holder[kept.tag] if kept.tag in holder else None  # noqa: SIM401 - get gives no element
    values = [] if element is None or element.VM == 0 else list(element.value) if element.VM > 1 else [element.value]
    if kept.kind == "numbers":
        numbers = [_number(value) for value in values]
        return np.array([*numbers, *[np.nan] * kept.most][: kept.most])
    if element is None:
        return None
    # PS3.5 6.2: spaces that pad a value are insignificant; pydicom strips only the last of several code strings.
    return "\\".join(str(value).rstrip(" \0") for value in values)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (ValueError, TypeError):
        return float("nan")
