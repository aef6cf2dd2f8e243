"""Binder builds what the demo notebooks need and no more, and what it starts finds all that was prepared."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from voila.configuration import VoilaConfiguration

from tests.thorough import THOROUGH
from workbench.presentation.pages import pages_beside

ROOT = Path(__file__).resolve().parents[1]
BINDER = ROOT / "binder"
TOO_LARGE = {"cupy", "torch", "itk", "itkwidgets", "mlcroissant", "monai", "playwright", "moto", "mypy"}

pytestmark = pytest.mark.skipif(not BINDER.exists(), reason="The folder binder is not part of an installed package.")


def start(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run words as Binder's entry point does, in an environment that knows nothing of ours."""
    variables = {"HOME": str(home), "PATH": os.environ["PATH"]}
    return subprocess.run(
        [BINDER / "start", *words], env=variables, cwd=home, capture_output=True, text=True, check=False
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home as postBuild leaves it."""
    beside = tmp_path / ".local/share/imaging-workbench/pages.json"
    beside.parent.mkdir(parents=True)
    page = {"key": "overview", "title": "Repository overview", "address": "repository_overview.ipynb", "live": True}
    beside.write_text(json.dumps({"home": "", "pages": [page]}))
    return tmp_path


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_repo2docker_can_run(name: str) -> None:
    file = BINDER / name
    assert file.stat().st_mode & stat.S_IXUSR
    assert file.read_text().startswith("#!/usr/bin/env bash\n")
    assert subprocess.run(["bash", "-n", file], check=False).returncode == 0


def test_the_python_is_one_that_the_package_runs_on() -> None:
    found = re.fullmatch(r"python-3\.(\d+)\n", (BINDER / "runtime.txt").read_text())
    assert found is not None
    assert int(found[1]) >= 11


def test_what_is_installed_is_pinned_and_small() -> None:
    script = (BINDER / "postBuild").read_text()
    (line,) = re.findall(r"uv pip install (.*?)\n(?!  )", script.replace("\\\n", ""), flags=re.DOTALL)
    assert "--constraints requirements.lock" in " ".join(line.split())
    (extras,) = re.findall(r"-e '\.\[([\w,]+)\]'", line)
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    listed = [each for each in lines if each.split(" = ")[0] in extras.split(",")]
    assert len(listed) == len(extras.split(","))
    names = {re.split(r"[\[>=;]", name)[0] for each in listed for name in re.findall(r'"([\w.-]+)', each)}
    assert not TOO_LARGE & names
    assert not [word for word in (BINDER / "requirements.txt").read_text().splitlines() if not word.startswith("#")]


def test_what_is_started_finds_what_was_prepared(home: Path) -> None:
    done = start(home, sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))")
    assert done.stderr == ""
    variables = json.loads(done.stdout)
    assert variables["WORKBENCH_CACHE"] == f"{home}/.cache/imaging-workbench"
    assert variables["WORKBENCH_AGGREGATES"] == f"{home}/.local/share/imaging-workbench/pages"
    assert variables["JUPYTER_CONFIG_PATH"] == str(BINDER / "jupyter")
    assert variables["POLARS_MAX_THREADS"] == "2"  # of the many cores that a container sees, it may use few
    assert "WORKBENCH_PUBLIC" not in variables


def test_a_page_leads_to_those_beside_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_PAGES", start(home, "printenv", "WORKBENCH_PAGES").stdout)
    assert [page["title"] for page in pages_beside()["pages"]] == ["Repository overview"]


def test_start_ends_as_the_command_does(home: Path) -> None:
    assert start(home, "sh", "-c", "exit 7").returncode == 7


def test_voila_takes_every_option_it_is_given() -> None:
    options = json.loads((BINDER / "jupyter" / "voila.json").read_text())["VoilaConfiguration"]
    assert set(options) <= set(VoilaConfiguration.class_trait_names(config=True))
    assert (options["template"], options["show_tracebacks"], options["strip_sources"]) == ("workbench", False, True)


def test_the_badges_open_what_is_there() -> None:
    badges = re.findall(r"\((https://mybinder\.org/v2/[^)]+)\)", (BINDER / "README.md").read_text())
    opened = [parse_qs(urlsplit(badge).query)["urlpath"][0] for badge in badges]
    assert [path.partition("/")[0] for path in opened] == ["lab", "voila"]
    for path in opened:
        assert (ROOT / path.removeprefix("lab/tree/").removeprefix("voila/render/")).is_file(), path


@pytest.mark.slow
@pytest.mark.skipif(not THOROUGH, reason="takes minutes and a network to install from: set WORKBENCH_THOROUGH=1")
def test_every_notebook_and_page_runs_in_what_binder_builds(tmp_path: Path) -> None:
    program = [sys.executable, str(ROOT / "tests/benchmarks/bench_binder.py"), "--place", str(tmp_path)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
