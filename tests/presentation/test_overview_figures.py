"""Figures of the overview of any source, also of one that holds little: what they say is so, the rest is left out."""

import dataclasses
import datetime

import polars as pl

from tests.presentation.specifications import drawn_rows
from workbench.catalog.commons import open_catalog
from workbench.catalog.disclosure import SYNTHETIC_STAMP
from workbench.presentation import charts
from workbench.presentation.charts import overview
from workbench.presentation.charts.pipeline import pipeline_now
from workbench.presentation.overview_page import overview_page
from workbench.presentation.publication import publish

INVENTED = open_catalog("synthetic:1000")


def people(**n: int) -> pl.DataFrame:
    rows = [{"age": "50–59", "sex": sex.capitalize(), "n_patients": n[sex]} for sex in ("female", "male")]
    rows += [{"age": "Not known", "sex": "Male", "n_patients": n["ageless"]}] if n["ageless"] else []
    return pl.DataFrame(rows)


def releases(*, derived: int) -> pl.DataFrame:
    day = datetime.date(2024, 3, 4)
    return pl.DataFrame(
        {"version": [1], "published": [day], "cumulative_acquired": [90], "cumulative_derived": [derived]}
    )


def test_few_without_an_age_are_drawn_at_their_length() -> None:
    figure = overview.age_and_sex(people(female=500, male=490, ageless=10), source="A")
    assert figure.title == "Age is known for 99.0 % of 1,000 patients"
    bar = next(row for row in drawn_rows(figure) if "low" in row)
    assert (bar["low"], bar["high"], bar["words"]) == (0, 10, "10")
    assert "cut short" not in figure.footnote


def test_many_without_an_age_are_cut_short_and_it_says_so() -> None:
    figure = overview.age_and_sex(people(female=20, male=10, ageless=70), source="A")
    assert figure.title == "Only 30 % of 100 patients have a known age"
    bar = next(row for row in drawn_rows(figure) if "low" in row)
    assert (bar["low"], bar["high"], bar["words"]) == (-20, 20, "70 (bar cut short)")
    assert "cut short" in figure.footnote


def test_everybody_of_known_age_needs_no_row_for_others() -> None:
    figure = overview.age_and_sex(people(female=6, male=4, ageless=0), source="A")
    assert figure.title == "Age is known for all 10 patients"
    assert not [row for row in drawn_rows(figure) if "low" in row]
    assert "Not known" not in str(figure.spec())
    assert "sex not known" not in str(figure.spec())


def test_growth_names_derived_objects_only_where_there_are_any() -> None:
    without = overview.growth(releases(derived=0), source="A")
    assert without.title == "90 series by March 4, 2024"
    assert "derived objects" not in str(without.spec())
    assert overview.growth(releases(derived=10), source="A").title == (
        "100 series by March 4, 2024, 10 % of them derived objects"
    )


def test_growth_tells_what_is_in_no_release_yet() -> None:
    figure = overview.growth(releases(derived=0), source="A", n_series=97)
    assert figure.title == "90 series by March 4, 2024; 7 more are in no release yet"


def test_who_lacks_both_leads_only_where_most_lack_both() -> None:
    known = pl.DataFrame(
        {
            "known": ["age and sex", "sex only", "age only", "neither"],
            "n_patients": [90, 7, 2, 1],
            "fraction": [0.9, 0.07, 0.02, 0.01],
        }
    )
    title = overview.known_age_and_sex(known, source="A").title
    assert title == "Age and sex are both known for 90.0 % of 100 patients"


def test_the_page_of_an_invented_source_shows_what_it_holds_and_says_that_it_is_invented() -> None:
    page = overview_page(publish(INVENTED))
    figures = {figure["id"]: figure for figure in page["figures"] if "absent" not in figure}
    assert set(figures) == {"pipeline", "modality_by_region", "growth", "age_and_sex"}  # nearly all are of known age
    assert all(figure["footnote"].endswith(SYNTHETIC_STAMP) for figure in figures.values())
    assert all(n > 0 for *_, n in figures["modality_by_region"]["table"]["rows"])
    assert [group["id"] for group in page["groups"]] == ["all", "pipeline"]  # its COVID-19 collections are all it has
    *_, acquired, derived = figures["growth"]["table"]["rows"][-1]
    pending = INVENTED.everything.counts["series"] - acquired - derived
    assert f"{acquired + derived:,} series" in figures["growth"]["title"]
    assert pending == 0 or f"; {pending:,} more" in figures["growth"]["title"]


def test_tiles_and_chart_show_the_way_of_midrcs_studies_into_a_release() -> None:
    page = overview_page(publish(open_catalog("synthetic:midrc_2021")))
    tiles = {
        tile["label"]: tile["text"] for group in page["groups"] if group["id"] == "pipeline" for tile in group["tiles"]
    }
    assert tiles == {"Studies ingested": "62,595", "Under quality and harmonization": "52,127", "Released": "10,468"}
    chart = next(figure for figure in page["figures"] if figure["id"] == "pipeline")
    assert page["findings"][1] == f"{chart['title']}."
    assert chart["title"] == (
        "10,468 of 62,595 ingested studies are released; 52,127 are under quality and harmonization"
    )
    assert chart["subtitle"].endswith("62,595 studies by where they stood, until November 4, 2021")
    assert chart["table"]["rows"][-1] == ["2021-11-04", 62595, 0, 52127, 10468]
    drawn = [row for rows in chart["spec"]["datasets"].values() for row in rows if row["date"].startswith("2021-11-04")]
    assert sorted(row["studies"] for row in drawn) == [0, 10468, 52127]


def test_states_without_dates_are_drawn_as_they_stand() -> None:
    figure = pipeline_now({"n_ingested": 6, "n_waiting": 1, "n_in_quality": 0, "n_released": 5}, source="A")
    assert figure.title == "5 of 6 ingested studies are released"
    assert figure.table["studies"].to_list() == [5, 0, 1]
    assert (
        figure.description
        == "Released: 5 studies; Under quality and harmonization: 0 studies; Ingested and waiting: 1 study."
    )


def test_a_panel_whose_data_are_absent_says_so_after_those_that_are_there() -> None:
    page = overview_page(publish(INVENTED))
    *_, last = page["figures"]
    assert last == {
        "id": "licenses",
        "title": "Series by license",
        "absent": "No series of this source states its license.",
        "section": "terms",
    }
    assert [section["id"] for section in page["sections"]] == ["grown", "imaged", "people", "terms"]


def test_flow_table_and_attrition_of_an_invented_source_say_so() -> None:
    women = INVENTED.where(sex="Female")
    drawn = charts.consort(women.attrition)
    assert SYNTHETIC_STAMP in drawn.footnote
    assert SYNTHETIC_STAMP in drawn.svg
    assert charts.attrition(women.attrition).footnote.endswith(SYNTHETIC_STAMP)
    assert charts.table_one(women.table_one()).html.count(SYNTHETIC_STAMP) == 1
    unstamped = dataclasses.replace(women.table_one(), stamp="")
    assert SYNTHETIC_STAMP not in charts.table_one(unstamped).html
