"""A report that costs nothing but its kernel: a notebook of three cells, listed in a collection of its own."""

from pathlib import Path

import nbformat
import pytest

from workbench.presentation.reports import collections
from workbench.presentation.reports.collections import ReportEntry, read_collections

COLLECTION = """
[reports]
small = { notebook = "small.ipynb", question = "What is small?" }

[parameters]
word = { type = "text", help = "anything" }
count = { type = "integer", least = 1, most = 9, help = "how many" }
share = { type = "number", least = 0.0, most = 1.0, help = "of all" }
shown = { type = "switch", help = "whether it is shown" }
color = { type = "choice", choices = ["red", "blue"], help = "of the mark" }
day = { type = "date", least = 2020-01-01, help = "from when on" }
source = { type = "source", help = "the repository" }
cohort = { type = "cohort", help = "who" }
reference = { type = "reference", help = "against whom" }
place = { type = "folder", help = "where files lie" }
compare_to = { type = "earlier", help = "with what" }
"""
PARAMETERS = """word = ""  # a text
count = 3  # from 1 to 9
share = 0.5  # from 0 to 1
shown = True  # whether it is shown
color = "red"  # red or blue
day = ""  # YYYY-MM-DD
source = "idc"  # the repository
cohort = ""  # a saved cohort
reference = ""  # a population
place = ""  # a folder
compare_to = ""  # a version, or an earlier report's folder
folder = "."  # where tables are written"""
SHOWS = """Path(folder, "words.csv").write_text(f"word,count\\n{word},{count}\\n")
Path(folder, "provenance.json").write_text(json.dumps(stamp(source="a small thing", version="1", query=word)))
left = sorted(name for name in globals() if name.startswith("mine"))
mine = HTML(f'<section class="first-page"><ul class="sentences"><li>{word} and {left}</li></ul></section>')
os.kill(os.getpid(), 9 if word == "dying" else 0)
assert word != "bad", f"{word} came to {folder}."
mine"""


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> ReportEntry:
    """Return a report with a parameter of every type."""
    folder = tmp_path_factory.mktemp("collection")
    v4 = nbformat.v4
    imports = "import json\nimport os\nfrom pathlib import Path\nfrom IPython.display import HTML\n"
    cells = [
        v4.new_markdown_cell("# 90 A small report\n\n**What is small?**"),
        v4.new_markdown_cell("*You need* nothing.", metadata={"tags": ["notebook-only"]}),
        v4.new_code_cell(imports + "from workbench.provenance import stamp"),
        v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        v4.new_code_cell(SHOWS),
        v4.new_markdown_cell("## A heading of nothing"),
        v4.new_code_cell("pass"),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(v4.new_notebook(cells=cells, metadata=kernel), folder / "small.ipynb")
    (folder / "collections.toml").write_text(COLLECTION)
    return read_collections(folder / "collections.toml")["small"]


@pytest.fixture
def listed(small: ReportEntry, monkeypatch: pytest.MonkeyPatch) -> ReportEntry:
    """Let the library hold the small report alone."""
    monkeypatch.setattr(collections, "list_reports", lambda: {"small": small})
    return small


@pytest.fixture(scope="session")
def commons_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that says whose reports they are."""
    folder = tmp_path_factory.mktemp("commons")
    (folder / "logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
    )
    (folder / "commons.toml").write_text(
        'name = "Harbor commons"\nsource = "synthetic"\nlogo = "logo.svg"\nurl = "https://harbor.example"\n'
        'contact = "desk@harbor.example"\ncitation = "Harbor et al. 2026"\nlicense = "CC BY 4.0"\naccent = "#7a2d5c"\n'
    )
    return folder / "commons.toml"
