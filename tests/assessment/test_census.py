from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.assessment.census import count_census
from workbench.errors import UnknownNameError
from workbench.vocabulary.demographics import AGE_GROUPS, MISSING, SEX

SCHEMA = {"sex": pl.Enum(SEX), "age_group": pl.Enum([*AGE_GROUPS, *MISSING])}
PATIENTS = pl.DataFrame(
    {
        "sex": ["Male", "Male", "Female", "Unknown"],
        "age_group": ["18–29", "18–29", "85+", "Not Reported"],
    },
    schema=SCHEMA,
)


def test_an_absent_category_is_a_row_of_a_one_way_census() -> None:
    table = count_census(PATIENTS, by=["sex"]).table
    assert table.columns == ["sex", "n_patients", "n_total", "fraction", "fraction_low", "fraction_high"]
    assert dict(table.select("sex", "n_patients").iter_rows()) == dict(zip(SEX, [1, 2, 0, 0, 1, 0, 0], strict=True))
    assert table["n_total"].to_list() == [4] * 7


def test_an_intersection_has_only_the_cells_that_occur_in_vocabulary_order() -> None:
    census = count_census(PATIENTS, by=["sex", "age_group"])
    assert census.table.select("sex", "age_group", "n_patients").rows() == [
        ("Female", "85+", 1),
        ("Male", "18–29", 2),
        ("Unknown", "Not Reported", 1),
    ]
    assert census.sentence == (
        "Sex and age are recorded together for 3 of 4 patients (75.0 %); of those 66.7 % are Male, 18–29."
    )
    assert repr(census).startswith(census.sentence)
    assert census.sentence.split(";")[0] in census._repr_html_()


def test_a_null_is_counted_under_its_reason() -> None:
    patients = pl.DataFrame({"site": ["A", None, None], "site_missing": [None, "Not Applicable", None]})
    census = count_census(patients, by=["site"])
    assert census.missing.rows() == [("site", "Unknown", 0), ("site", "Not Reported", 1), ("site", "Not Applicable", 1)]
    assert census.table["site"].to_list() == ["A", "Not Reported", "Not Applicable"]


def test_numbers_ascend_and_texts_go_by_size() -> None:
    rows = pl.DataFrame({"study_year": [2020, 9, 2020], "site": ["B", "A", "A"]})
    assert count_census(rows, by=["study_year"]).table["study_year"].to_list() == ["9", "2020"]
    studies = count_census(rows, by=["site"], unit="studies").table
    assert studies.select("site", "n_studies").rows() == [("A", 2), ("B", 1)]


def test_dates_ascend_and_an_enum_keeps_its_order_with_nulls_last() -> None:
    days = pl.Series("batch", ["2021-09-01", "2021-08-04", "2021-09-01"]).str.to_date()
    assert count_census(days.to_frame(), by=["batch"]).table.select("batch", "n_patients").rows() == [
        ("2021-08-04", 1),
        ("2021-09-01", 2),
    ]
    sizes = pl.Series("size", ["small", None, "large"], dtype=pl.Enum(["small", "large", "huge"]))
    assert count_census(sizes.to_frame(), by=["size"]).table.select("size", "n_patients").rows() == [
        ("small", 1),
        ("large", 1),
        ("huge", 0),
        ("Not Reported", 1),
    ]


def test_a_reason_that_is_none_of_the_three_is_not_reported() -> None:
    patients = pl.DataFrame({"site": ["A", None], "site_missing": [None, "lost the form"]})
    assert count_census(patients, by=["site"]).table["site"].to_list() == ["A", "Not Reported"]


@pytest.mark.parametrize("name", ["n", "cell", "count", "unit", "value", "in_words", "expected", "share"])
def test_an_attribute_may_have_any_name(name: str) -> None:
    census = count_census(pl.DataFrame({name: ["A", "A", "B"], "sex": ["Male"] * 3}), by=[name, "sex"])
    assert census.table.select(name, "n_patients").rows() == [("A", 2), ("B", 1)]
    assert census.standouts


def test_an_empty_frame_gives_an_empty_table_and_says_so() -> None:
    census = count_census(PATIENTS.clear(), by=["sex"])
    assert (census.table.height, census.n_total, census.missing["n_patients"].sum()) == (0, 0, 0)
    assert census.sentence == "There are no patients to count."


def test_all_missing_is_said_in_words() -> None:
    assert count_census(PATIENTS.tail(1), by=["sex"]).sentence == "Sex is recorded for none of 1 patient."


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SEX), st.sampled_from([*AGE_GROUPS, *MISSING])), min_size=1, max_size=60))
def test_counts_add_up_with_the_missing_included(people: list[tuple[str, str]]) -> None:
    patients = pl.DataFrame(people, schema=SCHEMA, orient="row")
    for by in (["sex"], ["age_group"], ["sex", "age_group"]):
        census = count_census(patients, by=by)
        assert census.table["n_patients"].sum() == census.n_total == len(people)
        assert census.table["fraction"].sum() == pytest.approx(1)
    missing = sum(sex in MISSING for sex, _ in people)
    assert count_census(patients, by=["sex"]).missing["n_patients"].sum() == missing


