"""A folder that lies as a known data set does is a catalog; one that does not is refused with everything named."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.thorough import examples
from workbench.assets import asset_path
from workbench.catalog.commons import Catalog, open_catalog
from workbench.catalog.registry import datasets
from workbench.catalog.sources.layout_columns import make_columns
from workbench.catalog.sources.layout_rules import column_rule, layout_keys, read_layout
from workbench.cli import main
from workbench.errors import UnknownNameError

NIH_HEADER = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)
# Patient 1 has two follow-ups, one of them with two findings; patient 2 is 411 years old; patient 4 is not on disk.
NIH_ROWS = (
    "00000001_000.png,Cardiomegaly,0,1,57,M,PA,2682,2749,0.143,0.143",
    "00000001_001.png,Cardiomegaly|Emphysema,1,1,58,M,AP,2894,2729,0.143,0.143",
    "00000002_000.png,No Finding,0,2,411,F,PA,2500,2048,0.171,0.171",
    "00000003_000.png,Hernia|Oddity,0,3,74,F,PA,2500,2048,0.168,0.168",
    "00000004_000.png,Pleural_Thickening,0,4,093Y,F,PA,2500,2048,0.168,0.168",
)
FIGURE1_HEADER = (
    "patientid,offset,sex,age,finding,survival,temperature,pO2 saturation,view,modality,artifacts/distortion,notes"
)
FIGURE1_ROWS = (
    "COVID-00001,13,M,33,COVID-19,,,58,AP erect,X-ray,,words of a doctor",
    "COVID-00003a,8,M,28,,,39.1,90,AP erect,X-ray,,",
    "COVID-00003b,8,M,28,COVID-19,,38+,90,AP erect,X-ray,,",
    "COVID-00002,,F,50+,No finding,,,,PA,X-ray,,",
)
COVID_HEADER = (
    "patientid,offset,sex,age,finding,RT_PCR_positive,survival,intubated,went_icu,temperature,view,modality,"
    "date,location,folder,filename,doi,url,license,clinical_notes,other_notes,"
)
COVID_ROWS = (
    '2,0,M,65,Pneumonia/Viral/COVID-19,N,Y,N,N,,PA,X-ray,"January 22, 2020",,images,a.jpeg,10.1/X,,,"long, words",,',
    "2,3,M,65,Pneumonia/Viral/COVID-19,Y,Y,N,N,,PA,X-ray,,,images,b.jpeg,,,CC BY-SA,,,",
    "2,3,M,65,Pneumonia/Viral/COVID-19,Y,Y,N,N,,L,X-ray,,,images,c.jpeg,,,,,,",
    "2,3,M,65,Pneumonia/Viral/COVID-19,Y,Y,N,N,,Axial,CT,,,volumes,d.nii.gz,,,,,,",
    "5,,,,No Finding,,,,,,PA,X-ray,,,images,e.png,,,,,,",
    "5,,F,,No Finding,,,,,37,PA,X-ray,,,images,f.png,,,,,,",
)
SCORES = "## Scores\n## License: words\nfilename,geographic_mean,opacity_mean\nb.jpeg,2.7,2.0\nz.jpeg,1,1\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes files below a folder: text as it is, images of one pixel."""

    def _write(folder: str, **files: str) -> Path:
        root = tmp_path / folder
        root.mkdir(exist_ok=True)
        for name, text in files.items():
            _file(root / name, text)
        return root

    return _write


