"""Charts of cohorts and censuses; each returns a figure, drawing or table that shows itself anywhere, offline.

Those that need Altair or images load on first use (PEP 562): a flow diagram or a table can do without that second.
"""

import importlib
from typing import TYPE_CHECKING, Any

from workbench.presentation.charts.consort import consort
from workbench.presentation.charts.table_one import table_one
from workbench.presentation.figure import Table

if TYPE_CHECKING:
    from workbench.presentation.charts.changes import changes, gap_moves
    from workbench.presentation.charts.cohort import attrition, lost_chest_ct
    from workbench.presentation.charts.combinations import intersections, missingness
    from workbench.presentation.charts.dataset_map import datasets
    from workbench.presentation.charts.fetched import picture
    from workbench.presentation.charts.images import before_after
    from workbench.presentation.charts.maps import state_map, world_map
    from workbench.presentation.charts.modalities import modalities
    from workbench.presentation.charts.people import census
    from workbench.presentation.charts.plans import gap, match, price
    from workbench.presentation.charts.pyramids import pyramid
    from workbench.presentation.charts.quality import unknown, unknown_by_collection, unknown_over_time
    from workbench.presentation.charts.representation import decomposition, dumbbell
    from workbench.presentation.charts.spiders import spider
    from workbench.presentation.charts.trends import distances, trend

__all__ = [
    "Table",
    "attrition",
    "before_after",
    "census",
    "changes",
    "consort",
    "datasets",
    "decomposition",
    "distances",
    "dumbbell",
    "gap",
    "gap_moves",
    "intersections",
    "lost_chest_ct",
    "match",
    "missingness",
    "modalities",
    "picture",
    "price",
    "pyramid",
    "spider",
    "state_map",
    "table_one",
    "trend",
    "unknown",
    "unknown_by_collection",
    "unknown_over_time",
    "world_map",
]

_LOADED_LATE = {
    "attrition": "cohort",
    "lost_chest_ct": "cohort",
    "census": "people",
    "changes": "changes",
    "gap_moves": "changes",
    "pyramid": "pyramids",
    "dumbbell": "representation",
    "decomposition": "representation",
    "spider": "spiders",
    "intersections": "combinations",
    "missingness": "combinations",
    "trend": "trends",
    "unknown": "quality",
    "unknown_by_collection": "quality",
    "unknown_over_time": "quality",
    "distances": "trends",
    "state_map": "maps",
    "world_map": "maps",
    "price": "plans",
    "gap": "plans",
    "match": "plans",
    "picture": "fetched",
    "datasets": "dataset_map",
    "before_after": "images",
    "modalities": "modalities",
}


def __getattr__(name: str) -> Any:
    """Load a chart when it is first asked for."""
    if name not in _LOADED_LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}. Charts: {', '.join(__all__)}.")
    chart = getattr(importlib.import_module(f"{__name__}.{_LOADED_LATE[name]}"), name)
    globals()[name] = chart  # else a module of the same name, which the import binds here, would hide it
    return chart


def __dir__() -> list[str]:
    """List the charts, loaded or not."""
    return [*__all__]
