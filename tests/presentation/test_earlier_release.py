"""The pages and the reports of a second release are suppressed alike, together with what the first one published."""

from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.presentation.disclosure import Pairs, exposed
from tests.presentation.two_releases import stated, write_two_releases
from workbench.catalog.commons import open_catalog
from workbench.presentation.census_counts import ALONE, IMAGING
from workbench.presentation.cohorts_page import cohorts_page
from workbench.presentation.identity import read_identity
from workbench.presentation.manifest import write_pages
from workbench.presentation.page import load_page
from workbench.presentation.publication import Publication, publish
from workbench.presentation.quality_counts import examine_quality
from workbench.presentation.release_census import count_release
from workbench.presentation.reports.kernel import open_published
from workbench.presentation.reports.running import plan_report
from workbench.vocabulary.demographics import MISSING

Statements = dict[Pairs, int | None]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A commons that names the pages of its first release, and the pages of both."""
    folder = tmp_path_factory.mktemp("commons")
    first, _ = write_two_releases(folder)
    (folder / "commons.toml").write_text('name = "Quay"\nsource = "second.csv"\nearlier = "pages_before"\n')
    write_choices(publish(open_catalog(first)), folder / "pages_before")
    identity = read_identity(folder / "commons.toml")
    write_choices(publish(open_catalog(identity.source), identity), folder / "pages")
    return folder


def write_choices(publication: Publication, folder: Path) -> None:
    """Write the page that carries every table which any page shows."""
    folder.mkdir()
    write_pages(folder, {"cohorts": cohorts_page(publication)}, source={}, identity={})


@pytest.fixture(scope="module")
def reports(place: Path) -> dict[str, Path]:
    """The tables of the reports of the second release: as its commons makes them, and alone."""
    identity = read_identity(place / "commons.toml")
    folders = {}
    for name, published in (
        ("together", open_published(str(place / "second.csv"), identity)),
        ("alone", open_published(str(place / "second.csv"))),
    ):
        folders[name] = folder = place / f"report_{name}"
        folder.mkdir()
        counts = count_release(published.catalog, earlier=published.earlier)
        counts.save_tables(folder)
        quality = examine_quality(published.catalog, earlier=published.earlier)
        quality.save_tables(folder)
        assert [ALONE in rule for rule in (counts.rule, quality.rule)] == [name == "alone"] * 2
    return folders


def on_page(folder: Path) -> Statements:
    """What the page of choices says, read from its JSON by the description of its form."""
    page = load_page(folder, name="cohorts")
    said = read_packed(page["published"])
    return said | {frozenset(): page["published"]["tables"][0]["n_total"]}


def read_packed(packed: Mapping[str, Any]) -> Statements:
    said: Statements = {}
    for table in packed["tables"]:
        sizes = [len(packed["categories"][name]) for name in table["by"]]
        for number, n in zip(accumulate(table["steps"]), table["n"], strict=True):
            cell, rest = [], number
            for name, size in zip(reversed(table["by"]), reversed(sizes), strict=True):
                rest, at = divmod(rest, size)
                cell.append((name, packed["categories"][name][at]))
            said[frozenset(cell)] = n
    return said


def in_report(folder: Path) -> Statements:
    """What the census of a report says; cells of nobody are left out, as on a page."""
    numbers = {"n_patients": pl.Int64}
    tables = {file.stem.removeprefix("census_"): file for file in sorted(folder.glob("census_*.csv"))}
    said = stated(([name], pl.read_csv(file, schema_overrides=numbers)) for name, file in tables.items())
    return {criteria: n for criteria, n in said.items() if n != 0}


def told_together(page: Statements, report: Statements) -> Statements:
    """What somebody knows who reads both: a number that either shows."""
    return page | {criteria: n for criteria, n in report.items() if n is not None}


def test_page_and_report_of_a_second_release_show_the_same_cells(place: Path, reports: dict[str, Path]) -> None:
    page, report = on_page(place / "pages"), in_report(reports["together"])
    one_way = {criteria: n for criteria, n in page.items() if len(criteria) == 1}
    people = {criteria: n for criteria, n in one_way.items() if not {name for name, _ in criteria} & set(IMAGING)}
    assert report == people
    assert 0 < list(report.values()).count(None) < len(report) / 2
    assert in_report(reports["alone"]) != report


def test_what_lacks_by_the_quality_report_is_the_sum_of_cells_of_the_page(
    place: Path, reports: dict[str, Path]
) -> None:
    page = on_page(place / "pages")
    words = {"Sex": "sex", "Age": "age_group", "Race": "race", "COVID-19 test": "covid19_positive"}
    gaps = pl.read_csv(reports["together"] / "not_known.csv", schema_overrides={"n": pl.Int64})
    asked = [row for row in gaps.iter_rows(named=True) if row["gap"] in words]
    assert len(asked) >= 3
    for row in asked:
        cells = [page.get(frozenset({(words[row["gap"]], value)}), 0) for value in MISSING]
        assert row["n"] == (None if None in cells else sum(cells))


def test_both_pages_and_the_report_together_give_nothing_small_away(place: Path, reports: dict[str, Path]) -> None:
    first, second = on_page(place / "pages_before"), on_page(place / "pages")
    assert exposed([first, told_together(second, in_report(reports["together"]))]) == []


def test_a_report_that_forgets_the_first_release_would_give_something_away(
    place: Path, reports: dict[str, Path]
) -> None:
    first, second = on_page(place / "pages_before"), on_page(place / "pages")
    found = exposed([first, told_together(second, in_report(reports["alone"]))])
    assert any(each.startswith("change") for each in found)


def test_a_report_of_the_commons_takes_what_the_file_names_and_typed_words_win(place: Path, tmp_path: Path) -> None:
    commons, pages = place / "commons.toml", place / "pages_before"
    for name in ("release_census", "data_quality"):
        assert plan_report(name, {}, commons=commons, pdf=False).values["earlier"] == str(pages)
    typed = plan_report("release_census", {"earlier": place / "pages"}, commons=commons, pdf=False)
    assert typed.values["earlier"] == str(place / "pages")
    other = plan_report("release_census", {"source": "synthetic:100"}, commons=commons, pdf=False)
    assert "earlier" not in other.values
    identity = read_identity(commons)
    assert len(open_published(str(place / "second.csv"), identity).earlier) == 1
    assert len(open_published(str(place / "second.csv"), identity, earlier=str(place / "pages")).earlier) == 2
    assert open_published("synthetic:100", identity).earlier == ()


def test_what_is_no_page_of_an_earlier_release_is_told_before_a_kernel_starts(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="was received") as absent:
        plan_report("data_quality", {"earlier": "nowhere"}, pdf=False)
    assert str(absent.value) == (
        "earlier 'nowhere' was received. The folder of pages that the release before published would be right. "
        "Correct --earlier, or leave it out."
    )
    with pytest.raises(ValueError, match="manifest") as empty:
        plan_report("release_census", {"earlier": str(tmp_path)}, pdf=False)
    assert str(empty.value) == (
        f"No manifest.json in {str(tmp_path)!r}. A folder of aggregates has one. Write it: workbench site aggregates"
    )


def test_a_commons_that_is_controlled_by_its_file_alone_stays_closed_in_public(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "commons.toml").write_text('name = "Quay"\nsource = "synthetic:100"\ndisclosure = "controlled"\n')
    monkeypatch.setenv("WORKBENCH_COMMONS", str(tmp_path / "commons.toml"))
    assert not open_published("synthetic:100").is_open
    monkeypatch.setenv("WORKBENCH_PUBLIC", "1")
    with pytest.raises(PermissionError) as refused:
        open_published("synthetic:100")
    assert str(refused.value) == (
        "Quay is a controlled source, and WORKBENCH_PUBLIC says that strangers look. Public pages show what was "
        "counted and suppressed for them beforehand. Write it where nobody else looks: workbench site aggregates "
        "--source PATH --out pages"
    )
