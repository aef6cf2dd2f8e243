"""A user's table opens with a mapping: a row is a patient, a study or a series."""

import math
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.cache import cache_folder
from workbench.catalog.repository import Repository
from workbench.catalog.sources.table import open_table, read_table
from workbench.errors import UnknownNameError

WHO = (
    "Say which column identifies patients: columns={'patient_id': '…'}, in commons.toml "
    'columns = { patient_id = "…" }, in a shell --columns patient_id=….'
)


def column(repository: Repository, table: str, name: str) -> list[object]:
    """Return a column as a list."""
    return repository.column(table, name).to_list()


def quality(repository: Repository) -> dict[str, int]:
    """Return each rule and how often it applied."""
    return dict(repository.data_quality.select("rule", "n").iter_rows())


def test_a_row_is_a_patient_when_only_patients_are_mapped() -> None:
    frame = pl.DataFrame({"pid": ["b", "a"], "gender": ["f", "MALE"], "age": [44, 890], "smoker": [True, None]})
    repository = open_table(frame, columns={"patient_id": "pid", "sex": "gender", "age_years": "age"})
    assert column(repository, "patients", "sex") == ["Male", "Female"]
    assert column(repository, "patients", "age_years") == [90.0, 44.0]
    assert column(repository, "patients", "smoker") == ["Not Reported", "Yes"]
    assert column(repository, "series", "listed") == [False, False]
    assert repository.disclosure == "controlled"


def test_a_row_is_a_study_when_studies_are_mapped() -> None:
    frame = pl.DataFrame(
        {"patient_id": ["a", "a"], "study_uid": ["s1", "s2"], "age_years": ["042Y", None], "modality": ["CR, DX", "CT"]}
    )
    repository = open_table(frame)
    assert column(repository, "studies", "age_at_study_years") == [42.0, None]
    assert column(repository, "studies", "age_missing") == [None, "Not Reported"]
    assert column(repository, "patients", "age_years") == [42.0]
    assert column(repository, "series", "modality") == ["CR", "DX", "CT"]
    assert column(repository, "series", "listed") == [False, False, False]


def test_a_row_is_a_series_when_series_are_mapped() -> None:
    frame = pl.DataFrame(
        {
            "patient_id": ["a", "a", "b"],
            "study_uid": ["s1", "s1", "s2"],
            "series_uid": ["x", "y", "z"],
            "age": [41, 40, 7],
            "sex": ["F", "M", "F"],
            "BodyPartExamined": ["CHEST", None, "LUNG"],
            "quality": [1.5, None, 2.0],
        }
    )
    repository = open_table(frame, columns={"age_years": "age", "body_part": "BodyPartExamined"})
    assert column(repository, "series", "listed") == [True, True, True]
    assert column(repository, "studies", "age_at_study_years") == [40.0, 7.0]
    assert column(repository, "patients", "sex") == ["Conflicting", "Female"]
    assert column(repository, "series", "body_region") == ["Chest", "Not Reported", "Chest"]
    assert column(repository, "series", "quality") == [1.5, None, 2.0]
    assert quality(repository)["A study has more than one age"] == 1
    assert quality(repository)["Sexes of one patient disagree"] == 1


def test_a_constant_stands_for_all_rows_and_the_name_for_a_missing_collection() -> None:
    frame = pl.DataFrame({"patient_id": ["a"]})
    constant = open_table(frame, columns={"collection_id": "=my_site"})
    assert column(constant, "patients", "collection_id") == ["my_site"]
    assert column(open_table(frame, name="registry"), "patients", "collection_id") == ["registry"]


def test_what_means_no_category_is_unknown_and_counted() -> None:
    frame = pl.DataFrame({"patient_id": ["a", "b", "c"], "race": ["Martian", "white", None], "sex": ["?", "?", "F"]})
    repository = open_table(frame)
    assert column(repository, "patients", "race") == ["Unknown", "White", "Not Reported"]
    assert quality(repository)["race in a spelling that is no category"] == 1
    assert quality(repository)["sex in a spelling that is no category"] == 2


def test_whole_numbers_that_were_read_as_floats_are_identifiers_without_a_point() -> None:
    repository = open_table(pl.DataFrame({"patient_id": [17.0, 18.0, None]}))
    assert repository.original_column("patient_id").to_list() == ["17", "18"]
    assert quality(repository)["Row without a patient_id"] == 1


