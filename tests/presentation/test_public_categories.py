"""What of a controlled source may be a public category, and what its tables say together of patients without images."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.assessment.suppression import audit
from workbench.catalog.commons import open_catalog
from workbench.presentation.census_counts import IMAGING, PublicCounts, count_public
from workbench.presentation.public_categories import closed_categories
from workbench.vocabulary.devices import MAKERS, MODALITIES


@settings(max_examples=50, deadline=None)
@given(st.text(), st.sampled_from(["state", "country", "modality", "manufacturer", "body_region", "batch"]))
def test_what_somebody_typed_is_never_public(typed: str, attribute: str) -> None:
    (said,) = closed_categories(pl.Series([f"Jane Doe {typed}"]), attribute)
    assert said == "Other"


def test_words_of_the_lists_are_public() -> None:
    for attribute, words in {
        "state": {"IL": "IL", "Illinois": "Illinois", "17": "IL", "Unknown": "Unknown", " ": "Not Reported"},
        "country": {"USA": "USA", "germany": "DEU", "Freedonia (Dr House)": "Other"},
        "modality": {"CT": "CT", "ct of Jane": "Other", "RTSTRUCT": "RTSTRUCT"},
        "manufacturer": {"SIEMENS Healthineers": "Siemens", "FUJIFILM Corporation": "Fujifilm", "GEnie 3": "Other"},
    }.items():
        assert closed_categories(pl.Series(list(words)), attribute).to_list() == list(words.values())
    assert set(MAKERS.values()) == set(closed_categories(pl.Series(list(MAKERS)), "manufacturer"))
    assert "CT" in MODALITIES


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> PublicCounts:
    """Of 250 patients, 30 of them without images and 5 with breasts only; some words are somebody's own."""
    n, draw = 250, np.random.default_rng(6)
    folder: Path = tmp_path_factory.mktemp("tables")
    patients = pl.DataFrame(
        {
            "collection_id": ["hosp"] * n,
            "patient_id": [str(i) for i in range(n)],
            "sex": draw.choice(["Female", "Male"], n),
            "state": ["lives at 12 Elm St, Jane Doe", *draw.choice(["IL", "TX"], n - 1)],
            "country": ["USA", "Freedonia (Dr House)", *["USA"] * (n - 2)],
        }
    )
    kinds = ["MG"] * 5 + draw.choice(["CT", "DX"], n - 35, p=[0.6, 0.4]).tolist()
    makers = ["Hologic"] * 5 + [{"CT": "Siemens", "DX": "Agfa"}[kind] for kind in kinds[5:]]
    series = patients.tail(n - 30).select(
        "collection_id",
        "patient_id",
        study_uid="1.2." + pl.col("patient_id"),
        series_uid="1.2." + pl.col("patient_id") + ".1",
        modality=pl.Series(kinds),
        body_part=pl.Series(["BREAST"] * 5 + ["CHEST"] * (n - 35)),
        manufacturer=pl.Series([*makers[:-2], "Room 3 St Mary (Jane Doe)", "Dr House"]),
        license=pl.lit("CC BY 4.0"),
    )
    patients.write_parquet(folder / "patients.parquet")
    series.select("collection_id", "patient_id", "study_uid").unique().write_parquet(folder / "studies.parquet")
    series.write_parquet(folder / "series.parquet")
    return count_public(open_catalog(str(folder)))


def test_tables_of_a_controlled_source_say_nothing_that_was_typed(counts: PublicCounts) -> None:
    said = {value for table in counts.tables.values() for name in table.by for value in table.table[name].cast(str)}
    assert not [value for value in said if any(word in value for word in ("Jane", "House", "Mary", "Elm"))]
    assert "Other" in counts.tables[("manufacturer",)].table["manufacturer"].cast(pl.String)


def test_who_has_no_images_is_the_same_in_every_attribute_and_gives_no_small_kind_away(counts: PublicCounts) -> None:
    cells = [((name, "No images"),) for name in IMAGING]
    same = [(one, other) for one in cells for other in cells if one != other]
    assert audit(list(counts.tables.values()), implied=same).n_exposed == 0
    of_kind = counts.tables[("modality",)].table.filter(pl.col("n_patients").is_null())["modality"]
    assert "MG" in of_kind.cast(pl.String)
