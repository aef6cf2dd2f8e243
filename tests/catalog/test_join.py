"""A user's table joins to patients, studies or series; both sides are counted, contradictions refused."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.cache import cache_folder
from workbench.catalog.join import join_table
from workbench.catalog.repository import Repository
from workbench.catalog.sources.table import open_table
from workbench.errors import UnknownNameError

ROWS = pl.DataFrame(
    {
        "collection_id": ["a", "a", "a", "b"],
        "patient_id": ["1", "1", "2", "1"],
        "study_uid": ["s1", "s2", "s3", "s4"],
        "series_uid": ["x1", "x2", "x3", "x4"],
    }
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def source() -> Repository:
    """Return three patients with four series; patients 1 of a and 1 of b share an identifier."""
    return open_table(ROWS, name="source")


def test_an_identifier_that_two_collections_use_matches_in_both(source: Repository) -> None:
    labels = pl.DataFrame({"patient_id": ["1", "9"], "outcome": ["died", "left"]})
    joined, report = join_table(source, labels, on="patient_id")
    assert joined.column("patients", "outcome").to_list() == ["died", "Not Reported", "died"]
    assert (report.n_matched, report.n_total, report.n_rows_matched, report.n_rows) == (2, 3, 1, 2)
    assert str(report) == (
        "Joined outcome on patient_id: 2 of 3 patients have a row in the table; "
        "1 of the table's 2 rows have no partner."
    )


def test_the_pair_of_collection_and_patient_tells_them_apart(source: Repository) -> None:
    labels = pl.DataFrame({"collection_id": ["b"], "patient_id": [1], "score": [7]})
    joined, report = join_table(source, labels, on=["collection_id", "patient_id"])
    assert joined.column("patients", "score").to_list() == [None, None, 7]
    assert report.table.rows() == [("patients of the source", 1, 2, 3), ("rows of the table", 1, 0, 1)]


def test_studies_and_series_can_be_joined_to(source: Repository) -> None:
    joined, _ = join_table(source, pl.DataFrame({"study_uid": ["s4", "s1"], "read": [True, False]}), on="study_uid")
    assert joined.column("studies", "read").to_list() == ["No", "Not Reported", "Not Reported", "Yes"]
    twice, report = join_table(joined, pl.DataFrame({"series_uid": ["x3"], "grade": [2.5]}), on="series_uid")
    assert twice.column("series", "grade").to_list() == [None, None, 2.5, None]
    assert twice.column("studies", "read").to_list() == ["No", "Not Reported", "Not Reported", "Yes"]
    assert report.n_total == 4


def test_race_and_sex_become_closed_categories_and_the_unknown_are_counted(source: Repository) -> None:
    labels = pl.DataFrame({"patient_id": ["1", "2", "3"], "race": ["black", "Martian", "Klingon"]})
    joined, report = join_table(source, labels, on="patient_id")
    assert joined.column("patients", "race").to_list() == [
        "Black or African American",
        "Unknown",
        "Black or African American",
    ]
    assert report.n_unknown == {"race": 2}
    assert str(report).endswith("2 rows hold no category of race: Unknown.")


def test_columns_are_chosen_and_renamed(source: Repository, tmp_path: Path) -> None:
    pl.DataFrame({"patient_id": ["1"], "sex": ["F"], "other": [1]}).write_csv(tmp_path / "labels.csv")
    joined, report = join_table(source, tmp_path / "labels.csv", on="patient_id", columns={"sex_by_chart": "sex"})
    assert joined.column("patients", "sex_by_chart").to_list() == ["F", "Not Reported", "F"]
    assert report.columns == ("sex_by_chart",)


def test_a_joined_repository_has_a_build_of_its_own_and_is_controlled(source: Repository) -> None:
    labels = pl.DataFrame({"patient_id": ["1"], "outcome": ["died"]})
    joined, _ = join_table(source, labels, on="patient_id")
    again, _ = join_table(source, labels, on="patient_id")
    other, _ = join_table(source, labels.with_columns(outcome=pl.lit("lived")), on="patient_id")
    assert joined.build == again.build != other.build
    assert joined.build.startswith(f"{source.build}+join.")
    assert joined.key == source.key
    assert joined.disclosure == "controlled"
    assert joined.original_column("patient_id").to_list() == source.original_column("patient_id").to_list()


def test_the_join_is_written_into_the_data_quality(source: Repository) -> None:
    joined, _ = join_table(source, pl.DataFrame({"patient_id": ["2", "8"], "arm": ["A", "B"]}), on="patient_id")
    added = joined.data_quality.tail(2).select("rule", "unit", "n", "n_total").rows()
    assert added == [
        ("Without a row in the joined table (arm)", "patients", 2, 3),
        ("Row of the joined table (arm) without a partner", "rows", 1, 2),
    ]


def test_keys_of_files_are_told_apart_as_they_are_written(tmp_path: Path) -> None:
    ids = ["1.1", "1.10", "1e2", "100", "12345678901234567890", "12345678901234567891"]
    (tmp_path / "own.csv").write_text("\n".join(["patient_id", *ids]))
    source = open_table(tmp_path / "own.csv")
    labels = [f"{each},{number}" for number, each in enumerate(ids)]
    (tmp_path / "labels.csv").write_text("\n".join(["patient_id,score", *labels]))
    joined, report = join_table(source, tmp_path / "labels.csv", on="patient_id")
    scores = dict(zip(joined.original_column("patient_id"), joined.column("patients", "score"), strict=True))
    assert scores == {each: number for number, each in enumerate(ids)}
    assert (report.n_matched, report.n_merged) == (6, 0)


def test_decimal_keys_of_a_parquet_file_are_not_cut(tmp_path: Path) -> None:
    source = open_table(pl.DataFrame({"patient_id": ["1.1", "1.9", "2"]}))
    pl.DataFrame({"patient_id": [1.1, 1.9], "score": [1, 2]}).write_parquet(tmp_path / "labels.parquet")
    joined, _ = join_table(source, tmp_path / "labels.parquet", on="patient_id")
    assert joined.column("patients", "score").to_list() == [1, 2, None]


def test_identical_rows_are_merged_and_rows_without_a_key_have_no_partner(source: Repository) -> None:
    labels = pl.DataFrame({"patient_id": ["1", "1", None], "arm": ["A", "A", "B"]})
    _, report = join_table(source, labels, on="patient_id")
    assert (report.n_merged, report.n_rows, report.n_rows_matched) == (1, 2, 1)


def test_the_public_index_joined_to_a_users_table_is_controlled(repository: Repository) -> None:
    some = repository.original_column("patient_id").head(1)
    joined, report = join_table(repository, pl.DataFrame({"patient_id": some, "race": ["Asian"]}), on="patient_id")
    assert joined.disclosure == "controlled"
    assert report.n_matched >= 1
    assert (joined.column("patients", "race") == "Asian").sum() == report.n_matched


def test_rows_that_disagree_are_refused_without_naming_anybody(source: Repository) -> None:
    before = set(cache_folder().iterdir())
    with pytest.raises(ValueError, match="contradicts") as error:
        join_table(source, pl.DataFrame({"patient_id": ["1", "1"], "arm": ["A", "B"]}), on="patient_id")
    assert str(error.value) == (
        "The table contradicts itself: 1 of 1 keys of the table has rows that disagree: arm (1). "
        "A table to join says one thing about each key. Keep one row for each, or sum them up first."
    )
    assert set(cache_folder().iterdir()) == before


def test_a_name_that_is_taken_is_refused(source: Repository) -> None:
    with pytest.raises(ValueError, match="already") as error:
        join_table(source, pl.DataFrame({"patient_id": ["1"], "sex": ["F"]}), on="patient_id")
    assert str(error.value) == (
        "The source has sex already. A joined column needs a name of its own. Name it: columns={'sex_of_mine': 'sex'}."
    )


def test_a_key_that_is_none_is_refused(source: Repository) -> None:
    with pytest.raises(UnknownNameError) as error:
        join_table(source, pl.DataFrame({"PatientID": ["1"], "arm": ["A"]}), on="PatientID")
    assert str(error.value) == (
        "No key 'PatientID' in the join. Did you mean 'patient_id'? "
        "Valid: patient_id, collection_id and patient_id, study_uid, series_uid. Join on one of these."
    )


def test_a_column_that_is_not_there_is_refused(source: Repository) -> None:
    with pytest.raises(UnknownNameError) as error:
        join_table(source, pl.DataFrame({"patient_id": ["1"], "arm": ["A"]}), on="patient_id", columns=["arn"])
    assert str(error.value) == (
        "No column 'arn' in the table. Did you mean 'arm'? Valid: patient_id, arm. Rename or choose another column."
    )


def test_a_table_of_keys_alone_is_refused(source: Repository) -> None:
    with pytest.raises(ValueError, match="no column") as error:
        join_table(source, pl.DataFrame({"patient_id": ["1"]}), on="patient_id")
    assert str(error.value) == "The table has no column to join. It needs one beside the keys. Add a column."


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["x1", "x2", "x3", "x4", "y1", "y2"]), unique=True, max_size=6), st.data())
def test_both_sides_add_up_and_every_value_stands_where_its_key_does(
    source: Repository, keys: list[str], data: st.DataObject
) -> None:
    values = data.draw(st.lists(st.integers(0, 9), min_size=len(keys), max_size=len(keys)))
    labels = pl.DataFrame({"series_uid": keys, "n": values}, schema={"series_uid": pl.String, "n": pl.Int64})
    joined, report = join_table(source, labels, on="series_uid")
    expected = dict(zip(keys, values, strict=True))
    found = zip(joined.original_column("series_uid"), joined.column("series", "n"), strict=True)
    assert all(value == expected.get(uid) for uid, value in found)
    assert report.n_matched == report.n_rows_matched == len({"x1", "x2", "x3", "x4"} & set(keys))
    assert report.n_rows == len(keys)


def test_a_first_row_that_stands_for_a_header_is_not_repeated(source: Repository, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("SECRET-1,SECRET NAME,F\nSECRET-2,SECRET OTHER,M\n")
    with pytest.raises(UnknownNameError) as error:
        join_table(source, tmp_path / "t.csv", on="patient_id")
    assert str(error.value) == (
        "No column 'patient_id' in the table: the first line does not look like a header; 3 columns. "
        "Rename or choose another column."
    )


def test_lists_are_joined_as_categories_and_durations_refused(source: Repository) -> None:
    table = pl.DataFrame({"patient_id": ["1"], "grades": [[1, 2]], "stay": [timedelta(days=1)]})
    joined, _ = join_table(source, table.drop("stay"), on="patient_id")
    assert joined.column("patients", "grades").to_list() == ["1, 2", "Not Reported", "1, 2"]
    with pytest.raises(TypeError, match=r"cannot be filtered by: stay \(duration\)\."):
        join_table(source, table, on="patient_id")
