import csv
import datetime
import tomllib
from pathlib import Path

import polars as pl
import pytest

from workbench.assessment.references import describe_references, list_references, read_reference, reference_periods
from workbench.assets import asset_path
from workbench.errors import UnknownNameError
from workbench.vocabulary.countries import COUNTRIES
from workbench.vocabulary.demographics import (
    AGE_DECADES,
    AGE_GROUPS,
    COVID_STATUS,
    ETHNICITY,
    MISSING,
    RACE,
    RACE_ETHNICITY,
    SEX,
)
from workbench.vocabulary.geography import STATES

CLOSED = {
    "sex": SEX,
    "race": RACE,
    "ethnicity": ETHNICITY,
    "race_ethnicity": RACE_ETHNICITY,
    "covid19_positive": COVID_STATUS,
}
HERE = Path(__file__).parent


def n_of(name: str, attribute: str, category: str, **asked: str) -> float:
    rows = read_reference(name, **asked).table.filter(attribute=attribute, category=category)
    return float(rows["n"].item())


@pytest.mark.parametrize("name", list_references())
def test_fractions_of_each_attribute_sum_to_one(name: str) -> None:
    table = read_reference(name).table
    sums = table.group_by("attribute").agg(pl.col("fraction").sum())["fraction"].to_list()
    assert sums == pytest.approx([1] * len(sums))


@pytest.mark.parametrize("name", list_references())
def test_categories_are_spelled_as_the_vocabulary_and_missing_ones_stand_apart(name: str) -> None:
    reference = read_reference(name)
    assert reference.table.columns == ["attribute", "category", "n", "percent", "percent_sum", "fraction"]
    assert not set(reference.table["category"]) & set(MISSING)
    for attribute, category in reference.table.select("attribute", "category").iter_rows():
        assert category in CLOSED.get(attribute, (category,))
    assert set(reference.attributes) <= {*CLOSED, "age_group", "age_decade", "state", "country"}


@pytest.mark.parametrize("name", list_references())
def test_every_source_says_where_it_is_from(name: str) -> None:
    source = tomllib.loads(asset_path("data_catalog", "reference_populations", "sources.toml").read_text())[name]
    stated = ("title", "publisher", "table_id", "vintage", "retrieved", "url", "license", "rows", "caveats", "mapping")
    assert [field for field in stated if not source.get(field)] == []
    assert all(len(file["sha256"]) == 64 for file in source["files"])
    reference = read_reference(name)
    assert set(source["mapping"]) - {"missing"} <= set(reference.attributes)
    assert set(source.get("warnings", {})) <= set(reference.attributes)


def test_the_census_is_spelled_as_the_vocabulary() -> None:
    census = read_reference("us_census")
    vocabularies = {
        "sex": SEX[:2],
        "age_group": tuple(AGE_GROUPS),
        "race": RACE,
        "ethnicity": ETHNICITY,
        "race_ethnicity": RACE_ETHNICITY,
    }
    assert census.attributes == list(vocabularies)
    for (attribute,), rows in census.table.group_by("attribute", maintain_order=True):
        expected = [category for category in vocabularies[str(attribute)] if category not in MISSING]
        assert rows["category"].to_list() == expected


def test_what_no_source_states_is_unknown() -> None:
    census = read_reference("us_census")
    assert (census.source["table_id"], census.source["vintage"], census.year) == ("unknown", "unknown", "unknown")
    assert census.n_total is None
    assert census.table["n"].null_count() == census.table.height
    said = repr(census).splitlines()
    assert said[0] == "US population percentages as shipped with MIDRC-REACT (table unknown, year unknown)"
    assert said[1].endswith("; n is not published")
    assert "<p>" in census._repr_html_()


