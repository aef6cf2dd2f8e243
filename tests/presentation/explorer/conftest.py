"""Sources for the explorer: an invented commons, and a table of somebody's own, which is controlled."""

from pathlib import Path

import pytest

from workbench.catalog.commons import Catalog, open_catalog


@pytest.fixture(scope="session")
def invented() -> Catalog:
    """Return the synthetic commons: race, ethnicity, COVID-19 tests, and studies whose series are not listed."""
    return open_catalog("synthetic")


@pytest.fixture(scope="session")
def owned(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Return a made-up table of twenty patients and forty series, opened as a controlled source."""
    table = tmp_path_factory.mktemp("owned") / "wards.csv"
    rows = [
        f"P{i // 2},1.2.{i},1.2.{i}.1,{'CT' if i % 2 else 'DX'},{'F' if i % 3 else 'M'},{20 + i},ward {i % 4}"
        for i in range(40)
    ]
    table.write_text("\n".join(["patient_id,study_uid,series_uid,modality,sex,age,ward", *rows]), encoding="utf-8")
    names = ("patient_id", "study_uid", "series_uid", "modality", "sex")
    return open_catalog(Path(table), columns={name: name for name in names} | {"age_years": "age"})
