"""The SQL door: what it selects, what it refuses, and that nothing gets out through it."""

from pathlib import Path
from typing import Any

import pytest

from tests.catalog.tiny import make_repository, place
from workbench.catalog.commons import Catalog

COLUMNS = {
    "patients": (
        "patient_key, person_key, collection_id, species, sex, age_years, age_missing, age_over_89, record_number"
    ),
    "studies": "study_key, patient_key, age_at_study_years, age_missing",
    "series": (
        "series_key, patient_key, study_key, collection_id, modality, body_part, body_region, body_region_source, "
        "manufacturer, model, license, derived, n_instances, size_mb, source_row, listed"
    ),
}


@pytest.fixture(scope="module")
def commons(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Two women and a man; the man's study lists no series, a third patient lists no study."""
    return Catalog(
        make_repository(
            tmp_path_factory.mktemp("sql"),
            [
                {"sex": "Female", "record_number": "MRN-0001"},
                {"sex": "Male", "record_number": "MRN-0002"},
                {"sex": "Female", "record_number": "MRN-0003"},
            ],
            [{"patient_key": 0, "age_at_study_years": 30.0}, {"patient_key": 0}, {"patient_key": 1}],
            [
                {"patient_key": 0, "study_key": 0, "modality": "CT"},
                {"patient_key": 0, "study_key": 0, "modality": "MR"},
                {"patient_key": 0, "study_key": 1, "modality": "MR"},
                place(1, 2),
                place(2),
            ],
        )
    )


def counts(commons: Catalog, query: str) -> tuple[int | float, ...]:
    found = commons.where_sql(query).counts
    return found["patients"], found["studies"], found["series"]


# ------------------------------------------------------------------ what it selects


def test_a_query_joins_the_tables_by_their_keys(commons: Catalog) -> None:
    query = (
        "with women as (select patient_key from patients where sex = 'Female') "
        "select s.modality, count(*) as n from series s join women w on s.patient_key = w.patient_key "
        "join studies t on s.study_key = t.study_key where t.age_at_study_years >= 40 group by s.modality"
    )
    assert commons.sql(query).rows() == [("MR", 1)]  # of patient 0, only study 1 was made at the usual 50 years


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select series_key from series where modality = 'MR'", (1, 2, 2)),
        ("select study_key from series where modality = 'CT'", (1, 1, 2)),  # the whole study, its MR too
        ("select patient_key from series where modality = 'CT'", (1, 2, 3)),
        ("select patient_key from patients where sex = 'Male'", (1, 1, 0)),  # a study without listed series
        ("select patient_key from patients where patient_key = 2", (1, 0, 0)),  # a patient without studies
        ("select study_key, patient_key from studies where study_key = 1", (1, 1, 1)),  # the finer key decides
        ("select study_key from series", (2, 3, 3)),  # a null key names no study
        ("select patient_key from patients where false", (0, 0, 0)),
        ("-- all of them\nselect patient_key from patients where patient_key = 2", (1, 0, 0)),
        ("/* a (select) */ (select patient_key from patients where sex = 'Male')", (1, 1, 0)),
        ("  \n SELECT patient_key FROM patients LIMIT 0", (0, 0, 0)),
    ],
)
def test_a_cohort_is_selected_by_the_keys_that_a_query_returns(
    commons: Catalog, query: str, expected: tuple[int, ...]
) -> None:
    assert counts(commons, query) == expected


def test_a_query_is_one_condition_among_others(commons: Catalog) -> None:
    cohort = commons.where(modality="MR").where_sql("select study_key from series where modality = 'CT'")
    assert cohort.counts["series"] == 1
    assert cohort.conditions[1].label == "SQL select study_key from series where modality = 'CT'"


def test_a_long_list_of_keys_is_no_long_query(commons: Catalog) -> None:
    keys = ", ".join(str(key % 5) for key in range(20_000))
    assert counts(commons, f"select series_key from series where series_key in ({keys})") == (3, 3, 3)


@pytest.mark.parametrize("listed", ["series_key not in", "study_key in", 's."patient_key" in', "series_key IN /* */"])
def test_a_list_of_any_keys_may_be_long(commons: Catalog, listed: str) -> None:
    keys = ", ".join(map(str, range(20_000)))
    assert commons.sql(f"select modality from series s where {listed} ({keys})").height in (0, 3, 4, 5)


@pytest.mark.parametrize("words", ["scan_csv(", "read_csv", "it''s read_csv(1)", "range(1,2)", '-- /* $ "', "+" * 900])
def test_words_between_quotes_are_only_words(commons: Catalog, words: str) -> None:
    assert commons.sql(f"select '{words}' as said").rows() == [(words.replace("''", "'"),)]
    assert commons.sql(f"select sex from patients where sex = '{words}' -- read_csv('x')").height == 0