def _file(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if text:
        path.write_text(text, encoding="utf-8")
    else:
        Image.fromarray(np.zeros((2, 2), np.uint8)).save(path, format="PNG")


@pytest.fixture
def nih(write: Callable[..., Path]) -> Path:
    """Return a folder as the archives of NIH ChestX-ray14 leave it, one image missing and two too many."""
    boxes = "Image Index,Finding Label,Bbox [x,y,w,h],,,\n00000001_000.png,Cardiomegaly,1,2,3,4\n"
    root = write(
        "nih",
        **{
            "Data_Entry_2017_v2020.csv": "\n".join([NIH_HEADER, *NIH_ROWS]) + "\n",
            "BBox_List_2017.csv": boxes + "00000001_000.png,Nodule,1,2,3,4,,,\n00000077_000.png,Mass,1,2,3,4,,,\n",
            "train_val_list.txt": "00000001_000.png\n00000002_000.png\n",
            "test_list.txt": "00000001_001.png\r\n00000088_000.png\r\n00000002_000.png\r\n",
            "README.txt": "words",
        },
    )
    for place in ("001/images/00000001_000", "001/images/00000001_001", "012/images/00000002_000"):
        _file(root / f"images_{place}.png")
    for place in ("001/images/00000099_000", "012/images/00000003_000", "002/images/00000003_000"):
        _file(root / f"images_{place}.png")
    _file(root / "images_001" / "images" / "._00000001_000.png")
    return root


@pytest.fixture
def figure1(write: Callable[..., Path]) -> Path:
    """Return a folder as the Figure 1 repository lies."""
    root = write("figure1", **{"metadata.csv": "\n".join([FIGURE1_HEADER, *FIGURE1_ROWS]) + "\n"})
    for name in ("COVID-00001.jpg", "COVID-00003a.png", "COVID-00003b.jpeg"):
        _file(root / "images" / name)
    return root


@pytest.fixture
def covid(write: Callable[..., Path]) -> Path:
    """Return a folder as the COVID-19 image data collection lies."""
    root = write("covid", **{"metadata.csv": "\n".join([COVID_HEADER, *COVID_ROWS]) + "\n"})
    _file(root / "annotations" / "covid-severity-scores.csv", SCORES)
    for name in ("images/a.jpeg", "images/b.jpeg", "images/c.jpeg", "volumes/d.nii.gz", "images/e.png", "images/f.png"):
        _file(root / name)
    return root


def quality(catalog: Catalog) -> dict[str, tuple[int, int]]:
    """Return how often each rule applied, among how many."""
    rows = catalog.data_quality().select("rule", "n", "n_total").iter_rows()
    return {rule: (n, total) for rule, n, total in rows}


def column(catalog: Catalog, table: str, name: str) -> list[Any]:
    """Return a column in the order of its table."""
    return catalog.repository.column(table, name).to_list()


# ------------------------------------------------------------------ the shipped layouts
def test_nih_images_become_studies_of_patients_with_ages_sex_and_labels(nih: Path) -> None:
    catalog = open_catalog(nih, layout="nih-chestx-ray14")
    assert catalog.repository.disclosure == "controlled"
    assert dict(catalog.counts) | {"size_gb": 0} == {
        "patients": 4,
        "studies": 5,
        "series": 5,
        "instances": 5,
        "size_gb": 0,
    }
    assert column(catalog, "patients", "sex") == ["Male", "Female", "Female", "Female"]
    assert column(catalog, "patients", "age_years") == [57.0, None, 74.0, 90.0]  # 93 is 90 and over
    assert column(catalog, "patients", "age_missing") == [None, "Unknown", None, None]  # 411 years
    assert column(catalog, "studies", "age_at_study_years") == [57.0, 58.0, None, 74.0, 90.0]
    assert set(column(catalog, "series", "modality")) == {"DX"}
    assert set(column(catalog, "series", "body_region")) == {"Chest"}
    assert catalog.where(cardiomegaly="Yes").counts["series"] == 2
    assert catalog.where(emphysema="Yes").counts["patients"] == 1
    assert catalog.where(no_finding="Yes").counts["series"] == 1
    assert column(catalog, "series", "n_boxes") == [2, 0, 0, 0, 0]
    assert column(catalog, "series", "view") == ["PA", "AP", "PA", "PA", "PA"]
    assert column(catalog, "series", "official_split") == [
        "train_val",
        "test",
        "several",
        "Not Reported",
        "Not Reported",
    ]


def test_nih_counts_what_is_missing_extra_and_impossible(nih: Path) -> None:
    counted = quality(open_catalog(nih, layout="nih-chestx-ray14"))
    assert counted["Image named in the table, but not on disk"] == (1, 5)
    assert counted["Image on disk, but not named in the table"] == (1, 6)  # hidden files are none
    assert counted["Image of one name at several places"] == (1, 6)
    assert counted["Age is no age"] == (1, 5)
    assert counted["Label that the layout does not name"] == (1, 5)
    assert counted["Row of BBox_List_2017.csv that belongs to no row"] == (1, 3)
    assert counted["Name in a list of an official part that no row bears"] == (1, 4)
    assert counted["Name in lists of several official parts"] == (1, 4)
    assert counted["Row in no list of an official part"] == (2, 5)
    assert counted["Patient in several official parts"] == (1, 4)  # the follow-up of patient 1


def test_a_cohort_a_census_and_a_split_run_on_a_folder(nih: Path) -> None:
    catalog = open_catalog(nih, layout="nih-chestx-ray14")
    cohort = catalog.where(sex="Female")
    assert cohort.counts["patients"] == 3
    table = catalog.everything.census(by=["sex"]).table
    assert table.filter(pl.col("n_patients") > 0).select("sex", "n_patients").rows() == [("Female", 3), ("Male", 1)]
    parts = catalog.everything.split(fractions={"train": 0.5, "test": 0.5}, by=["sex"], seed=1)
    assert sorted(parts["patient_id"].to_list()) == ["1", "2", "3", "4"]
    there = catalog.where(file_on_disk="Yes")
    assert there.counts["series"] == 4
    assert there.attrition.table["patients_lost"].to_list()[-1] == 1


def test_images_that_are_on_disk_can_be_read_one_by_one(nih: Path) -> None:
    from workbench.catalog.training.files import images_with_files

    catalog = open_catalog(nih, layout="nih-chestx-ray14")
    found = images_with_files(catalog.everything)
    assert found["paths"].list.len().to_list() == [1, 1, 1, 1, 0]
    assert all(Path(path).is_file() for paths in found["paths"] for path in paths)
    assert found["paths"][3][0].endswith("images_002/images/00000003_000.png")  # the first of two places
    moved = nih.rename(nih.with_name("moved"))
    again = images_with_files(open_catalog(moved, layout="nih-chestx-ray14").everything)
    assert all(Path(path).is_file() for paths in again["paths"] for path in paths)
    _file(moved / "images_001" / "images" / "00000004_000.png")  # came later
    later = images_with_files(open_catalog(moved, layout="nih-chestx-ray14").everything)
    assert later["paths"].list.len().to_list() == [1, 1, 1, 1, 1]


def test_figure1_images_of_one_patient_are_one_patient(figure1: Path) -> None:
    catalog = open_catalog(figure1, layout="figure1-covid")
    assert catalog.everything.series()["patient_id"].to_list() == [
        "COVID-00001",
        "COVID-00002",
        "COVID-00003",
        "COVID-00003",
    ]
    assert column(catalog, "patients", "covid19_positive") == ["Yes", "Not Reported", "Yes"]
    assert column(catalog, "patients", "age_missing") == [None, "Unknown", None]  # 50+ is no age
    assert column(catalog, "studies", "days_to_study") == [13, None, 8, 8]
    assert column(catalog, "series", "temperature_celsius") == [None, None, 39.1, None]
    assert column(catalog, "series", "file_on_disk") == ["Yes", "No", "Yes", "Yes"]
    assert quality(catalog)["temperature_celsius is no number"] == (1, 4)
    assert "notes" not in catalog.repository.columns("series")


def test_covid_collection_knows_studies_tests_and_scores(covid: Path) -> None:
    catalog = open_catalog(covid, layout="covid-chestxray")
    # Patient 2: day 0; day 3 in two views; day 3 as CT. Patient 5: no day, so that each image is a study.
    assert {name: catalog.counts[name] for name in ("patients", "studies", "series")} == {
        "patients": 2,
        "studies": 5,
        "series": 6,
    }
    assert column(catalog, "patients", "covid19_positive") == ["Yes", "Not Reported"]
    assert column(catalog, "patients", "sex") == ["Male", "Female"]
    assert quality(catalog)["Several values of one patient: covid19_positive"] == (1, 2)
    assert catalog.where(modality="CT").counts["series"] == 1
    assert sorted(each for each in column(catalog, "series", "opacity") if each is not None) == [2.0]
    assert quality(catalog)["Row of annotations/covid-severity-scores.csv that belongs to no row"] == (1, 2)
    assert not {"date", "location", "clinical_notes", "url"} & set(catalog.repository.columns("series"))


@pytest.mark.parametrize("older", ["Data_Entry_2017.csv"])
def test_the_first_release_of_the_table_has_another_name_and_an_unnamed_column(nih: Path, older: str) -> None:
    table = nih / "Data_Entry_2017_v2020.csv"
    rows = table.read_text().replace("Patient Gender", "Patient Sex").splitlines()
    table.unlink()
    (nih / older).write_text("\n".join(f"{row}," for row in rows) + "\n")
    (nih / "train_val_list.txt").unlink()
    (nih / "BBox_List_2017.csv").unlink()
    catalog = open_catalog(nih, layout="nih-chestx-ray14")
    assert catalog.counts["patients"] == 4
    assert "n_boxes" not in catalog.repository.columns("series")
    assert set(column(catalog, "series", "official_split")) == {"test", "Not Reported"}


@pytest.mark.parametrize(
    ("folder", "key"), [("nih", "nih-chestx-ray14"), ("figure1", "figure1-covid"), ("covid", "covid-chestxray")]
)
def test_a_folder_is_known_by_what_it_holds(folder: str, key: str, request: pytest.FixtureRequest) -> None:
    root = request.getfixturevalue(folder)
    assert open_catalog(root).repository.key == f"layout:{key}"
    assert open_catalog(root).repository.build == open_catalog(root, layout=key).repository.build


def test_an_entry_of_the_data_catalog_is_opened_by_its_key_or_name(nih: Path, figure1: Path) -> None:
    catalog = datasets()
    assert catalog.open("NIH ChestX-ray14", nih).counts["patients"] == 4
    assert catalog.open("figure1-covid", figure1).counts["patients"] == 3
    assert set(layout_keys()) <= {entry.key for entry in catalog.entries}


# ------------------------------------------------------------------ what does not lie so
HERE = "Give the folder that holds the tables of the data set, or a layout of your own that says how it lies."


def refusal(layout: str | Path, folder: Path) -> str:
    """Return the message with which a folder is refused."""
    with pytest.raises(ValueError, match="does not lie") as error:
        open_catalog(folder, layout=layout)
    return str(error.value)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert refusal("nih-chestx-ray14", tmp_path / "empty") == (
        f"empty does not lie as NIH ChestX-ray14 does (nih-chestx-ray14): 1 problem.\n  The folder is empty.\n{HERE}"
    )


def test_a_folder_without_the_table_is_refused(nih: Path) -> None:
    (nih / "Data_Entry_2017_v2020.csv").unlink()
    assert refusal("nih-chestx-ray14", nih) == (
        "nih does not lie as NIH ChestX-ray14 does (nih-chestx-ray14): 1 problem.\n"
        f"  There is no table Data_Entry_2017_v2020.csv or Data_Entry_2017.csv.\n{HERE}"
    )


def test_every_column_that_is_lacking_in_any_table_is_named_at_once(nih: Path) -> None:
    table = nih / "Data_Entry_2017_v2020.csv"
    table.write_text(table.read_text().replace("Patient Gender", "Gender").replace("Finding Labels", "Findings"))
    (nih / "BBox_List_2017.csv").write_text("Image,Finding Label\nx,y\n")
    assert refusal("nih-chestx-ray14", nih) == (
        "nih does not lie as NIH ChestX-ray14 does (nih-chestx-ray14): 2 problems.\n"
        "  Data_Entry_2017_v2020.csv lacks the column 'Patient Gender' or 'Patient Sex', 'Finding Labels'; its columns "
        "are Image Index, Findings, Patient ID, Patient Age, Gender, View Position, … (11 in all).\n"
        "  BBox_List_2017.csv lacks the column 'Image Index'; the first line does not look like a header; 2 columns.\n"
        f"{HERE}"
    )


@pytest.mark.parametrize(
    ("layout", "folder", "other"),
    [
        ("nih-chestx-ray14", "covid", "covid-chestxray"),
        ("figure1-covid", "covid", "covid-chestxray"),
        ("covid-chestxray", "figure1", "figure1-covid"),
        ("covid-chestxray", "nih", "nih-chestx-ray14"),
    ],
)
def test_a_folder_of_another_layout_is_told(
    layout: str, folder: str, other: str, request: pytest.FixtureRequest
) -> None:
    said = refusal(layout, request.getfixturevalue(folder))
    assert said.endswith(f"It lies as {other} does. Open it with layout={other!r}.")


def test_a_column_by_which_a_table_is_known_must_be_there(covid: Path) -> None:
    shutil.rmtree(covid / "images")
    shutil.rmtree(covid / "volumes")
    assert "  metadata.csv lacks the column 'artifacts/distortion'; its columns are patientid, offset, sex" in refusal(
        "figure1-covid", covid
    )


def test_images_of_other_names_only_are_refused_without_naming_them(nih: Path) -> None:
    shutil.rmtree(nih / "images_002")
    shutil.rmtree(nih / "images_012")
    for path in (nih / "images_001" / "images").glob("0*.png"):
        path.rename(path.with_name(f"MRN-{path.name}"))
    said = refusal("nih-chestx-ray14", nih)
    assert said == (
        "nih does not lie as NIH ChestX-ray14 does (nih-chestx-ray14): 1 problem.\n"
        f"  None of the 5 images that the table names is there, but 3 others are.\n{HERE}"
    )
    assert "MRN" not in said


def test_the_table_alone_is_enough(nih: Path) -> None:
    for name in ("images_001", "images_002", "images_012"):
        shutil.rmtree(nih / name)
    catalog = open_catalog(nih, layout="nih-chestx-ray14")
    assert catalog.counts["patients"] == 4
    assert quality(catalog)["Image named in the table, but not on disk"] == (5, 5)


def test_a_damaged_table_is_refused_with_every_problem(covid: Path) -> None:
    (covid / "metadata.csv").write_text("\n".join([COVID_HEADER, *COVID_ROWS, "7,1"]) + "\n")
    (covid / "annotations" / "covid-severity-scores.csv").write_text(f"{SCORES}a.jpeg,1\n")
    assert refusal("covid-chestxray", covid) == (
        "covid does not lie as COVID-19 image data collection does (covid-chestxray): 2 problems.\n"
        "  metadata.csv: The last line, 8, ends after 2 of 21 fields: the file was cut short.\n"
        "  annotations/covid-severity-scores.csv: The last line, 4, ends after 2 of 3 fields: the file was cut short.\n"
        f"{HERE}"
    )


def test_keys_of_a_joined_table_that_are_not_unique_are_counted(covid: Path) -> None:
    (covid / "annotations" / "covid-severity-scores.csv").write_text(f"{SCORES}b.jpeg,1,1\n")
    assert "  annotations/covid-severity-scores.csv: 2 rows share their filename with another.\n" in refusal(
        "covid-chestxray", covid
    )


def test_rows_that_contradict_each_other_are_counted_without_their_names(nih: Path) -> None:
    table = nih / "Data_Entry_2017_v2020.csv"
    table.write_text(f"{table.read_text()}{NIH_ROWS[0].replace('PA', 'AP')}\n")
    with pytest.raises(ValueError, match="contradict") as error:
        open_catalog(nih, layout="nih-chestx-ray14")
    assert "1 of 5 series has rows that disagree: view (1)." in str(error.value)
    assert "00000001" not in str(error.value)


def test_a_place_that_is_no_folder_is_told(nih: Path) -> None:
    then = "NIH ChestX-ray14 is a folder with Data_Entry_2017_v2020.csv or Data_Entry_2017.csv."
    for place, what in ((nih / "no", "is not there"), (nih / "README.txt", "is a file")):
        with pytest.raises(FileNotFoundError) as error:
            open_catalog(place, layout="nih-chestx-ray14")
        assert str(error.value) == f"{place} {what}. {then} Give the path of that folder."


def test_an_unknown_layout_names_the_nearest(nih: Path) -> None:
    with pytest.raises(UnknownNameError) as error:
        open_catalog(nih, layout="nih-chestxray14")
    assert str(error.value) == (
        "No layout 'nih-chestxray14' in the workbench. Did you mean 'nih-chestx-ray14' or 'covid-chestxray'? "
        "Valid: covid-chestxray, figure1-covid, nih-chestx-ray14. Or give the path of a YAML file: the README shows "
        "one of ten lines."
    )


def test_columns_beside_a_layout_are_refused(nih: Path) -> None:
    with pytest.raises(ValueError, match="Either") as error:
        open_catalog(nih, layout="nih-chestx-ray14", columns={"patient_id": "Patient ID"})
    assert str(error.value) == (
        "Received columns and a layout. Either says what the columns of a table mean. Leave one of them out."
    )


# ------------------------------------------------------------------ a layout of your own
OWN: dict[str, Any] = {
    "key": "my-scans",
    "name": "My scans",
    "documented": [{"page": "https://example.org/scans", "words": "subject, months"}],
    "table": {"files": ["scans.tsv"]},
    "columns": {
        "patient_id": "subject",
        "study_uid": "scan",
        "series_uid": "scan",
        "age_years": {"column": "months", "unit": "months"},
        "sex": {"column": "code", "values": {"1": "Male", "2": "Female"}},
        "modality": {"constant": "MR"},
        "ward": {"column": ["ward", "station"], "optional": True},
    },
}


def own(tmp_path: Path, **changes: Any) -> Path:
    """Return the file of a layout of one's own."""
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(OWN | changes, sort_keys=False), encoding="utf-8")
    return path


