"""The folder of pages: in the order of the navigation, and kept for as long as nothing that it shows changes."""

import json

import polars as pl
import pytest

from workbench.assessment.census import count_census
from workbench.catalog.commons import open_catalog
from workbench.presentation import aggregates
from workbench.presentation.identity import Identity
from workbench.presentation.pages import list_pages
from workbench.presentation.publication import Publication, publish


@pytest.fixture
def counted(monkeypatch):
    """Build small pages, and return the keys of those that were built."""
    built = []

    def builder(named):
        key = named.partition(":")[2]
        return lambda _: (
            built.append(key) or (None if key == "cohorts_page" else {"title": "A modality", "figures": []})
        )

    monkeypatch.setattr(aggregates, "_builder", builder)
    monkeypatch.setattr(aggregates, "vega_bundle", lambda: None)
    return built


@pytest.fixture(scope="module")
def catalog():
    return open_catalog("synthetic:100")


def test_pages_come_in_the_order_of_the_navigation_with_the_terms_they_use(catalog, counted):
    pages = aggregates.public_pages(publish(catalog))
    assert list(pages) == [key for key in list_pages() if key != "cohorts"]  # it had nothing to show
    assert [page["key"] for page in pages.values()] == list(pages)
    assert all("modality" in "".join(page["glossary"]).lower() for page in pages.values())


def test_pages_are_counted_again_only_where_what_they_show_changes(catalog, counted, monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    first = aggregates.cached_aggregates(publish(catalog))
    n = len(counted)
    assert aggregates.cached_aggregates(publish(catalog)) == first
    assert len(counted) == n
    named = aggregates.cached_aggregates(publish(catalog, Identity(name="Harbor", refresh_days=7)))
    assert named != first
    assert len(counted) == 2 * n
    manifest = json.loads((named / "manifest.json").read_text("utf-8"))
    assert manifest["source"]["disclosure"] == "synthetic"
    assert manifest["good_until"]


def test_pages_are_counted_again_where_another_release_came_before(catalog, counted, monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    published = (count_census(pl.DataFrame({"sex": ["Male"] * 20}), by=["sex"]),)
    places = {
        aggregates.cached_aggregates(Publication(catalog, Identity(), earlier=earlier))
        for earlier in ((), (published,), (published, published))
    }
    assert len(places) == 3


def test_a_page_that_fails_leaves_no_folder(catalog, counted, monkeypatch, tmp_path):
    def fail(_):
        raise ValueError("no such page")

    monkeypatch.setattr(aggregates, "glossary_of", fail)
    with pytest.raises(ValueError, match="no such page"):
        aggregates.write_aggregates(publish(catalog), tmp_path / "pages")
    assert not list(tmp_path.glob("*pages*"))


def test_what_was_repaired_is_told_in_one_line(tmp_path):
    file = tmp_path / "registry.csv"
    file.write_text("patient_id,sex,age_years\na,F,30\nb,elf,40\nc,M,131\n", encoding="utf-8")
    said = aggregates._repairs(open_catalog(file).repository)
    assert said.startswith("Repaired or set aside: ")
    assert "1 of 3 patients" in said
    assert said.endswith("All of them: workbench catalog --quality")
    assert "\n" not in said
