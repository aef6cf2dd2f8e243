"""Releases of our own tables: valid for the official validator, and its loader reads the rows."""

import datetime as dt
import hashlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog.registry.formats.drawn import texts
from workbench.catalog.registry.formats.release import croissant_of_release, describe

_ABOUT: dict[str, Any] = {
    "name": "Release {1}",
    "description": "Two people who do not exist.",
    "license": "https://creativecommons.org/publicdomain/zero/1.0/",
    "creator": ["Imaging Workbench developers"],
    "date": "2026-01-31",
    "version": "1.0.0",
}
_LOADER = """
import json, os, sys
import mlcroissant
from workbench.catalog.registry.formats.validating import validate

warnings = validate(json.load(open(sys.argv[1])))
records = mlcroissant.Dataset(sys.argv[1]).records("all%20people")
rows = [{name: str(value) for name, value in row.items()} for row in records]
with open(sys.argv[2], "w") as file:
    json.dump({"warnings": warnings, "rows": rows}, file)
os._exit(0)  # threads of the reader of Parquet now and then abort an orderly end
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Write a tiny table with a column of each kind."""
    people = pl.DataFrame(
        {
            "age years": [61, 17],
            "dose/mgy": [1.5, 2.5],
            "known": [True, False],
            "on": [dt.date(2020, 1, 2)] * 2,
            "at": [dt.datetime(2020, 1, 2, 3)] * 2,  # noqa: DTZ001 a column without a zone
            "codes": [[1, 2], []],
            "group": pl.Series(["a", "b"], dtype=pl.Categorical),
        }
    )
    people.write_parquet(tmp_path / "all people.parquet")
    return tmp_path / "all people.parquet"


def test_files_tell_their_columns_checksum_and_size(table: Path) -> None:
    release = describe([table], **_ABOUT)
    written = table.read_bytes()
    assert release["files"] == [
        {"path": table.name, "sha256": hashlib.sha256(written).hexdigest(), "size": len(written)}
    ]
    assert release["tables"][0]["columns"] == {
        "age years": "integer",
        "dose/mgy": "number",
        "known": "boolean",
        "on": "date",
        "at": "datetime",
        "codes": "list of integer",
        "group": "text",
    }


@pytest.mark.skipif(
    importlib.util.find_spec("mlcroissant") is None or importlib.util.find_spec("pyarrow") is None,
    reason="mlcroissant or pyarrow is not installed; pip install 'imaging-workbench[catalog]'",
)
def test_the_official_loader_reads_the_rows(table: Path, tmp_path: Path) -> None:
    description = tmp_path / "croissant.json"
    description.write_text(json.dumps(croissant_of_release(describe([table], **_ABOUT))), encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-c", _LOADER, str(description), str(tmp_path / "read.json")]
    subprocess.run(command, check=True, timeout=60)
    read = json.loads((tmp_path / "read.json").read_text())
    assert read["warnings"] == []
    assert [row["all%20people/age%20years"] for row in read["rows"]] == ["61", "17"]
    assert [row["all%20people/dose%2Fmgy"] for row in read["rows"]] == ["1.5", "2.5"]
    assert len(read["rows"][0]) == 7


@given(texts, st.dictionaries(texts, st.sampled_from(["text", "list of number"]), min_size=1, max_size=3))
def test_identifiers_hold_no_blank_and_names_are_kept(name: str, columns: dict[str, str]) -> None:
    file = {"path": "t.parquet", "sha256": "0" * 64}
    release = {**_ABOUT, "name": name, "files": [file], "tables": [{"file": "t.parquet", "columns": columns}]}
    record = json.loads(json.dumps(croissant_of_release(release)))
    fields = record["recordSet"][0]["field"]
    assert (record["name"], [field["name"] for field in fields]) == (name, list(columns))
    assert all(not any(sign.isspace() for sign in field["@id"]) for field in fields)
    assert len({field["@id"] for field in fields}) == len(columns)


def test_everything_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(ValueError, match="cannot be described") as refused:
        croissant_of_release(
            {"name": "R", "files": [{"path": "a.csv"}], "tables": [{"file": "b.parquet", "columns": {}}]}
        )
    assert str(refused.value) == (
        "The release cannot be described: description is missing; license is missing; creator is missing; "
        "date is missing; version is missing; file 'a.csv' has no sha256; table 'b.parquet' is not among the files. "
        "Needed: name, description, license, creator, date, version, and files with path and sha256. "
        "describe(files, name=…, …) fills in what the files say themselves."
    )
