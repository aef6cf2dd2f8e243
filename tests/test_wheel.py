"""The built wheel is complete: outside a checkout, in a clean environment, it runs the demo."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.thorough import THOROUGH
from workbench.cache import CACHE_VARIABLE, cache_folder

ROOT = Path(__file__).resolve().parents[1]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="needs a checkout to build the wheel from"),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from this checkout with the build tools of the lock file."""
    folder = tmp_path_factory.mktemp("dist")
    _run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)], cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean_environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a virtual environment that holds the wheel and the demo profile alone."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    uv = [sys.executable, "-m", "uv"]
    _run([*uv, "venv", "--quiet", "--python", sys.executable, str(folder)], cwd=folder.parent)
    constraints = ["--constraints", str(ROOT / "requirements.lock")]
    python = str(folder / "bin/python")
    _run([*uv, "pip", "install", "--quiet", "--python", python, *constraints, str(wheel)], cwd=folder.parent)
    return folder


@pytest.mark.parametrize(
    ("checkout_folder", "wheel_folder"),
    [
        ("notebooks", "workbench/_assets/notebooks"),
        ("dashboards", "workbench/_assets/dashboards"),
        ("data_catalog", "workbench/_assets/data_catalog"),
        ("workbench/presentation/jupyter", "workbench/presentation/jupyter"),
        (
            "workbench/presentation/jupyter/voila",
            "{name}.data/data/share/jupyter/voila",
        ),
    ],
)
def test_the_wheel_carries_every_file_of(checkout_folder: str, wheel_folder: str, wheel: Path) -> None:
    source = ROOT / checkout_folder
    # The first two parts of the file name, such as imaging_workbench-0.1.0, name the wheel's data folder.
    target = wheel_folder.format(name="-".join(wheel.name.split("-")[:2]))
    skipped = {".ipynb_checkpoints", "__pycache__"}
    expected = {
        f"{target}/{path.relative_to(source).as_posix()}"
        for path in source.rglob("*")
        if path.is_file() and not skipped.intersection(path.parts)
    }
    assert expected, f"{checkout_folder} is empty"
    with zipfile.ZipFile(wheel) as archive:
        assert expected - set(archive.namelist()) == set()


def test_the_demo_runs_from_the_wheel_outside_a_checkout(clean_environment: Path, tmp_path: Path) -> None:
    start, home, out = tmp_path / "empty", tmp_path / "home", tmp_path / "report"
    start.mkdir()
    home.mkdir()
    # A fresh home, no settings, and nothing on the path that leads back to the checkout. The tables that the suite has
    # derived already are derived by the same rules; by default they are not derived again.
    environment = {
        "HOME": str(home),
        "PATH": f"{clean_environment / 'bin'}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        **({} if THOROUGH else {CACHE_VARIABLE: str(cache_folder())}),
    }
    command = [str(clean_environment / "bin/workbench"), "demo", "--no-serve", "--out", str(out)]
    said = _run(command, cwd=start, environment=environment)
    assert list(out.rglob("report.html")), said
    assert list(start.iterdir()) == []


def _run(command: list[str], *, cwd: Path, environment: dict[str, str] | None = None) -> str:
    finished = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    said = finished.stdout + finished.stderr
    assert finished.returncode == 0, said
    return said
