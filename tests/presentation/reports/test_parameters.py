"""Parameters are checked before a kernel starts, all of them together, each by its type."""

import contextlib
import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.errors import UnknownNameError
from workbench.presentation.reports.collections import ReportEntry
from workbench.presentation.reports.parameters import check_parameters


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("word", "  two words ", "two words"),
        ("word", 25, "25"),
        ("count", "4", 4),
        ("count", 9, 9),
        ("share", "0", 0.0),
        ("share", 1, 1.0),
        ("shown", "no", False),
        ("shown", True, True),
        ("color", "blue", "blue"),
        ("day", "2020-01-01", "2020-01-01"),
        ("day", datetime.date(2026, 1, 31), "2026-01-31"),
        ("day", "", ""),
        ("source", "synthetic:100", "synthetic:100"),
        ("source", "s3://bucket/scans", "s3://bucket/scans"),
        ("reference", "us_acs", "us_acs"),
        ("compare_to", "v24", "v24"),
        ("compare_to", 24, "24"),
        ("cohort", "", ""),
    ],
)
def test_a_value_comes_as_its_type(small: ReportEntry, name: str, given: Any, taken: Any) -> None:
    checked = check_parameters(small, {name: given})
    assert checked == {name: taken}
    assert type(checked[name]) is type(taken)


def test_paths_come_absolute(small: ReportEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("scans").mkdir()
    Path("mine.csv").write_text("attribute,category,percent\n")
    Path("before").mkdir()
    Path("before/provenance.json").write_text("{}")
    given = {"source": "scans", "place": Path("scans"), "reference": "mine.csv", "compare_to": "before"}
    assert check_parameters(small, given) == {
        "source": str(tmp_path / "scans"),
        "place": str(tmp_path / "scans"),
        "reference": str(tmp_path / "mine.csv"),
        "compare_to": str(tmp_path / "before"),
    }


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        (
            "count",
            "ten",
            "count 'ten' was received. A whole number from 1 to 9 would be right. Correct --count, or leave it out "
            "(default: 3).",
        ),
        (
            "count",
            10,
            "count '10' was received. A whole number from 1 to 9 would be right. Correct --count, or leave it out "
            "(default: 3).",
        ),
        (
            "share",
            "nan",
            "share 'nan' was received. A number from 0.0 to 1.0 would be right. Correct --share, or leave it out "
            "(default: 0.5).",
        ),
        (
            "shown",
            "maybe",
            "shown maybe was received. True or False would be right. Write --shown True.",
        ),
        (
            "color",
            "bleu",
            "color 'bleu' was received. One of red, blue would be right. Did you mean 'blue'? Correct --color, or "
            "leave it out (default: red).",
        ),
        (
            "day",
            "31.1.2026",
            "day '31.1.2026' was received. A day as YYYY-MM-DD of at least 2020-01-01 would be right. Correct --day, "
            "or leave it out.",
        ),
        (
            "day",
            "2019-12-31",
            "day '2019-12-31' was received. A day of at least 2020-01-01 would be right. Correct --day, or leave it "
            "out.",
        ),
        (
            "source",
            "idcc",
            "source 'idcc' was received. The name idc or synthetic, an address, or the path of a file or folder that "
            "exists would be right. Did you mean 'idc'? Correct --source, or leave it out (default: idc).",
        ),
        (
            "place",
            "nowhere",
            "place 'nowhere' was received. A folder that exists would be right. Correct --place, or leave it out.",
        ),
        (
            "compare_to",
            "reports/none",
            "compare_to 'reports/none' was received. A version of the source, or the folder of an earlier report, "
            "which holds provenance.json, would be right. Correct --compare-to, or leave it out.",
        ),
    ],
)
def test_a_value_off_its_type_is_told_in_three_parts(small: ReportEntry, name: str, given: Any, message: str) -> None:
    with pytest.raises(ValueError, match="was received") as caught:
        check_parameters(small, {name: given})
    assert str(caught.value) == message


def test_an_unknown_population_lists_those_there_are(small: ReportEntry) -> None:
    with pytest.raises(UnknownNameError) as caught:
        check_parameters(small, {"reference": "us_cencus"})
    said = str(caught.value)
    assert said.startswith("No reference 'us_cencus' in the workbench. Did you mean 'us_census'")
    assert said.endswith("Use one of these, or the path of a CSV.")


def test_all_problems_are_told_together(small: ReportEntry) -> None:
    with pytest.raises(ValueError, match="are off") as caught:
        check_parameters(small, {"count": 0, "colour": "red", "place": [1], "word": "fine"})
    assert str(caught.value) == (
        "3 parameters of the report small are off:\n"
        "  count '0' was received. A whole number from 1 to 9 would be right. Correct --count, or leave it out "
        "(default: 3).\n"
        "  No parameter 'colour' in the report small. Did you mean 'color' or 'cohort'? Valid: word, count, share, "
        "shown, color, day, source, cohort, reference, place, compare_to. Correct the name.\n"
        "  place= of the type list was received. The path of a folder would be right. Pass that."
    )


def test_a_cohort_brings_its_source(small: ReportEntry, commons: Catalog, tmp_path: Path) -> None:
    cohort: Cohort = commons.where(modality="MG")
    assert check_parameters(small, {"cohort": cohort}) == {"cohort": cohort, "source": "idc"}
    saved = cohort.save(tmp_path / "mine.yaml", members=False)
    assert check_parameters(small, {"cohort": saved}) == {"cohort": str(saved.resolve()), "source": "idc"}


@given(st.text(max_size=12))
def test_any_text_for_a_number_is_taken_within_its_range_or_refused(small: ReportEntry, word: str) -> None:
    with contextlib.suppress(ValueError):  # what another test reads
        taken = check_parameters(small, {"count": word})["count"]
        assert 1 <= taken <= 9