def test_a_definition_that_differs_is_a_warning_next_to_the_number() -> None:
    (warning,) = read_reference("us_census").warnings("race")
    assert warning == (
        "'Multiple or Other' is 18.6 % of this reference (some other race and two or more races together, it seems) "
        "and 3.5 % of MIDRC's patients (2024-03-04): much of a distance of race is a difference of definition."
    )
    # The figures of the sentences are those of the tables.
    share = pl.col("category") == "Multiple or Other"
    assert read_reference("us_census").table.filter(share)["fraction"].item() == pytest.approx(0.186, abs=5e-4)
    assert read_reference("us_acs").table.filter(share)["fraction"].item() == pytest.approx(0.152, abs=5e-4)
    midrc = read_reference("midrc_open")
    assert n_of("midrc_open", "race", "Multiple or Other") / (midrc.n_total or 0) == pytest.approx(0.035, abs=5e-4)
    assert read_reference("us_census").warnings("sex") == ()


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("us_acs", {}, "'Multiple or Other' is 15.2 % of this reference"),
        # 11,716,002 of 39,356,104 people
        ("us_acs", {"state": "California"}, "'Multiple or Other' is 29.8 % of this reference"),
        ("midrc_open", {}, "'Multiple or Other' is MIDRC's own category, 3.8 % of those here whose race is known"),
        ("midrc_open", {"period": "2021-08-31"}, "own category, 1.1 % of those here whose race is known"),
    ],
)
def test_warnings_quote_the_numbers_of_the_part_and_the_date_at_hand(
    name: str, arguments: dict[str, str], said: str
) -> None:
    reference = read_reference(name, **arguments)
    assert said in reference.warnings("race")[0]
    counts = dict(reference.table.filter(attribute="race").select("category", "n").iter_rows())
    share = 100 * counts["Multiple or Other"] / sum(counts.values())
    assert f"{share:.1f} %" in said


def test_no_shipped_warning_keeps_a_place_to_be_filled() -> None:
    for name in list_references():
        for said in read_reference(name).source["warnings"].values():
            assert not any("{" in text for text in said), name


def test_a_part_has_no_warnings_of_what_it_is_not_broken_down_by() -> None:
    assert "race" not in read_reference("us_acs", race="Asian").source["warnings"]


# ------------------------------------------------------------------ American Community Survey


def test_every_table_of_the_survey_adds_up_to_everybody_in_each_state_and_sex() -> None:
    # The file's rows "All": 334,369,975 persons, 168,618,009 women, 165,751,966 men; 5,028,092 in Alabama. Checked to
    # the person, here over all states and in build_references.py in each state and sex: the sum over the age bands of
    # ALL, over age bands and the seven races, and over age bands and both ethnicities is the row "All".
    survey = read_reference("us_acs")
    assert survey.n_total == 334_369_975
    by_sex = [
        dict(joint.group_by("sex").agg(pl.col("n").sum()).iter_rows())
        for joint in survey.joints
        if "sex" in joint.columns
    ]
    assert by_sex == [{"Female": 168_618_009, "Male": 165_751_966}] * 3
    by_state = [dict(joint.group_by("state").agg(pl.col("n").sum()).iter_rows()) for joint in survey.joints]
    assert by_state == [by_state[0]] * 4
    assert by_state[0]["AL"] == 5_028_092
    assert set(by_state[0]) == set(STATES) - {"AS", "GU", "MP", "VI"}


def test_race_of_the_survey_is_disjoint_and_exhaustive() -> None:
    # The file's sums over states: AIAN 2,791,497; ASIAN 19,119,274; BLACK 41,574,960; NHPI 625,142; WHITE 219,548,855;
    # OTHER_STANDARD 20,804,859 + MULTI 29,905,388. HISP 64,987,193. WHITE_NH 194,913,654.
    table = read_reference("us_acs").table
    race = table.filter(attribute="race")["n"].to_list()
    assert race == [2_791_497, 19_119_274, 41_574_960, 625_142, 219_548_855, 50_710_247]
    assert table.filter(attribute="ethnicity")["n"].to_list() == [64_987_193, 269_382_782]
    # race_national_current.csv: HISP, AIAN_NH, ASIAN_NH, BLACK_NH, NHPI_NH, WHITE_NH, MULTI_OR_OTHER_STANDARD_NH
    together = [64_987_193, 1_826_398, 18_875_968, 40_150_435, 561_561, 194_913_654, 13_054_766]
    assert table.filter(attribute="race_ethnicity")["n"].to_list() == together
    assert sum(race) == sum(together) == 334_369_975


