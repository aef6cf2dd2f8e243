"""What each click asks for: the small messages of the browser, carried out on the state."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from workbench.catalog.cohort import Cohort
from workbench.catalog.criteria.attributes import attributes
from workbench.catalog.definition import check_form
from workbench.catalog.definition_text import AmbiguousTextError, parse
from workbench.errors import unknown_name
from workbench.presentation.explorer import editing
from workbench.presentation.explorer.ranges import last_of_year, range_value
from workbench.presentation.explorer.share import holds_query
from workbench.presentation.explorer.state import ExplorerState
from workbench.vocabulary.dicom import AGE_TOP_CODE_YEARS

_LONGEST_FILE, _LONGEST_SEARCH = 200_000, 200  # characters
_DECADE = 10


def act(state: ExplorerState, message: Mapping[str, Any], *, public: bool = False) -> None:
    """Carry out one message; one that cannot be carried out leaves the cohort as it is and says why.

    Parameters
    ----------
    state : ExplorerState
        Is changed.
    message : mapping
        ``do`` names the action; the rest are its words, exactly as the browser sent them.
    public : bool
        Whether strangers click: then no definition with a query in SQL is opened.
    """
    actions = _actions(state, message, public=public)
    try:
        if message.get("do") not in actions:
            raise unknown_name("action", message.get("do"), actions, where="the explorer", then="Reload the page.")
        actions[message["do"]]()
    except KeyError as problem:
        state.messages.append(("error", f"The page sent no {problem}. It may be older than the program. Reload it."))
    except (ValueError, LookupError, TypeError, OverflowError) as problem:
        state.messages.append(("error", str(problem)))


def _actions(state: ExplorerState, message: Mapping[str, Any], *, public: bool) -> dict[str, Callable[[], None]]:
    cohort, get, dragging = state.settled, message.__getitem__, message.get("dragging") is True
    return {
        "toggle": lambda: state.move(editing.toggle(cohort, get("attribute"), _value(cohort, message))),
        "set": lambda: state.move(_set(cohort, message, dragging=dragging), dragging=dragging),
        "clear": lambda: state.move(_clear(cohort, get("attribute"))),
        "range": lambda: state.move(_set_range(cohort, message), dragging=dragging),
        "ages": lambda: state.move(_set_ages(cohort, message, dragging=dragging), dragging=dragging),
        "search": lambda: state.move(editing.search(cohort, _sound(get("text"))[:_LONGEST_SEARCH])),
        "remove": lambda: state.move(editing.remove(cohort, int(get("at")))),
        "missing": lambda: state.move(editing.change(cohort, int(get("at")), missing=get("missing"))),
        "side": lambda: state.move(editing.change(cohort, int(get("at")), flip=True)),
        "let_go": lambda: state.move(cohort),
        "undo": state.undo,
        "redo": state.redo,
        "example": lambda: state.open_example(get("key")),
        "open_link": lambda: state.open_link(str(get("fragment"))),
        "load": lambda: _load(state, str(get("name")), str(get("text")), public=public),
        "unit": lambda: state.show(unit=get("unit")),
        "tab": lambda: state.show(tab=get("tab")),
        "page": lambda: state.show(page=int(get("page"))),
        "sort": lambda: state.show(sort=str(get("by"))),
        "group": lambda: state.show(group=str(get("by"))),
        "step": lambda: state.show(step=int(get("at"))),
        "more": lambda: state.expand(get("attribute")),
        "cards": lambda: state.expand("cards"),
        "pin": lambda: setattr(state, "pinned", state.now),
        "unpin": lambda: setattr(state, "pinned", None),
    }


def _sound(text: Any) -> str:
    """The text without half characters, which no file and no page can hold."""
    return str(text).encode("utf-8", errors="ignore").decode("utf-8")


def _value(cohort: Cohort, message: Mapping[str, Any]) -> Any:
    """The value of a bar as the attribute holds it: the browser sends words."""
    attribute = attributes(cohort.repository).get(message["attribute"])
    if attribute is not None and attribute.kind == "flag":
        return str(message["value"]).lower() == "true"
    return message["value"]


def _set(cohort: Cohort, message: Mapping[str, Any], *, dragging: bool) -> Cohort:
    attribute, values = message["attribute"], list(message["values"])
    at = editing.plain_position(cohort, attribute)
    same = at is not None and not dragging and set(cohort.conditions[at].values) == set(values)  # type: ignore[attr-defined]
    return editing.choose(cohort, attribute, None if same or not values else values)


def _clear(cohort: Cohort, attribute: str) -> Cohort:
    at = editing.plain_position(cohort, attribute)
    return cohort if at is None else editing.remove(cohort, at)


def _set_range(cohort: Cohort, message: Mapping[str, Any]) -> Cohort:
    attribute = message["attribute"]
    return editing.choose(cohort, attribute, range_value(cohort, attribute, int(message["low"]), int(message["high"])))


def _set_ages(cohort: Cohort, message: Mapping[str, Any], *, dragging: bool) -> Cohort:
    """Select the ten-year bands between two; the same bands again, once let go, drop the criterion."""
    low, high = sorted((int(message["low"]), int(message["high"])))
    top = None if high >= AGE_TOP_CODE_YEARS else last_of_year(cohort, high + _DECADE - 1)
    bounds = None if low <= 0 and top is None else (low, top)
    at = editing.plain_position(cohort, "age_years")
    if at is not None and not dragging and cohort.conditions[at].values == bounds:  # type: ignore[attr-defined]
        bounds = None
    for bands in ("age_decade", "age_group"):
        cohort = _clear(cohort, bands)
    return editing.choose(cohort, "age_years", bounds)


def _load(state: ExplorerState, name: str, text: str, *, public: bool) -> None:
    shown = re.sub(r"[^\w .()-]", "", name)[:80] or "The file"
    if len(text) > _LONGEST_FILE:
        raise ValueError(
            f"{shown} holds {len(text):,} characters. A cohort definition holds a few thousand. "
            "Choose the file that Save definition wrote."
        )
    try:
        body = parse(text)
    except AmbiguousTextError as problem:
        raise ValueError(f"{shown} {problem}") from problem
    except (yaml.YAMLError, ValueError, RecursionError, AttributeError):  # the last of an impossible date
        body = None
    definition = check_form(body, name=shown)
    if public and holds_query(definition):
        raise ValueError(
            f"{shown} holds a query in SQL, which a public page does not run. A definition without one opens here. "
            "Open this one in a notebook: commons.read_cohort(…)."
        )
    state.move(state.catalog.cohort_from(definition), title=shown, why="Opened from a definition file.")
