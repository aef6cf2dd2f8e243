"""Charts by their specifications: said in words, twinned by a table, zero-based, the missing last, nothing fetched."""

import re
from typing import Any

import altair as alt
import polars as pl
import pytest

from tests.presentation.specifications import assert_bars_start_at_zero, inner, layers
from workbench.assessment.census import count_census
from workbench.catalog import overview as numbers
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.comparison import compare
from workbench.catalog.findings import lost_chest_ct
from workbench.catalog.price import price_steps
from workbench.errors import UnknownNameError
from workbench.presentation import charts
from workbench.presentation.charts import overview
from workbench.presentation.figure import Figure
from workbench.presentation.theme import GRAY
from workbench.vocabulary.demographics import MISSING

HOSTILE = '<script>alert("x")</script>'
KEYS = (
    "attrition",
    "lost_chest_ct",
    "census_sex",
    "census_age_group",
    "census_sex_age_group",
    "dumbbell_sex",
    "dumbbell_age_group",
    "price_age_group",
    "modality_by_region",
    "growth",
    "age_and_sex",
    "known_age_and_sex",
    "licenses",
)


@pytest.fixture(scope="module")
def cohort(commons: Catalog) -> Cohort:
    return commons.where(collection_id=commons.covid_collections(), modality="CT", age_years=(18, None))


def make(commons: Catalog, cohort: Cohort) -> dict[str, Figure]:
    compared = compare(cohort)
    return {
        "attrition": charts.attrition(cohort.attrition),
        "lost_chest_ct": charts.lost_chest_ct(lost_chest_ct(commons)),
        "census_sex": charts.census(cohort.census(by=["sex"])),
        "census_age_group": charts.census(cohort.census(by=["age_group"])),
        "census_sex_age_group": charts.census(cohort.census(by=["sex", "age_group"])),
        "dumbbell_sex": charts.dumbbell(compared, attribute="sex"),
        "dumbbell_age_group": charts.dumbbell(compared, attribute="age_group"),
        "price_age_group": charts.price(price_steps(cohort.attrition), attribute="age_group"),
        "modality_by_region": overview.modality_by_region(
            numbers.count_by_modality_and_region(commons),
            numbers.count_within(commons, modality="CT", body_region="Chest"),
            source="IDC",
        ),
        "growth": overview.growth(numbers.count_by_version(commons), source="IDC"),
        "age_and_sex": overview.age_and_sex(numbers.count_people(cohort), source="IDC"),
        "known_age_and_sex": overview.known_age_and_sex(numbers.count_known(cohort), source="IDC"),
        "licenses": overview.licenses(cohort.licenses, source="IDC"),
    }


@pytest.fixture(scope="module")
def figures(commons: Catalog, cohort: Cohort) -> dict[str, Figure]:
    return make(commons, cohort)


@pytest.fixture(params=KEYS)
def figure(figures: dict[str, Figure], request: pytest.FixtureRequest) -> Figure:
    return figures[request.param]


def test_every_figure_has_its_words_and_its_table(figure: Figure) -> None:
    assert figure.key in KEYS
    for words in (figure.title, figure.subtitle, figure.description, figure.footnote):
        assert len(words) > 10
    assert re.search(r"\d", figure.description)  # the description says numbers, not "a bar chart"
    assert figure.table.height > 0


def test_no_chart_fetches_anything(figure: Figure) -> None:
    assert [part["url"] for part in inner(figure.spec()) if "url" in part] == []
    assert any(figure.spec()["datasets"].values())


def test_every_bar_starts_at_zero(figure: Figure) -> None:
    assert_bars_start_at_zero(figure)


def test_every_figure_renders_and_reads_aloud(figure: Figure) -> None:
    assert figure.svg.startswith("<svg")
    page = figure._repr_html_()
    label = re.search(r'role="img" aria-label="([^"]+)"', page)
    assert label is not None
    assert len(label[1]) > 20
    assert page.count("<tr>") == figure.table.height + 1
    assert "<svg" in page
    assert "src=" not in page


def test_a_figure_prints_as_its_words(figure: Figure) -> None:
    assert repr(figure) == f"{figure.title}\n{figure.subtitle}\n{figure.description}"


def test_the_entry_of_a_page_holds_the_whole_table(figure: Figure) -> None:
    entry = figure.page_entry()
    assert set(entry) == {"id", "title", "subtitle", "description", "footnote", "spec", "table"}
    assert len(entry["table"]["rows"]) == figure.table.height
    assert entry["spec"]["width"] == "container"
    assert "usermeta" not in entry["spec"]


def test_the_title_is_part_of_a_picture_only(figures: dict[str, Figure]) -> None:
    figure = figures["census_sex"]
    assert "title" not in figure.spec()
    assert figure.spec(titled=True)["title"]["text"] == figure.title
    assert figure.png(scale=0.5).startswith(b"\x89PNG")


def test_a_figure_becomes_a_live_widget_without_a_network(figures: dict[str, Figure]) -> None:
    assert isinstance(figures["licenses"].interactive(), alt.JupyterChart)


@pytest.mark.parametrize("key", ["census_sex", "census_age_group"])
def test_missing_categories_are_drawn_last(commons: Catalog, key: str) -> None:
    scans = commons.where(modality="CT")
    spec = charts.census(scans.census(by=[key.removeprefix("census_")])).spec()
    order = layers(spec)[0]["encoding"]["y"]["sort"]
    missing = [name in MISSING for name in order]
    assert any(missing)
    assert missing == sorted(missing)
    colors = layers(spec)[0]["encoding"]["color"]["scale"]
    assert dict(zip(colors["domain"], colors["range"], strict=True))[False] == GRAY