def test_one_state_is_read_by_any_of_its_names() -> None:
    numbers = {read_reference("us_acs", state=name).n_total for name in ("California", "CA", "06")}
    assert len(numbers) == 1
    alabama = read_reference("us_acs", state="alabama")
    assert alabama.title == "US population, American Community Survey: AL"
    assert "state" not in alabama.attributes
    assert alabama.n_total == 5_028_092
    women = read_reference("us_acs", state="AL", sex="Female")
    assert women.n_total == alabama.table.filter(category="Female")["n"].item()


def test_the_finest_cells_that_hold_the_attributes_are_summed() -> None:
    survey = read_reference("us_acs")
    bands = survey.joint(["sex", "age_group"])["age_group"].unique().sort().to_list()
    assert "35–39" in bands
    crossed = survey.joint(["race", "age_group"])
    assert "35–44" in crossed["age_group"].to_list()
    assert survey.cells is not None
    assert survey.cells.columns == ["sex", "age_group", "age_decade", "race", "state", "n"]


def test_attributes_that_are_not_published_together_are_refused() -> None:
    with pytest.raises(ValueError, match="together") as caught:
        read_reference("us_islands").joint(["sex", "age_group"])
    assert str(caught.value) == (
        "Received sex and age_group. The reference 'us_islands' publishes together: sex × state; age_group × "
        "age_decade × state. Pass attributes of one of these, each once, or another reference such as 'us_acs'."
    )
    with pytest.raises(ValueError, match="publishes together: nothing"):
        read_reference("us_census").joint(["sex", "race"])
    assert read_reference("us_islands", state="Guam").cells is None


# ------------------------------------------------------------------ places that do not exist


def test_a_state_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownNameError) as caught:
        read_reference("us_islands", state="California")
    assert str(caught.value) == (
        "No state 'California' in the reference 'us_islands'. Valid: AS, GU, MP, VI. Pass one of these."
    )


def test_an_attribute_that_is_not_crossed_is_named() -> None:
    with pytest.raises(UnknownNameError) as caught:
        read_reference("un_wpp", state="California")
    assert str(caught.value) == (
        "No attribute 'state' in the cells of the reference 'un_wpp'. Valid: sex, age_group, age_decade, country. "
        "Leave it out, or pass another reference such as 'us_acs'."
    )
    with pytest.raises(ValueError, match="as a whole") as whole:
        read_reference("us_census", state="California")
    assert str(whole.value) == (
        "Received state='California'. The reference 'us_census' is published as a whole, attribute by attribute. Leave "
        "state= out, or pass another reference such as 'us_acs'."
    )


def test_an_unknown_population_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError) as caught:
        read_reference("us_cencus")
    assert str(caught.value) == (
        "No reference population 'us_cencus' in data_catalog/reference_populations. Did you mean 'us_census' or "
        f"'us_acs'? Valid: {', '.join(list_references())}. Pass one of these names, or the path of a CSV of your own."
    )


# ------------------------------------------------------------------ world, islands


def test_the_world_and_its_countries() -> None:
    # popM.txt and popF.txt of 2020, in thousands: world, 0-4: 349432.556 and 328509.234
    world = read_reference("un_wpp")
    assert n_of("un_wpp", "age_group", "0–4") == 349_432_556 + 328_509_234
    assert world.year == "2020"
    assert world.table.filter(attribute="country").height == 200
    assert set(world.table.filter(attribute="country")["category"]) <= {country.name for country in COUNTRIES.values()}
    india = read_reference("un_wpp", country="IND")
    assert india.title.endswith(": India")
    assert india.n_total == n_of("un_wpp", "country", "India")
    assert india.attributes == ["sex", "age_group", "age_decade"]
    # Countries are part of the world; some published areas are not listed, so they do not add up to it.
    listed = world.table.filter(attribute="country")["n"].sum()
    assert 0.999 < listed / (world.n_total or 0) < 1


def test_decades_are_sums_of_published_bands() -> None:
    decades = read_reference("un_wpp").table.filter(attribute="age_decade")["category"].to_list()
    assert decades == list(AGE_DECADES)
    assert read_reference("us_acs").table.filter(attribute="age_decade")["category"].to_list()[-1] == "80+"