def test_an_unknown_column_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        count_census(PATIENTS, by=["sexx"])
    assert str(caught.value) == (
        "No column 'sexx' in patients. Did you mean 'sex'? Valid: sex, age_group. Pass one of these in by=."
    )


def test_an_unknown_unit_lists_the_four() -> None:
    with pytest.raises(UnknownNameError) as caught:
        count_census(PATIENTS, by=["sex"], unit="patient")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "No unit 'patient' in a census. Did you mean 'patients'? Valid: patients, studies, series, instances. "
        "Say what one row of the frame is."
    )


def test_no_attribute_is_refused() -> None:
    with pytest.raises(ValueError, match="by=") as caught:
        count_census(PATIENTS, by=[])
    assert str(caught.value) == (
        "Received by=[]. A census needs at least one attribute. Pass one or more of the columns: sex, age_group."
    )


def test_decimal_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="decimal") as caught:
        count_census(pl.DataFrame({"age_years": [1.5]}), by=["age_years"])
    assert str(caught.value) == (
        "Received by='age_years', a column of decimal numbers. Categories are counted. "
        "Band it first, for ages with workbench.vocabulary.demographics.age_group."
    )


def test_all_but_one_are_not_all() -> None:
    rows = pl.DataFrame({"sex": ["Male"] * 1999 + ["Unknown"]}, schema={"sex": SCHEMA["sex"]})
    assert count_census(rows, by=["sex"]).sentence == (
        "Sex is recorded for 1,999 of 2,000 patients (over 99.9 %); of those 100.0 % are Male."
    )


def test_groups_of_one_size_are_named_together() -> None:
    rows = pl.DataFrame({"site": ["A", "B", "A", "B", "C"]})
    assert count_census(rows, by=["site"]).sentence == (
        "Site is recorded for 5 of 5 patients (100.0 %); of those 40.0 % each are A and B."
    )


def test_texts_are_ordered_by_the_units_counted() -> None:
    # Four rows of one patient with CT, a row each of two patients with DX.
    series = pl.DataFrame({"patient": [1, 1, 1, 1, 2, 3], "modality": ["CT"] * 4 + ["DX"] * 2, "sex": ["Male"] * 6})
    names = {}
    for kind in (pl.String, pl.Categorical, pl.Enum(["CT", "DX"])):
        typed = series.with_columns(pl.col("modality").cast(kind))
        for by in (["modality"], ["sex", "modality"]):
            names[str(kind), len(by)] = count_census(typed, by=by, key="patient").table["modality"].to_list()
    assert [order for (kind, _), order in names.items() if "Enum" not in kind] == [["DX", "CT"]] * 4
    assert [order for (kind, _), order in names.items() if "Enum" in kind] == [["CT", "DX"]] * 2


@pytest.mark.parametrize("name", ["n_patients", "n_total", "fraction", "fraction_low", "fraction_high", "n_units"])
def test_a_name_that_the_census_uses_itself_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="own") as caught:
        count_census(PATIENTS.with_columns(pl.lit("A").alias(name)), by=["sex", name])
    assert str(caught.value) == (
        f"Received by={name!r}, which is what the result calls a number of its own. Any other name would be right. "
        f"Rename it: rows.rename({{{name!r}: 'own_{name}'}})."
    )


@pytest.mark.parametrize("by", [None, 3, ["sex", None], [3]])
def test_what_is_no_name_of_a_column_is_refused(by: Any) -> None:
    with pytest.raises(TypeError) as caught:
        count_census(PATIENTS, by=by)
    assert str(caught.value) == (
        f"Received by={by!r}. The name of a column, or a list of names, would be right. Write for instance "
        "by=['sex', 'age_group']."
    )


def test_rows_that_are_no_frame_are_refused() -> None:
    with pytest.raises(TypeError) as caught:
        count_census({"sex": ["Male"]}, by=["sex"])  # type: ignore[arg-type]
    assert str(caught.value) == (
        "Received patients of type dict. A polars.DataFrame would be right. Make one first: pl.DataFrame(rows)."
    )
    with pytest.raises(TypeError) as caught:
        count_census(PATIENTS.lazy(), by=["sex"])  # type: ignore[arg-type]
    assert str(caught.value) == (
        "Received patients of type LazyFrame. A polars.DataFrame would be right. Collect it first: rows.collect()."
    )


def test_lists_are_refused() -> None:
    with pytest.raises(ValueError, match="List") as caught:
        count_census(pl.DataFrame({"kinds": [["CT", "DX"]]}), by=["kinds"])
    assert str(caught.value) == (
        "Received by='kinds', a column of type List(String). One category a row would be right. Take lists apart with "
        "rows.explode('kinds'), and say whose rows they are with key=."
    )


def test_columns_that_would_be_refused_are_not_offered() -> None:
    with pytest.raises(UnknownNameError) as caught:
        count_census(PATIENTS.with_columns(age_years=pl.lit(1.5), kinds=pl.lit([1])), by=["sexx"])
    assert "Valid: sex, age_group. " in str(caught.value)
