"""Whatever is clicked: bars promise what a click gives, exports hold what is shown, links and code rebuild it."""

import io

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.presentation.explorer.actions import act
from workbench.presentation.explorer.exports import export, refusal
from workbench.presentation.explorer.share import from_fragment, to_fragment
from workbench.presentation.explorer.state import ExplorerState
from workbench.presentation.explorer.views import page_view

_CHOICES = {
    "modality": ["CR", "CT", "DX"],
    "sex": ["Female", "Male"],
    "race": ["White", "Asian", "Not Reported"],
    "covid19_positive": ["Yes", "No"],
    "body_region": ["Chest"],
    "derived": ["false", "true"],
}
_TOGGLES = st.sampled_from([(name, value) for name, values in _CHOICES.items() for value in values]).map(
    lambda pair: {"do": "toggle", "attribute": pair[0], "value": pair[1]}
)
_CLICKS = st.one_of(
    _TOGGLES,
    st.tuples(st.integers(0, 9), st.integers(0, 9)).map(
        lambda ends: {"do": "ages", "low": ends[0] * 10, "high": ends[1] * 10}
    ),
    st.integers(0, 3).map(lambda at: {"do": "side", "at": at}),
    st.tuples(st.integers(0, 3), st.sampled_from(["exclude", "keep", "only"])).map(
        lambda pair: {"do": "missing", "at": pair[0], "missing": pair[1]}
    ),
    st.integers(0, 3).map(lambda at: {"do": "remove", "at": at}),
    st.sampled_from(["chest", "portable", ""]).map(lambda text: {"do": "search", "text": text}),
    st.sampled_from(["undo", "redo"]).map(lambda name: {"do": name}),
)
_WALK = st.lists(_CLICKS, max_size=6)
_SETTINGS = settings(max_examples=examples(25), deadline=None, derandomize=True)


def walked(catalog, clicks):
    state = ExplorerState(catalog, catalog.everything)
    for click in clicks:
        act(state, click)
    return state


@_SETTINGS
@given(clicks=_WALK, unit=st.sampled_from(["patients", "studies", "series"]))
def test_a_bar_promises_the_count_that_its_click_gives(invented, clicks, unit):
    state = walked(invented, clicks)
    act(state, {"do": "unit", "unit": unit})
    facets = [facet for facet in page_view(state)["facets"] if not any(bar["on"] for bar in facet["values"])]
    named = {name for condition in state.cohort.conditions for name in condition.columns}
    for facet in [facet for facet in facets if facet["attribute"] not in named][:4]:
        bar = facet["values"][-1] if facet["values"] else None
        if bar is None:
            continue
        act(state, {"do": "toggle", "attribute": facet["attribute"], "value": bar["value"]})
        assert state.cohort.counts[unit] == bar["n"], (facet["attribute"], bar["value"])
        act(state, {"do": "undo"})


@_SETTINGS
@given(clicks=_WALK)
def test_the_exported_count_is_the_shown_count(invented, clicks):
    state = walked(invented, clicks)
    shown = {tile["unit"]: tile["value"] for tile in page_view(state)["counts"]}
    if refusal(state.cohort, "csv"):
        assert shown["series"] == 0
        return
    text = export(state.cohort, "csv").text
    assert pl.read_csv(io.StringIO(text), comment_prefix="#", infer_schema=False).height == shown["series"]


@_SETTINGS
@given(clicks=_WALK)
def test_link_definition_and_code_rebuild_the_cohort(invented, clicks):
    cohort = walked(invented, clicks).cohort
    assert from_fragment(invented, to_fragment(cohort)) == cohort
    names: dict = {}
    exec(export(cohort, "python").text, names)
    assert names["cohort"].counts == cohort.counts
    state = ExplorerState(invented)
    act(state, {"do": "load", "name": "a.yaml", "text": export(cohort, "definition").text})
    assert state.cohort == cohort


@_SETTINGS
@given(clicks=_WALK)
def test_undo_to_the_beginning_and_redo_to_the_end_change_nothing(invented, clicks):
    state = walked(invented, [click for click in clicks if click["do"] not in ("undo", "redo")])
    end = state.cohort
    while state.can_undo:
        act(state, {"do": "undo"})
    assert state.cohort.conditions == ()
    while state.can_redo:
        act(state, {"do": "redo"})
    assert state.cohort is end


@_SETTINGS
@given(clicks=_WALK)
def test_every_walk_can_be_drawn(invented, clicks):
    state = walked(invented, clicks)
    for tab in ("overview", "attrition", "table_one", "series", "compare", "export"):
        act(state, {"do": "tab", "tab": tab})
        view = page_view(state)
        assert view["counts"][0]["value"] == state.cohort.counts["patients"]
        assert not [text for text in view["messages"] if text["kind"] == "error"] or clicks
