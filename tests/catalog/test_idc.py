"""The slim index against the original Parquet, counted again by other means; no number of one version is typed in."""

import re
from collections import Counter

import polars as pl
import pytest

from workbench.catalog.commons import Catalog
from workbench.catalog.findings import lost_chest_ct
from workbench.catalog.repository import Repository

PAIR = ("collection_id", "PatientID")
DERIVED_MODALITIES = {"ANN", "KO", "M3D", "PR", "REG", "RTDOSE", "RTPLAN", "RTSTRUCT", "RWV", "SEG", "SR"}


@pytest.fixture(scope="module")
def quality(commons: Catalog) -> dict[str, int]:
    return dict(commons.data_quality().select("rule", "n").iter_rows())


@pytest.fixture(scope="module")
def ages(raw: pl.LazyFrame) -> Counter[str | None]:
    return Counter(dict(raw.group_by("PatientAge").len().collect().iter_rows()))


@pytest.fixture(scope="module")
def sexes(raw: pl.LazyFrame) -> Counter[str | None]:
    return Counter(dict(raw.group_by("PatientSex").len().collect().iter_rows()))


@pytest.fixture(scope="module")
def aged_pairs(raw: pl.LazyFrame) -> pl.DataFrame:
    """Give the pairs of collection and PatientID that have any usable PatientAge at all."""
    distinct = raw.select("PatientAge").unique().collect().to_series().to_list()
    usable = [text for text in distinct if python_age(text) is not None]
    return raw.filter(pl.col("PatientAge").is_in(usable)).select(PAIR).unique().collect()


def python_age(text: str | None) -> float | None:
    """Parse one DICOM age string the slow way."""
    found = re.fullmatch(r"(\d{1,3})([DWMY]?)", (text or "").strip().upper())
    if not found:
        return None
    years = int(found[1]) * {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12}.get(found[2], 1.0)
    return None if years > 122 or (years == 0 and found[2] in ("", "Y")) else years


def count(counter: Counter[str | None], rule: object) -> int:
    return sum(n for text, n in counter.items() if rule(text))  # type: ignore[operator]


def test_the_totals_are_those_of_the_original(commons: Catalog, raw: pl.LazyFrame) -> None:
    expected = (
        raw.select(
            patients=pl.struct(PAIR).n_unique(),
            studies=pl.col("StudyInstanceUID").n_unique(),
            series=pl.len(),
            instances=pl.col("instanceCount").sum(),
            size_gb=pl.col("series_size_MB").sum() / 1000,
        )
        .collect()
        .row(0, named=True)
    )
    counts = dict(commons.counts)
    assert counts.pop("size_gb") == pytest.approx(expected.pop("size_gb"), rel=1e-6)
    assert counts == expected


@pytest.mark.parametrize("collection", ["midrc_ricord_1a", "tcga_brca", "nlst"])
def test_a_collection_counts_as_in_the_original(commons: Catalog, raw: pl.LazyFrame, collection: str) -> None:
    own = raw.filter(pl.col("collection_id") == collection)
    expected = own.select(pl.col("PatientID", "StudyInstanceUID", "SeriesInstanceUID").n_unique()).collect().row(0)
    counts = commons.where(collection_id=collection).counts
    assert (counts["patients"], counts["studies"], counts["series"]) == expected


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("PatientAge is absent", lambda text: text is None),
        ("PatientAge has a lower-case unit", lambda text: bool(re.fullmatch(r"\d{3}[dwmy]", text or ""))),
        ("PatientAge has no unit", lambda text: (text or "").isdigit()),
        ("PatientAge is no age", lambda text: text is not None and not re.fullmatch(r"(?i)\d{1,3}[dwmy]?", text)),
        ("PatientAge is zero years, a placeholder", lambda text: (text or "") in ("0", "00", "000", "000Y", "000y")),
        (
            "PatientAge is above 122 years",
            lambda text: bool(re.fullmatch(r"\d{3}[DWMY]", text or "")) and text != "000Y" and python_age(text) is None,
        ),
        ("PatientAge is 90 years or more", lambda text: (python_age(text) or 0) >= 90),
    ],
)
def test_every_rule_about_ages_counts_what_it_says(
    quality: dict[str, int], ages: Counter[str | None], rule: str, holds: object
) -> None:
    assert quality[rule] == count(ages, holds) > 0


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("PatientSex is absent", lambda text: text is None),
        ("PatientSex is U", lambda text: text == "U"),
        ("PatientSex is no sex", lambda text: text not in (None, "M", "F", "O", "U")),
    ],
)
def test_every_rule_about_sexes_counts_what_it_says(
    quality: dict[str, int], sexes: Counter[str | None], rule: str, holds: object
) -> None:
    assert quality[rule] == count(sexes, holds) > 0