def test_missing_groups_of_a_second_attribute_are_gray_and_last(commons: Catalog) -> None:
    scans = commons.where(modality="CT")
    scale = layers(charts.census(scans.census(by=["sex", "age_group"])).spec())[0]["encoding"]["color"]["scale"]
    missing = [name in MISSING for name in scale["domain"]]
    assert any(missing)
    assert missing == sorted(missing)
    assert scale["range"][missing.index(True)] == GRAY
    assert len(scale["range"]) == len(scale["domain"])


def test_the_pyramid_keeps_whoever_lacks_an_age_in_words_and_table(commons: Catalog) -> None:
    people = numbers.count_people(commons.everything)
    figure = overview.age_and_sex(people, source="IDC")
    ageless = people.filter(pl.col("age") == "Not known")["n_patients"].sum()
    assert ageless > 0
    assert f"{ageless:,} patients have no known age" in figure.description
    assert figure.table["n_patients"].sum() == people["n_patients"].sum()


def test_attrition_shares_of_a_step_add_up_to_one(figures: dict[str, Figure]) -> None:
    (rows,) = figures["attrition"].spec()["datasets"].values()
    totals: dict[str, float] = {}
    for row in rows:
        totals[row["step"]] = totals.get(row["step"], 0.0) + row["fraction"]
    assert list(totals.values()) == pytest.approx([1.0] * len(totals))


def test_the_finding_states_its_numbers_in_the_title(commons: Catalog) -> None:
    table = lost_chest_ct(commons)
    kept = dict(table.select("rule", "patients").iter_rows())["Chest, by header (BodyPartExamined) alone"]
    total = table["n_total"][0]
    figure = charts.lost_chest_ct(table)
    assert figure.title == f"Asking the header alone for “chest” loses {total - kept} of {total} chest CT patients"


def test_a_hostile_value_is_shown_as_text() -> None:
    rows = pl.DataFrame({"collection_id": [HOSTILE, HOSTILE, "b"], "sex": ["Female", "Male", "Male"]})
    figure = charts.census(count_census(rows, by=["collection_id"]))
    page = figure._repr_html_()
    assert "<script" not in page.lower()
    assert "&lt;script&gt;" in page
    hostile = Figure("key", HOSTILE, HOSTILE, '" onload="x', HOSTILE, figure.chart, figure.table)._repr_html_()
    assert "<script" not in hostile.lower()
    assert '" onload' not in hostile


@pytest.mark.parametrize("criteria", [{"body_region": "Upper limb", "collection_id": "midrc_ricord_1a"}])
def test_an_empty_cohort_still_draws(commons: Catalog, criteria: dict[str, Any]) -> None:
    nobody = commons.where(**criteria)
    assert nobody.counts["patients"] == 0
    drawn = [
        charts.attrition(nobody.attrition),
        charts.census(nobody.census(by=["sex"])),
        charts.census(nobody.census(by=["sex", "age_group"])),
        charts.dumbbell(compare(nobody), attribute="sex"),
        charts.dumbbell(compare(nobody), attribute="age_group"),
        overview.age_and_sex(numbers.count_people(nobody), source="IDC"),
        overview.known_age_and_sex(numbers.count_known(nobody), source="IDC"),
        overview.licenses(nobody.licenses, source="IDC"),
    ]
    for figure in drawn:
        assert figure.svg.startswith("<svg")
        assert "nan" not in figure._repr_html_().lower().replace("nance", "")
    assert "This step emptied the cohort." in drawn[0].description


def test_a_cohort_without_criteria_draws_the_whole(commons: Catalog) -> None:
    figure = charts.attrition(commons.everything.attrition)
    assert figure.title == f"{commons.counts['patients']:,} of {commons.counts['patients']:,} patients remain"
    assert figure.svg.startswith("<svg")


def test_a_census_by_three_attributes_is_refused(cohort: Cohort) -> None:
    with pytest.raises(ValueError, match="census") as caught:
        charts.census(cohort.census(by=["sex", "age_group", "collection_id"]))
    assert str(caught.value) == (
        "A census by sex, age_group, collection_id was received. A chart can show one or two attributes. "
        "Take another census by two of them, or read .table."
    )


def test_the_price_of_criteria_is_drawn_step_by_step(cohort: Cohort) -> None:
    priced = price_steps(cohort.attrition)
    figure = charts.price(priced, attribute="sex")
    assert figure.title == priced.findings[-1].rstrip(".")
    assert figure.subtitle.startswith(f"{priced.overall['n_before'][0]:,} patients before the first step;")
    rows = [row for each in figure.spec()["datasets"].values() for row in each]
    steps = enumerate(priced.subjects, start=1)
    assert [row["heading"] for row in rows if "heading" in row] == [f"{n}. {subject}" for n, subject in steps]
    known = dict(priced.known.filter(attribute="sex").select("number", "lost_fraction").iter_rows())
    assert {row["number"]: row["known"] for row in rows if "known" in row} == pytest.approx(known)
    with pytest.raises(UnknownNameError) as caught:
        charts.price(priced, attribute="race")
    assert str(caught.value) == "No attribute 'race' in this price. Valid: sex, age_group. Pass one of these."


def test_the_largest_group_names_the_collection_behind_it(figures: dict[str, Figure], raw: pl.LazyFrame) -> None:
    # All of NLST's CT is of the chest, by its header or by its collection's stated anatomy.
    trial = raw.filter(pl.col("collection_id") == "nlst", pl.col("Modality") == "CT")
    studies = trial.select(pl.col("StudyInstanceUID").n_unique()).collect().item()
    total = figures["modality_by_region"].table.row(0, named=True)["n_studies"]
    assert f"{100 * studies / total:.0f} % of them from nlst" in figures["modality_by_region"].title
