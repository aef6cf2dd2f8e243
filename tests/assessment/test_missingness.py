"""Which attributes are missing together."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.assessment.missingness import count_missing_together, missing_census, missing_together
from workbench.errors import UnknownNameError

PATIENTS = pl.DataFrame(
    {
        "sex": ["Male", "Unknown", "Not Reported", "Female", None],
        "age_years": [30.0, None, float("nan"), None, 50.0],
        "covid19_positive": [True, None, None, False, None],
    }
)


def test_each_combination_is_a_row_the_most_frequent_first() -> None:
    found = count_missing_together(PATIENTS, attributes=PATIENTS.columns)
    assert found.table.rows() == [
        (True, True, True, 2, 0.4),
        (False, False, False, 1, 0.2),
        (False, True, False, 1, 0.2),
        (True, False, True, 1, 0.2),
    ]
    assert (found.n_total, found.attributes) == (5, ("sex", "age_years", "covid19_positive"))
    assert found.sentence == (
        "For 1 of 5 patients, sex, age and COVID-19 positive are all recorded; sex, age and COVID-19 positive are "
        "most often missing, for 3 each; most often together are sex and COVID-19 positive, for 3."
    )
    assert found.sentence in repr(found)
    assert found.sentence in found._repr_html_()


def test_one_attribute_is_recorded_or_not() -> None:
    found = count_missing_together(PATIENTS, attributes="sex", unit="studies")
    assert found.table.columns == ["sex", "n_studies", "fraction"]
    assert found.sentence == "For 2 of 5 studies, sex is recorded."


def test_nobody_lacks_nothing() -> None:
    assert count_missing_together(PATIENTS.clear(), attributes=["sex"]).sentence == "There are no patients to count."
    found = count_missing_together(PATIENTS[1:3], attributes=["sex", "age_years"])
    assert (
        found.sentence == "Sex and age are most often missing, for 2 each; most often together are sex and age, for 2."
    )
    found = count_missing_together(PATIENTS[1:3], attributes=["sex"])
    assert found.sentence == "Sex is recorded for none of 2 patients."


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from(["A", "Unknown", None])] * 3), max_size=30))
def test_the_combinations_add_up_to_everyone(rows: list[tuple[str | None, ...]]) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys("abc", pl.String), orient="row")
    table = count_missing_together(frame, attributes=["a", "b", "c"]).table
    assert table["n_patients"].sum() == len(rows)
    for place, name in enumerate("abc"):
        lacking = sum(row[place] != "A" for row in rows)
        assert table.filter(pl.col(name))["n_patients"].sum() == lacking


def test_hidden_counts_stay_hidden_and_are_not_ranked() -> None:
    census = missing_census(PATIENTS, attributes=["sex", "age_years"])
    hidden = census.table.with_columns(pl.when(pl.col("n_patients") > 1).then("n_patients").alias("n_patients"))
    found = missing_together(replace(census, table=hidden, n_total=None, stamp="Small counts are not shown."))
    assert found.table["n_patients"].to_list() == [2, None, None, None]
    assert found.sentence == "Not every combination of patients may be shown."
    assert repr(found).endswith("Small counts are not shown.")


def test_an_unknown_attribute_names_the_columns() -> None:
    with pytest.raises(UnknownNameError) as caught:
        count_missing_together(PATIENTS, attributes=["age"])
    assert str(caught.value) == (
        "No column 'age' in patients. Valid: sex, age_years, covid19_positive. Pass one of these in attributes=."
    )


def test_no_attribute_is_refused() -> None:
    with pytest.raises(ValueError, match="attribute") as caught:
        count_missing_together(PATIENTS, attributes=[])
    assert str(caught.value) == (
        "Received attributes=[]. At least one is needed. "
        "Pass one or more of the columns: sex, age_years, covid19_positive."
    )


def test_the_attribute_most_often_missing_is_that_over_all_combinations() -> None:
    # a alone is missing in 5 rows, b alone in 4, b with c in 4: b is missing in 8.
    assert lacking("a", 5, "b", 4, "bc", 4) == "B is most often missing, for 8; most often together are b and c, for 4."


def test_those_missing_together_may_lack_more() -> None:
    # a and b are both missing in 4 + 3 rows, which is more than the 5 of c with d
    assert lacking("ab", 4, "abc", 3, "cd", 5).endswith("; most often together are a and b, for 7.")
    assert lacking("abc", 3, "d", 4).endswith("; most often together are a, b and c, for 3.")
    assert lacking("ab", 3, "cd", 3, "a", 1).endswith("; most often together, among others, are a and b, for 3.")
    assert lacking("a", 3, "b", 2) == "A is most often missing, for 3."


def lacking(*counts: str | int) -> str:
    """The sentence of rows that lack the attributes named, each so many times."""
    pairs = zip(counts[::2], counts[1::2], strict=True)
    rows = [tuple(None if name in str(names) else "x" for name in "abcd") for names, n in pairs for _ in range(int(n))]
    frame = pl.DataFrame(rows, schema=dict.fromkeys("abcd", pl.String), orient="row")
    return count_missing_together(frame, attributes=list("abcd")).sentence


def test_a_name_that_the_table_uses_itself_is_refused_and_rows_are_a_frame() -> None:
    with pytest.raises(ValueError, match="'fraction', which is what the result calls a number of its own"):
        count_missing_together(PATIENTS.with_columns(fraction=1), attributes=["fraction"])
    with pytest.raises(TypeError, match=r"^Received patients of type LazyFrame\."):
        count_missing_together(PATIENTS.lazy(), attributes=["sex"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^Received attributes=None"):
        count_missing_together(PATIENTS, attributes=None)  # type: ignore[arg-type]
