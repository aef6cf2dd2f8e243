"""A figure, a drawing and a table are written by the ending of the name: whole, or not at all."""

from pathlib import Path

import polars as pl
import pytest

from workbench.assessment.table_one import count_table_one
from workbench.catalog.commons import Catalog
from workbench.presentation import charts
from workbench.presentation.figure import Drawing, Figure, HtmlTable, Table
from workbench.presentation.saving import as_csv

PATIENTS = pl.DataFrame({"sex": ["Female", "Male", "Male"]})


@pytest.fixture(scope="module")
def figure(commons: Catalog) -> Figure:
    return charts.census(commons.where(collection_id="midrc_ricord_1a").census(by=["sex"]))


@pytest.fixture(scope="module")
def drawing(commons: Catalog) -> Drawing:
    return charts.consort(commons.where(collection_id="midrc_ricord_1a").attrition)


@pytest.fixture(scope="module")
def table_one() -> HtmlTable:
    return charts.table_one(count_table_one(PATIENTS, attributes=["sex"]))


@pytest.mark.parametrize(
    ("ending", "begins"), [(".svg", b"<svg"), (".png", b"\x89PNG\r\n\x1a\n"), (".html", b"<!doctype html>")]
)
@pytest.mark.parametrize("kind", ["figure", "drawing"])
def test_the_ending_decides_the_form(
    kind: str, ending: str, begins: bytes, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    path = request.getfixturevalue(kind).save(tmp_path / "new" / f"saved{ending}")
    assert path.read_bytes().startswith(begins)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_saved_picture_says_its_finding(figure: Figure, tmp_path: Path) -> None:
    assert figure.title not in figure.svg
    assert figure.title in figure.save(tmp_path / "census.svg").read_text(encoding="utf-8")


def test_a_saved_page_is_whole_and_fetches_nothing(figure: Figure, table_one: HtmlTable, tmp_path: Path) -> None:
    for each in (figure, table_one):
        page = each.save(tmp_path / "page.HTML").read_text(encoding="utf-8")
        assert each._repr_html_() in page
        assert page.endswith("</body></html>\n")
        assert "<script" not in page
        assert "src=" not in page


def test_the_csv_is_the_table(figure: Figure, drawing: Drawing, table_one: HtmlTable, tmp_path: Path) -> None:
    for each in (figure, drawing, table_one):
        read = pl.read_csv(each.save(str(tmp_path / "table.csv")))
        assert read.columns == each.table.columns
        assert read.height == each.table.height
    frame = pl.DataFrame({"collection_id": ["a", "b"], "n": [1, None]})
    assert Table(frame, title="Two rows").save(tmp_path / "two.csv").read_text() == "collection_id,n\na,1\nb,\n"


def test_lists_become_one_cell_each() -> None:
    frame = pl.DataFrame({"n": [1, 2, 3], "modalities": [["CT", "SEG"], [], None]})
    assert as_csv(frame) == 'n,modalities\n1,CT|SEG\n2,""\n3,\n'


def test_another_ending_is_refused_with_those_there_are(figure: Figure, table_one: HtmlTable, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"flow\.pdf") as caught:
        figure.save(tmp_path / "flow.pdf")
    assert str(caught.value) == (
        "'flow.pdf' was received. A name that ends in .svg, .png, .html or .csv would be right. "
        "Rename it, for instance 'flow.svg'."
    )
    with pytest.raises(ValueError, match=r"table1\.png") as caught:
        table_one.save(tmp_path / "table1.png")
    assert str(caught.value) == (
        "'table1.png' was received. A name that ends in .html or .csv would be right. "
        "Rename it, for instance 'table1.html'."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_file(figure: Figure, tmp_path: Path) -> None:
    folder = tmp_path / "charts.svg"
    folder.mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        figure.save(folder)
    assert str(caught.value) == f"{folder} is a folder. A file name would be right. Add one: {folder / 'NAME'}"


def test_a_picture_that_cannot_be_drawn_leaves_the_file_as_it_was(figure: Figure, tmp_path: Path) -> None:
    path = tmp_path / "census.svg"
    path.write_text("precious")
    broken = Figure("key", "Title", "", "", "", None, figure.table)
    with pytest.raises(AttributeError):
        broken.save(path)
    assert path.read_text() == "precious"
    assert [each.name for each in tmp_path.iterdir()] == ["census.svg"]