def test_numbers_in_text_files_are_numbers_and_identifiers_stay_text(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "patient_id,zip3,score,grade,chart\n1,021,0.5,3,10000000000000000000001\n2,100,1,,7\n"
    )
    frame = read_table(tmp_path / "t.csv")
    numbers = {"score": pl.Float64, "grade": pl.Int64}
    assert frame.schema == {"patient_id": pl.String, "zip3": pl.String, **numbers, "chart": pl.String}
    assert read_table(tmp_path / "t.csv", identifiers=["grade"])["grade"].to_list() == ["3", None]
    repository = open_table(tmp_path / "t.csv")
    assert column(repository, "patients", "score") == [0.5, 1.0]
    assert column(repository, "patients", "zip3") == ["021", "100"]


LIKE_NUMBERS = st.from_regex(r"[+-]?[0-9]{1,23}(\.[0-9]{0,3})?(e[0-9]{1,2})?", fullmatch=True)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LIKE_NUMBERS, min_size=1, max_size=8, unique=True))
@example(["12345678901234567890", "12345678901234567891", "12345678901234567892"])
@example(["1.1", "1.10", "1.100"])
@example(["1E5", "1E05", "2E3"])
@example(["100", "1e2", "100.0", "0100"])
@example(["9007199254740993.5", "9007199254740992.5"])
def test_identifiers_that_differ_in_a_text_file_stay_different(tmp_path: Path, ids: list[str]) -> None:
    lines = [f"{each},{each},{each}.1,{each},{each},{each},CT" for each in ids]
    header = "pid,study,se,person,site,zip3,modality"
    (tmp_path / "t.csv").write_text("\n".join([header, *lines]))
    mapping = {"patient_id": "pid", "study_uid": "study", "series_uid": "se", "person_id": "person", "site_id": "site"}
    repository = open_table(tmp_path / "t.csv", columns=mapping)
    assert sorted(repository.original_column("patient_id")) == sorted(ids)
    assert sorted(repository.original_column("study_uid")) == sorted(ids)
    assert sorted(repository.original_column("series_uid")) == sorted(f"{each}.1" for each in ids)
    assert (
        len(repository.column("patients", "patient_key")) == len(repository.column("studies", "study_key")) == len(ids)
    )
    assert repository.column("patients", "person_key").n_unique() == len(ids)
    assert sorted(column(repository, "patients", "site_id")) == sorted(ids)
    assert sorted(column(repository, "patients", "zip3")) == sorted(ids)


def test_outer_blanks_are_no_part_of_an_identifier(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('patient_id,sex\n" 1.10 ",F\n1.1,M\n')
    assert open_table(tmp_path / "t.csv").original_column("patient_id").to_list() == ["1.1", "1.10"]


@pytest.mark.parametrize(
    ("ids", "texts"),
    [
        (pl.Series([7, 2**63 - 1, 2**63 - 2]), ["7", "9223372036854775806", "9223372036854775807"]),
        (pl.Series([2**64 - 1, 2**64 - 2], dtype=pl.UInt64), ["18446744073709551614", "18446744073709551615"]),
        (pl.Series([17.0, None, 18.0]), ["17", "18"]),
        (pl.Series([1.1, 1.9]), ["1.1", "1.9"]),
        (pl.Series([1e20, 2e20, math.nan]), ["1e+20", "2e+20"]),
    ],
)
def test_identifiers_that_are_numbers_in_parquet_are_their_decimal_text(
    tmp_path: Path, ids: pl.Series, texts: list[str]
) -> None:
    pl.DataFrame({"patient_id": ids}).write_parquet(tmp_path / "t.parquet")
    assert sorted(open_table(tmp_path / "t.parquet").original_column("patient_id")) == texts


@pytest.mark.parametrize("ending", ["parquet", "csv", "tsv"])
def test_every_format_gives_the_same_tables(tmp_path: Path, ending: str) -> None:
    frame = pl.DataFrame({"patient_id": ["a", "b"], "sex": ["F", "M"], "note": ['say "yes", please', None]})
    path = tmp_path / f"t.{ending}"
    if ending == "parquet":
        frame.write_parquet(path)
    else:
        frame.write_csv(path, separator="," if ending == "csv" else "\t")
    repository = open_table(path)
    assert column(repository, "patients", "note") == ['say "yes", please', "Not Reported"]
    assert column(repository, "patients", "sex") == ["Female", "Male"]


def test_a_name_that_is_not_ours_is_refused() -> None:
    with pytest.raises(UnknownNameError) as error:
        open_table(pl.DataFrame({"pid": ["a"]}), columns={"patientid": "pid"})
    assert str(error.value).startswith(
        "No name 'patientid' in the common data model. Did you mean 'patient_id'? Valid: collection_id, patient_id,"
    )
    assert "Map one of these, or none. All names: collection_id, patient_id, " in str(error.value)
    assert str(error.value).endswith("md5, file_name, url.")


def test_what_pages_call_a_body_part_is_understood() -> None:
    rows = pl.DataFrame({"pid": ["a"], "st": ["1.2"], "se": ["1.2.3"], "part": ["CHEST"]})
    columns = {"patient_id": "pid", "study_uid": "st", "series_uid": "se", "body_region": "part"}
    assert open_table(rows, columns=columns).column("series", "body_region").to_list() == ["Chest"]


def test_a_column_that_the_table_lacks_is_refused() -> None:
    with pytest.raises(UnknownNameError) as error:
        open_table(pl.DataFrame({"pid": ["a"]}), columns={"patient_id": "pit"})
    assert str(error.value) == (
        "No column 'pit' in the table. Did you mean 'pid'? Valid: pid. Map patient_id to one of its columns."
    )


def test_a_table_that_says_nothing_of_patients_is_refused() -> None:
    with pytest.raises(UnknownNameError) as error:
        open_table(pl.DataFrame({"subject": ["a"]}))
    assert str(error.value) == (f"No column 'patient_id' in the table. Valid: subject. {WHO}")


def test_series_without_studies_are_refused() -> None:
    with pytest.raises(ValueError, match="series_uid") as error:
        open_table(pl.DataFrame({"patient_id": ["a"], "series_uid": ["x"]}))
    assert str(error.value) == (
        "The table maps series_uid but not study_uid. A series belongs to a study. "
        "Map study_uid too, or leave out series_uid."
    )


def test_names_that_the_catalog_needs_are_refused() -> None:
    with pytest.raises(ValueError, match="makes itself") as error:
        open_table(pl.DataFrame({"patient_id": ["a"], "listed": [1], "missing": [2]}))
    assert str(error.value) == (
        "The table has columns that the catalog makes itself: listed, missing. "
        "A user's own column needs another name. Rename these before opening the table."
    )


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="no rows") as error:
        open_table(pl.DataFrame({"patient_id": []}), name="registry")
    assert str(error.value) == (
        "The table registry has no rows. A table has one row a patient, study or series. Export it again."
    )