def test_a_layout_of_your_own_reads_months_codes_and_alternatives(write: Callable[..., Path], tmp_path: Path) -> None:
    rows = "subject\tscan\tmonths\tcode\tstation\na\ts1\t30\t1\tnorth\nb\ts2\tsome\t2\t\nc\ts3\t1470\t9\tsouth\n"
    folder = write("mine", **{"scans.tsv": rows})
    catalog = open_catalog(folder, layout=own(tmp_path))
    assert catalog.repository.key == "layout:my-scans"
    assert column(catalog, "patients", "age_years") == [2.5, None, None]  # 1,470 months are 122.5 years
    assert column(catalog, "patients", "age_missing") == [None, "Unknown", "Unknown"]
    assert column(catalog, "patients", "sex") == ["Male", "Female", "Unknown"]
    assert column(catalog, "series", "ward") == ["north", "Not Reported", "south"]
    assert quality(catalog)["Age is no age"] == (2, 3)
    (folder / "scans.tsv").write_text(rows.replace("station", "floor"))
    assert "ward" not in open_catalog(folder, layout=own(tmp_path)).repository.columns("series")


def test_a_changed_folder_or_layout_is_read_again(write: Callable[..., Path], tmp_path: Path) -> None:
    folder = write("mine", **{"scans.tsv": "subject\tscan\tmonths\tcode\na\ts1\t30\t1\n"})
    first = open_catalog(folder, layout=own(tmp_path))
    assert open_catalog(folder, layout=own(tmp_path)).repository.build == first.repository.build
    (folder / "scans.tsv").write_text("subject\tscan\tmonths\tcode\na\ts1\t30\t2\n")
    assert column(open_catalog(folder, layout=own(tmp_path)), "patients", "sex") == ["Female"]
    columns = OWN["columns"] | {"sex": {"constant": "Male"}}
    assert column(open_catalog(folder, layout=own(tmp_path, columns=columns)), "patients", "sex") == ["Male"]
    moved = folder.rename(tmp_path / "moved")
    assert open_catalog(moved, layout=own(tmp_path)).counts["patients"] == 1


