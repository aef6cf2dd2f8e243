"""Who the explorer says a step has lost, and how a drag moves it: without a browser."""

import json

import polars as pl
import pytest

from workbench.catalog.comparison import compare
from workbench.presentation.explorer.actions import act
from workbench.presentation.explorer.exports import export
from workbench.presentation.explorer.lost import priced
from workbench.presentation.explorer.state import ExplorerState
from workbench.presentation.explorer.views import page_view
from workbench.vocabulary.demographics import MISSING


def lost(state):
    return page_view(state)["overview"]["lost"]


def rows(panel, attribute):
    (group,) = (group for group in panel["groups"] if group["attribute"] == attribute)
    return {row["category"]: row for row in group["rows"]}


def test_the_panel_shows_the_price_of_the_last_criterion_and_three_shares(commons):
    cohort = commons.where(modality="CT").where(body_region="Chest")
    state = ExplorerState(commons, cohort)
    panel = lost(state)
    price = cohort.attrition.price()
    expected = price.table.filter(pl.col("number") == 2, pl.col("attribute") == "sex")
    shown = rows(panel, "sex")
    for row in expected.iter_rows(named=True):
        mine = shown[row["category"]]
        assert (mine["n_before"], mine["n_lost"], mine["low"]) == (row["n_before"], row["n_lost"], row["lost_low"])
    compared = compare(cohort).contributions.filter(pl.col("missing") == "excluded", pl.col("attribute") == "sex")
    for category, share, published in compared.select("category", "fraction", "reference_fraction").iter_rows():
        assert shown[category]["cohort"] == pytest.approx(share)
        assert shown[category]["reference"] == pytest.approx(published)
    whole = compare(commons.everything).contributions.filter(pl.col("missing") == "excluded")
    assert shown["Female"]["commons"] == pytest.approx(whole.filter(pl.col("category") == "Female")["fraction"][0])
    assert panel["step"] == 1
    assert panel["label"] == "Body region: Chest"


def test_the_words_lead_with_total_variation_and_the_method_tells_the_other(commons):
    cohort = commons.where(modality="CT")
    panel = lost(ExplorerState(commons, cohort))
    table = compare(cohort).table.filter(pl.col("attribute") == "age_group", pl.col("missing") == "excluded")
    jsd, varied = table.select("jsd", "total_variation").row(0)
    (age,) = (group for group in panel["groups"] if group["attribute"] == "age_group")
    assert age["words"].startswith(
        f"{100 * varied:.0f} of 100 patients would have to belong to another group to match the US population;"
    )
    assert f"cohort {jsd:.3f} and {varied:.3f} (n = {table['n_patients'][0]:,})" in age["method"]


def test_each_group_is_held_against_those_whose_value_is_known(commons):
    women = commons.where(sex="Female")
    panel = lost(ExplorerState(commons, women))
    price = women.attrition.price()
    said = price.findings[0].removeprefix("Requiring sex Female ")
    assert panel["sentence"] == said[0].upper() + said[1:]
    known = {row["attribute"]: row for row in price.known.to_dicts()}
    for group in panel["groups"]:
        n, gone = known[group["attribute"]]["n_before"], known[group["attribute"]]["n_lost"]
        assert group["known"] == {"n_before": n, "n_lost": gone, "lost": gone / n, "text": f"{100 * gone / n:.0f} %"}
    ages = rows(panel, "age_group")
    (named,) = (category for category, row in ages.items() if row["named"])
    assert f"patients of {named} years" in said
    # Nearly everybody without a sex is without an age too: every band lies below the share of all.
    assert all(row["lost"] < price.overall["lost_fraction"][0] for row in ages.values() if not row["missing"])
    assert any("whose value is known" in note for note in panel["notes"])


def test_missing_values_stand_last_and_have_no_share_of_the_population(invented):
    cohort = invented.where(modality="CT")
    shown = [*rows(lost(ExplorerState(invented, cohort)), "race").values()]
    marks = [row["missing"] for row in shown]
    assert marks == sorted(marks)
    assert marks[-1]
    assert all((row["reference"] is None) == (row["category"] in MISSING) for row in shown)
    assert sum(row["cohort"] for row in shown if not row["missing"]) == pytest.approx(1)


def test_a_definition_that_differs_is_said_beside_the_number(invented):
    panel = lost(ExplorerState(invented, invented.everything))
    warned = {group["attribute"]: " ".join(group["warnings"]) for group in panel["groups"]}
    assert set(warned) == {"sex", "age_group", "race", "ethnicity"}
    assert "Multiple or Other" in warned["race"]
    assert panel["source"].endswith(", year unknown.")


def test_without_a_criterion_nobody_is_lost_and_the_shares_stand(commons):
    panel = lost(ExplorerState(commons, commons.everything))
    assert panel["sentence"] == "Nobody yet. Choose a bar or drag over a chart, and who that loses stands here."
    assert {group["known"] for group in panel["groups"]} == {None}
    assert all(row["lost"] is None and row["cohort"] == row["commons"] for row in rows(panel, "sex").values())


