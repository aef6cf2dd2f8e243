"""Patients with several rows, rows that stand for several images, and counts that may not be shown."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.assessment.census import count_census
from workbench.errors import UnknownNameError
from workbench.vocabulary.demographics import MISSING, SEX

# Patient 7 has CT and DX, 3 has CT twice, 5 has one image of unknown kind and one CT; in no order.
SERIES = pl.DataFrame(
    {
        "patient": [7, 3, 5, 7, 3, 5],
        "sex": ["Male", "Female", "Male", "Male", "Female", "Male"],
        "modality": ["CT", "CT", "Unknown", "DX", "CT", "CT"],
        "n_instances": [100, 20, 1, 2, 30, 0],
    },
    schema_overrides={"sex": pl.Enum(SEX)},
)


def test_a_patient_counts_once_in_each_group_and_once_in_the_denominator() -> None:
    census = count_census(SERIES, by=["modality"], key="patient")
    assert census.table.select("modality", "n_patients", "n_total").rows() == [
        ("CT", 3, 3),
        ("DX", 1, 3),
        ("Unknown", 1, 3),
    ]
    assert (census.overlapping, census.n_total) == (True, 3)
    assert census.missing.rows() == [
        ("modality", "Unknown", 1),
        ("modality", "Not Reported", 0),
        ("modality", "Not Applicable", 0),
    ]
    assert census.sentence == (
        "By modality, 100.0 % of 3 patients are in the largest group, CT; each counts in every group it belongs to."
    )
    assert "who may be in several groups: they add up to more than all." in census._repr_html_()


def test_a_patient_with_two_unknown_cells_is_missing_once() -> None:
    rows = pl.DataFrame({"patient": [1, 1], "sex": ["Unknown", "Unknown"], "modality": ["CT", "DX"]})
    census = count_census(rows, by=["sex", "modality"], key="patient")
    assert census.table["n_patients"].to_list() == [1, 1]
    assert census.missing.row(0) == ("sex", "Unknown", 1)


def test_groups_without_a_common_patient_do_not_overlap() -> None:
    census = count_census(SERIES, by=["sex"], key="patient")
    assert (census.overlapping, census.n_total) == (False, 3)
    assert dict(census.table.select("sex", "n_patients").iter_rows()) == dict(
        zip(SEX, [1, 2, 0, 0, 0, 0, 0], strict=True)
    )


def test_images_are_counted_as_the_sum_of_their_series() -> None:
    census = count_census(SERIES, by=["modality"], unit="instances", weight="n_instances")
    assert census.table.select("modality", "n_instances", "n_total").rows() == [
        ("CT", 150, 153),
        ("DX", 2, 153),
        ("Unknown", 1, 153),
    ]
    assert census.notes == ("Intervals: 95 % Wilson, as if the instances of one patient were independent.",)


_ROWS = st.lists(
    st.tuples(st.integers(-3, 8), st.sampled_from(SEX), st.sampled_from(["CT", "DX", "MR", None, "Unknown"])),
    max_size=40,
)


@settings(deadline=None)
@given(_ROWS, st.sampled_from([["sex"], ["modality"], ["sex", "modality"], ["modality", "sex"]]))
def test_a_census_of_keys_is_that_of_sets_of_patients(rows: list[tuple[int, str, str | None]], by: list[str]) -> None:
    schema = {"patient": pl.Int64, "sex": pl.Enum(SEX), "modality": pl.String}
    census = count_census(pl.DataFrame(rows, schema=schema, orient="row"), by=by, key="patient")
    named = [{"patient": key, "sex": sex, "modality": modality or "Not Reported"} for key, sex, modality in rows]
    patients: dict[tuple[str, ...], set[object]] = {}
    for row in named:
        patients.setdefault(tuple(str(row[name]) for name in by), set()).add(row["patient"])
    counted = {row[: len(by)]: row[len(by)] for row in census.table.iter_rows() if row[len(by)]}
    assert counted == {cell: len(keys) for cell, keys in patients.items()}
    assert census.n_total == len({row["patient"] for row in named})
    for attribute, reason, n in census.missing.iter_rows():
        assert n == len({row["patient"] for row in named if row[attribute] == reason})


def test_the_type_of_the_key_makes_no_difference() -> None:
    texts = SERIES.with_columns(pl.col("patient").cast(pl.String))
    small = SERIES.with_columns(pl.col("patient").cast(pl.UInt8))
    tables = [count_census(rows, by=["sex", "modality"], key="patient").table for rows in (SERIES, texts, small)]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


# ------------------------------------------------------------------ what may not be shown


def test_where_counts_are_hidden_the_sentence_adds_nothing_up() -> None:
    exact = count_census(pl.DataFrame({"site": ["A"] * 40 + ["B"] * 30 + ["C"] * 3}), by=["site"])
    hide = pl.col("site").cast(pl.String).is_in(["B", "C"])
    hidden = exact.table.with_columns(pl.when(~hide).then("n_patients").alias("n_patients"))
    shown = replace(exact, table=hidden, stamp="Small counts are not shown.")
    assert shown.sentence == "Site of 73 patients: the largest group shown is A, with 40."
    assert shown.standouts == ()
    assert "Small counts are not shown." in shown._repr_html_()
    unsaid = replace(shown, n_total=None, table=hidden.with_columns(n_total=pl.lit(None, pl.Int64)))
    assert unsaid.sentence == "Site of patients: the largest group shown is A, with 40."
    nothing = replace(unsaid, table=unsaid.table.with_columns(n_patients=pl.lit(None, pl.Int64)))
    assert nothing.sentence == "Site of patients: no group can be shown."


# ------------------------------------------------------------------ refusals


def test_a_row_without_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="key") as caught:
        count_census(pl.DataFrame({"patient": [1, None], "sex": ["Male", "Male"]}), by=["sex"], key="patient")
    assert str(caught.value) == (
        "Received key='patient', which is null in 1 of 2 rows. Every row belongs to one of the patients. "
        "Leave out the rows without one."
    )


def test_an_unknown_key_names_the_columns() -> None:
    with pytest.raises(UnknownNameError) as caught:
        count_census(SERIES, by=["sex"], key="patients")
    assert str(caught.value) == (
        "No column 'patients' in patients. Did you mean 'patient'? Valid: patient, sex, modality, n_instances. "
        "Pass one of these in key=."
    )


@pytest.mark.parametrize(("weights", "kind", "n_wrong"), [([1, None, -2], "Int64", 2), ([1.0, 2.0, 3.0], "Float64", 3)])
def test_a_weight_that_is_no_number_of_units_is_refused(weights: list[float | None], kind: str, n_wrong: int) -> None:
    rows = pl.DataFrame({"modality": ["CT"] * 3, "images": weights})
    with pytest.raises(ValueError, match="weight") as caught:
        count_census(rows, by=["modality"], unit="instances", weight="images")
    assert str(caught.value) == (
        f"Received weight='images', of type {kind}, which holds no number of instances in {n_wrong} of 3 rows. A row "
        "stands for a whole number of them, 0 or more. Fill or leave out the others."
    )


def test_a_key_and_a_weight_together_are_refused() -> None:
    with pytest.raises(ValueError, match="weight") as caught:
        count_census(SERIES, by=["modality"], key="patient", weight="n_instances")
    assert str(caught.value) == (
        "Received key='patient' and weight='n_instances'. Rows either share a unit or stand for several. "
        "Pass one of them."
    )


def test_more_combinations_than_can_be_numbered_are_refused() -> None:
    many = pl.DataFrame({f"a{place}": [str(value) for value in range(1000)] for place in range(7)})
    with pytest.raises(ValueError, match="combinations") as caught:
        count_census(many, by=many.columns)
    assert str(caught.value) == (
        "Received by=['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6'], which have 1.0e+21 possible combinations. "
        "A census counts combinations that a person can read. Ask for fewer attributes."
    )
    assert count_census(many, by=many.columns[:5]).table.height == 1000


@pytest.mark.parametrize("n", [0, 1])
def test_nobody_and_a_single_patient_are_counted(n: int) -> None:
    census = count_census(SERIES.head(n), by=["sex", "modality"], key="patient")
    assert (census.n_total, census.table.height, census.overlapping) == (n, n, False)
    assert census.missing["reason"].to_list() == [*MISSING, *MISSING]


def test_of_several_largest_groups_none_is_the_largest() -> None:
    rows = pl.DataFrame({"patient": [1, 1, 2, 3], "kind": ["CT", "DX", "CT", "DX"]})
    assert count_census(rows, by=["kind"], key="patient").sentence == (
        "By kind, 66.7 % of 3 patients are in each of the largest groups, CT and DX; each counts in every group it "
        "belongs to."
    )
    exact = count_census(pl.DataFrame({"site": ["A", "A", "B", "B", "C"]}), by=["site"])
    hide = pl.when(pl.col("n_patients") > 1).then("n_patients").alias("n_patients")
    assert replace(exact, table=exact.table.with_columns(hide)).sentence == (
        "Site of 5 patients: the largest groups shown are A and B, with 2 each."
    )


def test_weights_that_add_up_to_more_than_can_be_counted_are_refused() -> None:
    for weights in (pl.Series([2**62, 2**62]), pl.Series([2**64 - 1, 0], dtype=pl.UInt64)):
        rows = pl.DataFrame({"modality": ["CT", "DX"], "images": weights})
        with pytest.raises(ValueError, match="weight") as caught:
            count_census(rows, by=["modality"], unit="instances", weight="images")
        assert str(caught.value) == (
            f"Received weight='images', which adds up to {'9.2e+18' if weights[1] else '1.8e+19'} instances. At most "
            "9.2e+18 can be counted. Check the unit of the column."
        )
