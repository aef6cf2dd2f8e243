"""The RO-Crate of a report: every file with its hash, and one action that says how they came to be."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from workbench.presentation.identity import Identity, read_identity
from workbench.presentation.reports.collections import ReportEntry
from workbench.presentation.reports.crate import Made, write_crate

VERSIONS = {"python": "3.11.7", "imaging-workbench": "0.1.0", "papermill": "2.7.0", "cupy": "not installed"}
PROVENANCE = {"source": "Harbor index", "version": "25.0.5", "query_sha256": "ab" * 32, "versions": VERSIONS}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "report"
    made.mkdir()
    (made / "report.html").write_text("<p>12</p>")
    (made / "census.csv").write_text("sex,n\n")
    (tmp_path / "mine.csv").write_text("attribute\n")
    return made


def graph(folder: Path, entry: ReportEntry, identity: Identity) -> dict[str, dict[str, Any]]:
    parameters = {"word": "two", "reference": str(folder.parent / "mine.csv"), "shown": True}
    when = datetime(2026, 1, 31, 10, 20, 30, tzinfo=UTC)
    body = json.loads(write_crate(folder, Made(entry, parameters, identity, when, PROVENANCE)).read_text())
    assert body["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    entities = {entity["@id"]: entity for entity in body["@graph"]}
    assert len(entities) == len(body["@graph"])
    return entities


def references(entity: Any) -> set[str]:
    if isinstance(entity, list):
        return set().union(*map(references, entity)) if entity else set()
    if isinstance(entity, dict):
        return {entity["@id"]} if set(entity) == {"@id"} else set().union(*map(references, entity.values()))
    return set()


def test_the_crate_is_whole(folder: Path, small: ReportEntry, commons_file: Path) -> None:
    """By RO-Crate 1.1, 4.2 to 5 and Process Run Crate 0.5."""
    entities = graph(folder, small, read_identity(commons_file))
    outside = {"https://w3id.org/ro/crate/1.1"}
    assert set().union(*map(references, entities.values())) <= set(entities) | outside
    root = entities["./"]
    assert entities["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert {"name", "description", "datePublished", "license"} <= set(root)
    assert {part["@id"] for part in root["hasPart"]} == {"report.html", "census.csv"}
    for name in ("report.html", "census.csv"):
        content = (folder / name).read_bytes()
        assert entities[name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert entities[name]["contentSize"] == str(len(content))
    assert entities["census.csv"]["encodingFormat"] == "text/csv"
    assert root["publisher"] == {"@id": "https://harbor.example"}
    assert entities["#license"]["name"] == "CC BY 4.0"
    assert entities["#citation-1"]["name"] == "Harbor et al. 2026"


def test_the_action_names_inputs_software_and_results(folder: Path, small: ReportEntry) -> None:
    entities = graph(folder, small, Identity())
    run = entities["#run"]
    assert run["@type"] == "CreateAction"
    assert run["endTime"] == "2026-01-31T10:20:30+00:00"
    assert {each["@id"] for each in run["result"]} == {"report.html", "census.csv"}
    inputs = {"#source", "#notebook", "#parameter-word", "#parameter-reference", "#parameter-shown"}
    assert {each["@id"] for each in run["object"]} == inputs
    reference = entities["#parameter-reference"]
    assert (reference["value"], reference["sha256"]) == ("mine.csv", hashlib.sha256(b"attribute\n").hexdigest())
    assert entities["#source"]["version"] == "25.0.5"
    assert entities["#imaging-workbench"]["version"] == "0.1.0"
    assert entities["https://papermill.readthedocs.io"]["version"] == "2.7.0"
    assert "#cupy" not in entities
    assert str(folder.parent) not in json.dumps(entities)
    assert entities["#license"]["name"].startswith("No license was named")
