from pathlib import Path

import polars as pl

from workbench.catalog.sources.gen3 import open_gen3
from workbench.catalog.sources.places import with_state
from workbench.catalog.sources.table import open_table

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


def test_a_table_and_an_export_carry_the_state(tmp_path: Path) -> None:
    table = open_table(pl.DataFrame({"patient_id": ["a", "b"], "zip3": [941, 21], "told": ["x", "y"]}))
    assert table.column("patients", "state").to_list() == ["CA", "MA"]
    (tmp_path / "case.tsv").write_text(
        "type\tsubmitter_id\tzip\tsex\ncase\ta\t190\tMale\ncase\tb\t063\tMale\ncase\tc\t\tFemale\n"
    )
    export = open_gen3(tmp_path / "case.tsv")
    assert export.column("patients", "state").to_list() == ["PA", "CT", "Not Reported"]
    counted = dict(export.data_quality.select("rule", "n").iter_rows())
    assert counted["State told by the three-digit ZIP code alone"] == 2
    assert counted["Three-digit ZIP code that crosses a state border"] == 1
