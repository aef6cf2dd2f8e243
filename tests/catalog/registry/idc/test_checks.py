"""Facts from the embedded index are counted right, judged fairly, and known to be stale when they are."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.catalog.tiny import make_repository
from workbench.catalog.commons import Catalog
from workbench.catalog.registry.entries import Claim, Entry
from workbench.catalog.registry.idc.checks import check_against_idc, read_idc_facts, stale_facts, write_idc_facts
from workbench.catalog.registry.idc.counts import count_collections, find_collections
from workbench.catalog.registry.idc.verdicts import judge, sum_up
from workbench.catalog.registry.idc_facts import IdcFacts
from workbench.catalog.registry.reading import read_entries
from workbench.catalog.sources.idc_package import package_version


def entry(key: str, claims: tuple[dict[str, Any], ...] = (), **idc: Any) -> Entry:
    """Return an entry that is in the index."""
    return Entry("dataset", {"key": key, "name": key, "idc": {"relation": "same", **idc}, "claims": list(claims)})


def claim(quantity: str, value: float, words: str = "", **given: Any) -> dict[str, Any]:
    """Return a claim of a guide."""
    stated = {"qualifier": "exact", "source": "guide", "where": "radiology:1", "verdict": "unchecked", **given}
    return {"quantity": quantity, "value": value, "words": words or f"{value:,} {quantity}", **stated}


def facts(**given: Any) -> IdcFacts:
    """Return facts of a set of 40 acquired CT series in 30 studies of 20 people under 25 identifiers."""
    counted = {"series": 50, "acquired_series": 40, "studies": 30, "patients": 25, "people": 20, "instances": 4000}
    known = {"collections": ("a", "b"), "acquired": {"CT": 40}, "species": ("Human",)}
    return IdcFacts(
        "made-up", "25.0.5", {"relation": "same", "collections": ["a", "b"]}, **{**counted, **known, **given}
    )


# ------------------------------------------------------------------ counted
@pytest.mark.parametrize(
    ("collections", "modality"),
    [(["cbis_ddsm"], []), (["tcga_*"], ["SM"]), (["lidc_idri", "nlst"], ["CT"]), (["gtex"], [])],
)
def test_counts_are_those_of_the_original_index(
    commons: Catalog, raw: pl.LazyFrame, collections: list[str], modality: list[str]
) -> None:
    asked = entry("one", collections=collections, **({"modality": modality} if modality else {}))
    found = check_against_idc([asked], commons.repository)["one"]
    named = pl.any_horizontal(
        pl.col("collection_id").str.starts_with(name[:-1]) if name.endswith("*") else pl.col("collection_id") == name
        for name in collections
    )
    rows = raw.filter(named & (pl.col("Modality").is_in(modality) if modality else pl.lit(value=True)))
    counted = rows.select(
        series=pl.len(),
        studies=pl.col("StudyInstanceUID").n_unique(),
        patients=pl.struct("collection_id", "PatientID").n_unique(),
        instances=pl.col("instanceCount").sum(),
        first_version=pl.col("series_init_idc_version").min(),
        collections=pl.col("collection_id").unique().sort().implode(),
    ).collect()
    for name, value in counted.row(0, named=True).items():
        assert (list(found.collections) if name == "collections" else getattr(found, name)) == value, name
    for name, column in {"modalities": "Modality", "licenses": "license_short_name"}.items():
        expected = dict(rows.group_by(column).len().collect().iter_rows())
        assert dict(getattr(found, name)) == expected
    size = rows.select(pl.col("series_size_MB").sum() / 1000).collect().item()
    assert found.size_gb == pytest.approx(size, rel=1e-3, abs=0.1)


def test_a_person_with_several_identifiers_is_counted_once(commons: Catalog, raw: pl.LazyFrame) -> None:
    found = check_against_idc([entry("one", collections=["cbis_ddsm"])], commons.repository)["one"]
    of_mammograms = raw.filter(pl.col("collection_id") == "cbis_ddsm")
    people = of_mammograms.select(pl.col("PatientID").str.extract(r"(P_\d{5})").n_unique()).collect().item()
    assert found.people == people < found.patients


def test_derived_series_are_not_acquired(commons: Catalog) -> None:
    found = check_against_idc([entry("one", collections=["lidc_idri"])], commons.repository)["one"]
    assert "SEG" in found.modalities
    assert "SEG" not in found.acquired
    assert found.acquired_series == sum(found.acquired.values()) < found.series == sum(found.modalities.values())


def test_shares_of_sex_and_age_are_of_people(commons: Catalog, raw: pl.LazyFrame) -> None:
    found = check_against_idc([entry("one", collections=["covid_19_ar"])], commons.repository)["one"]
    rows = raw.filter(pl.col("collection_id") == "covid_19_ar").collect()
    with_sex = rows.filter(pl.col("PatientSex").is_in(["F", "M", "O"]))["PatientID"].n_unique()
    with_age = rows.filter(pl.col("PatientAge").str.contains(r"^\d{3}[YMWD]$"))["PatientID"].n_unique()
    n = rows["PatientID"].n_unique()
    assert found.sex_known == pytest.approx(with_sex / n, abs=1e-4)
    assert found.age_known == pytest.approx(with_age / n, abs=1e-4)


def test_a_person_is_known_by_any_of_several_identifiers(tmp_path: Path) -> None:
    patients = [
        {"person_key": 0, "sex": "Female", "age_years": None},
        {"person_key": 0, "sex": "Not Reported", "age_years": 40.0},
        {"person_key": 1, "sex": "Conflicting", "age_years": None},
    ]
    studies = [{"patient_key": key} for key in range(3)]
    series = [{"patient_key": key, "study_key": key, "first_version": 3 + key} for key in range(3)]
    counted = count_collections(make_repository(tmp_path, patients, studies, series), ["made_up"])
    assert (counted["patients"], counted["people"], counted["first_version"]) == (3, 2, 3)
    assert (counted["sex_known"], counted["age_known"]) == (0.5, 0.5)  # sexes that disagree are not known


def test_names_and_beginnings_find_collections(commons: Catalog) -> None:
    found, absent = find_collections(commons.repository, ["midrc_ricord_*", "lidc_idri", "no_such", "ct_org*"])
    assert found == ["lidc_idri", "midrc_ricord_1a", "midrc_ricord_1b", "midrc_ricord_1c"]
    assert absent == ["no_such", "ct_org*"]


# ------------------------------------------------------------------ judged
@pytest.mark.parametrize(
    ("stated", "relation", "verdict", "counted"),
    [
        (claim("patients", 20), "same", "agrees", 20),  # people
        (claim("patients", 25), "same", "agrees", 25),  # identifiers
        (claim("patients", 21), "same", "differs", 20),
        (claim("patients", 15, qualifier="at_least"), "same", "agrees", 20),
        (claim("patients", 26, qualifier="at_least"), "same", "differs", 20),
        (claim("patients", 19, qualifier="about"), "same", "differs", 20),  # 5 % of 19 is 0.95, and 20 is 1 away
        (claim("patients", 21, qualifier="about"), "same", "agrees", 20),
        (claim("patients", 18, qualifier="about"), "same", "differs", 20),
        (claim("series", 40), "same", "agrees", 40),
        (claim("series", 50), "same", "differs", 40),  # 50 with masks
        (claim("collections", 2), "same", "agrees", 2),
        (claim("volumes", 30), "same", "agrees", 30),  # studies
        (claim("volumes", 35), "same", "another unit", 40),
        (claim("volumes", 35, qualifier="at_least"), "same", "another unit", 40),
        (claim("images", 4000), "same", "agrees", 4000),
        (claim("images", 4001), "same", "another unit", 40),
        (claim("studies", 35, "35 scans"), "same", "another unit", 40),
        (claim("series", 30, "30 cases"), "same", "agrees", 30),
        (claim("studies", 35, "35 scans", source="paper"), "same", "differs", 30),
        (claim("slides", 7), "same", "not in the index", None),
        (claim("labels", 14), "same", "not in the index", None),
        (claim("studies", 11, of="with disease"), "same", "not in the index", None),
        (claim("studies", 30, of="in all"), "same", "agrees", 30),
        (claim("studies", 11, of="with disease", qualifier="at_least"), "same", "not in the index", None),
        (claim("patients", 20), "parent", "another set", 20),
        (claim("patients", 18), "parent", "another set", 20),
        (claim("patients", 18), "idc_has_more", "another set", 20),
        (claim("patients", 30), "idc_has_more", "differs", 20),
        (claim("patients", 30), "idc_has_part", "another set", 20),
        (claim("patients", 20), "idc_has_part", "agrees", 20),
        (claim("collections", 2), "platform", "another set", 2),
    ],
)
def test_only_counts_of_one_unit_and_one_set_agree_or_differ(
    stated: dict[str, Any], relation: str, verdict: str, counted: int | None
) -> None:
    judged = judge(Claim(**stated), relation, facts())
    assert (judged.verdict, judged.counted) == (verdict, counted)


@pytest.mark.parametrize(
    ("stated", "relation", "given", "sentence"),
    [
        (claim("studies", 35, "35 scans"), "same", {}, "The guide says 35 scans; IDC has 40 series of 20 people."),
        (claim("patients", 20), "same", {}, "The guide says 20 patients; IDC has 20 people."),
        (claim("patients", 25), "same", {}, "The guide says 25 patients; IDC has 20 people under 25 identifiers."),
        (
            claim("patients", 18, "more words than fit, " * 9, qualifier="at_least", source="paper"),
            "parent",
            {},
            "The paper says at least 18 patients; IDC has the set that it was taken from: 20 people.",
        ),
        (
            claim("slides", 7),
            "idc_has_more",
            {"acquired": {"SM": 9}, "species": ("Mouse",)},
            "The guide says 7 slides; IDC has it and more: 9 slides of 20 animals.",
        ),
        (claim("labels", 14), "same", {}, "The guide says 14 labels; the index of IDC does not tell."),
        (
            claim("collections", 3),
            "platform",
            {},
            "The guide says 3 collections; IDC has of this platform 2 collections.",
        ),
    ],
)
def test_a_verdict_comes_with_a_plain_sentence(
    stated: dict[str, Any], relation: str, given: dict[str, Any], sentence: str
) -> None:
    assert judge(Claim(**stated), relation, facts(**given)).sentence == sentence


def test_what_an_entry_found_in_the_index_by_a_closer_look_holds() -> None:
    seen = {
        "page": "https://github.com/ImagingDataCommons/idc-index-data",
        "words": "counted: 8 of them are diagnostic.",
    }
    stated = claim("patients", 20, "20 people", verdict="differs", checked_against=seen)
    judged = judge(Claim(**stated), "same", facts())
    assert judged.verdict == "differs"
    assert judged.sentence == (
        "The guide says 20 people; IDC has 20 people, but a closer look says: 8 of them are diagnostic."
    )
    elsewhere = {**seen, "page": "https://example.org"}
    assert judge(Claim(**{**stated, "checked_against": elsewhere}), "same", facts()).verdict == "agrees"


def test_the_sentence_to_know_is_the_guides_before_others_and_a_difference_before_agreement() -> None:
    stated = [claim("patients", 20, source="registry"), claim("patients", 20), claim("studies", 31), claim("labels", 2)]
    checks = [judge(Claim(**each), "same", facts()) for each in stated]
    assert sum_up(checks, "same", facts()) == "The guide says 31 studies; IDC has 30 studies of 20 people."
    assert sum_up(checks[:1], "same", facts()) == "The registry says 20 patients; IDC has 20 people."
    assert sum_up(checks[3:], "same", facts()) == "IDC has 40 series of 20 people."
    empty = dataclasses.replace(facts(), series=0, asked={"relation": "parent", "modality": ["MR"]})
    assert sum_up(checks, "parent", empty) == "IDC lists a, b, but has no MR series there."


# ------------------------------------------------------------------ written
def test_written_facts_are_read_back_the_same_and_written_twice_the_same(commons: Catalog, tmp_path: Path) -> None:
    first, second = (write_idc_facts(into=tmp_path / name) for name in ("a.yaml", "b.yaml"))
    assert first.read_bytes() == second.read_bytes()
    computed = check_against_idc(read_entries(), commons.repository)
    assert dict(read_idc_facts(first)) == {key: dataclasses.replace(each, absent=()) for key, each in computed.items()}


def test_the_shipped_facts_are_those_of_the_entries_and_the_package_version() -> None:
    problems = stale_facts(read_entries(), read_idc_facts(), package_version())
    assert not problems, "\n".join(problems)
    assert read_idc_facts(), "no facts are shipped"


def test_the_shipped_facts_are_what_the_index_counts_now(commons: Catalog) -> None:
    computed = check_against_idc(read_entries(), commons.repository)
    assert dict(read_idc_facts()) == {key: dataclasses.replace(each, absent=()) for key, each in computed.items()}


def test_what_the_index_knows_of_nobody_or_of_somebody_is_no_unknown() -> None:
    same = {key: each for key, each in read_idc_facts().items() if each.relation == "same"}
    for each in read_entries():
        if found := same.get(each.key):
            for name, share in (("age", found.age_known), ("sex", found.sex_known)):
                assert each.demographics[name] in (("no",) if share == 0 else ("yes", "partly")), (each.key, name)


def test_stale_facts_say_why_and_what_to_do() -> None:
    then = "Write them again: workbench datasets check --idc"
    one, two = entry("one", (claim("patients", 20),), collections=["a"]), entry("two", collections=["b"])
    written = {
        "one": IdcFacts(
            "one", "25.0.5", {"relation": "same", "collections": ["a"]}, claims=(judge(one.claims[0], "same", facts()),)
        ),
        "gone": IdcFacts("gone", "25.0.5", {"relation": "same", "collections": ["c"]}),
    }
    assert stale_facts([one], {"one": written["one"]}, "25.0.5") == []
    assert stale_facts([one, two], written, "26.1.0") == [
        f"The facts were computed from index 25.0.5; 26.1.0 is installed. {then}",
        f"two is in IDC, but no facts are written of it. {then}",
        f"There are facts of gone, which has no idc block. {then}",
    ]
    moved = entry("one", (claim("patients", 20),), collections=["a"], modality=["CT"])
    assert stale_facts([moved], {"one": written["one"]}, "25.0.5") == [
        f"The idc block of one has changed since its facts were written. {then}"
    ]
    changed = entry("one", (claim("patients", 21),), collections=["a"])
    assert stale_facts([changed], {"one": written["one"]}, "25.0.5") == [
        f"The claims of one have changed since they were checked. {then}"
    ]


def test_collections_that_the_index_lacks_are_all_named_and_nothing_is_written(
    commons: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = [entry("first", collections=["lidc_idr", "gtex"]), entry("second", collections=["zz_*"])]
    monkeypatch.setattr("workbench.catalog.registry.reading.read_entries", lambda _: wrong)
    with pytest.raises(ValueError, match="lacks") as error:
        write_idc_facts(into=tmp_path / "idc.yaml")
    assert str(error.value) == (
        "Entries name collections that the index lacks.\n"
        f"  first: no collection 'lidc_idr' in IDC {commons.repository.version}. Did you mean 'lidc_idri'?\n"
        f"  second: no collection 'zz_*' in IDC {commons.repository.version}.\n"
        "An id such as lidc_idri, or a beginning such as tcga_*, would be right. Correct their idc blocks."
    )
    assert not (tmp_path / "idc.yaml").exists()


def test_reading_facts_loads_no_polars() -> None:
    code = (
        "import sys; from workbench.catalog.registry.idc.checks import read_idc_facts; "
        "read_idc_facts(); sys.exit('polars' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_counts_by_quantity_name_slides_only_where_there_are_some() -> None:
    assert facts().counts == {"patients": 20, "studies": 30, "series": 40, "collections": 2}
    assert facts(acquired={"SM": 9}).counts["slides"] == 9
