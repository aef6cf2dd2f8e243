"""The report of a release: who had come up to then, in the language asked for, and nothing that may not be shown."""

import json
from pathlib import Path

import polars as pl
import pytest

import workbench as wb
from workbench.assessment.suppression import audit
from workbench.catalog.commons import Catalog
from workbench.catalog.disclosure import EXACT_STAMP, SYNTHETIC_STAMP
from workbench.errors import UnknownNameError
from workbench.phantoms.commons import write_gen3_export
from workbench.presentation.census_counts import count_public
from workbench.presentation.release_census import count_release
from workbench.presentation.reports import render_report


@pytest.fixture(scope="module")
def invented() -> Catalog:
    return wb.open_catalog("synthetic")


@pytest.fixture(scope="module")
def controlled(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A table of one's own: 40 women, 30 men, 3 without a sex; ages from 20 to 92 years."""
    sexes = [*["Female"] * 40, *["Male"] * 30, *["Not Reported"] * 3]
    table = tmp_path_factory.mktemp("own") / "mine.csv"
    rows = {"patient_id": [f"P{i}" for i in range(73)], "sex": sexes, "age_years": [20 + i for i in range(73)]}
    pl.DataFrame(rows).write_csv(table)
    return wb.open_catalog(table)


def test_a_release_counts_those_who_had_come(invented: Catalog) -> None:
    counts = count_release(invented, release="2022-01-01", attributes="sex, race")
    trend = invented.everything.trend(by="sex", over="batch")
    n = trend.at("2022-01-01").n_total
    assert counts.sentences[0] == f"{n:,} people are in the Synthetic commons as of batch 2021-11-17."
    assert len(counts.sentences) == 3
    assert list(counts.censuses) == list(counts.comparisons) == list(counts.trends) == ["sex", "race"]
    assert counts.censuses["sex"].table.equals(counts.trends["sex"].at("2021-11-17").table)
    assert counts.missing is not None
    assert counts.rule == SYNTHETIC_STAMP


def test_the_index_is_exact_and_says_so(commons: Catalog) -> None:
    counts = count_release(commons)
    assert counts.rule == "Exact counts: the source shows its rows openly."
    assert counts.release.name == str(commons.everything.trend(by="sex", over="first_version").periods[-1])
    assert "species" not in counts.censuses
    assert counts.censuses["sex"].n_total == commons.where(species="Human").counts["patients"]


def test_tables_of_a_controlled_source_are_suppressed_as_one_family(controlled: Catalog, tmp_path: Path) -> None:
    counts = count_release(controlled, language="fr")
    tables = list(counts.censuses.values())
    assert audit(tables).table.is_empty() or audit(tables).n_exposed == 0
    assert counts.rule.startswith("Counts of 1–10 patients, and those that would give them away, are hidden.")
    assert (counts.trends, counts.missing, counts.grown(), counts.unknown()) == ({}, None, [], [])
    counts.save_tables(tmp_path)
    for file in tmp_path.glob("*.csv"):
        table = pl.read_csv(file)
        for column in (name for name in table.columns if name.startswith("n_")):
            assert not table[column].drop_nulls().is_between(1, 10).any(), (file.name, column)
    assert json.loads((tmp_path / "provenance.json").read_text())["disclosure"] == counts.rule
    assert not (tmp_path / "missing_together.csv").exists()


def test_its_holder_sees_exact_counts_under_a_stamp(controlled: Catalog) -> None:
    counts = count_release(controlled, exact=True)
    assert counts.rule == EXACT_STAMP
    assert counts.censuses["sex"].table.filter(sex="Not Reported")["n_patients"].to_list() == [3]
    assert all(EXACT_STAMP in figure.footnote for figure in counts.counted())


def test_the_report_hides_what_the_public_page_hides(controlled: Catalog) -> None:
    counts, public = count_release(controlled), count_public(controlled)
    for name, census in counts.censuses.items():
        assert census.table.equals(public.censuses[(name,)].table)
    with pytest.raises(UnknownNameError) as caught:
        count_release(controlled, attributes="age_decade")
    assert str(caught.value).endswith("Name some of these, or pass exact=True.")


def test_an_earlier_release_of_a_controlled_source_is_for_its_holder(tmp_path: Path) -> None:
    export = wb.open_catalog(write_gen3_export(tmp_path, n_patients=60))
    with pytest.raises(ValueError, match="Received release") as refused:
        count_release(export, release="2023-09-15")
    assert str(refused.value) == (
        "Received release '2023-09-15' of a controlled source. Its small counts are hidden together with those of its "
        "public page, which shows the latest release. Leave the release empty, or ask with exact=True for yourself."
    )
    assert count_release(export, release="2023-09-15", exact=True).rule == EXACT_STAMP


def test_every_figure_speaks_of_categories_in_the_language(invented: Catalog) -> None:
    counts = count_release(invented, attributes=["sex"], language="de")
    assert [figure.table["sex"].to_list()[:2] for figure in counts.counted()] == [["Weiblich", "Männlich"]]
    (dumbbell,) = counts.compared()
    assert dumbbell.table["category"].to_list()[:2] == ["Weiblich", "Männlich"]
    (trend,) = counts.grown()
    assert trend.table["period"].n_unique() == 2  # of 47: the first and the last


def test_places_are_mapped_where_they_are_known(invented: Catalog, commons: Catalog) -> None:
    assert len(count_release(invented).placed()) == 2
    assert count_release(commons).placed() == []


def test_it_is_compared_with_the_population_of_the_public_page(commons: Catalog, controlled: Catalog) -> None:
    assert count_release(commons, attributes="sex").reference.name == "us_acs"
    assert count_release(controlled).reference.name == "us_census"
    assert count_release(commons, attributes="sex", reference="us_census").reference.name == "us_census"


def test_its_tables_are_in_words(invented: Catalog) -> None:
    counts = count_release(invented, attributes="sex, race")
    (unknown,) = counts.unknown()
    assert unknown.table.columns == ["sex", "race", "patients", "share"]
    assert set(unknown.table["sex"]) == {"known", "missing"}
    assert set(counts.distances["without a value are"]) == {"left out", "a group"}
    shown = [*counts.counted(), *counts.compared(), *counts.grown(), *counts.unknown(), *counts.placed()]
    columns = {name for figure in shown for name in figure.table.columns} | {*counts.distances.columns}
    assert not {name for name in columns if "_" in name or name in ("jsd", "ppr", "n")}


def test_the_table_of_a_map_has_the_places_of_anybody(invented: Catalog) -> None:
    states, _ = count_release(invented).placed()
    assert states.table["patients"].min() > 0
    assert states.footnote.endswith("The table has the places of anybody.")


def test_what_was_learned_is_every_finding_and_why_others_are_left_out(commons: Catalog, controlled: Catalog) -> None:
    counts = count_release(commons)
    assert counts.missing is not None
    assert counts.learned.texts == (
        counts.sentences[0],
        *(counts.comparisons[name].sentences[name] for name in ("sex", "age_group")),
        *(counts.trends[name].sentence for name in ("sex", "age_group")),
        counts.missing.sentence,
        "The source knows no state and no country of anybody: there is no map.",
    )
    assert str(counts.learned).splitlines() == list(counts.learned.texts)
    assert count_release(controlled).learned.texts[-2:] == (
        "What is missing together and how the source grew are left out: beside the census they would give small counts "
        "away. Their holder asks for them with exact.",
        "No state and no country is known that may be shown: there is no map.",
    )
    assert count_release(controlled, exact=True).learned.texts[-2:] == (
        "The source has no releases to follow: nothing is said about growth.",
        "The source knows no state and no country of anybody: there is no map.",
    )


def test_wrong_words_are_answered_before_anything_is_counted(invented: Catalog) -> None:
    with pytest.raises(UnknownNameError, match="No language 'it'"):
        count_release(invented, language="it")
    with pytest.raises(UnknownNameError) as caught:
        count_release(invented, attributes="sex, rce")
    assert str(caught.value).startswith("No attribute 'rce' in the patients. Did you mean 'race'")


@pytest.mark.slow
def test_the_report_is_one_page_with_its_tables(invented: Catalog, tmp_path: Path) -> None:
    asked = {"source": "synthetic", "release": "2022-01-01", "language": "es", "exact": "False"}
    made = render_report("release_census", out=tmp_path / "r", pdf=False, **asked)
    page = made.html.read_text(encoding="utf-8")
    counts = count_release(invented, release="2022-01-01")
    assert "<title>Release census</title>" in page
    assert counts.sentences[0] in page
    assert "Blanca" in page
    assert "What is missing together?" in page
    assert ">jsd" not in page
    assert page.count('role="img"') >= 15
    assert "Traceback" not in page
    names = {path.name for path in made.folder.iterdir()}
    assert {"census_race.csv", "comparison.csv", "trend_sex.csv", "missing_together.csv", "provenance.json"} <= names
    assert pl.read_csv(made.folder / "census_sex.csv")["n_patients"].to_list() == (
        counts.censuses["sex"].table["n_patients"].to_list()
    )
