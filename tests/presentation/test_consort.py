"""The CONSORT diagram: every number is in it, nothing leaves its box, and it says itself in words."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import polars as pl
import pytest

from workbench.catalog.commons import Catalog
from workbench.presentation.charts.consort import consort, draw_flow

SCHEMA = ["step", "patients", "studies", "series", "patients_lost", "patients_lost_missing"]
SVG = "{http://www.w3.org/2000/svg}"
STEPS = [
    ("all", 1000, 2000, 30000, 0, 0),
    ("modality is CT", 400, 800, 9000, 600, 0),
    ("age_years is between 18 and 89", 90, 100, 1, 310, 300),
]


def flow(steps: list[tuple[str, int, int, int, int, int]], **columns: list[float | None]) -> ElementTree.Element:
    table = pl.DataFrame(steps, SCHEMA, orient="row").with_columns(pl.Series(k, v) for k, v in columns.items())
    return ElementTree.fromstring(draw_flow(table, source="Commons <v1>", title="T & t", description="In words."))


def texts(svg: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


def test_each_step_says_who_is_left_and_who_was_removed_and_why() -> None:
    assert texts(flow(STEPS)) == [
        *("Commons <v1>", "1,000 patients", "2,000 studies · 30,000 series"),
        *("Excluded: 600 patients", "1,200 studies · 21,000 series", "1. Not met: modality is CT"),
        *("• 600 because of the value", "• 0 only because the value is missing"),
        *("Remaining", "400 patients", "800 studies · 9,000 series"),
        *("Excluded: 310 patients", "700 studies · 8,999 series", "2. Not met: age_years is between 18 and 89"),
        *("• 10 because of the value", "• 300 only because the value is missing"),
        *("In the cohort", "90 patients", "100 studies · 1 series"),
    ]


def test_sex_and_age_stand_in_the_box_where_they_are_known() -> None:
    svg = flow(
        STEPS[:2], female_fraction=[0.512, None], n_sex_known=[900, 0], age_median=[61.0, 58.5], n_age_known=[800, 1]
    )
    assert {"51.2 % female of 900 known", "median age 61 of 800 known", "median age 58 of 1 known"} <= set(texts(svg))


def test_it_is_an_image_with_a_name_and_a_description() -> None:
    svg = flow(STEPS)
    assert svg.attrib["role"] == "img"
    title, description = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert svg.attrib["aria-labelledby"].split() == [title.attrib["id"], description.attrib["id"]]
    assert (title.text, description.text) == ("T & t", "In words.")


@pytest.mark.parametrize("n_steps", [0, 1, 12])
def test_no_box_overlaps_another_whatever_the_number_of_steps(n_steps: int) -> None:
    steps = [("all", 100, 100, 100, 0, 0), *[(f"step {i}", 100 - i, 100, 100, 1, i % 2) for i in range(1, n_steps + 1)]]
    svg = flow(steps)
    boxes = [rect for rect in svg.iter(f"{SVG}rect") if rect.attrib["width"] != "100%"]
    assert len(boxes) == 1 + 2 * n_steps
    spans = sorted((float(box.attrib["y"]), float(box.attrib["y"]) + float(box.attrib["height"])) for box in boxes)
    assert all(low < high for (_, low), (high, _) in pairwise(spans))
    assert spans[-1][1] < float(svg.attrib["height"])


def test_long_criteria_wrap_inside_their_box() -> None:
    label = "collection_id is any of " + ", ".join(f"a_rather_long_collection_{i}" for i in range(9)) + " " + "x" * 90
    svg = flow([STEPS[0], (label, 1, 1, 1, 999, 0)])
    lines = texts(svg)[5:-5]
    assert "".join(lines).replace(" ", "") == f"1.Notmet:{label}".replace(" ", "")
    assert max(map(len, lines)) < 50  # 50 characters of DejaVu Sans at 13 points fill the box


def test_an_empty_cohort_ends_in_an_empty_box() -> None:
    assert texts(flow([STEPS[0], ("sex is Other", 0, 0, 0, 1000, 0)]))[-3:] == [
        "In the cohort", "0 patients", "0 studies · 0 series"
    ]  # fmt: skip


def test_markup_in_a_criterion_is_text() -> None:
    svg = draw_flow(
        pl.DataFrame([STEPS[0], ("<script>x</script>", 1, 1, 1, 999, 0)], SCHEMA, orient="row"),
        source="s", title="<b>", description="<i>",
    )  # fmt: skip
    assert "<script" not in svg
    assert not re.search(r"(href|url\(|https?://(?!www\.w3\.org/2000/svg))", svg)


def test_a_cohort_is_drawn_with_its_finding(commons: Catalog) -> None:
    attrition = commons.where(modality="CT").where(age_years=(18, 89)).attrition
    drawing = consort(attrition)
    first, last = attrition.table["patients"][0], attrition.table["patients"][-1]
    assert drawing.title.startswith(f"{last:,} of {first:,} patients remain after 2 criteria; ")
    assert drawing.table.equals(attrition.table)
    assert drawing.png(scale=0.2).startswith(b"\x89PNG")
    shown = drawing._repr_html_()
    assert drawing.svg in shown
    assert drawing.description in repr(drawing)
    whole = consort(commons.everything.attrition)
    assert whole.title == f"{first:,} of {first:,} patients remain"