def test_rows_that_disagree_are_counted_without_naming_anybody() -> None:
    frame = pl.DataFrame({"patient_id": ["a", "a", "b", "b"], "race": ["White", "Asian", "White", "white"]})
    with pytest.raises(ValueError, match="contradict") as error:
        open_table(frame)
    assert str(error.value) == (
        "The rows of the table contradict each other.\n"
        "  1 of 2 patients has rows that disagree: race (1).\n"
        "Keep one row for each that disagrees, or map the column to something that may differ between its rows."
    )
    assert not list(cache_folder().iterdir())


THEN = "A table is Parquet, or CSV or TSV in UTF-8 whose lines all have as many fields as the header. Export it again."


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("t.csv", b"patient_id,sex\na,F\nb", "The last line, 3, ends after 1 of 2 fields: the file was cut short."),
        ("t.csv", b"patient_id,sex\na,\xe9\n", "Line 2 is not UTF-8."),
        ("t.tsv", b"\n", "The file is empty."),
        ("t.parquet", b"PAR1 and no more", "This is no whole Parquet file."),
        ("t.parquet", b"", "This is no whole Parquet file."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match="cannot be read") as error:
        open_table(tmp_path / name)
    head = "The table cannot be read: 1 of its 1 file has problems."
    assert str(error.value) == f"{head}\n  {name}: {problem}\n{THEN}"


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as error:
        open_table(tmp_path / "no.csv")
    assert str(error.value) == (
        f"No file {tmp_path / 'no.csv'}. A table is a Parquet, CSV or TSV file. Check the path."
    )


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=30))
def test_no_patient_study_or_series_is_lost_or_invented(rows: list[tuple[str, int, int]]) -> None:
    patients = [patient for patient, _, _ in rows]
    studies = [f"{patient}{study}" for patient, study, _ in rows]
    series = [f"{patient}{study}.{number}" for patient, study, number in rows]
    repository = open_table(pl.DataFrame({"patient_id": patients, "study_uid": studies, "series_uid": series}))
    assert sorted(repository.original_column("series_uid")) == sorted(set(series))
    assert len(repository.column("studies", "study_key")) == len(set(studies))
    assert len(repository.column("patients", "patient_key")) == len(set(patients))
    keys = list(
        zip(column(repository, "series", "patient_key"), column(repository, "series", "study_key"), strict=True)
    )
    assert keys == sorted(keys)


