"""What tests of ranking share: the shipped entries, read and indexed once, and small invented ones."""

from functools import cache
from typing import Any

from tests.catalog.registry.small_catalog import EVIDENCE, dataset
from workbench.catalog.registry.asking.needs import Needs
from workbench.catalog.registry.asking.questions import read_question
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.families import Families
from workbench.catalog.registry.idc.collections import collection_entries
from workbench.catalog.registry.ranking.recommendation import Recommendation
from workbench.catalog.registry.ranking.recommending import recommend
from workbench.catalog.registry.ranking.searching import SearchIndex
from workbench.catalog.registry.reading import read_entries


@cache
def shipped() -> tuple[Entry, ...]:
    """Return the curated entries."""
    return read_entries()


@cache
def index() -> SearchIndex:
    """Return an index over the curated entries."""
    return SearchIndex(shipped())


@cache
def everything() -> tuple[Entry, ...]:
    """Return the curated entries and the collections of the Imaging Data Commons."""
    return (*shipped(), *collection_entries())


@cache
def index_of_everything() -> SearchIndex:
    """Return an index over all of them."""
    return SearchIndex(everything())


@cache
def _families() -> Families:
    return Families(shipped())


def answer(needs: Needs | str) -> Recommendation:
    """Return the recommendation among the curated entries."""
    asked = read_question(needs, index()) if isinstance(needs, str) else needs
    return recommend(shipped(), asked, index=index(), leakage=_families().leakage)


def invented(key: str, **fields: Any) -> Entry:
    """Return an invented data set that meets most needs: chest CT, masks, CC BY 4.0, 1,200 patients, age, some sex."""
    return Entry("dataset", dataset(key, **fields))


def keys(choices: Any) -> list[str]:
    """Return the keys of choices, in order."""
    return [choice.key for choice in choices]


__all__ = ["EVIDENCE", "answer", "everything", "index", "index_of_everything", "invented", "keys", "shipped"]