# ------------------------------------------------------------------ what it refuses

REFUSED = [
    "select * from read_csv('{file}')",
    "select * from READ_CSV ('{file}')",
    "select * from \"read_csv\"('{file}')",
    "select * from `read_csv`('{file}')",
    "select * from read_csv/**/('{file}')",
    "select * from read_csv /* /* */ */ ('{file}')",
    "select * from read_csv -- to the end of the line\n('{file}')",
    "with a as (select * from \"read_csv\"('{file}')) select * from a",
    "select * from patients where patient_key in (select patient_key from `read_csv`('{file}'))",
    "select '--' from \"read_csv\"('{file}')",
    "select * from read_parquet('{file}')",
    "select * from read_ipc('{file}')",
    "select * from read_json('{file}')",
    "select * from read_ndjson('{file}')",
    "select * from scan_csv('{file}')",
    "select * from read_anything('{file}')",
    "insert into patients values (1)",
    "drop table patients",
    "create table mine as select * from patients",
    "delete from patients",
    "truncate table patients",
    "explain select * from patients",
    "show tables",
    "select * from patients.read_csv('{file}')",
    "select 'it''s' from read_csv('{file}')",
    r"select E'\'' from read_csv('{file}') --'",
    "select $$'$$ from read_csv('{file}') --'",
    "select q'[']' from read_csv('{file}') --'",
    "select U&'\\27' from read_csv('{file}') --'",
    "/* select */ drop table patients",
    "'select' from patients",
    "",
    "   ",
    "selected",
]
BROKEN = [
    "select * from '{file}'",
    'select * from "{file}"',
    "select * from patients; select * from studies",
    "select 1; drop table patients",
    "with a as (select 1) delete from patients",
    "with a as (select * from patients) insert into patients select * from a",
    "select * into mine from patients",
    "select * from patients, lateral glob('*')",
    "select * from glob('*')",
    "select pg_read_file('/etc/passwd')",
    "select * from information_schema.tables",
    "select * from nobody",
    "select nothing from patients",
    "select sex, sex from patients",
    "select sum(sex) from patients",
    "select columns('a(') from patients",  # Polars panics
    "select " + "(" * 5000 + "1" + ")" * 5000,
    "select regexp_like(sex, '(') from patients",
    "select",
]


@pytest.mark.parametrize("query", [*REFUSED, *BROKEN], ids=lambda query: query[:40])
def test_nothing_but_the_tables_can_be_read(commons: Catalog, tmp_path: Path, query: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("patient_key\n1\n")
    with pytest.raises(ValueError, match=r"^The SQL ") as caught:
        commons.sql(query.replace("{file}", str(secret)))
    assert "was received. One query" in str(caught.value) or "was not understood: " in str(caught.value)


def test_the_tables_on_disk_stay_as_they_are(commons: Catalog) -> None:
    before = {path.name: path.read_bytes() for path in commons.repository.folder.iterdir()}
    for query in [*REFUSED, *BROKEN]:
        with pytest.raises(ValueError, match=r"^The SQL "):
            commons.sql(query)
    assert {path.name: path.read_bytes() for path in commons.repository.folder.iterdir()} == before


@pytest.mark.parametrize(
    "query",
    [
        "select " + "+".join(["1"] * 20_000),
        " union all ".join(["select patient_key from patients"] * 2_000),
        "select " + " || ".join(["'a'"] * 5_000),
        "with "
        + ", ".join(f"a{n} as (select * from {f'a{n - 1}' if n else 'patients'})" for n in range(3_000))
        + " select * from a2999",
        "select ''" + "=''" * 20_000,
        "select ''" + " || ''" * 20_000,
        f"select 1 in ({', '.join(map(str, range(20_000)))})",
        f"select (1) in ({', '.join(map(str, range(20_000)))}) as series_key",
    ],
    ids=["sum", "union", "text", "with", "compared", "empty texts", "number in numbers", "bracket in numbers"],
)
def test_a_query_that_would_exhaust_the_stack_is_refused_before_it_runs(commons: Catalog, query: str) -> None:
    with pytest.raises(ValueError, match=r"words\. At most 500 would be right"):
        commons.sql(query)


def test_a_query_of_signs_is_refused_too(commons: Catalog) -> None:
    with pytest.raises(ValueError, match=r"has 20,000 signs\. At most 500 would be right"):
        commons.sql(f"select 5 {'!' * 20_000}")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("select * from range(1, 1000000000000)", "range"),
        ("select * from GENERATE_SERIES (1, 1000000000000)", "generate_series"),
        ("select \"lpad\"('a', 100000000000, 'b')", "lpad"),
        ("select rpad/**/('a', 100000000000, 'b')", "rpad"),
        ("select repeat('a', 100000000000)", "repeat"),
    ],
)
def test_what_makes_rows_or_text_of_any_size_is_refused(commons: Catalog, query: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"^The SQL ") as caught:
        commons.sql(query)
    assert str(caught.value) == (
        f"The SQL {query!r} calls {name}, which can make more than the machine holds. What the tables patients, "
        "studies, series, measurements hold would be right. Leave the call out."
    )