THEN = "Compare it with data_catalog/schema/layout.schema.json and the layouts in data_catalog/layouts, and correct it."


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        (
            {"columns": {"sex": "code"}},
            [
                "9: 'patient_id' is missing from columns; a column, several, or a mapping that says what it is made "
                "from would be right."
            ],
        ),
        (
            {"table": {"files": ["../secret.csv"]}},
            [
                "8: '../secret.csv' came as file 1 of table; a path below the folder, with / and without . .. or :, "
                "would be right."
            ],
        ),
        (
            {"columns": OWN["columns"] | {"age_years": {"column": "a", "unit": "moons"}}},
            [
                "15: No unit 'moons' as unit of age years of columns. Did you mean 'months'? Valid: years, months, "
                "weeks, days."
            ],
        ),
        (
            {
                "columns": OWN["columns"]
                | {"sex": {"colum": "a"}, "age_years": {"values": {"1": "2"}, "column": "a", "number": "x"}}
            },
            [
                "17: 'x' came as number of age years of columns; true or false would be right.",
                "18: Sex of columns has none of its fields; one of column, constant, join would be right.",
                "19: No field 'colum' in sex of columns. Did you mean 'column'? Fields: column, constant, join, else, "
                "extract, values, others, unit, number, first_of, optional.",
            ],
        ),
        (
            {
                "columns": {"patient_id": "p", "Ward": {"column": "w", "else": "x"}, "ward": []},
                "joins": [{"files": ["a.csv"], "on": {}}],
            },
            [
                "11: 'Ward' came as Ward of columns; a name of small letters, digits and underscores, such as "
                "view_position, would be right.",
                "13: 'else' stands in Ward of columns without 'join'; 'join' beside it would be right.",
                "14: Ward of columns holds 0; 1 or more would be right.",
                "16: Join 1 has none of its fields; one or more of count, columns would be right.",
                "18: On of join 1 holds 0; 1 would be right.",
            ],
        ),
        (
            {
                "columns": OWN["columns"] | {"body_region": "place", "weight": {"column": "kg", "unit": "days"}},
                "labels": {"column": "l", "separator": "|", "names": {"ward": "Ward", "race": "Race"}},
            },
            [
                "28: The catalog makes the column 'body_region' itself; another name would be right.",
                "31: 'weight' has a unit; only an age has one. Leave it out.",
                "36: The name 'ward' is used twice; another would be right. Rename one of the two.",
                "37: The catalog makes the column 'race' itself; another name would be right.",
            ],
        ),
        (
            {"columns": {"patient_id": "p", "series_uid": "s", "sex": {"column": "x", "number": True}}},
            [
                "11: 'series_uid' came without 'study_uid'; a series belongs to a study. Map both.",
                "14: The catalog knows itself what 'sex' is. Leave number out.",
            ],
        ),
        (
            {
                "columns": {"patient_id": {"column": "p", "optional": True, "extract": "("}},
                "joins": [
                    {
                        "files": ["a.csv"],
                        "on": {"p": "p"},
                        "columns": {
                            "score": {"column": "s", "extract": r"\("},
                            "sign": {"column": "s", "extract": "(?=x)(x)", "first_of": ["a"]},
                        },
                    }
                ],
            },
            [
                "12: A row without a patient is none. Leave optional out.",
                "13: '(' is no regular expression (unclosed group). One such as ([0-9]+) would be right.",
                r"22: '\\(' has no group; one in parentheses, such as ([0-9]+), would be right.",
                "25: '(?=x)(x)' is no regular expression (look-around, including look-ahead and look-behind, is not "
                "supported). One such as ([0-9]+) would be right.",
                "26: Another table has no patients of its own. Leave first_of out.",
            ],
        ),
        (
            {"columns": {"patient_id": "p"}, "images": {"files": ["*.png"], "named_by": "p"}},
            ["11: 'images' came without 'series_uid'; a row that is an image would be right. Map series_uid."],
        ),
    ],
)
def test_a_wrong_layout_is_refused_with_every_problem(
    tmp_path: Path, changes: dict[str, Any], problems: list[str]
) -> None:
    with pytest.raises(ValueError, match="no layout") as error:
        read_layout(own(tmp_path, **changes))
    n = len(problems)
    lines = "\n".join(f"  own.yaml:{line}" for line in problems)
    head = f"own.yaml is no layout: it has {n} problem{'s' * (n != 1)}."
    assert str(error.value) == f"{head}\n{lines}\n{THEN}"