def test_the_known_misspellings_are_in_this_source(ages: Counter[str | None], sexes: Counter[str | None]) -> None:
    assert {"042y", "90", "N-A"} <= set(ages)
    assert {"0000", "6657", "U"} <= set(sexes)


@pytest.mark.parametrize("column", ["BodyPartExamined", "Manufacturer", "StudyDescription"])
def test_absent_header_values_are_counted(quality: dict[str, int], raw: pl.LazyFrame, column: str) -> None:
    assert quality[f"{column} is absent"] == raw.select(pl.col(column).null_count()).collect().item() > 0


def test_conflicting_sexes_are_counted_by_patient_and_never_voted(
    commons: Catalog, raw: pl.LazyFrame, quality: dict[str, int]
) -> None:
    stated = raw.filter(pl.col("PatientSex").is_in(["M", "F", "O"]))
    several = stated.group_by(PAIR).agg(pl.col("PatientSex").n_unique()).filter(pl.col("PatientSex") > 1).collect()
    collections = commons.repository.collections
    phantoms = collections.filter(pl.col("cancer_types") == "Phantom")["collection_id"].to_list()
    expected = several.filter(~pl.col("collection_id").is_in(phantoms)).height
    assert quality["Sexes of one patient disagree"] == expected > 0
    assert commons.where(sex="Conflicting").counts["patients"] == expected


def test_a_patient_id_in_several_collections_is_several_patients(quality: dict[str, int], raw: pl.LazyFrame) -> None:
    spread = raw.group_by("PatientID").agg(pl.col("collection_id").n_unique()).filter(pl.col("collection_id") > 1)
    assert quality["A PatientID occurs in more than one collection"] == spread.collect().height > 0


def test_derived_objects_are_told_apart_by_analysis_modality_and_storage(
    quality: dict[str, int], raw: pl.LazyFrame
) -> None:
    # The slow way: an image is stored in a SOP Class named "… Image Storage" or "… Volume Storage".
    combos = raw.group_by("sop_class_name", "Modality", pl.col("analysis_result_id").is_null()).len().collect()
    derived = 0
    for stored, modality, from_site, n in combos.iter_rows():
        image = bool(re.search(r"(Image|Volume) Storage( - For \w+)?$", stored or ""))
        derived += n if not image or modality in DERIVED_MODALITIES or not from_site else 0
    assert quality["Derived object (analysis result, or no image SOP Class)"] == derived > 0


def test_every_rule_states_its_share_of_the_whole(commons: Catalog) -> None:
    table = commons.data_quality()
    assert table.columns == ["rule", "unit", "n", "n_total", "fraction", "treatment"]
    assert (table["n"] <= table["n_total"]).all()
    assert table["fraction"].to_list() == pytest.approx((table["n"] / table["n_total"]).to_list())
    assert table["treatment"].str.len_chars().min() > 0  # nothing is repaired silently


def test_an_unknown_age_never_becomes_a_number(
    commons: Catalog, repository: Repository, raw: pl.LazyFrame, aged_pairs: pl.DataFrame, quality: dict[str, int]
) -> None:
    # Row order of the patients is that of sorted pairs, so the tables stand side by side.
    pairs = raw.select(PAIR).unique().sort(PAIR).collect()
    table = pairs.with_columns(
        repository.column("patients", name) for name in ("age_years", "age_missing", "age_over_89")
    ).join(aged_pairs.with_columns(written=True), on=PAIR, how="left", maintain_order="left")
    ageless = table.filter(pl.col("written").is_null())
    assert ageless.height > 0
    assert ageless["age_years"].null_count() == ageless.height
    assert ageless["age_missing"].null_count() == 0
    assert ageless["age_over_89"].null_count() == ageless.height
    assert (table["age_years"].is_null() != table["age_missing"].is_null()).all()  # a number or a reason, never both
    applies = repository.column("patients", "sex").cast(pl.String) != "Not Applicable"
    rule = "Patient (not a phantom, not simulated) has no recorded age"
    assert quality[rule] == table.filter(applies)["age_years"].null_count()


def test_no_recorded_sex_is_asked_of_whoever_has_one(
    repository: Repository, raw: pl.LazyFrame, quality: dict[str, int]
) -> None:
    """Phantoms and simulations are counted apart, whatever their headers say."""
    known = pl.col("PatientSex").is_in(["M", "F", "O"]).any()
    pairs = raw.group_by(PAIR).agg(known=known.fill_null(value=False)).sort(PAIR).collect()
    species = repository.column("patients", "species").cast(pl.String)
    asked = pairs.filter(~species.is_in(["Phantom", "Simulated"]))
    assert quality["Patient (not a phantom, not simulated) has no recorded sex"] == (~asked["known"]).sum()
    assert quality["A PatientID is the word PatientID, no identifier"] == (pairs["PatientID"] == "PatientID").sum()


