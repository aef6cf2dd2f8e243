"""The imaging workbench: cohorts, census, image preparation and dashboards for open imaging commons.

Names load on first use (PEP 562), so that ``import workbench`` costs next to nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.assessment.references import read_reference
    from workbench.catalog import facets
    from workbench.catalog.commons import open_catalog
    from workbench.catalog.comparison import compare
    from workbench.catalog.criteria.groups import all_of, any_of, none_of
    from workbench.catalog.matching import match, weigh
    from workbench.catalog.registry import datasets
    from workbench.imaging.pixels.radiographs import read_radiograph
    from workbench.imaging.preprocessing import preprocess
    from workbench.imaging.volumes.series import read_series
    from workbench.presentation import charts
    from workbench.presentation.explorer import explore
    from workbench.presentation.reports import render_report
    from workbench.presentation.viewer import view

__version__ = "0.1.0"

_NAMES = {
    "all_of": "workbench.catalog.criteria.groups:all_of",
    "any_of": "workbench.catalog.criteria.groups:any_of",
    "charts": "workbench.presentation.charts",
    "compare": "workbench.catalog.comparison:compare",
    "datasets": "workbench.catalog.registry:datasets",
    "explore": "workbench.presentation.explorer:explore",
    "facets": "workbench.catalog.facets",
    "match": "workbench.catalog.matching:match",
    "none_of": "workbench.catalog.criteria.groups:none_of",
    "open_catalog": "workbench.catalog.commons:open_catalog",
    "preprocess": "workbench.imaging.preprocessing:preprocess",
    "read_radiograph": "workbench.imaging.pixels.radiographs:read_radiograph",
    "read_reference": "workbench.assessment.references:read_reference",
    "read_series": "workbench.imaging.volumes.series:read_series",
    "render_report": "workbench.presentation.reports:render_report",
    "view": "workbench.presentation.viewer:view",
    "weigh": "workbench.catalog.matching:weigh",
}

__all__ = [
    "all_of",
    "any_of",
    "charts",
    "compare",
    "datasets",
    "explore",
    "facets",
    "match",
    "none_of",
    "open_catalog",
    "preprocess",
    "read_radiograph",
    "read_reference",
    "read_series",
    "render_report",
    "view",
    "weigh",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _NAMES:
        raise AttributeError(f"module 'workbench' has no attribute {name!r}. Public names: {', '.join(__all__)}.")
    module, _, attribute = _NAMES[name].partition(":")
    loaded = importlib.import_module(module)
    return getattr(loaded, attribute) if attribute else loaded


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return [*__all__, "__version__"]
