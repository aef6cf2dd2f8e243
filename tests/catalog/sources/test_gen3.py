"""A Gen3 export opens as the common data model, every quirk repaired and counted; a bad one is refused whole."""

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from workbench.cache import cache_folder
from workbench.catalog.repository import Repository
from workbench.catalog.sources.gen3 import open_gen3

THEN = (
    "Every line needs as many fields as the header, in UTF-8, and the columns named here. "
    "Download these files again from the portal."
)
CASE = "type\tproject_id\tsubmitter_id\tsex\tage_at_index\n"


def quality(repository: Repository) -> dict[str, int]:
    """Return each rule and how often it applied."""
    return dict(repository.data_quality.select("rule", "n").iter_rows())


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a TSV file, read without the package."""
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def write(folder: Path, **files: str) -> Path:
    """Write files named like ``case__tsv`` and return their folder."""
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def frames(repository: Repository) -> dict[str, pl.DataFrame]:
    """Return every table of a repository."""
    return {path.stem: pl.read_parquet(path) for path in repository.folder.glob("*.parquet")}


def test_every_case_is_one_patient_and_every_study_and_series_is_there_once(export: Path) -> None:
    cases = [row for name in ("case_1.tsv", "case_2.tsv") for row in rows_of(export / name)]
    studies = rows_of(export / "imaging_study.tsv")
    ct = json.loads((export / "ct_series_file.json").read_text())["data"]
    listed = len(ct) + sum(len(rows_of(export / f"{kind}_series_file.tsv")) for kind in ("cr", "dx"))
    repository = open_gen3(export)
    tables = frames(repository)
    assert tables["patients"].height == len({row["submitter_id"] for row in cases}) == 200
    assert tables["studies"].height == len(studies)
    assert tables["series"]["listed"].sum() == listed
    assert repository.disclosure == "controlled"
    assert repository.key == "gen3"


def test_the_quirks_of_an_export_are_counted(export: Path) -> None:
    cases = [row for name in ("case_1.tsv", "case_2.tsv") for row in rows_of(export / name)]
    projects: dict[str, set[str]] = {}
    for row in cases:
        projects.setdefault(row["submitter_id"], set()).add(row["project_id"])
    once = {row["submitter_id"]: row for row in cases}.values()
    counted = quality(open_gen3(export))
    assert counted["Case listed again in an identical row"] == len(cases) - len(projects)
    assert counted["Case in more than one project"] == sum(len(names) > 1 for names in projects.values()) == 3
    assert counted["age_at_index_gt89 is Yes"] == sum(row["age_at_index_gt89"] == "Yes" for row in once) > 0
    assert counted["Age at index written as 890"] == sum(row["age_at_index"] == "890" for row in once) > 0
    assert counted["Race is Other"] == sum(row["race"] == "Other" for row in once) > 0
    in_other_order = [row["datasets.submitter_id"].split(", ") for row in cases]
    assert counted["Dataset ids listed in another order"] == sum(ids != sorted(ids) for ids in in_other_order)
    assert counted["Row of the node dataset, which the catalog does not read"] == 2


def test_columns_without_a_value_are_counted(export: Path) -> None:
    # linked_external_data and token_record_id in both files of cases; kernel and slice thickness in CR and in DX.
    assert quality(open_gen3(export))["Column without a single value"] == 8


def test_sex_and_race_are_the_exports_own_in_our_spelling(export: Path) -> None:
    cases = {row["submitter_id"]: row for name in ("case_1.tsv", "case_2.tsv") for row in rows_of(export / name)}
    repository = open_gen3(export)
    assert Counter(repository.column("patients", "sex")) == Counter(row["sex"] for row in cases.values())
    races = Counter(row["race"].replace("Other", "Multiple or Other") for row in cases.values())
    assert Counter(repository.column("patients", "race")) == races


def test_ages_over_89_by_flag_and_as_890_are_both_90_and_over(tmp_path: Path) -> None:
    ages = ("\tYes", "890\t", "89\tNo", "\t", "x\t")
    rows = "".join(f"case\tA\tp{i}\tF\t{age}\n" for i, age in enumerate(ages))
    header = CASE.replace("\n", "\tage_at_index_gt89\n")
    repository = open_gen3(write(tmp_path, case__tsv=header + rows))
    patients = frames(repository)["patients"]
    assert patients["age_years"].to_list() == [90.0, 90.0, 89.0, None, None]
    assert patients["age_over_89"].to_list() == [True, True, False, None, None]
    assert patients["age_missing"].to_list() == [None, None, None, "Not Reported", "Unknown"]


def test_dataset_ids_in_either_order_are_the_same_set(tmp_path: Path) -> None:
    header = "type\tproject_id\tsubmitter_id\tdatasets.submitter_id\n"
    repository = open_gen3(write(tmp_path, case__tsv=header + "case\tA\tp1\td1,d2\ncase\tA\tp2\td2, d1\n"))
    assert repository.column("patients", "datasets").to_list() == ["d1, d2", "d1, d2"]


def test_the_batch_of_a_case_is_the_earliest_date_in_its_dataset_ids(tmp_path: Path) -> None:
    head = CASE.replace("sex", "datasets.submitter_id")
    cases = {
        "a": '"Open-A1-20220301, Open-R1-20210804"',
        "b": "Open-A1-20220301",
        "c": "Open-A1-20221399",  # no such month
        "d": "set-120220301",  # nine digits are no date
        "e": "",
    }
    rows = "".join(f"case\tp\t{case}\t{datasets}\t40\n" for case, datasets in cases.items())
    repository = open_gen3(write(tmp_path, case__tsv=head + rows))
    read = frames(repository)["patients"]["batch"].to_list()
    assert read == [date(2021, 8, 4), date(2022, 3, 1), None, None, None]
    assert quality(repository)["Dataset ids without a date"] == 3


def test_a_case_in_two_projects_is_one_patient_of_the_first_project(tmp_path: Path) -> None:
    repository = open_gen3(write(tmp_path, case__tsv=CASE + "case\tR1\tp1\tM\t40\ncase\tA1\tp1\tM\t40\n"))
    assert repository.column("patients", "collection_id").to_list() == ["A1"]
    assert quality(repository)["Case in more than one project"] == 1


def test_a_value_that_one_row_of_a_case_lacks_comes_from_the_other(tmp_path: Path) -> None:
    repository = open_gen3(write(tmp_path, case__tsv=CASE + "case\tA\tp1\tM\t\ncase\tA\tp1\t\t40\n"))
    assert repository.column("patients", "sex").to_list() == ["Male"]
    assert repository.column("patients", "age_years").to_list() == [40.0]


STUDIES = (
    "type\tproject_id\tsubmitter_id\tstudy_uid\tcases.submitter_id\tstudy_modality\tstudy_description\t"
    "age_at_imaging\tdays_to_study\tdays_from_study_to_pos_covid_test\tdays_from_study_to_neg_covid_test\n"
)


def test_lists_written_as_text_in_any_way_are_lists(tmp_path: Path) -> None:
    studies = (
        "imaging_study\tA\ts1\tu1\tp1\t['CR', 'DX']\tXR CHEST\t40\t\t\t\n"
        "imaging_study\tA\ts2\tu2\tp1\tCR, DX\tXR CHEST\t40\t\t\t\n"
        'imaging_study\tA\ts3\tu3\tp1\t"[""CR"", ""DX""]"\tXR CHEST\t40\t\t\t\n'
    )
    repository = open_gen3(write(tmp_path, case__tsv=CASE + "case\tA\tp1\tM\t40\n", study__tsv=STUDIES + studies))
    assert repository.column("series", "modality").to_list() == ["CR", "DX"] * 3
    assert repository.column("series", "study_key").to_list() == [0, 0, 1, 1, 2, 2]
    assert not repository.column("series", "listed").any()


def test_studies_without_series_and_cases_without_studies_stay_as_unlisted_rows(tmp_path: Path) -> None:
    studies = STUDIES + "imaging_study\tA\ts1\tu1\tp1\tCT\tCT CHEST\t40\t\t\t\n"
    cases = CASE + "case\tA\tp1\tM\t40\ncase\tA\tp2\tF\t50\n"
    repository = open_gen3(write(tmp_path, case__tsv=cases, study__tsv=studies))
    series = frames(repository)["series"].select("patient_key", "study_key", "modality", "body_region", "listed")
    assert series.rows() == [(0, 0, "CT", "Chest", False), (1, None, "Not Reported", "Not Reported", False)]
    assert repository.original_column("patient_id").to_list() == ["p1", "p2"]
    assert quality(repository)["Study without a listed series"] == 1
    assert quality(repository)["Case without a study"] == 1


def test_a_study_without_an_age_gets_that_at_the_index_event_and_the_years_since(tmp_path: Path) -> None:
    # 40 years old at the index event, 366 days later: 41 (40 + 366 / 365.25 = 41.002).
    studies = (
        STUDIES + "imaging_study\tA\ts1\tu1\tp1\tCT\tCT\t\t366\t\t\nimaging_study\tA\ts2\tu2\tp1\tCT\tCT\t\t\t\t\n"
    )
    repository = open_gen3(write(tmp_path, case__tsv=CASE + "case\tA\tp1\tM\t40\n", study__tsv=studies))
    assert repository.column("studies", "age_at_study_years").to_list() == [41.0, None]
    assert repository.column("studies", "age_missing").to_list() == [None, "Not Reported"]


def test_days_from_a_study_count_forward_to_the_test(tmp_path: Path) -> None:
    # u1 was taken on day 10, its positive test 3 days before: day 7, which the measurement node lists too.
    # u2 has no day of its own: its test, 5 days after it, is tied to it.
    studies = STUDIES + (
        "imaging_study\tA\ts1\tu1\tp1\tCT\tCT\t40\t10\t[-3]\t['20']\nimaging_study\tA\ts2\tu2\tp1\tCT\tCT\t40\t\t5\t\n"
    )
    tests = (
        "type\tproject_id\tsubmitter_id\tcases.submitter_id\ttest_name\ttest_result_text\ttest_days_from_index\n"
        "measurement\tA\tm1\tp1\tCOVID-19\tPositive\t7\n"
    )
    repository = open_gen3(
        write(tmp_path, case__tsv=CASE + "case\tA\tp1\tM\t40\n", study__tsv=studies, measurement__tsv=tests)
    )
    found = frames(repository)["measurements"]
    assert found.select("test_result", "days_from_index", "study_key", "days_from_study").rows() == [
        ("Positive", 7, None, None),
        ("Negative", 30, None, None),
        ("Positive", None, 1, 5),
    ]
    assert quality(repository)["Test that a study lists and another place too"] == 1


def test_the_tests_of_the_export_are_those_of_its_measurement_node_and_its_studies(export: Path) -> None:
    days = {
        (row["cases.submitter_id"], row["test_result_text"], int(row["test_days_from_index"]))
        for row in rows_of(export / "measurement.tsv")
    }
    for study in rows_of(export / "imaging_study.tsv"):
        for column, result in (("pos", "Positive"), ("neg", "Negative")):
            text = study[f"days_from_study_to_{column}_covid_test"]
            for day in text.strip("[]").split(",") if text else []:
                days.add((study["cases.submitter_id"], result, int(study["days_to_study"]) + int(day)))
    assert frames(open_gen3(export))["measurements"].height == len(days)


def test_the_explorers_downloads_open_like_the_nodes_own_exports(tmp_path: Path) -> None:
    cases = "submitter_id\tproject_id\tage_at_index\tsex\np1\tA\t40\tMale\n"
    studies = "case_ids_0\tproject_id\tstudy_uid\tstudy_modality_0\tstudy_modality_1\tsex\np1\tA\tu1\tCR\tDX\tMale\n"
    series = "case_ids\tstudy_uid\tseries_uid\tmodality\tobject_id\tmd5sum\np1\tu1\tx1\tCR\tdg.X/1\tabc\n"
    tests = "case_ids\ttest_name\ttest_result_text\ttest_days_from_index\np1\tCOVID-19\tPositive\t0\n"
    folder = write(tmp_path, Cases__tsv=cases, Studies__tsv=studies, Series__tsv=series, Measurements__tsv=tests)
    repository = open_gen3(folder)
    assert repository.original_column("series_uid").to_list() == ["x1"]
    assert repository.original_column("object_id").to_list() == ["dg.X/1"]
    assert repository.original_column("md5").to_list() == ["abc"]
    assert frames(repository)["measurements"].height == 1


@pytest.mark.parametrize("shape", ["list", "data", "lines"])
def test_json_opens_like_tsv_in_all_three_shapes(tmp_path: Path, shape: str) -> None:
    cases = [
        {"type": "case", "project_id": "A", "submitter_id": f"p{i}", "sex": "Male", "age_at_index": 40 + i}
        for i in range(2)
    ]
    studies = [
        {"type": "imaging_study", "submitter_id": "u1", "cases": [{"submitter_id": "p0"}], "study_modality": ["CT"]}
    ]
    for name, records in (("case", cases), ("imaging_study", studies)):
        text = {
            "list": json.dumps(records),
            "data": json.dumps({"data": records}),
            "lines": "\n".join(map(json.dumps, [*records, *records])),
        }[shape]
        (tmp_path / f"{name}.json").write_text(text)
    repository = open_gen3(tmp_path)
    assert repository.column("patients", "age_years").to_list() == [40.0, 41.0]
    assert repository.original_column("study_uid").to_list() == ["u1", None]


def test_links_by_node_id_are_followed(tmp_path: Path) -> None:
    cases = "type\tid\tproject_id\tsubmitter_id\tsex\ncase\tguid-1\tA\tp1\tMale\n"
    studies = "type\tid\tstudy_uid\tcases.id\tstudy_modality\nimaging_study\tguid-2\tu1\tguid-1\tCT\n"
    series = "type\tseries_uid\timaging_studies.id\tmodality\nct_series_file\tx1\tguid-2\tCT\n"
    repository = open_gen3(write(tmp_path, a__tsv=cases, b__tsv=studies, c__tsv=series))
    assert frames(repository)["series"].select("patient_key", "study_key", "listed").rows() == [(0, 0, True)]


def test_patients_and_studies_that_only_their_children_name_are_kept(tmp_path: Path) -> None:
    series = "type\tcase_ids\tstudy_uid\tseries_uid\nct_series_file\tp9\tu9\tx9\nct_series_file\t\tu8\tx8\n"
    repository = open_gen3(write(tmp_path, a__tsv=CASE + "case\tA\tp1\tM\t40\n", b__tsv=series))
    assert repository.column("patients", "collection_id").to_list() == ["A", "Not Reported"]
    counted = quality(repository)
    assert counted["Patient named by a study only"] == counted["Study named by a series only"] == 1
    assert counted["Series of a study that is not there"] == 1


def test_a_list_of_files_that_lies_beside_the_export_is_counted_and_left_alone(tmp_path: Path) -> None:
    manifest = json.dumps([{"object_id": "dg.X/1", "md5sum": "abc", "file_name": "x.zip", "file_size": 3}])
    write(tmp_path, case__tsv=CASE + "case\tA\tp1\tM\t40\n", manifest__json=manifest, readme__txt="No table.")
    assert quality(open_gen3(tmp_path))["Row of the node manifest, which the catalog does not read"] == 1


def test_the_same_files_give_the_same_build_and_changed_files_another(tmp_path: Path) -> None:
    first = open_gen3(write(tmp_path, case__tsv=CASE + "case\tA\tp1\tM\t40\n")).build
    assert open_gen3(tmp_path).build == first
    assert open_gen3(write(tmp_path, case__tsv=CASE + "case\tA\tp1\tM\t41\n")).build != first


def test_a_single_file_opens(tmp_path: Path) -> None:
    write(tmp_path, case__csv=(CASE + "case\tA\tp1\tM\t40\n").replace("\t", ","))
    assert frames(open_gen3(tmp_path / "case.csv"))["patients"].height == 1


BAD: dict[str, tuple[bytes, list[str]]] = {
    "empty": (b"", ["The file is empty."]),
    "encoding": (CASE.encode() + b"case\tA\tp1\tM\t40\ncase\tA\tp2\t\xff\t40\n", ["Line 3 is not UTF-8."]),
    "cut": (
        CASE.encode() + b"case\tA\tp1\tM\t40\ncase\tA\tp",
        ["The last line, 3, ends after 3 of 5 fields: the file was cut short."],
    ),
    "long": (CASE.encode() + b"case\tA\tp1\tM\t40\t\n", ["Line 2 has 6 fields, the header has 5."]),
    "twice": (b"type\tsex\tsex\ncase\tM\tM\n", ["The header names 'sex' more than once."]),
    "node": (b"type\tsubmitter_id\nbiopsy\tp1\n", ["A type 'biopsy' is no node of the MIDRC dictionary."]),
    "shifted": (b"type\tsubmitter_id\nMRN-12345\tp1\n", ["A type is no node of the MIDRC dictionary."]),
    "columns": (
        b"a\tb\n1\t2\n",
        [
            "No column tells which node the rows are of; a type column does, or those of "
            "case, imaging_study, series_file, measurement."
        ],
    ),
    "no_patient": (
        b"type\tsex\ncase\tM\n",
        ["Rows of case without submitter_id or case_submitter_id or case_ids or case_id."],
    ),
    "no_links": (
        b"type\tmodality\nct_series_file\tCT\n",
        [
            "Rows of series_file without series_uid or submitter_id.",
            "Rows of series_file without imaging_studies.submitter_id or imaging_study.submitter_id or imaging_studies "
            "or imaging_study_ids or study_uid or imaging_studies.study_uid or imaging_studies.id or "
            "imaging_studies.node_id or _imaging_study_id.",
        ],
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_its_line_and_nothing_is_written(tmp_path: Path, case: str) -> None:
    content, problems = BAD[case]
    (tmp_path / "bad.tsv").write_bytes(content)
    write(tmp_path, good__tsv=CASE + "case\tA\tp1\tM\t40\n")
    with pytest.raises(ValueError, match="The Gen3 export") as error:
        open_gen3(tmp_path)
    lines = [f"  bad.tsv: {problem}" for problem in problems]
    head = "The Gen3 export cannot be read: 1 of its 2 files has problems."
    assert str(error.value) == "\n".join([head, *lines, THEN])
    assert not list(cache_folder().iterdir())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[{"type": "case",', "Line 1 is not JSON: Expecting property name enclosed in double quotes at column 18."),
        (
            '{"submitter_id": "p1", "sex": "M"}\n{"submitter_id": "p2"',
            "Line 2 is not JSON: Expecting ',' delimiter at column 22.",
        ),
        ("3", "The JSON holds no list of records."),
        (" ", "The file is empty."),
    ],
)
def test_json_that_cannot_be_read_says_where(tmp_path: Path, text: str, problem: str) -> None:
    write(tmp_path, case__json=text)
    with pytest.raises(ValueError, match="The Gen3 export") as error:
        open_gen3(tmp_path)
    head = "The Gen3 export cannot be read: 1 of its 1 file has problems."
    assert str(error.value) == f"{head}\n  case.json: {problem}\n{THEN}"


def test_the_problems_of_all_files_are_reported_together(tmp_path: Path) -> None:
    write(tmp_path, a__tsv="", b__json="{", c__tsv=CASE + "case\tA\n" * 5)
    with pytest.raises(ValueError, match="The Gen3 export") as error:
        open_gen3(tmp_path)
    assert str(error.value) == (
        "The Gen3 export cannot be read: 3 of its 3 files have problems.\n"
        "  a.tsv: The file is empty.\n"
        "  b.json: Line 1 is not JSON: Expecting property name enclosed in double quotes at column 2.\n"
        "  c.tsv: Line 2 has 2 fields, the header has 5.\n"
        "  c.tsv: Line 3 has 2 fields, the header has 5.\n"
        "  c.tsv: Line 4 has 2 fields, the header has 5.\n"
        "  c.tsv: And 1 more line like these.\n"
        "  c.tsv: The last line, 6, ends after 2 of 5 fields: the file was cut short.\n"
        f"{THEN}"
    )


def test_rows_of_one_case_that_disagree_are_counted_without_naming_anybody(tmp_path: Path) -> None:
    rows = "case\tA\tp1\tM\t40\ncase\tA\tp1\tF\t40\ncase\tA\tp2\tM\t40\ncase\tB\tp2\tF\t41\ncase\tA\tp3\tM\t1\n"
    studies = (
        STUDIES + "imaging_study\tA\ts1\tu1\tp1\tCT\tCT\t4\t1\t\t\nimaging_study\tA\ts1\tu1\tp1\tCT\tCT\t4\t2\t\t\n"
    )
    write(tmp_path, case__tsv=CASE + rows, study__tsv=studies)
    with pytest.raises(ValueError, match="contradict") as error:
        open_gen3(tmp_path)
    assert str(error.value) == (
        "The rows of the Gen3 export contradict each other.\n"
        "  2 of 3 cases have rows that disagree: sex (2), age_at_index (1).\n"
        "  1 of 1 studies has rows that disagree: days_to_study (1).\n"
        "A case, a study and a series must say the same wherever they stand. "
        "Keep one row for each that disagrees, or export the nodes anew."
    )
    assert not list(cache_folder().iterdir())


def test_a_folder_without_an_export_says_what_one_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as error:
        open_gen3(tmp_path)
    assert str(error.value) == (
        f"No Gen3 export in {tmp_path}. An export is one or more TSV, CSV or JSON files of the nodes case, "
        "imaging_study, series_file or measurement. Download them from the portal and give their folder."
    )


def test_the_order_of_files_and_rows_does_not_change_the_tables(export: Path, tmp_path: Path) -> None:
    for path in export.iterdir():
        lines = path.read_text().splitlines(keepends=True)
        shuffled = [lines[0], *reversed(lines[1:])] if path.suffix == ".tsv" else lines
        (tmp_path / f"z_{path.name}").write_text("".join(shuffled))
    one, other = frames(open_gen3(export)), frames(open_gen3(tmp_path))
    order: dict[str, Any] = {
        name: sorted(table.select(sorted(table.columns)).drop("source_row", strict=False).rows(), key=repr)
        for name, table in one.items()
    }
    for name, table in other.items():
        assert (
            sorted(table.select(sorted(table.columns)).drop("source_row", strict=False).rows(), key=repr) == order[name]
        ), name


def test_numbers_beyond_all_measure_are_missing_and_counted(tmp_path: Path) -> None:
    huge = "9" * 5_000
    days = ("99999999999999", "-1e40", "nan", "3", "")
    studies = "".join(
        f"imaging_study\tA\ts{i}\tu{i}\tp1\tCT\tCT\t{huge}\t{day}\t{huge}\t\n" for i, day in enumerate(days)
    )
    series = [
        {"type": "ct_series_file", "submitter_id": f"x{i}", "imaging_studies.submitter_id": "s3", "file_size": size}
        for i, size in enumerate([-5, 2_000_000, None])
    ]
    series.append({**series[0], "submitter_id": "x3", "number_of_instances": -2})
    text = json.dumps(series).replace("-5", huge, 1)
    write(tmp_path, case__tsv=CASE + "case\tA\tp1\tM\t40\n", study__tsv=STUDIES + studies, ct__json=text)
    repository = open_gen3(tmp_path)
    assert sorted(frames(repository)["studies"]["days_to_study"].to_list(), key=repr) == [3, None, None, None, None]
    listed = frames(repository)["series"].filter("listed")
    assert sorted(listed["size_mb"].to_list(), key=repr) == [2.0, None, None, None]
    assert listed["n_instances"].drop_nulls().to_list() == []
    assert quality(repository)["Days to a study that are no number of days"] == 3
    assert quality(repository)["File size that is no number of bytes"] == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[" * 200_000 + "]" * 200_000, "The JSON is nested deeper than a list of records is."),
        ('[{"a": ' * 200_000, "The JSON is nested deeper than a list of records is."),
        (
            '[{"type": "case", "submitter_id": "\\ud800"}]',
            "A text in the JSON holds half a character: a surrogate without its pair.",
        ),
        (
            '[{"type": "case", "submitter_id": "p", "\\udc00": "x"}]',
            "A text in the JSON holds half a character: a surrogate without its pair.",
        ),
    ],
)
def test_json_that_no_portal_writes_is_refused_in_words(tmp_path: Path, text: str, problem: str) -> None:
    write(tmp_path, case__json=text)
    with pytest.raises(ValueError, match="The Gen3 export") as error:
        open_gen3(tmp_path)
    head = "The Gen3 export cannot be read: 1 of its 1 file has problems."
    assert str(error.value) == f"{head}\n  case.json: {problem}\n{THEN}"


def test_lines_that_end_in_carriage_returns_alone_are_read(tmp_path: Path) -> None:
    text = (CASE + "case\tA\tp1\tM\t40\n").replace("\n", "\r")
    (tmp_path / "case.tsv").write_text(text, newline="")
    assert open_gen3(tmp_path).column("patients", "age_years").to_list() == [40.0]
