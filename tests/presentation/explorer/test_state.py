"""The state behind the page: a history of cohorts and what of the last one is on the screen."""

import pytest

from workbench.presentation.explorer.actions import act
from workbench.presentation.explorer.state import ExplorerState


@pytest.fixture
def state(commons):
    return ExplorerState(commons)


def test_it_opens_on_the_first_example(state, commons):
    assert state.now.title == "Chest CT of adults in the COVID-19 collections"
    assert state.cohort.conditions == (
        commons.where(collection_id=commons.covid_collections(), modality="CT", body_region="Chest")
        .where(age_years=(18, None))
        .conditions
    )


def test_six_named_examples_of_the_embedded_commons_select_somebody(state):
    assert len(state.examples) == 6
    assert all(example.cohort.counts["patients"] > 0 for example in state.examples)
    assert all(example.why.endswith(".") for example in state.examples)
    assert len({example.key for example in state.examples}) == 6


def test_another_source_opens_on_examples_made_from_what_it_holds(invented, owned):
    for catalog in (invented, owned):
        examples = ExplorerState(catalog).examples
        assert 1 <= len(examples) <= 6
        assert all(example.cohort.counts["patients"] > 0 for example in examples)


def test_a_source_in_which_nothing_is_selected_still_opens(owned):
    state = ExplorerState(owned, owned.where(modality="CT", age_years=(0, 1)))
    assert state.cohort.counts["patients"] == 0
    assert state.now.title == "Your cohort"


def test_undo_and_redo_walk_the_history_and_a_new_step_ends_the_future(state):
    start = state.cohort
    act(state, {"do": "toggle", "attribute": "sex", "value": "Female"})
    women = state.cohort
    act(state, {"do": "undo"})
    assert state.cohort is start
    assert not state.can_undo
    act(state, {"do": "redo"})
    assert state.cohort is women
    act(state, {"do": "undo"})
    act(state, {"do": "toggle", "attribute": "sex", "value": "Male"})
    assert not state.can_redo


def test_nothing_happens_at_either_end_of_the_history(state):
    start = state.cohort
    state.undo()
    state.redo()
    assert state.cohort is start


def test_a_click_that_selects_the_same_is_no_step(state):
    act(state, {"do": "clear", "attribute": "manufacturer"})
    assert not state.can_undo


def test_a_changed_example_says_where_it_came_from(state):
    act(state, {"do": "toggle", "attribute": "sex", "value": "Female"})
    assert (state.now.title, state.now.example) == ("Your cohort", "")
    assert state.now.why == "Changed from “Chest CT of adults in the COVID-19 collections”."


def test_what_was_made_for_one_cohort_is_not_used_for_another(state):
    made = iter(range(9))
    assert [state.remember("x", lambda: next(made)) for _ in range(2)] == [0, 0]
    act(state, {"do": "toggle", "attribute": "sex", "value": "Female"})
    assert state.remember("x", lambda: next(made)) == 1


def test_the_same_heading_twice_turns_the_order_round(state):
    act(state, {"do": "sort", "by": "size_mb"})
    assert (state.sort, state.descending) == ("size_mb", False)
    act(state, {"do": "sort", "by": "size_mb"})
    assert state.descending


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            {"do": "example", "key": "nobody"},
            "No example 'nobody' in the explorer. Valid: covid_chest_ct, covid_chest_xray, ricord_ct, mammography, "
            "brain_mr, lung_screening. Choose one of the list.",
        ),
        (
            {"do": "unit", "unit": "persons"},
            "No unit 'persons' in the explorer. Valid: patients, studies, series. Use one of these.",
        ),
        (
            {"do": "toggle", "attribute": "sex"},
            "The page sent no 'value'. It may be older than the program. Reload it.",
        ),
        (
            {"do": "load", "name": "a.yaml", "text": "x: ["},
            "a.yaml is not a cohort definition. It should be YAML or JSON whose schema is 'workbench-cohort/2'. "
            "Make one: workbench cohort new --where modality=CT --save cohort.yaml",
        ),
        (
            {"do": "load", "name": "<b>a.yaml", "text": "x" * 200_001},
            "ba.yaml holds 200,001 characters. A cohort definition holds a few thousand. "
            "Choose the file that Save definition wrote.",
        ),
    ],
)
def test_a_message_that_cannot_be_carried_out_says_why_and_changes_nothing(state, message, said):
    before = state.cohort
    act(state, message)
    assert state.messages == [("error", said)]
    assert state.cohort is before


def test_a_file_that_repeats_itself_without_end_is_refused_at_once(state):
    layers = "".join(f"  - &l{n + 1} [{', '.join([f'*l{n}'] * 10)}]\n" for n in range(12))
    text = f"schema: workbench-cohort/2\nsource: {{key: idc}}\ncriteria:\n  - &l0 [x]\n{layers}"
    act(state, {"do": "load", "name": "a.yaml", "text": text})
    ((tone, said),) = state.messages
    assert tone == "error"
    assert said.startswith("a.yaml ")


def test_an_unknown_action_is_refused(state):
    act(state, {"do": "dance"})
    ((tone, said),) = state.messages
    assert tone == "error"
    assert said.startswith("No action 'dance' in the explorer.")
    assert said.endswith("Reload the page.")


def test_a_public_page_runs_no_query_of_a_file(state, commons):
    query = "SELECT series_key FROM series WHERE modality = 'CT'"
    text = f"schema: workbench-cohort/2\nsource: {{key: idc, version: 25.0.5}}\ncriteria:\n- sql: {query!r}\n"
    act(state, {"do": "load", "name": "q.yaml", "text": text}, public=True)
    assert state.messages == [
        (
            "error",
            "q.yaml holds a query in SQL, which a public page does not run. A definition without one opens here. "
            "Open this one in a notebook: commons.read_cohort(…).",
        )
    ]


@pytest.mark.parametrize(
    ("low", "high", "bounds"),
    # Children's ages are recorded in months, so nine years last until just before the tenth birthday.
    [(40, 60, (40, 69)), (60, 40, (40, 69)), (0, 0, (0, 9.999)), (80, 90, (80, None))],
)
def test_a_brush_over_bands_is_a_range_of_completed_years(commons, low, high, bounds):
    state = ExplorerState(commons, commons.where(modality="MR", age_decade="20–29"))
    act(state, {"do": "ages", "low": low, "high": high})
    assert state.cohort.conditions == commons.where(modality="MR", age_years=bounds).conditions


def test_the_same_brush_again_or_one_over_every_band_takes_the_ages_away(commons):
    state = ExplorerState(commons, commons.where(modality="MR"))
    for low, high in ((40, 60), (40, 60), (0, 90)):
        act(state, {"do": "ages", "low": low, "high": high})
    assert state.cohort.conditions == commons.where(modality="MR").conditions


def test_half_years_belong_to_the_completed_year(commons):
    # The embedded index holds ages in months of small children: 1.5 years is one completed year.
    state = ExplorerState(commons, commons.everything)
    act(state, {"do": "range", "attribute": "age_years", "low": 0, "high": 1})
    ages = commons.repository.column("studies", "age_at_study_years")
    assert state.cohort.counts["studies"] == int((ages < 2).sum())
    assert state.cohort.counts["studies"] > int((ages <= 1).sum())


def test_what_does_not_depend_on_a_drag_is_made_once(commons):
    state, made = ExplorerState(commons), []
    for key in ("one", "one", "two", "two", "one"):
        assert state.recall("name", key, lambda key=key: made.append(key) or key) == key
    assert made == ["one", "two", "one"]
