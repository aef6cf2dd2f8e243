"""Charts of cohorts and censuses; each returns a figure, drawing or table that shows itself anywhere, offline."""

from workbench.presentation.charts.cohort import attrition, lost_chest_ct
from workbench.presentation.charts.consort import consort
from workbench.presentation.charts.people import census, comparison
from workbench.presentation.charts.picture import picture
from workbench.presentation.charts.table_one import table_one
from workbench.presentation.figure import Table

__all__ = ["Table", "attrition", "census", "comparison", "consort", "lost_chest_ct", "picture", "table_one"]
