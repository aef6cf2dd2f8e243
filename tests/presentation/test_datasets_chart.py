"""The map of the data sets: nobody dropped, nobody hidden behind another, in words and as a table."""

import itertools
import math

import pytest

from tests.presentation.catalog_entries import small_catalog, told_catalog
from tests.presentation.specifications import drawn_rows
from workbench.catalog.registry import datasets
from workbench.catalog.registry.data_catalog import DataCatalog
from workbench.errors import UnknownNameError
from workbench.presentation import charts
from workbench.presentation.charts.dataset_map import MEASURES


def marks(figure):
    return {row["key"]: row for row in drawn_rows(figure) if "key" in row}


@pytest.mark.parametrize("by", MEASURES)
def test_every_data_set_is_drawn_once_and_models_are_not(by):
    figure = charts.datasets(small_catalog(), by=by)
    expected = {entry.key for entry in small_catalog().entries if entry.kind == "dataset"}
    assert set(marks(figure)) == expected
    assert set(figure.table["key"]) == expected
    assert figure.table.height == len(expected)


def test_a_mark_stands_where_its_size_says_and_the_unstated_left_of_all():
    drawn = marks(charts.datasets(small_catalog(), by="patients"))
    assert drawn["free-chests"]["at"] == 20_000
    assert drawn["slides"]["at"] == 50
    unstated = marks(charts.datasets(small_catalog(), by="images"))
    assert {row["stated"] for row in unstated.values()} == {"not stated"}


def test_a_set_of_several_kinds_stands_at_its_main_one_with_what_counts_that():
    drawn = marks(charts.datasets(told_catalog(), by="images"))["counted"]
    # CT and slides: 300 studies of CT, not 9 slides, and the unit stands beside the name
    assert (drawn["kind_of_image"], drawn["at"]) == ("CT", 300)
    assert (drawn["label"], drawn["stated"]) == ("Counted Scans · studies", "300 studies")


def test_scans_are_not_ranked_as_images():
    assert charts.datasets(told_catalog(), by="images").title == "6 of 9 data sets may be used commercially"


def test_a_platform_with_many_kinds_has_no_main_one():
    table = charts.datasets(datasets(), by="images").table
    kinds = dict(table.select("key", "kind_of_image").iter_rows())
    assert kinds["the-cancer-imaging-archive"] == "Many kinds of image"
    assert kinds["nlst"] == "CT"


def test_what_is_unknown_is_laid_to_the_pages_that_were_read():
    figure = charts.datasets(told_catalog(), by="images")
    assert figure.description.endswith("No page that was read states a number for 6.")
    assert "no page that was read states one" in figure.footnote


def test_the_license_is_said_by_color_and_by_shape():
    spec = charts.datasets(small_catalog()).spec()
    points = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "point")
    shape, color = points["encoding"]["shape"], points["encoding"]["color"]
    assert shape["scale"]["domain"] == color["scale"]["domain"]
    assert len(set(shape["scale"]["range"])) == len(shape["scale"]["domain"])
    assert "License not confirmed" in shape["scale"]["domain"]


def test_no_two_names_meet_in_the_catalog_as_it_ships():
    figure = charts.datasets(datasets(), by="images")
    width, (low, high) = 620, figure.spec()["layer"][1]["encoding"]["x"]["scale"]["domain"]

    def place(row):
        return math.log10(row["at"] / low) / math.log10(high / low) * width

    lanes: dict[str, list[tuple[float, float]]] = {}
    for row in marks(figure).values():
        left = place(row)
        lanes.setdefault(row["row"], []).append((left, left + 9 + 5.2 * len(row["label"])))
    for spans in lanes.values():
        ordered = sorted(spans)
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(ordered))


def test_words_say_who_is_largest_and_how_many_may_be_used():
    figure = charts.datasets(small_catalog())
    # free, part, slides and hostile are under CC BY or CC0: 4 of 6
    assert figure.title == (
        "4 of 6 data sets may be used commercially; the largest by patients is Free Chests, with 20,000 patients"
    )
    assert "X-ray: 5 data sets, the largest Silent Chests (40,000 patients); 3 may be used commercially" in (
        figure.description
    )
    assert "Microscope slides: 1 data set" in figure.description


def test_another_measure_is_refused_with_the_right_ones():
    with pytest.raises(UnknownNameError) as error:
        charts.datasets(small_catalog(), by="pixels")  # type: ignore[arg-type]
    assert str(error.value) == (
        "No measure 'pixels' in the map of data sets. Valid: patients, images. Pass one of these."
    )


def test_a_catalog_without_data_sets_still_gives_a_figure():
    figure = charts.datasets(DataCatalog(()))
    assert figure.table.height == 0
    assert figure.title == "0 of 0 data sets may be used commercially"
    assert figure.spec()


def test_the_map_stays_a_function_when_asked_for_twice():
    assert charts.datasets is charts.datasets
    assert callable(charts.datasets)
    assert callable(charts.modalities)
    assert callable(charts.modalities)
