"""Open a folder of tables in the common data model, such as a release of the workbench, and write one."""

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from workbench.cache import sealed_folder
from workbench.catalog.repository import Repository
from workbench.catalog.sources import assemble, folder_rows, persons, regions
from workbench.catalog.sources.assemble import write_entities
from workbench.catalog.sources.delimited import refuse_files
from workbench.catalog.sources.folder_rows import TABLES, interpret_tables
from workbench.catalog.sources.sealed import content_digest, repository_of, rules_of
from workbench.vocabulary import anatomy, demographics, dicom, spellings

#: Names of a release's tables and their SHA-256 sums; without it the tables are read unchecked.
MANIFEST = "manifest.json"

_RULES = (assemble, folder_rows, persons, regions, anatomy, demographics, dicom, spellings)
_THEN = (
    "A folder of tables holds patients.parquet with collection_id and patient_id, and perhaps studies.parquet, "
    "series.parquet and measurements.parquet. Copy the release again."
)


def open_folder(path: str | Path) -> Repository:
    """Return a folder of tables in the common data model as a repository.

    Rows are found by what people call them. ``patients.parquet``, one row a patient, has ``collection_id`` and
    ``patient_id``; ``studies.parquet`` has both and ``study_uid``; ``series.parquet`` has these three and
    ``series_uid``; ``measurements.parquet``, one row a test, has the patient's two, ``test_name`` and
    ``test_result``. All other columns bear the names of `workbench.vocabulary.column_names`, such as ``sex``,
    ``age_years`` (in the patients) and ``modality`` (in the series); those may be left out. A key stands once in its
    own table, and names a row wherever it stands elsewhere. One CSV alone is opened as a table instead.
    Where ``manifest.json`` lists SHA-256 sums, every table it names must match.

    Parameters
    ----------
    path : str or pathlib.Path
        Holds ``patients.parquet``, perhaps ``studies``, ``series``, ``measurements`` and ``data_quality``.

    Returns
    -------
    Repository
        Disclosure ``controlled``.

    Raises
    ------
    FileNotFoundError
        When there is no ``patients.parquet``.
    ValueError
        When a table does not match its sum, lacks a column or contradicts another; lists every problem.
    """
    root = Path(path).expanduser()
    if not (root / "patients.parquet").is_file():
        raise FileNotFoundError(f"No patients.parquet in {root}. {_THEN}")
    paths = [root / f"{name}.parquet" for name in TABLES if (root / f"{name}.parquet").is_file()]
    manifest = _read_manifest(root)
    problems = _mismatches(root, manifest.get("sha256", {}))
    if problems:
        raise refuse_files("The release", problems, n_files=len(paths), then=_THEN)
    build = content_digest(root, paths)

    def _build(folder: Path) -> None:
        write_entities(interpret_tables(_read_tables(paths)), folder)

    rules = rules_of((*_RULES, sys.modules["workbench.tables"]))
    folder = sealed_folder(f"release-{build}-{rules}", _build)
    return repository_of(folder, name=str(manifest.get("name", f"Release {root.name}")), key="release", build=build)


def write_tables(repository: Repository, folder: str | Path) -> Path:
    """Write a repository as a folder of tables with a manifest, whole or not at all; `open_folder` gives it back.

    Parameters
    ----------
    repository : Repository
        Any.
    folder : str or pathlib.Path
        Must not exist yet, or be empty.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    FileExistsError
        When the folder holds something.
    """
    place = Path(folder).expanduser()
    if place.exists() and any(place.iterdir()):
        raise FileExistsError(f"The folder {place} is not empty. Tables go into a new folder. Name another one.")
    place.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        for name, table in folder_rows.readable_tables(repository).items():
            table.write_parquet(staging / f"{name}.parquet", compression="zstd")
        sums = {path.name: _sha256(path) for path in sorted(staging.iterdir())}
        manifest = {"format": "imaging-workbench tables", "format_version": 1, "name": repository.name, "sha256": sums}
        (staging / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        if place.exists():
            place.rmdir()
        staging.rename(place)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return place


def _read_manifest(root: Path) -> Mapping[str, object]:
    path = root / MANIFEST
    if not path.is_file():
        return {}
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(manifest, dict) and isinstance(manifest.get("sha256", {}), dict):
            return manifest
    except ValueError:  # no JSON, or no UTF-8
        pass
    raise refuse_files("The release", {MANIFEST: ["The file is no manifest: a JSON object."]}, n_files=1, then=_THEN)


def _mismatches(root: Path, sums: object) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    for name, expected in sums.items() if isinstance(sums, dict) else ():
        path = root / Path(name).name
        if not path.is_file():
            problems[name] = ["The manifest names it, but it is not there."]
        elif (found := _sha256(path)) != str(expected).lower():
            problems[name] = [f"Its SHA-256 sum is {found[:12]}…, the manifest says {str(expected)[:12]}…."]
    return problems


def _read_tables(paths: list[Path]) -> dict[str, pl.DataFrame]:
    tables, problems = {}, {}
    for path in paths:
        try:
            tables[path.stem] = pl.read_parquet(path)
        except pl.exceptions.ComputeError:
            problems[path.name] = ["This is no whole Parquet file."]
    if problems:
        raise refuse_files("The release", problems, n_files=len(paths), then=_THEN)
    return tables


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
