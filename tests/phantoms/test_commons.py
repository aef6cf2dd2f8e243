"""The synthetic export follows the published counts, is the same for the same seed, and says that it is synthetic."""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from workbench.phantoms.commons import draw_cases, write_gen3_export
from workbench.phantoms.commons_images import draw_studies
from workbench.phantoms.commons_tests import draw_measurements, with_days_to_tests
from workbench.vocabulary.demographics import AGE_GROUPS, age_group


@pytest.fixture(scope="module")
def cases() -> pl.DataFrame:
    """Return 5,000 invented cases."""
    return draw_cases(5000, rng=np.random.default_rng(0))


@pytest.mark.parametrize("attribute", ["sex", "race", "ethnicity"])
def test_shares_are_the_published_ones(
    cases: pl.DataFrame, published: Callable[[str], dict[str, int]], attribute: str
) -> None:
    counts, expected = Counter(cases[attribute]), published(attribute)
    total = sum(expected.values())
    for category, n in expected.items():
        # Race and ethnicity are drawn together, 21 cells of whole patients: at most one off in each of three or seven.
        assert counts[category] == pytest.approx(5000 * n / total, abs=7), category


def test_ages_are_spread_over_the_published_bands(
    cases: pl.DataFrame, published: Callable[[str], dict[str, int]]
) -> None:
    counts = Counter(cases.select(age_group(pl.col("age_at_index"))).to_series())
    expected = published("age_group")
    total = sum(expected.values())
    for band in AGE_GROUPS:
        assert counts[band] == pytest.approx(5000 * expected[band] / total, abs=1), band


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first, again = (write_gen3_export(tmp_path / name, n_patients=30, seed=5) for name in "ab")
    other = write_gen3_export(tmp_path / "c", n_patients=30, seed=6)
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    assert all((first / name).read_bytes() == (again / name).read_bytes() for name in names)
    assert (first / "case_1.tsv").read_bytes() != (other / "case_1.tsv").read_bytes()


def test_every_identifier_says_synthetic(tmp_path: Path) -> None:
    export = write_gen3_export(tmp_path, n_patients=40)
    for path in export.glob("*.tsv"):
        with path.open(newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                identifiers = [text for name, text in row.items() if name.endswith(("submitter_id", "_uid", "site_id"))]
                assert identifiers
                assert all("synthetic" in text for text in identifiers), path.name


def test_every_quirk_is_planted(tmp_path: Path) -> None:
    export = write_gen3_export(tmp_path, n_patients=600)
    text = {path.name: path.read_text() for path in export.iterdir()}
    assert "synthetic-dataset-20220301, synthetic-dataset-20230915" in text["case_1.tsv"]
    assert "synthetic-dataset-20230915, synthetic-dataset-20220301" in text["case_1.tsv"]
    assert "\t890\t" in text["case_2.tsv"]
    assert all(spelled in text["imaging_study.tsv"] for spelled in ("\t['DX']", "\tDX\t", '"[""DX""]"'))
    assert '"imaging_studies": [' in text["ct_series_file.json"]


def test_days_to_a_test_are_the_tests_day_less_the_studys(cases: pl.DataFrame) -> None:
    rng = np.random.default_rng(1)
    some = cases.head(200)
    tests = draw_measurements(some, rng=rng)
    studies = with_days_to_tests(draw_studies(some, rng=rng), tests, rng=rng)
    days: dict[tuple[str, str], list[int]] = {}
    for case, result, day in tests.select("cases.submitter_id", "test_result_text", "test_days_from_index").iter_rows():
        days.setdefault((case, result), []).append(day)
    told = studies.drop_nulls("days_from_study_to_pos_covid_test")
    assert told.height > 50
    for row in told.iter_rows(named=True):
        expected = sorted(day - row["days_to_study"] for day in days[row["cases.submitter_id"], "Positive"])
        assert row["days_from_study_to_pos_covid_test"] == expected


def test_some_patients_are_followed_up_for_months_but_none_beyond_a_year(cases: pl.DataFrame) -> None:
    days = draw_studies(cases.head(500), rng=np.random.default_rng(2))["days_to_study"]
    assert 30 < (days >= 60).sum() < 300
    assert days.max() <= 365


def test_too_few_patients_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="n_patients") as error:
        write_gen3_export(tmp_path / "none", n_patients=3)
    assert str(error.value) == (
        "n_patients is 3; every quirk of an export needs at least 20. Use n_patients=20 or more."
    )
    assert not (tmp_path / "none").exists()
