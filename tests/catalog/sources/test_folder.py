"""A folder of tables opens as it was written; one that was changed or does not fit together is refused."""

import json
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from workbench.cache import cache_folder
from workbench.catalog.repository import Repository
from workbench.catalog.sources.folder import MANIFEST, open_folder, write_tables
from workbench.catalog.sources.gen3 import open_gen3
from workbench.catalog.sources.table import open_table

THEN = (
    "A folder of tables holds patients.parquet with collection_id and patient_id, and perhaps studies.parquet, "
    "series.parquet and measurements.parquet. Copy the release again."
)
NAMES = ("patients", "studies", "series", "original", "data_quality", "measurements")


def tables(repository: Repository) -> dict[str, pl.DataFrame]:
    """Return the tables of a repository."""
    paths = {name: repository.folder / f"{name}.parquet" for name in NAMES}
    return {name: pl.read_parquet(path) for name, path in paths.items() if path.exists()}


def small(folder: Path) -> Path:
    """Write two patients with one study and return their folder."""
    folder.mkdir()
    patients = pl.DataFrame({"collection_id": ["c", "c"], "patient_id": ["p1", "p2"], "sex": ["Male", "F"]})
    studies = pl.DataFrame({"collection_id": ["c"], "patient_id": ["p1"], "study_uid": ["s1"]})
    patients.write_parquet(folder / "patients.parquet")
    studies.write_parquet(folder / "studies.parquet")
    return folder


def assert_same(one: Repository, other: Repository) -> None:
    """Compare every table; categories by their spelling."""
    first, second = tables(one), tables(other)
    assert first.keys() == second.keys()
    for name in first:
        assert_frame_equal(first[name], second[name], categorical_as_str=True)


def test_identifiers_that_are_numbers_are_their_decimal_text(tmp_path: Path) -> None:
    ids = [2**63 - 1, 2**63 - 2]
    keys = pl.DataFrame({"collection_id": [1, 1], "patient_id": ids})
    keys.with_columns(person_id=pl.Series(ids), site_id=pl.Series([3, 30])).write_parquet(tmp_path / "patients.parquet")
    keys.with_columns(study_uid=pl.Series(ids)).write_parquet(tmp_path / "studies.parquet")
    repository = open_folder(tmp_path)
    assert sorted(repository.original_column("patient_id")) == ["9223372036854775806", "9223372036854775807"]
    assert sorted(repository.column("patients", "site_id")) == ["3", "30"]
    assert repository.column("patients", "person_key").n_unique() == 2


def test_an_export_written_as_tables_opens_equal(export: Path, tmp_path: Path) -> None:
    repository = open_gen3(export)
    assert_same(repository, open_folder(write_tables(repository, tmp_path / "release")))


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"patient_id": ["a", "b"], "age_years": [3, None], "smoker": ["no", None], "packs": [None, 2]}),
        pl.DataFrame({"patient_id": ["a", "b"], "study_uid": ["s", "t"], "modality": ["CR, DX", None]}),
        pl.DataFrame(
            {
                "patient_id": ["a", "b", "b"],
                "study_uid": ["s", "t", "t"],
                "series_uid": ["x", "y", None],
                "kernel": ["Br40", None, None],
                "n_instances": [7, None, 3],
            }
        ),
    ],
)
def test_a_table_written_as_tables_opens_equal(frame: pl.DataFrame, tmp_path: Path) -> None:
    repository = open_table(frame, columns={"collection_id": "=here"})
    assert_same(repository, open_folder(write_tables(repository, tmp_path / "release")))


def test_linked_persons_stay_linked(tmp_path: Path) -> None:
    frame = pl.DataFrame({"collection_id": ["a", "a", "b"], "patient_id": ["1", "2", "1"]})
    repository = open_table(frame)
    assert repository.column("patients", "person_key").to_list() == [0, 1, 0]
    again = open_folder(write_tables(repository, tmp_path / "release"))
    assert again.column("patients", "person_key").to_list() == [0, 1, 0]


