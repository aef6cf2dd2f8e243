"""Body regions from what sites wrote: codes, descriptions in several languages, and combined regions."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.vocabulary.anatomy import (
    BODY_PART_REGION,
    BODY_REGIONS,
    region_of_body_part,
    region_of_description,
    regions_covering,
)


def part(text: str | None) -> str | None:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return frame.select(region_of_body_part(pl.col("text"))).item()


def described(text: str | None, *, of_series: bool = False) -> str | None:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return frame.select(region_of_description(pl.col("text"), of_series=of_series)).item()


def test_every_term_leads_to_a_region_of_the_closed_list() -> None:
    assert set(BODY_PART_REGION.values()) <= set(BODY_REGIONS)
    assert len(set(BODY_REGIONS)) == len(BODY_REGIONS)
    assert all(term == term.upper().strip() for term in BODY_PART_REGION)
    assert BODY_REGIONS[-3:] == ("Not Applicable", "Unknown", "Not Reported")


@pytest.mark.parametrize(
    ("term", "region"),
    [
        ("CHEST", "Chest"),
        (" thorax ", "Chest"),
        ("Lung", "Chest"),
        ("CHESTABDPELVIS", "Chest, Abdomen and Pelvis"),
        ("LEFT BREAST", "Breast"),
        ("PHANTOM", "Not Applicable"),
        ("SEG", None),
        ("", None),
        (None, None),
    ],
)
def test_a_body_part_examined_names_a_region_or_none(term: str | None, region: str | None) -> None:
    assert part(term) == region


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("CT CHEST W/O CONTRAST", "Chest"),
        ("Thorax^1_ROUTINE (Adult)", "Chest"),
        ("THORAX/ABDOMEN/PELVIS + CONT", "Chest, Abdomen and Pelvis"),
        ("CT CAP", "Chest, Abdomen and Pelvis"),
        ("CT_CHEST_ABD", "Chest and Abdomen"),
        ("ABD/PEL", "Abdomen and Pelvis"),
        ("NECK CHEST ABD PELVIS", "Neck, Chest, Abdomen and Pelvis"),
        ("MR THORACIC SPINE", "Spine"),  # no chest scan
        ("CT LUNG SCREENING", "Chest"),
        ("BECKEN", "Pelvis"),
        ("HERSENEN", "Head"),
        ("PET WHOLE BODY", "Whole body"),
        ("SKULL BASE TO MID THIGH", "Whole body"),
        ("CHEST PHANTOM", "Not Applicable"),
        ("MG BREAST SCREENING", "Breast"),
        ("KNEE LEFT", "Lower limb"),
        ("PE", None),
        ("", None),
        (None, None),
    ],
)
def test_a_description_names_a_region_or_none(text: str | None, region: str | None) -> None:
    assert described(text) == region


def test_lung_in_a_series_description_is_a_kernel_not_a_region() -> None:
    assert described("LUNG 1.25 B70f", of_series=True) is None
    assert described("LUNG 1.25 B70f") == "Chest"


@pytest.mark.parametrize("text", ["CHEST", "chest", "Chest", "CHEST_", "^CHEST^"])
def test_case_and_separators_do_not_matter(text: str) -> None:
    assert described(text) == "Chest"


@given(st.text(max_size=30))
def test_any_text_gives_a_region_of_the_closed_list_or_none(text: str) -> None:
    assert described(text) in (*BODY_REGIONS, None)
    assert part(text) in (*BODY_REGIONS, None)


@pytest.mark.parametrize("region", BODY_REGIONS)
def test_a_region_covers_itself_first_and_only_regions_that_name_its_parts(region: str) -> None:
    covering = regions_covering(region)
    assert covering[0] == region
    assert len(set(covering)) == len(covering)
    for word in region.replace(" and ", ", ").split(", "):
        assert all(word in name for name in covering)


def test_the_chest_is_covered_by_every_combination_with_the_chest_but_not_by_the_whole_body() -> None:
    covering = set(regions_covering("Chest"))
    assert covering == {name for name in BODY_REGIONS if "Chest" in name}
    assert "Whole body" not in covering


@given(st.sampled_from(BODY_REGIONS), st.sampled_from(BODY_REGIONS))
def test_two_different_regions_never_cover_each_other(one: str, other: str) -> None:
    assert one == other or not (other in regions_covering(one) and one in regions_covering(other))
