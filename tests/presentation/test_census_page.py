"""The public census in a browser: its numbers counted again, and nothing small to derive of a controlled source."""

import re

import polars as pl
import pytest

import workbench as wb
from tests.presentation.browsing import free_port
from workbench.assessment.suppression import audit
from workbench.phantoms.commons import write_gen3_export
from workbench.presentation.aggregates import write_aggregates
from workbench.presentation.census_counts import IMAGING
from workbench.presentation.publication import publish
from workbench.presentation.serving import running_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COUNTED = ("represented", "together", "places", "imaged")


def served(visit, folder):
    with running_page(folder, port=free_port(), preheat=False) as (address, _):
        visit.open(f"{address}explore/census", wait_for="[data-ready='true']")
        yield visit


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    return write_gen3_export(tmp_path_factory.mktemp("export"), n_patients=300)


@pytest.fixture(scope="module")
def closed_folder(export, tmp_path_factory):
    return write_aggregates(publish(wb.open_catalog(export)), tmp_path_factory.mktemp("closed"))


@pytest.fixture(scope="module")
def closed(visit, closed_folder):
    """Yield the page of a controlled source, drawn."""
    yield from served(visit, closed_folder)


@pytest.fixture(scope="module")
def invented(chromium, tmp_path_factory):
    """Yield the page of the synthetic commons, drawn in a window of its own."""
    from tests.presentation.conftest import Visit

    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    visit = Visit(page)
    visit.listen()
    folder = write_aggregates(publish(wb.open_catalog("synthetic:2000")), tmp_path_factory.mktemp("invented"))
    yield from served(visit, folder)
    page.close()


_NAMES = {"patients": "n_patients", "of how many": "n_total"}  # of columns that a reader sees in words


def tables(page, *sections: str) -> dict[str, pl.DataFrame]:
    """Read the tables of figures from the page, hidden numbers as null."""
    read = {}
    for figure in page.locator("[data-figure]").all():
        name = figure.get_attribute("data-figure")
        if name.partition("-")[0] not in sections:
            continue
        heads = figure.locator("thead th").all_text_contents()
        columns = [_NAMES.get(each, each.replace(" ", "_")) for each in heads]
        rows = [row.locator("td").all_text_contents() for row in figure.locator("tbody tr").all()]
        texts = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
        counts = [column for column in columns if column in ("n", "n_patients", "n_total")]
        read[name] = texts.with_columns(pl.col(counts).replace("hidden", None).str.replace_all(",", "").cast(pl.Int64))
    return read


def as_published(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """Give a table of the page the columns that an audit takes: attributes, n_patients, n_total."""
    if name.startswith("places"):
        table = table.rename({"name": "state", "n": "n_patients"})
    attributes = [column for column in table.columns if column in {"state", *KNOWN}]
    return table.select(*attributes, "n_patients", *(["n_total"] if "n_total" in table.columns else []))


KNOWN = ("sex", "age_group", "race", "ethnicity", "covid19_positive", *IMAGING)


def test_no_count_of_1_to_10_can_be_derived_from_the_served_page(closed):
    shown = {
        name: as_published(name, table)
        for name, table in tables(closed.page, *COUNTED).items()
        if "pyramid" not in name
    }
    assert len(shown) >= 9
    assert all(table["n_patients"].drop_nulls().is_between(1, 10).sum() == 0 for table in shown.values())
    checked = audit(list(shown.values()))
    assert checked.table.height > 80
    assert checked.n_exposed == 0, checked.sentence


def test_the_same_audit_finds_small_counts_in_exact_tables(export):
    people = wb.open_catalog(export).everything
    exact = [people.census(by=[name]) for name in ("sex", "age_group", "race", "ethnicity")]
    assert audit(exact).n_exposed > 0


def test_every_number_of_patients_on_the_page_is_none_or_eleven_and_more(closed):
    for name, table in tables(closed.page, "represented", "compared", "together", "places", "imaged").items():
        count = "n" if "n" in table.columns else "n_patients"
        assert table[count].drop_nulls().is_between(1, 10).sum() == 0, name


def test_a_controlled_source_says_what_it_hides_and_names_nobody(closed, closed_folder):
    text = closed.page.locator("body").inner_text()
    assert "Counts of 1–10 patients, and those that would give them away, are hidden." in text
    assert re.search(r"Checked: \d+ cells, none of 1–10 can be derived from everything shown here together\.", text)
    everything = (closed_folder / "census.json").read_text(encoding="utf-8") + closed.page.content()
    assert "synthetic-case" not in everything
    assert "synthetic-site" not in everything


def test_no_live_page_opens_a_controlled_source(closed, closed_folder):
    pages = ["census.json", "cohorts.json", "data_catalog.json", "manifest.json", "overview.json"]
    assert sorted(path.name for path in closed_folder.iterdir()) == pages
    assert not closed.page.locator("a[href*='explore/rows']").count()


def test_the_numbers_of_an_open_source_are_those_of_its_tables(invented):
    patients = pl.read_parquet(wb.open_catalog("synthetic:2000").repository.folder / "patients.parquet")
    shown = tables(invented.page, "represented")
    for name, word in (("sex", "sex"), ("race", "race"), ("ethnicity", "ethnicity")):
        expected = dict(patients[name].cast(pl.String).value_counts().iter_rows())
        table = shown[f"represented-census_{name}-{word}"]
        assert dict(table.select(name, "n_patients").filter(pl.col("n_patients") > 0).iter_rows()) == expected
        assert table["n_total"].unique().to_list() == [2000]


def test_every_section_of_the_synthetic_commons_is_drawn(invented):
    page = invented.page
    sections = [each.get_attribute("data-section") for each in page.locator("[data-section]").all()]
    assert sections == ["represented", "compared", "together", "changed", "gap", "unknown", "places", "imaged"]
    for section in page.locator("[data-section]").all():
        visible = [each for each in section.locator("[data-figure]").all() if each.is_visible()]
        assert visible
        assert all(figure.locator("svg").count() == 1 for figure in visible)


def test_every_choice_can_be_drawn(invented):
    page = invented.page
    for option in page.locator(".wb-option").all():
        option.click()
        page.wait_for_selector("[data-ready='true']")
    page.wait_for_timeout(300)
    assert page.locator(".wb-state").count() == 0
    assert invented.console_errors == []
    assert invented.external_requests == []


def test_a_phone_scrolls_in_one_direction(invented):
    invented.page.set_viewport_size({"width": 390, "height": 800})
    assert invented.page.evaluate("document.documentElement.scrollWidth") <= 390
    invented.page.set_viewport_size({"width": 1400, "height": 1000})