@pytest.mark.parametrize(
    "file", ["a\n/../../b.csv", "C:/b.csv", "..", ".", "a/", "/a", "a//b", "a/./b", "a/..", "a\\b", "a\tb", ""]
)
def test_a_file_out_of_the_folder_is_refused(tmp_path: Path, file: str) -> None:
    said = "a path below the folder, with / and without . .. or :, would be right."
    with pytest.raises(ValueError, match="no layout") as error:
        read_layout(own(tmp_path, table={"files": [file]}))
    assert str(error.value).splitlines()[1:-1] == [f"  own.yaml:8: {file!r} came as file 1 of table; {said}"]


@pytest.mark.parametrize("file", ["a..csv", "x/..a", "a b/c.csv", ".hidden/a.csv", "a/b.c/d", "...", "caf\u00e9.csv"])
def test_a_file_below_the_folder_is_right(tmp_path: Path, file: str) -> None:
    assert read_layout(own(tmp_path, table={"files": [file]})).fields["table"]["files"] == [file]


@pytest.mark.parametrize(
    ("pattern", "right"),
    [("*/*.png", True), ("**/*.png", True), ("a/**/b?.png", True), ("**", True), ("images/**.png", False),
     ("***", False), ("a**/b", False), (".", False), ("../*.png", False)],
)  # fmt: skip
def test_a_pattern_of_images_is_one_that_can_be_looked_for(
    write: Callable[..., Path], tmp_path: Path, pattern: str, right: bool
) -> None:
    folder = write("mine", **{"scans.tsv": "subject\tscan\tmonths\tcode\na\ts1\t30\t1\n"})
    layout = own(tmp_path, images={"files": [pattern], "named_by": "scan"})
    if right:
        assert open_catalog(folder, layout=layout).counts["series"] == 1
        return
    said = "a pattern below the folder, with / and without . .. or :, and ** only between slashes, would be right."
    with pytest.raises(ValueError, match="no layout") as error:
        open_catalog(folder, layout=layout)
    assert str(error.value).splitlines()[1].endswith(f"{pattern!r} came as file 1 of images; {said}")


