"""Categories are written in another language wherever a reader reads them, and nowhere else."""

import json

import pytest

import workbench as wb
from workbench.catalog.cohort import Cohort
from workbench.presentation.figure import Figure
from workbench.presentation.labels import relabeled
from workbench.vocabulary.languages import category_labels


@pytest.fixture(scope="module")
def people() -> Cohort:
    return wb.open_catalog("synthetic").everything


def figures(people: Cohort) -> list[Figure]:
    return [
        wb.charts.census(people.census(by=["race"])),
        wb.charts.census(people.census(by=["sex", "ethnicity"])),
        wb.charts.dumbbell(wb.compare(people, attributes=["race"]), attribute="race"),
        wb.charts.trend(people.trend(by="race", over="batch", every="year")),
        wb.charts.intersections(people.census(by=["race", "ethnicity"])),
    ]


def test_what_is_read_is_in_the_language_and_no_english_name_is_left(people: Cohort) -> None:
    labels = category_labels("de")
    for figure in figures(people):
        named = relabeled(figure, "de")
        drawn = named.svg.replace("\u00a0", " ")
        assert "Asiatisch" in drawn or "Weiblich" in drawn, figure.key
        for category in ("Asian", "White", "Female", "Not Reported"):
            assert f">{category}<" not in drawn, (figure.key, category)
        shown = {str(value) for column in named.table for value in column.to_list()}
        assert not shown & {category for category, label in labels.items() if label != category}, figure.key


def test_numbers_order_and_sentences_stay(people: Cohort) -> None:
    figure = wb.charts.census(people.census(by=["race"]))
    named = relabeled(figure, "es")
    assert (named.title, named.footnote, named.description) == (figure.title, figure.footnote, figure.description)
    assert named.table["n_patients"].equals(figure.table["n_patients"])
    assert (
        json.dumps(named.spec()).count('"White"') > 0
    )  # the data keep their categories, and with them order and color


def test_a_warning_beside_a_name_stays(people: Cohort) -> None:
    figure = wb.charts.dumbbell(wb.compare(people, attributes=["race"]), attribute="race")
    assert "⚠ Varias u otra" in relabeled(figure, "es").svg.replace("\u00a0", " ")


def test_english_changes_nothing(people: Cohort) -> None:
    figure = wb.charts.census(people.census(by=["sex"]))
    assert relabeled(figure, "en") is figure
