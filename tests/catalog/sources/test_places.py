import polars as pl

from workbench.catalog.sources.places import with_state

ABSENT: list[str | None] = [None, None]


def test_a_state_is_told_by_the_zip_code_and_counted() -> None:
    patients = pl.DataFrame({"zip3": ["941", "21", "063", "000", None]})
    told, rules = with_state(patients)
    assert told["state"].to_list() == ["CA", "MA", "CT", None, None]
    treatment = "state: the one that most of its ZIP codes are in"
    assert rules == [
        ("State told by the three-digit ZIP code alone", "patients", 3, 5, treatment),
        ("Three-digit ZIP code that crosses a state border", "patients", 1, 5, treatment),
    ]


def test_a_state_that_is_written_stays() -> None:
    patients = pl.DataFrame({"zip3": ["941", "063"], "state": ["Nevada", None]})
    told, rules = with_state(patients)
    assert told["state"].to_list() == ["Nevada", "CT"]
    assert [rule[2] for rule in rules] == [1, 1]


def test_without_zip_codes_nothing_changes() -> None:
    for patients in (pl.DataFrame({"sex": ["Male", "Female"]}), pl.DataFrame({"zip3": ABSENT})):
        told, rules = with_state(patients)
        assert told.equals(patients)
        assert rules == []
