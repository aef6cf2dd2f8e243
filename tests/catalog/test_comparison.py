"""A cohort beside a population or another cohort: every attribute that both have, with what keeps them apart."""

import polars as pl
import pytest

import workbench as wb
from tests.catalog.tiny import make_repository
from workbench.assessment.alignment import ReferenceCohort
from workbench.assessment.references import read_reference
from workbench.assessment.representativeness import compare_to_reference
from workbench.catalog.commons import Catalog
from workbench.errors import UnknownNameError

COMMONS = wb.open_catalog("synthetic")


def test_race_and_ethnicity_are_compared_where_a_source_has_them() -> None:
    compared = wb.compare(COMMONS.everything)
    assert compared.table["attribute"].unique(maintain_order=True).to_list() == [
        "sex",
        "age_group",
        "race",
        "ethnicity",
    ]
    (warned,) = [text for attribute, text in compared.warnings if attribute == "race"]
    assert "'Multiple or Other'" in warned


def test_a_population_may_be_a_name_a_path_or_what_was_read(tmp_path) -> None:
    own = tmp_path / "valley.csv"
    own.write_text("# title: The valley\nattribute,category,n\nsex,Female,600\nsex,Male,400\n", encoding="utf-8")
    cohort = COMMONS.where(sex=["Female", "Male"])
    valley, again = (wb.compare(cohort, reference=given) for given in (own, read_reference(own)))
    assert valley.table.equals(again.table)
    assert valley.table["reference"].unique().to_list() == ["The valley"]
    women = (cohort.patients["sex"] == "Female").mean()
    assert valley.table["total_variation"][1] == pytest.approx(abs(women - 0.6))


def test_a_cohort_a_catalog_and_a_census_are_references_too() -> None:
    ct = COMMONS.where(modality="CT")
    in_all, in_everything = (
        wb.compare(ct, reference=given, attributes=["sex"]) for given in (COMMONS, COMMONS.everything)
    )
    assert in_all.table.equals(in_everything.table)
    assert in_all.reference.title == f"everybody in {ct.repository.name}"
    assert in_all.reference.year == ct.repository.version
    row = in_all.table.row(0, named=True)
    assert (row["n_patients"], row["n_reference"]) == (ct.counts["patients"], COMMONS.counts["patients"])
    by_census = wb.compare(ct, reference=COMMONS.everything.census(by=["sex"]), attributes=["sex"])
    assert by_census.table["jsd"].to_list() == in_all.table["jsd"].to_list()
    # The census does not know that the patients of the cohort are among its own.
    assert by_census.table["jsd_null"][0] > in_all.table["jsd_null"][0]


def test_the_same_cohort_twice_is_no_different() -> None:
    ct = COMMONS.where(modality="CT")
    table = wb.compare(ct, reference=COMMONS.where(modality="CT"), attributes=["sex", "race"]).table
    assert table["jsd"].to_list() == [0, 0, 0, 0]
    assert table["p_null"].to_list() == [1, 1, 1, 1]


