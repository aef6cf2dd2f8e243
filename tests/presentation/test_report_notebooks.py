"""The cells of the reports, run without a kernel: page one comes first, and every table lies beside the page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from workbench.assets import asset_path
from workbench.presentation.first_page import FirstPage

REPORTS = {
    "30_release_census": ({"compare_to": "2023-08-25", "attributes": "sex"}, {"changes.csv", "census_sex.csv"}),
    "31_cohort_profile": ({"compare_to": "2023-08-25", "reference": "us_acs"}, {"changes.csv", "cohort.yaml"}),
    "32_data_quality": ({}, {"not_known.csv", "not_known_by_collection.csv", "not_known_by_release.csv", "rules.csv"}),
}


@pytest.fixture
def run(tmp_path: Path) -> Callable[[str, dict[str, Any]], list[Any]]:
    """Return a function that runs a report's cells on the synthetic commons and gives what each of them shows."""

    def run(name: str, parameters: dict[str, Any]) -> list[Any]:
        cells = nbformat.read(asset_path("notebooks", f"{name}.ipynb"), as_version=4).cells
        imports, defaults, *rest = [cell.source for cell in cells if cell.cell_type == "code"]
        shown: list[Any] = []
        names: dict[str, Any] = {"display": lambda *each: shown.extend(each)}
        exec(f"{imports}\n{defaults}", names)
        assert set(parameters) <= set(names)
        names |= {**parameters, "source": "synthetic", "folder": str(tmp_path)}
        for source in rest:
            *lines, last = source.splitlines()
            exec("\n".join(lines), names)
            try:
                shown.append(eval(last, names))
            except SyntaxError:
                exec(last, names)
        return [each for each in shown if each is not None]

    return run


@pytest.mark.parametrize("name", REPORTS)
def test_page_one_comes_first_and_every_table_lies_beside_the_page(
    name: str, run: Callable[[str, dict[str, Any]], list[Any]], tmp_path: Path
) -> None:
    parameters, files = REPORTS[name]
    shown = run(name, parameters)
    assert isinstance(shown[0], FirstPage)
    assert sum(isinstance(each, FirstPage) for each in shown) == 1
    assert len(shown[0].sentences) == 3
    assert all(each._repr_html_() for each in shown if hasattr(each, "_repr_html_"))
    assert {path.name for path in tmp_path.iterdir()} >= {*files, "provenance.json"}
