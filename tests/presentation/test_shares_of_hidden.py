"""Shares that pages of a controlled source show: of all, or of those known; never of what suppression left."""

import polars as pl
import pytest

import workbench as wb
from workbench.phantoms.commons import write_gen3_export
from workbench.presentation.census_page import census_page
from workbench.presentation.identity import Identity
from workbench.presentation.overview_page import overview_page
from workbench.presentation.publication import publish
from workbench.vocabulary.demographics import MISSING

_SHARE = "fraction"
_NUMBERS = ("n patients", "n")


@pytest.fixture(scope="module")
def publication(tmp_path_factory):
    return publish(wb.open_catalog(write_gen3_export(tmp_path_factory.mktemp("export"), n_patients=400)), Identity())


def _tables(publication):
    for page in (census_page(publication), overview_page(publication)):
        for figure in page["figures"]:
            table = figure.get("table")
            if table and _SHARE in table["columns"]:
                yield (
                    figure,
                    pl.DataFrame(table["rows"], schema=table["columns"], orient="row", infer_schema_length=None),
                )


def test_a_share_of_a_controlled_source_is_of_all_or_of_those_known_never_of_the_numbers_that_are_shown(publication):
    people, seen = publication.catalog.everything.patients, 0
    for figure, table in _tables(publication):
        count = next((name for name in _NUMBERS if name in table.columns), None)
        names = [each.replace(" ", "_") for each in table.columns]
        attributes = [name for name in names if name in ("sex", "age_group", "race", "ethnicity", "covid19_positive")]
        shown = table.filter(pl.col(_SHARE).is_not_null())
        if count is None or not attributes or shown.is_empty():
            continue
        known = people.filter(~pl.any_horizontal(pl.col(attributes).cast(pl.String).is_in(MISSING))).height
        truths = (people.height, known)
        for n, share in shown.select(count, _SHARE).iter_rows():
            assert min(abs(share - n / of) for of in truths) < 1e-3, (figure["title"], n, share)
            seen += 1
    assert seen > 20
