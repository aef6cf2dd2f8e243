"""Nothing of the guides is lost: every row of their tables stands in exactly one entry, word by word."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

import workbench as wb
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.families import Families

ROWS = list(csv.DictReader(Path(__file__).with_name("guide_rows.csv").read_text(encoding="utf-8").splitlines()))
TABLES = Path(os.environ.get("WORKBENCH_TEST_DATA", "")) / "seed_tables"


@pytest.fixture(scope="module")
def entries() -> tuple[Entry, ...]:
    """Return the shipped entries."""
    return wb.datasets().entries


def claimed(entries: tuple[Entry, ...]) -> list[tuple[str, str, str]]:
    """Return the rows that entries claim, each with its kind and key."""
    return [(row["row"], each.kind, each.key) for each in entries for row in each.fields.get("guide_rows", ())]


def test_every_row_of_the_guides_is_in_its_entry_exactly_once(entries: tuple[Entry, ...]) -> None:
    expected = [(row["row"], row["kind"], row["key"]) for row in ROWS]
    assert sorted(claimed(entries)) == sorted(expected)
    assert len(expected) == 100 + 5 + 11


def test_the_guides_name_as_many_entries_as_were_counted(entries: tuple[Entry, ...]) -> None:
    named = {(row["kind"], row["key"]) for row in ROWS}
    assert Counter(kind for kind, _ in named) == {"dataset": 81, "model": 5, "framework": 11}
    assert {(each.kind, each.key) for each in entries} >= named


def test_every_number_has_a_source(entries: tuple[Entry, ...]) -> None:
    rows = {row["row"] for row in ROWS}
    for each in entries:
        own = {row["row"] for row in each.fields.get("guide_rows", ())}
        for claim in each.claims:
            assert claim.where, (each.key, claim)
            assert claim.words, (each.key, claim)
            if claim.source == "guide":
                assert claim.where in own <= rows, (each.key, claim.where)


def test_no_entry_says_that_it_may_be_used_without_words_that_say_so(entries: tuple[Entry, ...]) -> None:
    for each in entries:
        if each.commercial_use is not None:
            assert each.license.evidence, each.key
            assert each.license.evidence["words"], each.key
            assert each.license.evidence["page"].startswith(("https://", "http://")), each.key
            assert each.license.basis, each.key


def test_the_families_of_the_guides_are_known(entries: tuple[Entry, ...]) -> None:
    families = Families(entries)
    assert families.leakage("luna16", "lidc-idri")
    assert families.leakage("rsna-pneumonia-detection", "nih-chestx-ray14")
    assert families.leakage("lidc-idri", "nih-chestx-ray14") is None


@pytest.mark.real_data
@pytest.mark.skipif(not TABLES.is_dir(), reason="set WORKBENCH_TEST_DATA to the folder that holds seed_tables")
def test_the_words_of_the_guides_stand_in_the_entries(entries: tuple[Entry, ...]) -> None:
    said = {
        row["row"]: " ".join(str(value) for value in row.values())
        for each in entries
        for row in each.fields.get("guide_rows", ())
    }
    differing = []
    for row in csv.DictReader((TABLES / "seed_datasets.csv").read_text(encoding="utf-8").splitlines()):
        words = said.get(row["row_id"], "")
        wanted = [row[name] for name in ("name", "subsection", "size_text", "annotations", "source")]
        differing += [(row["row_id"], part) for part in wanted if " ".join(part.split()) not in " ".join(words.split())]
    for table, line in (("seed_models.csv", "architecture"), ("seed_frameworks.csv", "description")):
        for row in csv.DictReader((TABLES / table).read_text(encoding="utf-8").splitlines()):
            words = said.get(f"{row['section_guide']}:{row['line']}", "")
            differing += [(row["line"], part) for part in (row["name"], row[line]) if part not in words]
    assert differing == []
