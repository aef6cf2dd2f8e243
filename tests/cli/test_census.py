"""``workbench census``, ``compare`` and ``references``: what they print, write and answer to wrong words."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from workbench.assessment.references import describe_references, list_references, read_reference
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.comparison import compare
from workbench.catalog.disclosure import EXACT_STAMP

Done = Callable[..., str]
Fails = Callable[..., str]

RICORD = ("--where", "collection_id=midrc_ricord_1a")


@pytest.fixture
def mine() -> str:
    """A table of one's own, a controlled source: 40 women, 20 men and 5 without a sex."""
    sexes = [*["Female"] * 40, *["Male"] * 20, *["Not Reported"] * 5]
    pl.DataFrame({"patient_id": [f"P{i}" for i in range(65)], "sex": sexes}).write_csv("mine.csv")
    return "mine.csv"


def test_census_prints_groups_with_intervals_and_the_distance(commons: Catalog, done: Done) -> None:
    said = done("census", *RICORD, "--by", "sex", "--compare", "us_census")
    cohort = commons.where(collection_id="midrc_ricord_1a")
    assert said.startswith(cohort.census(by=["sex"]).sentence)
    assert compare(cohort).sentences["sex"] in said
    for column in ("n_patients", "fraction_low", "fraction_high", "jsd", "total_variation", "included", "excluded"):
        assert column in said


def test_census_counts_other_units_and_writes_table_and_chart(commons: Catalog, done: Done) -> None:
    said = done(
        "census", *RICORD, "--by", "modality", "--unit", "studies", "--csv", "new/t.csv", "--chart", "new/c.svg"
    )
    census = commons.where(collection_id="midrc_ricord_1a").census(by=["modality"], unit="studies")
    assert pl.read_csv("new/t.csv").equals(census.table.with_columns(pl.col("modality").cast(pl.String)))
    assert Path("new/c.svg").read_text().startswith("<svg")
    assert said.endswith("Table: new/t.csv\nChart: new/c.svg\n")


def test_exact_counts_of_a_controlled_source_carry_their_stamp_into_the_file(mine: str, done: Done) -> None:
    said = done("census", "--source", mine, "--csv", "exact.csv")
    assert EXACT_STAMP in said
    assert Path("exact.csv").read_text().startswith(f"# {EXACT_STAMP}\nsex,n_patients,")
    assert pl.read_csv("exact.csv", comment_prefix="#")["n_patients"].to_list()[:2] == [40, 20]


def test_small_counts_are_suppressed_when_asked_and_not_compared_exactly(mine: str, done: Done) -> None:
    said = done("census", "--source", mine, "--suppress", "--compare", "us_census", "--csv", "public.csv")
    assert EXACT_STAMP not in said
    assert "Counts of 1–10 patients, and those that would give them away, are hidden." in said
    shown = pl.read_csv("public.csv", comment_prefix="#").filter(pl.col("sex") == "Not Reported")
    assert shown["n_patients"].to_list() == [None]


def test_compare_says_sentences_warnings_and_numbers(synthetic: Catalog, done: Done) -> None:
    said = done(
        *("compare", "--source", "synthetic", "--attributes", "sex,race", "--joint", "sex", "race"),
        *("--reference", "us_acs", "--state", "California", "--csv", "d.csv", "--groups", "g.csv"),
    )
    reference = read_reference("us_acs", state="California")
    compared = compare(synthetic.everything, reference=reference, attributes=["sex", "race"], joint=["sex", "race"])
    assert said.startswith(f"Compared with {reference.title}, year {reference.year}\n")
    for sentence in compared.sentences.values():
        assert sentence in said
    for _, warning in compared.warnings:
        assert f"  Definitions differ. {warning}\n" in said
    assert pl.read_csv("d.csv")["attribute"].unique(maintain_order=True).to_list() == ["sex", "race", "sex × race"]
    assert pl.read_csv("g.csv").height == compared.contributions.height