def test_a_folder_without_a_manifest_opens_unchecked_and_is_controlled(tmp_path: Path) -> None:
    repository = open_folder(small(tmp_path / "tables"))
    assert repository.disclosure == "controlled"
    assert repository.column("patients", "sex").to_list() == ["Male", "Female"]
    assert repository.column("series", "listed").to_list() == [False, False]


def test_a_changed_or_missing_table_is_refused(export: Path, tmp_path: Path) -> None:
    folder = write_tables(open_gen3(export), tmp_path / "release")
    sums = json.loads((folder / MANIFEST).read_text())["sha256"]
    (folder / "studies.parquet").unlink()
    (folder / "series.parquet").write_bytes(b"")
    before = set(cache_folder().iterdir())
    with pytest.raises(ValueError, match="The release") as error:
        open_folder(folder)
    # e3b0c44298fc… is the SHA-256 sum of nothing.
    assert str(error.value) == (
        "The release cannot be read: 2 of its 4 files have problems.\n"
        f"  series.parquet: Its SHA-256 sum is e3b0c44298fc…, the manifest says {sums['series.parquet'][:12]}….\n"
        "  studies.parquet: The manifest names it, but it is not there.\n"
        f"{THEN}"
    )
    assert set(cache_folder().iterdir()) == before


@pytest.mark.parametrize("text", ["{", "[]", '{"sha256": 3}'])
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (small(tmp_path / "tables") / MANIFEST).write_text(text)
    with pytest.raises(ValueError, match="The release") as error:
        open_folder(tmp_path / "tables")
    assert str(error.value) == (
        "The release cannot be read: 1 of its 1 file has problems.\n"
        f"  manifest.json: The file is no manifest: a JSON object.\n{THEN}"
    )


def test_a_table_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (small(tmp_path / "tables") / "series.parquet").write_bytes(b"half a table")
    with pytest.raises(ValueError, match="The release") as error:
        open_folder(tmp_path / "tables")
    assert str(error.value) == (
        "The release cannot be read: 1 of its 3 files has problems.\n"
        f"  series.parquet: This is no whole Parquet file.\n{THEN}"
    )


def test_tables_that_do_not_fit_together_are_refused_with_every_problem(tmp_path: Path) -> None:
    folder = small(tmp_path / "tables")
    strange = pl.DataFrame({"collection_id": ["c", "d"], "patient_id": ["p1", "p1"], "study_uid": ["s1", "s1"]})
    strange.write_parquet(folder / "studies.parquet")
    series = pl.DataFrame({"collection_id": ["c"], "patient_id": ["p1"], "study_uid": ["s9"], "series_uid": ["x"]})
    series.write_parquet(folder / "series.parquet")
    with pytest.raises(ValueError, match="fit together") as error:
        open_folder(folder)
    assert str(error.value) == (
        "The tables do not fit together.\n"
        "  studies.parquet has 1 row too many of one study_uid.\n"
        "  studies.parquet has 1 row of patients that patients.parquet lacks.\n"
        "  series.parquet has 1 row of studies that studies.parquet lacks.\n"
        "Keys must be there once, and name rows of the other tables. Ask whoever wrote the release for a sound one."
    )


def test_a_table_that_lacks_a_key_is_refused(tmp_path: Path) -> None:
    folder = small(tmp_path / "tables")
    pl.DataFrame({"patient_id": ["p1"]}).write_parquet(folder / "studies.parquet")
    with pytest.raises(ValueError, match="fit together") as error:
        open_folder(folder)
    assert str(error.value) == (
        "The tables do not fit together.\n"
        "  studies.parquet lacks collection_id, study_uid.\n"
        "Keys must be there once, and name rows of the other tables. Ask whoever wrote the release for a sound one."
    )


def test_a_folder_without_patients_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as error:
        open_folder(tmp_path)
    assert str(error.value) == f"No patients.parquet in {tmp_path}. {THEN}"


def test_tables_are_not_written_over_others(tmp_path: Path) -> None:
    folder = small(tmp_path / "tables")
    repository = open_folder(folder)
    with pytest.raises(FileExistsError) as error:
        write_tables(repository, folder)
    assert str(error.value) == (f"The folder {folder} is not empty. Tables go into a new folder. Name another one.")
