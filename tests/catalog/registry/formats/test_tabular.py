"""The table and its Data Package: read back by other means, value by value."""

import csv
import hashlib
import io
import json
from typing import Any

from hypothesis import given

from tests.catalog.registry.formats.drawn import LAWS, catalogs
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.formats.tabular import data_package, to_csv


def rows(text: str) -> list[dict[str, str]]:
    """Read CSV back."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def schema(text: str) -> dict[str, Any]:
    """Return the columns as the Data Package describes them."""
    resource: dict[str, Any] = json.loads(data_package(text))["resources"][0]
    return resource["schema"]


def cell(text: str) -> str:
    """Return a text as a cell holds it, which no spreadsheet calculates."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


@LAWS
@given(catalogs)
def test_every_text_survives_the_table(listed: list[Entry]) -> None:
    for row, entry in zip(rows(to_csv(listed)), listed, strict=True):
        assert (row["key"], row["name"], row["summary"]) == (entry.key, cell(entry.name), cell(entry.summary))
        assert row["aliases"] == cell("; ".join(entry.aliases))
        assert row["version"] == cell(entry.fields.get("version", ""))


def test_no_cell_is_calculated() -> None:
    fields = {"key": "a", "name": "=1+1", "aliases": ["@SUM(1)", "=2"], "version": "-2", "summary": "1-2=3"}
    text = to_csv([Entry("dataset", {**fields, "license": {"id": "unknown"}})])
    (row,) = rows(text)
    assert (row["name"], row["aliases"], row["version"], row["summary"]) == ("'=1+1", "'@SUM(1); =2", "'-2", "1-2=3")
    assert "behind an apostrophe" in json.loads(data_package(text))["description"]


@LAWS
@given(catalogs)
def test_every_value_is_of_the_type_that_the_schema_states(listed: list[Entry]) -> None:
    text = to_csv(listed)
    kinds = {field["name"]: field["type"] for field in schema(text)["fields"]}
    for row in rows(text):
        assert list(row) == list(kinds)
        for name, value in row.items():
            if kinds[name] == "integer" and value:
                assert str(int(value)) == value
            if kinds[name] == "boolean":
                assert value in ("true", "false")


def test_the_package_states_size_and_checksum_of_the_bytes(shipped: tuple[Entry, ...]) -> None:
    text = to_csv(shipped)
    resource = json.loads(data_package(text))["resources"][0]
    assert resource["bytes"] == len(text.encode("utf-8"))
    assert resource["hash"] == f"sha256:{hashlib.sha256(text.encode('utf-8')).hexdigest()}"
    assert resource["schema"]["primaryKey"] == "key"
    assert [row["key"] for row in rows(text)] == [entry.key for entry in shipped]


def test_what_nobody_states_is_empty_and_not_zero() -> None:
    (row,) = rows(to_csv([Entry("dataset", {"key": "a", "name": "A", "license": {"id": "unknown"}})]))
    assert (row["patients"], row["license"], row["license_confirmed"], row["commercial_use"]) == (
        "",
        "unknown",
        "false",
        "unknown",
    )
    assert (row["creator"], row["url"], row["access"], row["age"]) == ("", "", "unknown", "unknown")


def test_a_known_entry_in_its_row(invented: Entry) -> None:
    (row,) = rows(to_csv([invented]))
    assert (row["patients"], row["license"], row["commercial_use"]) == ("12", "CC-BY-4.0", "yes")
    assert row["creator"] == "Jane Doe; University of Nowhere"
    assert (row["age"], row["sex"], row["race"]) == ("yes", "partly", "no")
