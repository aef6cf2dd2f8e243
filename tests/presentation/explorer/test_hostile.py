"""Whatever a browser sends, the page answers in words and goes on."""

import time
from typing import Any

import pytest

from workbench.catalog.commons import Catalog, open_catalog
from workbench.presentation.explorer.actions import act
from workbench.presentation.explorer.state import ExplorerState
from workbench.presentation.explorer.views import page_view
from workbench.presentation.explorer.widget import ExplorerView

WORDS = "schema: workbench-cohort/2\nsource: {key: synthetic, version: x}\ncriteria:\n"


@pytest.fixture(scope="module")
def synthetic() -> Catalog:
    return open_catalog("synthetic")


@pytest.mark.parametrize(
    "message",
    [
        {"do": "load", "name": "deep", "text": "[" * 100_000},
        {"do": "load", "name": "dated", "text": "a: !!timestamp x"},
        {"do": "load", "name": "twice", "text": WORDS + "[]\ncriteria: []\n"},
        {
            "do": "load",
            "name": "endless",
            "text": f"{WORDS}- {{column: series_description, values: [{'x' * 9_000}], missing: exclude}}\n",
        },
        {"do": "page", "page": 1e999},
        {"do": "range", "attribute": "age_years", "low": 1e999, "high": 3},
    ],
)
def test_a_hostile_message_is_answered_in_words_and_at_once(synthetic: Catalog, message: dict[str, Any]) -> None:
    state = ExplorerState(synthetic)
    before, started = state.cohort, time.monotonic()
    act(state, message)
    assert time.monotonic() - started < 10
    assert state.cohort == before
    assert [kind for kind, _ in state.messages] == ["error"]
    page_view(state)


def test_half_a_character_is_no_search(synthetic: Catalog) -> None:
    state = ExplorerState(synthetic)
    act(state, {"do": "search", "text": "\ud800"})
    page_view(state)


@pytest.mark.parametrize("content", [None, 7, "x", ["do"]])
def test_what_is_no_message_is_ignored(synthetic: Catalog, content: Any) -> None:
    view = ExplorerView(ExplorerState(synthetic), public=False)
    before = view.view
    view._receive(None, content, None)
    assert view.view == before
