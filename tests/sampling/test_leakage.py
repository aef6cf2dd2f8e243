"""Leaks are found in any split, under any name, and no report prints whom they concern."""

from pathlib import Path

import polars as pl
import pytest

from workbench.errors import UnknownNameError
from workbench.sampling import find_leakage, read_split, stratified_split, write_split

LEAKY = pl.DataFrame(
    {
        "PatientID": ["secret-1", "secret-1 ", "secret-2", "secret-3", None],
        "StudyInstanceUID": ["1.2", "1.3", "1.4", "1.4", "1.5"],
        "part": ["train", "test", "train", "test", None],
    }
)


def test_patients_and_studies_on_two_sides_are_counted_without_naming_them() -> None:
    report = find_leakage(LEAKY)
    assert not report.is_clean
    assert report.table.rows() == [("PatientID", 3, 1, 2, 1), ("StudyInstanceUID", 4, 1, 2, 0)]
    assert report.leaked.rows() == [
        ("PatientID", "secret-1", "test, train", 2),
        ("StudyInstanceUID", "1.4", "test, train", 2),
    ]
    assert report.sentence == (
        "Leakage: 1 of 3 values of PatientID are on several sides, in 2 rows; 1 of 4 values of StudyInstanceUID are on "
        "several sides, in 2 rows. Checked: PatientID, StudyInstanceUID. 1 of 5 rows are in no part. "
        "1 rows have no PatientID."
    )
    assert "secret" not in repr(report) + report._repr_html_()


def test_a_split_by_person_is_clean_until_one_row_is_moved() -> None:
    table = pl.DataFrame({"person_id": [i // 3 for i in range(60)], "series_uid": [f"1.{i}" for i in range(60)]})
    split = stratified_split(table, by=[], fractions=[0.6, 0.2, 0.2], seed=5)
    assert find_leakage(split).sentence == (
        "No leakage between train, validation, test: no value of person_id, series_uid is on two sides."
    )
    side = pl.when(pl.int_range(60) == 0).then(pl.lit("elsewhere")).otherwise(pl.col("part").cast(pl.String))
    assert find_leakage(split.with_columns(side.alias("part"))).leaked["column"].to_list() == ["person_id"]


def test_any_column_can_be_asked_for() -> None:
    split = pl.DataFrame({"scan": [1, 1], "site_id": ["A", "A"], "side": ["x", "y"]})
    report = find_leakage(split, unit="scan", part="side", columns=["site_id"])
    assert report.table["n_on_several_sides"].to_list() == [1, 1]
    assert find_leakage(split.clear(), unit="scan", part="side").is_clean


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "No column 'part' in the split. Valid: name, side. Name it in part=."),
        ({"part": "side"}, "No column 'person_id' in the split. Valid: name, side. Name it in unit=."),
        (
            {"part": "side", "unit": "name", "columns": ["site"]},
            "No column 'site' in the split. Did you mean 'side'? Valid: name, side. Name it in columns=.",
        ),
    ],
)
def test_a_missing_column_is_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        find_leakage(pl.DataFrame({"name": ["a"], "side": ["x"]}), **arguments)  # type: ignore[arg-type]
    assert str(caught.value) == message


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_written_split_reads_back(tmp_path: Path, kind: str) -> None:
    table = pl.DataFrame({"person_id": ["007", "#8", "9"], "sex": ["F", None, "M"]})
    split = stratified_split(table, by=["sex"], fractions=[0.5, 0.5], seed=1)
    path = write_split(split, tmp_path / f"split.{kind}", comment="cohort 1f2e\nseed 1")
    back = read_split(path)
    assert back.with_columns(pl.col("part").cast(pl.String)).equals(split.with_columns(pl.col("part").cast(pl.String)))
    if kind == "csv":
        assert path.read_text().splitlines()[:3] == ["# cohort 1f2e", "# seed 1", "person_id,sex,part"]
    else:
        assert pl.read_parquet_metadata(path)["comment"] == "cohort 1f2e\nseed 1"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_file_that_is_no_split_says_so(tmp_path: Path) -> None:
    (tmp_path / "split.csv").write_text("person_id,side\n1,train\n")
    with pytest.raises(UnknownNameError) as caught:
        read_split(tmp_path / "split.csv")
    assert str(caught.value) == (
        "No column 'part' in split.csv. Valid: person_id, side. Name the column of sides in part=."
    )
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(ValueError, match=r"broken\.parquet") as damaged:
        read_split(tmp_path / "broken.parquet")
    assert str(damaged.value) == (
        "The split file 'broken.parquet' cannot be read as parquet. It should be a table with a header and one row a "
        "patient, study, series or image. Write it again, such as with workbench.sampling.write_split."
    )
    (tmp_path / "latin.csv").write_bytes(b"name,part\nJos\xe9,train\n")
    with pytest.raises(ValueError, match="cannot be read as csv"):
        read_split(tmp_path / "latin.csv")
    with pytest.raises(ValueError, match=r"split\.xlsx") as kind:
        write_split(pl.DataFrame(), tmp_path / "split.xlsx")
    assert str(kind.value) == (
        "Received the split file 'split.xlsx'. Its name must end in .csv or .parquet. Rename it."
    )
