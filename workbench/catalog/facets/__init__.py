"""Facets: how many patients, studies or series stand behind every value of an attribute."""

from workbench.catalog.facets.counting import count

__all__ = ["count"]
