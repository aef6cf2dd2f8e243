"""Charts of who is represented, on invented counts: their findings, their missing, and what they may not show."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from tests.presentation.specifications import assert_bars_start_at_zero, drawn_rows, inner, layers, mark
from workbench.assessment.census import Census, count_census
from workbench.assessment.drift import distance_trend
from workbench.assessment.gap import close_gap
from workbench.assessment.missingness import count_missing_together
from workbench.assessment.references import read_reference
from workbench.assessment.representativeness import compare_to_reference
from workbench.assessment.trend import count_trend
from workbench.errors import UnknownNameError
from workbench.presentation import charts
from workbench.presentation.charts import distance_words, rows, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import GRAY
from workbench.sampling import match_target
from workbench.vocabulary.demographics import AGE_GROUPS, ETHNICITY, MISSING, RACE, SEX

STAMP = "Counts of 1–10 patients, and those that would give them away, are hidden."


def spread(n: int, counts: dict[str, int], categories: tuple[str, ...]) -> pl.Series:
    words = [word for word, times in counts.items() for _ in range(times)]
    assert len(words) == n
    return pl.Series(words, dtype=pl.Enum(categories))


#: 100 patients; sex and age go together, so that the cells are known: 20 women and 30 men of 50–64, and so on.
PATIENTS = pl.DataFrame(
    {
        "sex": spread(100, {"Female": 40, "Male": 55, "Unknown": 5}, SEX),
        "age_group": pl.Series(
            ["18–29"] * 20 + ["50–64"] * 20 + ["18–29"] * 20 + ["50–64"] * 30 + ["Not Reported"] * 10,
            dtype=pl.Enum([*AGE_GROUPS, *MISSING]),
        ),
        "race": spread(100, {"White": 60, "Black or African American": 30, "Not Reported": 10}, RACE),
        "ethnicity": pl.Series(
            (["Hispanic or Latino"] + ["Not Hispanic or Latino"] * 4) * 20, dtype=pl.Enum(ETHNICITY)
        ),
        "state": ["CA"] * 60 + ["New York"] * 25 + ["Ontario"] * 5 + ["Unknown"] * 10,
        "country": ["United States"] * 70 + ["SGP"] * 20 + ["Atlantis"] * 10,
        "batch": pl.Series(([2021] * 2 + [2022] * 3) * 20),
    }
)
CENSUS = read_reference("us_census")
HALF_AND_HALF = {"Hispanic or Latino": 0.5, "Not Hispanic or Latino": 0.5}


def hidden(counted: Census, *cells: str) -> Census:
    """A census as suppression leaves it: cells that hold any of these categories have no number."""
    count = f"n_{counted.unit}"
    kept = ~pl.any_horizontal(pl.col(name).cast(pl.String).is_in(cells) for name in counted.by)
    numbers = [count, "fraction", "fraction_low", "fraction_high"]
    table = counted.table.with_columns(pl.when(kept).then(pl.col(name)).alias(name) for name in numbers)
    missing = counted.missing.with_columns(
        pl.when(~pl.col("reason").is_in(cells)).then(pl.col(count)).otherwise(None).alias(count)
    )
    return dataclasses.replace(counted, table=table, missing=missing, n_total=None, stamp=STAMP)


def by(*names: str) -> Census:
    return count_census(PATIENTS, by=names)


DRAWN: dict[str, Callable[[], Figure]] = {
    "census": lambda: charts.census(by("race")),
    "census of two": lambda: charts.census(by("sex", "age_group")),
    "census, hidden": lambda: charts.census(hidden(by("race"), "Black or African American")),
    "census of two, hidden": lambda: charts.census(hidden(by("sex", "age_group"), "Unknown")),
    "pyramid": lambda: charts.pyramid(by("sex", "age_group")),
    "pyramid, outlined": lambda: charts.pyramid(by("sex", "age_group"), reference=read_reference("us_acs")),
    "pyramid, hidden": lambda: charts.pyramid(hidden(by("sex", "age_group"), "18–29")),
    "dumbbell": lambda: charts.dumbbell(compare_to_reference(PATIENTS, CENSUS), attribute="race"),
    "decomposition": lambda: charts.decomposition(compare_to_reference(PATIENTS, CENSUS), attribute="race"),
    "spider": lambda: charts.spider(compare_to_reference(PATIENTS, CENSUS)),
    "intersections": lambda: charts.intersections(by("race", "ethnicity")),
    "intersections of three": lambda: charts.intersections(by("race", "sex", "ethnicity")),
    "intersections, hidden": lambda: charts.intersections(hidden(by("race", "sex"), "Unknown")),
    "missingness": lambda: charts.missingness(count_missing_together(PATIENTS, attributes=["sex", "race"])),
    "trend": lambda: charts.trend(count_trend(PATIENTS, by="race", over="batch")),
    "trend, new": lambda: charts.trend(count_trend(PATIENTS, by="race", over="batch"), of="new"),
    "distances": lambda: charts.distances(distance_trend(count_trend(PATIENTS, by="race", over="batch"), CENSUS)),
    "state_map": lambda: charts.state_map(by("state")),
    "state_map, rated": lambda: charts.state_map(by("state"), reference="us_acs"),
    "state_map, hidden": lambda: charts.state_map(hidden(by("state"), "New York")),
    "world_map": lambda: charts.world_map(by("country")),
    "world_map, rated": lambda: charts.world_map(by("country"), reference="un_wpp"),
    "gap": lambda: charts.gap(close_gap(by("race"), CENSUS, attribute="race", target=0.1)),
    "match": lambda: charts.match(
        match_target(PATIENTS.select("ethnicity"), {"ethnicity": HALF_AND_HALF}, tolerance=0.05)
    ),
}


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    return {name: draw() for name, draw in DRAWN.items()}


@pytest.fixture(params=DRAWN)
def figure(figures: dict[str, Figure], request: pytest.FixtureRequest) -> Figure:
    return figures[request.param]


def test_a_figure_has_a_finding_its_words_and_its_table(figure: Figure) -> None:
    for words in (figure.title, figure.subtitle, figure.description, figure.footnote):
        assert len(words) > 10
        assert "nan" not in words.lower().split()
    assert re.search(r"\d", figure.description)
    assert figure.table.height > 0
    assert not figure.title.endswith(".")


def test_a_figure_fetches_nothing_and_renders(figure: Figure) -> None:
    assert [part["url"] for part in inner(figure.spec()) if "url" in part] == []
    assert figure.svg.startswith("<svg")
    assert "src=" not in figure._repr_html_()


def test_bars_start_at_zero(figure: Figure) -> None:
    assert_bars_start_at_zero(figure)


def test_a_figure_is_one_view_that_is_as_wide_as_its_page(figure: Figure) -> None:
    spec = figure.page_entry()["spec"]
    assert spec["width"] == "container"
    assert not {"facet", "hconcat", "vconcat", "concat", "repeat"} & set(spec)


@pytest.mark.parametrize("name", [name for name in DRAWN if name.endswith("hidden")])
def test_a_hidden_cell_is_hatched_said_and_never_a_number(figures: dict[str, Figure], name: str) -> None:
    figure = figures[name]
    assert STAMP in figure.footnote
    assert "hidden" in figure.description
    assert "hidden" in figure.subtitle  # the denominator is hidden too
    striped = [part for part in inner(figure.spec()) if part.get("gradient") == "linear"]
    assert striped or "▨" in str(drawn_rows(figure))
    count = next(column for column in figure.table.columns if column in ("n_patients", "n"))
    gone = figure.table.filter(pl.col(count).is_null())
    assert gone.height > 0
    assert gone.select(pl.col("fraction").null_count()).item() == gone.height


def test_a_census_draws_numbers_beside_bars_with_intervals(figures: dict[str, Figure]) -> None:
    figure = figures["census"]
    assert "Missing of 100 patients: race 10 Not Reported." in figure.footnote
    assert "95 % Wilson" in figure.footnote
    assert "60 (60.0 %)" in [row.get("words") for row in drawn_rows(figure)]
    assert [mark(layer) for layer in layers(figure.spec())].count("rule") == 1


def test_age_bands_of_nobody_between_two_keep_their_row(figures: dict[str, Figure]) -> None:
    bands = ["18–29", "30–39", "40–49", "50–64"]  # PATIENTS has nobody from 30 to 49
    two = [layer["encoding"]["y"]["scale"]["domain"] for layer in layers(figures["census of two"].spec())]
    assert two == [[*bands, "Not Reported"]] * len(two)
    one = charts.census(by("age_group"))
    assert one.table["age_group"].to_list() == [*bands, "Not Reported"]
    assert "0 (0.0 %)" in [row.get("words") for row in drawn_rows(one)]
    assert charts.census(by("race")).table.height == 3  # only bands follow each other


def test_a_census_of_two_says_where_what_is_missing_is_gray(figures: dict[str, Figure]) -> None:
    said = "Missing values are never dropped: age has a row for them, sex has gray."
    assert said in figures["census of two"].footnote
    assert "Missing values are drawn in gray, never dropped." in figures["census"].footnote


def test_a_census_of_many_categories_draws_the_largest_and_says_so() -> None:
    sites = pl.DataFrame({"site_id": [f"site {i:02}" for i in range(40) for _ in range(i + 1)]})
    figure = charts.census(count_census(sites, by=["site_id"]))
    assert "15 smaller categories are in the table only." in figure.footnote
    assert figure.table.height == 40
    assert len({row["site_id"] for row in drawn_rows(figure)}) == 25


def below(figure: Figure) -> str:
    """Return what stands below the axis of a pyramid."""
    titles = (layer["encoding"]["x"].get("title") for layer in figure.spec()["layer"])
    return " ".join(next(title for title in titles if title)[2:])


def test_a_pyramid_counts_those_whose_sex_and_age_are_known(figures: dict[str, Figure]) -> None:
    figure = figures["pyramid"]
    # 40 women (20 and 20) and 50 men (20 and 30) have an age; 5 men have none, 5 patients have no sex and no age.
    assert figure.title == "The largest group are males of 50–64 years, 33.3 % of those known"
    assert figure.subtitle == "90 with sex and age known, of 100 patients"
    assert figure.table["n_patients"].sum() == 90
    assert figure.table["fraction"].sum() == pytest.approx(1)
    assert below(figure) == "sex or age not known, or another sex: 10 (10.0 %)"


def test_the_outline_of_a_pyramid_is_the_population(figures: dict[str, Figure]) -> None:
    figure = figures["pyramid, outlined"]
    assert figure.table["reference_fraction"].sum() == pytest.approx(1)
    assert "American Community Survey" in figure.subtitle
    assert "2022" in figure.subtitle
    assert "apart" not in figure.footnote


def test_a_reference_without_joint_counts_is_multiplied_and_says_so() -> None:
    figure = charts.pyramid(by("sex", "age_group"), reference=CENSUS)
    assert "publishes sex and age apart; the outline is their product" in figure.footnote
    shares = {row["category"]: row["fraction"] for row in CENSUS.table.to_dicts()}
    row = figure.table.filter(sex="Female", age_group="50–64").row(0, named=True)
    assert row["reference_fraction"] == pytest.approx(shares["Female"] * shares["50–64"])


def test_a_pyramid_with_hidden_cells_draws_numbers_where_those_known_are_not_told(figures: dict[str, Figure]) -> None:
    figure = figures["pyramid, hidden"]
    assert figure.subtitle == "patients (how many is hidden)"
    assert figure.title == "The largest group shown are males of 50–64 years, 30 patients"
    assert figure.table["fraction"].null_count() == figure.table.height
    assert "Bars are numbers: how many have both a known sex and a known age is hidden" in figure.footnote
    assert "share" not in below(figure)
    outlined = charts.pyramid(hidden(by("sex", "age_group"), "18–29"), reference=CENSUS)
    assert outlined.title == figure.title
    assert outlined.table["reference_fraction"].null_count() == outlined.table.height
    assert "no population stands beside them" in outlined.footnote


def test_a_pyramid_with_hidden_bars_divides_by_all_of_known_sex_and_age_where_the_table_tells_them() -> None:
    counted = by("sex", "age_group")
    gone = (pl.col("age_group") == "18–29") & (pl.col("n_patients") > 0)
    numbers = ["n_patients", "fraction", "fraction_low", "fraction_high"]
    table = counted.table.with_columns(pl.when(~gone).then(pl.col(name)).alias(name) for name in numbers)
    bars = dataclasses.replace(counted, table=table)
    # 100 patients less 10 whose age is missing; 30 men of 50–64 are a third of these, not 30 of the 50 in bars
    figure = charts.pyramid(bars, reference=CENSUS)
    row = figure.table.filter(sex="Male", age_group="50–64").row(0, named=True)
    assert (row["n_total"], row["fraction"]) == (90, pytest.approx(1 / 3))
    assert figure.title.startswith("Males of 50–64 years are 33.3 % here and ")
    assert figure.subtitle.startswith("90 with sex and age known, of 100 patients")
    assert figure.table["reference_fraction"].sum() == pytest.approx(1)


def test_a_pyramid_of_other_attributes_is_refused() -> None:
    with pytest.raises(ValueError, match="pyramid") as caught:
        charts.pyramid(by("race", "sex"))
    assert str(caught.value) == (
        "A census by race, sex was received. A pyramid needs sex and one attribute of ages. "
        'Count again: cohort.census(by=["sex", "age_group"]).'
    )


def test_a_pyramid_takes_the_name_of_a_population(figures: dict[str, Figure]) -> None:
    assert charts.pyramid(by("sex", "age_group"), reference="us_acs").title == figures["pyramid, outlined"].title


def test_a_pyramid_against_a_population_without_ages_is_refused() -> None:
    bare = dataclasses.replace(CENSUS, table=CENSUS.table.filter(attribute="sex"))
    with pytest.raises(ValueError, match="outline") as caught:
        charts.pyramid(by("sex", "age_group"), reference=bare)
    assert str(caught.value) == (
        "The reference 'us_census' was received, which has sex. An outline needs sex and age_group. "
        "Pass one that has both, such as read_reference('us_acs')."
    )


def test_a_dumbbell_says_the_total_variation_and_marks_what_differs(figures: dict[str, Figure]) -> None:
    figure = figures["dumbbell"]
    p = {"White": 60 / 90, "Black or African American": 30 / 90}
    q = dict(CENSUS.table.filter(attribute="race").select("category", "fraction").iter_rows())
    far = sum(abs(p.get(name, 0) - q.get(name, 0)) for name in {*p, *q}) / 2
    population = "the US population"
    assert (
        figure.title
        == f"By race, {100 * far:.0f} of 100 patients would have to belong to another group to match {population}"
    )
    assert figure.subtitle.startswith("90 patients with race known, against ")
    assert "year unknown" in figure.subtitle
    assert "definitions differ, see ⚠ below" in figure.subtitle
    assert figure.footnote.startswith("⚠ ")
    assert "Race missing: 10 patients." in figure.footnote
    assert "⚠ Multiple or" in str(figure.spec())
    order = figure.table["category"].to_list()
    assert order == [name for name in RACE if name in order]


def test_a_dumbbell_keeps_the_missing_when_asked() -> None:
    figure = charts.dumbbell(compare_to_reference(PATIENTS, CENSUS), attribute="race", missing="included")
    assert figure.table["category"].to_list()[-1] == "Not Reported"
    assert figure.subtitle.startswith("100 patients, those without it a category of their own")
    assert GRAY in str(figure.spec())


@pytest.mark.parametrize("draw", [charts.dumbbell, charts.decomposition])
def test_an_attribute_that_was_not_compared_is_refused(draw: Callable[..., Figure]) -> None:
    compared = compare_to_reference(PATIENTS, CENSUS, attributes=["sex"])
    with pytest.raises(UnknownNameError) as caught:
        draw(compared, attribute="race")
    assert str(caught.value) == "No attribute 'race' in this comparison. Valid: sex. Pass one of these."
    with pytest.raises(UnknownNameError) as caught:
        draw(compared, attribute="sex", missing="kept")
    assert str(caught.value) == "No missing 'kept' in this comparison. Valid: included, excluded. Pass one of these."


def test_a_decomposition_adds_up_and_says_which_way(figures: dict[str, Figure]) -> None:
    table = figures["decomposition"].table
    assert table["share_of_jsd2"].sum() == pytest.approx(1)
    assert table["share_of_jsd2"].to_list() == sorted(table["share_of_jsd2"].to_list(), reverse=True)
    ways = dict(table.select("category", "direction").iter_rows())
    assert ways["Black or African American"] == "over-represented"
    assert ways["Multiple or Other"] == "under-represented"


def test_a_decomposition_names_the_largest_group_that_the_reference_has() -> None:
    # Half of them are of another sex, which the census does not count: no other group differs as much.
    counted = compare_to_reference({"sex": {"Female": 30, "Male": 20, "Other": 50}}, CENSUS, replicates=0)
    figure = charts.decomposition(counted, attribute="sex")
    ways = dict(figure.table.select("category", "direction").iter_rows())
    assert ways == {"Other": "not in the reference", "Male": "under-represented", "Female": "under-represented"}
    assert re.fullmatch(
        r"Male makes up \d+ % of the distance by sex: under-represented; "
        r"beside it, Other \d+ %, which the reference lacks",
        figure.title,
    )


def test_a_decomposition_of_missing_values_says_that_they_are_missing() -> None:
    counted = compare_to_reference({"sex": {"Female": 20, "Male": 20, "Unknown": 60}}, CENSUS, replicates=0)
    title = charts.decomposition(counted, attribute="sex", missing="included").title
    assert re.fullmatch(r"(Fem|M)ale makes up .* under-represented; beside it, Unknown \d+ %, a missing value", title)


def test_a_decomposition_of_crossed_attributes_takes_their_names() -> None:
    counted = compare_to_reference(PATIENTS, read_reference("us_acs"), attributes=[("sex", "age_group")], replicates=0)
    one, other = (charts.decomposition(counted, attribute=name) for name in (("sex", "age_group"), "sex × age_group"))
    assert one.title == other.title
    assert "of the distance by sex × age: " in one.title


@pytest.mark.parametrize(
    ("title", "brief"),
    [
        ("US population, American Community Survey: CA", "the US population (CA)"),
        ("US population percentages as shipped with MIDRC-REACT", "the US population"),
        (
            "World population by country, sex and age (UN World Population Prospects 2019): India",
            "the world population (India)",
        ),
        ("MIDRC open commons (Open A1 and R1), cumulative by batch", "MIDRC open commons"),
        ("COVID-19 cases in the US, cumulative by month", "COVID-19 cases in the US"),
        ("race is White, Asian in one source", "race is White, Asian in one source"),
        ("patients of a title that nobody could read in the heading of a chart, however wide", "the reference"),
    ],
)
def test_a_title_names_the_reference_shortly(title: str, brief: str) -> None:
    assert distance_words.briefly(title) == brief


def test_intersections_show_the_empty_cells(figures: dict[str, Figure]) -> None:
    figure = figures["intersections"]
    # 6 races by 2 ethnicities are known cells; of them White and Black have both.
    assert figure.title.startswith("White, Not")
    assert figure.title.endswith("; nobody is in 8 of 12 combinations of race and ethnicity")
    assert figure.table.filter(race="Asian", ethnicity="Hispanic or Latino")["n_patients"].item() == 0
    assert figure.table["n_patients"].sum() == 100
    assert "Nobody: American Indian or Alaska Native, Hispanic or Latino;" in figure.description


def test_conflicting_records_are_drawn_but_are_no_combination() -> None:
    sexes = pl.Series(["Female", "Male", "Conflicting"], dtype=pl.Enum(SEX))
    bands = pl.Series(["18–29"] * 3, dtype=pl.Enum([*AGE_GROUPS, *MISSING]))
    figure = charts.intersections(
        count_census(pl.DataFrame({"sex": sexes, "age_group": bands}), by=["sex", "age_group"])
    )
    # women and men by each band; both are of 18–29 years
    assert f"nobody is in {2 * (len(AGE_GROUPS) - 1)} of {2 * len(AGE_GROUPS)} combinations" in figure.title
    assert figure.table.filter(sex="Conflicting")["n_patients"].sum() == 1
    assert "Conflicting is a flaw of the data" in figure.footnote


def test_three_attributes_are_blocks_under_headings(figures: dict[str, Figure]) -> None:
    heads = {row["heading"] for row in drawn_rows(figures["intersections of three"]) if "heading" in row}
    assert heads == {"Hispanic or Latino", "Not Hispanic or Latino"}


def test_intersections_of_one_attribute_are_refused() -> None:
    with pytest.raises(ValueError, match="heat map") as caught:
        charts.intersections(by("race"))
    assert str(caught.value) == (
        "A census by race was received. A heat map shows two or three attributes. "
        'Count again, for instance cohort.census(by=["race", "ethnicity"]).'
    )


def test_missingness_counts_each_patient_once(figures: dict[str, Figure]) -> None:
    figure = figures["missingness"]
    assert figure.title == "Sex and race are all known for 90 of 100 patients (90.0 %)"
    assert figure.table["n_patients"].sum() == 100
    # the last 5 lack both, the 5 before them race only
    assert figure.description == (
        "nothing missing: 90 (90.0 %); race missing: 5 (5.0 %); sex and race missing: 5 (5.0 %)."
    )


def test_a_trend_names_its_lines_and_states_its_rule(figures: dict[str, Figure]) -> None:
    figure = figures["trend"]
    assert figure.title.startswith("By race, ")
    assert "100 patients up to the last batch" in figure.subtitle
    assert "earliest batch" in figure.footnote
    dashes = [
        part["strokeDash"] for part in inner(figure.spec()) if "strokeDash" in part and "field" in part["strokeDash"]
    ]
    assert dashes  # never color alone
    assert "60 patients" not in figure.subtitle
    assert "60 in the last" in figures["trend, new"].subtitle  # three of five are of 2022


def test_distances_say_reference_year_and_missing(figures: dict[str, Figure]) -> None:
    figure = figures["distances"]
    assert figure.title.startswith("By race, those who would have to belong to another group ")
    assert figure.subtitle.startswith("90 patients up to the last period, against ")
    assert figure.subtitle.endswith("(year unknown); 10 without race, left out")
    assert [mark(layer) for layer in layers(figure.spec())].count("area") == 2


def stamped(*names: str) -> Census:
    return dataclasses.replace(by(*names), stamp=STAMP)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: charts.dumbbell(compare_to_reference(stamped("race"), CENSUS), attribute="race"),
        lambda: charts.decomposition(compare_to_reference(stamped("race"), CENSUS), attribute="race"),
        lambda: charts.decomposition(compare_to_reference(PATIENTS, stamped("race")), attribute="race"),
        lambda: charts.spider(compare_to_reference([stamped("race"), stamped("sex")], CENSUS)),
        lambda: charts.gap(close_gap(stamped("race"), CENSUS, attribute="race", target=0.1)),
        lambda: charts.distances(
            distance_trend(dataclasses.replace(count_trend(PATIENTS, by="race", over="batch"), stamp=STAMP), CENSUS)
        ),
        lambda: charts.match(
            dataclasses.replace(
                match_target(PATIENTS.select("ethnicity"), {"ethnicity": HALF_AND_HALF}, tolerance=0.05), stamp=STAMP
            )
        ),
    ],
)
def test_what_a_source_demands_stands_once_below_every_figure(draw: Callable[[], Figure]) -> None:
    assert draw().footnote.count(STAMP) == 1


def test_another_kind_of_trend_is_refused() -> None:
    with pytest.raises(UnknownNameError) as caught:
        charts.trend(count_trend(PATIENTS, by="race", over="batch"), of="old")  # type: ignore[arg-type]
    assert str(caught.value) == "No of 'old' in a trend. Valid: cumulative, new. Pass one of these."


def test_a_gap_says_how_many_of_whom(figures: dict[str, Figure]) -> None:
    closed = close_gap(by("race"), CENSUS, attribute="race", target=0.1)
    figure = figures["gap"]
    assert (
        figure.title
        == f"{closed.n_needed:,} further patients would bring race to within 10 of 100 of the US population"
    )
    assert "Race missing: 10 patients" in figure.footnote
    assert closed.warnings
    assert figure.footnote.startswith(f"⚠ {closed.warnings[0]}")
    assert {"now", "smallest batch", "reference's share"} <= {
        row.get(key) for row in drawn_rows(figure) for key in ("now", "batch", "mark")
    }
    assert closed.sentence in figure.description


def test_a_match_shows_target_available_and_achieved(figures: dict[str, Figure]) -> None:
    figure = figures["match"]
    assert re.match(r"\d+ of 100 rows match the target$", figure.title)
    kinds = {row["kind"] for row in drawn_rows(figure) if "kind" in row}
    assert kinds == {"target", "available", "matched sample"}


@pytest.mark.parametrize(
    ("given", "ordered"),
    [
        (["85+", "0–4", "Unknown", "12–15"], ["0–4", "12–15", "85+", "Unknown"]),
        (
            ["White", "Asian", "site 7", "Not Reported", "Unknown"],
            ["Asian", "White", "site 7", "Unknown", "Not Reported"],
        ),
    ],
)
def test_rows_stand_in_the_order_of_their_vocabulary(given: list[str], ordered: list[str]) -> None:
    assert rows.in_order(given) == ordered


def test_hostile_names_stay_text_in_the_labels_of_an_axis() -> None:
    name = "\"]; alert('x') || [\" and a name that is long enough to be broken"
    figure = charts.census(count_census(pl.DataFrame({"site_id": [name, "b"]}), by=["site_id"]))
    assert "alert" in figure.svg
    assert "<script" not in figure._repr_html_().lower()


@pytest.mark.parametrize(
    "draw",
    [
        lambda nobody: charts.census(count_census(nobody, by=["race"])),
        lambda nobody: charts.pyramid(count_census(nobody, by=["sex", "age_group"])),
        lambda nobody: charts.dumbbell(compare_to_reference(nobody, CENSUS), attribute="race"),
        lambda nobody: charts.decomposition(compare_to_reference(nobody, CENSUS), attribute="race"),
        lambda nobody: charts.spider(compare_to_reference(nobody, CENSUS)),
        lambda nobody: charts.intersections(count_census(nobody, by=["race", "ethnicity"])),
        lambda nobody: charts.missingness(count_missing_together(nobody, attributes=["sex"])),
        lambda nobody: charts.trend(count_trend(nobody, by="race", over="batch")),
        lambda nobody: charts.distances(distance_trend(count_trend(nobody, by="race", over="batch"), CENSUS)),
        lambda nobody: charts.state_map(count_census(nobody, by=["state"])),
        lambda nobody: charts.world_map(count_census(nobody, by=["country"])),
    ],
)
def test_nobody_is_drawn_without_an_error(draw: Callable[[Any], Figure]) -> None:
    figure = draw(PATIENTS.clear())
    assert figure.svg.startswith("<svg")
    assert "nan" not in figure.title.lower().split()


def test_a_trend_over_the_index_speaks_of_its_versions() -> None:
    rows = pl.DataFrame({"sex": ["Male", "Female", "Female"], "first_version": [1, 1, 2]})
    figure = charts.trend(count_trend(rows, by="sex", over="first_version"))
    assert figure.title.endswith("50.0 % at the first IDC version to 33.3 % at the last")


def test_cells_of_one_size_are_the_largest_together() -> None:
    rows = pl.DataFrame({"site": ["A", "B"], "sex": ["Male", "Female"]})
    figure = charts.intersections(count_census(rows, by=["site", "sex"]))
    assert figure.title.startswith("A, Male and B, Female are the largest combinations (50.0 % each); nobody")
    people = pl.DataFrame(
        {"sex": ["Female", "Male"], "age_group": ["18–29"] * 2},
        schema={"sex": pl.Enum(SEX), "age_group": pl.Enum([*AGE_GROUPS])},
    )
    figure = charts.pyramid(count_census(people, by=["sex", "age_group"]))
    assert (
        figure.title
        == "The largest groups are females of 18–29 years and males of 18–29 years, 50.0 % of those known each"
    )


def test_an_axis_of_counts_has_no_parts_of_a_patient() -> None:
    one = pl.DataFrame({"sex": ["Female"], "age_group": ["0–4"]})
    svg = charts.census(count_census(one, by=["sex", "age_group"])).svg
    assert "m</text>" not in svg  # 500m would be half a patient


def test_what_does_not_apply_is_told_apart_from_what_is_missing() -> None:
    """Of ten patients five live in a state, three nobody asked, two live in another country."""
    states = ["Illinois"] * 5 + ["Not Reported"] * 3 + ["Not Applicable"] * 2
    rows = pl.DataFrame({"state": states, "sex": ["Male"] * 10}).with_columns(pl.all().cast(pl.Categorical))
    said = wording.below(count_census(rows, by=["state"]))
    assert said.startswith("Missing of 10 patients: state 3 Not Reported (and 2 Not Applicable, which is not missing).")
    assert wording.below(count_census(rows, by=["sex"])).startswith("Missing of 10 patients: sex of nobody.")


def test_who_lacks_a_part_is_not_said_to_lack_all() -> None:
    """One patient has a named scanner and one without a name, another only the latter."""
    rows = pl.DataFrame({"patient": [1, 1, 2], "manufacturer": ["SIEMENS", "Not Reported", "Not Reported"]})
    said = wording.below(count_census(rows, by=["manufacturer"], key="patient"))
    assert said.startswith("Missing of 2 patients, in some or all of their records: manufacturer 2 Not Reported.")
