"""Charts of cohorts and censuses; each returns a `Figure` that draws itself anywhere, offline."""

from workbench.presentation.charts.cohort import attrition, lost_chest_ct
from workbench.presentation.charts.people import census, comparison
from workbench.presentation.figure import Table

__all__ = ["Table", "attrition", "census", "comparison", "lost_chest_ct"]
