"""What the notebooks of the census say they learned is so, and the same notebook answers for another repository."""

import re
from pathlib import Path

import nbformat
import papermill
import polars as pl
import pytest

import workbench as wb
from workbench.assessment.alignment import ReferenceCohort
from workbench.assessment.gap import close_gap
from workbench.assessment.representativeness import Comparison, compare_to_reference
from workbench.assets import asset_path
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.vocabulary.demographics import MISSING


def learned(name: str) -> str:
    """Return the last cell of a notebook, on one line."""
    source = nbformat.read(asset_path("notebooks", f"{name}.ipynb"), as_version=4).cells[-1].source
    return re.sub(r"\s+", " ", source)


def of_100(compared: Comparison, attribute: str) -> int:
    rows = compared.table.filter(attribute=attribute, missing="excluded")
    return round(100 * rows["total_variation"].item())


@pytest.fixture(scope="module")
def invented() -> Cohort:
    return wb.open_catalog("synthetic").everything


def test_what_notebook_22_learned_is_so(commons: Catalog, invented: Cohort) -> None:
    said = learned("22_diversity_census")
    ricord = commons.where(collection_id=[name for name in commons.covid_collections() if "ricord" in name])
    ages = ricord.patients["age_years"].drop_nulls()
    n, n_sex = ricord.patients.height, int(ricord.patients["sex"].cast(pl.String).is_in(["Female", "Male"]).sum())
    assert f"of RICORD's {n} patients, sex is recorded for {n_sex} and age for {len(ages)} ({len(ages) / n:.1%}" in (
        said.replace(" %", "%")
    )
    assert f"Of those {len(ages)}, {(ages < 18).sum()} is younger than 18 and {(ages < 30).sum()} are younger" in said
    assert "so nobody lacks both" in said
    assert ricord.patients.filter(
        pl.col("age_years").is_null(), pl.col("sex").cast(pl.String).is_in(MISSING)
    ).is_empty()
    of_age = {
        name: f"{here['age_years'].null_count()} of {here.height}"
        for (name,), here in ricord.patients.with_columns(pl.col("collection_id").cast(pl.String)).group_by(
            "collection_id"
        )
    }
    first, second, third = (of_age[f"midrc_ricord_1{letter}"] for letter in "cba")
    assert f"{n - len(ages)} ages that are missing" in said
    assert f"{first} patients in RICORD-1C, {second} in 1B, {third} in 1A." in said
    acs = wb.read_reference("us_acs").table.filter(attribute="age_group")
    shares = dict(acs.select("category", "fraction").rows())
    young = sum(shares[band] for band in ("0–4", "5–9", "10–14", "15–17"))
    under_30 = young + sum(shares[band] for band in ("18–19", "20–24", "25–29"))
    assert f"{100 * young:.0f} and {100 * under_30:.0f} are." in said
    compared = wb.compare(ricord, reference="us_acs")
    assert f"By age group, {of_100(compared, 'age_group')} of 100 patients would have" in said
    assert f"by sex {of_100(compared, 'sex')}." in said
    kept = compared.contributions.filter(attribute="age_group", missing="included", category="Not Reported")
    assert f"makes up {100 * kept['share_of_jsd2'].item():.0f} % of the distance by age" in said
    assert not {"race", "ethnicity"} & set(ricord.patients.columns)
    hispanic = wb.compare(invented, reference="us_acs").contributions.filter(
        category="Hispanic or Latino", missing="excluded"
    )
    here, there = (100 * hispanic[side].item() for side in ("fraction", "reference_fraction"))
    assert f"of its {invented.counts['patients']:,} patients {here:.1f} % are Hispanic or Latino" in said
    assert f"where the population has {there:.1f} %" in said
    unknown = [pl.col(name).cast(pl.String).is_in(MISSING) for name in ("race", "ethnicity")]
    assert f"{invented.patients.filter(*unknown).height} lack race and ethnicity together" in said


def test_what_notebook_23_learned_is_so(invented: Cohort) -> None:
    said = learned("23_representativeness")
    compared = wb.compare(invented)
    far = {name: of_100(compared, name) for name in ("age_group", "race", "ethnicity", "sex")}
    assert "{age_group} by age group, {race} by race, {ethnicity} by ethnicity and {sex} by sex".format(**far) in said
    other = compared.contributions.filter(attribute="race", missing="excluded", category="Multiple or Other")
    assert f"{100 * other['share_of_jsd2'].item():.0f} % of the distance by race" in said
    jsd = {row["missing"]: row["jsd"] for row in compared.table.filter(attribute="ethnicity").to_dicts()}
    assert f"by ethnicity from {jsd['excluded']:.3f} to {jsd['included']:.3f}" in said
    mixed = invented.patients.sample(fraction=1.0, shuffle=True, seed=1)
    half = mixed.height // 2
    halves = compare_to_reference(
        mixed.head(half), ReferenceCohort(mixed.tail(half)), attributes=[("sex", "race", "age_group")]
    )
    joint = halves.table.filter(missing="excluded").row(0, named=True)
    assert f"lie {joint['jsd']:.3f} apart" in said
    assert f"chance alone gives {joint['jsd_null']:.3f}" in said
    assert joint["p_null"] > 0.05
    census = wb.read_reference("us_census")
    needed = close_gap(invented.census(by=["race"]), census, attribute="race", target=0.05).n_needed
    assert f"the next batch needs {needed:,} patients" in said
    matched = wb.match(invented, attributes=["sex", "race"], tolerance=0.05)
    weighted = wb.weigh(invented, attributes=["sex", "race"])
    assert f"{matched.n:,} look like the population" in said
    assert f"weights keep all {weighted.n:,}, worth {weighted.n_effective:,.0f} of equal weight" in said


@pytest.mark.slow
def test_notebook_22_answers_by_race_and_ethnicity_on_the_invented_commons(tmp_path: Path) -> None:
    made = tmp_path / "synthetic.ipynb"
    papermill.execute_notebook(
        str(asset_path("notebooks", "22_diversity_census.ipynb")),
        str(made),
        parameters={"source": "synthetic"},
        kernel_name="python3",
        progress_bar=False,
        cwd=str(tmp_path),
        execution_timeout=120,
    )
    cells = nbformat.read(made, as_version=4).cells
    shown = [
        output.data.get("text/html", "")
        for cell in cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.get("data")
    ]
    for attribute in ("sex", "age", "race", "ethnicity"):
        assert any(f"By {attribute}, " in page and "of 100 patients would have to belong" in page for page in shown)
    assert any("combinations of race and ethnicity" in page for page in shown)