def test_the_step_shown_is_the_one_changed_last_until_another_is_chosen(commons):
    state = ExplorerState(commons, commons.where(modality="CT").where(body_region="Chest").where(sex="Female"))
    assert state.step == 2
    act(state, {"do": "toggle", "attribute": "modality", "value": "MR"})
    assert state.step == 0
    assert lost(state)["label"] == "Modality: CT or MR"
    act(state, {"do": "step", "at": 1})
    assert lost(state)["label"] == "Body region: Chest"
    act(state, {"do": "remove", "at": 0})
    assert state.step == 1
    assert lost(state)["label"] == "Sex: Female"
    act(state, {"do": "undo"})
    assert lost(state)["label"] == "Body region: Chest"  # as it was shown before
    act(state, {"do": "undo"})
    assert lost(state)["label"] == "Sex: Female"
    act(state, {"do": "redo"})
    assert lost(state)["label"] == "Body region: Chest"
    act(state, {"do": "redo"})
    assert lost(state)["label"] == "Sex: Female"


def test_the_numbers_say_when_they_are_of_people_only(commons):
    mr = commons.where(modality="MR")
    price = mr.attrition.price()
    n, gone = price.overall.select("n_before", "n_lost").row(0)
    assert lost(ExplorerState(commons, mr))["words"] == f"{gone:,} of {n:,} people lost"
    assert lost(ExplorerState(commons, commons.everything))["words"] == f"{n:,} people to begin with"
    covid = commons.where(collection_id=commons.covid_collections()).where(modality="CT")
    assert " people " not in lost(ExplorerState(commons, covid))["words"]


@pytest.mark.parametrize("at", [-9, 99])
def test_a_step_that_does_not_exist_shows_the_nearest(commons, at):
    state = ExplorerState(commons, commons.where(modality="CT").where(sex="Female"))
    act(state, {"do": "step", "at": at})
    assert lost(state)["step"] == (0 if at < 0 else 1)


def test_a_drag_is_followed_and_is_one_step_to_undo(commons):
    state = ExplorerState(commons, commons.where(modality="CT"))
    for low in (80, 70, 60):
        act(state, {"do": "ages", "low": low, "high": 80, "dragging": True})
        assert state.cohort.conditions[-1].values[0] == low
        assert lost(state)["label"].startswith("Age at study:")
    act(state, {"do": "ages", "low": 50, "high": 80})
    assert state.cohort == commons.where(modality="CT", age_years=(50, state.cohort.conditions[-1].values[1]))
    act(state, {"do": "undo"})
    assert state.cohort == commons.where(modality="CT")
    assert not state.can_undo


def test_the_same_ages_again_drop_the_criterion_only_when_they_are_let_go(commons):
    state = ExplorerState(commons, commons.everything)
    act(state, {"do": "ages", "low": 40, "high": 60})
    chosen = state.cohort
    act(state, {"do": "ages", "low": 40, "high": 60, "dragging": True})
    assert state.cohort == chosen
    act(state, {"do": "ages", "low": 40, "high": 60})
    assert state.cohort == commons.everything


def test_a_drag_that_is_broken_off_leaves_what_was_before(commons):
    state = ExplorerState(commons, commons.where(sex="Female"))
    act(state, {"do": "set", "attribute": "modality", "values": ["CT", "MR"], "dragging": True})
    assert state.cohort == commons.where(sex="Female", modality=["CT", "MR"])
    act(state, {"do": "let_go"})
    assert state.cohort == commons.where(sex="Female")
    assert not state.can_undo


def test_a_click_after_a_drag_that_never_ended_starts_from_before_it(commons):
    state = ExplorerState(commons, commons.everything)
    act(state, {"do": "range", "attribute": "age_years", "low": 40, "high": 60, "dragging": True})
    act(state, {"do": "toggle", "attribute": "sex", "value": "Female"})
    assert state.cohort == commons.where(sex="Female")


def test_dragging_slice_thickness_moves_the_criterion(invented):
    state = ExplorerState(invented, invented.where(modality="CT"))
    (slider,) = (each for each in page_view(state)["ranges"] if each["attribute"] == "slice_thickness_mm")
    act(state, {"do": "range", "attribute": "slice_thickness_mm", "low": 0, "high": slider["stops"].index("1.5")})
    assert state.cohort == invented.where(modality="CT").where(slice_thickness_mm=(None, 1.5))
    assert lost(state)["label"] == "Slice thickness: up to 1.5 mm"
    (moved,) = (each for each in page_view(state)["ranges"] if each["attribute"] == "slice_thickness_mm")
    assert moved["stops"][moved["high"]] == "1.5"


def test_a_controlled_source_is_stamped(owned):
    panel = lost(ExplorerState(owned, owned.where(sex="Female")))
    assert panel["stamp"] == "Exact counts of a controlled source: for its holder, do not publish."


def test_the_attrition_says_whom_each_step_removed_and_gives_it_as_csv(commons):
    state = ExplorerState(commons, commons.where(modality="CT", sex="Female"), tab="attrition")
    said = page_view(state)["attrition"]["price"]
    assert [sentence.split("”")[0] for sentence in said] == ["“Modality: CT", "“Sex: Female"]
    made = export(state.cohort, "price")
    assert made.file.endswith(".price.csv")
    assert pl.read_csv(made.text.encode())["n_lost"].to_list() == priced(state.cohort).table["n_lost"].to_list()


def test_nobody_at_all_is_drawn_and_small(commons):
    empty = commons.where(modality="MG", body_region="Head", sex="Male", age_years=(0, 1))
    panel = lost(ExplorerState(commons, empty))
    assert {group["words"] for group in panel["groups"]} == {
        "Sex is recorded for nobody here.",
        "Age is recorded for nobody here.",
    }
    assert len(json.dumps(panel, allow_nan=False)) < 12_000