def test_the_islands_have_sex_and_age_apart() -> None:
    # sex_state_current.csv, All: 49,710 + 153,836 + 47,329 + 87,146
    islands = read_reference("us_islands")
    assert islands.n_total == 49_710 + 153_836 + 47_329 + 87_146
    assert islands.year == "2020"
    assert n_of("us_islands", "sex", "Female", state="Guam") == 75_565


# ------------------------------------------------------------------ counts over time


def test_the_last_batch_of_midrc_is_what_its_spreadsheet_holds() -> None:
    with (HERE / "midrc_2024_03_04_counts.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    published = read_reference("midrc_open").published
    assert published is not None
    counts = {(attribute, category): n for attribute, category, n, _ in published.rows()}
    checked = [row for row in rows if (row["attribute"], row["category"]) in counts]
    assert len(checked) > 20
    for row in checked:
        assert counts[row["attribute"], row["category"]] == float(row[next(iter(set(row) - {"attribute", "category"}))])


def test_missing_is_counted_and_kept_out_of_the_table() -> None:
    # CDC, 2023-03-31: race not reported 35,631,954 of 97,799,722; White 47,547,915 of the 62,167,768 others.
    cases = read_reference("cdc_covid")
    assert cases.n_total == 97_799_722
    missing = {attribute: n for attribute, _, n in cases.missing.rows()}
    assert missing["race"] == 35_631_954
    white = cases.table.filter(attribute="race", category="White").row(0, named=True)
    assert white["fraction"] == pytest.approx(47_547_915 / (97_799_722 - 35_631_954))
    assert white["percent_sum"] == pytest.approx(100)
    assert "missing: age_group 1,774,002, sex 4,134,695, race 35,631,954" in repr(cases)


def test_how_many_are_not_known_is_a_warning_for_the_period_that_is_read() -> None:
    assert read_reference("cdc_covid").warnings("race") == (
        "Not known for 35,631,954 of 97,799,722 (36.4 %) of this reference.",
    )
    assert read_reference("cdc_covid", period="2020-01-31").warnings("sex") == (
        "Not known for 3,557 of 4,224 (84.2 %) of this reference.",
    )
    assert read_reference("midrc_open").warnings("sex") == ()  # 24 of 70,261


def test_published_rows_keep_their_order_and_missing_ones() -> None:
    published = read_reference("cdc_covid").published
    assert published is not None
    ages = published.filter(attribute="age_group").select("category", "n").rows()
    assert ages == [
        ("0–17", 16_409_953),
        ("18–49", 49_061_772),
        ("50–64", 17_790_552),
        ("65+", 12_763_443),
        ("Not Reported", 1_774_002),
    ]


def test_a_period_is_the_last_date_that_is_not_after_it() -> None:
    batches = reference_periods("midrc_open")
    assert (len(batches), batches[0], batches[-1]) == (47, datetime.date(2021, 8, 4), datetime.date(2024, 3, 4))
    assert len(reference_periods("cdc_covid")) == 39
    assert reference_periods("us_acs") == []
    assert read_reference("midrc_open", period="2021-08-19").year == "2021-08-04"
    assert read_reference("midrc_open", period=datetime.date(2021, 8, 20)).year == "2021-08-20"
    assert read_reference("midrc_open", period="2030-01-01").n_total == 70_261
    assert read_reference("midrc_open", period="2021-08-04").n_total == 196


def test_a_period_before_the_first_is_refused() -> None:
    with pytest.raises(ValueError, match="first") as caught:
        read_reference("midrc_open", period="2019-01-01")
    assert str(caught.value) == (
        "Received period 2019-01-01. The first of the reference 'midrc_open' is 2021-08-04: nothing was counted "
        "before. Pass a date from 2021-08-04 to 2024-03-04."
    )


def test_a_period_of_a_population_without_periods_is_refused() -> None:
    with pytest.raises(ValueError, match="counted over time") as caught:
        read_reference("us_acs", period="2021-01-01")
    assert str(caught.value) == (
        "Received period '2021-01-01'. The reference 'us_acs' is not counted over time: its year is 2022. "
        "Leave period= out."
    )


def test_a_period_that_is_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="YYYY-MM-DD") as caught:
        read_reference("cdc_covid", period="June 2021")
    assert str(caught.value) == (
        "Received period 'June 2021'. A day is written YYYY-MM-DD, such as '2024-03-04'. Write it so."
    )