def test_two_halves_of_one_site_are_no_different_however_many_attributes_are_crossed() -> None:
    patients = COMMONS.everything.patients
    largest = patients["site_id"].value_counts(sort=True)["site_id"][0]
    site = patients.filter(pl.col("site_id") == largest).sample(fraction=1, shuffle=True, seed=1)
    halves = site.head(site.height // 2), site.tail(site.height // 2)
    crossed = ("sex", "age_group", "race", "ethnicity", "covid19_positive")
    table = compare_to_reference(halves[0], ReferenceCohort(halves[1]), attributes=[crossed]).table
    # Over hundreds of cells a distance is large whoever is in which half; only its null tells.
    assert table["jsd"].min() > 0.1
    assert table["p_null"].min() > 0.01


def test_attributes_are_crossed_where_asked_for() -> None:
    compared = wb.compare(COMMONS.where(modality="CT"), reference=COMMONS, joint=("sex", "race"))
    assert compared.table["attribute"].unique(maintain_order=True).to_list()[-1] == "sex × race"
    with pytest.raises(ValueError, match="us_census"):
        wb.compare(COMMONS.everything, joint=("sex", "race"))


def test_what_the_selection_did_itself_is_noted_unless_both_were_selected_so() -> None:
    women = COMMONS.where(sex="Female")
    note = "sex: the cohort was selected by "
    assert any(text.startswith(note) for text in wb.compare(women, attributes=["sex"]).notes)
    ct = women.where(modality="CT")
    assert not any(text.startswith(note) for text in wb.compare(ct, reference=women, attributes=["sex"]).notes)
    assert not any(text.startswith(note) for text in wb.compare(women, attributes=["race"]).notes)


def test_animals_and_phantoms_are_left_out_of_both_sides(tmp_path) -> None:
    patients = [{"sex": "Male"}, {"sex": "Female"}, {"sex": "Male", "species": "Mouse"}]
    series = [{"patient_key": key, "study_key": key} for key in range(3)]
    studies = [{"patient_key": key} for key in range(3)]
    zoo = Catalog(make_repository(tmp_path, patients, studies, series, disclosure="public_rows"))
    compared = wb.compare(zoo.everything, reference=zoo, attributes=["sex"])
    assert compared.table.select("n_patients", "n_reference").row(0) == (2, 2)
    assert compared.notes[-1] == "1 of 3 patients are left out: animals, phantoms, simulations or mixed collections."


def test_an_attribute_that_patients_lack_is_named() -> None:
    with pytest.raises(UnknownNameError, match="modality"):
        wb.compare(COMMONS.everything, reference=COMMONS, attributes=["modality"])


def test_every_row_tells_n_denominator_missing_reference_and_year() -> None:
    table = wb.compare(COMMONS.everything, reference="us_acs").table
    told = table.select("n_patients", "n_missing", "n_total", "n_reference", "reference", "year")
    assert told.null_count().row(0) == (0,) * 6
    known = table.filter(missing="excluded")
    assert (known["n_patients"] + known["n_missing"] == known["n_total"]).all()
    assert pl.Series(known["year"].unique()).to_list() == ["2022"]


def controlled(tmp_path) -> Catalog:
    sexes = ["Female"] * 40 + ["Male"] * 30 + ["Unknown"] * 20 + ["Other"] * 5
    series = [{"patient_key": key, "study_key": key} for key in range(len(sexes))]
    studies = [{"patient_key": key} for key in range(len(sexes))]
    patients = [{"sex": sex} for sex in sexes]
    return Catalog(make_repository(tmp_path, patients, studies, series, disclosure="controlled"))


def test_exact_counts_of_a_controlled_source_are_stamped(tmp_path) -> None:
    commons = controlled(tmp_path)
    exact = wb.compare(commons.everything, attributes=["sex"])
    assert exact.stamp == "Exact counts of a controlled source: for its holder, do not publish."
    assert exact.stamp in repr(exact)
    assert exact.stamp in exact._repr_html_()
    assert exact.contributions.filter(category="Other")["n_patients"].to_list() == [5, 5]


def test_patients_of_a_table_that_names_no_species_count_as_people(tmp_path) -> None:
    rows = {"who": ["a", "b", "c"], "visit": ["1", "2", "3"], "scan": ["1.1", "2.1", "3.1"], "kind": ["CT"] * 3}
    pl.DataFrame(rows | {"sex": ["F", "F", "M"]}).write_csv(tmp_path / "scans.csv")
    columns = {"patient_id": "who", "study_uid": "visit", "series_uid": "scan", "modality": "kind", "sex": "sex"}
    mine = wb.open_catalog(tmp_path / "scans.csv", columns=columns)
    assert wb.compare(mine.everything, attributes=["sex"]).table["n_patients"].to_list() == [3, 3]


def test_a_catalog_stands_for_everybody_in_it() -> None:
    one, other = (wb.compare(given, attributes="sex") for given in (COMMONS, COMMONS.everything))
    assert one.table.equals(other.table)
    assert one.table["attribute"].unique().to_list() == ["sex"]


def test_what_is_no_cohort_is_refused() -> None:
    with pytest.raises(TypeError) as caught:
        wb.compare(COMMONS.everything.patients)
    assert str(caught.value) == (
        "Received a DataFrame as the cohort. A cohort, or a catalog for everybody in it, would be right. Pass one such "
        "as wb.open_catalog('synthetic').where(modality='CT')."
    )


@pytest.mark.parametrize("reference", [None, pl.DataFrame()])
def test_what_is_no_reference_is_refused(reference) -> None:
    with pytest.raises(TypeError) as caught:
        wb.compare(COMMONS, reference=reference)
    assert str(caught.value) == (
        f"Received a {type(reference).__name__} as the reference. A name such as 'us_census', a path, a population, a "
        "census, a cohort or a catalog would be right. Pass one of these as reference=."
    )


def test_no_attribute_is_refused_but_a_cross_alone_is_not() -> None:
    with pytest.raises(ValueError, match="at least one"):
        wb.compare(COMMONS, attributes=[])
    alone = wb.compare(COMMONS, reference="us_acs", attributes=[], joint=("sex", "age_group"))
    assert alone.table["attribute"].unique().to_list() == ["sex × age_group"]
