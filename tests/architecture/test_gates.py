"""Every gate of `make check` passes a clean project and fails on one planted violation.

The project is a small twin in a temporary folder. It is judged by the very Makefile, pyproject.toml and scripts
of this checkout, so a gate that is switched off or miswired fails here.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GATES = ("lint", "format", "types", "imports", "docstrings", "stripped", "thin", "budget")

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None or not (ROOT / "Makefile").exists(), reason="needs make and a checkout"
)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _notebook(*sources: str, **saved: object) -> str:
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{position}",
            "metadata": {},
            "outputs": [],
            "source": source.splitlines(keepends=True),
            **saved,
        }
        for position, source in enumerate(sources)
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a clean project with every layer that must exist and a thin notebook."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "Makefile", tmp_path)
    for script in ("budget.py", "thin_notebooks.py"):
        _write(tmp_path / "tests/architecture" / script, (ROOT / "tests/architecture" / script).read_text("utf-8"))
    package = tmp_path / "workbench"
    for layer in ("cli", "tables", "provenance", "assets", "cache", "vocabulary", "errors", "markup"):
        _write(package / f"{layer}.py", f'"""Stand in for {layer}."""\n')
    for layer in ("", "presentation", "catalog", "assessment", "imaging"):
        _write(package / layer / "__init__.py", '"""Stand in for a package."""\n')
    _write(package / "imaging/arrays.py", '"""The one door to the GPU."""\n\nimport cupy\n\n__all__ = ["cupy"]\n')
    _write(tmp_path / "notebooks/00_first.ipynb", _notebook("import workbench as wb", "wb.__name__"))
    (tmp_path / "dashboards").mkdir()
    return tmp_path


def _run(gate: str, project: Path) -> subprocess.CompletedProcess[str]:
    """Run one gate as `make check` would, away from any surrounding make."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", f"gate-{gate}", f"BIN={Path(sys.executable).parent}"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("gate", GATES)
def test_a_clean_project_passes(gate: str, project: Path) -> None:
    finished = _run(gate, project)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_make_check_runs_every_gate() -> None:
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\ncheck:")[2].partition("\n\n")[0]
    assert f"$(addprefix gate-,{' '.join(GATES)})" in recipe


DOCSTRING = '"""Stand in."""\n'
EIGHT = DOCSTRING + "".join(f'\n\ndef name_{n}() -> int:\n    """Return {n}."""\n    return {n}\n' for n in range(8))

VIOLATIONS = {
    "an upward import": (
        "imports",
        {"tables.py": "import workbench.catalog\n"},
        "workbench.tables is not allowed to import workbench.catalog",
    ),
    "a module in no layer": ("imports", {"helpers.py": DOCSTRING}, "workbench.helpers"),
    "CuPy outside imaging.arrays": (
        "imports",
        {"assessment/census.py": "import cupy\n"},
        "workbench.assessment.census -> cupy",
    ),
    "a drawing library in catalog": (
        "imports",
        {"catalog/cohort.py": "import altair\n"},
        "workbench.catalog.cohort -> altair",
    ),
    "a cycle": (
        "imports",
        {
            "catalog/cohort.py": "import workbench.catalog.criteria.criterion\n",
            "catalog/criteria.py": "import workbench.catalog.cohort\n",
        },
        "No cycles BROKEN",
    ),
    "an import of the root": (
        "imports",
        {"catalog/cohort.py": "import workbench\n"},
        "workbench.catalog.cohort -> workbench",
    ),
    "an unused import": ("lint", {"errors.py": DOCSTRING + "\nimport os\n"}, "F401"),
    "a banned library": ("lint", {"errors.py": DOCSTRING + "\nimport pandas as pandas\n"}, "Use polars"),
    "a caught Exception": (
        "lint",
        {"errors.py": "try:\n    number = 1\nexcept Exception:\n    number = 2\n"},
        "BLE001",
    ),
    "an unformatted module": ("format", {"errors.py": "number = ( 1 )\n"}, "errors.py"),
    "an unformatted notebook": (
        "format",
        {"../notebooks/00_first.ipynb": _notebook("number = ( 1 )")},
        "00_first.ipynb",
    ),
    "a wrong type": ("types", {"errors.py": 'number: int = "one"\n'}, "[assignment]"),
    "a missing annotation": ("types", {"errors.py": "def half(number):\n    return number / 2\n"}, "[no-untyped-def]"),
    "a public function without docstring": (
        "docstrings",
        {"errors.py": DOCSTRING + "\n\ndef one() -> int:\n    return 1\n"},
        "GL08",
    ),
    "a parameter without a word": (
        "docstrings",
        {"errors.py": DOCSTRING + '\n\ndef same(n: int) -> int:\n    """Return `n`."""\n    return n\n'},
        "PR01",
    ),
    "an output left in a notebook": (
        "stripped",
        {
            "../notebooks/00_first.ipynb": _notebook(
                "1", outputs=[{"output_type": "stream", "name": "stdout", "text": ["1"]}]
            )
        },
        "00_first.ipynb",
    ),
    "an execution count": (
        "stripped",
        {"../notebooks/00_first.ipynb": _notebook("1", execution_count=3)},
        "00_first.ipynb",
    ),
    "a function in a notebook": (
        "thin",
        {"../notebooks/00_first.ipynb": _notebook("def one():\n    return 1")},
        "cell 1: uses def",
    ),
    "a lambda in a dashboard": (
        "thin",
        {"../dashboards/page.ipynb": _notebook("import workbench as wb", "one = lambda: 1")},
        "cell 2: uses lambda",
    ),
    "a try in a notebook": (
        "thin",
        {"../notebooks/00_first.ipynb": _notebook("try:\n    1\nfinally:\n    2")},
        "cell 1: uses try",
    ),
    "a thirteenth line": (
        "thin",
        {"../notebooks/00_first.ipynb": _notebook("\n".join(["1"] * 13))},
        "cell 1: 13 lines; at most 12",
    ),
    "a late import": ("thin", {"../notebooks/00_first.ipynb": _notebook("1", "import os")}, "cell 2: imports."),
    "a magic": ("thin", {"../notebooks/00_first.ipynb": _notebook("%matplotlib inline")}, "is not plain Python"),
    "a saved output": (
        "thin",
        {
            "../notebooks/00_first.ipynb": _notebook(
                "1", outputs=[{"output_type": "stream", "name": "stdout", "text": ["1"]}]
            )
        },
        "cell 1: has outputs",
    ),
    "a module of 301 lines": ("budget", {"errors.py": DOCSTRING + "#\n" * 300}, "errors.py: 301 lines; at most 300"),
    "an eighth public name": ("budget", {"errors.py": EIGHT}, "errors.py: 8 public names"),
}


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_the_gate_fails_on(violation: str, project: Path) -> None:
    gate, files, telling = VIOLATIONS[violation]
    for name, text in files.items():
        _write((project / "workbench" / name).resolve(), text)
    finished = _run(gate, project)
    # The report wraps and indents; the words are what counts.
    said = " ".join((finished.stdout + finished.stderr).split())
    assert finished.returncode != 0, said
    assert telling in said


def test_the_budget_ends_with_the_totals(project: Path) -> None:
    # Eight modules, five package files and imaging/arrays.py; 13 of one line and one of five.
    assert _run("budget", project).stdout.splitlines()[-1] == "modules 14, lines 18, public names 0"
