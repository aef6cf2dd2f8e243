"""The embedded commons and the original it was made from, opened once for the whole suite."""

from pathlib import Path

import idc_index_data
import polars as pl
import pytest
from hypothesis import settings

from tests.thorough import examples
from workbench.catalog.commons import Catalog, open_catalog
from workbench.catalog.repository import Repository

# Several tests run at once: how long one example takes says nothing about the code.
settings.register_profile("workbench", deadline=None, max_examples=examples(100))
settings.load_profile("workbench")


@pytest.fixture(scope="session")
def commons() -> Catalog:
    """Return the embedded commons."""
    return open_catalog()


@pytest.fixture(scope="session")
def repository(commons: Catalog) -> Repository:
    """Return the tables of the embedded commons."""
    return commons.repository


@pytest.fixture(scope="session")
def original() -> Path:
    """Return the Parquet file that the embedded commons was made from."""
    return Path(idc_index_data.IDC_INDEX_PARQUET_FILEPATH)


@pytest.fixture(scope="session")
def raw(original: Path) -> pl.LazyFrame:
    """Return the original index, read lazily: the ground for independent expectations."""
    return pl.scan_parquet(original)
