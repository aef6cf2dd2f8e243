"""The static twin of the embedded commons and of a small one, each built once for all tests that only read them."""

from pathlib import Path

import pytest

from tests.presentation.site.small_site import write_small
from workbench.presentation.aggregates import cached_aggregates
from workbench.presentation.publication import publish
from workbench.presentation.site.building import build_site


@pytest.fixture(scope="session")
def aggregates(commons) -> Path:
    """Return what the pages of the embedded commons show."""
    return cached_aggregates(publish(commons))


@pytest.fixture(scope="session")
def site(aggregates, tmp_path_factory) -> Path:
    """Return the static twin of the embedded commons."""
    return build_site(aggregates, tmp_path_factory.mktemp("site") / "public")


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> Path:
    """Return the static twin of a small commons whose texts are harmful and whose numbers are old."""
    place = tmp_path_factory.mktemp("small")
    return build_site(write_small(place / "pages", good_for_days=-1), place / "public")
