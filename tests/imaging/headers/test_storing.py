"""An index on disk that was damaged, left half written, written by two, or made by someone who means harm."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.imaging.headers.test_index import indexed, instance
from workbench.imaging.headers import DicomIndex, index_folder


def rewritten(folder: Path, **changes: Any) -> Path:
    """Change arrays of an index, and the sum that it states of them, as whoever means harm would."""
    with np.load(folder / "headers.npz") as held:
        arrays = dict(held)
    np.savez(folder / "headers.npz", **(arrays | {name: change(arrays[name]) for name, change in changes.items()}))
    facts = json.loads((folder / "index.json").read_text())
    facts["sha256"]["headers.npz"] = hashlib.sha256((folder / "headers.npz").read_bytes()).hexdigest()
    (folder / "index.json").write_text(json.dumps(facts))
    return folder


@pytest.mark.parametrize(
    "changes",
    [
        {"bases": lambda bases: bases - 10**12},
        {"starts": lambda starts: starts + np.uint16(60_000)},
        {"starts": lambda starts: starts[:1]},
        {"lengths": lambda lengths: lengths * 0 + 30_000},
        {"lengths": lambda lengths: lengths * 0 - 2},
        {"flags": lambda flags: flags + 9},
        {"codes": lambda codes: codes.astype(np.int64)},
        {"places": lambda places: places + 1},
        {"names": lambda names: names[:-1]},
    ],
)
def test_values_that_an_index_claims_outside_of_it_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    for number, name in enumerate("ab"):
        instance(tmp_path / "images" / name, "1.1.1", number)
    folder = index_folder(tmp_path / "images", progress=False).write(tmp_path / "index")
    assert DicomIndex.read(rewritten(folder)).headers.text("Modality") == ["CT", "CT"]
    with pytest.raises(ValueError, match="is damaged"):
        DicomIndex.read(rewritten(folder, **changes))


@pytest.mark.parametrize("facts", ["[1]", "{", '{"kept": 5}', "[" * 20_000, '{"kept": [], "sha256": 3}'])
def test_an_index_that_states_nonsense_is_refused(tmp_path: Path, facts: str) -> None:
    folder = indexed(instance(tmp_path / "images" / "a", "1.1.1", 0)).write(tmp_path / "index")
    (folder / "index.json").write_text(facts)
    with pytest.raises(ValueError, match=r"is damaged|another version"):
        DicomIndex.read(folder)


def test_a_full_disk_leaves_the_index_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (indexed(instance(tmp_path / name / "1", f"1.1.{name}", 0)) for name in "12")
    folder = first.write(tmp_path / "index")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space left"):
        second.write(folder)
    assert DicomIndex.read(folder)["instances"].equals(first["instances"])
    assert not list(folder.glob(".*"))


def test_parts_of_two_indexes_are_not_taken_for_one(tmp_path: Path) -> None:
    first, second = (indexed(instance(tmp_path / name / "1", f"1.1.{name}", 0)) for name in "12")
    folder, other = first.write(tmp_path / "first"), second.write(tmp_path / "second")
    (other / "series.parquet").replace(folder / "series.parquet")
    with pytest.raises(ValueError, match="is damaged"):
        DicomIndex.read(folder)


def test_two_at_once_may_write_into_one_folder(tmp_path: Path) -> None:
    instance(tmp_path / "images" / "a", "1.1.1", 0)
    index = index_folder(tmp_path / "images", progress=False)
    with ThreadPoolExecutor(2) as pool:
        for written in pool.map(lambda _: [index.write(tmp_path / "index") for _ in range(10)], range(2)):
            assert len(written) == 10
    assert DicomIndex.read(tmp_path / "index")["instances"].equals(index["instances"])
