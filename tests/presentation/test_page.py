"""The aggregates file is checked before anything is drawn, and showing it needs no table library."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.presentation.page import load_page

READS = "A page reads one JSON file of schema 'workbench-page/1'."
NEXT = "Write it: workbench site aggregates"


@pytest.fixture
def written(tmp_path):
    def write(text: str) -> Path:
        file = tmp_path / "page.json"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_no_file_named_says_what_a_page_reads_and_how_to_write_it(monkeypatch):
    monkeypatch.delenv("WORKBENCH_AGGREGATES", raising=False)
    with pytest.raises(FileNotFoundError) as error:
        load_page()
    assert str(error.value) == (
        f"No aggregates file was named: no path came and WORKBENCH_AGGREGATES is not set. {READS} {NEXT}"
    )


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        load_page(tmp_path / "absent.json")
    assert str(error.value) == (f"No aggregates file at '{tmp_path}/absent.json'. {READS} {NEXT}")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "half {",
            f"is not JSON: Expecting value: line 1 column 1 (char 0). {READS}",
        ),
        ("[1]", "has schema None. A page needs 'workbench-page/1'."),
        ('{"schema": "workbench-page/9"}', "has schema 'workbench-page/9'. A page needs 'workbench-page/1'."),
        (
            '{"schema": "workbench-page/1", "title": "x"}',
            "lacks groups, figures. A page has title, groups, figures and more.",
        ),
    ],
)
def test_a_file_that_is_no_page_is_refused_with_the_reason(written, text, complaint):
    file = written(text)
    with pytest.raises(ValueError, match="The file") as error:
        load_page(file)
    assert str(error.value) == f"The file '{file}' {complaint} {NEXT}"


def test_the_environment_variable_names_the_file_when_no_path_comes(written, monkeypatch):
    page = {"schema": "workbench-page/1", "title": "x", "groups": [], "figures": []}
    monkeypatch.setenv("WORKBENCH_AGGREGATES", str(written(json.dumps(page))))
    assert load_page() == page


def test_showing_a_page_imports_neither_polars_nor_altair_nor_pandas(written):
    file = written('{"schema": "workbench-page/1", "title": "x", "groups": [], "figures": []}')
    program = (
        "import sys; from workbench.presentation.page import PageView, load_page; "
        f"PageView(load_page({str(file)!r})); "
        "print(sorted({'polars', 'altair', 'pandas', 'pyarrow'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