def test_a_patient_whose_studies_carry_no_possible_age_is_of_unknown_age(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("pid,study,age\na,1,200\nb,2,-3\nc,3,40\nd,4,\n")
    mapping = {"patient_id": "pid", "study_uid": "study", "age_at_study_years": "age"}
    repository = open_table(tmp_path / "own.csv", columns=mapping)
    assert repository.column("patients", "age_missing").to_list() == ["Unknown", "Unknown", None, "Not Reported"]


@pytest.mark.parametrize("mapping", [None, {"patient_id": "subject"}, {"patient_id": "SECRET"}])
def test_a_first_row_that_stands_for_a_header_is_not_repeated(tmp_path: Path, mapping: dict[str, str] | None) -> None:
    (tmp_path / "t.csv").write_text("SECRET-1,SECRET NAME,F\nSECRET-2,SECRET OTHER,M\n")
    with pytest.raises(UnknownNameError) as error:
        open_table(tmp_path / "t.csv", columns=mapping)
    asked = "patient_id" if mapping is None else mapping["patient_id"]
    then = WHO if mapping is None else "Map patient_id to one of its columns."
    assert str(error.value) == (
        f"No column '{asked}' in the table: the first line does not look like a header; 3 columns. {then}"
    )


def test_a_name_stands_on_one_line() -> None:
    frame = pl.DataFrame({"patient_id": ["a"]})
    repository = open_table(frame, name="ward\nimport os\r\x1b[2J\u2028\x85 \ud800 3")
    assert repository.name == "Table ward import os [2J 3"
    assert column(repository, "patients", "collection_id") == ["ward import os [2J 3"]
    assert open_table(frame, name="\n").name == "Table unnamed"


def test_columns_of_lists_are_categories() -> None:
    frame = pl.DataFrame(
        {
            "patient_id": ["a", "a", "b", "c"],
            "visits": [[1, 2], [1, 2], [3, None], None],
            "pair": pl.Series([[1, 2]] * 4, dtype=pl.Array(pl.Int8, 2)),
            "labels": [["x"], ["x"], [], ["y", "z"]],
        }
    )
    repository = open_table(frame)
    assert column(repository, "patients", "visits") == ["1, 2", "3", "Not Reported"]
    assert column(repository, "patients", "pair") == ["1, 2"] * 3
    assert column(repository, "patients", "labels") == ["x", "Not Reported", "y, z"]


def test_columns_that_nothing_can_be_compared_to_are_refused() -> None:
    frame = pl.DataFrame(
        {
            "patient_id": [["a"]],
            "stay": [timedelta(days=3)],
            "SECRET-1": [{"x": 1}],
            "scan": [b"x"],
            "grid": [[[1]]],
        }
    )
    with pytest.raises(TypeError) as error:
        open_table(frame)
    assert str(error.value) == (
        "The table holds what cannot be filtered by: patient_id (list), stay (duration), column 3 (struct), "
        "scan (binary), grid (list). Numbers, text, dates, and in columns of your own lists of these would be right. "
        "Convert these columns, such as durations to days, or drop them."
    )


@pytest.mark.parametrize(
    "name",
    [
        "count",
        "n",
        "value",
        "literal",
        "_place",
        "sex differs",
        "n_sexes",
        "read",
        "written",
        "n_ages",
        "age_of_study",
        "person",
    ],
)
def test_a_column_may_bear_a_name_that_is_used_on_the_way(name: str) -> None:
    frame = pl.DataFrame(
        {
            "patient_id": ["a", "a", "b"],
            "study_uid": ["1", "1", "2"],
            "sex": ["F", None, "M"],
            "age_years": [4, 4, 5],
            name: ["x", "x", "y"],
        }
    )
    assert column(open_table(frame), "studies", name) == ["x", "y"]
    assert column(open_table(frame.drop("study_uid")), "patients", name) == ["x", "y"]


def test_sizes_that_are_none_are_missing() -> None:
    frame = pl.DataFrame(
        {
            "patient_id": ["a"] * 4,
            "study_uid": ["1"] * 4,
            "series_uid": list("wxyz"),
            "size_mb": [-1.0, float("inf"), float("nan"), 2.0],
            "n_instances": [-1, 2**40, 3, 4],
            "slice_thickness_mm": [-1, 0, 1, 2],
        }
    )
    repository = open_table(frame)
    assert column(repository, "series", "size_mb") == [None, None, None, 2.0]
    assert column(repository, "series", "n_instances") == [None, None, 3, 4]
    assert column(repository, "series", "slice_thickness_mm") == [None, 0.0, 1.0, 2.0]


@pytest.mark.parametrize("mapping", [{"patient_id": "mrn"}, {"patient_id": "mrn", "sex": "=F"}])
def test_a_column_of_a_name_that_is_mapped_from_another_is_refused(mapping: dict[str, str]) -> None:
    frame = pl.DataFrame({"patient_id": ["a"], "mrn": ["b"]})
    with pytest.raises(ValueError, match="makes itself: patient_id\\. A user's own column needs another name"):
        open_table(frame, columns=mapping)
