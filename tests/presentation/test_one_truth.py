"""One truth: the live page, the static page, the report and the cohort itself tell the same twenty numbers."""

import html
import re

import polars as pl
import pytest

from tests.presentation.browsing import free_port
from workbench.catalog.overview import everybody
from workbench.presentation.aggregates import cached_aggregates
from workbench.presentation.publication import publish
from workbench.presentation.reports import render_report
from workbench.presentation.serving import running_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIGURES = {"sex": "represented-census_sex-sex", "age": "represented-census_age_group-age"}
FIRST_TWO = """section => [...section.querySelectorAll(".wb-table tbody tr")]
    .map((row) => [row.cells[0].textContent, row.cells[1].textContent])"""


def number(text):
    return int(re.sub(r"\D", "", text))


def counted(people):
    """Return the people of a cohort, those of each sex, each selected anew, and those of each band of age."""
    sexes = people.patients["sex"].cast(pl.String).unique().to_list()
    bands = people.census(by=["age_group"]).table.filter(pl.col("n_patients") > 0)
    return {
        "patients": people.counts["patients"],
        **{f"sex {value}": people.where(sex=value).counts["patients"] for value in sexes},
        **{f"age {band}": n for band, n in bands.select("age_group", "n_patients").rows()},
    }


def shown_at(tab, address):
    """Return the same from a page of the census."""
    tab.goto(address)
    tab.wait_for_selector(".wb-page[data-ready='true']", state="attached", timeout=60_000)
    rows = {name: tab.eval_on_selector(f"[data-figure='{figure}']", FIRST_TWO) for name, figure in FIGURES.items()}
    return {
        "patients": int(tab.locator("[data-tile='people.patients']").get_attribute("data-value")),
        **{f"{name} {value}": number(n) for name, held in rows.items() for value, n in held},
    }


def told_by(report):
    """Return the same from the first sentence and the tables of a report."""
    text = report.read_text(encoding="utf-8")
    told = {"patients": number(re.search(r"([\d,]+) people are in", text)[1])}
    for table in re.findall(r"<table.*?</table>", text, re.DOTALL):
        lines = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
        head, *rows = [[html.unescape(cell) for cell in re.findall(r"<t[hd][^>]*>([^<]*)<", line)] for line in lines]
        if head[0] in FIGURES and head[1:3] == ["patients", "of all"]:
            told |= {f"{head[0]} {row[0]}": number(row[1]) for row in rows}
    return told


def test_twenty_numbers_are_the_same_wherever_they_are_read(commons, chromium, tmp_path):
    truth = counted(everybody(commons))
    assert len(truth) == 20
    report = render_report("release_census", out=tmp_path / "report", pdf=False)
    assert told_by(report.html) == truth
    with running_page(cached_aggregates(publish(commons)), port=free_port()) as (address, _):
        tab = chromium.new_page()
        assert shown_at(tab, f"{address}census.html") == truth
        assert shown_at(tab, f"{address}explore/census") == truth
        # a frame on somebody else's page holds the static chart, also where its code was copied from the live page
        code = tab.locator(f"[data-figure='{FIGURES['sex']}'] .wb-code").input_value()
        assert f'src="{address}embed.html#page=census&amp;figure={FIGURES["sex"]}"' in code
        tab.close()
