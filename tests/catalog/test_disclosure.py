"""A controlled source is for its holder: its counts are stamped, and no process that strangers look at opens it."""

import polars as pl
import pytest

import workbench as wb
from workbench.catalog.disclosure import EXACT_STAMP, SYNTHETIC_STAMP, is_public, stamp_of
from workbench.phantoms.commons import write_gen3_export


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    return write_gen3_export(tmp_path_factory.mktemp("export"), n_patients=40)


def test_every_count_carries_the_stamp_of_its_source(export):
    mine, invented = wb.open_catalog(export).everything, wb.open_catalog("synthetic").everything
    assert stamp_of(wb.open_catalog().repository) == wb.open_catalog().everything.census(by=["sex"]).stamp == ""
    for cohort, stamp in ((mine, EXACT_STAMP), (invented, SYNTHETIC_STAMP)):
        counted = (cohort.census(by=["sex"]), cohort.trend(by="sex", over="batch"), cohort.missing_together())
        assert [each.stamp for each in counted] == [stamp] * 3
        assert stamp in repr(cohort.census(by=["sex"]))


@pytest.mark.parametrize(("value", "public"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_a_variable_says_whether_strangers_look(monkeypatch, value, public):
    monkeypatch.setenv("WORKBENCH_PUBLIC", value)
    assert is_public() is public


def test_a_public_process_opens_no_controlled_source_and_joins_no_table(export, monkeypatch):
    mine = wb.open_catalog(export).repository.name
    monkeypatch.setenv("WORKBENCH_PUBLIC", "1")
    with pytest.raises(PermissionError) as refused:
        wb.open_catalog(export)
    assert str(refused.value) == (
        f"{mine} is a controlled source, and WORKBENCH_PUBLIC says that strangers look. Public pages show what was "
        "counted and suppressed for them beforehand. Write it where nobody else looks: "
        "workbench site aggregates --source PATH --out pages"
    )
    invented = wb.open_catalog("synthetic:200")
    some = pl.DataFrame({"patient_id": [invented.everything.sample(1).viewer_links()["patient_id"][0]], "x": ["y"]})
    with pytest.raises(PermissionError):
        invented.join(some, on="patient_id")