@pytest.mark.parametrize("what", ["table", "image", "folder"])
def test_a_link_out_of_the_folder_is_refused(write: Callable[..., Path], tmp_path: Path, what: str) -> None:
    outside = write("outside", **{"scans.tsv": "subject\tscan\tmonths\tcode\na\ts1.png\t30\t1\n", "s1.png": ""})
    folder = write("mine", **{"scans.tsv": (outside / "scans.tsv").read_text()})
    link, target = {
        "table": (folder / "scans.tsv", outside / "scans.tsv"),
        "image": (folder / "images" / "s1.png", outside / "s1.png"),
        "folder": (folder / "images", outside),
    }[what]
    link.unlink(missing_ok=True)
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(target)
    layout = own(tmp_path, images={"files": ["images/*.png"], "named_by": "scan"})
    with pytest.raises(ValueError, match="does not lie") as error:
        open_catalog(folder, layout=layout)
    told = "scans.tsv is a link out of the folder; a file in it would be right."
    if what != "table":
        told = "1 of 1 images are links out of the folder; files in it would be right."
    assert str(error.value).splitlines()[1] == f"  {told}"


def test_a_link_within_the_folder_is_followed(write: Callable[..., Path], tmp_path: Path) -> None:
    folder = write("mine", **{"scans.tsv": "subject\tscan\tmonths\tcode\na\ts1.png\t30\t1\n", "store/x.png": ""})
    (folder / "images").mkdir()
    (folder / "images" / "s1.png").symlink_to(folder / "store" / "x.png")
    (tmp_path / "also-mine").symlink_to(folder)
    layout = own(tmp_path, images={"files": ["images/*.png"], "named_by": "scan"})
    assert open_catalog(tmp_path / "also-mine", layout=layout).counts["instances"] == 1


