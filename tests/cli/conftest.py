"""Every command runs in a folder of its own; helpers that run one and return what it said."""

from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog, open_catalog
from workbench.cli import main


@pytest.fixture(autouse=True)
def in_a_new_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command in a folder of its own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def done(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs a command which succeeds and gives what it prints."""

    def run(*words: str, exit_code: int = 0) -> str:
        assert main(words) == exit_code
        return capsys.readouterr().out

    return run


@pytest.fixture
def fails(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs a command which fails and gives the one line it says."""

    def run(*words: str, exit_code: int = 2) -> str:
        assert main(words) == exit_code
        out, err = capsys.readouterr()
        assert out == ""
        assert "Traceback" not in err
        assert err.startswith("workbench: ")
        return err.removeprefix("workbench: ").rstrip("\n")

    return run


@pytest.fixture(scope="session")
def synthetic() -> Catalog:
    """Return the invented commons with tests."""
    return open_catalog("synthetic")


@pytest.fixture
def ricord(commons: Catalog, in_a_new_folder: None) -> Cohort:
    """Return the chest CT of RICORD 1a and 1b, saved as ricord.yaml."""
    cohort = commons.where(collection_id=["midrc_ricord_1a", "midrc_ricord_1b"], modality="CT")
    cohort.save("ricord.yaml")
    return cohort
