"""Fetch the images of a cohort: resumed, checked, whole or not at all."""

from workbench.catalog.retrieval.fetching import fetch

__all__ = ["fetch"]
