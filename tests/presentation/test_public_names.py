"""A controlled source that nobody named is called by its kind: its file or folder may tell whose patients they are."""

import json

import polars as pl
import pytest

import workbench as wb
from workbench.catalog.sources.folder import write_tables
from workbench.phantoms.commons import write_gen3_export
from workbench.presentation.census_page import census_page
from workbench.presentation.cohorts_page import cohorts_page
from workbench.presentation.identity import Identity
from workbench.presentation.overview_page import overview_page
from workbench.presentation.publication import publish

TELLING = "drhouse"


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    file = tmp_path_factory.mktemp("a") / f"oncology_{TELLING}.csv"
    rows = {"patient_id": [f"p{at}" for at in range(90)], "sex": ["Male", "Female", "Female"] * 30}
    pl.DataFrame(rows).write_csv(file)
    return wb.open_catalog(file)


def test_no_page_says_the_name_of_the_file(table):
    publication = publish(table, Identity())
    for build in (census_page, overview_page, cohorts_page):
        page = build(publication)
        assert page["source"]["name"] == "Table of patients"
        assert TELLING not in json.dumps(page, default=str)


def test_a_folder_stays_unnamed_too_and_a_name_of_the_commons_wins(table, tmp_path):
    export = wb.open_catalog(write_gen3_export(tmp_path / TELLING, n_patients=20))
    assert publish(export).catalog.repository.name == "Gen3 export"
    tables = wb.open_catalog(write_tables(table.repository, tmp_path / f"release_{TELLING}"))
    assert publish(tables).catalog.repository.name == "Released tables"
    assert publish(table, Identity(name="Lakeside")).catalog.repository.name == "Lakeside"
    assert publish(wb.open_catalog("synthetic:100")).catalog.repository.name.startswith("Synthetic commons")