def test_columns_of_a_joined_table_may_bear_any_name(write: Callable[..., Path], tmp_path: Path) -> None:
    tables = {"scans.tsv": "subject\tscan\tmonths\tcode\na\ts1\t30\t1\n", "more.csv": "id,word\ns1,seven\n"}
    joined = {"files": ["more.csv"], "on": {"scan": "id"}, "columns": {"key": "word"}, "count": "name"}
    catalog = open_catalog(write("mine", **tables), layout=own(tmp_path, joins=[joined]))
    assert (column(catalog, "series", "key"), column(catalog, "series", "name")) == (["seven"], [1])


def test_a_joined_table_without_any_optional_column_adds_none(write: Callable[..., Path], tmp_path: Path) -> None:
    tables = {"scans.tsv": "subject\tscan\tmonths\tcode\na\ts1\t30\t1\n", "more.csv": "id\ns1\n"}
    joined = {"files": ["more.csv"], "on": {"scan": "id"}, "columns": {"x": {"column": "x", "optional": True}}}
    catalog = open_catalog(write("mine", **tables), layout=own(tmp_path, joins=[joined]))
    assert catalog.counts["series"] == 1
    assert "x" not in catalog.repository.columns("series")


def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("key: [")
    with pytest.raises(ValueError, match="no layout") as error:
        read_layout(tmp_path / "bad.yaml")
    assert str(error.value) == (
        "bad.yaml is no layout: it has 1 problem.\n  bad.yaml:2: The file is not YAML from here on (did not find "
        f"expected node content). Text that holds a colon, a quote or # stands in quotes.\n{THEN}"
    )


def test_words_that_yaml_takes_for_something_else_are_words(tmp_path: Path) -> None:
    text = yaml.safe_dump(OWN, sort_keys=False).replace("'1': Male", "1: Yes").replace("'2': Female", "no: 2020-01-02")
    (tmp_path / "own.yaml").write_text(text)
    assert read_layout(tmp_path / "own.yaml").columns["sex"]["values"] == {"1": "Yes", "no": "2020-01-02"}


@pytest.mark.parametrize("key", layout_keys())
def test_every_shipped_layout_is_valid_and_says_where_it_is_documented(key: str, tmp_path: Path) -> None:
    layout = read_layout(key)
    copy = shutil.copy(asset_path("data_catalog", "layouts", f"{key}.yaml"), tmp_path)
    assert read_layout(copy) == layout  # a copy is checked, a shipped one is not
    assert layout.key == key
    assert all(each["page"].startswith("https://") and each["words"] for each in layout.fields["documented"])


