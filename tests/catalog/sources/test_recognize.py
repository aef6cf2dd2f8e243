"""A path is opened by what it holds, and what is nothing known is described."""

import os
from pathlib import Path

import polars as pl
import pytest

from workbench.catalog.sources.folder import write_tables
from workbench.catalog.sources.recognize import open_path
from workbench.phantoms.chest import write_chest_ct

RIGHT = (
    "A source is a folder of tables with patients.parquet, a file or folder of Gen3 exports (TSV, CSV or JSON), "
    "a folder of DICOM files, or one table (Parquet, CSV or TSV)."
)


def test_each_kind_of_path_finds_its_opener(export: Path, tmp_path: Path) -> None:
    gen3 = open_path(export)
    assert gen3.key == "gen3"
    assert open_path(export / "case_1.tsv").key == "gen3"
    assert open_path(export / "ct_series_file.json").key == "gen3"
    assert open_path(write_tables(gen3, tmp_path / "release")).key == "release"
    pl.DataFrame({"patient_id": ["a"]}).write_csv(tmp_path / "t.csv")
    assert open_path(tmp_path / "t.csv").key == "table"
    pl.DataFrame({"subject": ["a"]}).write_parquet(tmp_path / "t.parquet")
    assert open_path(tmp_path / "t.parquet", columns={"patient_id": "subject"}).key == "table"


def test_a_mapping_makes_any_file_a_table(export: Path) -> None:
    repository = open_path(export / "measurement.tsv", columns={"patient_id": "submitter_id"})
    assert repository.key == "table"


def test_a_table_of_cases_with_submitter_ids_is_a_gen3_export(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("submitter_id,age_at_index,race\nx1,890,Other\n")
    repository = open_path(tmp_path / "cases.csv")
    assert repository.key == "gen3"
    assert repository.column("patients", "age_years").to_list() == [90.0]


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as error:
        open_path(tmp_path / "no")
    assert str(error.value) == f"Nothing at {tmp_path / 'no'}. {RIGHT} Check the path."


@pytest.mark.parametrize(
    ("names", "found", "then"),
    [
        ((), "the folder holds no file", "Give the path of one of these."),
        (("a.bin", "b.bin", "c.xlsx"), "the folder holds 2 × .bin, 1 × .xlsx", "Give the path of one of these."),
        (("t.csv",), "the folder holds 1 × .csv", "Give the path of the one table in it, not of the folder."),
    ],
)
def test_a_folder_of_something_else_is_described(tmp_path: Path, names: tuple[str, ...], found: str, then: str) -> None:
    folder = tmp_path / "things"
    folder.mkdir()
    for name in names:
        (folder / name).write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="no source") as error:
        open_path(folder)
    assert str(error.value) == f"things is no source that the catalog knows: {found}. {RIGHT} {then}"


def test_a_table_without_our_names_asks_for_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("subject,gender\na,F\n")
    with pytest.raises(ValueError, match="no source") as error:
        open_path(tmp_path / "t.csv")
    assert str(error.value) == (
        f"t.csv is no source that the catalog knows: its columns are subject, gender. {RIGHT} "
        "For a table say which column identifies patients: columns={'patient_id': '…'}."
    )


def test_a_file_of_another_kind_is_described(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(b"PK")
    with pytest.raises(ValueError, match="no source") as error:
        open_path(tmp_path / "t.xlsx")
    assert str(error.value) == (
        f"t.xlsx is no source that the catalog knows: a file that ends in .xlsx. {RIGHT} Give the path of one of these."
    )


@pytest.mark.parametrize(
    "line", ["SECRET-1,SECRET NAME,F", "SECRET-1\tSECRET NAME\tF", "SECRET-1,SECRET NAME,F\rx,y,z"]
)
def test_a_file_without_a_header_is_described_without_its_first_row(tmp_path: Path, line: str) -> None:
    (tmp_path / "t.csv").write_text(f"{line}\nSECRET-2,SECRET OTHER,M\n", newline="")
    with pytest.raises(ValueError, match="no source") as error:
        open_path(tmp_path / "t.csv")
    found = "the first line does not look like a header; 3 columns"
    assert str(error.value) == (
        f"t.csv is no source that the catalog knows: {found}. {RIGHT} "
        "For a table say which column identifies patients: columns={'patient_id': '…'}."
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system knows no pipes")
def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="no source that the catalog knows"):
        open_path(tmp_path)


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Return a folder of DICOM files."""
    write_chest_ct(tmp_path / "scans" / "ct", n_slices=2, n_pixels=32)
    return tmp_path / "scans"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notes.json", '{"note": "taken in the morning"}'),
        ("sidecar.json", '{"Modality": "CT", "SeriesNumber": 3}'),
        ("broken.json", "{"),
        ("labels.csv", "file,label\n1.dcm,1\n"),
    ],
)
def test_a_folder_of_dicom_files_is_one_whatever_notes_lie_beside_them(scans: Path, name: str, text: str) -> None:
    (scans / name).write_text(text)
    assert open_path(scans).key == "dicom"


def test_nodes_of_an_export_beside_dicom_files_are_opened_and_it_is_said(
    scans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (scans / "cases.csv").write_text("submitter_id,age_at_index,race\nx1,40,Other\n")
    (scans / "more.json").write_text('[{"type": "case", "project_id": "a", "submitter_id": "x2", "race": "White"}]')
    assert open_path(scans).key == "gen3"
    assert "scans holds DICOM files and 2 Gen3 tables: the tables were opened. " in capsys.readouterr().err


def test_nodes_that_make_no_export_beside_dicom_files_are_refused_with_what_was_found(scans: Path) -> None:
    (scans / "cases.csv").write_text("submitter_id,age_at_index,race\nx1,40,Other\n")
    (scans / "labels.csv").write_text("file,label\n1.dcm,1\n")
    with pytest.raises(ValueError, match="holds DICOM") as error:
        open_path(scans)
    assert str(error.value) == (
        "scans holds DICOM files and 1 Gen3 table, and not every table in it is part of one Gen3 export. "
        f"{RIGHT} Give the path of the folder of the DICOM files, or of that of the export."
    )
