"""Charts of cohorts and censuses; each returns a figure, drawing or table that shows itself anywhere, offline.

Those drawn by Altair load on first use (PEP 562): it takes a second that a flow diagram or a table can do without.
"""

import importlib
from typing import TYPE_CHECKING, Any

from workbench.presentation.charts.consort import consort
from workbench.presentation.charts.table_one import table_one
from workbench.presentation.figure import Table

if TYPE_CHECKING:
    from workbench.presentation.charts.cohort import attrition, lost_chest_ct
    from workbench.presentation.charts.fetched import picture
    from workbench.presentation.charts.people import census, comparison

__all__ = ["Table", "attrition", "census", "comparison", "consort", "lost_chest_ct", "picture", "table_one"]

_DRAWN_BY_ALTAIR = {
    "attrition": "cohort",
    "lost_chest_ct": "cohort",
    "census": "people",
    "comparison": "people",
    "picture": "fetched",
}


def __getattr__(name: str) -> Any:
    """Load a chart when it is first asked for."""
    if name not in _DRAWN_BY_ALTAIR:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}. Charts: {', '.join(__all__)}.")
    return getattr(importlib.import_module(f"{__name__}.{_DRAWN_BY_ALTAIR[name]}"), name)


def __dir__() -> list[str]:
    """List the charts, loaded or not."""
    return [*__all__]
