"""Statistics of a source in which not everything is listed."""

from pathlib import Path

from tests.catalog.tiny import make_repository, place
from workbench.catalog.commons import Catalog
from workbench.catalog.overview import count_by_collection, count_by_modality_and_region


def test_what_only_holds_a_place_counts_as_patient_and_study_but_as_no_series(tmp_path: Path) -> None:
    made = make_repository(
        tmp_path,
        [{}, {}, {"collection_id": "other"}],
        [{"patient_key": 0}, {"patient_key": 1}],
        [
            {"patient_key": 0, "study_key": 0},
            {"patient_key": 0, "study_key": 0},
            place(1, 1),
            place(2, collection_id="other"),
        ],
    )
    commons = Catalog(made)
    assert count_by_collection(commons.everything).rows() == [("made_up", 2, 2, 2), ("other", 1, 0, 0)]
    assert count_by_modality_and_region(commons).rows() == [
        ("CT", "Chest", 1),
        ("Not Reported", "Chest", 1),  # patient 2 has no study to count
    ]
    keys = commons.everything.keys()
    assert keys.height == 4  # a place is a row too
    assert keys["study_key"].to_list() == [0, 0, 1, None]


def test_a_small_source_is_told_in_the_singular_and_in_units_that_fit(tmp_path: Path) -> None:
    small = make_repository(tmp_path, [{}], [{"patient_key": 0}], [{"patient_key": 0, "study_key": 0, "size_mb": 1.5}])
    assert repr(Catalog(small)).splitlines()[1] == "  1 patient, 1 study, 1 series, 1.5 MB in 1 collection"
    assert repr(Catalog(small).everything).splitlines()[1].endswith(", 1.5 MB")
