"""What changed since an earlier release or report stands first in a report, and gives nothing away."""

import dataclasses
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import workbench as wb
from workbench.catalog.commons import Catalog
from workbench.presentation.change_since import change_since
from workbench.presentation.profile import describe_cohort
from workbench.presentation.release_census import count_release
from workbench.presentation.release_figures import ReleaseCensus
from workbench.presentation.what_changed import changed_counts

BEFORE = "2023-08-25"


@pytest.fixture(scope="module")
def invented() -> Catalog:
    return wb.open_catalog("synthetic")


@pytest.fixture(scope="module")
def since(invented: Catalog) -> ReleaseCensus:
    return count_release(invented, attributes="sex, race", compare_to=BEFORE)


@pytest.fixture(scope="module")
def report(invented: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a report of the earlier release."""
    folder = tmp_path_factory.mktemp("earlier")
    count_release(invented, attributes="sex, race", release=BEFORE).save_tables(folder)
    return folder


@pytest.fixture(scope="module")
def controlled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalog, Path]:
    """A table of one's own and the folder of its report: 40 women, 30 men, 3 without a sex."""
    rows = {"patient_id": [f"P{i}" for i in range(73)], "sex": [*["F"] * 40, *["M"] * 30, *[None] * 3]}
    table, folder = tmp_path_factory.mktemp("own") / "mine.csv", tmp_path_factory.mktemp("published")
    pl.DataFrame(rows).write_csv(table)
    catalog = wb.open_catalog(table)
    count_release(catalog).save_tables(folder)
    return catalog, folder


def test_what_changed_is_the_first_sentence_and_the_first_picture(since: ReleaseCensus, invented: Catalog) -> None:
    assert since.changed is not None
    came = invented.everything.patients.filter(pl.col("batch") > pl.lit(BEFORE).str.to_date())
    assert since.sentences[0].startswith(f"Since batch {BEFORE}, batch 2024-03-04 gained {came.height:,} patients")
    assert since.sentences[1] == since.changed.largest_gap
    assert len(since.sentences) == 3
    page = since.first_page()
    assert page.figure.key == "changes"
    assert page.as_of == "As of March 4, 2024: the Synthetic commons, data version " + invented.repository.version + "."


def test_people_by_category_add_up_to_those_who_came(since: ReleaseCensus, invented: Catalog) -> None:
    assert since.changed is not None
    everybody, sexes = (since.changed.counts.filter(attribute=name) for name in ("", "sex"))
    assert everybody["change"].to_list() == [sexes["change"].sum()]
    came = invented.everything.patients.filter(pl.col("batch") > pl.lit(BEFORE).str.to_date())
    by_hand = dict(came.group_by(pl.col("sex").cast(pl.String)).len().iter_rows())
    assert {row["category"]: row["change"] for row in sexes.to_dicts() if row["change"]} == by_hand


def test_the_gap_before_is_that_of_the_census_of_then(since: ReleaseCensus, invented: Catalog) -> None:
    assert since.changed is not None
    then = count_release(invented, attributes="sex, race", release=BEFORE)
    for gap in since.changed.gaps:
        table = then.comparisons[gap.attribute].table.filter(missing="excluded")
        assert gap.before == pytest.approx(table["total_variation"][0])
        now = since.comparisons[gap.attribute].table.filter(missing="excluded")
        assert gap.after == pytest.approx(now["total_variation"][0])


def test_before_and_after_are_the_same_kind_of_people() -> None:
    """Most of the invented commons of 2021 are in no batch; counted here from its patients alone."""
    catalog = wb.open_catalog("synthetic:midrc_2021")
    counts = count_release(catalog, attributes="sex, race", compare_to="2021-10-29")
    assert counts.changed is not None
    patients = catalog.everything.patients
    then, now = (patients.filter(pl.col("batch") <= date.fromisoformat(day)) for day in ("2021-10-29", "2021-11-04"))
    assert counts.changed.counts.row(0)[2:] == (then.height, now.height, now.height - then.height)
    women = [(side["sex"] == "Female").sum() for side in (then, now)]
    rows = counts.changed.counts.filter(attribute="sex", category="Female")
    assert rows.select("n_before", "n_after").row(0) == tuple(women)
    for gap in counts.changed.gaps:
        for side, distance in ((then, gap.before), (now, gap.after)):
            known = side.filter(pl.col(gap.attribute).cast(pl.String).is_in(gap.table["category"].to_list()))
            shares = known.group_by(pl.col(gap.attribute).cast(pl.String).alias("category")).agg(n=pl.len())
            there = gap.table.select("category", "reference_fraction").join(shares, on="category", how="left")
            moved = (there["n"].fill_null(0) / known.height - there["reference_fraction"]).abs().sum() / 2
            assert distance == pytest.approx(moved)
    assert counts.sentences[1] == (
        "The gaps to US population, American Community Survey (2022) by sex and race moved by less than 1 of 100 "
        "patients."
    )
    assert counts.changed.notes[-1] == (
        "Counted on both sides: those in a batch by then; 22,015 more are in no batch yet."
    )


def test_an_earlier_report_tells_the_same_people_and_gaps(
    since: ReleaseCensus, report: Path, invented: Catalog
) -> None:
    counts = count_release(invented, attributes="sex, race", compare_to=str(report))
    assert counts.changed is not None
    assert since.changed is not None
    assert counts.changed.counts.equals(since.changed.counts)
    assert [gap.verdict for gap in counts.changed.gaps] == [gap.verdict for gap in since.changed.gaps]
    before, after, change = counts.changed.counts.row(0)[2:]
    assert counts.sentences[0] == (
        f"Since the report of batch {BEFORE}, there are {change:,} people more: {after:,}, from {before:,}."
    )
    assert counts.changed.figures()[0].key == "gap_moves"


@pytest.mark.parametrize("of", ["release", "report"])
def test_equal_versions_say_that_nothing_changed(of: str, invented: Catalog, tmp_path: Path) -> None:
    compare_to = "2024-03-04"
    if of == "report":
        count_release(invented, attributes="sex").save_tables(tmp_path)
        compare_to = str(tmp_path)
    counts = count_release(invented, attributes="sex", compare_to=compare_to)
    assert counts.changed is not None
    assert counts.changed.sentences == ("Nothing changed: the same batch 2024-03-04 is compared with itself.",)
    assert counts.changed.figures() == counts.changed.shown_tables() == []
    assert counts.first_page().figure.key == "dumbbell_sex"


def test_every_table_of_what_changed_is_beside_the_page(since: ReleaseCensus, tmp_path: Path) -> None:
    since.save_tables(tmp_path)
    moved = pl.read_csv(tmp_path / "changes.csv")
    assert moved.columns == ["collection_id", "unit", "n_before", "n_gained", "n_lost", "n_revised", "n_after"]
    assert {"changed_counts.csv", "changed_gaps.csv"} <= {path.name for path in tmp_path.iterdir()}


def test_a_cohort_is_compared_with_its_earlier_profile(invented: Catalog, tmp_path: Path) -> None:
    women = invented.where(sex="Female")
    profile = describe_cohort(invented, women, reference="us_acs", compare_to=BEFORE)
    assert profile.changed is not None
    came = women.patients.filter(pl.col("batch") > pl.lit(BEFORE).str.to_date()).height
    assert f"gained {came:,} patients" in profile.sentences[0]
    profile.save_tables(tmp_path)
    (tmp_path / "provenance.json").write_text(json.dumps({"source": "Synthetic commons", "version": "now"}))
    again = describe_cohort(invented, women, reference="us_acs", compare_to=str(tmp_path))
    assert again.changed is not None
    assert again.changed.headline == (
        "Nothing changed: the report of data version now and batch 2024-03-04 are alike in every number."
    )
    assert describe_cohort(invented, women, reference="us_acs").sentences[1].startswith("“sex Female” lost most:")


def test_of_a_controlled_source_only_a_report_is_compared(controlled: tuple[Catalog, Path]) -> None:
    catalog, folder = controlled
    counts = count_release(catalog, compare_to=str(folder))
    assert counts.changed is not None
    assert counts.changed.is_equal
    with pytest.raises(ValueError, match="controlled") as caught:
        count_release(catalog, compare_to="1")
    assert str(caught.value) == (
        "Received compare_to='1' of a controlled source. Only what was published may be compared: the folder of an "
        "earlier report would be right. Give that folder, or ask with exact=True for yourself."
    )


def test_two_reports_that_give_a_small_count_away_are_not_compared(
    controlled: tuple[Catalog, Path], tmp_path: Path
) -> None:
    """Four women came since: 40 beside 36 tells it, although neither is small."""
    catalog, folder = controlled
    for file in folder.iterdir():
        text = file.read_text(encoding="utf-8")
        (tmp_path / file.name).write_text(text.replace("Female,40,73", "Female,36,69").replace(",73,", ",69,"))
    with pytest.raises(ValueError, match="give away") as caught:
        count_release(catalog, compare_to=str(tmp_path))
    assert str(caught.value) == (
        "Received an earlier report of a controlled source whose numbers, beside the new ones, would give away counts "
        "of 1–10 patients, or cannot be checked for it. A release suppressed together with the earlier one would be "
        "right. Publish it with --earlier, or ask with exact=True for yourself."
    )
    exact = count_release(catalog, exact=True, compare_to=str(tmp_path))
    assert exact.changed is not None
    assert exact.changed.counts["change"][0] == 4


def test_a_hidden_number_has_no_change(controlled: tuple[Catalog, Path]) -> None:
    tables = [pl.DataFrame({"sex": ["Male"], "n_patients": [n], "n_total": [60]}) for n in (None, 30)]
    row = changed_counts({"sex": tables[0]}, {"sex": tables[1]}).row(1, named=True)
    assert (row["n_before"], row["n_after"], row["change"]) == (None, 30, None)


def test_a_folder_without_a_report_or_of_another_source_is_refused(
    since: ReleaseCensus, report: Path, invented: Catalog, tmp_path: Path
) -> None:
    people = invented.everything
    with pytest.raises(ValueError, match="holds no census") as caught:
        change_since(since, str(tmp_path), people=people, exactly=True)
    assert str(caught.value) == (
        f"Received compare_to={tmp_path.name!r}, which holds no census of an earlier report. A folder with "
        "provenance.json and tables census_….csv would be right. Give one that workbench report wrote."
    )
    renamed = dataclasses.replace(invented.repository, name="Another commons")
    with pytest.raises(ValueError, match="other people") as caught:
        count_release(Catalog(renamed), attributes="sex", compare_to=str(report))
    assert str(caught.value) == (
        f"Received compare_to={report.name!r}, a report of the Synthetic commons. One of the Another commons would be "
        "right: other people are no change. Give another folder."
    )