def test_almost_every_patient_with_a_usable_age_keeps_one(
    quality: dict[str, int], aged_pairs: pl.DataFrame, commons: Catalog
) -> None:
    # Not all: phantoms have none, and an age written on derived objects alone does not count.
    applying = commons.everything.patients.filter(pl.col("sex") != "Not Applicable").height
    known = applying - quality["Patient (not a phantom, not simulated) has no recorded age"]
    assert 0.97 * aged_pairs.height < known <= aged_pairs.height


def test_ages_above_89_become_90_and_say_so(repository: Repository) -> None:
    ages, flags = (repository.column("patients", name) for name in ("age_years", "age_over_89"))
    assert ages.max() == 90
    assert ages.filter(flags.fill_null(False)).unique().to_list() == [90.0]
    assert (ages.drop_nulls() >= 90).sum() == flags.sum() > 0
    assert repository.column("studies", "age_at_study_years").max() == 90


def test_no_patient_has_a_sex_that_nobody_wrote(repository: Repository, raw: pl.LazyFrame) -> None:
    written = raw.group_by(PAIR).agg(pl.col("PatientSex").drop_nulls().unique()).sort(PAIR).collect()
    shown = repository.column("patients", "sex").cast(pl.String)
    silent = shown.filter(written["PatientSex"].list.len() == 0)
    assert set(silent.unique()) <= {"Not Reported", "Not Applicable"}
    women = written["PatientSex"].list.sort().list.join(",").filter(shown == "Female")
    assert set(women.unique()) <= {"F", "F,U", "0000,F", "6657,F"}


def test_series_point_back_to_their_rows_in_the_original(repository: Repository, raw: pl.LazyFrame) -> None:
    rows = repository.column("series", "source_row")
    assert rows.n_unique() == len(rows) == rows.max() + 1
    modalities = raw.select(pl.col("Modality").fill_null("Not Reported")).collect().to_series().gather(rows)
    assert (modalities == repository.column("series", "modality").cast(pl.String)).all()


def test_the_header_alone_loses_most_ricord_chest_ct_patients(commons: Catalog, raw: pl.LazyFrame) -> None:
    text = pl.concat_str(pl.col("StudyDescription", "SeriesDescription").fill_null(""), separator=" | ")
    scans = raw.filter(
        pl.col("collection_id").is_in(["midrc_ricord_1a", "midrc_ricord_1b"]), pl.col("Modality") == "CT"
    ).with_columns(
        header=(pl.col("BodyPartExamined") == "CHEST").fill_null(False),
        silent=pl.col("BodyPartExamined").is_null(),
        told=text.str.contains(r"(?i)chest|thora"),
    )

    def patients(rule: pl.Expr) -> int:
        return scans.filter(rule).select(pl.struct(PAIR).n_unique()).collect().item()

    header = patients(pl.col("header"))
    described = patients(pl.col("header") | (pl.col("silent") & pl.col("told")))
    declared = patients(pl.col("header") | pl.col("silent"))  # both collections state: lung
    everyone = patients(pl.lit(True))
    found = dict(lost_chest_ct(commons).select("rule", "patients").iter_rows())
    assert found["Chest, by header (BodyPartExamined) alone"] == header
    assert found["Chest, by header or description"] == described
    assert found["Chest, by header, description or collection"] == declared
    assert found["All CT patients of RICORD 1a and 1b"] == everyone
    # The claim of the README: most are lost by the header, fewer by the descriptions, almost none by the collection.
    assert header < everyone / 2 < described < declared <= everyone


def test_demanding_an_age_loses_further_ricord_patients(commons: Catalog) -> None:
    table = lost_chest_ct(commons)
    found = dict(table.select("rule", "patients").iter_rows())
    assert found["Chest by any of these, and age known"] < found["Chest, by header, description or collection"]
    assert found["Chest by header alone, and age known"] < found["Chest, by header (BodyPartExamined) alone"]
    assert (table["patients"] + table["lost"] == table["n_total"]).all()


def test_covid_collections_are_those_the_source_files_under_that_program(commons: Catalog) -> None:
    names = commons.covid_collections()
    assert names == sorted(names)
    assert {"midrc_ricord_1a", "midrc_ricord_1b"} <= set(names)


def test_identifiers_of_images_are_counted_with_the_people_behind_them(commons: Catalog, raw: pl.LazyFrame) -> None:
    # Every PatientID of CBIS-DDSM holds the number of its person, P_00038, wherever it stands in the text.
    ids = raw.filter(pl.col("collection_id") == "cbis_ddsm").select(pl.col("PatientID").unique()).collect().to_series()
    people = {re.search(r"P_\d+", text).group() for text in ids}  # type: ignore[union-attr]
    row = commons.data_quality().filter(pl.col("rule") == "A PatientID names an image of a person").row(0, named=True)
    assert row["n"] == len(ids)
    assert row["treatment"].endswith(f"they are {len(people):,} people, kept together in splits")
