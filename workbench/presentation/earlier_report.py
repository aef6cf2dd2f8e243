"""The tables of an earlier report, read from its folder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

_STAMP = "stamp"  # the last column of exact tables of a controlled source
_PROVENANCE, _CENSUS = "provenance.json", "census_"


@dataclass(frozen=True, eq=False)
class EarlierReport:
    """What an earlier release census or cohort profile wrote.

    Attributes
    ----------
    folder : pathlib.Path
        Where it lies.
    made : mapping
        Its provenance: source, version, release and more.
    """

    folder: Path
    made: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What it shows, such as ``"version 24"``."""
        return str(self.made.get("release", f"data version {self.made['version']}"))

    @cached_property
    def censuses(self) -> dict[str, pl.DataFrame]:
        """Attribute to its table, as it was shown: numbers that were hidden are null."""
        files = sorted(self.folder.glob(f"{_CENSUS}*.csv"))
        numbers = {"n_patients": pl.Int64, "n_total": pl.Int64, "fraction": pl.Float64}
        read = {file: pl.read_csv(file, schema_overrides=numbers, infer_schema_length=0) for file in files}
        return {file.stem.removeprefix(_CENSUS): table.drop(_STAMP, strict=False) for file, table in read.items()}

    @cached_property
    def comparisons(self) -> tuple[pl.DataFrame, pl.DataFrame] | None:
        """How far it was from its reference, as a whole and by group; None where it was compared with nothing."""
        files = [self.folder / name for name in ("comparison.csv", "comparison_groups.csv")]
        if not all(file.is_file() for file in files):
            return None
        texts = {"year": pl.String, "reference": pl.String, "category": pl.String}
        table, groups = (pl.read_csv(file, schema_overrides=texts, infer_schema_length=None) for file in files)
        return table.drop(_STAMP, strict=False), groups.drop(_STAMP, strict=False)


def read_earlier_report(folder: str | Path, *, source: str) -> EarlierReport:
    """Return the tables of an earlier report of the same source.

    Parameters
    ----------
    folder : str or pathlib.Path
        What ``workbench report release_census`` or ``cohort_profile`` wrote.
    source : str
        The name of the source that the new report is of.

    Returns
    -------
    EarlierReport
        Its tables are read when they are asked for.

    Raises
    ------
    ValueError
        For a folder without a census, and for one of another source.
    """
    place = Path(folder)
    file = place / _PROVENANCE
    try:
        made = json.loads(file.read_text(encoding="utf-8"))
        whose, _ = str(made["source"]), made["version"]
    except (OSError, ValueError, KeyError, TypeError):
        whose = ""
    if not whose or not any(place.glob(f"{_CENSUS}*.csv")):
        raise ValueError(
            f"Received compare_to={place.name!r}, which holds no census of an earlier report. A folder with "
            f"{_PROVENANCE} and tables census_….csv would be right. Give one that workbench report wrote."
        )
    if whose != source:
        raise ValueError(
            f"Received compare_to={place.name!r}, a report of the {whose}. One of the {source} would be right: other "
            "people are no change. Give another folder."
        )
    return EarlierReport(place, made)
