"""A cache of its own for tests that open many sources, and a small synthetic export to open."""

from pathlib import Path

import pytest

from workbench.phantoms.commons import write_gen3_export


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a synthetic Gen3 export of 200 patients."""
    return write_gen3_export(tmp_path_factory.mktemp("export"), n_patients=200, seed=3)
