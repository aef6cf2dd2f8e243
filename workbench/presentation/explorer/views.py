"""The view object: everything the browser draws, small, plain and without a row that is not on the screen."""

from collections.abc import Callable
from typing import Any

from workbench.catalog import facets
from workbench.catalog.cohort import Cohort
from workbench.catalog.criteria.attributes import attributes, coded
from workbench.presentation.explorer import bars, cards, lost, panels, ranges, rows, steps, table_one
from workbench.presentation.explorer.counting import count_without_series
from workbench.presentation.explorer.editing import TEXTS, is_plain
from workbench.presentation.explorer.share import to_fragment
from workbench.presentation.explorer.state import ExplorerState
from workbench.presentation.explorer.wording import collection_names, condition_label, searched_text

_TILES = (
    ("patients", "Patients"),
    ("studies", "Studies"),
    ("series", "Series"),
    ("instances", "Images and objects"),
    ("size_gb", "Size"),
)
_POLICY = {
    "public_rows": "Published row by row: exact counts are shown",
    "synthetic": "Synthetic: no such patient exists",
    "controlled": "Controlled data: for the eyes of its holder, do not publish",
}


#: Tabs whose view may take longer than the counts.
SLOW_TABS = ("attrition", "table_one", "series", "compare", "export")


def page_view(state: ExplorerState, *, panel: bool = True) -> dict[str, Any]:
    """Return what the browser draws; views behind other tabs are not made.

    Parameters
    ----------
    state : ExplorerState
        What is looked at; its messages are taken, so that each is shown once.
    panel : bool
        Whether the view behind the tab is made too, or only what surrounds it.

    Returns
    -------
    dict
        Ready for JSON; of rows, at most one page of the table of series.
    """
    cohort = state.cohort
    counts = state.remember(
        (state.unit, "facets"), lambda: facets.count(cohort, bars.facet_names(cohort), unit=state.unit)
    )
    said = state.messages
    if panel:
        state.messages = []
    view = {
        "source": {"line": _source_line(cohort)},
        "title": state.now.title,
        "why": state.now.why,
        "example": state.now.example,
        "examples": [{"key": each.key, "title": each.title} for each in state.examples],
        "can_undo": state.can_undo,
        "can_redo": state.can_redo,
        "counts": _tiles(state),
        "unit": state.unit,
        "search": _search(cohort),
        "can_search": any(name in attributes(cohort.repository) for name in TEXTS),
        "ranges": state.remember((state.unit, "ranges"), lambda: ranges.list_ranges(cohort, state.unit)),
        "facets": bars.list_facets(cohort, counts, state.unit, state.expanded),
        "chips": _chips(cohort),
        "hint": _hint(cohort),
        "messages": [{"kind": tone, "text": text} for tone, text in said],
        "tab": state.tab,
        "fragment": state.remember("fragment", lambda: _fragment(state)),
    }
    return view | {state.tab: _panel(state, counts)} if panel else view


def _panel(state: ExplorerState, counts: Any) -> dict[str, Any]:
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "overview": lambda: {
            "pyramid": state.remember((state.unit, "pyramid"), lambda: bars.age_pyramid(state)),
            "modality": bars.modality_columns(state.cohort, counts, state.unit),
            "costs": state.remember("costs", lambda: steps.step_costs(state.cohort)),
            "lost": lost.lost_panel(state),
            **cards.collection_cards(state.cohort, expanded="cards" in state.expanded),
        },
        "attrition": lambda: (
            steps.attrition_panel(state.cohort)
            | {"price": state.remember("price", lambda: lost.priced(state.cohort)).sentences}
        ),
        "table_one": lambda: table_one.table_one_panel(state.cohort, state.group),
        "series": lambda: rows.series_panel(state),
        "compare": lambda: panels.compare_panel(state),
        "export": lambda: panels.export_panel(state),
    }
    return makers[state.tab]()


def _source_line(cohort: Cohort) -> str:
    repository = cohort.repository
    return f"{repository.name} {repository.version}. {_POLICY[repository.disclosure]}."


def _tiles(state: ExplorerState) -> list[dict[str, Any]]:
    counts, total = state.cohort.counts, state.catalog.repository.remember("explorer total", _total(state))
    n_without = state.remember("without series", lambda: count_without_series(state.cohort))
    notes = {"studies": f"{n_without:,} of them without listed series" if n_without else ""}
    return [
        {"unit": unit, "label": label, "value": counts[unit], "total": total[unit], "note": notes.get(unit, "")}
        for unit, label in _TILES
    ]


def _total(state: ExplorerState) -> Callable[[], Any]:
    return lambda: state.catalog.everything.counts


def _hint(cohort: Cohort) -> str:
    """A sentence below the criteria when there is none, or when nobody meets them."""
    if not cohort.conditions:
        return "No criterion yet: everything is selected. Click any bar to narrow it."
    if cohort.counts["patients"]:
        return ""
    emptied = next(cost for cost in steps.step_costs(cohort) if not cost["left"])
    return f"Nobody meets all of these. “{emptied['label']}” emptied the cohort: change it, remove it, or press Undo."


def _fragment(state: ExplorerState) -> str:
    """The end of the page's address, which reopens the cohort on reload; empty where it cannot travel or need not."""
    if state.cohort.conditions == state.examples[0].cohort.conditions:
        return ""
    try:
        return to_fragment(state.cohort)
    except ValueError:
        return ""


def _search(cohort: Cohort) -> str:
    found = [each for each in cohort.conditions if each.columns and each.columns <= {*TEXTS}]
    return searched_text(found[-1]) if found else ""


def _chips(cohort: Cohort) -> list[dict[str, Any]]:
    seen: dict[str, int] = {}
    names, chips = collection_names(cohort.repository), []
    for at, condition in enumerate(cohort.conditions):
        name = "+".join(sorted(condition.columns)) or "query"
        seen[name] = seen.get(name, 0) + 1
        editable = is_plain(condition)
        chips.append(
            {
                "at": at,
                "key": f"{name}#{seen[name]}",
                "label": condition_label(condition, names),
                "exclude": bool(getattr(condition, "exclude", False)),
                "editable": editable,
                "has_missing": editable and _has_missing(cohort, name),
                "missing": getattr(condition, "missing", "exclude"),
            }
        )
    return chips


def _has_missing(cohort: Cohort, name: str) -> bool:
    attribute = attributes(cohort.repository)[name]
    table = coded(cohort.repository, attribute) if attribute.kind != "text" else None
    return table is None or bool(table.missing.any())
