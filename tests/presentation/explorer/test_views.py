"""What the browser is sent: counted right, small, and no row that is not on the screen."""

import json
import re

import polars as pl
import pytest

from workbench.catalog import facets
from workbench.catalog.contrast import contrast
from workbench.presentation.explorer.actions import act
from workbench.presentation.explorer.share import from_fragment
from workbench.presentation.explorer.state import ExplorerState
from workbench.presentation.explorer.views import page_view
from workbench.vocabulary.demographics import MISSING


def bars(view, attribute):
    (facet,) = (facet for facet in view["facets"] if facet["attribute"] == attribute)
    return {bar["value"]: bar for bar in facet["values"]}


@pytest.mark.parametrize("unit", ["patients", "studies", "series"])
def test_bars_are_the_facet_counts_in_the_unit_asked_for(commons, unit):
    state = ExplorerState(commons)
    act(state, {"do": "unit", "unit": unit})
    counted = facets.count(state.cohort, ["modality"], unit=unit)
    shown = bars(page_view(state), "modality")
    assert {value: bar["n"] for value, bar in shown.items()} == dict(counted.select("value", "n_selecting").iter_rows())
    assert [value for value, bar in shown.items() if bar["on"]] == ["CT"]


def test_missing_values_come_last_and_are_marked(commons):
    state = ExplorerState(commons, commons.where(modality="MG"))
    for facet in page_view(state)["facets"]:
        marks = [bar["missing"] for bar in facet["values"]]
        assert marks == sorted(marks), facet["attribute"]
        assert all(bar["missing"] == (bar["value"] in MISSING) for bar in facet["values"])


def test_choosing_the_chest_shows_what_choosing_it_gives(commons):
    state = ExplorerState(commons, commons.where(modality="CT"))
    bar = bars(page_view(state), "body_region")["Chest"]
    assert bar["n"] == commons.where(modality="CT", body_region="Chest").counts["patients"]
    assert bar["hint"].endswith("alone; selecting it adds every region that includes it")


def test_the_tiles_are_the_counts_of_the_cohort_and_of_everything(commons):
    state = ExplorerState(commons)
    tiles = {tile["unit"]: tile for tile in page_view(state)["counts"]}
    assert {unit: tile["value"] for unit, tile in tiles.items()} == dict(state.cohort.counts)
    assert {unit: tile["total"] for unit, tile in tiles.items()} == dict(commons.counts)


