"""Explore a commons with the mouse: facets, charts, attrition, Table 1 and exports of one cohort."""

from workbench.presentation.explorer.widget import explore as explore
