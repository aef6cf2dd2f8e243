"""A small source of made-up series, and a selection of them, for what exports and retrieval need of a cohort."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.catalog import orthanc_server
from workbench.catalog.repository import Repository
from workbench.tables import ORIGINAL, SERIES, SERIES_OPTIONAL, conform


@dataclass(frozen=True)
class Selected:
    """Chosen rows of a repository, counted from the tables: what a cohort is to an export."""

    repository: Repository
    rows: pl.Series

    @property
    def sha256(self) -> str:
        """Return a hash that depends on the rows."""
        return hashlib.sha256(str(self.rows.to_list()).encode()).hexdigest()

    @property
    def counts(self) -> Mapping[str, int | float]:
        """Return the five counts, placeholders counting as no series."""
        kept = pl.DataFrame(
            [self.repository.column("series", name) for name in (*SERIES, "listed")],
        )[self.rows.to_list()]
        listed = kept.filter("listed")
        return {
            "patients": kept["patient_key"].n_unique(),
            "studies": kept["study_key"].drop_nulls().n_unique(),
            "series": len(listed),
            "instances": int(listed["n_instances"].sum()),
            "size_gb": float(listed["size_mb"].cast(pl.Float64).sum()) / 1000,
        }


MakeSelection = Callable[..., Selected]


def _row(number: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return one made-up series; patient and study change every second row."""
    pair = number // 2
    return {
        "collection_id": "made_up",
        "patient_id": f"P-{pair:03d}",
        "study_uid": f"1.2.3.{pair}",
        "series_uid": f"1.2.3.{pair}.{number}",
        "modality": "CT",
        "study_description": "Chest",
        "series_description": f"Series {number}",
        "n_instances": 2,
        "size_mb": 2.0,
        "license": "CC BY 4.0",
        "doi": None,
        "crdc_series_uuid": None,
        "object_id": None,
        "md5": None,
        "file_name": None,
        "url": None,
        "listed": True,
        **given,
    }


@pytest.fixture
def make_selection(tmp_path: Path) -> MakeSelection:
    """Return a factory: rows of original columns become a repository and the selection of all of it."""

    def make(
        *given: Mapping[str, Any],
        lacking: tuple[str, ...] = (),
        disclosure: Any = "public_rows",
        collections: Path | None = None,
        key: str = "made_up",
    ) -> Selected:
        folder = tmp_path / "tables"
        folder.mkdir(exist_ok=True)
        rows = pl.DataFrame(
            [_row(number, one) for number, one in enumerate(given)], schema={**ORIGINAL, "listed": pl.Boolean}
        ).with_row_index("source_row")
        patient_key = pl.col("patient_id").rank("dense") - 1
        series = rows.with_columns(
            patient_key=patient_key,
            study_key=pl.col("study_uid").rank("dense") - 1,
            body_part=pl.lit("CHEST"),
            body_region=pl.lit("Chest"),
            body_region_source=pl.lit("BodyPartExamined"),
            manufacturer=pl.lit("Maker"),
            model=pl.lit("Model"),
            derived=pl.lit(value=False),
        )
        conform(series, SERIES, optional=SERIES_OPTIONAL, name="series").write_parquet(folder / "series.parquet")
        rows.select(name for name in ORIGINAL if name not in lacking).write_parquet(folder / "original.parquet")
        repository = Repository(
            name="Made-up source",
            key=key,
            version="v1",
            build="1.0",
            disclosure=disclosure,
            folder=folder,
            original=folder / "original.parquet",
            original_columns={name: name for name in ORIGINAL if name not in lacking},
            collections_path=collections,
        )
        return Selected(repository, rows["source_row"].cast(pl.UInt32))

    return make


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of an empty Orthanc."""
    with orthanc_server.running(tmp_path_factory.mktemp("orthanc")) as address:
        yield address