def test_the_pyramid_counts_patients_of_the_original_index(commons, raw):
    # Collections whose ages are whole years, written as 0NNY, and whose patients have one sex.
    state = ExplorerState(commons, commons.where(collection_id="midrc_ricord_1a", age_years=(50, 59)))
    rows = raw.filter(pl.col("collection_id") == "midrc_ricord_1a").select(
        "PatientID", "PatientSex", age=pl.col("PatientAge").str.extract(r"^(\d{3})Y$").cast(pl.Int32)
    )
    expected = (
        rows.drop_nulls("age")
        .group_by(pl.col("age") // 10 * 10, "PatientSex")
        .agg(pl.col("PatientID").n_unique())
        .collect()
    )
    wanted = {(age, sex): n for age, sex, n in expected.iter_rows()}
    for band in page_view(state)["overview"]["pyramid"]["bands"]:
        assert band["female"] == wanted.get((band["start"], "F"), 0)
        assert band["male"] == wanted.get((band["start"], "M"), 0)
        assert band["on"] == (band["start"] == 50)


def test_the_histogram_of_sizes_adds_up_to_the_series(commons):
    state = ExplorerState(commons, commons.where(modality="CT", size_mb=(10, 100)))
    act(state, {"do": "unit", "unit": "series"})
    (sizes,) = (each for each in page_view(state)["ranges"] if each["attribute"] == "size_mb")
    assert sum(sizes["bins"]) == commons.where(modality="CT").counts["series"]
    assert (sizes["stops"][sizes["low"]], sizes["stops"][sizes["high"]]) == ("10", "100")


def test_a_card_tells_collection_modalities_license_and_counts(commons):
    state = ExplorerState(commons, commons.where(collection_id="midrc_ricord_1b"))
    (card,) = page_view(state)["overview"]["cards"]
    counts = state.cohort.counts
    assert card == {
        "value": "midrc_ricord_1b",
        "name": "MIDRC-RICORD-1B",
        "what": "CT",
        "n": f"{counts['patients']:,} patients · {counts['series']:,} series",
        "license": "CC BY-NC 4.0",
        "noncommercial": True,
        "on": True,
    }


def test_cards_count_the_patients_of_their_facet_also_those_without_listed_series(invented):
    state = ExplorerState(invented, invented.where(modality="DX"))
    view = page_view(state)
    cards = {card["value"]: card["n"].partition(" ")[0] for card in view["overview"]["cards"]}
    shown = {value: bar["n"] for value, bar in bars(view, "collection_id").items() if not bar["missing"]}
    assert cards == {value: f"{n:,}" for value, n in shown.items()}
    assert sum(shown.values()) == state.cohort.counts["patients"]


def test_the_tile_of_studies_says_how_many_have_no_listed_series(invented, commons):
    listed = invented.everything.series()["study_uid"].n_unique()
    n = invented.counts["studies"] - listed
    notes = {tile["unit"]: tile["note"] for tile in page_view(ExplorerState(invented, invented.everything))["counts"]}
    assert n > 0
    assert notes.pop("studies") == f"{n:,} of them without listed series"
    assert set(notes.values()) == {""}
    assert {tile["note"] for tile in page_view(ExplorerState(commons))["counts"]} == {""}


def test_what_nothing_is_known_of_is_no_facet_and_no_slider(owned, invented):
    view = page_view(ExplorerState(owned, owned.everything))
    facets_shown = {facet["attribute"] for facet in view["facets"]}
    assert {"modality", "sex", "ward"} <= facets_shown
    assert not {"manufacturer", "license"} & facets_shown
    assert [slider["attribute"] for slider in view["ranges"]] == ["age_years"]
    radiographs = invented.where(modality="DX")
    sliders = page_view(ExplorerState(invented, radiographs))["ranges"]
    assert "slice_thickness_mm" not in [slider["attribute"] for slider in sliders]
    thin = radiographs.where(slice_thickness_mm=(None, 1.5))  # nobody, by a slider that has to be there to be undone
    sliders = page_view(ExplorerState(invented, thin))["ranges"]
    assert "slice_thickness_mm" in [slider["attribute"] for slider in sliders]


def test_the_cost_of_a_step_is_that_of_the_attrition(commons):
    state = ExplorerState(commons)
    steps = state.cohort.attrition.table.tail(4)
    costs = page_view(state)["overview"]["costs"]
    assert [cost["left"] for cost in costs] == steps["patients"].to_list()
    assert [cost["unknown"] for cost in costs] == steps["patients_lost_missing"].to_list()
    assert costs[3]["label"] == "Age at study: from 18 years"


@pytest.mark.parametrize("tab", ["overview", "attrition", "table_one", "series", "compare", "export"])
def test_the_whole_commons_is_sent_as_a_small_message(commons, tab):
    state = ExplorerState(commons, commons.everything, tab=tab)
    view = page_view(state)
    assert tab in view
    assert not {"overview", "attrition", "table_one", "series", "compare", "export"} - {tab} & set(view)
    assert len(json.dumps(view, allow_nan=False)) < 60_000


@pytest.mark.parametrize("tab", ["overview", "attrition", "table_one", "compare", "export"])
def test_an_empty_cohort_has_every_view(commons, tab):
    empty = commons.where(modality="MG", body_region="Head", sex="Male", age_years=(0, 1))
    state = ExplorerState(commons, empty, tab=tab)
    act(state, {"do": "pin"})
    assert page_view(state)["counts"][0]["value"] == 0


def test_no_identifier_is_sent_unless_its_row_is_on_the_screen(commons, raw):
    state = ExplorerState(commons, commons.where(collection_id="midrc_ricord_1a"))
    ids = raw.filter(pl.col("collection_id") == "midrc_ricord_1a").select("PatientID", "StudyInstanceUID").collect()
    for tab in ("overview", "attrition", "table_one", "compare", "export"):
        act(state, {"do": "tab", "tab": tab})
        sent = json.dumps(page_view(state))
        assert not [value for column in ids.iter_columns() for value in column if value in sent]


def test_the_table_of_series_is_cut_and_sorted_like_the_whole_listing(commons):
    state = ExplorerState(commons, commons.where(collection_id=["midrc_ricord_1a", "midrc_ricord_1b"]), tab="series")
    for message in (
        {"do": "sort", "by": "n_instances"},
        {"do": "sort", "by": "n_instances"},
        {"do": "page", "page": 2},
    ):
        act(state, message)
    panel = page_view(state)["series"]
    whole = state.cohort.series().sort("n_instances", descending=True, maintain_order=True)[50:75]
    assert [row[5] for row in panel["rows"]] == whole["n_instances"].to_list()
    assert {row[1] for row in panel["rows"]} <= set(state.cohort.series()["patient_id"])
    assert (panel["page"], panel["pages"]) == (2, 14)
    assert panel["line"] == f"51 to 75 of {state.cohort.counts['series']:,} series"


def test_rows_of_a_page_are_those_of_the_listing_in_its_order(commons):
    state = ExplorerState(commons, commons.where(collection_id="covid_19_ar", modality="CT"), tab="series")
    names = ["collection_id", "patient_id", "study_description", "series_description", "modality", "n_instances"]
    expected = state.cohort.series().select(names).head(25).rows()
    assert [tuple(row[:6]) for row in page_view(state)["series"]["rows"]] == expected


def test_a_page_beyond_the_last_is_the_last(commons):
    state = ExplorerState(commons, commons.where(collection_id="midrc_ricord_1b"), tab="series", page=999)
    panel = page_view(state)["series"]
    assert panel["page"] == panel["pages"] - 1
    assert panel["rows"]


def test_a_cohort_pinned_as_a_differs_from_itself_in_nothing(commons):
    state = ExplorerState(commons, commons.where(collection_id="midrc_ricord_1a"), tab="compare")
    act(state, {"do": "pin"})
    panel = page_view(state)["compare"]
    assert [side["patients"] for side in panel["sides"]] == [state.cohort.counts["patients"]] * 2
    assert {row["smd"] for row in panel["rows"] if not row["level"]} == {0.0}
    assert panel["words"].endswith("No characteristic differs by 0.1 or more.")


def test_the_comparison_is_the_contrast_of_both_with_collections_by_name(commons):
    first, second = commons.where(collection_id="midrc_ricord_1a"), commons.where(collection_id="midrc_ricord_1b")
    state = ExplorerState(commons, first, tab="compare")
    act(state, {"do": "pin"})
    state.move(second)
    panel = page_view(state)["compare"]
    made = contrast(first, second, attributes=["age_years", "sex", "collection_id"])
    assert panel["words"].startswith("0 patients are in both. ")
    heads = [row for row in panel["rows"] if not row["level"]]
    expected = made.smd["smd"].to_list()
    assert [row["smd"] for row in heads] == [min(smd, 1.0) for smd in expected]
    assert [row["apart"] for row in heads] == [smd >= 0.1 for smd in expected]
    levels = {row["name"]: (row["a"], row["b"]) for row in panel["rows"] if row["level"]}
    n = first.counts["patients"], second.counts["patients"]
    assert levels["MIDRC-RICORD-1A"] == (f"{n[0]} (100.0)", "0 (0.0)")
    assert levels["MIDRC-RICORD-1B"] == ("0 (0.0)", f"{n[1]} (100.0)")


@pytest.mark.parametrize("unit", ["patients", "studies", "series"])
def test_who_is_not_drawn_in_the_pyramid_is_counted_once(commons, unit):
    # From the tables themselves: a patient is without an age when none of the studies has one.
    state = ExplorerState(commons, commons.everything, unit=unit)
    column = commons.repository.column
    ages = pl.DataFrame({"age": column("studies", "age_at_study_years"), "study_key": column("studies", "study_key")})
    series = pl.DataFrame({name: column("series", name) for name in ("patient_key", "study_key")})
    rows = series.with_row_index("series_key").join(ages, on="study_key")
    key = {"patients": "patient_key", "studies": "study_key", "series": "series_key"}[unit]
    aged = rows.group_by(unit=key).agg(pl.col("age").is_not_null().any(), pl.col("patient_key").first())
    patients = pl.DataFrame({name: column("patients", name) for name in ("patient_key", "sex")})
    aged = aged.join(patients, on="patient_key")
    n_drawn_without_sex = aged.filter("age", ~pl.col("sex").is_in(["Female", "Male"])).height
    n_without_age = commons.counts[unit] - aged.filter("age").height
    where = " at any of their selected studies" if unit == "patients" else ""
    note = page_view(state)["overview"]["pyramid"]["note"]
    assert (
        f"Not drawn: {n_without_age:,} {unit} without an age{where}; {n_drawn_without_sex:,} with an age, but " in note
    )


def test_table_one_is_headed_by_the_names_of_collections(commons):
    both = commons.where(collection_id=["covid_19_ny_sbu", "midrc_ricord_1a"])
    sent = page_view(ExplorerState(commons, both, tab="table_one"))["table_one"]["html"]
    n = commons.where(collection_id="covid_19_ny_sbu").counts["patients"]
    assert f"COVID-19-NY-SBU (n = {n:,})" in re.sub("<[^>]*>", "", sent)
    assert "covid_19_ny_sbu" not in sent


def test_the_address_holds_the_cohort_unless_it_is_the_one_shown_anyway(commons):
    state = ExplorerState(commons)
    assert page_view(state)["fragment"] == ""
    act(state, {"do": "toggle", "attribute": "sex", "value": "Female"})
    assert from_fragment(commons, page_view(state)["fragment"]) == state.cohort
    act(state, {"do": "undo"})
    assert page_view(state)["fragment"] == ""
    state.move(commons.where_sql("SELECT series_key FROM series WHERE modality = 'CT'"))
    assert page_view(state)["fragment"] == ""


def test_a_message_is_shown_once(commons):
    state = ExplorerState(commons)
    act(state, {"do": "dance"})
    assert page_view(state, panel=False)["messages"]
    assert page_view(state)["messages"]
    assert page_view(state)["messages"] == []


def test_columns_of_a_users_own_become_facets(owned):
    view = page_view(ExplorerState(owned))
    assert "ward" in [facet["attribute"] for facet in view["facets"]]
    assert view["source"]["line"].endswith("Controlled data: for the eyes of its holder, do not publish.")


def test_a_bar_that_was_clicked_stays_when_nobody_is_left(commons):
    state = ExplorerState(commons, commons.where(modality="MG", body_region="Head", sex="Male", age_years=(0, 1)))
    view = page_view(state)
    assert {bar["value"]: (bar["n"], bar["on"]) for bar in bars(view, "sex").values()}["Male"] == (0, True)
    assert view["hint"] == (
        "Nobody meets all of these. “Body region: Head” emptied the cohort: change it, remove it, or press Undo."
    )


def test_without_a_criterion_the_page_says_what_to_do(commons):
    hint = page_view(ExplorerState(commons, commons.everything))["hint"]
    assert hint == "No criterion yet: everything is selected. Click any bar to narrow it."
    assert page_view(ExplorerState(commons))["hint"] == ""
