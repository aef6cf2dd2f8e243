import datetime
from pathlib import Path

import pytest

from workbench.assessment.references import read_reference, reference_periods

ENDING = "A row is a category of an attribute with its number of people or its percentage. Correct these lines."


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "county.csv"


def test_numbers_of_people_with_their_source(written: Path) -> None:
    written.write_text(
        "# title: Our county\n# Publisher: County office\n# year: 2021\n# a remark\n\n"
        "attribute,category,n\nsex,Female,60\nsex,Male,40\nage_group,0-17,25\nage_group,18 and over,75\n",
        encoding="utf-8",
    )
    county = read_reference(written)
    assert (county.name, county.title, county.year, county.n_total) == ("county", "Our county", "2021", 100)
    assert (county.source["publisher"], county.source["license"]) == ("County office", "unknown")
    assert county.table.select("category", "n", "fraction").rows() == [
        ("Female", 60, 0.6),
        ("Male", 40, 0.4),
        ("0–17", 25, 0.25),
        ("18+", 75, 0.75),
    ]
    assert repr(county).startswith("Our county (table unknown, year 2021)\nCounty office; n = 100\n")


def test_a_file_that_states_nothing_says_unknown(written: Path) -> None:
    written.write_text("attribute,category,percent\nsex,Female,50.5\nsex,Male,49.5\n", encoding="utf-8-sig")
    county = read_reference(str(written))
    assert (county.title, county.year, county.source["publisher"]) == ("county", "unknown", "unknown")
    assert county.n_total is None
    assert county.source["caveats"] == []


def test_percentages_within_two_points_are_normalized_and_noted(written: Path) -> None:
    written.write_text("attribute,category,percent\nsex,Female,51\nsex,Male,51\n")
    county = read_reference(written)
    assert county.table["fraction"].to_list() == [0.5, 0.5]
    assert county.table["percent_sum"].to_list() == [102, 102]
    assert county.source["caveats"] == ["The percentages of sex sum to 102.0 and were normalized to 100."]


def test_missing_people_count_and_have_no_share(written: Path) -> None:
    written.write_text("attribute,category,percent\nsex,Female,30\nsex,Male,30\nsex,not reported,40\n")
    county = read_reference(written)
    assert county.table.select("category", "percent", "percent_sum", "fraction").rows() == [
        ("Female", 30, 100, 0.5),
        ("Male", 30, 100, 0.5),
    ]
    assert read_reference(written).warnings("sex") == ("Not known for 40.0 % of this reference.",)


def test_states_and_countries_are_read_by_any_name(written: Path) -> None:
    written.write_text("attribute,category,n\nstate,california,1\nstate,NV,1\ncountry,USA,1\ncountry,South Korea,1\n")
    categories = read_reference(written).table["category"].to_list()
    assert categories == ["CA", "NV", "United States of America", "Korea, Republic of"]


def test_periods_are_sorted_and_it_is_said(written: Path) -> None:
    written.write_text(
        "attribute,category,n,period\nsex,Female,5,2021-02-01\nsex,Male,5,2021-02-01\n"
        "sex,Female,1,2021-01-01\nsex,Male,2,2021-01-01\n"
    )
    assert reference_periods(written) == [datetime.date(2021, 1, 1), datetime.date(2021, 2, 1)]
    last = read_reference(written)
    assert (last.year, last.n_total) == ("2021-02-01", 10)
    assert read_reference(written, period="2021-01-31").n_total == 3
    assert last.source["caveats"] == ["The rows were not in the order of their dates; they were sorted."]


def test_every_defect_is_named_with_its_line(written: Path) -> None:
    written.write_text(
        "# title: Our county\n"
        "attribute,category,n\n"
        "race,Blak or African American,5\n"
        "race,White,-1\n"
        "race,Asian,nan\n"
        "sex,Female,2.5\n"
        "sex,Male,10\n"
        "sex,Male,11\n"
        "age_group,old,1\n"
        ",x,1\n"
        "state,Calfornia,1\n"
        "sex,Other\n"
    )
    with pytest.raises(ValueError, match="defects") as caught:
        read_reference(written)
    assert str(caught.value) == (
        "The reference population in 'county.csv' has defects:\n"
        "  line 3: 'Blak or African American' is no category of race; did you mean 'Black or African American'?\n"
        "  line 4: n is -1, not 0 or more and finite\n"
        "  line 5: n is nan, not 0 or more and finite\n"
        "  line 6: n is 2.5, and people are whole: is it a percentage?\n"
        "  line 8: sex 'Male' stands in line 7 already\n"
        "  line 9: 'old' is no age band such as '18–29' or '85+'\n"
        "  line 10: no attribute\n"
        "  line 11: 'Calfornia' is no category of state; did you mean 'California'?\n"
        "  line 12: 1 fields too few; n is '', which is no number\n"
        f"{ENDING}"
    )


