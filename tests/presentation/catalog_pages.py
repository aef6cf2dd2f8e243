"""The pages of the shipped and of the invented data catalogs, each made once for all tests that only read them."""

from functools import cache
from typing import Any

from tests.presentation.catalog_entries import small_catalog, small_facts, told_catalog, told_facts
from workbench.catalog.registry import datasets
from workbench.presentation.catalog_page import catalog_page


@cache
def shipped_page() -> dict[str, Any]:
    """Return the page of the shipped catalog."""
    return catalog_page(datasets())


@cache
def small_page() -> dict[str, Any]:
    """Return the page of the small invented catalog."""
    return catalog_page(small_catalog(), facts=small_facts())


@cache
def told_page() -> dict[str, Any]:
    """Return the page of the invented catalog whose numbers were compared."""
    return catalog_page(told_catalog(), facts=told_facts())