# ------------------------------------------------------------------ laws
_CELL = st.one_of(st.none(), st.sampled_from(["Yes", "No", "Y", "maybe", "1.5", "-", "nan", "inf"]))
_FINDINGS = ("No Finding", "Hernia", "Mass", "Oddity")
_ROW = st.tuples(
    st.integers(1, 4), st.integers(0, 130), st.sets(st.sampled_from(_FINDINGS), min_size=1, max_size=3), st.booleans()
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=examples(15))
@given(rows=st.lists(_ROW, min_size=1, max_size=8))
def test_counts_of_a_folder_are_those_of_its_rows(rows: list[tuple[int, int, set[str], bool]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        root, lines = Path(place), [NIH_HEADER]
        for number, (patient, age, findings, there) in enumerate(rows):
            labels = "|".join(sorted(findings))
            lines.append(f"{number}.png,{labels},{number},{patient},{age},F,PA,1,1,1,1")
            if there:
                _file(root / "images" / f"{number}.png")
        (root / "Data_Entry_2017.csv").write_text("\n".join(lines))
        catalog = open_catalog(root, layout="nih-chestx-ray14")
        assert catalog.counts["patients"] == len({patient for patient, *_ in rows})
        assert catalog.counts["studies"] == catalog.counts["series"] == len(rows)
        for name, label in {"hernia": "Hernia", "mass": "Mass", "no_finding": "No Finding"}.items():
            assert column(catalog, "series", name).count("Yes") == sum(label in findings for _, _, findings, _ in rows)
        counted = quality(catalog)
        assert counted["Label that the layout does not name"][0] == sum("Oddity" in row[2] for row in rows)
        assert counted["Image named in the table, but not on disk"][0] == sum(not there for *_, there in rows)
        assert counted["Age is no age"][0] == sum(age > 122 for _, age, *_ in rows)  # nobody has been older


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=examples(60))
@given(rows=st.lists(st.tuples(st.sampled_from("abc"), _CELL), min_size=1, max_size=12))
def test_a_patient_has_one_value_that_one_of_the_rows_has(rows: list[tuple[str, str | None]]) -> None:
    table = pl.DataFrame(rows, schema={"who": pl.String, "test": pl.String}, orient="row")
    rules = {
        "patient_id": column_rule("who"),
        "result": column_rule({"column": "test", "first_of": ["Yes", "No"]}),
        "number": column_rule({"column": "test", "number": True}),
    }
    made, counted = make_columns(table, rules)
    assert made["patient_id"].to_list() == [who for who, _ in rows]  # the order of the rows is kept
    for who in {who for who, _ in rows}:
        said = {value for each, value in rows if each == who}
        expected = "Yes" if "Yes" in said else "No" if "No" in said else None
        assert set(made.filter(patient_id=who)["result"]) == {expected}
    known = [value for _, value in rows if value is not None]
    assert counted[0][2] == sum(value != "1.5" for value in known)
    several = [who for who in {who for who, _ in rows} if len({v for w, v in rows if w == who and v is not None}) > 1]
    assert counted[1][2] == len(several)


# ------------------------------------------------------------------ the command line
def test_the_command_line_opens_a_folder_by_its_layout(
    nih: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ["--source", str(nih), "--layout", "nih-chestx-ray14"]
    saved = tmp_path / "women.yaml"
    assert main(["cohort", "new", *words, "--where", "sex=Female", "--save", str(saved)]) == 0
    assert "3 patients" in capsys.readouterr().out
    assert main(["cohort", "show", str(saved), "--source", str(nih)]) == 0  # the file names the layout
    assert "3 patients" in capsys.readouterr().out
    assert main(["cohort", "show", str(saved)]) == 2
    assert capsys.readouterr().err.endswith(
        f"{saved} was selected from a source of the kind 'layout:nih-chestx-ray14', which lies where only you know. "
        "Its folder would be right. Add: --source FOLDER\n"
    )
    assert main(["cohort", "new", "--layout", "nih-chestx-ray14", "--where", "sex=Female"]) == 2
    assert capsys.readouterr().err.endswith(
        "--layout nih-chestx-ray14 was received without a folder. The folder of the data set would be right. "
        "Add: --source FOLDER\n"
    )


def test_a_cohort_of_another_source_says_how_to_open_its_own(nih: Path, commons: Catalog, tmp_path: Path) -> None:
    saved = tmp_path / "all.yaml"
    open_catalog(nih, layout="nih-chestx-ray14").where(sex="Female").save(saved)
    with pytest.raises(UnknownNameError) as error:
        commons.read_cohort(saved)
    assert str(error.value) == (
        "No source 'layout:nih-chestx-ray14' in this catalog. Valid: idc. "
        "Open it: open_catalog('FOLDER', layout='nih-chestx-ray14')."
    )


def test_a_public_page_opens_no_folder(nih: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_PUBLIC", "1")
    with pytest.raises(PermissionError):
        open_catalog(nih, layout="nih-chestx-ray14")