@pytest.mark.parametrize(
    ("attribute", "spelled", "meant"),
    [
        ("race", "Caucasian", "White"),
        ("race", "two or more races", "Multiple or Other"),
        ("sex", "F", "Female"),
        ("ethnicity", "Hispanic", "Hispanic or Latino"),
        ("race_ethnicity", "Caucasian", "White, Not Hispanic or Latino"),
        ("race_ethnicity", "Latino", "Hispanic or Latino"),
        ("race_ethnicity", "Asain, Not Hispanic or Latino", "Asian, Not Hispanic or Latino"),
    ],
)
def test_a_synonym_is_answered_with_what_it_means(written: Path, attribute: str, spelled: str, meant: str) -> None:
    written.write_text(f'attribute,category,n\n{attribute},"{spelled}",1\n', encoding="utf-8")
    with pytest.raises(ValueError, match="is no category of") as caught:
        read_reference(written)
    assert f"line 2: {spelled!r} is no category of {attribute}; did you mean {meant!r}?" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "there are no columns: write attribute,category,n above the rows"),
        ("# title: x\n", "there are no columns: write attribute,category,n above the rows"),
        ("attribute,category,n\n", "there are no rows"),
        ("attribute,category\nsex,Male\n", "neither column n nor percent: give one of them"),
        ("attribute,category,n,percent\nsex,Male,1,100\n", "both columns n and percent: give one of them"),
        (
            "atribute,category,n\nsex,Male,1\n",
            "column 'atribute' is not one of attribute, category, n, percent, period; did you mean 'attribute'?\n"
            "  column 'attribute' is missing",
        ),
        ("attribute,category,n,n\nsex,Male,1,1\n", "column 'n' stands twice"),
        ("attribute,category,n\nsex,Male,0\nsex,Female,0\n", "sex: every number is 0"),
        ("attribute;category;n\nsex;Male;1\n", "the columns are not separated by commas: save the file with commas"),
        ("attribute,category,n\nsex,Male,0\nsex,Unknown,3\n", "sex: nobody has a known category"),
        ("attribute,category,n\nsex,Male,1_0\n", "line 2: n is '1_0', which is no number"),
        (
            "attribute,category,percent\nsex,Male,40\nsex,Female,50\n",
            "sex: the percentages sum to 90.0, not to 100",
        ),
        (
            "attribute,category,percent\nsex,Male,400\n",
            "line 2: percent is 400, more than 100: is it a number of people?",
        ),
        ("attribute,category,n\nage_group,0–17,1\nage_group,10–19,1\n", "age_group: the bands 0–17 and 10–19 overlap"),
        (
            "attribute,category,n\nage_group,0–17,1\nage_group,20+,1\n",
            "age_group: no band holds the ages 18–19; write them with 0 where there is nobody",
        ),
        (
            "attribute,category,n\nsex,Male,9223372036854775808\n",
            "line 2: n is 9223372036854775808, more than 1,000,000,000,000 people",
        ),
        (
            "attribute,category,n,period\nsex,Male,1,June\n",
            "line 2: period is 'June', not a day as YYYY-MM-DD",
        ),
        (
            "attribute,category,n,period\nsex,Male,1,2021-01-01\nsex,Male,2,2021-01-01\n",
            "line 3: sex 'Male' stands in line 2 already for 2021-01-01",
        ),
        (
            "attribute,category,n,period\nsex,Male,1,2021-01-01\nsex,Female,2,2021-02-01\n",
            "sex on 2021-01-01: no 'Female', which other periods have; write 0 for nobody\n"
            "  sex on 2021-02-01: no 'Male', which other periods have; write 0 for nobody",
        ),
    ],
)
def test_a_defect_is_explained(text: str, problem: str, written: Path) -> None:
    written.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="defects") as caught:
        read_reference(written)
    assert str(caught.value) == f"The reference population in 'county.csv' has defects:\n  {problem}\n{ENDING}"


def test_what_a_file_warns_of_stands_beside_every_number(written: Path) -> None:
    written.write_text("# warnings: Students are not counted.\n# caveats: A draft.\nattribute,category,n\nsex,Male,5\n")
    county = read_reference(written)
    assert county.warnings("sex") == ("Students are not counted.",)
    assert county.source["caveats"] == ["A draft."]


def test_many_defects_are_counted(written: Path) -> None:
    written.write_text("attribute,category,n\n" + "".join(f"site,{i},-1\n" for i in range(30)))
    with pytest.raises(ValueError, match=r"… \(30 in all\)"):
        read_reference(written)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    with pytest.raises(FileNotFoundError) as caught:
        read_reference(path)
    assert str(caught.value) == (
        f"No file {str(path)!r}. A reference population of your own is a CSV with the columns attribute, category and "
        "n or percent. Check the path, or pass a name of list_references()."
    )


def test_a_field_beyond_all_measure_is_a_defect(written: Path) -> None:
    written.write_text(f"attribute,category,n\nsite,{'x' * 200_000},1\n")
    with pytest.raises(ValueError, match="line 2: field larger than field limit"):
        read_reference(written)


def test_a_file_that_is_no_text(written: Path) -> None:
    written.write_bytes(b"\xff\xfe\x00attribute")
    with pytest.raises(ValueError, match="UTF-8") as caught:
        read_reference(written)
    assert str(caught.value) == "'county.csv' is not UTF-8 text. A reference is a CSV. Save it as CSV in UTF-8."