def test_compare_takes_a_table_of_ones_own_or_another_saved_cohort(
    ricord: Cohort, commons: Catalog, done: Done
) -> None:
    Path("own.csv").write_text("attribute,category,n\nsex,Female,1\nsex,Male,3\n", encoding="utf-8")
    own = done("compare", "--cohort", "ricord.yaml", "--reference", "own.csv")
    assert compare(ricord, reference="own.csv").sentences["sex"] in own
    women = ricord.where(sex="Female")
    women.save("women.yaml")
    said = done("compare", "--cohort", "ricord.yaml", "--reference", "women.yaml", "--attributes", "sex")
    assert compare(ricord, reference=women, attributes=["sex"]).sentences["sex"] in said


def test_references_lists_names_years_and_attributes(done: Done) -> None:
    said = done("references")
    for name, title, year in describe_references().select("name", "title", "year").iter_rows():
        assert name in said
        assert title[:50] in said
        assert year in said
    assert "2021-08-04" in done("references", "--periods", "midrc_open")
    assert done("references", "--periods", "us_census") == "us_census is not counted over time.\n"


def test_a_chart_is_a_page_where_the_name_says_so(done: Done) -> None:
    assert done("census", "--source", "synthetic", "--chart", "c.html").endswith("Chart: c.html\n")
    assert Path("c.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["census", "--by", "sx"],
            "No attribute 'sx' in the patients. Did you mean 'sex'?",
        ),
        (
            ["census", *RICORD, "--compare", "us_cencus"],
            "No reference population 'us_cencus' in data_catalog/reference_populations. Did you mean 'us_census' or "
            f"'us_acs'? Valid: {', '.join(list_references())}. Pass one of these names, or the path of a CSV "
            "of your own.",
        ),
        (
            ["census", "--chart", "c.pdf"],
            "--chart c.pdf was received. A name that ends in .svg, .png or .html would be right. Rename it.",
        ),
        (
            ["census", "--by", "sex", "age_group", "species", "--chart", "c.svg"],
            "--chart was received with --by sex age_group species. One or two attributes can be drawn. Leave out the "
            "rest.",
        ),
        (
            ["compare", "--where-reference", "California"],
            "--where-reference California was received. NAME=VALUE would be right. Write for instance: "
            "--where-reference country=India",
        ),
        (
            ["compare", *RICORD, "--reference", "cdc_covid", "--period", "2019-01-01"],
            "Received period 2019-01-01. The first of the reference 'cdc_covid' is 2020-01-31: nothing was counted "
            "before. Pass a date from 2020-01-31 to 2023-03-31.",
        ),
        (
            ["compare", *RICORD, "--period", "2024-01-01"],
            "Received period '2024-01-01'. The reference 'us_census' is not counted over time: its year is unknown. "
            "Leave out --period.",
        ),
    ],
)
def test_words_that_are_off_exit_with_2(fails: Fails, words: list[str], message: str) -> None:
    said = fails(*words)
    assert said.startswith(message) if message.endswith("?") else said == message


def test_a_cohort_as_reference_has_no_period_and_no_exact_counts_to_hide(ricord: Cohort, fails: Fails) -> None:
    assert fails("compare", *RICORD, "--reference", "ricord.yaml", "--period", "2024-01-01") == (
        "--reference ricord.yaml is a saved cohort, which has no part and no period to choose. Save a narrower cohort, "
        "or leave out --period, --state and --where-reference."
    )


def test_a_suppressed_census_is_not_compared_with_exact_counts(ricord: Cohort, fails: Fails) -> None:
    assert fails("census", *RICORD, "--suppress", "--compare", "ricord.yaml") == (
        "--suppress was received with --reference ricord.yaml, a cohort, whose counts are exact. A population would be "
        "right. Leave out one of the two."
    )


def test_a_file_with_defects_exits_with_1(fails: Fails) -> None:
    Path("own.csv").write_text("attribute,category,n\nsex,Female,-1\n", encoding="utf-8")
    assert "line 2" in fails("compare", *RICORD, "--reference", "own.csv", exit_code=1)


@pytest.mark.parametrize("by", ["modality", "race"])
def test_nothing_is_said_twice(synthetic: Catalog, done: Done, by: str) -> None:
    census = synthetic.everything.census(by=[by])
    said = done("census", "--source", "synthetic", "--by", by).splitlines()
    for text in (census.sentence, *census.standouts, *census.notes):
        assert said.count(text) == 1