# ------------------------------------------------------------------ other age bands


def test_published_bands_are_summed_to_wider_ones() -> None:
    cases = read_reference("cdc_covid").with_age_bands(["0–49", "50+"])
    assert cases.table.filter(attribute="age_group")["n"].to_list() == [
        16_409_953 + 49_061_772,
        17_790_552 + 12_763_443,
    ]
    assert cases.warnings("age_group") == read_reference("cdc_covid").warnings("age_group")
    assert cases.table.filter(attribute="race").equals(read_reference("cdc_covid").table.filter(attribute="race"))


def test_a_band_that_crosses_an_edge_is_spread_only_when_asked() -> None:
    cases = read_reference("cdc_covid")
    with pytest.raises(ValueError, match="cross an edge"):
        cases.with_age_bands(["0–17", "18–39", "40+"])
    spread = cases.with_age_bands(["0–17", "18–39", "40+"], bridge="uniform")
    # 18–49 has 32 years, 22 of them in 18–39
    expected = [16_409_953, 49_061_772 * 22 / 32, 49_061_772 * 10 / 32 + 17_790_552 + 12_763_443]
    assert spread.table.filter(attribute="age_group")["n"].to_list() == pytest.approx(expected)
    assert spread.warnings("age_group")[1:] == (
        "Published age bands that cross an edge (18–49) were spread evenly over their years, an assumption.",
    )
    assert spread.table.filter(attribute="age_group")["fraction"].sum() == pytest.approx(1)


def test_percentages_are_banded_like_counts() -> None:
    census = read_reference("us_census").with_age_bands(["0–17", "18+"])
    rows = census.table.filter(attribute="age_group")
    assert rows["percent"].to_list() == pytest.approx([6 + 8.7 + 5.1 + 2.5, 16.4 + 13.5 + 12.3 + 19.2 + 9.6 + 4.9 + 2])
    assert rows["n"].null_count() == 2


def test_a_description_of_all_helps_to_choose() -> None:
    described = describe_references()
    assert described["name"].to_list() == list_references()
    assert described.filter(name="us_acs")["year"].item() == "2022"
    assert described.columns == ["name", "title", "year", "n", "attributes", "publisher", "license"]


@pytest.mark.parametrize("source", [None, 5])
def test_a_source_that_is_neither_a_name_nor_a_path_is_refused(source) -> None:
    with pytest.raises(TypeError, match="reference population") as caught:
        read_reference(source)
    assert str(caught.value) == (
        f"Received {source} as a reference population. A name of list_references(), or the path of a CSV of your own, "
        "would be right. Pass one such as 'us_census'."
    )


def test_an_empty_name_is_no_path() -> None:
    with pytest.raises(UnknownNameError, match="No reference population ''"):
        read_reference("")


@pytest.mark.parametrize("state", [5, ["CA"]])
def test_a_part_that_is_not_text_is_refused(state) -> None:
    with pytest.raises(TypeError, match="state") as caught:
        read_reference("us_acs", state=state)
    assert str(caught.value).startswith(f"Received state={state}. One category, as text, would be right. Pass one such")


def test_an_age_band_may_be_written_with_a_hyphen() -> None:
    assert read_reference("us_acs", age_group="35-39").n_total == read_reference("us_acs", age_group="35–39").n_total


def test_what_follows_a_day_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="YYYY-MM-DD") as caught:
        read_reference("midrc_open", period="2024-03-04foo")
    assert str(caught.value) == (
        "Received period '2024-03-04foo'. A day is written YYYY-MM-DD, such as '2024-03-04'. Write it so."
    )
    assert (
        read_reference("midrc_open", period=datetime.datetime(2024, 3, 4, 12, tzinfo=datetime.UTC)).year == "2024-03-04"
    )


@pytest.mark.parametrize(("attributes", "told"), [(["sex", "sex"], "sex and sex"), ([], "no attributes")])
def test_attributes_of_a_joint_are_named_once_each(attributes, told) -> None:
    with pytest.raises(ValueError, match="each once") as caught:
        read_reference("us_islands").joint(attributes)
    assert str(caught.value).startswith(f"Received {told}. The reference 'us_islands' publishes together: ")