@pytest.mark.parametrize("piece", ["/* ", "'", '"', "` ", "(", "$"])
def test_a_query_without_an_end_is_refused_at_once(commons: Catalog, piece: str) -> None:
    with pytest.raises(ValueError, match=r"^The SQL "):
        commons.sql("select " + piece * 100_001)


# ------------------------------------------------------------------ whole messages


def understood(why: str, query: str) -> str:
    tables = "; ".join(f"{name}: {columns}" for name, columns in COLUMNS.items())
    return (
        f"The SQL {query!r} was not understood: {why}. Tables and their columns are {tables}. "
        "Correct the query; Polars' SQL is meant."
    )


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "drop table patients",
            "The SQL 'drop table patients' was received. One query that begins with SELECT or WITH and reads the "
            "tables patients, studies, series, measurements would be right. "
            "See commons.sql(…) in notebook 21_cohort_selection.",
        ),
        (
            5,
            "The SQL '5' was received. One query that begins with SELECT or WITH and reads the tables patients, "
            "studies, series, measurements would be right. See commons.sql(…) in notebook 21_cohort_selection.",
        ),
        ("select * from nobody", understood("relation 'nobody' was not found", "select * from nobody")),
        (
            "select age from patients",
            understood('unable to find column "age"', "select age from patients"),
        ),
        (
            "select " + "+".join(["1"] * 600),
            f"The SQL 'select {'1+' * 36}…' has 601 words. "  # 79 characters and the sign that more follow
            "At most 500 would be right, lists of keys not counted. "
            "Put what it lists into a table and join that: commons.join(table, on=…).",
        ),
    ],
)
def test_a_wrong_query_says_what_came_what_is_right_and_what_to_do(commons: Catalog, query: Any, message: str) -> None:
    with pytest.raises(ValueError, match=r"^The SQL ") as caught:
        commons.sql(query)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "select sex from patients",
            "The SQL 'select sex from patients' returns sex. A column series_key, study_key or patient_key says what "
            "is selected. Write for instance: select patient_key from patients where sex = 'Female'",
        ),
        *(
            (
                query,
                f"The SQL {query!r} returns a {key} that no row has. Keys are taken from the tables, not made. "
                f"Write for instance: select {key} from series where modality = 'CT'",
            )
            for query, key in [
                ("select 5 as series_key", "series_key"),
                ("select 3 as study_key", "study_key"),  # patient 2 has a row, but no study has this key
                ("select 3 as patient_key", "patient_key"),
                ("select -1 as patient_key", "patient_key"),
                ("select 0.0 as patient_key", "patient_key"),
                ("select '0' as patient_key", "patient_key"),
                ("select null as patient_key", "patient_key"),
                ("select 99999999999999999999 as study_key", "study_key"),
            ]
        ),
    ],
)
def test_a_query_that_returns_no_keys_is_refused(commons: Catalog, query: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"^The SQL ") as caught:
        commons.where_sql(query)
    assert str(caught.value) == message


@pytest.mark.parametrize("query", ["select {}", "select {} from series", "select * from {}", "select 1 as {}"])
def test_a_message_shows_a_line_of_a_long_query(commons: Catalog, query: str) -> None:
    with pytest.raises(ValueError, match=r"^The SQL ") as caught:
        commons.where_sql(query.format("x" * 100_000))
    assert len(str(caught.value)) < 800


@pytest.mark.parametrize(
    "query",
    [
        "select cast(record_number as int) from patients",
        "select strptime(record_number, '%Y') from patients",
        "select record_number::date from patients",
        "select cast(record_number as boolean) from patients",
        "select cast(record_number as decimal) from patients",
        "select cast(concat(record_number, '[x]') as int) from patients",
        "select record_number + 1 from patients",
    ],
)
def test_what_polars_says_of_values_is_not_passed_on(commons: Catalog, query: str) -> None:
    with pytest.raises(ValueError, match="was not understood") as caught:
        commons.sql(query)
    assert "MRN-0" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_source_with_tests_has_a_fourth_table(tmp_path: Path) -> None:
    series = [{"patient_key": 0, "study_key": 0}]
    made = make_repository(tmp_path, [{}], [{"patient_key": 0}], series, [{"patient_key": 0}])
    assert Catalog(made).sql("select patient_key, test_result from measurements").rows() == [(0, "Positive")]
